"""The 68 iBUG landmarks as a subset of MediaPipe's face mesh."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Mesh vertex of each iBUG point, in iBUG order: 17 contour (viewer's left to right), 5 + 5 brows,
# 4 nose bridge, 5 nostrils, 6 + 6 eyes, 12 outer lips, 8 inner lips. Vertex numbers are
# MediaPipe's canonical face model; the choice is the nearest vertex by anatomy.
IBUG_FROM_MESH = (
    127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356,
    70, 63, 105, 66, 107,
    336, 296, 334, 293, 300,
    168, 197, 5, 4,
    75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144,
    362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181,
    78, 82, 13, 312, 308, 317, 14, 87,
)  # fmt: skip


def ibug68(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pick the 68 points from a mesh.

    Args:
        points: (478, 3) or (468, 3) mesh vertices, x and y in pixels.

    Returns:
        (68, 2) x, y in pixels, iBUG order.
    """
    return points[list(IBUG_FROM_MESH), :2]
