"""How the head is held, in words: each slot has wordings that mean the same.

A label wins over a measurement; a measurement between two words gives none. Left and right are the
picture's. The limits were set by eye on 300 pictures of FairFace; docs/teachers.md lists them.
"""

from __future__ import annotations

from dataclasses import dataclass

from facelm.teach._labels import number_of, word_of
from facelm.types import Evidence, Face

Slots = dict[str, tuple[str, ...]]

SIDES = ("left", "right")


@dataclass(frozen=True)
class View:
    """A face's numbers, labels before measurements; None where neither knows."""

    yaw: float | None
    pitch: float | None
    roll: float | None
    mouth: float | None
    exact: bool
    """The pose is a label: small angles can be told from none."""
    mouth_exact: bool
    """The mouth's opening is a label: the gap on the mesh of `heads`, 0.05 at rest."""

    @staticmethod
    def of(face: Face, evidence: Evidence) -> View:
        """Labels where the face has them, else what was measured."""
        labels = face.labels
        names = (("yaw",), ("pitch",), ("roll",), ("mouth_open",))
        known = [number_of(labels, *name) for name in names]
        seen = [evidence.yaw, evidence.pitch, evidence.roll, evidence.mouth_open]
        both = [s if k is None else k for k, s in zip(known, seen, strict=True)]
        exact, mouth_exact = known[0] is not None, known[3] is not None
        return View(both[0], both[1], both[2], both[3], exact, mouth_exact)

    def turned_under(self, degrees: float) -> bool:
        """The head is known to be turned by less than that."""
        return self.yaw is not None and abs(self.yaw) <= degrees


def pose(face: Face, view: View) -> Slots:
    """Slots `turn` (after "the head is"), `turn view` (a noun), `tilt` and `roll` (clauses)."""
    slots: Slots = {}
    if view.yaw is not None:
        slots |= _turn(view.yaw)
    elif (way := word_of(face.labels, "facing")) in ("front", *SIDES):
        slots |= _facing(way)
    if view.pitch is not None and (words := _tilt(view.pitch, view.exact)):
        slots["tilt"] = words
    if view.roll is not None and (words := _roll(view.roll, view.exact)):
        slots["roll"] = words
    return slots


def _turn(yaw: float) -> Slots:
    side, about = SIDES[yaw > 0], f"about {_round(yaw)} degrees"
    if abs(yaw) <= 10:
        return _facing("front")
    if abs(yaw) <= 25:
        how, view = "slightly", f"a view turned slightly to the {side}"
    elif abs(yaw) <= 45:
        how, view = "clearly", f"a three-quarter view towards the {side}"
    elif abs(yaw) <= 65:
        how, view = "far", f"a view turned far to the {side}"
    else:
        how, view = "almost into profile", f"a near-profile view towards the {side}"
    return {
        "turn": (
            f"turned {how} to the picture's {side}, by {about}",
            f"turned {about} towards the {side} of the picture",
            f"rotated {how} to the {side} as the viewer sees it, {about} in all",
        ),
        "turn view": (view,),
    }


def _facing(way: str) -> Slots:
    if way == "front":
        straight = ("facing the camera", "pointed almost straight at the camera", "nearly frontal")
        return {"turn": straight, "turn view": ("a frontal view", "a straight-on view")}
    return {
        "turn": (f"turned to the picture's {way}", f"turned towards the {way} of the picture"),
        "turn view": (f"a view turned to the {way}",),
    }


def _tilt(pitch: float, exact: bool) -> tuple[str, ...]:
    """Measured pitch is off by several degrees, so its small values are not told apart."""
    if abs(pitch) <= (5 if exact else 12):
        return ("the head is neither raised nor lowered", "the chin is held level")
    if abs(pitch) < (5 if exact else 18):
        return ()
    way, other = ("raised", "tipped back") if pitch > 0 else ("lowered", "bowed forward")
    about = f"about {_round(pitch)} degrees"
    return (f"the chin is {way} by {about}", f"the head is {other} by {about}")


def _roll(roll: float, exact: bool) -> tuple[str, ...]:
    if abs(roll) <= 4:
        return ("the head is held upright", "there is hardly any sideways tilt")
    if abs(roll) < (4 if exact else 8):
        return ()
    side, about = SIDES[roll > 0], f"about {_round(roll)} degrees"
    return (
        f"the head leans {about} to the picture's {side}",
        f"the top of the head tips {about} towards the {side}",
    )


def _round(degrees: float) -> int:
    return max(5, 5 * round(abs(degrees) / 5))
