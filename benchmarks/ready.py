"""How well and how fast `facelm faces` makes faces ready, on the test split of `heads`.

    python benchmarks/ready.py

Prints three tables: the error of the 68 landmarks, as a share of the distance between the outer
corners of the eyes; the share of faces found by their size in the picture, by the mesh alone and
with the closer look; what a picture and a frame cost, writing included.
"""

from __future__ import annotations

import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facelm._io import progress
from facelm.faces import MeshFinder, ibug68, open_picture, prepare
from facelm.faces._search import Searcher
from facelm.sources import open_source
from facelm.sources.heads import Heads
from facelm.types import Face

PARTS = {"all 68": slice(0, 68), "contour": slice(0, 17), "brows": slice(17, 27),
         "nose": slice(27, 36), "eyes": slice(36, 48), "mouth": slice(48, 68)}  # fmt: skip
SHARES = (0.3, 0.2, 0.16, 0.13, 0.1, 0.08, 0.06)
WIDTH, HEIGHT = 1280, 720


def landmark_errors(faces: list[Face]) -> NDArray[np.float64]:
    """(faces found, 68) distances from the known landmarks over that between the eyes."""
    finder, rows = MeshFinder(), []
    for face in progress(faces, "landmarks", len(faces)):
        known = np.array(face.landmarks)
        if meshes := finder.find(open_picture(face.image)):
            off = np.linalg.norm(ibug68(meshes[0].points) - known, axis=1)
            rows.append(off / np.linalg.norm(known[36] - known[45]))
    return np.array(rows)


def found(faces: list[Face], share: float) -> tuple[int, int]:
    """How many faces of a size are found by the mesh alone, and with the closer look."""
    searcher, alone, closer = Searcher(), 0, 0
    random = np.random.default_rng(0)
    for face in faces:
        picture = open_picture(face.image)
        known = np.array(face.landmarks)
        side = round(WIDTH * share * picture.width / np.ptp(known, axis=0).max())
        wall = Image.new("RGB", (WIDTH, HEIGHT), tuple(int(v) for v in random.integers(60, 200, 3)))
        place = (int(random.integers(WIDTH - side)), int(random.integers(max(HEIGHT - side, 1))))
        wall.paste(picture.resize((side, side)), place)
        seen = bool(searcher.find(wall))
        alone += seen
        closer += seen or bool(searcher.small(wall))
    return alone, closer


def cost(folder: Path) -> str:
    """Pictures or frames a second, and the processor's time for one, loading included."""
    with tempfile.TemporaryDirectory() as out:
        began = time.process_time()
        result = prepare(folder, Path(out, "out"))
        used = (time.process_time() - began) / result["looked_at"]
    return f"{result['frames_per_s']:.0f}/s, {1000 * used:.1f} ms of processor time each"


def write_clips(folder: Path) -> None:
    """The clips of `heads`, 448 pixels wide, each of its frames shown once at 24 a second."""
    for clip in Heads().clips("test"):
        with av.open(str(folder / f"{clip.id}.mp4"), "w") as container:
            stream = container.add_stream("libx264", rate=Fraction(24), options={"threads": "1"})
            stream.width = stream.height = 448
            stream.pix_fmt = "yuv420p"
            for frame in clip.frames:
                large = Image.fromarray(frame).resize((448, 448))
                container.mux(stream.encode(av.VideoFrame.from_image(large)))
            container.mux(stream.encode())


def main() -> None:
    """Measure and print."""
    faces = [face for face in open_source("heads").faces("test") if isinstance(face, Face)]
    errors = landmark_errors(faces)
    print(f"landmarks of {len(errors)} of {len(faces)} portraits: mean error, median")
    for name, part in PARTS.items():
        values = errors[:, part].mean(1)
        print(f"{name:<10}{values.mean():>8.1%}{np.median(values):>8.1%}")
    some = faces[::4]
    print(f"face over width of the picture: found of {len(some)} by the mesh, with a closer look")
    for share in SHARES:
        print(f"{share:<6.0%}{'{:>6} {:>6}'.format(*found(some, share))}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        pictures, clips = Path(name, "pictures"), Path(name, "clips")
        pictures.mkdir()
        clips.mkdir()
        for face in faces:
            (pictures / f"{face.id}.webp").write_bytes(face.image)
        write_clips(clips)
        print(f"pictures: {cost(pictures)}")
        print(f"frames of clips: {cost(clips)}")


if __name__ == "__main__":
    main()
