"""What stands in the way of comparing a face with another picture, and what can be said of skin.

Neither says anything about identity: only what hides or bends the face in this picture.
"""

from __future__ import annotations

import random

from facelm.teach._light import blurred, lamp_side
from facelm.teach._people import covered
from facelm.teach._pose import SIDES, Slots, View
from facelm.types import Evidence, Face

Clauses = list[tuple[str, ...]]
_ORDER = ("trouble", "other trouble", "third trouble")


def forensic(face: Face, evidence: Evidence, view: View, rng: random.Random) -> Slots:
    """Slots `trouble`, `other trouble`, `third trouble`, `good`, `more good`, in drawn order.

    Without any trouble what is good is called `plus`, `more plus`; with two of them there is also
    `clear`.
    """
    glasses, beard = covered(face.labels)
    worn = {"glasses": glasses, "beard": beard}
    troubles = _covers(worn) + _turned(view) + _lit(face, evidence) + _unclear(evidence, view)
    goods = _goods(face, evidence, view, worn)
    rng.shuffle(troubles)
    rng.shuffle(goods)
    slots: Slots = dict(zip(_ORDER, troubles, strict=False))
    names = ("good", "more good") if troubles else ("plus", "more plus")
    slots |= dict(zip(names, goods, strict=False))
    if not troubles and len(goods) >= 2:
        slots["clear"] = ("nothing that was measured stands in the way of a comparison",
                          "no obstacle to a comparison shows in the measurements")  # fmt: skip
    return slots


def _covers(worn: dict[str, bool | None]) -> Clauses:
    found: Clauses = []
    if worn["glasses"]:
        found.append((
            "the glasses cover part of the eye region",
            "frames and lenses hide detail around the eyes",
        ))  # fmt: skip
    if worn["beard"]:
        found.append((
            "the beard hides the line of jaw and chin",
            "the shape of the chin is covered by the beard",
        ))  # fmt: skip
    return found


def _turned(view: View) -> Clauses:
    found: Clauses = []
    if view.yaw is not None and abs(view.yaw) > 28:
        side = SIDES[view.yaw > 0]
        found.append((
            f"the turn of the head hides much of the face's half towards the picture's {side}",
            f"the half of the face towards the {side} is foreshortened by the turn of the head",
        ))  # fmt: skip
    if view.pitch is not None and abs(view.pitch) > (14 if view.exact else 20):
        way = "raised" if view.pitch > 0 else "lowered"
        found.append((
            f"the {way} head changes how long the parts of the face look",
            f"vertical proportions cannot be read directly off a {way} head",
        ))  # fmt: skip
    return found


def _lit(face: Face, evidence: Evidence) -> Clauses:
    lamp = lamp_side(face)
    found: Clauses = []
    if face.labels.get("light_level") == "dim" or (evidence.brightness or 1) <= 0.24:
        found.append((
            "the low brightness hides detail in the dark parts",
            "much of the detail is lost in the dark",
        ))  # fmt: skip
    side = evidence.light_side or 0.0
    bright = lamp if lamp in SIDES else SIDES[side > 0] if not lamp and abs(side) > 0.15 else ""
    if bright:
        found.append((
            f"light from the picture's {bright} shades the other half of the face"
            if lamp else f"the half on the picture's {bright} is much brighter than the other",
            "the uneven light makes the two halves hard to compare",
        ))  # fmt: skip
    return found


def _unclear(evidence: Evidence, view: View) -> Clauses:
    found: Clauses = []
    if blurred(evidence):
        found.append((
            "the softness of the picture hides fine marks",
            "blur removes the small details that a comparison relies on",
        ))  # fmt: skip
    if evidence.face_size is not None and evidence.face_size < 80:
        tall = max(10, 10 * round(evidence.face_size / 10))
        found.append((f"the face has only about {tall} pixels from brow to chin",))
    if view.mouth is not None and view.mouth >= 0.3 and view.turned_under(45):
        found.append((
            "the open mouth changes the shape of the lower face",
            "chin and cheeks are not at rest while the mouth is this far open",
        ))  # fmt: skip
    return found


def _goods(face: Face, evidence: Evidence, view: View, worn: dict[str, bool | None]) -> Clauses:
    found: Clauses = []
    if view.turned_under(10):
        found.append(("the head faces the camera", "the view is frontal"))
    if lamp_side(face) == "front" or (
        not lamp_side(face) and evidence.light_side is not None and abs(evidence.light_side) <= 0.05
    ):
        found.append(("both halves are lit alike", "the light falls evenly on both halves"))
    if evidence.sharpness is not None and evidence.sharpness >= 3:
        found.append(("the picture is sharp", "fine detail is preserved"))
    if evidence.brightness is not None and 0.36 <= evidence.brightness <= 0.54:
        found.append(("the brightness of the face is in the middle range",))
    if worn == {"glasses": False, "beard": False}:
        found.append(("neither glasses nor a beard cover the face",))
    return found


def skin(face: Face, evidence: Evidence) -> Slots:
    """Slots `detail`, `tones`, `shade`, `cover`: the little that measurements say about skin.

    Sharpness is measured over the whole face, eyes and brows included, so that a high value
    proves nothing about skin; a low one means that no fine texture is in the picture.
    """
    slots: Slots = {}
    if blurred(evidence):
        slots["detail"] = (
            "the picture holds too little fine detail to show the texture of the skin",
            "pores and fine lines cannot be made out, since the face looks soft",
            "any fine texture of the skin is lost in the softness of the picture",
        )
    if evidence.contrast is not None and evidence.contrast <= 0.08:
        slots["tones"] = (
            "the tones over the face vary little",
            "brightness changes only slightly from one part of the face to another",
        )
    elif evidence.contrast is not None and evidence.contrast >= 0.2:
        slots["tones"] = (
            "the tones over the face vary strongly",
            "some parts of the face are far brighter than others",
        )
    lamp, side = lamp_side(face), evidence.light_side or 0.0
    bright = lamp if lamp in SIDES else SIDES[side > 0] if not lamp and abs(side) > 0.2 else ""
    if bright:
        dark = SIDES[bright == "left"]
        slots["shade"] = (
            f"the skin on the picture's {dark} lies in shade, where less of it can be seen",
            f"the skin of the {dark} half, as the viewer sees it, is darker from the light's angle",
        )
    _, beard = covered(face.labels)
    if beard is not None:
        slots["cover"] = _COVER[beard]
    return slots


_COVER = {
    True: (
        "a beard covers the skin of the chin and jaw",
        "the skin of the lower face lies under a beard",
    ),
    False: (
        "no beard covers the skin of cheeks, jaw and chin",
        "the skin of the lower face is not covered by a beard",
    ),
}
