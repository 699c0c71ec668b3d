"""The figures of `facelm.corpus.stats` as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def readable(result: dict[str, Any], tables_shown: int = 6) -> str:
    """The figures as text.

    Args:
        result: of `stats`.
        tables_shown: so many pairs of label and group as tables, the least balanced first; the
            others get a line each.
    """
    pairs = sorted(result["balance"], key=lambda pair: -float(pair["association"]))
    blocks = [
        _totals(result),
        *(_counted(title, result[title]) for title in
          ("splits", "licences", "styles", "teachers", "categories")),
        _sources(result["sources"]),
        _closed(result["answers"]),
        _repeated(result["repeated"]),
        _lengths(result["lengths"]),
        *(_pair(pair) for pair in pairs[:tables_shown]),
        "\n".join(_pair_line(pair) for pair in pairs[tables_shown:]),
    ]  # fmt: skip
    return "\n\n".join(block for block in blocks if block)


def _totals(result: dict[str, Any]) -> str:
    names = ("conversations", "turns", "pictures", "clips", "measured")
    return ", ".join(f"{result[name]:,} {name}" for name in names)


def _counted(title: str, found: dict[str, int]) -> str:
    return "\n".join([title, *_columns([(k or "(none)", f"{v:,}") for k, v in found.items()])])


def _sources(sources: dict[str, Any]) -> str:
    if len(sources) < 2:
        return ""
    names = ("conversations", "turns", "pictures", "clips")
    rows: list[tuple[str, ...]] = [("source", *names)]
    rows += [(name, *(f"{one[what]:,}" for what in names)) for name, one in sources.items()]
    return "\n".join(_columns(rows))


def _closed(answers: dict[str, Any]) -> str:
    if not answers:
        return ""
    totals = {name: sum(found["closed"].values()) for name, found in answers.items()}
    counts = _columns(
        (name or "(none)", f"{totals[name]:,} of {found['answers']:,}")
        for name, found in answers.items()
    )
    shares = (
        ", ".join(f"{said} {n / totals[name]:.0%}" for said, n in found["closed"].items())
        for name, found in answers.items()
    )
    lines = [f"{count}  {share}" for count, share in zip(counts, shares, strict=True)]
    return "\n".join(["closed answers", *lines])


def _repeated(found: dict[str, int]) -> str:
    return (
        f"repeated: {found['pictures_in_several']:,} pictures stand in several conversations (one "
        f"in {found['most_of_one']:,}), {found['turns']:,} turns and {found['conversations']:,} "
        "conversations are there already"
    )


def _lengths(found: dict[str, Any]) -> str:
    units = {
        "question": "words of a question", "answer": "words of an answer",
        "turns": "turns of a conversation", "pictures": "pictures of a conversation",
    }  # fmt: skip
    rows: list[tuple[str, ...]] = [("", "median", "95 %", "longest")]
    for name, unit in units.items():
        rows.append((unit, *(f"{found[name][key]:,}" for key in ("median", "p95", "longest"))))
    return "\n".join(_columns(rows))


def _pair_line(pair: dict[str, Any]) -> str:
    return (
        f"{pair['label']} × {pair['group']}: association {pair['association']:.2f}, smallest "
        f"{pair['smallest']:,} of {pair['of']:,}"
    )


def _pair(pair: dict[str, Any]) -> str:
    groups = list(next(iter(pair["counts"].values())))
    rows = [("", *groups)]
    rows += [(value, *(f"{found[group]:,}" for group in groups))
             for value, found in pair["counts"].items()]  # fmt: skip
    return "\n".join([_pair_line(pair), *_columns(rows)])


def _columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows with their cells below each other, the first to the left."""
    rows = list(rows)
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(
            cell.ljust(width) if not n else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]  # fmt: skip
