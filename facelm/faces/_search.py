"""Looking harder for a face: closer, where one was or where one may be."""

from __future__ import annotations

import numpy as np
from PIL import Image

from facelm.faces.crop import Square, cut
from facelm.faces.mesh import BoxFinder, Mesh, MeshFinder

Box = tuple[float, float, float, float]

# A look closer: twice the face, at the size at which the mesh's network sees it pixel for pixel.
_AROUND = 2.0
_CLOSE_SIDE = 256


class Searcher:
    """Finds faces that the mesh alone misses because they are small. Not thread-safe."""

    def __init__(self) -> None:
        """Load the networks.

        Raises:
            MissingError: `mediapipe` is not installed.
        """
        self._meshes = MeshFinder()
        self._boxes: BoxFinder | None = None

    def find(self, picture: Image.Image) -> list[Mesh]:
        """Faces of fair size, largest first."""
        return self._meshes.find(picture)

    def near(self, picture: Image.Image, box: Box) -> list[Mesh]:
        """Faces around a box, looked at closely; largest first."""
        left, top, right, bottom = box
        side = _AROUND * max(right - left, bottom - top, 1.0)
        square = Square((left + right - side) / 2, (top + bottom - side) / 2, side)
        found = self._meshes.find(cut(picture, square, _CLOSE_SIDE))
        scale = side / _CLOSE_SIDE
        offset = np.array((square.left, square.top, 0), np.float32)
        return [Mesh((mesh.points * scale + offset).astype(np.float32)) for mesh in found]

    def small(self, picture: Image.Image) -> list[Mesh]:
        """Faces down to about a tenth of the picture's width, largest first."""
        self._boxes = self._boxes or BoxFinder()
        found: list[Mesh] = []
        for box in self._boxes.find(picture):
            found += [mesh for mesh in self.near(picture, box)[:1] if is_new(mesh, found)]
        return sorted(found, key=lambda mesh: -mesh.area)


def is_new(mesh: Mesh, known: list[Mesh]) -> bool:
    """Whether a face is another one than those known: its middle lies in none of their boxes."""
    left, top, right, bottom = mesh.box
    x, y = (left + right) / 2, (top + bottom) / 2
    boxes = [one.box for one in known]
    return not any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)
