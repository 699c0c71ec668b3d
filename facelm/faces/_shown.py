"""A video as it is seen at a fixed frame rate, frame by frame, upright, in flat memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._video import opened, quarter_turns, upright
from facelm.errors import PictureError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A longer step between two frames, or one backwards, is taken for a damaged clock: else a small
# file could ask for any number of repeats.
_LONGEST_STEP = 1.0
_USUAL_RATE = 24.0


@dataclass(frozen=True)
class Shown:
    """A frame of a video played at a fixed rate."""

    repeats: int
    """For how many frames of the new rate it stands, 1 or more."""
    width: int
    """Pixels, upright."""
    height: int
    _frame: Any

    def pixels(self, longest: int | None = None) -> NDArray[np.uint8]:
        """RGB, (height, width, 3); made smaller where its longer side has more than `longest`."""
        return upright(self._frame, longest)


def shown(video: Path, rate: int, name: str) -> Iterator[Shown]:
    """A video as it is seen at another frame rate: frames left out or repeated, none blended.

    Of the source's frames that fall on one frame of the new rate the last counts. The repeats add
    up to the length times the rate, rounded, and at least to 1.

    Args:
        video: a video file.
        rate: frames per second.
        name: how errors call the video.

    Raises:
        PictureError: not a video.
    """
    with opened(video, name) as container:
        stream = container.streams.video[0]
        held, start, clock = None, 0, _Clock(_rate_of(stream))
        for frame in container.decode(stream):
            slot = clock.slot(frame.time, rate)
            if held is not None and slot > start:
                yield _shown(held, slot - start)
                start = slot
            held = frame
        end = clock.slot(None, rate)
        if held is not None and (end > start or start == 0):
            yield _shown(held, max(end - start, 1))


def expected_frames(video: Path, rate: int) -> int:
    """How many frames a header promises at no more than `rate` a second; for progress bars only."""
    try:
        with opened(video, video.name) as container:
            seconds = (container.duration or 0) / 1e6
            return max(1, round(seconds * min(rate, _rate_of(container.streams.video[0]))))
    except PictureError:
        return 1


class _Clock:
    """Seconds since the first frame, by the frames' own times where these can be believed."""

    def __init__(self, rate: float) -> None:
        self._usual_step = 1 / rate
        self._elapsed = -self._usual_step
        self._last: float | None = None

    def slot(self, time: float | None, rate: int) -> int:
        """Move to a frame's time (None: one usual step on); its place at `rate` frames a second."""
        first = self._elapsed < 0
        step = None if time is None or self._last is None else time - self._last
        if first or step is None or not 0 < step <= _LONGEST_STEP:
            step = self._usual_step
        self._elapsed += step
        self._last = time
        return math.floor(self._elapsed * rate + 0.5 + 1e-6)


def _rate_of(stream: Any) -> float:
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    return rate if 1 <= rate <= 240 else _USUAL_RATE


def _shown(frame: Any, repeats: int) -> Shown:
    lies = quarter_turns(frame) % 2
    size = (frame.height, frame.width) if lies else (frame.width, frame.height)
    return Shown(repeats, *size, frame)
