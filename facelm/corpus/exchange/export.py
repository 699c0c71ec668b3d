"""A corpus as other trainers read it, with everything they have no column for beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from facelm._aside import whole_folder
from facelm._io import progress, write_json
from facelm.corpus import _layout
from facelm.corpus.exchange import _cards, _sidecar
from facelm.corpus.exchange._files import Sink, open_sink
from facelm.corpus.exchange._formats import format_named
from facelm.corpus.exchange._pictures import Pictures
from facelm.corpus.exchange._record import BadRecordError, Format
from facelm.corpus.reader import Corpus, read_corpus
from facelm.errors import InputError
from facelm.types import Conversation

MANIFEST = "export.json"
FORMAT = 1
# Names of the files beside the data; "all" is what `datasets` calls all splits together.
_TAKEN = ("all", "croissant", "datacite", "dataset_info", "export", "facelm", "references")
# Of the settings that made a corpus, what tells of a machine and not of the data.
_PRIVATE = ("place", "pictures_root", "base_url")


def export_corpus(
    corpus: Path | str,
    out: Path | str,
    to: str,
    *,
    with_pictures: bool = False,
    creators: Sequence[str] = (),
) -> dict[str, Any]:
    """Write a corpus in another format.

    Args:
        corpus: its folder.
        out: the folder to write; an earlier export there is replaced.
        to: a name of `FORMATS`.
        with_pictures: also copy pictures that may not be passed on; then neither may the export.
        creators: who made the corpus, for `datacite.json` and `croissant.json`.

    Returns:
        `path`, `to`, `files` (data file to number of records), `conversations`, `records`,
        `pictures` (copied, referenced, left), `left_out` (id and reason).

    Raises:
        InputError: no such corpus or format, a folder that holds something else, or no
            conversation can be exported.
        FacelmError: the disk is full.
    """
    kind = format_named(to)
    opened = read_corpus(corpus)
    with whole_folder(Path(out), _is_export, "export") as folder:
        run = _Run(opened, kind, folder, with_pictures)
        run.all()
        _require_some(run, corpus)
        kind.finish(folder, list(run.files))
        manifest = _manifest(run)
        _cards.write_all(folder, kind, manifest, opened.path, list(creators))
        write_json(folder / MANIFEST, manifest)
    return {
        "path": str(out), "to": to, "files": manifest["files"], **manifest["counts"],
        "left_out": manifest["left_out"],
    }  # fmt: skip


def _is_export(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


@dataclass
class _Run:
    """One export under way."""

    corpus: Corpus
    kind: Format
    folder: Path
    with_pictures: bool
    files: Counter[str] = field(default_factory=Counter)
    """Data file to number of records."""
    left_out: list[dict[str, str]] = field(default_factory=list)
    stated: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Source and licence to number of conversations."""

    def all(self) -> None:
        """Go through the corpus once."""
        self.pictures = Pictures(
            self.corpus, self.folder, self.with_pictures, not self.kind.holds_pictures
        )
        self._sinks: dict[str, Sink] = {}
        self._ids = _sidecar.Ids()
        with ExitStack() as self._open, closing(self.pictures):
            path = self.folder / _sidecar.SIDECAR
            self._sidecar = self._open.enter_context(path.open("w", encoding="utf-8"))
            for row, conversation in progress(
                numbered(self.corpus), "writing", len(self.corpus), "conversations", self._note
            ):
                try:
                    self._add(row, conversation)
                except BadRecordError as error:
                    self.left_out.append({"id": conversation.face_id, "reason": str(error)})

    def _note(self) -> str:
        return f"{len(self.left_out):,} left out" if self.left_out else ""

    def _add(self, row: int, conversation: Conversation) -> None:
        placed = [self.pictures.place(one) for one in conversation.image_ids]
        identity = self._ids.give(conversation.face_id)
        records = _sidecar.records(identity, conversation, placed)
        raw = [self.kind.encode(record) for record in records]
        file = f"{stem_of(conversation.split)}{self.kind.suffix}"
        for one in raw:
            self._sink(file).add(one)
        self.files[file] += len(raw)
        self.stated[conversation.source, conversation.licence] += 1
        line = _sidecar.line(identity, file, row, conversation, placed)
        self._sidecar.write(line + "\n")

    def _sink(self, file: str) -> Sink:
        if file not in self._sinks:
            sink = open_sink(self.folder / file)
            self._sinks[file] = self._open.enter_context(closing(sink))
        return self._sinks[file]


def numbered(corpus: Corpus) -> Iterator[tuple[int, Conversation]]:
    """Conversations with the number of their source's row, a shard in memory at a time."""
    for number in _layout.shards(corpus.path):
        for row in pq.read_table(_layout.conversations_path(corpus.path, number)).to_pylist():
            yield int(row["row"]), _layout.from_row(row)


def stem_of(split: str) -> str:
    """Name of a split's data file, which is also the split's name for `datasets`."""
    stem = re.sub(r"\W", "_", split, flags=re.ASCII) or "data"
    return f"{stem}_" if stem in _TAKEN else stem


def _require_some(run: _Run, corpus: Path | str) -> None:
    if run.files:
        return
    if not run.left_out:
        raise InputError(f"{corpus} has no conversations: there is nothing to export.")
    raise InputError(
        f"None of the {len(run.left_out):,} conversations of {corpus} can be exported, the first "
        f"because {run.left_out[0]['reason'].rstrip('.')}."
    )


def _manifest(run: _Run) -> dict[str, Any]:
    about = public(run.corpus.manifest["about"])
    return {
        "format": FORMAT,
        "to": run.kind.name,
        "with_pictures": run.with_pictures,
        "files": dict(sorted(run.files.items())),
        "counts": {
            "conversations": run.stated.total(),
            "records": run.files.total(),
            "pictures": {
                "copied": run.pictures.copied,
                "referenced": run.pictures.referenced,
                "left": run.pictures.left,
            },
        },
        "picture_sources": sorted(run.pictures.sources),
        "licences": [[*key, number] for key, number in sorted(run.stated.items())],
        "left_out": run.left_out,
        "about": about,
        "refused": run.corpus.manifest.get("refused", []),
    }


def public(about: Any) -> Any:
    """Settings without what tells of the machine they were given on."""
    if isinstance(about, list):
        return [public(one) for one in about]
    if not isinstance(about, dict):
        return about
    return {
        key: Path(value).name if key == "path" and isinstance(value, str) else public(value)
        for key, value in about.items()
        if not (key in _PRIVATE and value)
    }
