"""What the cards of an export say, gathered once: README, Croissant, DataCite."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from facelm.corpus.exchange._pictures import FOLDER, REFERENCES
from facelm.corpus.exchange._rights import may_pass_on, papers, rights
from facelm.corpus.exchange._sidecar import SIDECAR

SENSITIVE = (
    "Pictures of faces. Labels of age, gender, race and emotion are annotators' impressions of a "
    "picture (or settings of a generator), never facts about a person; answers that rest on them "
    "are impressions too. Nothing here names a person."
)
USE = (
    "Training and testing models that describe faces. Not for finding out who somebody is, nor "
    "for deciding about a person, nor for inferring emotions at work or in education."
)


@dataclass(frozen=True)
class Described:
    """One export in words."""

    folder: Path
    manifest: dict[str, Any]
    creators: tuple[str, ...]
    year: int
    """Of publication: this year."""

    @classmethod
    def of(cls, folder: Path, manifest: dict[str, Any], creators: list[str]) -> Described:
        """Describe a folder whose data files are written."""
        return cls(folder, manifest, tuple(creators) or ("unknown",), datetime.now(UTC).year)

    @property
    def sources(self) -> list[str]:
        """Names of the datasets behind it."""
        return sorted({source for source, _, _ in self.manifest["licences"]})

    @property
    def closed(self) -> list[str]:
        """Of the sources whose pictures are shown, those that may not be passed on."""
        return [name for name in self.manifest["picture_sources"] if not may_pass_on(name)]

    @property
    def rights(self) -> list[dict[str, Any]]:
        """`facelm.corpus.exchange._rights.rights`, the strictest first."""
        return rights((source, licence) for source, licence, _ in self.manifest["licences"])

    @property
    def papers(self) -> list[tuple[str, str]]:
        """Kind and identifier of the sources' papers."""
        return papers(self.sources)

    @property
    def name(self) -> str:
        """A title."""
        return f"Conversations about faces: {', '.join(self.sources)}"

    @property
    def description(self) -> str:
        """A sentence or two."""
        counts, about = self.manifest["counts"], self.manifest["about"]
        return (
            f"{counts['records']:,} training records from {counts['conversations']:,} "
            f"conversations about pictures of faces ({', '.join(self.sources)}), in the format "
            f"{self.manifest['to']}. The answers are synthetic: written by the "
            f"teacher {about.get('teacher') or 'that each conversation names'}, not by a person."
        )

    @property
    def data(self) -> list[Path]:
        """The data files, by name."""
        return [self.folder / name for name in self.manifest["files"]]

    @property
    def sidecar(self) -> Path:
        """The provenance."""
        return self.folder / SIDECAR

    @property
    def files(self) -> list[Path]:
        """Data files, provenance, and the references where there are any."""
        references = self.folder / REFERENCES
        return [*self.data, self.sidecar, *([references] if references.is_file() else [])]

    @property
    def picture_suffixes(self) -> list[str]:
        """Kinds of picture files that were copied."""
        folder = self.folder / FOLDER
        names = os.listdir(folder) if folder.is_dir() else []
        return sorted({Path(name).suffix for name in names if "." in name})


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex, without holding them."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
