"""One person through a clip: who is followed, and where the face is when it is not seen.

Nothing here knows who a person is: a face is the same one while it stays where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from facelm.faces.landmarks import ibug68
from facelm.faces.mesh import Mesh

Floats = NDArray[np.float64]

# Between two sightings a face strays by less than its own size and does not double.
_REACH = 1.0
_GROWTH = 2.0
# How a face moves is read off its last frames, and believed for as long: who walks past another
# goes on walking.
_STEADY = 6
# A face that has been away for ten seconds may come back anywhere: it is followed no longer.
_LOST_AFTER = 240


@dataclass(frozen=True)
class Sighting:
    """A face in one frame, in the frame's pixels."""

    points: NDArray[np.float32]
    """(68, 2), iBUG order."""
    box: Floats
    """(4,): left, top, right, bottom of the whole mesh."""

    @property
    def where(self) -> tuple[float, float, float, float]:
        """The box as plain numbers."""
        left, top, right, bottom = map(float, self.box)
        return left, top, right, bottom

    @property
    def middle(self) -> Floats:
        """(2,): the box's middle."""
        middle: Floats = (self.box[:2] + self.box[2:]) / 2
        return middle

    @property
    def side(self) -> float:
        """The box's longer side."""
        left, top, right, bottom = self.box
        return float(max(right - left, bottom - top, 1.0))

    def distance(self, other: Sighting) -> float:
        """Between the middles, in sides of this one; infinite where the sizes do not fit."""
        if not 1 / _GROWTH < other.side / self.side < _GROWTH:
            return float("inf")
        return float(np.hypot(*(self.middle - other.middle))) / self.side


def sighting(mesh: Mesh) -> Sighting:
    """What is kept of a mesh."""
    return Sighting(ibug68(mesh.points), np.array(mesh.box))


@dataclass
class Person:
    """A face followed from frame to frame."""

    seen: dict[int, Sighting] = field(default_factory=dict)
    """By frame, in the order of time."""
    frames: int = 0
    """How many frames that is; one that stands for several counts so often."""
    weight: float = 0.0
    """Sum of the sides over the frames: who is long and large in the picture."""

    @property
    def last(self) -> int:
        """The frame of the last sighting."""
        return next(reversed(self.seen))

    def expected(self, frame: int) -> Sighting:
        """The last sighting, moved to where the face should be by now."""
        last = self.seen[self.last]
        recent = takewhile(lambda number: number >= self.last - _STEADY, reversed(self.seen))
        first = min(recent)
        if first == self.last:
            return last
        pace = (last.middle - self.seen[first].middle) / (self.last - first)
        moved = pace * min(frame - self.last, _STEADY)
        return Sighting(last.points, last.box + np.tile(moved, 2))

    def add(self, frame: int, found: Sighting, frames: int) -> None:
        """Note where the face is in a frame that stands for `frames` frames."""
        self.seen[frame] = found
        self.frames += frames
        self.weight += found.side * frames


class Follower:
    """Follows all faces of a clip at once, so that each sighting goes to the nearest of them.

    With one face only, a second one that passes by would take over whenever the first is hidden.
    """

    def __init__(self) -> None:
        self._around: list[Person] = []
        self._gone: Person | None = None

    def look(self, frame: int, faces: Sequence[Sighting], frames: int = 1) -> None:
        """Tell the faces of the next frame.

        Args:
            frame: its number; larger than the last one's.
            faces: all faces in it.
            frames: for how many frames it stands.
        """
        self._part_from_lost(frame)
        free = set(range(len(faces)))
        waiting = set(range(len(self._around)))
        for distance, person, face in sorted(
            (known.expected(frame).distance(found), i, j)
            for i, known in enumerate(self._around)
            for j, found in enumerate(faces)
        ):
            if distance < _REACH and person in waiting and face in free:
                self._around[person].add(frame, faces[face], frames)
                waiting.remove(person)
                free.remove(face)
        for face in sorted(free):
            self._around.append(Person())
            self._around[-1].add(frame, faces[face], frames)

    def misses(self, frame: int, faces: Sequence[Sighting]) -> Sighting | None:
        """Where the main person should be, if none of the next frame's faces can be theirs."""
        main = self.main()
        if main is None or not any(main is one for one in self._around):
            return None
        expected = main.expected(frame)
        return None if any(expected.distance(face) < _REACH for face in faces) else expected

    def main(self) -> Person | None:
        """Who is in the picture longest and largest; None where nobody was seen."""
        people = [*([self._gone] if self._gone else []), *self._around]
        return max(people, key=lambda person: person.weight, default=None)

    def _part_from_lost(self, frame: int) -> None:
        """Of those who were lost only the main one is kept: memory stays small in a crowd."""
        lost = [one for one in self._around if frame - one.last > _LOST_AFTER]
        if lost:
            self._gone = max(
                [*([self._gone] if self._gone else []), *lost], key=lambda one: one.weight
            )
            self._around = [one for one in self._around if frame - one.last <= _LOST_AFTER]


def fill(person: Person, starts: Sequence[int]) -> tuple[NDArray[np.float32], Floats]:
    """Landmarks and boxes of all frames; those not seen lie between their neighbours.

    Before the first sighting and after the last, the nearest one stands.

    Args:
        person: who was followed.
        starts: the frames of the clip, as told to `Follower.look`; n of them.

    Returns:
        (n, 68, 2) landmarks and (n, 4) boxes, pixels.
    """
    seen = list(person.seen.values())
    known = np.concatenate(
        [
            np.stack([one.points.reshape(-1) for one in seen]).astype(np.float64),
            np.stack([one.box for one in seen]),
        ],
        axis=1,
    )
    at = list(person.seen)
    filled = np.stack([np.interp(starts, at, column) for column in known.T], axis=1)
    return filled[:, :136].reshape(-1, 68, 2).astype(np.float32), filled[:, 136:]
