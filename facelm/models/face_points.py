"""Which landmarks a model sees: those of the largest face, in its vision tower's coordinates.

Processors squeeze, pad or crop pictures before the tower sees them; points go the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from facelm.models._regions import FARTHEST, POINTS

if TYPE_CHECKING:
    from PIL.Image import Image

POINTS_KEY, KNOWN_KEY = "landmarks", "landmarks_known"
"""Among what a processor gives: (pictures, 68, 2) float32 and (pictures,) boolean."""


class Sight:
    """Finds landmarks for a model's processor. Not thread-safe, like `MeshFinder`."""

    def __init__(self, processor: Any) -> None:
        """Load the face mesh (half a second)."""
        from facelm.faces import MeshFinder

        self._finder = MeshFinder()
        self._images = processor.image_processor

    def find(self, pictures: list[Image]) -> dict[str, Tensor]:
        """Landmarks of each picture's largest face.

        Returns:
            `landmarks` (pictures, 68, 2) float32 and `landmarks_known` (pictures,): False where no
            face was found, or where it lies outside what the tower sees.
        """
        found = [self._points(_as_picture(picture)) for picture in pictures]
        known = torch.tensor([points is not None for points in found])
        none = np.zeros((POINTS, 2), np.float32)
        points = np.stack([none if one is None else one for one in found])
        return {POINTS_KEY: torch.from_numpy(points), KNOWN_KEY: known}

    def _points(self, picture: Image) -> NDArray[np.float32] | None:
        from facelm.faces import ibug68

        meshes = self._finder.find(picture)
        if not meshes:
            return None
        points = as_seen(ibug68(meshes[0].points), picture.size, self._images)
        return points if np.abs(points - 0.5).max() <= 0.5 + FARTHEST else None


def _as_picture(picture: Any) -> Image:
    """Frames of a video are arrays (height, width, 3)."""
    from PIL import Image

    return Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture


def as_seen(points: NDArray[np.float32], size: tuple[int, int], images: Any) -> NDArray[np.float32]:
    """Pixels of a picture to shares of what the vision tower sees of it.

    Args:
        points: (n, 2) x, y in pixels.
        size: the picture's width and height.
        images: the model's image processor.

    Returns:
        (n, 2), 0 to 1 inside.
    """
    whole = np.array(size, np.float32)
    frame = _frame(whole, images)
    return np.asarray((points - (whole - frame) / 2) / frame, np.float32)


def _frame(whole: NDArray[np.float32], images: Any) -> NDArray[np.float32]:
    """Width and height that the tower sees, in the picture's pixels and around its middle."""
    if getattr(images, "do_pad", False) and hasattr(images, "pad_to_square"):  # LLaVA
        return np.repeat(whole.max(), 2)
    if getattr(images, "do_center_crop", False):  # CLIP: the shorter side fills the view
        short = (getattr(images, "size", None) or {}).get("shortest_edge")
        cut = (getattr(images, "crop_size", None) or {}).get("height")
        if short and cut:
            return np.repeat(whole.min() * np.float32(cut / short), 2)
    return whole


def parted(extra: dict[str, Tensor]) -> tuple[dict[str, Tensor], Tensor | None, Tensor | None]:
    """What goes to the model's own classes, then points and which are known."""
    rest = {k: v for k, v in extra.items() if k not in (POINTS_KEY, KNOWN_KEY)}
    return rest, extra.get(POINTS_KEY), extra.get(KNOWN_KEY)
