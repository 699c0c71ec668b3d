"""YAML files that people write for facelm: read, held to a schema, refused in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from facelm._io import read_bytes
from facelm.errors import InputError

if TYPE_CHECKING:
    from pydantic import BaseModel

T = TypeVar("T", bound="BaseModel")


@dataclass(frozen=True)
class YamlFile:
    """A file's bytes, and how it is spoken of."""

    what: str
    """What it is, at the beginning of a sentence: `The style`."""
    path: Path
    like: str
    """What to compare it with where it is wrong."""
    data: bytes

    @classmethod
    def read(cls, what: str, path: Path, like: str) -> YamlFile:
        """Read a file.

        Raises:
            InputError: it cannot be read.
        """
        return cls(what, path, like, read_bytes(path, what))

    def content(self, plain: bool = False) -> Any:
        """What stands in it.

        Args:
            plain: dates and numbers stay as they are written.

        Raises:
            InputError: it is not YAML.
        """
        import yaml

        # The C parsers, where they are built in, take a tenth of the time; all of them are safe.
        names = ("CBaseLoader", "BaseLoader") if plain else ("CSafeLoader", "SafeLoader")
        loader = getattr(yaml, names[0], getattr(yaml, names[1]))
        try:
            return yaml.load(self.data, loader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            line = f" at line {mark.line + 1}" if mark else ""
            said = f"{self.what} {self.path} is not YAML{line}: mend it there."
            raise InputError(said) from error

    def table(self) -> dict[str, Any]:
        """The same, of a file that is a table.

        Raises:
            InputError: it is none, or not YAML.
        """
        content = self.content()
        if not isinstance(content, dict):
            raise InputError(
                f"{self.what} {self.path} is not a table of names and values: "
                f"compare it with {self.like}."
            )
        return content

    def held_to(self, schema: type[T], content: Any) -> T:
        """What the file describes.

        Raises:
            InputError: something in it is wrong; the sentence says where.
        """
        from pydantic import ValidationError

        try:
            return schema.model_validate(content)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the top"
            what = first["msg"].removeprefix("Value error, ")
            raise InputError(
                f"{self.what} {self.path} is wrong at '{where}' ({what}): compare it with "
                f"{self.like}."
            ) from error
