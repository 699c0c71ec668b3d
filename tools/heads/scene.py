"""Who is drawn and how: every label, dealt from decks so that each is balanced.

Python's own generator, seeded with words, gives the same numbers on every machine. Hair colour,
eye colour, hair style and glasses do not depend on the morph group.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from . import assets, glasses, materials, shape
from .assets import AGES, GROUPS, SEXES
from .studio import Look
from .view import Shot

T = TypeVar("T")

PER_CELL, TEST_PER_CELL, PICTURES = 12, 3, 3
EXPRESSIONS = tuple(shape.EXPRESSIONS)
SIDES = ("left", "front", "right")
LEVELS = ("dim", "normal", "bright")
TURNS = ("to_left", "to_right", "still")
EYE_COLOURS = tuple(assets.EYE_TEXTURES)
BACKGROUNDS = tuple(materials.BACKGROUND_RGB)
HAIR_MESHES: dict[str, tuple[str, ...]] = {
    "none": ("none",), "cropped": ("short04",), "short": ("short01", "short02"),
    "side_parted": ("short03",), "bob": ("bob01", "bob02"), "long": ("long01",),
    "tied_back": ("ponytail01",), "afro": ("afro01",),
}  # fmt: skip
_STYLES: dict[str, dict[str, int]] = {
    "baby": {"none": 8, "cropped": 6, "short": 8, "side_parted": 3, "afro": 2},
    "female": {"none": 1, "cropped": 2, "short": 3, "side_parted": 4, "bob": 6, "long": 5,
               "tied_back": 4, "afro": 3},
    "male": {"none": 4, "cropped": 5, "short": 6, "side_parted": 4, "bob": 1, "long": 1,
             "tied_back": 2, "afro": 4},
}  # fmt: skip
_COLOURS = {"black": 1, "brown": 1, "blond": 1, "red": 1}
_OLD_COLOURS = {"black": 1, "brown": 1, "blond": 1, "red": 1, "grey": 3}
_TONES = {"african": (1.10, 2.1), "asian": (0.75, 1.05), "caucasian": (0.70, 1.0)}
_BROWS = (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)  # 6 and 7 are pencil lines


@dataclass(frozen=True)
class Person:
    """A made-up head. number: 0..287; hair_style: a word of HAIR_MESHES."""

    number: int
    split: str
    who: shape.Identity
    look: Look
    hair_style: str

    @property
    def hair_colour(self) -> str:
        """The label: a bald head has no hair colour, whatever its brows' colour is."""
        return "none" if self.hair_style == "none" else self.look.hair_colour


@dataclass(frozen=True)
class Portrait:
    """One still: words for what the numbers in `shot` mean."""

    person: Person
    index: int
    expression: str
    facing: str
    light_side: str
    light_level: str
    shot: Shot


@dataclass(frozen=True)
class Clip:
    """Sixteen frames. weight[i] is the share of `expression_to` in frame i."""

    person: Person
    expression_from: str
    expression_to: str
    head_turn: str
    light_turn: str
    light_level: str
    weight: tuple[float, ...]
    shots: tuple[Shot, ...]


def deck(rng: random.Random, weights: Mapping[T, float], n: int) -> list[T]:
    """Shuffled cards, n of them, in the wanted proportions; chance decides on the remainder."""
    total = sum(weights.values())
    cards = [k for k, w in weights.items() for _ in range(int(n * w / total))]
    rest = {k: n * w / total - int(n * w / total) for k, w in weights.items()}
    order = sorted(rest, key=lambda k: rest[k] + 1e-3 * rng.random(), reverse=True)
    cards += order[: n - len(cards)]
    rng.shuffle(cards)
    return cards


def people(seed: int) -> list[Person]:
    """288 heads: 3 groups x 2 sexes x 4 ages x 12, of which the last 3 of each cell are test."""
    out = []
    for sex, age, test in product(SEXES, AGES, (False, True)):
        per_cell = TEST_PER_CELL if test else PER_CELL - TEST_PER_CELL
        out += _block(random.Random(f"{seed} {sex} {age} {test}"), sex, age, test, per_cell)
    return sorted(out, key=lambda p: p.number)


def _block(
    rng: random.Random, sex: str, age: str, test: bool, per_cell: int
) -> list[Person]:  # fmt: skip
    """One sex and age of one split, all groups: the decks are dealt across groups."""
    n = per_cell * len(GROUPS)
    styles = deck(rng, _STYLES["baby" if age == "baby" else sex], n)
    colours = deck(rng, _OLD_COLOURS if age == "old" else _COLOURS, n)
    eyes = deck(rng, dict.fromkeys(EYE_COLOURS, 1), n)
    bearded = sex == "male" and age in ("young", "old")
    beards = deck(rng, {True: 1, False: 1}, n) if bearded else [False] * n
    out = []
    for i, group in enumerate(g for g in GROUPS for _ in range(per_cell)):
        cell = (GROUPS.index(group) * len(SEXES) + SEXES.index(sex)) * len(AGES) + AGES.index(age)
        within = i % per_cell + (PER_CELL - TEST_PER_CELL if test else 0)
        look = _look(rng, group, sex, age, styles[i], colours[i], eyes[i], beards[i])
        out.append(Person(cell * PER_CELL + within, "test" if test else "train",
                          _identity(rng, group, sex, age), look, styles[i]))  # fmt: skip
    return out


def _identity(rng: random.Random, group: str, sex: str, age: str) -> shape.Identity:
    """Bell-shaped choices: sums of three, so that few heads are extreme."""
    shapes = tuple(round(_bell(rng) * 0.95, 3) for _ in shape.SHAPES)
    return shape.Identity(group, sex, age, round(rng.uniform(-0.5, 0.6), 3), shapes)


def _bell(rng: random.Random) -> float:
    """-1..1, most often near 0."""
    return (rng.random() + rng.random() + rng.random() - 1.5) / 1.5


def _look(
    rng: random.Random, group: str, sex: str, age: str,
    style: str, colour: str, eyes: str, beard: bool,
) -> Look:  # fmt: skip
    """Babies and children wear the young female skin: it has no trace of a beard."""
    skin_sex = "female" if age in ("baby", "child") else sex
    skin = rng.choice(assets.skin_paths("old" if age == "old" else "young", group, skin_sex))
    bright, warm = rng.uniform(*_TONES[group]), rng.uniform(-0.05, 0.05)
    tone = tuple(round(bright * (1 + k * warm), 4) for k in (1, 0, -1))
    hair = rng.choice(HAIR_MESHES[style])
    brow = f"eyebrow{rng.choice(_BROWS):03d}"
    mute = 0.22 if group == "african" or age == "old" else 0.06
    return Look(skin, mute, (tone[0], tone[1], tone[2]), hair, colour, eyes, brow, beard)


def portraits(seed: int, everyone: list[Person]) -> list[Portrait]:
    """Three stills a head; each head meets every facing, light side and light level once."""
    out = []
    for split in ("train", "test"):
        crowd = [p for p in everyone if p.split == split]
        rng = random.Random(f"{seed} portraits {split}")
        walls = deck(rng, dict.fromkeys(BACKGROUNDS, 1), len(crowd) * PICTURES)
        specs = _spectacles(rng, crowd)
        moods: list[str] = []
        for i, person in enumerate(crowd):
            moods = moods[PICTURES:] or rng.sample(EXPRESSIONS, len(EXPRESSIONS))
            ways, lamps, levels = (rng.sample(k, 3) for k in (SIDES, SIDES, LEVELS))
            for k in range(PICTURES):
                shot = _still(rng, moods[k], ways[k], lamps[k], levels[k],
                              walls[i * PICTURES + k], specs[i * PICTURES + k])  # fmt: skip
                out.append(Portrait(person, k, moods[k], ways[k], lamps[k], levels[k], shot))
    return out


def _spectacles(rng: random.Random, crowd: list[Person]) -> list[bool]:
    """40 % true, dealt anew for every eight heads so that each cell gets its share."""
    out: list[bool] = []
    while len(out) < len(crowd) * PICTURES:
        out += deck(rng, {True: 0.4, False: 0.6}, 15)
    return out


def _angle(rng: random.Random, side: str, near: float, low: float, high: float) -> float:
    """A signed angle in degrees: within +-near for "front", else low..high to that side."""
    if side == "front":
        return round(rng.uniform(-near, near), 1)
    return round(rng.uniform(low, high) * (1 if side == "right" else -1), 1)


def _strength(rng: random.Random, level: str) -> float:
    """Exposure: 1 is normal; the three levels are at least a third of a stop apart."""
    low, high = {"dim": (0.48, 0.60), "normal": (0.92, 1.08), "bright": (1.45, 1.65)}[level]
    return round(rng.uniform(low, high), 3)


def _still(
    rng: random.Random, mood: str, way: str, lamp: str, level: str, wall: str, specs: bool
) -> Shot:
    """The numbers behind the words of one portrait."""
    yaw = _angle(rng, way, 9.5, 18.5, 42.0)
    pose = shape.Pose(yaw, round(_bell(rng) * 19, 1), round(_bell(rng) * 14, 1))
    side = _angle(rng, lamp, 12.0, 40.0, 68.0)
    light = materials.Light(side, round(rng.uniform(12, 38), 1), _strength(rng, level))
    return Shot({mood: round(rng.uniform(0.8, 1.0), 3)}, pose, light, wall, *_setting(rng, specs))


def _setting(
    rng: random.Random, specs: bool
) -> tuple[float, materials.RGB, int | None, float, tuple[float, float]]:
    """What no label names: wall angle, cloth, kind of glasses, zoom, shift."""
    style = rng.randrange(len(glasses.STYLES))
    shift = (round(rng.uniform(-0.02, 0.02), 4), round(rng.uniform(0.02, 0.05), 4))
    return (round(rng.uniform(0, 360), 1), rng.choice(materials.CLOTH_RGB),
            style if specs else None, round(rng.uniform(0.96, 1.05), 3), shift)  # fmt: skip
