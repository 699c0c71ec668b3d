"""What an import hands to the corpus's writer."""

from __future__ import annotations

from dataclasses import dataclass

from facelm.types import Conversation, Picture


@dataclass(frozen=True)
class Given:
    """A conversation with its pictures."""

    row: int
    """Number of the source's row; never falling from one to the next."""
    conversation: Conversation
    pictures: list[Picture]
