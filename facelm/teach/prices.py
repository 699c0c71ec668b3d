"""What a call costs: a dated table that anybody can edit, and estimates before the call."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import ceil
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, model_validator

from facelm._yaml_file import YamlFile
from facelm.errors import InputError
from facelm.teach._picture_tokens import UNKNOWN, PictureRule
from facelm.teach.permission import is_own

TABLE = Path(__file__).parent / "prices.yaml"
"""The table that comes with facelm; its head explains every field."""

_CHARACTERS = 4  # of a token of English, as providers say it


@dataclass(frozen=True)
class Price:
    """What one model takes, in US dollars per million tokens."""

    model: str
    """The pattern of the row; "" where nothing is paid."""
    input: float
    cached: float
    output: float
    batch: float = 0.0
    """The share that a batch API takes off, 0 to 1."""
    pictures: PictureRule = UNKNOWN
    source: str = ""
    """The page it stands on."""
    date: str = ""
    """Of when it is."""
    unverified: str = ""
    """What no page confirmed."""

    def cost(
        self,
        prompt_tokens: int,
        cached_tokens: int,
        completion_tokens: int,
        batch: bool = False,
    ) -> float:
        """US dollars of one call.

        Args:
            prompt_tokens: all that was sent, cached ones included.
            cached_tokens: those of them that were in the provider's cache.
            completion_tokens: all that came back.
            batch: whether it went through a batch API.
        """
        new = max(prompt_tokens - cached_tokens, 0)
        spent = new * self.input + cached_tokens * self.cached + completion_tokens * self.output
        return spent / 1_000_000 * (1 - self.batch if batch else 1)

    def picture_tokens(self, width: int, height: int) -> int:
        """Tokens that a picture of this size in pixels is billed as, by the provider's own rule."""
        return self.pictures.count(width, height)


def text_tokens(text: str) -> int:
    """About how many tokens a text has, without a tokenizer: one for four characters of English.

    Characters beyond ASCII count as a token each, which is more than today's tokenizers make of
    them. How far it is off: docs/teachers.md.
    """
    plain = len(text.encode("ascii", "ignore"))
    return ceil(plain / _CHARACTERS) + len(text) - plain


class Prices:
    """The rows of a price table; the first whose pattern fits a model is its price."""

    def __init__(self, rows: list[_Row]) -> None:
        self._rows = rows

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read the table that comes with facelm, behind the rows of another where one is given.

        Raises:
            InputError: the file cannot be read or is no price table.
        """
        own = _read(path) if path else []
        return cls([*own, *_read(TABLE)])

    def of(self, model: str) -> Price | None:
        """The price of a model by its name; None where the table has none."""
        row = self._row(model)
        return row.price() if row else None

    def at(self, model: str, base_url: str) -> Price | None:
        """The price of a model at an endpoint: nothing on the user's own host, unless listed.

        Returns:
            None where it is somebody else's and not in the table.
        """
        found = self._row(model)
        price = found.price() if found else None
        if price is None and is_own(base_url):
            return Price("", 0.0, 0.0, 0.0, pictures=found.pictures if found else UNKNOWN)
        return price

    def required(self, model: str, base_url: str) -> Price:
        """The price of a model at an endpoint, for a budget in dollars.

        Raises:
            InputError: there is none; the sentence says where to add it.
        """
        price = self.at(model, base_url)
        if price is None:
            raise InputError(
                f"There is no price for '{model}' at {urlsplit(base_url).hostname}, so a budget in "
                "dollars cannot be kept: write a row for it into a file like "
                "facelm/teach/prices.yaml and give it as --prices FILE, or give --budget-tokens."
            )
        return price

    def _row(self, model: str) -> _Row | None:
        name = model.lower()
        return next((row for row in self._rows if fnmatchcase(name, row.model.lower())), None)


# ---------------------------------------------------------------- the file


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: str
    input: NonNegativeFloat | None = None
    cached: NonNegativeFloat | None = None
    output: NonNegativeFloat | None = None
    batch: NonNegativeFloat = 0.0
    pictures: PictureRule = UNKNOWN
    source: str = ""
    date: str
    unverified: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.input is None) != (self.output is None):
            raise ValueError("input and output belong together")
        if self.batch > 1:
            raise ValueError("batch is a share, 0 to 1")
        return self

    def price(self) -> Price | None:
        """What it costs; None for a row that only says how pictures are counted."""
        if self.input is None or self.output is None:
            return None
        cached = self.input if self.cached is None else self.cached
        return Price(
            self.model, self.input, cached, self.output, self.batch, self.pictures, self.source,
            self.date, self.unverified,
        )  # fmt: skip


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    models: list[_Row]


def _read(path: Path) -> list[_Row]:
    file = YamlFile.read("The price table", path, f"{TABLE.name} in facelm/teach")
    # Dates and numbers stay as they are written: the schema says what they are.
    return file.held_to(_Table, file.content(plain=True)).models
