"""Free replies to letters: the published parser with its false hits, and the strict one."""

import pytest

from facelm.bench import parse_published, parse_strict

AGES = ("20-29", "30-39", "40-49", "None of the above")
SEX = ("Male", "Female")


@pytest.mark.parametrize(
    ("reply", "letter"),
    [
        ("B", "B"),
        ("B.", "B"),
        ("(B)", "B"),
        ("**B**", "B"),
        ("B: 30-39", "B"),
        ("B - 30-39", "B"),
        ("Option C", "C"),
        ("The answer is C", "C"),
        ("I think it is (D).", "D"),
        ("  \n B \n", "B"),
        ("30-39", "B"),
        ("The person looks 30-39 years old", "B"),
        ("b", None),
        ("(b)", None),
        ("E", None),
        ("", None),
        ("no idea", None),
    ],
)
def test_published_parser(reply, letter):
    assert parse_published(reply, AGES) == letter


@pytest.mark.parametrize(
    ("reply", "letter"),
    [
        ("A man in his thirties, so B", "A"),  # the article
        ("Between C and D, the answer is B", "C"),  # the first letter, not the last
        ("Vitamin D is good for the skin. B", "D"),
        ("Not 20-29 but rather older", "A"),  # an option that is denied
    ],
)
def test_published_parser_keeps_its_false_hits(reply, letter):
    assert parse_published(reply, AGES) == letter


def test_published_parser_takes_the_first_option_inside_the_reply():
    assert parse_published("12 people", ("1", "12", "2", "3")) == "A"
    assert parse_published("anything", ("", "x")) == "A"  # an empty option is in every reply


def test_published_parser_knows_as_many_letters_as_there_are_options():
    assert parse_published("C", SEX) is None
    assert parse_published("C or B", SEX) == "B"
    assert parse_published("B", ()) is None


@pytest.mark.parametrize(
    ("reply", "letter"),
    [
        ("B", "B"),
        ("b", "B"),
        ("(b)", "B"),
        ("B.", "B"),
        ("B) 30-39", "B"),
        ("B: 30-39", "B"),
        ("B - 30-39", "B"),
        ("(B) 30-39", "B"),
        ("B 30-39", "B"),
        ("**B**", "B"),
        ("Option C", "C"),
        ("option C because of the grey hair", "C"),
        ("The answer is B.", "B"),
        ("The correct answer is: (B)", "B"),
        ("Answer: B", "B"),
        ("It could be A or C.\nFinal answer: D", "D"),
        ("The answer is B. No, the answer is C.", "C"),
        ("The skin is smooth and the hair is dark.\n\n(B)", "B"),
        ("30-39", "B"),
        ("none of the above.", "D"),
        ("The answer is 30-39", "B"),
    ],
)
def test_strict_parser_reads_plain_answers(reply, letter):
    assert parse_strict(reply, AGES) == letter


@pytest.mark.parametrize(
    "reply",
    [
        "A man in his thirties",
        "A",  # of no options below
        "The answer is A man",
        "The person looks 30-39 years old",
        "I would say C or D",
        "C looks likely",
        "(A) 20-29\n(B) 30-39\n(C) 40",  # the options again
        "E",
        "",
        "\n\n",
    ],
)
def test_strict_parser_does_not_guess(reply):
    assert parse_strict(reply, () if reply == "A" else AGES) is None


def test_strict_parser_treats_all_letters_alike():
    for letter in "ABCD":
        assert parse_strict(f"{letter} person of that age", AGES) is None
        assert parse_strict(f"The answer is {letter}", AGES) == letter


def test_strict_parser_tells_a_text_from_a_text_that_holds_it():
    assert parse_strict("female", SEX) == "B"
    assert parse_strict("Female, probably", SEX) is None
    assert parse_strict("same", ("same", "Same")) is None  # two options read alike
    assert parse_strict("B male", SEX) is None  # letter and text disagree
