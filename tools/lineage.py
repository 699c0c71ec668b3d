"""Give an older lineage its perceptual hashes, from the pictures that were trained on.

    python -m tools.lineage facelm/models/weights/nano/lineage.parquet fairface:$FAIRFACE

Pictures are known by their SHA-256, so this needs a source whose pictures went into the corpus as
they are, as FairFace's do. (With the corpora still there, `facelm train` on the finished run does
the same.)
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from facelm._io import sha256
from facelm.corpus.lineage import read_lineage, write_lineage
from facelm.sources import open_source
from facelm.types import Face


def complete(path: Path, source: str) -> int:
    """Write the lineage anew; returns the number of its pictures that have no perceptual hash."""
    rows = pq.read_table(path).to_pylist()
    names = ("source", "split", "image_sha256", "licence")
    write_lineage(path, [tuple(row[name] for name in names) for row in rows], _pictures(source))
    return sum(not one.near for one in read_lineage(path))


def _pictures(source: str) -> Iterator[tuple[str, bytes]]:
    for face in open_source(source).faces(None):
        if isinstance(face, Face):
            yield sha256(face.image), face.image


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lineage", type=Path)
    parser.add_argument("source")
    arguments = parser.parse_args()
    missing = complete(arguments.lineage, arguments.source)
    size = arguments.lineage.stat().st_size
    print(f"{arguments.lineage}: {size:,} bytes, {missing:,} pictures without a perceptual hash")


if __name__ == "__main__":
    main()
