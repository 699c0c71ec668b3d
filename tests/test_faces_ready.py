"""Crops and landmarks ready for a model: real pictures and clips of rendered heads."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from miniature import lay_on_its_side, portrait, write_frames, write_picture, write_text
from PIL import Image

from facelm.errors import FacelmError, InputError
from facelm.faces import MeshFinder, ibug68, prepare

ROOT = Path(__file__).parents[1]
MAIN, OTHER = 3, 30  # heads that are found in every size used here


def head(index: int = MAIN, size: int = 160) -> np.ndarray:
    return np.asarray(portrait(index, size))


def nothing(size: int = 160) -> np.ndarray:
    return np.full((size, size, 3), 120, np.uint8)


def nodding(frames: int, index: int = MAIN) -> list[np.ndarray]:
    """A head that moves up and down a little."""
    still = head(index)
    moves = [round(6 * np.sin(number / 3)) for number in range(frames)]
    return [np.pad(still, ((10, 10), (0, 0), (0, 0)), "edge")[10 + m : 170 + m] for m in moves]


def scene(*heads: tuple[int, int, int, int], size: tuple[int, int] = (480, 270)) -> np.ndarray:
    """Heads (which, size, left, top) on a grey wall."""
    wall = Image.new("RGB", size, (110, 115, 120))
    for index, side, left, top in heads:
        wall.paste(portrait(index, side), (left, top))
    return np.asarray(wall)


def records(out: Path) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in json.loads((out / "records.json").read_text())}


def manifest(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "manifest.json").read_text()))


def reasons(out: Path) -> dict[str, str]:
    return {one["id"]: one["reason"] for one in manifest(out)["refused"]}


def landmarks(out: Path, name: str) -> np.ndarray:
    return np.load(out / records(out)[name]["landmarks_2d"])


def frames_of(path: Path) -> list[np.ndarray]:
    import av

    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def off(points: np.ndarray, pixels: np.ndarray) -> float:
    """Mean distance of landmarks from those that a fresh look at a crop finds."""
    room = np.pad(pixels, ((64, 64), (64, 64), (0, 0)), constant_values=128)
    (mesh, *_) = MeshFinder().find(Image.fromarray(room))
    return float(np.linalg.norm(ibug68(mesh.points) - 64 - points, axis=1).mean())


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as people have them."""
    root = tmp_path_factory.mktemp("tree")
    write_picture(root / "one.jpg", MAIN, 200)
    write_picture(root / "deep/er/one.png", OTHER, 200)
    Image.fromarray(scene((MAIN, 150, 20, 60), (OTHER, 230, 220, 20))).save(root / "two.png")
    Image.fromarray(nothing()).save(root / "wall.jpg")
    (root / "broken.jpg").write_bytes((root / "one.jpg").read_bytes()[:900])
    write_frames(root / "clips/nod.mp4", nodding(30))
    gap = nodding(30)
    gap[10:15] = [nothing()] * 5
    write_frames(root / "clips/gap.avi", gap)
    hole = nodding(30)
    hole[5:16] = [nothing()] * 11
    write_frames(root / "clips/hole.mp4", hole)
    write_frames(root / "clips/wall.mp4", [nothing()] * 6)
    (root / "clips/broken.mp4").write_bytes((root / "clips/nod.mp4").read_bytes()[:2000])
    (root / "clips/words.mp4").write_bytes(b"no video at all" * 40)
    write_text(root / "labels.csv", "file,age\none.jpg,30\n")
    write_picture(root / ".thumbnails/one.jpg", MAIN)
    return root


@pytest.fixture(scope="module")
def ready(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ready") / "out"
    result = prepare(tree, out)
    assert result["pictures"] == 3
    assert result["clips"] == 2
    assert result["frames"] == 60
    assert result["interpolated"] == 5
    assert len(result["refused"]) == 6
    assert result["new"] == 5
    return out


# ---------------------------------------------------------------- pictures


def test_records_are_what_faceinstructs_loader_reads(ready: Path) -> None:
    found = json.loads((ready / "records.json").read_text())
    assert [one["id"] for one in found] == [
        "clips/gap.avi", "clips/nod.mp4", "deep/er/one.png", "one.jpg", "two.png",
    ]  # fmt: skip
    for one in found:
        assert ("image" in one) != ("video" in one)
        assert one["conversations"] == []
        for place in (one.get("image") or one["video"], one["landmarks_2d"]):
            assert not Path(place).is_absolute()
            assert (ready / place).is_file()


def test_a_picture_becomes_a_square_crop_with_landmarks_in_it(ready: Path) -> None:
    record = records(ready)["deep/er/one.png"]
    assert record["image"] == "crops/deep/er/one.png.jpg"  # the suffix says what is in the file
    with Image.open(ready / record["image"]) as crop:
        assert crop.format == "JPEG"
        assert crop.size == (256, 256)
        points = landmarks(ready, "deep/er/one.png")
        assert points.shape == (68, 2)
        assert points.dtype == np.float32
        assert points.min() >= -0.01 and points.max() <= 256.01
        assert off(points, np.asarray(crop)) < 10


def test_what_cannot_be_used_is_listed_with_its_reason(ready: Path) -> None:
    told = reasons(ready)
    assert told.keys() == {
        "broken.jpg", "clips/broken.mp4", "clips/hole.mp4", "clips/wall.mp4", "clips/words.mp4",
        "wall.jpg",
    }  # fmt: skip
    assert "no face was found in wall.jpg" in told["wall.jpg"]
    assert "damaged" in told["broken.jpg"]
    assert "cannot be decoded" in told["clips/words.mp4"]
    assert "cannot be decoded" in told["clips/broken.mp4"]
    counts = manifest(ready)["counts"]
    assert counts["refused"] == 6
    assert counts["dropped"] == 2
    assert not [name for name in contents(ready) if "wall" in name or "broken" in name]


def test_the_largest_of_two_faces_is_taken_unless_one_face_is_asked_for(
    ready: Path, tree: Path, tmp_path: Path
) -> None:
    whole = np.asarray(Image.open(tree / "two.png").convert("RGB"))
    with Image.open(ready / records(ready)["two.png"]["image"]) as crop:
        small = np.asarray(crop.resize((64, 64)))
    where = []
    for side in range(80, 240, 8):  # where in the picture the crop was cut out
        template = cv2.resize(small, (side, side))
        _, score, _, place = cv2.minMaxLoc(cv2.matchTemplate(whole, template, cv2.TM_CCOEFF_NORMED))
        where.append((score, place[0] + side / 2))
    assert max(where)[1] > 250  # the large head is the right one
    shutil.copy(tree / "two.png", tmp_path / "two.png")
    with pytest.raises(InputError, match=r"^2 faces were found in two\.png: crop it"):
        prepare(tmp_path / "two.png", tmp_path / "out", one_face=True)


def test_a_margin_shows_more_around_the_face(tree: Path, tmp_path: Path) -> None:
    def width(margin: float) -> float:
        out = tmp_path / f"{margin}"
        prepare(tree / "one.jpg", out, margin=margin)
        return float(np.ptp(landmarks(out, "one.jpg")[:, 0]))

    assert width(0.25) == pytest.approx(width(0) / 1.5, rel=0.01)
    with pytest.raises(InputError, match=r"margin cannot be -0\.1"):
        prepare(tree / "one.jpg", tmp_path / "out", margin=-0.1)


def test_a_face_at_the_edge_keeps_its_shape_on_a_grey_ground(tmp_path: Path) -> None:
    whole = portrait(MAIN, 224)
    points = np.array(MeshFinder().find(whole)[0].points[:, :2])
    left = round(float(points[:, 0].min() + 0.1 * np.ptp(points[:, 0])))
    whole.crop((left, 0, 224, 224)).save(tmp_path / "edge.png")
    prepare(tmp_path / "edge.png", tmp_path / "out", margin=0.3)
    with Image.open(tmp_path / "out/crops/edge.png.jpg") as crop:
        column = np.asarray(crop).astype(int)[:, :8]
    assert np.abs(column - 128).max() < 8


def test_a_small_face_in_a_large_picture_is_found(tmp_path: Path) -> None:
    Image.fromarray(scene((MAIN, 190, 700, 300), size=(1280, 720))).save(tmp_path / "far.png")
    assert MeshFinder().find(Image.open(tmp_path / "far.png")) == []  # what it is for
    prepare(tmp_path / "far.png", tmp_path / "out")
    with Image.open(tmp_path / "out/crops/far.png.jpg") as crop:
        assert off(landmarks(tmp_path / "out", "far.png"), np.asarray(crop)) < 10


# ---------------------------------------------------------------- clips


def test_a_clips_crops_are_as_many_as_its_landmarks(ready: Path) -> None:
    for name in ("clips/nod.mp4", "clips/gap.avi"):
        record = records(ready)[name]
        points = landmarks(ready, name)
        assert points.shape == (30, 68, 2)
        assert points.dtype == np.float32
        assert points.min() >= -0.01 and points.max() <= 256.01
        frames = frames_of(ready / record["video"])
        assert len(frames) == record["frames"] == 30
        assert frames[0].shape == (256, 256, 3)
        reader = cv2.VideoCapture(str(ready / record["video"]))
        assert reader.get(cv2.CAP_PROP_FRAME_COUNT) == 30
        assert reader.get(cv2.CAP_PROP_FPS) == 24
        for number in (0, 7, 20, 29):
            assert off(points[number], frames[number]) < 10


def test_frames_that_fail_lie_between_their_neighbours_and_are_told(ready: Path) -> None:
    record = records(ready)["clips/gap.avi"]
    assert record["interpolated"] == [10, 11, 12, 13, 14]
    assert records(ready)["clips/nod.mp4"]["interpolated"] == []
    missing = manifest(ready)["missing"]
    assert missing["clips/gap.avi"] == pytest.approx(5 / 30, abs=1e-3)
    assert missing["clips/nod.mp4"] == 0
    points = landmarks(ready, "clips/gap.avi").mean(1)  # the face's middle moves, little by little
    steps = np.linalg.norm(np.diff(points[9:16], axis=0), axis=1)
    whole = np.linalg.norm(points[15] - points[9])
    assert steps.sum() < whole + 3
    grey = frames_of(ready / record["video"])[12]  # the frame is there, and is what it was
    assert np.abs(grey.astype(int) - 120).mean() < 4


def test_a_clip_with_too_many_failing_frames_is_dropped_with_its_share(ready: Path) -> None:
    assert "36.7% of the frames of clips/hole.mp4" in reasons(ready)["clips/hole.mp4"]
    assert manifest(ready)["missing"]["clips/hole.mp4"] == pytest.approx(11 / 30, abs=1e-3)
    assert manifest(ready)["missing"]["clips/wall.mp4"] == 1
    assert "clips/hole.mp4" not in records(ready)


def test_frames_that_fail_at_the_ends_take_the_nearest(tmp_path: Path) -> None:
    frames = [nothing(), *[head()] * 12, nothing(), nothing()]
    write_frames(tmp_path / "v.mp4", frames)
    prepare(tmp_path / "v.mp4", tmp_path / "out")
    assert records(tmp_path / "out")["v.mp4"]["interpolated"] == [0, 13, 14]
    points = landmarks(tmp_path / "out", "v.mp4")
    assert np.abs(points[0] - points[1]).max() < 1
    assert np.abs(points[14] - points[12]).max() < 1


def test_a_second_face_that_passes_by_does_not_take_over(tmp_path: Path) -> None:
    """The other head is larger, comes from the right and crosses where the main one was."""

    def clip(other: bool) -> list[np.ndarray]:
        frames = []
        for number in range(64):
            passing = [(OTHER, 200, 480 - 24 * number, 50)] if other else []
            frames.append(scene((MAIN, 170, 30 + number, 60), *passing))
        return frames

    write_frames(tmp_path / "in/alone.mp4", clip(False))
    write_frames(tmp_path / "in/both.mp4", clip(True))
    prepare(tmp_path / "in", tmp_path / "out")
    alone, both = (landmarks(tmp_path / "out", name) for name in ("alone.mp4", "both.mp4"))
    hidden = records(tmp_path / "out")["both.mp4"]["interpolated"]
    seen = [number for number in range(64) if number not in hidden]
    assert 0 < len(hidden) < 20
    assert max(hidden) < 30
    assert np.linalg.norm(alone[seen] - both[seen], axis=2).mean() < 12


def test_one_face_counts_frames_with_two_as_failed(tmp_path: Path) -> None:
    alone = scene((MAIN, 200, 20, 30))
    both = scene((MAIN, 200, 20, 30), (OTHER, 220, 240, 20))
    write_frames(tmp_path / "in/few.mp4", [alone] * 16 + [both] * 4)
    write_frames(tmp_path / "in/many.mp4", [alone] * 10 + [both] * 10)
    prepare(tmp_path / "in", tmp_path / "any")
    assert not reasons(tmp_path / "any")
    assert not any(one["interpolated"] for one in records(tmp_path / "any").values())
    prepare(tmp_path / "in", tmp_path / "one", one_face=True)
    assert records(tmp_path / "one")["few.mp4"]["interpolated"] == [16, 17, 18, 19]
    told = reasons(tmp_path / "one")["many.mp4"]
    assert "exactly one face was not found in 50.0% of the frames" in told


def test_crops_neither_tremble_nor_cut_the_face() -> None:
    from facelm.faces._steady import steady

    random = np.random.default_rng(7)
    time = np.arange(96)[:, None]
    middle = np.hstack([100 + 2 * time, 80 + 5 * np.sin(time / 4)]) + random.normal(0, 1.5, (96, 2))
    half = 30 + random.normal(0, 1.5, (96, 1)) + 6 * (time % 16 < 5)  # the mouth opens
    boxes = np.hstack([middle - half, middle + half])
    for part in (boxes, boxes[:20], boxes[:2], boxes[:1]):
        squares = np.array(steady(part, 0.0))
        corner, end = squares[:, :2], squares[:, :2] + squares[:, 2:]
        assert (corner <= part[:, :2] + 1e-6).all() and (end >= part[:, 2:] - 1e-6).all()
    squares = np.array(steady(boxes, 0.0))
    assert np.abs(np.diff(squares, 2, axis=0)).max() < 0.5  # boxes: 5 and more
    assert np.ptp(squares[:, 2]) < 4  # boxes: 14
    wider = np.array(steady(boxes, 0.5))
    assert wider[:, 2] == pytest.approx(2 * squares[:, 2])


@pytest.mark.parametrize(("rate", "frames"), [(8, 8), (30, 30), (24, 24), (60, 40), (25, 25)])
def test_clips_play_at_24_frames_a_second_and_as_long_as_before(
    rate: int, frames: int, tmp_path: Path
) -> None:
    write_frames(tmp_path / "v.mp4", nodding(frames), rate)
    prepare(tmp_path / "v.mp4", tmp_path / "out")
    points = landmarks(tmp_path / "out", "v.mp4")
    assert len(points) == round(24 * frames / rate)
    assert len(frames_of(tmp_path / "out/crops/v.mp4")) == len(points)
    if rate == 8:  # each frame is shown three times, and nothing slides in between
        assert (points[0:3] == points[0]).all() and (points[21:24] == points[21]).all()


def test_a_damaged_clock_does_not_make_a_clip_endless(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "v.mkv"), "w") as container:
        stream = container.add_stream("mpeg4", rate=24)
        stream.width = stream.height = 160
        stream.pix_fmt = "yuv420p"
        for number, pixels in enumerate(nodding(12)):
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                if number > 5:  # a month later
                    packet.pts += 30 * 86_400 / packet.time_base
                    packet.dts = packet.pts
                container.mux(packet)
    prepare(tmp_path / "v.mkv", tmp_path / "out")
    assert len(landmarks(tmp_path / "out", "v.mkv")) == 12


def test_a_phones_clip_is_turned_upright(tmp_path: Path) -> None:
    lying = [np.ascontiguousarray(np.rot90(frame)) for frame in nodding(6)]
    lay_on_its_side(write_frames(tmp_path / "v.mp4", lying))
    prepare(tmp_path / "v.mp4", tmp_path / "out")
    eyes, chin = landmarks(tmp_path / "out", "v.mp4")[0][[36, 8]]
    assert chin[1] > eyes[1] + 50


def test_clips_are_written_where_h264_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from facelm.faces import _clip

    monkeypatch.setattr(_clip, "codec", lambda: "mpeg4")
    video = write_frames(tmp_path / "v.mp4", nodding(6))
    prepare(video, tmp_path / "out")
    crops = frames_of(tmp_path / "out/crops/v.mp4")
    assert len(crops) == 6
    assert off(landmarks(tmp_path / "out", "v.mp4")[3], crops[3]) < 10


# ---------------------------------------------------------------- the folder


def test_the_same_input_gives_the_same_bytes(ready: Path, tree: Path, tmp_path: Path) -> None:
    prepare(tree, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(ready)


def test_kill_9_and_the_same_command_again_end_in_the_same_files(
    ready: Path, tree: Path, tmp_path: Path
) -> None:
    call = f"prepare({str(tree)!r}, {str(tmp_path / 'out')!r})"
    command = [sys.executable, "-c", f"from facelm.faces import prepare; {call}"]
    child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    while not list((tmp_path / "out").glob("crops/clips/.nod*")):  # in the middle of the second
        assert child.poll() is None
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert manifest(tmp_path / "out")["complete"] is False
    assert prepare(tree, tmp_path / "out")["new"] == 4
    assert contents(tmp_path / "out") == contents(ready)


def test_what_a_power_cut_left_short_is_made_again(tree: Path, ready: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(ready, out)
    lines = []
    for record in records(out).values():
        files = (out / (record.get("image") or record["video"]), out / record["landmarks_2d"])
        lines.append({"record": record, "bytes": [file.stat().st_size for file in files]})
    journal = "".join(json.dumps(line) + "\n" for line in lines) + '{"record": {"id": "one.j'
    (out / "journal.jsonl").write_text(journal)
    (out / "records.json").unlink()
    (out / "crops/two.png.jpg").write_bytes(b"")
    assert prepare(tree, out)["new"] == 1
    assert contents(out) == contents(ready)


def test_a_finished_folder_takes_in_what_is_new_and_keeps_what_was_added(tmp_path: Path) -> None:
    out = tmp_path / "in/ready"  # below the input: not taken for input
    write_picture(tmp_path / "in/a.jpg", MAIN, 200)
    prepare(tmp_path / "in", out)
    table = records(out)
    table["a.jpg"]["conversations"] = [{"from": "human", "value": "<image>\nWho knows?"}]
    (out / "records.json").write_text(json.dumps(list(table.values())))
    write_picture(tmp_path / "in/0.jpg", OTHER, 200)
    result = prepare(tmp_path / "in", out)
    assert (result["new"], result["pictures"]) == (1, 2)
    assert list(records(out)) == ["0.jpg", "a.jpg"]
    assert records(out)["a.jpg"] == table["a.jpg"]
    (out / "crops/a.jpg").unlink()
    assert prepare(tmp_path / "in", out)["new"] == 1
    assert (out / "crops/a.jpg").is_file()


def test_other_settings_or_another_folder_are_refused(ready: Path, tree: Path) -> None:
    before = contents(ready)
    with pytest.raises(InputError, match=r"made with margin 0\.0, not 0\.2"):
        prepare(tree, ready, margin=0.2)
    with pytest.raises(InputError, match="made with one_face False, not True"):
        prepare(tree, ready, one_face=True)
    with pytest.raises(InputError, match="made with path"):
        prepare(tree / "deep", ready)
    with pytest.raises(InputError, match="is not empty"):
        prepare(tree / "deep", tree)
    assert contents(ready) == before


def test_names_that_would_meet_or_are_none_are_kept_apart(tmp_path: Path) -> None:
    root = tmp_path / "in"
    for name in ("a.jpg", "a.png", "a.png.jpg"):
        write_picture(root / name, MAIN, 200)
    write_picture(root / ("x" * 220 + ".jpg"), MAIN)
    bad = os.fsencode(root) + b"/caf\xe9.jpg"
    Path(os.fsdecode(bad)).write_bytes((root / "a.jpg").read_bytes())
    (root / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    prepare(root, tmp_path / "out")
    made = {one["image"] for one in records(tmp_path / "out").values()}
    assert made == {"crops/a.jpg", "crops/a.png.jpg"}
    told = reasons(tmp_path / "out")
    assert "would have the name of that of a.png" in told["a.png.jpg"]
    assert "not UTF-8" in told["caf?.jpg"]
    assert "longer than 200 bytes" in told["x" * 220 + ".jpg"]
    assert "not a file" in told["gone.jpg"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda root: None, "There is no"),
        (lambda root: root.mkdir(), "no picture or video"),
        (lambda root: write_text(root / "notes.txt", "words"), "no picture or video"),
    ],
)
def test_nothing_to_do_is_said_and_leaves_nothing(make: Any, says: str, tmp_path: Path) -> None:
    make(tmp_path / "in")
    with pytest.raises(InputError, match=says):
        prepare(tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_of_which_nothing_can_be_used_lists_why(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "in").mkdir(exist_ok=True)
        Image.fromarray(nothing()).save(tmp_path / f"in/{name}.png")
    with pytest.raises(InputError, match="None of the 2 files could be used, the first because no"):
        prepare(tmp_path / "in", tmp_path / "out")
    assert set(reasons(tmp_path / "out")) == {"a.png", "b.png"}
    assert records(tmp_path / "out") == {}


def test_a_full_disk_is_one_sentence_and_the_run_goes_on_later(
    ready: Path, tree: Path, tmp_path: Path
) -> None:
    spaces = ["unshare", "--user", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*spaces, "true"], check=False).returncode:
        pytest.skip("no right to mount a small disk here")
    disk = tmp_path / "disk"
    disk.mkdir()
    again = f"'{sys.executable}' -m facelm faces '{tree}' -o '{disk}/out'"
    script = (
        f"mount -t tmpfs -o size=100k tmpfs '{disk}'; {again}; echo $?; "
        f"find '{disk}/out/crops' -name '.*'; mount -o remount,size=4m '{disk}'; {again} --json; "
        f"diff -r '{disk}/out' '{ready}' && echo same"
    )
    run = subprocess.run(
        [*spaces, "bash", "-c", script], capture_output=True, text=True, check=False, cwd=ROOT
    )
    code, result, verdict = run.stdout.splitlines()
    assert code == "2"
    assert "facelm: The disk is full while writing" in run.stderr
    assert 0 < json.loads(result)["new"] < 5
    assert verdict == "same"


def test_two_runs_do_not_write_to_one_folder(ready: Path, tree: Path) -> None:
    from facelm._io import hold

    lock = hold(ready)
    with pytest.raises(FacelmError, match="Another run is writing"):
        prepare(tree, ready)
    Path(lock.name).unlink()
    lock.close()


def test_the_command(tree: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "facelm", "faces"]
    run = subprocess.run(
        [*words, str(tree / "one.jpg"), "-o", str(tmp_path / "out"), "--json", "--margin", "0.1"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    result = json.loads(run.stdout)
    assert (result["pictures"], result["clips"], result["refused"]) == (1, 0, [])
    assert result["frames_per_s"] > 0
    assert manifest(tmp_path / "out")["settings"]["margin"] == 0.1
    run = subprocess.run(
        [*words, str(tree / "wall.jpg"), "-o", str(tmp_path / "none")],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stdout == ""
    assert "facelm: No face was found in wall.jpg" in run.stderr
    assert "Traceback" not in run.stderr
