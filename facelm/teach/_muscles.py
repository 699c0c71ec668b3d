"""What the face does and how it is built, in words: each slot has wordings that mean the same.

Only a label gives a feeling; measurements describe muscles. The limits were set by eye on 300
pictures of FairFace; docs/teachers.md lists them.
"""

from __future__ import annotations

import math

from facelm.teach._labels import word_of
from facelm.teach._pose import Slots, View
from facelm.types import Evidence, Face

_FEELINGS = {
    "neutral": ("neutral", "no strong emotion"), "happy": ("happy", "happiness"),
    "sad": ("sad", "sadness"), "angry": ("angry", "anger"), "surprised": ("surprised", "surprise"),
    "disgusted": ("disgusted", "disgust"), "fearful": ("fearful", "fear"),
    "contemptuous": ("contemptuous", "contempt"),
}  # fmt: skip
_FEELINGS |= {noun: (word, noun) for word, noun in list(_FEELINGS.values())}
# What the recipes of `heads` move (tools/heads/shape.py), in words.
_SIGNS = {
    "neutral": ("no muscle of the face is at work", "brows, eyes and mouth are at rest"),
    "happy": (
        "the corners of the mouth are pulled up and the eyes are narrowed a little",
        "the mouth is drawn into a smile and the lids close in",
    ),
    "sad": (
        "the inner ends of the eyebrows are raised and the mouth is drawn down",
        "the mouth bends downwards while the brows rise towards the middle",
    ),
    "angry": (
        "the eyebrows are pulled down and the lips are pressed together",
        "the brows are lowered over narrowed eyes and the nostrils are widened",
    ),
    "surprised": (
        "the eyebrows are raised, the eyes are wide and the mouth falls open",
        "the brows go up and both eyes and mouth open",
    ),
    "disgusted": (
        "the nose is wrinkled and the upper lip is drawn up",
        "the upper lip rises, the nose wrinkles and the brows come down",
    ),
}


def expression(face: Face, evidence: Evidence, view: View) -> Slots:
    """Slots `feeling`, `signs`, `mouth`, `smile`, `eyes`, `brows`: clauses about muscles.

    Only a label gives a feeling; the measured smile is left out where there is one.
    """
    label = word_of(face.labels, "expression", "emotion")
    slots = _feeling(label)
    if label in _SIGNS and "expression_weight" in face.labels:
        slots["signs"] = _SIGNS[label]
    found = {
        "mouth": _mouth(view),
        "smile": () if label else _smile(evidence, view),
        "eyes": () if "signs" in slots else _eyes(evidence, view),
        "brows": () if "signs" in slots else _brows(evidence, view),
    }
    return slots | {name: words for name, words in found.items() if words}


def _feeling(label: str) -> Slots:
    if not label:
        return {}
    if label not in _FEELINGS:
        return {"feeling": (f'the data set calls the expression "{label}"',)}
    word, noun = _FEELINGS[label]
    return {
        "feeling": (
            f"the expression looks {word}", f"the face seems to show {noun}",
            f"an observer would probably call the expression {word}",
            f"the face reads as {word}",
        )
    }  # fmt: skip


def _mouth(view: View) -> tuple[str, ...]:
    if view.mouth is None or not (view.mouth_exact or view.turned_under(50)):
        return ()
    if view.mouth <= (0.08 if view.mouth_exact else 0.05):
        return ("the lips are closed", "the mouth is shut", "the lips rest together")
    if view.mouth <= 0.15:
        return ("the lips are slightly parted", "there is a narrow gap between the lips")
    if view.mouth <= 0.4:
        return ("the mouth is open", "the lips are open", "there is a clear gap between the lips")
    return ("the mouth is wide open", "the lips are far apart")


def _smile(evidence: Evidence, view: View) -> tuple[str, ...]:
    if evidence.smile is None or not view.turned_under(40):
        return ()
    if evidence.smile >= 0.06:
        return (
            "the corners of the mouth are lifted as in a smile",
            "the mouth is drawn up at its corners, which looks like a smile",
        )
    if evidence.smile <= -0.06 and (view.mouth or 0) < 0.1:
        return ("the corners of the mouth point down", "the mouth turns down at its ends")
    if -0.03 <= evidence.smile <= 0.02 and (view.mouth or 0) < 0.05:
        return (
            "the line of the mouth is nearly level",
            "the mouth's corners are neither up nor down",
        )
    return ()


def _eyes(evidence: Evidence, view: View) -> tuple[str, ...]:
    if evidence.eye_open is None or not view.turned_under(35):
        return ()
    if evidence.eye_open <= 0.12:
        return ("the eyes are closed or nearly so", "the eyelids are down")
    if 0.14 <= evidence.eye_open <= 0.2:
        return ("the eyes are narrowed", "the eyelids are drawn together")
    if evidence.eye_open >= 0.41:
        return ("the eyes are wide open", "the eyelids are far apart")
    return ("the eyes are open", "the eyes are open to an ordinary width") \
        if 0.24 <= evidence.eye_open <= 0.38 else ()  # fmt: skip


def _brows(evidence: Evidence, view: View) -> tuple[str, ...]:
    """The distance grows with lowered lids and a lowered head: then nothing is said."""
    level = view.pitch is not None and abs(view.pitch) <= 15 and view.turned_under(30)
    if evidence.brow_height is None or not level or (evidence.eye_open or 0) < 0.22:
        return ()
    if evidence.brow_height >= 0.31:
        return ("the eyebrows are raised well above the eyes", "the eyebrows stand high")
    if evidence.brow_height <= 0.195:
        return ("the eyebrows sit low, close above the eyes", "the eyebrows are low")
    return ()


def structure(face: Face, evidence: Evidence, view: View) -> Slots:
    """Slots `set`, `opening`, `shape`, `jaw`, `span`: proportions as they are in this picture.

    The last three need the source's landmarks and a frontal view.
    """
    slots: Slots = {}
    if view.turned_under(35) and evidence.brow_height is not None:
        slots["set"] = _in_words(evidence.brow_height, 0.205, 0.285, _SET)
    if view.turned_under(35) and evidence.eye_open is not None:
        slots["opening"] = _in_words(evidence.eye_open, 0.22, 0.37, _OPENING)
    frontal = view.turned_under(12) and view.pitch is not None and abs(view.pitch) <= 12
    if frontal and face.landmarks is not None and len(face.landmarks) == 68:
        slots |= _proportions(face.landmarks)
    return slots


def _proportions(points: list[tuple[float, float]]) -> Slots:
    """Ratios between iBUG points: 0 and 16 at the ears, 8 the chin, 19 and 24 the brows' tops."""
    width = math.dist(points[0], points[16])
    if width == 0:
        return {}
    brows = ((points[19][0] + points[24][0]) / 2, (points[19][1] + points[24][1]) / 2)
    height = math.dist(brows, points[8]) / width
    jaw = math.dist(points[5], points[11]) / width
    mouth = math.dist(points[48], points[54]) / width
    return {
        "shape": _in_words(height, 0.9, 1.05, _SHAPE),
        "jaw": _in_words(jaw, 0.6, 0.7, _JAW),
        "span": _in_words(mouth, 0.3, 0.38, _SPAN),
    }


_SHAPE = (
    (
        "the face is wider at the ears than it is long from brows to chin",
        "the face is rather broad",
    ),
    ("the face is about as long from brows to chin as it is wide", "length and width are alike"),
    ("the face is longer from brows to chin than it is wide", "the face is rather long"),
)
_JAW = (
    ("the jaw is narrow against the width at the ears", "the face narrows clearly towards the jaw"),
    ("the jaw is somewhat narrower than the face at the ears", "the jaw is of medium width"),
    ("the jaw is broad against the width at the ears", "the face stays broad down to the jaw"),
)
_SPAN = (
    ("the mouth spans less than a third of the face's width", "the mouth is small for the face"),
    ("the mouth spans about a third of the face's width", "the mouth is of medium width"),
    ("the mouth spans well over a third of the face's width", "the mouth is wide for the face"),
)
_SET = (
    ("the eyebrows run close above the eyes", "there is little room between brows and eyes"),
    ("the eyebrows stand at a middling distance from the eyes",
     "the space between brows and eyes is of ordinary height"),
    ("the eyebrows run high above the eyes", "there is much room between brows and eyes"),
)  # fmt: skip
_OPENING = (
    ("the eye openings are narrow for their width", "the openings of the eyes are slim"),
    ("the eye openings are of ordinary height for their width",
     "the eyes are neither narrow nor very round in outline"),
    ("the eye openings are tall for their width", "the eyes look large and round in outline"),
)  # fmt: skip


def _in_words(
    number: float, low: float, high: float, words: tuple[tuple[str, ...], ...]
) -> tuple[str, ...]:
    return words[0 if number < low else 2 if number > high else 1]
