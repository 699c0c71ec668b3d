"""Light and picture quality in words: each slot has wordings that mean the same.

A label wins over a measurement; a measurement between two words gives none. Left and right are the
picture's. The limits were set by eye on 300 pictures of FairFace; docs/teachers.md lists them.
"""

from __future__ import annotations

from facelm.teach._labels import first_of, number_of, word_of
from facelm.teach._pose import SIDES, Slots
from facelm.types import Evidence, Face


def light(face: Face, evidence: Evidence) -> Slots:
    """Slots `level`, `side`, `contrast`, `sharp`, `size`: clauses about the picture."""
    found = {
        "level": _level(face, evidence),
        "side": _side(face, evidence),
        "contrast": _contrast(evidence),
        "sharp": _sharp(evidence),
        "size": _size(evidence),
    }
    return {name: words for name, words in found.items() if words}


def _level(face: Face, evidence: Evidence) -> tuple[str, ...]:
    label = word_of(face.labels, "light_level")
    if label in _LEVELS:
        return _LEVELS[label]
    value = evidence.brightness
    if value is None:
        return ()
    if value <= 0.24:
        return ("the face is dark in the picture", "little light reaches the camera from the face")
    if value <= 0.34:
        return ("the face is rather dark", "the face lies below a medium brightness")
    if value <= 0.54:
        return ("the face has a medium brightness", "the face is neither dark nor very bright")
    return ("the face is bright in the picture", "the face area is clearly bright")


_LEVELS = {
    "dim": ("the light is dim", "only weak light falls on the face"),
    "normal": ("the light has an ordinary strength", "the light is neither dim nor harsh"),
    "bright": ("the light is strong", "bright light falls on the face"),
}


def _side(face: Face, evidence: Evidence) -> tuple[str, ...]:
    if side := lamp_side(face):
        if side == "front":
            return ("the light comes from the front", "the lamp is in front of the face")
        return (
            f"the light comes from the picture's {side}",
            f"the lamp stands to the {side} as the viewer sees it",
        )
    value = evidence.light_side
    if value is None:
        return ()
    if abs(value) <= 0.05:
        return ("both halves of the face are about equally bright", "the light falls evenly")
    if abs(value) < 0.09:
        return ("the two halves of the face differ only slightly in brightness",)
    side, much = SIDES[value > 0], "much" if abs(value) >= 0.2 else "somewhat"
    return (
        f"the half of the face on the picture's {side} is {much} brighter",
        f"the {side} half of the face, as the viewer sees it, is {much} brighter than the other",
    )


def lamp_side(face: Face) -> str:
    """`left`, `front`, `right`, or empty where no label says where the light comes from."""
    angle = number_of(face.labels, "light_azimuth")
    if angle is not None:
        return "front" if abs(angle) <= 20 else SIDES[angle > 0]
    word = str(first_of(face.labels, "light_side") or "")
    return word if word in ("front", *SIDES) else ""


def _contrast(evidence: Evidence) -> tuple[str, ...]:
    value = evidence.contrast
    if value is None:
        return ()
    if value <= 0.08:
        return ("contrast across the face is low", "the tones of the face lie close together")
    if value >= 0.2:
        return (
            "contrast across the face is strong",
            "bright and dark parts of the face lie far apart",
        )
    return ("contrast across the face is moderate",) if 0.1 <= value <= 0.17 else ()


def _sharp(evidence: Evidence) -> tuple[str, ...]:
    if blurred(evidence):
        return ("the face looks blurred", "the picture is soft, without fine detail")
    value = evidence.sharpness
    if value is not None and value >= 3:
        return ("the face is sharp, with fine detail", "edges in the face are crisp")
    if value is not None and value >= 0.8:
        return ("the sharpness is moderate", "edges in the face are fairly clear")
    return () if value is None else ("fine detail is limited", "only limited fine detail shows")


def blurred(evidence: Evidence) -> bool:
    """Little fine detail, also for the contrast there is; dark or flat faces are no proof."""
    if evidence.sharpness is None or not evidence.contrast:
        return False
    return evidence.sharpness < 0.45 and evidence.sharpness / 1000 < 0.05 * evidence.contrast**2


def _size(evidence: Evidence) -> tuple[str, ...]:
    if evidence.face_size is None or evidence.face_size >= 80:
        return ()
    tall = max(10, 10 * round(evidence.face_size / 10))
    return (
        f"the face is small, about {tall} pixels from brow to chin",
        f"with about {tall} pixels from brow to chin, the face holds few pixels",
    )
