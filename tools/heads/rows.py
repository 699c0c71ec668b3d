"""Scenes to table rows: draws a picture or a clip and puts its labels beside it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pyarrow as pa

from . import encode
from .draw import draw
from .motion import FPS
from .scene import Clip, Person, Portrait
from .studio import Head, Studio

_POINTS = pa.list_(pa.list_(pa.float32()))
_STATIC = [
    ("identity", pa.int32()), ("split", pa.string()), ("sex", pa.string()),
    ("age_stage", pa.string()), ("morph_group", pa.string()), ("glasses", pa.bool_()),
    ("beard", pa.bool_()), ("hair_style", pa.string()), ("hair_colour", pa.string()),
    ("eye_colour", pa.string()), ("background", pa.string()),
]  # fmt: skip
PORTRAIT_SCHEMA = pa.schema(
    [("id", pa.string()), ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
     *_STATIC, ("expression", pa.string()), ("expression_weight", pa.float32()),
     ("yaw", pa.float32()), ("pitch", pa.float32()), ("roll", pa.float32()),
     ("facing", pa.string()), ("light_azimuth", pa.float32()), ("light_elevation", pa.float32()),
     ("light_strength", pa.float32()), ("light_side", pa.string()), ("light_level", pa.string()),
     ("mouth_open", pa.float32()), ("eye_open", pa.float32()), ("landmarks", _POINTS)]
)  # fmt: skip
CLIP_SCHEMA = pa.schema(
    [("id", pa.string()), ("video", pa.binary()), ("frames", pa.int32()), ("fps", pa.float32()),
     *_STATIC, ("expression_from", pa.string()), ("expression_to", pa.string()),
     ("head_turn", pa.string()), ("light_turn", pa.string()), ("light_level", pa.string()),
     ("light_strength", pa.float32()), ("light_elevation", pa.float32()),
     *((k, pa.list_(pa.float32())) for k in ("expression_weight", "yaw", "pitch", "roll",
                                             "light_azimuth", "mouth_open", "eye_open")),
     ("landmarks", pa.list_(_POINTS))]
)  # fmt: skip


class Artist:
    """Draws rows; keeps the head it drew last, since neighbours in the table share it."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._head = lru_cache(1)(lambda p: Head(studio, p.who, p.look))

    def portrait(self, scene: Portrait) -> dict[str, Any]:
        """One row of PORTRAIT_SCHEMA."""
        picture, truth = draw(self._studio, self._head(scene.person), scene.shot)
        pose, light = scene.shot.pose, scene.shot.light
        name = f"head-{scene.person.number:03d}-{scene.index}"
        return {
            "id": name, "image": {"bytes": encode.webp(picture), "path": f"{name}.webp"},
            **_static(scene.person, scene.shot.background, scene.shot.glasses is not None),
            "expression": scene.expression,
            "expression_weight": scene.shot.expression[scene.expression],
            "yaw": pose.yaw, "pitch": pose.pitch, "roll": pose.roll, "facing": scene.facing,
            "light_azimuth": light.azimuth, "light_elevation": light.elevation,
            "light_strength": light.strength, "light_side": scene.light_side,
            "light_level": scene.light_level, "mouth_open": truth.mouth_open,
            "eye_open": truth.eye_open, "landmarks": truth.landmarks.tolist(),
        }  # fmt: skip

    def clip(self, scene: Clip) -> dict[str, Any]:
        """One row of CLIP_SCHEMA."""
        head, first = self._head(scene.person), scene.shots[0]
        frames, truths = zip(*(draw(self._studio, head, s) for s in scene.shots), strict=True)
        return {
            "id": f"clip-{scene.person.number:03d}", "video": encode.mp4(frames, FPS),
            "frames": len(frames), "fps": FPS,
            **_static(scene.person, first.background, first.glasses is not None),
            "expression_from": scene.expression_from, "expression_to": scene.expression_to,
            "head_turn": scene.head_turn, "light_turn": scene.light_turn,
            "light_level": scene.light_level, "light_strength": first.light.strength,
            "light_elevation": first.light.elevation, "expression_weight": list(scene.weight),
            **{k: [getattr(s.pose, k) for s in scene.shots] for k in ("yaw", "pitch", "roll")},
            "light_azimuth": [s.light.azimuth for s in scene.shots],
            "mouth_open": [t.mouth_open for t in truths],
            "eye_open": [t.eye_open for t in truths],
            "landmarks": [t.landmarks.tolist() for t in truths],
        }  # fmt: skip


def _static(person: Person, background: str, spectacles: bool) -> dict[str, Any]:
    """The labels a whole row shares."""
    return {
        "identity": person.number, "split": person.split, "sex": person.who.sex,
        "age_stage": person.who.age, "morph_group": person.who.group, "glasses": spectacles,
        "beard": person.look.beard, "hair_style": person.hair_style,
        "hair_colour": person.hair_colour, "eye_colour": person.look.eye_colour,
        "background": background,
    }  # fmt: skip
