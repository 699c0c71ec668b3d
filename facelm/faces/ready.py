"""Faces ready for a model: square crops and 68 landmarks, as FaceInstruct's records expect them.

The shape of the records, 256 pixels, 24 frames a second and the 30 % rule are those of
Face-LLaVA's released loader and cropping script (arXiv 2504.07198). Unlike there the square holds
the whole face and keeps its shape at the picture's edge, a clip's crops do not tremble, and frames
that fail are filled in instead of leaving gaps in the numbering.
"""

from __future__ import annotations

import io
import time
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelm._io import progress, write_bytes
from facelm.errors import InputError, PictureError
from facelm.faces._clip import FPS, MAX_MISSING, DroppedClipError, codec, film, track
from facelm.faces._inputs import Item, listed
from facelm.faces._search import Searcher
from facelm.faces._shown import expected_frames
from facelm.faces._store import MANIFEST, Record, Store
from facelm.faces.crop import Square, cut
from facelm.faces.image import open_picture, to_jpeg
from facelm.faces.landmarks import ibug68
from facelm.faces.mesh import Mesh
from facelm.types import Refused

SIZE = 256
MAX_MARGIN = 1.0


def prepare(
    path: Path | str, out: Path | str, *, margin: float = 0.0, one_face: bool = False
) -> dict[str, Any]:
    """Crop the faces of pictures and clips and write them down with their landmarks.

    Run again with the same arguments, it goes on where it was cut off, takes in what is new and
    looks once more at what was refused. What is finished is not looked at again, even where the
    picture was changed: remove its crop to have it made anew.

    Args:
        path: a picture, a video, or a folder with pictures and videos anywhere below.
        out: the folder to write: `crops/…`, `landmarks/…`, `records.json`, `manifest.json`.
        margin: added on each side of the face's square, as a share of its side, 0 to 1. The
            square's side is the longer one of the mesh's box; without a margin it frames a face
            as MediaPipe's detector does, from which FaceInstruct's crops were cut.
        one_face: refuse pictures with more than one face, and count such frames of a clip as
            failed; else the largest face of a picture is taken.

    Returns:
        Of the whole folder: `path`, `pictures`, `clips`, `frames` and `interpolated` (of clips),
        `refused` (list of id and reason). Of this run: `new` (pictures and clips), `looked_at`
        (pictures and frames), `seconds`, `frames_per_s`.

    Raises:
        InputError: no picture or video, a folder made otherwise, a bad margin, or nothing could
            be used.
        MissingError: `mediapipe` is not installed.
        FacelmError: the disk is full; run again to go on.
    """
    if not 0 <= margin <= MAX_MARGIN:
        raise InputError(f"margin cannot be {margin:g}: give a share from 0 to {MAX_MARGIN:g}.")
    began = time.monotonic()
    items, refused = listed(Path(path), Path(out))
    settings = {
        "path": str(Path(path)), "margin": float(margin), "one_face": one_face, "size": SIZE,
        "fps": FPS, "max_missing": MAX_MISSING, "codec": codec(),
    }  # fmt: skip
    maker = _Maker(Path(out), float(margin), one_face)
    with Store(Path(out), settings) as store:
        todo = [item for item in items if item.id not in store.done]
        run = _Run(maker, store, refused)
        steps = run.steps(todo)
        for _ in progress(steps, "cropping", _expected(todo), unit="frames", note=run.note):
            run.looked_at += 1
        manifest = store.finish(run.refused, run.missing)
    _require_some(manifest, Path(out))
    return _summary(manifest, Path(out), run, time.monotonic() - began)


def _expected(items: Iterable[Item]) -> int:
    return sum(expected_frames(one.path, FPS) if one.kind == "video" else 1 for one in items)


class _Run:
    """What one run does, step by step, and what it meets."""

    def __init__(self, maker: _Maker, store: Store, refused: list[Refused]) -> None:
        self.refused = list(refused)
        self.missing: dict[str, float] = {}
        self.new = 0
        self.looked_at = 0
        self._maker = maker
        self._store = store

    def steps(self, items: Iterable[Item]) -> Generator[None, None, None]:
        """Make one item after the other; yields for every picture and frame."""
        for item in items:
            try:
                record = yield from self._maker.make(item)
            except DroppedClipError as error:
                self.missing[item.id] = round(error.missing, 4)
                self.refused.append(Refused(item.id, str(error)))
            except InputError as error:
                self.refused.append(Refused(item.id, str(error)))
            else:
                self._store.add(record)
                self.new += 1

    def note(self) -> str:
        """For the progress bar."""
        return f"{len(self.refused):,} refused" if self.refused else ""


class _Maker:
    """One item at a time, from a file to its crop, landmarks and record."""

    def __init__(self, out: Path, margin: float, one_face: bool) -> None:
        self._out = out
        self._margin = margin
        self._one_face = one_face
        self._searcher = Searcher()

    def make(self, item: Item) -> Generator[None, None, Record]:
        """Write the files; yields for every picture and frame, returns the record.

        Raises:
            PictureError: the item cannot be used.
        """
        record: Record = {"id": item.id, item.kind: item.crop, "landmarks_2d": item.landmarks}
        if item.kind == "image":
            self._picture(item)
            yield
        else:
            record |= yield from self._clip(item)
        return record | {"conversations": []}

    def _picture(self, item: Item) -> None:
        picture = open_picture(item.read(), item.id)
        meshes = self._searcher.find(picture) or self._searcher.small(picture)
        mesh = self._only(meshes, item.id)
        square = _square(mesh, self._margin)
        jpeg = to_jpeg(cut(picture, square, SIZE))
        write_bytes(self._out / item.crop, jpeg, sync=False)
        _write_array(self._out / item.landmarks, square.inside(ibug68(mesh.points), SIZE))

    def _only(self, meshes: list[Mesh], name: str) -> Mesh:
        if not meshes:
            raise PictureError(
                f"no face was found in {name}: give a picture with a larger, clearer face"
            )
        if self._one_face and len(meshes) > 1:
            raise PictureError(
                f"{len(meshes)} faces were found in {name}: crop it to the one that is meant, or "
                "leave --one-face out"
            )
        return meshes[0]

    def _clip(self, item: Item) -> Generator[None, None, Record]:
        found = yield from track(item.path, self._searcher, item.id, self._margin, self._one_face)
        film(item.path, found, self._out / item.crop, SIZE, item.id)
        _write_array(self._out / item.landmarks, found.landmarks(SIZE))
        return {"frames": len(found.squares), "interpolated": found.interpolated}


def _square(mesh: Mesh, margin: float) -> Square:
    left, top, right, bottom = mesh.box
    side = max(right - left, bottom - top, 1.0) * (1 + 2 * margin)
    return Square((left + right - side) / 2, (top + bottom - side) / 2, side)


def _write_array(place: Path, values: NDArray[np.float32]) -> None:
    buffer = io.BytesIO()
    np.save(buffer, values)
    write_bytes(place, buffer.getvalue(), sync=False)


def _require_some(manifest: dict[str, Any], out: Path) -> None:
    counts, refused = manifest["counts"], manifest["refused"]
    if counts["pictures"] + counts["clips"]:
        return
    reason = refused[0]["reason"].rstrip(".")
    if len(refused) == 1:
        raise InputError(f"{reason[0].upper()}{reason[1:]}.")
    raise InputError(
        f"None of the {len(refused):,} files could be used, the first because {reason}; "
        f"{out / MANIFEST} lists them all."
    )


def _summary(manifest: dict[str, Any], out: Path, run: _Run, seconds: float) -> dict[str, Any]:
    counts = manifest["counts"]
    return {
        "path": str(out),
        **{name: counts[name] for name in ("pictures", "clips", "frames", "interpolated")},
        "refused": manifest["refused"],
        "new": run.new,
        "looked_at": run.looked_at,
        "seconds": round(seconds, 2),
        "frames_per_s": round(run.looked_at / seconds, 1),
    }
