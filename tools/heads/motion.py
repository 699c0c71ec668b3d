"""Clips: a head that turns, a face that changes, a lamp that wanders."""

from __future__ import annotations

import random

from . import materials, scene, shape
from .scene import Clip, Person
from .view import Shot

FRAMES, FPS = 16, 8


def clips(seed: int, everyone: list[Person]) -> list[Clip]:
    """72 clips: of each cell two train heads and one test head."""
    out = []
    for split, each in (("train", 2), ("test", 1)):
        first = 0 if split == "train" else scene.PER_CELL - scene.TEST_PER_CELL
        chosen = [p for p in everyone if first <= p.number % scene.PER_CELL < first + each]
        rng, n = random.Random(f"{seed} clips {split}"), len(chosen)
        turns, lamps = (scene.deck(rng, dict.fromkeys(scene.TURNS, 1), n) for _ in range(2))
        levels = scene.deck(rng, dict.fromkeys(scene.LEVELS, 1), n)
        ends = scene.deck(rng, dict.fromkeys(scene.EXPRESSIONS, 1), n)
        specs = scene.deck(rng, {True: 0.4, False: 0.6}, n)
        walls = scene.deck(rng, dict.fromkeys(scene.BACKGROUNDS, 1), n)
        for i, person in enumerate(chosen):
            out.append(_clip(rng, person, ends[i], turns[i], lamps[i], levels[i],
                             walls[i], specs[i]))  # fmt: skip
    return out


def _clip(
    rng: random.Random, person: Person, end: str, turn: str, lamp: str, level: str,
    wall: str, specs: bool,
) -> Clip:  # fmt: skip
    """All frames share wall, cloth, glasses and exposure; pose, face and lamp glide."""
    start = rng.choice([e for e in scene.EXPRESSIONS if e != end])
    yaw, side = _path(rng, turn, 20, 40, 12), _path(rng, lamp, 35, 65, 60)
    pitch, roll = _drift(rng, 14), _drift(rng, 10)
    middle, width = rng.uniform(6, 9), rng.uniform(5, 8)
    weight = tuple(round(_ease((i - middle) / width + 0.5), 4) for i in range(FRAMES))
    strength, elevation = scene._strength(rng, level), round(rng.uniform(12, 38), 1)
    setting = scene._setting(rng, specs)
    shots = []
    for i, w in enumerate(weight):
        light = materials.Light(side[i], elevation, strength)
        mood = {start: round(1 - w, 4), end: w}
        shots.append(Shot(mood, shape.Pose(yaw[i], pitch[i], roll[i]), light, wall, *setting))
    return Clip(person, start, end, turn, lamp, level, weight, tuple(shots))


def _ease(t: float) -> float:
    """0 to 1 with soft ends."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _path(rng: random.Random, turn: str, low: float, high: float, still: float) -> list[float]:
    """Degrees per frame: from one side to the other, or a slow drift of at most 4."""
    if turn == "still":
        at = rng.uniform(-still, still)
        a, b = at, at + rng.uniform(-4, 4)
    else:
        sign = 1 if turn == "to_right" else -1
        a, b = -sign * rng.uniform(low, high), sign * rng.uniform(low, high)
    return [round(a + (b - a) * _ease(i / (FRAMES - 1)), 2) for i in range(FRAMES)]


def _drift(rng: random.Random, most: float) -> list[float]:
    """Degrees per frame, between two angles within +-most."""
    a, b = (scene._bell(rng) * most for _ in range(2))
    return [round(a + (b - a) * _ease(i / (FRAMES - 1)), 2) for i in range(FRAMES)]
