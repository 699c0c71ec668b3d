"""The dataset card: `card.md` with the counts of each label and the files' sizes filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path


def card(counts: Mapping[str, Counter[str]], folder: Path) -> str:
    """The README of the folder that holds the three parquet files."""
    text = Path(__file__).with_name("card.md").read_text(encoding="utf-8")
    rows = []
    for name, tally in counts.items():
        rows.append(f"| {name} | " + ", ".join(f"{k} {v}" for k, v in sorted(tally.items())) + " |")
    sizes = [f"{p.name} {p.stat().st_size / 1e6:.2f} MB" for p in sorted(folder.glob("*.parquet"))]
    return text.replace("{counts}", "\n".join(rows)).replace("{sizes}", ", ".join(sizes))
