"""Before and after: two results on the same questions, with a paired interval."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from facelm.bench.metrics import paired_difference
from facelm.bench.results import is_right
from facelm.bench.samples import Sample, read_samples
from facelm.errors import InputError

_Pair = tuple[Sample, Sample]


def compare(before: Path | str, after: Path | str, *, seed: int = 0) -> dict[str, Any]:
    """Change in accuracy between two runs of `bench` on the same questions.

    Args:
        before: folder of the first run.
        after: folder of the second.
        seed: of the bootstrap over pictures.

    Returns:
        {"before", "after", "difference", "ci95", "error_closed", "n", "clusters"} over all
        questions, the same per task under "tasks", and {"before", "after", "error_closed"} of the
        mean over tasks under "mean_task". `error_closed` is the share of the first run's wrong
        answers that is gone, (after − before) / (1 − before); None where there were none.

    Raises:
        InputError: a folder holds no finished run, or the runs asked different questions.
    """
    pairs = _pairs(Path(before), Path(after))
    tasks: dict[str, list[_Pair]] = {}
    for pair in pairs:
        tasks.setdefault(pair[0]["task"], []).append(pair)
    each = {task: _change(tasks[task], seed) for task in sorted(tasks)}
    first, second = (
        sum(change[when] for change in each.values()) / len(each) for when in ("before", "after")
    )
    return {
        **_change(pairs, seed),
        "mean_task": {
            "before": first,
            "after": second,
            "error_closed": _closed(first, second),
        },
        "tasks": each,
    }


def _pairs(before: Path, after: Path) -> list[_Pair]:
    first, second = read_samples(before), {s["id"]: s for s in read_samples(after)}
    if _fingerprint(before) != _fingerprint(after):
        raise InputError(
            f"{before} and {after} asked different questions: run both with the same suite, "
            "split, limit and seed."
        )
    both = [(one, second[one["id"]]) for one in first if one["id"] in second]
    asked = [pair for pair in both if not any("refused" in one for one in pair)]
    if not asked:
        raise InputError(f"{before} and {after} share no question that was answered in both.")
    return asked


def _fingerprint(folder: Path) -> Any:
    try:
        return json.loads((folder / "results.json").read_bytes())["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{folder} has no whole results.json: run `facelm bench` into it again."
        ) from error


def _change(pairs: list[_Pair], seed: int) -> dict[str, Any]:
    first, second = ([is_right(pair[i]) for pair in pairs] for i in (0, 1))
    pictures = [tuple(one["images"]) or (one["id"],) for one, _ in pairs]
    before, after = (sum(right) / len(pairs) for right in (first, second))
    return {
        "before": before,
        "after": after,
        **paired_difference(first, second, pictures, seed),
        "error_closed": _closed(before, after),
    }


def _closed(before: float, after: float) -> float | None:
    return (after - before) / (1 - before) if before < 1 else None
