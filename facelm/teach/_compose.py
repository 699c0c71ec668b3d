"""A small grammar: sentences with slots, put together until an answer has its length.

A sentence is a template such as "The head is {turn}, and {tilt}."; it can be used where all its
slots are filled. Slots that begin with the same word are about the same thing (`turn`,
`turn view`), and no answer says one thing twice.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from facelm.teach._pose import Slots

_SLOT = re.compile(r"\{([a-z ]+)\}")
_CLOSING_CHANCE = 0.25


@dataclass(frozen=True)
class Bank:
    """The sentences of one category."""

    sections: tuple[tuple[str, ...], ...]
    """One sentence at most is taken from each, in this order."""
    lead: str = ""
    """The slot the first sentence is about, where it is filled."""
    closings: tuple[str, ...] = ()
    """True of any picture; added to short answers and sometimes to others."""
    sentences: tuple[int, int] = (1, 3)
    """Fewest aimed at, and most, closings not counted."""
    words: tuple[int, int] = (15, 60)


def compose(bank: Bank, slots: Slots, rng: random.Random) -> str | None:
    """Write one answer, None where no sentence can be filled.

    Args:
        bank: the category's sentences.
        slots: what is known; every slot's wordings mean the same.
        rng: decides wordings, sentences and their number.
    """
    filled = {name: rng.choice(words) for name, words in slots.items()}
    said = _sentences(bank, filled, rng)
    if not said:
        return None
    while len(said) > 1 and _length(said) > bank.words[1]:
        said.pop()
    closings = list(bank.closings)
    rng.shuffle(closings)
    wanted = rng.random() < _CLOSING_CHANCE
    while closings and (wanted or _length(said) < bank.words[0]):
        closing = closings.pop()
        if _length([*said, closing]) <= bank.words[1]:
            said.append(closing)
        wanted = False
    return " ".join(said)


def _sentences(bank: Bank, filled: dict[str, str], rng: random.Random) -> list[str]:
    said: list[str] = []
    told: set[str] = set()
    most = rng.randint(*bank.sentences)
    for section in bank.sections:
        fits = [one for one in section if _fits(one, filled, told)]
        if fits and (len(said) < most or _length(said) < bank.words[0]):
            fits = fits if said else _opening(fits, bank.lead)
            # Sentences that say more come more often.
            template = rng.choices(fits, [len(_topics(one)) for one in fits])[0]
            told |= _topics(template)
            said.append(_filled(template, filled))
    return said


def _opening(templates: list[str], lead: str) -> list[str]:
    """An answer opens with what matters most and says two things at once, where that can be."""
    first = [one for one in templates if lead in _topics(one)] or templates
    return [one for one in first if len(_topics(one)) > 1] or first


def _fits(template: str, filled: dict[str, str], told: set[str]) -> bool:
    return all(name in filled for name in _SLOT.findall(template)) and not _topics(template) & told


def _topics(template: str) -> set[str]:
    return {name.split(" ")[0] for name in _SLOT.findall(template)}


def _filled(template: str, filled: dict[str, str]) -> str:
    text = _SLOT.sub(lambda match: filled[match[1]], template)
    return text[0].upper() + text[1:]


def _length(sentences: list[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)
