"""`facelm convert` on labels of FairFace's size: rate, questions, and memory of all processes.

    python benchmarks/convert.py [--faces 100000] [--workers 2] [--folder DIR]

Writes a copy of FairFace's layout whose pictures are the default synthetic faces, made different
by a comment inside the file, so that every one is a picture of its own; then runs the command as
a user would, and looks at the memory of its whole process tree ten times a second.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from facelm.sources import open_source
from facelm.types import FAIRFACE_AGES, FAIRFACE_GENDERS, FAIRFACE_RACES, Face


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="keeps the made copy for another run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary) / "fairface"
        if not folder.exists():
            write_copy(folder, given.faces)
        measure(folder, Path(temporary) / "corpus", given.workers)


def write_copy(folder: Path, faces: int) -> None:
    """A label file and so many JPEGs of 224 px."""
    pictures = [_jpeg(face) for face in open_source("heads").faces("train")]
    (folder / "train").mkdir(parents=True)
    with (folder / "fairface_label_train.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "age", "gender", "race", "service_test"])
        for number in range(faces):
            data = _commented(pictures[number % len(pictures)], f"{number:08d}".encode())
            (folder / "train" / f"{number}.jpg").write_bytes(data)
            age = FAIRFACE_AGES[number * 7 % 9]
            gender, race = FAIRFACE_GENDERS[number % 2], FAIRFACE_RACES[number * 5 % 7]
            table.writerow([f"train/{number}.jpg", age, gender, race, "False"])


def measure(folder: Path, out: Path, workers: int) -> None:
    """Run the command once and print what it took."""
    command = [sys.executable, "-m", "facelm", "convert", f"fairface:{folder}", "-o", str(out)]
    command += ["--workers", str(workers), "--json"]
    began = time.monotonic()
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak = 0
    while run.poll() is None:
        peak = max(peak, _tree_bytes(run.pid))
        time.sleep(0.1)
    seconds = time.monotonic() - began
    assert run.stdout
    result = json.loads(run.stdout.read().splitlines()[-1])
    print(
        f"{result['faces']:,} faces, {result['turns']:,} questions in {seconds:.1f} s: "
        f"{result['faces'] / seconds:,.0f} faces/s, {result['turns'] / seconds:,.0f} questions/s; "
        f"at most {peak / 1e6:,.0f} MB in all processes together."
    )


def _jpeg(face: object) -> bytes:
    assert isinstance(face, Face)
    buffer = io.BytesIO()
    picture = Image.open(io.BytesIO(face.image)).convert("RGB").resize((224, 224))
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _commented(jpeg: bytes, comment: bytes) -> bytes:
    """The same JPEG with a comment segment behind its first marker."""
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


def _tree_bytes(pid: int) -> int:
    """Memory of a process and its children that is not shared with others twice (PSS)."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0) * 1024
        waiting += [int(child) for child in children]
    return total


if __name__ == "__main__":
    main()
