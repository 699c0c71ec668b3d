"""Balance and lengths of a corpus as PNG pictures, in the colours of the reports."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._io import write_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The page's light colours (style.html.j2): a PNG has no dark side.
_INK, _SOFT, _LINE, _CARD = "#1d2024", "#5d646c", "#e0ded8", "#ffffff"
_PALE, _ACCENT = "#f0f4f7", "#1f6a9c"
_STYLE = {
    "font.size": 10, "text.color": _INK, "axes.labelcolor": _SOFT, "axes.edgecolor": _LINE,
    "xtick.color": _INK, "ytick.color": _INK, "figure.facecolor": _CARD, "axes.facecolor": _CARD,
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "xtick.major.size": 0, "ytick.major.size": 0, "grid.color": _LINE,
}  # fmt: skip
_DPI = 144
_MOST_BARS = 60


def heat_map(
    path: Path, title: str, note: str, counts: Mapping[str, Mapping[str, int]],
    totals: Mapping[str, int],
) -> None:  # fmt: skip
    """A table of counts whose colour is the share of its column: even rows mean balance.

    Args:
        path: the PNG file.
        title: what the rows and columns are.
        note: one line below the plot.
        counts: row to column to number.
        totals: column to the number that is all of it.

    Raises:
        FacelmError: the file cannot be written.
    """
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap

    names = list(totals)
    table = np.array([[row[name] for name in names] for row in counts.values()], dtype=float)
    shares = table / np.maximum([totals[name] for name in names], 1)
    top = max(float(shares.max()), 1e-9)

    def draw(axes: Axes) -> None:
        colours = LinearSegmentedColormap.from_list("accent", [_PALE, _ACCENT])
        axes.imshow(shares, cmap=colours, vmin=0, vmax=top, aspect="auto")
        for (row, column), share in np.ndenumerate(shares):
            ink = _CARD if share > 0.8 * top else _INK
            text = f"{int(table[row, column]):,}\n{share:.0%}"
            axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=8.5)
        axes.set_xticks(range(len(names)), [_short(name) for name in names])
        axes.set_yticks(range(len(counts)), [_short(name) for name in counts])
        axes.tick_params(axis="x", rotation=0 if max(map(len, names)) < 9 else 30)
        axes.xaxis.tick_top()
        axes.spines[:].set_visible(False)
        axes.set_xticks(np.arange(1, len(names)) - 0.5, minor=True)
        axes.set_yticks(np.arange(1, len(counts)) - 0.5, minor=True)
        axes.grid(which="minor", color=_CARD, linewidth=2)
        axes.tick_params(which="minor", length=0)

    size = (2.4 + 0.85 * len(names), 1.3 + 0.44 * len(counts))
    _save(path, draw, size, title, note)


def histogram(path: Path, title: str, note: str, lengths: Sequence[tuple[int, int]]) -> None:
    """How often each length is there.

    Args:
        path: the PNG file.
        title: whose lengths.
        note: one line below the plot.
        lengths: length and number.

    Raises:
        FacelmError: the file cannot be written.
    """
    longest = max((length for length, _ in lengths), default=0)
    width = longest // _MOST_BARS + 1
    bars: dict[int, int] = {}
    for length, number in lengths:
        bars[length // width * width] = bars.get(length // width * width, 0) + number

    def draw(axes: Axes) -> None:
        axes.bar(list(bars), list(bars.values()), width=0.88 * width, align="edge", color=_ACCENT)
        axes.set_xlabel("words" if width == 1 else f"words, {width} to a bar")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.tick_params(axis="both", colors=_SOFT)
        axes.set_xlim(left=0)
        axes.grid(axis="y", linewidth=0.8)
        axes.set_axisbelow(True)

    _save(path, draw, (7.0, 3.0), title, note)


def _save(
    path: Path, draw: Callable[[Axes], Any], size: tuple[float, float], title: str, note: str
) -> None:
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.use("Agg")
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(max(size[0], 5.2), size[1] + 0.75), layout="constrained")
        axes = figure.subplots()
        draw(axes)
        figure.suptitle(title, x=0.02, ha="left", fontsize=12, fontweight="bold")
        figure.supxlabel(note, x=0.02, ha="left", fontsize=9, color=_SOFT)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    write_bytes(path, buffer.getvalue())


def _short(name: str) -> str:
    """A name that fits beside a plot."""
    plain = name.replace("_", " ")
    plain = plain if len(plain) <= 22 else plain[:21] + "…"
    return plain.replace("$", r"\$")  # which would begin a formula
