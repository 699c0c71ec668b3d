"""What labels say about a person, as words. Each slot holds wordings that mean the same.

Labels of people are impressions, so the phrases that take these words hedge them.
"""

from __future__ import annotations

from facelm.teach._labels import age_of, first_of, gender_of, word_of
from facelm.teach._pose import Slots
from facelm.types import Labels

_WHO = {
    "0-2": ("a very small boy", "a very small girl", "a very small child"),
    "3-9": ("a boy", "a girl", "a child"),
    "10-19": ("a boy or young man", "a girl or young woman", "a young person"),
    "baby": ("a baby boy", "a baby girl", "a baby"),
    "child": ("a boy", "a girl", "a child"),
    "young": ("a young man", "a young woman", "a young adult"),
    "old": ("an old man", "an old woman", "an old person"),
}
_ANYONE = ("a man", "a woman", "a person")
_AGES = {
    "0-2": ("no older than about two", "up to two years old"),
    "3-9": ("between three and nine years old", "somewhere from three to nine years of age"),
    "10-19": ("between 10 and 19 years old", "somewhere in the second decade of life"),
    "more than 70": ("over seventy", "more than 70 years old"),
}
_DECADES = {
    "20-29": "twenties", "30-39": "thirties", "40-49": "forties", "50-59": "fifties",
    "60-69": "sixties",
}  # fmt: skip
_RACES = {"latino hispanic": "Latino or Hispanic"}
_HAIR = {
    "cropped": ("the {c}hair is cropped very short", "the {c}hair is cut close to the head"),
    "short": ("the {c}hair is short", "the {c}hair is cut short"),
    "side parted": ("the {c}hair is parted at the side", "there is a side parting in the {c}hair"),
    "bob": ("the {c}hair is cut in a bob", "the {c}hair is worn as a bob"),
    "long": ("the {c}hair is long", "the {c}hair is worn long"),
    "tied back": ("the {c}hair is tied back", "the {c}hair is drawn back and tied"),
    "afro": ("the {c}hair is worn as an afro", "the {c}hair forms an afro"),
}
_BALD = ("there is no hair on the head", "the head is without hair")
_COLOURS = ("black", "brown", "blond", "red", "grey", "gray", "white")
_EYES = ("brown", "blue", "green", "grey", "gray", "hazel")
_YES, _NO = ("yes", "true"), ("no", "false", "none")


def person(labels: Labels) -> Slots:
    """Slots `who`, `age`, `race`, `morph`, each only where a label says so."""
    gender, age = gender_of(labels), age_of(labels)
    slots: Slots = {}
    if gender or age in _WHO:
        slots["who"] = (
            _WHO.get(age or "", _ANYONE)[{"male": 0, "female": 1}.get(gender or "", 2)],
        )
    if age in _DECADES:
        start = age[:2]
        slots["age"] = (
            f"in {_their(gender)} {_DECADES[age]}",
            f"between {start} and {int(start) + 9} years old",
            f"somewhere from {start} to {int(start) + 9} years of age",
        )
    elif age in _AGES:
        slots["age"] = _AGES[age]
    if race := str(first_of(labels, "race", "ethnicity") or ""):
        race = race.replace("_", " ")
        slots["race"] = (_RACES.get(race.lower(), race),)
    if morph := word_of(labels, "morph_group"):
        slots["morph"] = (morph.capitalize(),)
    return slots


def looks(labels: Labels) -> Slots:
    """Slots `hair`, `iris`, `glasses`, `beard`, each a clause, only where a label says so."""
    slots: Slots = {}
    if hair := _hair(labels):
        slots["hair"] = hair
    if (iris := word_of(labels, "eye_colour", "eye_color")) in _EYES:
        slots["iris"] = (f"the eyes are {iris}", f"the irises are {iris}")
    glasses, beard = _stated(labels, "glasses"), _stated(labels, "beard")
    if glasses is not None:
        slots["glasses"] = _GLASSES[glasses]
    if beard is not None:
        slots["beard"] = _BEARD[beard]
    return slots


_GLASSES = {
    True: ("glasses are worn", "the eyes are behind glasses", "a pair of glasses sits on the nose"),
    False: ("no glasses are worn", "the eyes are free of glasses", "there are no glasses"),
}
_BEARD = {
    True: ("there is a beard", "a beard covers the chin", "the chin is bearded"),
    False: ("there is no beard", "the chin is free of a beard", "no beard is worn"),
}


def covered(labels: Labels) -> tuple[bool | None, bool | None]:
    """Whether glasses and a beard are there; None where no label says."""
    return _stated(labels, "glasses"), _stated(labels, "beard")


def _their(gender: str | None) -> str:
    return {"male": "his", "female": "her"}.get(gender or "", "their")


def _hair(labels: Labels) -> tuple[str, ...]:
    style = word_of(labels, "hair_style", "hair")
    colour = word_of(labels, "hair_colour", "hair_color")
    if style in ("none", "bald"):
        return _BALD
    if colour not in _COLOURS:
        return tuple(text.format(c="") for text in _HAIR.get(style, ()))
    plain = (f"the hair is {colour}", f"the colour of the hair is {colour}")
    return tuple(text.format(c=f"{colour} ") for text in _HAIR.get(style, ())) or plain


def _stated(labels: Labels, name: str) -> bool | None:
    value = labels.get(name)
    if isinstance(value, str):
        word = value.strip().lower()
        return None if word not in _YES + _NO else word in _YES
    return None if value is None else bool(value)
