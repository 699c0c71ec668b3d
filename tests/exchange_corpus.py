"""A small corpus that has one of everything an export must carry."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from miniature import portrait

from facelm._io import sha256
from facelm.corpus import CorpusWriter
from facelm.types import Conversation, Evidence, Picture, Refused, Turn

TEXT_FORMATS = ("llava", "sharegpt", "llamafactory", "swift")
FORMATS = (*TEXT_FORMATS, "messages", "hf")
ABOUT: dict[str, Any] = {
    "source": "heads", "place": "", "split": None, "style": "fairfacegpt", "teacher": "measured",
    "seed": 0, "shard_rows": 3,
}  # fmt: skip
KINDS = ("JPEG", "PNG", "WEBP")


def picture(number: int, place: str = "", size: int = 48) -> Picture:
    """Picture `number` as JPEG, PNG or WebP by turns."""
    buffer = io.BytesIO()
    portrait(number, size).save(buffer, KINDS[number % 3])
    return Picture(buffer.getvalue(), place or f"made from {number}", place)


def conversation(
    number: int, pictures: list[Picture], turns: tuple[Turn, ...], **more: Any
) -> Conversation:
    """About some pictures; everything that is not given has a value of its own."""
    values: dict[str, Any] = {
        "source": "heads", "split": "train", "licence": "CC BY 4.0", "style": "fairfacegpt",
        "teacher": "measured", "prompt_hash": sha256(str(number).encode()),
        "labels": {"age": "20-29", "glasses": True, "yaw": 1.25, "identity": number},
        "evidence": Evidence(yaw=-12.3, smile=0.041 + number / 7),
    }  # fmt: skip
    ids = tuple(sha256(one.data) for one in pictures)
    return Conversation(ids, f"train/{number}.jpg", turns, **(values | more))


def turns(number: int, count: int = 3) -> tuple[Turn, ...]:
    """Questions and answers with what breaks careless writers in them."""
    return tuple(
        Turn(f"Question {k} of {number}:\n“links?” \\ é", f"\tAnswer {k}, “yes” 🙂\n", f"kind {k}")
        for k in range(count)
    )


def everything() -> Iterator[tuple[int, list[Picture], Conversation]]:
    """Rows of a corpus: row number, pictures, conversation."""
    for number in range(4):  # questions that stand alone
        one = [picture(number, f"train/{number}.jpg")]
        yield number, one, conversation(number, one, turns(number))
    two = [picture(4), picture(5)]
    yield 4, two, conversation(4, two, turns(4, 1), split="val")
    yield 5, [two[0]], conversation(5, [two[0]], turns(5), dialogue=True, split="")
    frames = [picture(6 + index // 2) for index in range(8)]  # a short clip repeats frames
    yield 6, frames, conversation(6, frames, turns(6), clip="clips/6.mp4")
    again = [picture(0, "train/0.jpg")]  # the same picture in another shard, the same id again
    yield 7, again, conversation(0, again, turns(7), synthetic=False, evidence=Evidence())
    yield 9, again, replace(conversation(9, again, turns(9, 1)), face_id="clip.mp4#3")


def write_corpus(path: Path, about: dict[str, Any] | None = None) -> Path:
    """The corpus on disk, several shards of it, and a refused row."""
    with CorpusWriter(path, {**ABOUT, **(about or {})}) as writer:
        for row, pictures, one in everything():
            writer.add(row, pictures, one)
        writer.refuse(8, Refused("train/8.jpg", "train/8.jpg is not a picture"))
        writer.finish()
    return path


def closed_corpus(path: Path, source: str = "celeba") -> Path:
    """Pictures that may not be passed on: two with a place of their own, one crop."""
    about = {**ABOUT, "source": source, "place": "/home/someone/celeba"}
    with CorpusWriter(path, about) as writer:
        for number, place in enumerate(("img/000001.jpg", "img/000002.png", "")):
            one = [picture(number, place)]
            writer.add(number, one, conversation(number, one, turns(number), source=source))
        writer.finish()
    return path


def tables(path: Path) -> dict[str, bytes]:
    """A corpus's tables, byte for byte."""
    return {file.name: file.read_bytes() for file in sorted(path.glob("*.parquet"))}
