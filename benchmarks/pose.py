"""Pose error of our measurements against the known pose of `heads`.

    python benchmarks/pose.py --split test

Prints one table: mean error (bias), mean absolute error and correlation, in degrees, and the
share of portraits on which a face was found.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from facelm._io import progress
from facelm.faces import MeshFinder, measure, open_picture
from facelm.sources import open_source
from facelm.types import Face

ANGLES = ("yaw", "pitch", "roll")


def errors(split: str) -> tuple[int, NDArray[np.float64], NDArray[np.float64]]:
    """Number of portraits; known and measured angles of those with a mesh, (n, 3) degrees."""
    finder, known, measured = MeshFinder(), [], []
    faces = [face for face in open_source("heads").faces(split) if isinstance(face, Face)]
    for face in progress(faces, "measuring", len(faces)):
        picture = open_picture(face.image, face.id)
        if meshes := finder.find(picture):
            evidence = measure(picture, meshes[0])
            known.append([float(face.labels[name]) for name in ANGLES])
            measured.append([getattr(evidence, name) for name in ANGLES])
    return len(faces), np.array(known), np.array(measured)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="test", choices=("train", "test"))
    total, known, measured = errors(parser.parse_args().split)
    print(f"faces found: {len(known)} of {total}")
    print(f"{'angle':<8}{'mean error':>12}{'MAE':>8}{'correlation':>13}")
    for column, name in enumerate(ANGLES):
        off = measured[:, column] - known[:, column]
        together = np.corrcoef(known[:, column], measured[:, column])[0, 1]
        print(f"{name:<8}{off.mean():>12.1f}{abs(off).mean():>8.1f}{together:>13.3f}")


if __name__ == "__main__":
    main()
