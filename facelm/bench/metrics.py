"""Numbers with their uncertainty: proportions, constant answers, groups, paired differences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_Z95 = 1.959963984540054  # standard normal quantile of 97.5 %
_BLOCK = 100  # bootstrap resamples drawn at a time, so that memory stays small


def wilson(k: int, n: int) -> list[float]:
    """95 % score interval of a proportion (Wilson 1927).

    Args:
        k: successes.
        n: trials; 0 gives the whole range.

    Returns:
        [low, high], both in 0..1.
    """
    if n == 0:
        return [0.0, 1.0]
    p, z2 = k / n, _Z95**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # rounding must not leave the proportion itself outside
    return [max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))]


def proportion(hits: Iterable[bool]) -> dict[str, Any]:
    """Share of hits as {"accuracy", "ci95", "n"}; accuracy 0 for no trials."""
    listed = list(hits)
    k, n = sum(listed), len(listed)
    return {"accuracy": k / n if n else 0.0, "ci95": wilson(k, n), "n": n}


def best_constant(asked: Sequence[tuple[str, str]]) -> int:
    """Questions that the best constant answer gets right.

    The constant is either one letter (always "A") or one text (always "Male"), whichever is better
    with hindsight, so this is slightly above what a guesser can plan for.

    Args:
        asked: letter and text of each question's right option.
    """
    letters, texts = (Counter(column) for column in zip(*asked, strict=True)) if asked else ((), ())
    return max([0, *Counter(letters).values(), *Counter(texts).values()])


def by_group(
    rows: Iterable[tuple[dict[str, str], bool]],
) -> dict[str, dict[str, dict[str, Any]]]:
    """Accuracy for every value of every group label, {label: {value: {accuracy, ci95, n}}}.

    Args:
        rows: group labels of a question, and whether it was answered right.
    """
    hits: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for groups, right in rows:
        for label, value in groups.items():
            hits[label][value].append(right)
    return {
        label: {value: proportion(hits[label][value]) for value in sorted(hits[label])}
        for label in sorted(hits)
    }


def paired_difference(
    before: Sequence[bool],
    after: Sequence[bool],
    clusters: Sequence[Hashable] | None = None,
    seed: int = 0,
    resamples: int = 2000,
) -> dict[str, Any]:
    """Change in accuracy on the same questions, with a cluster-bootstrap 95 % interval.

    Questions about one picture are not independent, so whole pictures are drawn with replacement
    and the interval is the 2.5th to 97.5th percentile of the resampled differences.

    Args:
        before: right or wrong, question by question.
        after: the same questions in the same order.
        clusters: what each question is about, usually its picture; None: each stands alone.
        seed: of the resampling.
        resamples: number of bootstrap samples.

    Returns:
        {"difference", "ci95", "n", "clusters"}, difference = accuracy after − accuracy before.

    Raises:
        ValueError: the lists differ in length or are empty.
    """
    import numpy as np

    if not len(before) == len(after) > 0:
        raise ValueError(f"{len(before)} answers before and {len(after)} after cannot be paired")
    keys = clusters if clusters is not None else range(len(before))
    number = {key: index for index, key in enumerate(dict.fromkeys(keys))}
    which = np.array([number[key] for key in keys])
    change = np.asarray(after, float) - np.asarray(before, float)
    gains = np.bincount(which, change)
    sizes = np.bincount(which).astype(float)
    drawn = _resampled(gains, sizes, np.random.default_rng(seed), resamples)
    low, high = np.percentile(drawn, (2.5, 97.5))
    return {
        "difference": float(change.mean()),
        "ci95": [float(low), float(high)],
        "n": len(change),
        "clusters": len(number),
    }


def _resampled(
    gains: np.ndarray, sizes: np.ndarray, rng: np.random.Generator, resamples: int
) -> np.ndarray:
    """(resamples,) mean change over clusters drawn with replacement."""
    import numpy as np

    count = len(gains)
    blocks = []
    for start in range(0, resamples, _BLOCK):
        rows = min(_BLOCK, resamples - start)
        times = rng.multinomial(count, np.full(count, 1 / count), size=rows)
        blocks.append((times @ gains) / (times @ sizes))
    return np.concatenate(blocks)
