"""Records of ours or of others made a corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from facelm._aside import whole_folder
from facelm._io import progress
from facelm.corpus.exchange._find import Data, data_files
from facelm.corpus.exchange._formats import format_named
from facelm.corpus.exchange._given import Given
from facelm.corpus.exchange.foreign import Told, foreign_conversations
from facelm.corpus.exchange.own import is_own, kind_of, own_conversations, read_manifest
from facelm.corpus.writer import CorpusWriter
from facelm.errors import InputError
from facelm.types import Refused

# The folder is of use only when it is whole, so there is nothing to keep on the way.
_KEEP_EVERY = 1 << 16


def import_corpus(
    path: Path | str,
    out: Path | str,
    form: str | None = None,
    *,
    source: str | None = None,
    licence: str | None = None,
    split: str | None = None,
    roots: Mapping[str, Path | str] | None = None,
    strict: bool = False,
) -> dict[str, Any]:
    """Read an export, or training records of any of `FORMATS`, into a new corpus.

    Args:
        path: a data file, or a folder. A folder that `export_corpus` wrote gives the same corpus
            again; its sidecar says all the rest.
        out: the corpus's folder, new or empty.
        form: a name of `FORMATS`; None tells it by looking.
        source: whose pictures they are, best a name of `facelm.sources.SOURCES`.
        licence: of the pictures and labels; by default the source's own.
        split: the split they belong to; for these three "unknown" where nothing is said.
        roots: source to the folder where its pictures are, for references and for records whose
            pictures are not beside them.
        strict: the first record that cannot be used ends it, and nothing is written.

    Returns:
        `path`, `conversations`, `pictures`, `turns`, `refused` (id and reason).

    Raises:
        InputError: nothing there can be read, a name or folder is wrong, or `out` is not empty.
        FacelmError: the disk is full.
    """
    path, places = Path(path), _existing(roots or {})
    told: Told | None = None
    if is_own(path) and form in (None, kind_of(path).name):
        _require_silence(path, source=source, licence=licence, split=split)
        manifest = read_manifest(path)
        given = own_conversations(path, kind_of(path), places)
        about, earlier = {**manifest["about"], "pictures": "embed"}, manifest["refused"]
    else:
        if form is not None:
            format_named(form)
        files = data_files(path, form, source, licence, places)
        told, earlier = Told(split or "unknown"), []
        given, about = foreign_conversations(files, told), _about(files, told)
    with whole_folder(Path(out)) as folder:
        written = _write(folder, about, earlier, _strictly(given, strict), path)
    return {"path": str(out), **written}


def _existing(roots: Mapping[str, Path | str]) -> dict[str, Path]:
    places = {name: Path(place) for name, place in roots.items()}
    for name, place in places.items():
        if not place.is_dir():
            raise InputError(f"There is no folder {place}: give where your copy of {name} is.")
    return places


def _require_silence(path: Path, **given: str | None) -> None:
    for name, value in given.items():
        if value is not None:
            raise InputError(f"{path} says its {name} itself: leave --{name} out.")


def _about(files: list[Data], told: Told) -> dict[str, Any]:
    """What made the corpus; the counts in it are filled in as the records are read."""
    return {
        "source": ", ".join(sorted({one.source for one in files})),
        "split": told.split,
        "licence": "; ".join(sorted({one.licence for one in files})),
        "style": "unknown",
        "teacher": "unknown",
        "seed": 0,
        "imported": {
            "from": ", ".join(sorted({one.format for one in files})),
            "records": told.files,
            "fields_left": told.left,
        },
    }


def _strictly(given: Iterable[Given | Refused], strict: bool) -> Iterator[Given | Refused]:
    for one in given:
        if strict and isinstance(one, Refused):
            raise InputError(f"{one.reason.rstrip('.')}; leave --strict out to go on without it.")
        yield one


def _write(
    folder: Path,
    about: dict[str, Any],
    earlier: list[dict[str, str]],
    given: Iterable[Given | Refused],
    path: Path,
) -> dict[str, Any]:
    refused: list[Refused] = []
    with CorpusWriter(folder, about, keep_every=_KEEP_EVERY) as writer:
        for number, old in enumerate(earlier):
            writer.refuse(number, Refused(str(old["id"]), str(old["reason"])))
        for one in progress(given, "reading", unit="conversations", note=lambda: _note(refused)):
            if isinstance(one, Refused):
                refused.append(one)
                writer.refuse(len(earlier) + len(refused), one)
            else:
                writer.add(one.row, one.pictures, one.conversation)
        _require_some(writer, refused, path)
        manifest = writer.finish()
    counts = manifest["counts"] if manifest else {}
    return {
        **{name: counts[name] for name in ("conversations", "pictures", "turns")},
        "refused": [{"id": one.id, "reason": one.reason} for one in refused],
    }


def _note(refused: list[Refused]) -> str:
    return f"{len(refused):,} refused" if refused else ""


def _require_some(writer: CorpusWriter, refused: list[Refused], path: Path) -> None:
    if writer.done:
        return
    if not refused:
        raise InputError(f"{path} has no records: give another file.")
    raise InputError(
        f"None of the records of {path} could be used, the first because "
        f"{refused[0].reason.rstrip('.')}."
    )
