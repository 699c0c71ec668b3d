"""Intervals, constants, groups and paired differences."""

import numpy as np
import pytest

from facelm.bench import by_group, paired_difference, proportion, wilson
from facelm.bench.metrics import best_constant


def test_wilson_agrees_with_published_values():
    # Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3.
    assert wilson(81, 263) == pytest.approx([0.2553, 0.3662], abs=5e-5)
    assert wilson(15, 148) == pytest.approx([0.0624, 0.1605], abs=5e-5)
    assert wilson(0, 20) == pytest.approx([0.0, 0.1611], abs=5e-5)
    assert wilson(1, 29) == pytest.approx([0.0061, 0.1718], abs=5e-5)


def test_wilson_stays_between_nought_and_one_and_says_all_about_nothing():
    assert wilson(10, 10)[1] == 1.0
    assert wilson(0, 0) == [0.0, 1.0]
    assert proportion([]) == {"accuracy": 0.0, "ci95": [0.0, 1.0], "n": 0}


def test_wilson_covers_the_truth_about_nineteen_times_in_twenty():
    hits = np.random.default_rng(0).binomial(80, 0.3, 2000)
    held = [low <= 0.3 <= high for low, high in (wilson(int(k), 80) for k in hits)]
    assert 0.93 < np.mean(held) < 0.97


def test_best_constant_is_a_letter_or_a_text():
    assert best_constant([("A", "x"), ("A", "y"), ("B", "z")]) == 2
    assert best_constant([("A", "x"), ("B", "x"), ("C", "x"), ("A", "y")]) == 3
    assert best_constant([]) == 0


def test_groups_are_counted_value_by_value():
    rows = [({"sex": "f", "age": "1"}, True), ({"sex": "m"}, False), ({"sex": "f"}, False)]
    groups = by_group(rows)
    assert groups["sex"]["f"]["accuracy"] == 0.5
    assert groups["sex"]["m"]["n"] == 1
    assert list(groups) == ["age", "sex"]


def test_paired_difference_is_certain_only_about_a_real_gain():
    rng = np.random.default_rng(0)
    before = list(rng.random(400) < 0.5)
    better = [b or bool(x < 0.3) for b, x in zip(before, rng.random(400), strict=True)]
    noise = list(rng.random(400) < 0.5)
    gain, none = paired_difference(before, better), paired_difference(before, noise)
    assert gain["ci95"][0] > 0 and gain["ci95"][0] < gain["difference"] < gain["ci95"][1]
    assert none["ci95"][0] < 0 < none["ci95"][1]
    assert gain == paired_difference(before, better)
    assert paired_difference(before, before)["ci95"] == [0.0, 0.0]


def test_questions_on_one_picture_count_together():
    # Ten answers per picture that always change together say no more than one each.
    rng = np.random.default_rng(1)
    per_picture = rng.random(60) < 0.2
    after = list(np.repeat(per_picture, 10))
    before = [False] * 600
    pictures = list(np.repeat(np.arange(60), 10))
    together = paired_difference(before, after, pictures)
    alone = paired_difference(before, after)
    assert together["difference"] == alone["difference"]
    assert together["clusters"] == 60

    def width(result):
        return result["ci95"][1] - result["ci95"][0]

    assert width(together) > 2.5 * width(alone)


def test_the_paired_interval_covers_the_truth_about_nineteen_times_in_twenty():
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(200):
        change = rng.choice([-1, 0, 1], 150, p=[0.1, 0.6, 0.3])
        before = list(change < 0)
        after = list(change > 0)
        low, high = paired_difference(before, after, resamples=500)["ci95"]
        held += low <= 0.2 <= high
    assert 0.90 <= held / 200 <= 0.99


def test_unpaired_lists_are_refused():
    with pytest.raises(ValueError, match="cannot be paired"):
        paired_difference([True], [True, False])
