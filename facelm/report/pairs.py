"""Pictures side by side, where a person would rather look than believe a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from facelm._io import write_text
from facelm.report.html import template, url_of

_SIDE = 224  # pixels


@dataclass(frozen=True)
class Pair:
    """Two pictures that are said to be one."""

    left: bytes | None
    """Encoded; None where there is only its hash."""
    right: bytes | None
    caption: str


def write_pairs(
    path: Path, title: str, finding: str, heads: tuple[str, str], pairs: Sequence[Pair], in_all: int
) -> None:
    """Write one HTML file with the pictures inside.

    Args:
        path: the file.
        title: of the page.
        finding: in one sentence.
        heads: what stands left and what right.
        pairs: what to show.
        in_all: how many pairs there are, shown or not.

    Raises:
        FacelmError: the file cannot be written.
    """
    rows = [
        (pair.caption, [url_of(one, _SIDE) if one else "" for one in (pair.left, pair.right)])
        for pair in pairs
    ]
    view = {"title": title, "finding": finding, "heads": heads, "rows": rows, "in_all": in_all}
    write_text(path, template("pairs.html.j2").render(**view))
