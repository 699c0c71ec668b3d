"""How many files a second does `facelm sources check` walk?

    python benchmarks/check.py

Writes 100,000 small JPEG files with UTKFace's names into a temporary folder, walks them once to
warm the disk's cache, and prints the rate of the second walk.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image

from facelm.sources import open_source
from facelm.sources.check import check

FILES = 100_000


def main() -> None:
    """Print one line."""
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), (120, 90, 80)).save(buffer, "JPEG")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            name = f"{number % 100 + 1}_{number % 2}_{number % 5}_2017{number:013d}.jpg.chip.jpg"
            Path(folder, name).write_bytes(buffer.getvalue())
        for _ in range(2):
            result = check(open_source(f"utkface:{folder}"))
    print(f"{result['files']:,} files, {result['files_per_s']:,}/s")


if __name__ == "__main__":
    main()
