"""Numbers and findings in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facelm.report.data import DemoReport, Results

_SPACE = "\u202f"  # narrow and unbreakable, between a number and its unit


def percent(share: float | None) -> str:
    """0.714 as "71 %", a dash for nothing."""
    return "–" if share is None else f"{100 * share:.0f}{_SPACE}%"


def interval(ci95: Any) -> str:
    """A 95 % interval of a share as "65 to 77 %"."""
    low, high = ci95
    return f"{100 * low:.0f} to {percent(high)}"


def points(difference: float) -> str:
    """0.3 as "+30"; a real minus sign."""
    return f"{100 * difference:+.0f}".replace("-", "−").replace("+0", "±0").replace("−0", "±0")


def point_interval(ci95: Any) -> str:
    """A 95 % interval of a difference as "+24 to +36"."""
    return f"{points(ci95[0])} to {points(ci95[1])}"


def duration(seconds: float) -> str:
    """83.2 as "1 min 23 s", 4.26 as "4.3 s"."""
    if seconds < 10:
        return f"{seconds:.1f}{_SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}{_SPACE}min {rest}{_SPACE}s" if minutes else f"{rest}{_SPACE}s"


def memory(megabytes: float | None) -> str:
    """5312 as "5.3 GB"."""
    if megabytes is None:
        return "–"
    large = megabytes >= 1000
    return f"{megabytes / 1000:.1f}{_SPACE}GB" if large else f"{megabytes:.0f}{_SPACE}MB"


def plain_name(name: str) -> str:
    """`age_stage` as "age stage"."""
    return name.replace("_", " ")


def error_closed(before: float, after: float) -> float | None:
    """Share of the wrong answers that is gone; None where there were none."""
    return (after - before) / (1 - before) if before < 1 else None


def headline(data: DemoReport) -> str:
    """The finding in one sentence, whichever way it went."""
    before, after = data.before["accuracy"], data.after["accuracy"]
    where = f"{data.change['clusters']} unseen {data.kind}"
    span = f"{percent(before)} → {percent(after)}"
    closed = error_closed(before, after)
    low, high = data.change["ci95"]
    if closed is None or high < 0:
        return f"Fine-tuning made answers about {where} worse: {span}."
    if low <= 0:
        return f"Fine-tuning changed nothing that {where} could show: {span}."
    return f"Fine-tuning closed {percent(closed)} of the remaining error on {where}: {span}."


def evidence(data: DemoReport) -> str:
    """How sure the headline is."""
    change = data.change
    return (
        f"The same {change['n']} questions before and after: {points(change['difference'])} "
        f"points, 95{_SPACE}% interval {point_interval(change['ci95'])} (whole pictures "
        f"resampled). Without the picture the trained model gets "
        f"{percent(data.after.get('blind'))}; the best constant answer gets "
        f"{percent(data.after.get('chance'))}."
    )


def bench_headline(results: Results) -> str:
    """One benchmark result in one sentence."""
    return (
        f"{results['model']} answers {percent(results['accuracy'])} of {results['n']} questions "
        f"right (95{_SPACE}% interval {interval(results['ci95'])}); without the picture "
        f"{percent(results.get('blind'))}."
    )


def widest_gap(groups: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str | None:
    """The label whose values differ most in accuracy, with what that is worth."""
    pairs = []
    for label, values in groups.items():
        if len(values) < 2:
            continue
        ranked = sorted(values, key=lambda value: values[value]["accuracy"])
        low, high = values[ranked[0]], values[ranked[-1]]
        pairs.append((high["accuracy"] - low["accuracy"], label, ranked[-1], ranked[0], high, low))
    if not pairs:
        return None
    gap, label, best, worst, high, low = max(pairs, key=lambda pair: pair[0])
    clear = low["ci95"][1] < high["ci95"][0]
    return (
        f"Widest gap: {100 * gap:.0f} points by {plain_name(label)}, from "
        f"{percent(high['accuracy'])} ({best}, n = {high['n']}) down to "
        f"{percent(low['accuracy'])} ({worst}, n = {low['n']}); "
        f"their intervals {'lie apart' if clear else 'overlap'}."
    )
