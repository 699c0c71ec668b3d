"""Hashing a corpus's pictures to find them again: by one process, or a part each."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._io import progress
from facelm.errors import InputError
from facelm.types import Refused

if TYPE_CHECKING:
    from facelm.corpus import Corpus, Part
    from facelm.corpus.overlap import Hashed


@dataclass
class Pictures:
    """A corpus's pictures as what is left of them once they are hashed."""

    hashed: list[Hashed] = field(default_factory=list)
    """In the corpus's order."""
    refused: list[Refused] = field(default_factory=list)
    """What could not be read."""


def hash_corpus(corpus: Corpus, part: Part, out: Path | None) -> Pictures | None:
    """Hash the pictures of a corpus, or of one part of it.

    Args:
        corpus: whose pictures.
        part: which of the picture files are this run's.
        out: folder in which parts leave what they found; needed with more than one.

    Returns:
        Those of the whole corpus; None while other parts are missing.

    Raises:
        InputError: parts without a folder, or a damaged file.
    """
    if part.count > 1 and out is None:
        raise InputError("Parts need a folder to meet in: give -o.")
    folder = out or Path()
    part.withdraw_note(folder)
    own = [
        {"row": shard, **_hash_shard(corpus, shard)}
        for shard in progress(
            [one for one in corpus.picture_shards() if part.has(one)],
            f"hashing {corpus.path}",
            -(-len(corpus.picture_shards()) // part.count),
            "files",
        )
    ]
    part.leave_note(folder, own)
    if (said := part.all_notes(folder, own)) is None:
        return None
    for note in said[1]:
        note.unlink(missing_ok=True)
    return _joined(sorted(said[0], key=lambda one: int(one["row"])))


def _hash_shard(corpus: Corpus, shard: int) -> dict[str, Any]:
    """Plain values, so that a part can leave them in a file."""
    from facelm.corpus.overlap import hash_pictures

    refused: list[Refused] = []
    gone: list[tuple[str, str]] = []

    def lost(image_id: str, error: InputError) -> None:
        refused.append(Refused(image_id, str(error)))
        gone.append((image_id, ""))  # it can still be found by its SHA-256

    pictures = hash_pictures(corpus.pictures(lost, shard), refused)
    hashes = [(one.id, one.near.hex()) for one in pictures]
    return {"hashes": [*hashes, *gone], "refused": [asdict(one) for one in refused]}


def _joined(shards: list[dict[str, Any]]) -> Pictures:
    from facelm.corpus.overlap import Hashed

    first = {image_id: near for one in reversed(shards) for image_id, near in one["hashes"]}
    names = dict.fromkeys(image_id for one in shards for image_id, _ in one["hashes"])
    return Pictures(
        [Hashed(image_id, image_id, bytes.fromhex(first[image_id])) for image_id in names],
        [Refused(**row) for one in shards for row in one["refused"]],
    )
