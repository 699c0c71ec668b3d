"""How long do `facelm corpus stats`, `mix` and `split` take on 800,000 answers?

    python benchmarks/corpus.py

Writes a corpus of 100,000 conversations with eight answers of 40 words each, about 100,000
pictures of 4 kB, into a temporary folder; then counts it, mixes three quarters of it with a tenth
of itself and splits it, each in a process of its own. Prints the seconds by the clock, those of the
processor (which other work on the machine does not change), and the most memory that the process
held beyond what its imports take.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path

from facelm._io import sha256
from facelm.corpus import CorpusWriter
from facelm.types import Conversation, Picture, Turn

CONVERSATIONS, TURNS, WORDS, PICTURE = 100_000, 8, 40, 4_000
_ABOUT = {"source": "fairface", "style": "made up", "teacher": "measured", "seed": 0}
_RUN = """
import resource, sys, time
from facelm.corpus.mix import mix
from facelm.corpus.split import split
from facelm.corpus.stats import stats
def now():
    return time.monotonic(), time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = now()
{call}
print(*(after - earlier for after, earlier in zip(now(), before)))
"""


def main() -> None:
    """Print a line for each command."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        write(corpus)
        calls = {
            "stats": f"stats({str(corpus)!r})",
            "mix": f"mix([{f'{corpus}:0.75'!r}, {f'{corpus}:0.1'!r}], {f'{folder}/mix'!r})",
            "split": f"split({str(corpus)!r}, {f'{folder}/split'!r}, "
            "{'train': 0.8, 'test': 0.2}, by='picture')",
        }
        for name, call in calls.items():
            run = subprocess.run(
                [sys.executable, "-c", _RUN.format(call=call)],
                check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
            clock, processor, kilobytes = map(float, run.stdout.split())
            print(f"{name}: {clock:.1f} s ({processor:.1f} s of CPU), {kilobytes / 1e3:.0f} MB")


def write(folder: Path) -> None:
    """Write the corpus."""
    words = [f"word{number}" for number in range(2000)]
    draw = random.Random(0)
    ages, genders = ("0-2", "3-9", "10-19", "20-29", "30-39"), ("Male", "Female")
    with CorpusWriter(folder, _ABOUT, keep_every=512) as writer:
        for number in range(CONVERSATIONS):
            data = draw.randbytes(PICTURE)
            turns = tuple(
                Turn(f"Question {n}?", " ".join(draw.choices(words, k=WORDS)), f"category {n}")
                for n in range(TURNS)
            )
            labels = {"age": draw.choice(ages), "gender": draw.choice(genders)}
            one = Conversation(
                (sha256(data),), f"train/{number}.jpg", turns, "fairface", "train", "CC BY 4.0",
                "made up", "measured", sha256(b""), labels,
            )  # fmt: skip
            writer.add(number, [Picture(data, f"{number}.jpg")], one)
        writer.finish()


if __name__ == "__main__":
    main()
