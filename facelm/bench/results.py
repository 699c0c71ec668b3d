"""From samples to the numbers that are reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from typing import Any

from facelm.bench.metrics import best_constant, by_group, proportion
from facelm.bench.parse import letters_of
from facelm.bench.samples import Sample


def summarise(samples: Iterable[Sample]) -> dict[str, Any]:
    """Accuracy and what it is to be compared with, over all questions, per task and per group.

    Every share is a micro-average, questions answered right over questions asked, as the
    benchmark's own aggregator computes it; `mean_task_accuracy` gives each task the same weight.

    Args:
        samples: finished questions; refused ones are left out.
    """
    asked = [sample for sample in samples if "refused" not in sample]
    tasks: dict[str, list[Sample]] = defaultdict(list)
    for sample in asked:
        tasks[sample["task"]].append(sample)
    scores = {task: _scores(tasks[task]) for task in sorted(tasks)}
    constant = sum(best_constant([_right(s) for s in some]) for some in tasks.values())
    return {
        **_scores(asked),
        "chance": constant / len(asked) if asked else 0.0,
        "mean_task_accuracy": _mean([score["accuracy"] for score in scores.values()]),
        "unparsed": {way: _unparsed(asked, way) for way in ("published", "strict")},
        "tasks": scores,
        "groups": by_group((s["groups"], is_right(s)) for s in asked),
    }


def without(samples: Iterable[Sample], left_out: Container[str]) -> float | None:
    """Accuracy over the finished questions that are not left out; None where none remains."""
    asked = [s for s in samples if "refused" not in s and s["id"] not in left_out]
    return _mean([is_right(sample) for sample in asked]) if asked else None


def is_right(sample: Sample) -> bool:
    """Whether the most probable letter is the right one."""
    return bool(sample["letter"] == sample["truth"])


def _scores(samples: list[Sample]) -> dict[str, Any]:
    parsed = [s["parsed"] for s in samples]
    truths = [s["truth"] for s in samples]
    return {
        **proportion(is_right(s) for s in samples),
        "chance": best_constant([_right(s) for s in samples]) / max(1, len(samples)),
        "blind": _mean([s["blind_letter"] == s["truth"] for s in samples]),
        "generated": _mean([p["published"] == t for p, t in zip(parsed, truths, strict=True)]),
        "generated_strict": _mean([p["strict"] == t for p, t in zip(parsed, truths, strict=True)]),
    }


def _right(sample: Sample) -> tuple[str, str]:
    """Letter and text of the right option."""
    letters = letters_of(sample["options"])
    return sample["truth"], sample["options"][letters.index(sample["truth"])]


def _unparsed(samples: list[Sample], way: str) -> int:
    return sum(sample["parsed"][way] is None for sample in samples)


def _mean(values: list[Any]) -> float:
    return float(sum(values)) / len(values) if values else 0.0
