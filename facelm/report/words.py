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


def overlap(found: Mapping[str, Any] | None) -> str:
    """Whether a benchmark's pictures were trained on, as `results["overlap"]` has it; "" without.

    For example "12 of its 500 pictures were trained on (10 exact, 2 near): without them 61.2 %."
    """
    if found is None:
        return ""
    if not found.get("lineage"):
        return "What this model was trained on is not known, so overlap could not be checked."
    return " ".join([trained_on(found), *map(not_listed, found["unknown"])])


def not_listed(model: str) -> str:
    """That nothing is known of a base's pictures: it may have seen the benchmark all the same."""
    return f"What {model} was trained on is not listed."


def trained_on(found: Mapping[str, Any]) -> str:
    """How many of a benchmark's pictures a model was trained on, in one sentence."""
    caught = found["exact"] + found["near"]
    if not caught:
        return f"No picture of this benchmark was trained on ({_compared(found)})."
    were, them = ("was", "it") if caught == 1 else ("were", "them")
    said = f"{caught:,} of its {found['pictures']:,} pictures {were} trained on ({_kinds(found)})"
    if "accuracy_without" not in found:
        return f"{said}."
    if (left := found["accuracy_without"]) is None:
        return f"{said}: without {them} no question is left."
    return f"{said}: without {them} {100 * left:.1f}{_SPACE}%."


def in_common(found: Mapping[str, Any]) -> str:
    """How many of a benchmark's pictures a corpus or a lineage holds, in one sentence."""
    caught = found["exact"] + found["near"]
    split = f" (split {found['split']})" if found["split"] else ""
    if not caught:
        of = f"{found['benchmark']}{split} is in {found['corpus']}"
        return f"No picture of {of} ({_compared(found)})."
    are = "is" if caught == 1 else "are"
    return (
        f"{caught:,} of the {found['pictures']:,} pictures of {found['benchmark']}{split} {are} in "
        f"{found['corpus']} ({_kinds(found)}); {found['questions']:,} of its "
        f"{found['questions_in_all']:,} questions ask about such a picture."
    )


def _compared(found: Mapping[str, Any]) -> str:
    only = found["by_bytes_only"]
    how = f", {only:,} of them by their bytes only" if only else ""
    return f"{found['compared']:,} compared{how}"


def _kinds(found: Mapping[str, Any]) -> str:
    return f"{found['exact']:,} exact, {found['near']:,} near"


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
