"""The `choices` style: options, letters, short answers, lists."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

import pytest
from teach_faces import asked, face, heads, people, shipped

from facelm.teach import load_style
from facelm.types import (
    FAIRFACE_AGES,
    FAIRFACE_GENDERS,
    FAIRFACE_RACES,
    Ask,
    Evidence,
    Labels,
)


def letter_and_options(ask: Ask) -> tuple[str, dict[str, str]]:
    *_, line = ask.question.split("\n(A) ")[0].split("\n")
    assert line == "Answer with the option's letter only."
    options = dict(re.findall(r"^\(([A-Z])\) (.+)$", ask.question, re.M))
    return str(ask.known_answer), options


def test_options_are_the_datasets_words_and_the_letter_is_right() -> None:
    words = {"age": FAIRFACE_AGES, "gender": FAIRFACE_GENDERS, "race": FAIRFACE_RACES}
    for one in people(60):
        asks = asked("choices", one)
        for label, vocabulary in words.items():
            letter, options = letter_and_options(asks[label])
            assert options[letter] == one.labels[label]
            assert set(options.values()) <= set(vocabulary)
            assert len(set(options.values())) == min(4, len(vocabulary))


def test_every_letter_is_right_equally_often_and_options_tell_nothing() -> None:
    letters: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    right: Counter[str] = Counter()
    faces = list(people(3000))
    for one in faces:
        letter, options = letter_and_options(asked("choices", one)["race"])
        letters[letter] += 1
        shown.update(options.values())
        right[options[letter]] += 1
    assert set(letters) == set("ABCD")
    assert all(abs(count / 3000 - 0.25) < 0.03 for count in letters.values())
    # Labels are even here, so an option is right one time in four that it is shown.
    assert all(abs(right[word] / shown[word] - 0.25) < 0.05 for word in FAIRFACE_RACES)


def test_a_third_of_the_tasks_gets_a_short_answer_too() -> None:
    every = [ask for one in people(600) for ask in shipped("choices").asks(one, 0)]
    asks = [ask for ask in every if ask.category != "list"]
    short = [ask for ask in asks if ask.category.endswith(", in words")]
    assert 0.29 < len(short) / (len(asks) - len(short)) < 0.38
    answers = {ask.known_answer for ask in short}
    assert {"Male", "30-39", "Latino or Hispanic"} <= answers
    assert "Latino_Hispanic" not in answers
    assert (
        max(Counter(ask.category for ask in load_style("choices").asks(heads()[0], 0)).values())
        == 1
    )


def test_every_label_of_the_heads_is_asked_about() -> None:
    expected = {
        "sex", "age stage", "morph group", "expression", "glasses", "beard", "hair style",
        "light", "strength of the light", "head turn", "smile",
    }  # fmt: skip
    for one in heads():
        missing = expected - set(asked("choices", one))
        assert not missing, (missing, one.labels)
        assert ("hair colour" in asked("choices", one)) == (one.labels["hair_colour"] != "none")


def test_the_heads_answers_say_what_their_labels_say() -> None:
    turn = {"left": "left", "front": "camera|straight", "right": "right"}
    for one in heads():
        asks = asked("choices", one)
        letter, options = letter_and_options(asks["head turn"])
        assert re.search(turn[str(one.labels["facing"])], options[letter])
        letter, options = letter_and_options(asks["glasses"])
        assert options[letter].startswith("no ") != one.labels["glasses"]
        letter, options = letter_and_options(asks["smile"])
        smiling = "not" not in options[letter] and "without" not in options[letter]
        assert smiling == (one.labels["expression"] == "happy")


@pytest.mark.parametrize(
    ("evidence", "task", "word"),
    [
        (Evidence(yaw=-30), "head turn", "left"),
        (Evidence(yaw=30), "head turn", "right"),
        (Evidence(yaw=3), "head turn", "camera|straight"),
        (Evidence(yaw=13), "head turn", None),
        (Evidence(yaw=0, mouth_open=0.3), "mouth", "open"),
        (Evidence(yaw=0, mouth_open=0.02), "mouth", "closed|shut"),
        (Evidence(yaw=0, mouth_open=0.1), "mouth", None),
        (Evidence(yaw=70, mouth_open=0.3), "mouth", None),
        (Evidence(yaw=0, smile=0.08), "smile", "^smiling|with a"),
        (Evidence(yaw=0, smile=0.02), "smile", None),
        (Evidence(brightness=0.2), "brightness", "dark|low"),
        (Evidence(brightness=0.31), "brightness", None),
        (Evidence(light_side=0.3), "brighter half", "right"),
        (Evidence(light_side=-0.3), "brighter half", "left"),
        (Evidence(sharpness=8, contrast=0.1), "sharpness", "sharp|in focus"),
        (Evidence(sharpness=0.1, contrast=0.03), "sharpness", None),
    ],
)
def test_measurements_are_asked_about_unless_too_close_to_call(
    evidence: Evidence, task: str, word: str | None
) -> None:
    asks = asked("choices", face(), evidence)
    assert (task in asks) == (word is not None)
    if word is not None:
        letter, options = letter_and_options(asks[task])
        assert re.search(word, options[letter])


def test_a_label_wins_over_a_measurement() -> None:
    ask = asked("choices", face("a", {"facing": "left"}), Evidence(yaw=40))["head turn"]
    letter, options = letter_and_options(ask)
    assert "left" in options[letter]


def test_values_outside_the_options_are_not_asked_about() -> None:
    labels: Labels = {"age": "ancient", "gender": "Unknown", "race": 3, "hair_colour": "none"}
    assert asked("choices", face("a", labels)) == {}
    assert asked("choices", face()) == {}


def test_years_become_fairfaces_age_groups() -> None:
    for years, word in ((0, "0-2"), (9, "3-9"), (34, "30-39"), (70, "more than 70")):
        letter, options = letter_and_options(asked("choices", face("a", {"age": years}))["age"])
        assert options[letter] == word


def test_one_question_lists_everything_that_is_known() -> None:
    person = next(people(1))
    asks = shipped("choices").asks(person, 0)
    listed = [ask for ask in asks if ask.category == "list"]
    assert len(listed) == 1
    for name in ("age", "gender", "race"):
        assert f"{name}: {person.labels[name]}" in str(listed[0].known_answer)
    nobody = dataclasses.replace(person, labels={})
    assert shipped("choices").asks(nobody, 0) == []
