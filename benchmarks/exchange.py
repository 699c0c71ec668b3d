"""How fast are corpora exported and imported, and does memory stay flat?

    python benchmarks/exchange.py [CONVERSATIONS [FORMAT]]

Makes a corpus of that many conversations (100,000 by default; eight questions and one small
picture each) in a temporary folder, and a tenth of it. Each format is written, and read back,
in a process of its own; printed are the rate, the time on the clock and of the processor, and the
peak of memory for the tenth and the whole.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from facelm._io import sha256
from facelm.corpus import CorpusWriter
from facelm.corpus.exchange import FORMATS
from facelm.types import Conversation, Evidence, Picture, Turn

CHILD = """
import resource, sys, time
from facelm.corpus.exchange import export_corpus, import_corpus
what, source, out, to = sys.argv[1:]
started, busy = time.monotonic(), time.process_time()
result = export_corpus(source, out, to) if what == "export" else import_corpus(source, out)
seconds, busy = time.monotonic() - started, time.process_time() - busy
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(result["conversations"] / seconds, seconds, busy, peak)
"""
TURNS = tuple(
    Turn(f"What can be said of aspect {k} of this face?", "A sentence of some length. " * 8, "x")
    for k in range(8)
)


def picture(number: int) -> Picture:
    """A distinct JPEG of about 5 kB."""
    image = Image.effect_noise((96, 96), 40 + number % 7)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, comment=str(number).encode())
    return Picture(buffer.getvalue(), f"{number}.jpg", f"{number}.jpg")


def make(path: Path, count: int) -> None:
    """Write a corpus of `count` conversations."""
    about = {"source": "heads", "style": "x", "teacher": "measured", "seed": 0}
    with CorpusWriter(path, about, keep_every=1 << 16) as writer:
        for number in range(count):
            one = picture(number)
            writer.add(
                number, [one],
                Conversation(
                    (sha256(one.data),), one.name, TURNS, "heads", "train", "CC BY 4.0", "x",
                    "measured", sha256(b"x"), {"age": "20-29", "yaw": 1.5},
                    Evidence(yaw=1.5, smile=0.1),
                ),
            )  # fmt: skip
        writer.finish()


def child(what: str, source: Path, out: Path, to: str) -> list[float]:
    """Conversations a second, seconds on the clock and of the processor, peak MB."""
    words = [sys.executable, "-c", CHILD, what, str(source), str(out), to]
    run = subprocess.run(words, capture_output=True, text=True, check=True)
    return [float(one) for one in run.stdout.split()]


def main() -> None:
    """Print a line for each format and direction."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make(root / "whole", count)
        make(root / "tenth", count // 10)
        for to in sys.argv[2:] or FORMATS:
            for what in ("export", "import"):
                peaks = []
                for size in ("tenth", "whole"):
                    source = root / size if what == "export" else root / f"{size}-{to}"
                    out = root / (f"{size}-{to}" if what == "export" else f"{size}-{to}-again")
                    rate, seconds, busy, peak = child(what, source, out, to)
                    peaks.append(peak)
                print(
                    f"{to:<13}{what}  {rate:8,.0f}/s  {seconds:6.1f} s, {busy:6.1f} s busy  "
                    f"{peaks[0]:5.0f} MB, {peaks[1]:5.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
