"""Plots as SVG that takes its colours from the page, so that light and dark both fit.

matplotlib draws with marker colours; they are replaced by the page's CSS variables afterwards.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _SOFT, _LINE, _CARD = "#010203", "#040506", "#070809", "#0a0b0c"
_BEFORE, _AFTER = "#0d0e0f", "#101112"
_VARIABLES = {
    _INK: "--ink", _SOFT: "--soft", _LINE: "--line", _CARD: "--card", _BEFORE: "--before",
    _AFTER: "--accent",
}  # fmt: skip
_STYLE = {
    "svg.fonttype": "none", "font.size": 10, "text.color": _INK, "axes.labelcolor": _SOFT,
    "axes.edgecolor": _LINE, "xtick.color": _SOFT, "ytick.color": _INK, "axes.facecolor": "none",
    "figure.facecolor": "none", "axes.spines.top": False, "axes.spines.right": False,
    "axes.spines.left": False, "xtick.major.size": 0, "ytick.major.size": 0, "grid.color": _LINE,
    "axes.labelsize": 10,
}  # fmt: skip
_WIDTH = 7.6  # inches; the page scales the picture down where it is narrower


class Row(NamedTuple):
    """One line of a dot-and-whisker plot; shares are 0..1."""

    name: str
    after: Mapping[str, Any]
    """`accuracy` and `ci95`."""
    before: Mapping[str, Any] | None = None
    chance: float | None = None
    heading: bool = False
    """A name alone, with nothing beside it."""


def loss_curve(losses: Sequence[tuple[int, float]]) -> str:
    """The training loss as SVG: every step faint, a running mean strong.

    Args:
        losses: optimizer step and loss, nats per answer token.
    """
    steps, values = zip(*losses, strict=True)

    def draw(axes: Axes) -> None:
        axes.plot(steps, values, color=_BEFORE, linewidth=0.8, alpha=0.6, label="each step")
        axes.plot(steps, _running_mean(values), color=_AFTER, linewidth=2, label="running mean")
        axes.set_xlabel("optimizer step")
        axes.set_ylabel("loss, nats per answer token")
        axes.set_ylim(bottom=0)
        axes.set_xlim(steps[0] - 0.5, steps[-1] + 0.5)
        axes.grid(axis="y", linewidth=0.8)
        axes.legend(frameon=False, labelcolor=_SOFT, loc="upper right")

    return _svg(draw, 2.9, f"Training loss from {values[0]:.2f} to {values[-1]:.2f}", "loss")


def dots(rows: Sequence[Row], name: str) -> str:
    """Accuracy with 95 % intervals, a line per row, as SVG.

    Args:
        rows: from top to bottom.
        name: what the plot shows, for readers who do not see it.
    """
    compared = any(row.before for row in rows)
    apart = 0.17 if compared else 0.0

    def draw(axes: Axes) -> None:
        for place, row in enumerate(rows):
            if row.heading:
                continue
            if row.before:
                _whisker(axes, place - apart, row.before, _BEFORE, _CARD)
            _whisker(axes, place + apart, row.after, _AFTER, _AFTER)
            if row.chance is not None:
                axes.plot([row.chance] * 2, [place - 0.32, place + 0.32], color=_SOFT, lw=1.2)
        _scale(axes, rows)
        _legend(axes, compared, any(row.chance is not None for row in rows))

    return _svg(draw, 0.75 + (0.34 if compared else 0.27) * len(rows), name, name)


def _whisker(axes: Axes, y: float, score: Mapping[str, Any], colour: str, inside: str) -> None:
    axes.plot(score["ci95"], [y, y], color=colour, linewidth=1.6, solid_capstyle="round")
    axes.plot(
        [score["accuracy"]], [y], "o", markersize=6, markeredgewidth=1.6, color=colour,
        markerfacecolor=inside, clip_on=False,
    )  # fmt: skip


def _scale(axes: Axes, rows: Sequence[Row]) -> None:
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
    axes.set_xlabel("questions answered right, with 95 % interval")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        if row.heading:
            label.set_color(_SOFT)
    axes.grid(axis="x", linewidth=0.8)
    axes.set_axisbelow(True)


def _legend(axes: Axes, compared: bool, chance: bool) -> None:
    from matplotlib.lines import Line2D

    keys = []
    if compared:
        keys = [
            Line2D([], [], color=_BEFORE, marker="o", markerfacecolor=_CARD, label="before"),
            Line2D([], [], color=_AFTER, marker="o", label="after"),
        ]
    if chance:
        keys.append(Line2D([], [], color=_SOFT, marker="|", linestyle="", markersize=11,
                           label="best constant answer"))  # fmt: skip
    if keys:
        axes.legend(
            handles=keys, frameon=False, labelcolor=_SOFT, ncols=3, loc="lower left",
            bbox_to_anchor=(0, 1), borderaxespad=0.2, handlelength=1.6,
        )  # fmt: skip


def _running_mean(values: Sequence[float]) -> list[float]:
    """Mean over a window around each step: a tenth of the run, at least five steps."""
    half = max(5, len(values) // 10) // 2
    windows = (values[max(0, i - half) : i + half + 1] for i in range(len(values)))
    return [sum(window) / len(window) for window in windows]


def _svg(draw: Any, height: float, name: str, salt: str) -> str:
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.use("Agg")
    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": salt}):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.subplots())
        return _dressed(figure, name)


def _dressed(figure: Figure, name: str) -> str:
    """The figure's SVG with the page's colours and type, and a name for screen readers."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"(font: [^;\"]*?[\d.]+px) [^;\"]*", r"\1 var(--type)", text)
    for marker, variable in _VARIABLES.items():
        text = text.replace(marker, f"var({variable})")
    label = name.replace("&", "and").replace('"', "'").replace("<", "")
    return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
