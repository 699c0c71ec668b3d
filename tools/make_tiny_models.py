"""Write small random models in the hub's layout, for tests and trials without a hub.

    python tools/make_tiny_models.py -o tiny                 # all of them
    python tools/make_tiny_models.py internvl3 gemma-3 -o tiny
    python tools/make_tiny_models.py --list

Each lands in a folder of its name and loads as any model does: `facelm ask tiny/internvl3 …`. The
same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

# Run as a file, Python looks for modules beside it, not in the repository.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

from tools.tiny import FAMILIES, write


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", nargs="*", help="families; all if none is named")
    parser.add_argument("-o", "--out", type=Path, help="folder that gets a folder for each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="print the families' names")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(FAMILIES))
        return 0
    unknown = [name for name in arguments.name if name not in FAMILIES]
    if unknown or arguments.out is None:
        parser.error(f"there is no '{unknown[0]}': see --list" if unknown else "give -o FOLDER")
    for name in arguments.name or FAMILIES:
        made = write(name, arguments.out / name, arguments.seed)
        print(f"{name}: {made.parameters:,} parameters, {made.visual_tokens} visual tokens")
    return 0


if __name__ == "__main__":
    sys.exit(main())
