"""Questions read off labels: their answers are right."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from label_faces import (
    asked,
    chosen,
    compared,
    content,
    drawn,
    options,
    row,
    shipped,
    surveyed,
    words_of,
)

from facelm.types import Labels

WORDS = [
    (source, task, label, form)
    for source, task, label, form in (
        ("fairface", "age", "age", "choice"),
        ("fairface", "gender", "gender", "choice"),
        ("fairface", "race", "race", "choice"),
        ("fairface", "gender", "gender", "word"),
        ("fairface", "race", "race", "word"),
        ("fairface", "age", "age", "group"),
        ("rafdb-compound", "expression", "expression", "choice"),
        ("mafw", "expression", "expression", "word"),
        ("cremad", "expression", "intensity", "intensity, choice"),
        ("cremad", "expression", "perceived_expression", "as raters saw it"),
        ("ffpp", "manipulation", "manipulation", "choice"),
        ("ffpp", "manipulation", "method", "method, choice"),
        ("celebdf", "manipulation", "manipulation", "word"),
        ("heads", "age", "age_stage", "choice"),
        ("heads", "race", "morph_group", "choice"),
        ("heads", "attributes", "hair_style", "hair style, choice"),
    )
]


@pytest.mark.parametrize(("source", "task", "label", "form"), WORDS)
def test_words_are_the_datasets_own(source: str, task: str, label: str, form: str) -> None:
    found = 0
    for one, turns in asked(task, drawn(source, 200)):
        for turn in (turn for turn in turns if turn.category == f"{task}, {form}"):
            found += 1
            assert chosen(turn) == one.labels[label]
            shown = options(turn.question)
            assert set(shown.values()) <= set(words_of(source)[label])
            assert not shown or len(shown) == min(4, len(words_of(source)[label]))
            assert len(set(shown.values())) == len(shown)
    assert found > 10


def _inside(number: float, words: str) -> bool:
    """Whether a number lies where the option says: `-20 to 0`, `above 60`, `20-29`."""
    limits = [float(one) for one in re.findall(r"(?<!\d)-?\d+(?:\.\d)?", words)]
    if words.startswith("below"):
        return number < limits[0]
    if words.startswith(("above", "more than")):
        return number >= limits[0]
    if " to " in words:
        return limits[0] <= number < limits[1] or abs(number) == 1
    return limits[0] <= number < abs(limits[1]) + 1


@pytest.mark.parametrize(
    ("source", "task", "label", "form"),
    [
        ("utkface", "age", "age", "choice"),
        ("lp300w", "head pose", "yaw", "yaw, range"),
        ("lp300w", "head pose", "pitch", "pitch, range"),
        ("lp300w", "head pose", "roll", "roll, range"),
        ("affectnet", "valence and arousal", "valence", "valence, range"),
        ("affectnet", "valence and arousal", "arousal", "arousal, range"),
    ],
)
def test_ranges_hold_the_number(source: str, task: str, label: str, form: str) -> None:
    found = 0
    for one, turns in asked(task, drawn(source, 300)):
        for turn in (turn for turn in turns if turn.category == f"{task}, {form}"):
            found += 1
            number = float(one.labels[label])
            for option in options(turn.question).values():
                assert _inside(number, option) == (option == chosen(turn)), (number, option)
    assert found > 10


def test_head_pose_is_told_in_degrees_and_in_the_viewers_words() -> None:
    turned = {"left": -1, "front": 0, "right": 1, "down": -1, "level": 0, "up": 1,
              "counterclockwise": -1, "upright": 0, "clockwise": 1}  # fmt: skip
    axes = {"direction": "yaw", "direction, choice": "yaw", "up or down, choice": "pitch",
            "tilt, choice": "roll"}  # fmt: skip
    found: Counter[str] = Counter()
    for one, turns in asked("head pose", drawn("lp300w", 400)):
        for turn in turns:
            form = turn.category.removeprefix("head pose, ")
            found[form] += 1
            if form == "degrees":
                wanted = (f"{name} {round(float(one.labels[name]))}" for name in _AXES)
                assert turn.answer == ", ".join(wanted)
                assert "positive to the right edge" in turn.question
            if form in axes:
                angle = float(one.labels[axes[form]])
                sign = 0 if abs(angle) < 8 else (1 if angle > 0 else -1)
                assert turned[chosen(turn)] == sign
                assert form == "up or down, choice" or "viewer" in turn.question
            if form == "sentence" and "to the left" in turn.answer:
                assert float(one.labels["yaw"]) < 0
    assert all(found[form] for form in (*axes, "degrees", "sentence"))


_AXES = ("yaw", "pitch", "roll")


def test_valence_and_arousal_have_two_digits_and_fitting_words() -> None:
    found = 0
    for one, turns in asked("valence and arousal", drawn("affectnet", 300)):
        valence, arousal = float(one.labels["valence"]), float(one.labels["arousal"])
        for turn in turns:
            if turn.category.endswith(", numbers"):
                found += 1
                assert turn.answer == f"valence {valence:.2f}, arousal {arousal:.2f}"
            if turn.category.endswith(", words"):
                found += 1
                assert ("unpleasant" in turn.answer) == (valence < 0.1)
                assert ("excited" in turn.answer) == (arousal >= -0.1)
    assert found > 100


@pytest.mark.parametrize("source", ["disfa", "bp4d"])
def test_units_are_the_active_ones(source: str) -> None:
    found: Counter[str] = Counter()
    none = row("none", dict.fromkeys(drawn(source)[0].labels, 0 if source == "disfa" else False))
    for one, turns in asked("action units", [*drawn(source, 300), none]):
        active = {name for name, value in one.labels.items() if value is True or int(value) >= 2}
        for turn in turns:
            form = turn.category.removeprefix("action units, ")
            found[form] += 1
            named = re.findall(r"AU\d+", turn.answer)
            if form in ("list", "sentence"):
                assert set(named) == active
                assert ("none" in turn.answer) == (not active)
                assert len(re.findall(r"AU\d+ \([A-Z][A-Za-z ]+\)", turn.answer)) == len(active)
            if form == "choice":
                shown = {letter: text.split()[0] for letter, text in options(turn.question).items()}
                assert shown.pop(turn.answer) in active
                assert not set(shown.values()) & active
            if form == "intensity":
                (unit,) = re.findall(r"AU\d+", turn.question)
                assert turn.answer == str(one.labels[unit])
            if form == "yes or no" and (units := re.findall(r"AU\d+", turn.question)):
                assert turn.answer == ("Yes" if units[0] in active else "No")
    assert found["list"] and found["choice"] and found["yes or no"]
    assert bool(found["intensity"]) == (source == "disfa")


@pytest.mark.parametrize("source", ["celeba", "maad-face"])
def test_attributes_are_those_that_are_there(source: str) -> None:
    said = content("attributes")["fields"]["attributes"]["said"]
    clauses = next(form["clauses"] for form in content("attributes")["forms"] if "clauses" in form)
    for one, turns in asked("attributes", drawn(source, 200)):
        there = {said[name] for name, value in one.labels.items() if value}
        true = {clauses[name] for name, value in one.labels.items() if value}
        for turn in turns:
            if turn.category == "attributes, list":
                assert set(turn.answer.split(", ")) == there
            if turn.category == "attributes, choice":
                shown = options(turn.question)
                assert {text for text in shown.values() if text in there} == {chosen(turn)}
            if turn.category.startswith("attributes, yes or no"):
                quoted = re.findall('"(.+?)"|Attribute: (.+?)\\.', turn.question)
                asked_of = "".join(quoted[0]) if quoted else None
                right = asked_of in there if quoted else any(one in turn.question for one in true)
                assert turn.answer.startswith("Yes" if right else "No")


# ---------------------------------------------------------------- several pictures


def _named(answer: str, count: int) -> tuple[int, ...]:
    places = ("first", "second", "third", "fourth", "fifth", "sixth")
    return tuple(at for at in range(count) if re.search(places[at], answer, re.I))


@pytest.mark.parametrize(
    ("source", "task", "form"),
    [
        ("utkface", "age", "who is older"),
        ("fairface", "age", "who is older"),
        ("fairface", "age", "which picture"),
        ("fairface", "gender", "which picture"),
        ("fairface", "race", "which picture"),
        ("rafdb", "expression", "same expression"),
        ("rafdb", "expression", "odd one out"),
        ("rafdb", "expression", "which picture"),
        ("affectnet", "valence and arousal", "most pleasant"),
        ("affectnet", "valence and arousal", "most excited"),
        ("biwi", "head pose", "who is turned most"),
        ("aflw2000", "head pose", "which picture"),
    ],
)
def test_the_named_pictures_are_the_right_ones(source: str, task: str, form: str) -> None:
    made = compared(task, drawn(source, 1500), form)
    assert len(made) > 30
    assert any(options(turn.question) for _, turn in made)
    for lineup, turn in made:
        shown = [one.labels for one in lineup.shown]
        assert len({one.id for one in lineup.shown}) == len(shown)
        assert _named(chosen(turn), len(shown)) == lineup.answer == _right(form, shown, lineup.word)


def _right(form: str, shown: list[Labels], word: str) -> tuple[int, ...]:
    """Which pictures are meant, told by the labels alone."""
    if form in ("same expression", "odd one out"):
        words = [one["expression"] for one in shown]
        wanted = 2 if form == "same expression" else 1
        return tuple(at for at, one in enumerate(words) if words.count(one) == wanted)
    if form == "which picture":
        return tuple(at for at, one in enumerate(shown) if word in (*one.values(), _turned(one)))
    label = {"who is older": "age", "most pleasant": "valence", "most excited": "arousal",
             "who is turned most": "yaw"}[form]  # fmt: skip
    values = [one[label] for one in shown]
    order = words_of("fairface")["age"]
    ranks = [float(order.index(v) if isinstance(v, str) else v) for v in values]
    ranks = [abs(rank) for rank in ranks] if label == "yaw" else ranks
    *_, second, first = sorted(ranks)
    least = {"who is older": 1 if isinstance(values[0], str) else 5, "who is turned most": 8}
    assert first - second >= least.get(form, 0.3)
    return (ranks.index(first),)


def _turned(labels: Labels) -> str:
    yaw = float(labels.get("yaw", 10))
    return "left" if yaw < -12 else "right" if yaw >= 12 else "front" if abs(yaw) <= 8 else ""


@pytest.mark.parametrize(
    ("task", "label"), [("gender", "gender"), ("race", "race"), ("expression", "expression")]
)
def test_faces_are_counted(task: str, label: str) -> None:
    made = compared(task, drawn("rafdb", 1500), "how many")
    assert len(made) > 30
    for lineup, turn in made:
        number = sum(one.labels[label] == lineup.word for one in lineup.shown)
        assert chosen(turn).rstrip(".") == str(number)


def test_clips_are_not_compared() -> None:
    style, rows = shipped("expression"), drawn("dfew")
    survey = surveyed(style, rows)
    assert not any(style.comparisons(one, survey, one.id) for one in rows)
