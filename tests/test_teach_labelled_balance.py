"""Questions read off labels: balance of answers, and determinism."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from label_faces import (
    DECLARED,
    asked,
    chosen,
    compared,
    content,
    drawn,
    options,
    row,
    shipped,
    surveyed,
)

from facelm.teach.labelled import LABEL_STYLES
from facelm.types import Row


def even(one: int, other: int) -> bool:
    """Two counts that a fair coin gives, but for one time in 15,000."""
    return abs(one - other) <= 4 * (one + other) ** 0.5


def test_every_letter_is_right_equally_often() -> None:
    turns = [turn for _, turns in asked("race", drawn("fairface", 4000)) for turn in turns]
    letters = Counter(turn.answer for turn in turns if options(turn.question))
    assert set(letters) == set("ABCD")
    total = sum(letters.values())
    assert all(even(4 * letters[one], total) for one in "ABCD")


@pytest.mark.parametrize("form", ["same expression", "odd one out", "which picture", "how many"])
def test_every_picture_is_right_equally_often(form: str) -> None:
    made = compared("expression", drawn("rafdb", 6000), form)
    four = [turn for lineup, turn in made if len(lineup.shown) == 4 and options(turn.question)]
    letters = Counter(turn.answer for turn in four)
    assert all(even(4 * letters[one], len(four)) for one in "ABCD"), letters


def _skewed(shares: dict[str, float], number: int) -> list[Row]:
    rng = random.Random(5)
    return [
        row(str(index), {name: rng.random() < share for name, share in shares.items()})
        for index in range(number)
    ]


def test_yes_and_no_are_even_for_each_attribute_however_rare() -> None:
    shares = {"Wearing_Hat": 0.02, "Smiling": 0.5, "Young": 0.98, "Male": 0.3, "Bald": 0.0}
    said = content("attributes")["fields"]["attributes"]["said"]
    clauses = content("attributes")["forms"][3]["clauses"]
    answers: dict[str, Counter[str]] = {name: Counter() for name in shares}
    for _, turns in asked("attributes", _skewed(shares, 6000)):
        for turn in turns:
            if "yes or no" in turn.category:
                (name,) = (n for n in shares if clauses[n] in turn.question
                           or f'"{said[n]}"' in turn.question
                           or f": {said[n]}." in turn.question)  # fmt: skip
                answers[name][turn.answer[:2]] += 1
    for name in ("Wearing_Hat", "Smiling", "Young", "Male"):
        assert answers[name]["Ye"] > 100, name
        assert even(answers[name]["Ye"], answers[name]["No"]), (name, answers[name])
    assert not answers["Bald"], "what nobody has cannot be asked about evenly"


def test_yes_and_no_are_even_for_each_word_however_rare() -> None:
    rng = random.Random(6)
    shares = {"real": 0.02, "fake": 0.98}
    rows = [
        row(str(index), {"manipulation": rng.choices([*shares], [*shares.values()])[0]}, "clip")
        for index in range(8000)
    ]
    answers: dict[str, Counter[str]] = {word: Counter() for word in shares}
    said = {"real": r"real|unaltered", "fake": r"fake|manipulated"}
    for _, turns in asked("manipulation", rows):
        for turn in turns:
            if turn.category == "manipulation, yes or no":
                (word,) = (word for word in shares if re.search(said[word], turn.question))
                answers[word][turn.answer] += 1
    for word in shares:
        assert answers[word]["Yes"] > 100
        assert even(answers[word]["Yes"], answers[word]["No"]), answers


def test_the_options_of_a_choice_do_not_tell_which_is_right() -> None:
    shares = {f"flag {index}": share for index, share in enumerate([0.05, 0.2, 0.5, 0.8] * 10)}
    shown: Counter[float] = Counter()
    right: Counter[float] = Counter()
    for _, turns in asked("attributes", _skewed(shares, 4000)):
        for turn in (turn for turn in turns if turn.category == "attributes, choice"):
            shown.update(shares[name] for name in options(turn.question).values())
            right[shares[chosen(turn)]] += 1
    # Drawn blindly the rare flags would be right 1 time in 50, the usual ones 2 times in 3.
    assert all(0.18 < right[share] / shown[share] < 0.32 for share in shown), (right, shown)


@pytest.mark.parametrize("task", LABEL_STYLES)
def test_same_seed_same_questions_whatever_the_order(task: str) -> None:
    source = next(source for source, one in DECLARED if one == task)
    rows = drawn(source, 200)
    there, back = asked(task, rows), asked(task, rows[::-1])
    assert there == back[::-1]
    assert there != asked(task, rows, seed=1)
    style = shipped(task)
    one, other = surveyed(style, rows), surveyed(style, rows[::-1])
    for anchor in rows:
        assert style.comparisons(anchor, one, anchor.id) == style.comparisons(
            anchor, other, anchor.id
        )
