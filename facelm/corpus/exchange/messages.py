"""Messages as `transformers` and `trl` have them: parts of text and pictures; the interchange form.

`images` lists the pictures that the `{"type": "image"}` parts stand for, in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facelm.corpus.exchange._record import (
    BadRecordError,
    Record,
    Said,
    Shown,
    has_placeholder,
    identity,
    paired,
    shown,
    without_placeholders,
    without_system,
)

_PICTURE_PARTS = ("image", "image_url")


class Messages:
    """Parts, and paths beside them."""

    name = "messages"
    suffix = ".jsonl"
    holds_pictures = False

    def encode(self, record: Record) -> dict[str, Any]:
        """`id`, `messages`, `images`."""
        return {
            "id": record.id,
            "messages": in_parts(record),
            "images": [one.path for one in record.pictures],
        }

    def decode(self, raw: dict[str, Any]) -> Record:
        """Also plain text as content, and pictures named by their parts."""
        without_system(raw)
        return from_parts(raw)

    def claims(self, raw: dict[str, Any]) -> bool:
        """`messages` whose content is a list."""
        return isinstance(first_content(raw), list)

    def finish(self, folder: Path, files: Sequence[str]) -> None:
        """Nothing more."""

    def usage(self, files: Sequence[str]) -> str:
        """How trl reads it."""
        return (
            "trl (run it in DIR, where the paths start): `load_dataset('json', data_files="
            f"'{files[0]}', split='train').cast_column('images', List(Image()))`; `List` and "
            "`Image` are from `datasets`."
        )


def first_content(raw: dict[str, Any]) -> Any:
    """The content of the first message; None where there is no such thing."""
    said = raw.get("messages")
    first = said[0] if isinstance(said, list) and said else None
    return first.get("content") if isinstance(first, dict) else None


def in_parts(record: Record) -> list[dict[str, Any]]:
    """Messages whose first one begins with a part for each picture."""
    messages: list[dict[str, Any]] = []
    for number, (question, answer) in enumerate(record.turns):
        pictures = [{"type": "image"}] * (0 if number else len(record.pictures))
        said = [*pictures, {"type": "text", "text": question}]
        messages.append({"role": "user", "content": said})
        messages.append({"role": "assistant", "content": [{"type": "text", "text": answer}]})
    return messages


def from_parts(raw: dict[str, Any]) -> Record:
    """A record out of messages in parts or in plain text.

    Raises:
        BadRecordError: it is not such a record.
    """
    said = raw.get("messages")
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise BadRecordError("it has no list of messages: correct it")
    if all(isinstance(one.get("content"), str) for one in said):
        turns, pictures = paired(said, "role", "content"), shown(raw)
        return Record(identity(raw), pictures, of_strings(turns, len(pictures)))
    plain = [{"role": one.get("role"), "content": _text(one.get("content"))} for one in said]
    counted = [_pictures(one.get("content")) for one in said]
    pictures = shown(raw) or tuple(one for part in counted for one in part if one)
    if len(counted[0]) != len(pictures) or any(counted[1:]):
        raise BadRecordError(
            f"it has {len(pictures)} pictures, and its first message shows {len(counted[0])}: "
            "correct it"
        )
    return Record(identity(raw), pictures, tuple(paired(plain, "role", "content")))


def of_strings(turns: list[Said], pictures: int) -> tuple[Said, ...]:
    """Turns of plain text: without any placeholder the pictures come before the first question."""
    return without_placeholders(turns, pictures) if has_placeholder(turns) else tuple(turns)


def _text(content: Any) -> Any:
    if isinstance(content, str):
        return content
    parts = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    texts = [one.get("text") for one in parts if one.get("type") == "text"]
    words = [one for one in texts if isinstance(one, str)]
    return "\n".join(words) if words and len(words) == len(texts) else None


def _pictures(content: Any) -> list[Shown | None]:
    """The picture parts of a message; None for one that `images` names."""
    parts = content if isinstance(content, list) else []
    return [
        _named(one)
        for one in parts
        if isinstance(one, dict) and one.get("type") in _PICTURE_PARTS
    ]  # fmt: skip


def _named(part: dict[str, Any]) -> Shown | None:
    named = part.get("image") or part.get("path") or part.get("url") or part.get("image_url")
    named = named.get("url") if isinstance(named, dict) and "url" in named else named
    return shown({"image": named})[0] if named else None
