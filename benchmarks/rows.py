"""What going through a face's pictures once is worth: a training row of eight questions.

    python benchmarks/rows.py [--faces 40]

InternVL's processor at its published size (448 px, 256 tokens a picture), FairFace's size of
picture, an answer of 60 words to each question. Both ways take turns on the same faces; prints the
median milliseconds of each, and the median of the paired ratios.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent))
from facelm.train import rows
from facelm.types import Turn
from tools.tiny import internvl

SIDE, TOKENS, QUESTIONS, WARM = 448, 256, 8, 3


def main(faces: int) -> None:
    """Measure and print."""
    processor = _processor()
    ways = {"once": rows.seen_once, "for each text": lambda _: nullcontext()}
    took: dict[str, list[float]] = {way: [] for way in ways}
    for face in range(faces + WARM):
        for way, seen in ways.items():
            rows.seen_once = seen
            took[way].append(_row(processor, face))
    for way in ways:
        took[way] = took[way][WARM:]
        print(f"{way:<15}{statistics.median(took[way]) * 1e3:7.1f} ms")
    pairs = [b / a for a, b in zip(took["once"], took["for each text"], strict=True)]
    print(f"{'ratio':<15}{statistics.median(pairs):7.1f}")


def _processor() -> Any:
    from transformers import GotOcr2ImageProcessorPil, InternVLProcessor, InternVLVideoProcessor

    _, small = internvl.build()
    size = {"height": SIDE, "width": SIDE}
    return InternVLProcessor(
        image_processor=GotOcr2ImageProcessorPil(size=size, crop_to_patches=False),
        tokenizer=small.tokenizer,
        video_processor=InternVLVideoProcessor(size=size),
        image_seq_length=TOKENS,
        chat_template=small.chat_template,
    )


def _row(processor: Any, face: int) -> float:
    noise = np.random.default_rng(face).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    picture = Image.fromarray(noise)
    answer = " ".join(["word"] * 60)
    asked = [(Turn(f"What about it, in part {n}?", f"{answer} {n}"),) for n in range(QUESTIONS)]
    began = time.perf_counter()
    rows.make_row(processor, [picture], asked, limit=4096)
    return time.perf_counter() - began


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--faces", type=int, default=40)
    main(arguments.parse_args().faces)
