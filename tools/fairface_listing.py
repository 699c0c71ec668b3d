"""Write the list of a FairFace subset: file name, SHA-256 and split of every picture.

    python -m tools.fairface_listing $FAIRFACE recipes/fairface-20k.csv

`facelm sources subset` draws the same pictures from anyone's own copy by this list.
"""

from __future__ import annotations

import sys
from pathlib import Path

from facelm._io import sha256, write_text
from facelm.sources.fairface import FairFace
from facelm.sources.subset import COLUMNS


def write_listing(source_dir: Path, listing: Path) -> int:
    """List every picture of a FairFace folder, in the files' order.

    Args:
        source_dir: FairFace or a part of it, in either layout.
        listing: the CSV file to write: file, sha256, split.

    Returns:
        The number of pictures listed.
    """
    lines = [
        f"{row.id},{sha256(row.image)},{row.split}"
        for row in FairFace(source_dir).rows()
        if row.image is not None
    ]
    write_text(listing, "\n".join([",".join(COLUMNS), *lines]) + "\n")
    return len(lines)


if __name__ == "__main__":
    print(write_listing(Path(sys.argv[1]), Path(sys.argv[2])), "pictures")
