"""Styles: what is asked about a face, read from a YAML file a researcher can copy and change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Protocol

from facelm._io import sha256
from facelm._yaml_file import YamlFile
from facelm.errors import choose
from facelm.teach._choices import Choices, ChoicesFile
from facelm.teach._describe import Describe, DescribeFile
from facelm.teach.policy import Policy, Rating
from facelm.types import Ask, Evidence, Face

STYLES: dict[str, Path] = {
    path.stem: path for path in sorted((Path(__file__).parent / "styles").glob("*.yaml"))
}
"""The styles that come with facelm, by name. Adding one is one file in `styles/`."""


class Style(Protocol):
    """What is asked about each face."""

    name: str
    """The file's name without its ending."""
    hash: str
    """SHA-256 of the YAML file, in hex."""
    policy: Policy
    """Which checks a reply must pass, and what follows where it does not."""
    rating: Rating | None
    """What a second model is asked about each answer; None where nobody rates."""
    together: bool
    """All questions about a face go out as one request, unless the caller says otherwise."""
    parameters: dict[str, Any]
    """Sampling parameters, sent as they are; none leaves it to the endpoint."""
    media: tuple[Literal["picture", "clip"], ...]
    """What it can be asked about; of a clip, a style for pictures gets the middle frame."""

    def asks(
        self, face: Face, seed: int, evidence: Evidence | None = None, clip: bool = False
    ) -> list[Ask]:
        """Questions about one face, the same for the same face and seed.

        Args:
            face: its labels decide what the teacher is told, or what can be asked at all.
            seed: of the phrasings and of the order of options.
            evidence: what was measured; a style that asks about measurements, or tells them,
                does nothing about them without it.
            clip: frames of a video are shown, not one picture.

        Returns:
            The questions in the file's order; none of a medium the style is not for.
        """
        ...


_KINDS: dict[str, tuple[Any, Callable[[str, str, Any], Style]]] = {
    "describe": (DescribeFile, Describe),
    "choices": (ChoicesFile, Choices),
}


def load_style(name_or_path: str | Path) -> Style:
    """Read a style.

    Args:
        name_or_path: one of `STYLES`, or the path of a YAML file.

    Raises:
        InputError: there is no such style, or the file is not one.
    """
    path = find_style(str(name_or_path), STYLES, "style")
    file = style_file(path)
    content = file.table()
    schema, make = _KINDS[choose("kind of style", str(content.get("kind")), tuple(_KINDS))]
    return make(path.stem, sha256(file.data), file.held_to(schema, content))


def find_style(text: str, known: dict[str, Path], kind: str) -> Path:
    """The file of a name among `known`, or the path that the text is.

    Raises:
        InputError: it is neither.
    """
    if text.endswith((".yaml", ".yml")) or "/" in text:
        return Path(text).expanduser()
    return known[choose(kind, text, tuple(known))]


def style_file(path: Path) -> YamlFile:
    """A style's file; errors are those of `YamlFile.read`."""
    return YamlFile.read("The style", path, "the shipped ones in facelm/teach/styles")
