"""One training record as every format means it, and what the formats share in saying it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

IMAGE, VIDEO = "<image>", "<video>"
_PLACEHOLDER = re.compile(r"<(?:image|video|audio)>")
_ROLES = {"human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant"}
_ADDRESS = re.compile(r"[a-zA-Z][\w+.-]+:")

Said = tuple[str, str]
"""A question and its answer."""


class BadRecordError(Exception):
    """One record cannot be used; it is counted and listed, the others go on."""


@dataclass(frozen=True)
class Shown:
    """A picture as a record names it."""

    path: str
    """Below the export's folder, with `/`."""
    data: bytes | None = None
    """The encoded picture, where the format keeps it inside its own file."""


@dataclass(frozen=True)
class Record:
    """What a trainer sees as one example."""

    id: str
    pictures: tuple[Shown, ...]
    """In the order they are shown, all before the first question."""
    turns: tuple[Said, ...]
    video: str = ""
    """Path of a clip that stands in the place of pictures; only read, never written."""


class Format(Protocol):
    """How one family of trainers wants its records. Adding one is a file and a line in `FORMATS`.

    Splits have a data file each, named after them, with this suffix: `.json` is a list, `.jsonl` a
    record a line, `.parquet` a table.
    """

    name: str
    suffix: str
    holds_pictures: bool
    """Pictures stand inside the data file; otherwise they are files under `images/`."""

    def encode(self, record: Record) -> dict[str, Any]:
        """The record as the trainer reads it.

        Raises:
            BadRecordError: it cannot be said in this format.
        """
        ...

    def decode(self, raw: dict[str, Any]) -> Record:
        """The reverse; it understands the usual dialects.

        Raises:
            BadRecordError: it is not such a record.
        """
        ...

    def claims(self, raw: dict[str, Any]) -> bool:
        """Whether a file whose first record this is is probably of this format."""
        ...

    def finish(self, folder: Path, files: Sequence[str]) -> None:
        """Write what the trainer wants beside the data files."""
        ...

    def usage(self, files: Sequence[str]) -> str:
        """How to train on it, for the README; `DIR` is the export's folder."""
        ...


# ---------------------------------------------------------------- placeholders


def with_placeholders(record: Record) -> list[Said]:
    """The turns with one `<image>` and a newline for each picture before the first question.

    Raises:
        BadRecordError: a text has a placeholder in it, which trainers would take for a picture.
    """
    for text in (text for turn in record.turns for text in turn):
        if found := _PLACEHOLDER.search(text):
            raise BadRecordError(
                f"its text has {found[0]} in it, which trainers take for a picture: export it as "
                "messages or hf"
            )
    (question, answer), *others = record.turns
    return [(f"{IMAGE}\n" * len(record.pictures) + question, answer), *others]


def without_placeholders(turns: list[Said], wanted: int, token: str = IMAGE) -> tuple[Said, ...]:
    """The turns without the placeholders of their `wanted` pictures (or clips).

    Raises:
        BadRecordError: there are more or fewer, or some stand where a picture would come later.
    """
    (question, answer), *others = turns
    if any(_PLACEHOLDER.search(text) for text in [answer, *(t for turn in others for t in turn)]):
        raise BadRecordError("a placeholder stands behind the first question: take the record out")
    found = _PLACEHOLDER.findall(question)
    if found != [token] * wanted:
        raise BadRecordError(
            f"it has {wanted} of what {token} stands for, and the placeholders are "
            f"{' '.join(found) or 'none'}: correct it"
        )
    for _ in range(wanted):
        question = _less_one(question, token)
    return ((question, answer), *others)


def _less_one(question: str, token: str) -> str:
    for form in (f"{token}\n", token):
        if question.startswith(form):
            return question[len(form) :]
    form = next(one for one in (f"\n{token}", f"{token}\n", token) if one in question)
    return question.replace(form, "", 1)


def has_placeholder(turns: Iterable[Said]) -> bool:
    """Whether any text has one."""
    return any(_PLACEHOLDER.search(text) for turn in turns for text in turn)


# ---------------------------------------------------------------- the parts of a raw record


def paired(said: Any, role_key: str, text_key: str) -> list[Said]:
    """Question and answer by turns, out of a list of {role, text}.

    Raises:
        BadRecordError: other roles, or not by turns, or no text.
    """
    if not isinstance(said, list) or not said or not all(isinstance(one, dict) for one in said):
        raise BadRecordError("it has no list of turns: correct it")
    roles = [role_of(one.get(role_key)) for one in said]
    if roles != ["user", "assistant"] * (len(said) // 2):
        raise BadRecordError(
            f"its turns are by {', '.join(roles)}, not question and answer in turn"
        )
    texts = [one.get(text_key) for one in said]
    if not all(isinstance(text, str) for text in texts):
        raise BadRecordError("one of its turns has no text: correct it")
    return list(zip(texts[::2], texts[1::2], strict=True))


def role_of(name: Any) -> str:
    """`user` or `assistant`.

    Raises:
        BadRecordError: it is another role: facelm's conversations have no system or tool turns.
    """
    if (role := _ROLES.get(str(name).casefold())) is None:
        raise BadRecordError(f"it has a turn by '{name}'; only questions and answers can be read")
    return role


def shown(raw: dict[str, Any]) -> tuple[Shown, ...]:
    """The pictures of a raw record: `images` or `image`, one or a list.

    Raises:
        BadRecordError: what stands there is no path.
    """
    named = raw.get("images") or raw.get("image") or []
    return tuple(_shown(one) for one in (named if isinstance(named, list) else [named]))


def _shown(one: Any) -> Shown:
    if isinstance(one, dict) and isinstance(one.get("bytes"), bytes):
        return Shown(str(one.get("path") or ""), one["bytes"])
    path = one.get("path") if isinstance(one, dict) else one
    if not isinstance(path, str) or not path:
        raise BadRecordError("one of its pictures is no path: correct it")
    if _ADDRESS.match(path):
        raise BadRecordError(f"{path[:60]} is no path: save the picture as a file and name that")
    return Shown(path)


def video_of(raw: dict[str, Any]) -> str:
    """The path of a record's clip; "" without.

    Raises:
        BadRecordError: there are several, or pictures beside it.
    """
    named = raw.get("video") or raw.get("videos") or []
    paths = named if isinstance(named, list) else [named]
    if not paths:
        return ""
    if len(paths) > 1 or not isinstance(paths[0], str) or raw.get("image") or raw.get("images"):
        raise BadRecordError("it shows several clips, or a clip and pictures: give it one clip")
    return paths[0]


def identity(raw: dict[str, Any]) -> str:
    """The record's own id; "" without one."""
    found = raw.get("id")
    return "" if found is None else str(found)


def without_system(raw: dict[str, Any]) -> None:
    """Refuse a system prompt that stands beside the turns.

    Raises:
        BadRecordError: there is one.
    """
    if raw.get("system"):
        raise BadRecordError("it has a system prompt; only questions and answers can be read")
