"""Where to cut a clip's frames, so that the crops are steady and hold the face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facelm.faces.crop import Square

Floats = NDArray[np.float64]

# How far crops look back and ahead, in frames at 24 a second. A nod or a shake is quicker and
# stays visible as a movement in the crop; a person who crosses the room is slower and followed.
_CENTRE_REACH = 12
_SIDE_REACH = 24


def steady(boxes: Floats, margin: float) -> list[Square]:
    """Squares that hold the face in every frame and neither jump nor pulse.

    Cut frame by frame, a crop trembles with every error of the detector and zooms out whenever
    the mouth opens, and a model sees movements that nobody made. So the middle follows a weighted
    mean over half a second each way, and the side is the largest that is needed within a second,
    smoothed over another.

    Args:
        boxes: (frames, 4) left, top, right, bottom, one for each frame at 24 a second.
        margin: added on each side, as a share of the side.

    Returns:
        One square a frame.
    """
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    # Odd: a face that moves evenly is followed without a lag at both ends.
    centres = _smooth(middles, _CENTRE_REACH, mode="reflect", reflect_type="odd")
    needed = (2 * abs(middles - centres) + boxes[:, 2:] - boxes[:, :2]).max(1, keepdims=True)
    needed = np.maximum(needed, 1.0)
    widest = np.lib.stride_tricks.sliding_window_view(
        _padded(needed, _SIDE_REACH, mode="edge"), 2 * _SIDE_REACH + 1, axis=0
    ).max(-1)
    sides = _smooth(widest, _SIDE_REACH, mode="edge") * (1 + 2 * margin)
    corners = centres - sides / 2
    return [Square(*map(float, row)) for row in np.concatenate([corners, sides], axis=1)]


def _padded(values: Floats, reach: int, **how: str) -> Floats:
    padded: Floats = np.pad(values, ((reach, reach), (0, 0)), **how)  # type: ignore[call-overload]
    return padded


def _smooth(values: Floats, reach: int, **how: str) -> Floats:
    """Weighted mean of each column over `reach` rows each way (Hann window)."""
    weights = np.hanning(2 * reach + 3)[1:-1]
    weights /= weights.sum()
    columns = _padded(values, reach, **how).T
    return np.stack([np.convolve(column, weights, "valid") for column in columns], axis=1)
