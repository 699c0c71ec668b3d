"""What does it cost to read a step's pictures from their corpus, and how much memory is held?

    python benchmarks/reading.py [--pictures 1000 4000 16000] [--size 60000]

Writes corpora of random pictures' bytes, one conversation each, into a temporary folder. For each,
in a process of its own: the examples of a stage are made as `facelm train` makes them, then 2,000
pictures are read in the order of a shuffled epoch. Prints the median milliseconds a picture and the
memory held beyond what the imports take, beside what all pictures are together.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from facelm._io import sha256
from facelm.corpus import CorpusWriter
from facelm.types import Conversation, Evidence, Picture, Turn

_ABOUT = {"source": "folder", "style": "made up", "teacher": "measured", "split": None, "seed": 0}
_RUN = """
import pathlib, random, statistics, sys, time
from facelm.corpus import read_corpus
from facelm.train.examples import examples_of
from facelm.train.recipe import Data
def held():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1e3
before = held()
place = pathlib.Path(sys.argv[1])
examples = examples_of([(read_corpus(place), Data(corpus=place))], None, 0)
examples[0].home.picture(examples[0].image_ids[0])  # its index is read
began, took = held() - before, []
random.Random(0).shuffle(examples)
for one in examples[:2000]:
    at = time.perf_counter()
    one.home.picture(one.image_ids[0])
    took.append(1e3 * (time.perf_counter() - at))
print(statistics.median(took), began, held() - before)
"""


def main() -> None:
    """Print a line for each size of corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, nargs="+", default=[1000, 4000, 16000])
    parser.add_argument("--size", type=int, default=60_000, help="bytes of a picture")
    given = parser.parse_args()
    for count in given.pictures:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder, "corpus"), count, given.size)
            run = subprocess.run(
                [sys.executable, "-c", _RUN, str(Path(folder, "corpus"))],
                check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        milliseconds, begun, held = map(float, run.stdout.split())
        print(
            f"{count:,} pictures of {count * given.size / 1e6:,.0f} MB: {milliseconds:.2f} ms a "
            f"picture, {begun:.0f} MB held at the first step, {held:.0f} MB after "
            f"{min(count, 2000):,} pictures"
        )


def write(folder: Path, count: int, size: int) -> None:
    """Write the corpus."""
    draw = random.Random(0)
    with CorpusWriter(folder, _ABOUT) as writer:
        for number in range(count):
            data = draw.randbytes(size)
            row = Conversation(
                image_ids=(sha256(data),), face_id=str(number), source="folder", split="train",
                turns=(Turn("What is seen?", "A face. " * 20, "description"),), labels={},
                licence="CC0-1.0", style="made up", teacher="measured", prompt_hash="",
                evidence=Evidence(),
            )  # fmt: skip
            writer.add(number, [Picture(data, str(number), str(number))], row)
        writer.finish()


if __name__ == "__main__":
    main()
