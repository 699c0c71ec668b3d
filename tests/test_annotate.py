"""From faces to a corpus: what is kept, what is refused and why, and going on after a stop."""

from __future__ import annotations

import base64
import csv
import io
import signal
import struct
import subprocess
import sys
import time
import zlib
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asking import QUICK, says
from endpoint import Endpoint
from PIL import Image

from facelm._io import sha256
from facelm.annotate import annotate
from facelm.corpus import read_corpus
from facelm.errors import EndpointError, InputError
from facelm.sources import open_source
from facelm.teach import Means
from facelm.types import Conversation, Face

ROOT = Path(__file__).parents[1]


@cache
def portraits(number: int) -> list[Image.Image]:
    """Synthetic faces that look at the viewer."""
    rows = open_source("heads").faces("test")
    frontal = (row for row in rows if isinstance(row, Face) and abs(float(row.labels["yaw"])) < 10)
    return [Image.open(io.BytesIO(row.image)).convert("RGB") for row in islice(frontal, number)]


def scene(*sides: int) -> Image.Image:
    """A wide picture with one face per given size."""
    ground = Image.new("RGB", (320 * len(sides) + 80, 400), (120, 130, 140))
    for place, (side, face) in enumerate(zip(sides, portraits(len(sides)), strict=True)):
        ground.paste(face.resize((side, side)), (40 + 320 * place, 80))
    return ground


def save(path: Path, picture: Image.Image, **options: Any) -> None:
    picture.save(path, **options)


def huge_png() -> bytes:
    """A PNG of a hundred bytes whose header promises 20,000 x 20,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0"))


def conversations(path: Path) -> dict[str, Conversation]:
    return {one.face_id: one for one in read_corpus(path).conversations()}


def stored(path: Path, one: Conversation) -> Image.Image:
    return Image.open(io.BytesIO(read_corpus(path).picture(one.image_ids[0])))


def contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


# ---------------------------------------------------------------- what is kept


def test_heads_become_a_corpus(tmp_path: Path) -> None:
    result = annotate("heads", tmp_path / "c", split="test", limit=12)
    assert result["conversations"] == result["faces"] == result["new"] == 12
    assert result["refused"] == [] and result["turns"] > 24
    assert result["seconds"] > 0 and result["faces_per_s"] > 0
    corpus = read_corpus(tmp_path / "c")
    for one, face in zip(corpus.conversations(), open_source("heads").faces("test"), strict=False):
        assert isinstance(face, Face)
        assert (one.face_id, one.split, one.labels) == (face.id, "test", face.labels)
        assert (one.source, one.licence, one.teacher) == ("heads", face.licence, "measured")
        assert corpus.picture(one.image_ids[0]) == face.image
        assert one.evidence.yaw is not None and one.synthetic
        assert all(turn.question and turn.answer and turn.category for turn in one.turns)
    about = corpus.manifest["about"]
    assert (about["source"], about["style"], about["split"]) == ("heads", "fairfacegpt", "test")


def test_rows_depend_on_seed_and_face_only(tmp_path: Path) -> None:
    for name, arguments in {
        "all": {"limit": 6}, "few": {"limit": 2}, "other": {"limit": 6, "seed": 1},
    }.items():  # fmt: skip
        annotate("heads", tmp_path / name, split="test", **arguments)
    whole, few, other = (conversations(tmp_path / name) for name in ("all", "few", "other"))
    assert list(few.values()) == list(whole.values())[:2]
    assert other.keys() == whole.keys() and list(other.values()) != list(whole.values())


def test_a_higher_limit_adds_to_what_is_there(tmp_path: Path) -> None:
    annotate("heads", tmp_path / "c", split="test", limit=2)
    result = annotate("heads", tmp_path / "c", split="test", limit=4)
    assert (result["new"], result["conversations"]) == (2, 4)
    annotate("heads", tmp_path / "whole", split="test", limit=4)
    assert conversations(tmp_path / "c") == conversations(tmp_path / "whole")


def test_some_questions_per_face(tmp_path: Path) -> None:
    annotate("heads", tmp_path / "c", split="test", limit=6, asks_per_face=2)
    turns = [one.turns for one in conversations(tmp_path / "c").values()]
    assert all(1 <= len(some) <= 2 for some in turns)
    assert len({turn.category for some in turns for turn in some}) > 2


def test_prompt_hash_tells_what_the_teacher_was_told(tmp_path: Path) -> None:
    annotate("heads", tmp_path / "a", split="test", limit=3)
    annotate("heads", tmp_path / "b", split="test", limit=3)
    hashes = [one.prompt_hash for one in conversations(tmp_path / "a").values()]
    assert hashes == [one.prompt_hash for one in conversations(tmp_path / "b").values()]
    assert len(set(hashes)) == 3 and all(len(one) == 64 for one in hashes)


def test_a_folders_faces_are_cropped_for_the_student(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    save(photos / "small.jpg", scene(220))
    save(photos / "large.png", scene(220).resize((1600, 1600)))
    (photos / "labels.csv").write_text("file,glasses\nsmall.jpg,true\n")
    result = annotate(f"folder:{photos}", tmp_path / "c")
    assert result["conversations"] == 2 and result["refused"] == []
    found = conversations(tmp_path / "c")
    assert found["small.jpg"].labels == {"glasses": True}
    small, large = (stored(tmp_path / "c", found[name]) for name in ("small.jpg", "large.png"))
    assert small.format == large.format == "JPEG"
    assert max(small.size) < 220 and abs(small.width - small.height) <= 1
    assert large.size == (448, 448)


def test_rotated_cmyk_and_16_bit_pictures_are_read(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    upright = scene(220)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated by 90 degrees clockwise
    save(photos / "rotated.jpg", upright.transpose(Image.Transpose.ROTATE_90), exif=exif)
    save(photos / "cmyk.jpg", upright.convert("CMYK"))
    grey = np.asarray(upright.convert("L")).astype(np.uint16) * 257
    save(photos / "sixteen.png", Image.fromarray(grey))
    result = annotate(f"folder:{photos}", tmp_path / "c")
    assert result["refused"] == []
    for name, one in conversations(tmp_path / "c").items():
        assert abs(one.evidence.roll or 90) < 20, name
        assert not stored(tmp_path / "c", one).getexif()


def test_a_crop_without_a_found_face_keeps_its_label_based_answers(tmp_path: Path) -> None:
    rows = [("val/1.jpg", "20-29", "Male", "White", "True")]
    source = fairface(tmp_path / "fairface", rows, Image.new("RGB", (224, 224), (90, 80, 70)))
    result = annotate(source, tmp_path / "c")
    assert result["conversations"] == 1
    (one,) = conversations(tmp_path / "c").values()
    assert one.evidence.known() == {} and one.labels["age"] == "20-29" and one.turns


# ---------------------------------------------------------------- what is refused


def fairface(folder: Path, rows: list[tuple[str, ...]], picture: Image.Image) -> str:
    (folder / "val").mkdir(parents=True)
    for row in rows:
        save(folder / row[0], picture)
    with (folder / "fairface_label_val.csv").open("w", newline="") as file:
        columns = ("file", "age", "gender", "race", "service_test")
        csv.writer(file).writerows([columns, *rows])
    return f"fairface:{folder}"


def test_bad_pictures_are_counted_and_listed_and_never_stop_a_run(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    good = io.BytesIO()
    scene(220).save(good, "JPEG")
    files = {
        "good.jpg": good.getvalue(),
        "text.jpg": b"this is no picture",
        "truncated.jpg": good.getvalue()[: len(good.getvalue()) // 2],
        "huge.png": huge_png(),
        "empty.jpg": b"",
    }
    for name, data in files.items():
        (photos / name).write_bytes(data)
    save(photos / "dot.png", Image.new("RGB", (1, 1)))
    frames = [Image.new("P", (64, 64), shade) for shade in range(3)]
    save(photos / "moving.gif", frames[0], save_all=True, append_images=frames[1:])
    save(photos / "nobody.jpg", Image.new("RGB", (300, 300), (40, 90, 160)))
    save(photos / "couple.jpg", scene(220, 220))
    save(photos / "passer-by.jpg", scene(220, 120))
    (photos / "labels.csv").write_text("file,age\ngone.jpg,33\n")

    result = annotate(f"folder:{photos}", tmp_path / "c")

    assert set(conversations(tmp_path / "c")) == {"good.jpg", "passer-by.jpg"}
    reasons = {one["id"]: one["reason"] for one in result["refused"]}
    assert result["faces"] == 11 and len(reasons) == 9
    for name, words in {
        "text.jpg": "not a JPEG, PNG or WebP picture",
        "truncated.jpg": "breaks off or is damaged",
        "huge.png": "more than 25,000,000 pixels",
        "empty.jpg": "not a JPEG, PNG or WebP picture",
        "dot.png": "1 x 1 pixels",
        "moving.gif": "not a JPEG, PNG or WebP picture",
        "nobody.jpg": "no face was found",
        "couple.jpg": "two faces were found",
        "gone.jpg": "no such picture",
    }.items():
        assert words in reasons[name] and name in reasons[name]
    assert read_corpus(tmp_path / "c").manifest["refused"] == result["refused"]
    assert "`couple.jpg`: two faces" in (tmp_path / "c" / "README.md").read_text()


def test_a_label_outside_the_vocabulary_is_refused_and_the_run_goes_on(tmp_path: Path) -> None:
    rows = [
        ("val/1.jpg", "20-29", "Male", "White", "True"),
        ("val/2.jpg", "twenty", "Male", "White", "True"),
    ]
    result = annotate(fairface(tmp_path / "f", rows, portraits(1)[0]), tmp_path / "c")
    assert result["conversations"] == 1
    ((identity, reason),) = [(one["id"], one["reason"]) for one in result["refused"]]
    assert identity == "val/2.jpg" and "the age 'twenty' is not one of 0-2, 3-9" in reason


def test_a_source_without_one_usable_face_leaves_nothing(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "text.jpg").write_bytes(b"this is no picture")
    with pytest.raises(InputError, match=r"None of the 1 rows .* text\.jpg is not a JPEG"):
        annotate(f"folder:{photos}", tmp_path / "c")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"source": "face"}, "no source named 'face'"),
        ({"style": "fairfacegtp"}, "did you mean 'fairfacegpt'"),
        ({"teacher": "mesured"}, "measured"),
        ({"split": "dev"}, "no split"),
        ({"limit": 0}, "give 1 or more"),
        ({"asks_per_face": 0}, "give 1 or more"),
    ],
)
def test_a_wrong_name_or_value_is_told_before_anything_is_written(
    tmp_path: Path, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        annotate(**{"source": "heads", "out": tmp_path / "c", "limit": 1, **arguments})
    assert not (tmp_path / "c").exists()


def test_a_corpus_made_otherwise_is_not_mixed_into(tmp_path: Path) -> None:
    annotate("heads", tmp_path / "c", split="test", limit=1)
    before = contents(tmp_path / "c")
    with pytest.raises(InputError, match="choose another folder with -o"):
        annotate("heads", tmp_path / "c", split="test", limit=1, seed=5)
    assert contents(tmp_path / "c") == before


# ---------------------------------------------------------------- going on


def test_kill_9_and_the_same_command_again_end_in_the_same_files(tmp_path: Path) -> None:
    def command(out: Path) -> list[str]:
        call = f"annotate('heads', {str(out)!r}, split='test', limit=150, asks_per_face=1)"
        return [sys.executable, "-c", f"from facelm.annotate import annotate; {call}"]

    quiet = {"cwd": ROOT, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(command(tmp_path / "c"), **quiet)  # type: ignore[call-overload]
    while not (tmp_path / "c" / "conversations-00000.parquet").exists():
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert len(read_corpus(tmp_path / "c")) == 128
    subprocess.run(command(tmp_path / "c"), check=True, **quiet)  # type: ignore[call-overload]
    result = annotate("heads", tmp_path / "whole", split="test", limit=150, asks_per_face=1)
    assert result["conversations"] == 150
    assert contents(tmp_path / "c") == contents(tmp_path / "whole")


def test_an_endpoint_that_is_down_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, server: Endpoint
) -> None:
    with pytest.raises(EndpointError, match=r"127\.0\.0\.1:9.*start the server"):
        annotate(
            "heads", tmp_path / "c", split="test", limit=1, teacher="openai:m",
            base_url="http://127.0.0.1:9/v1", means=Means(patience=QUICK),
        )  # fmt: skip
    assert not (tmp_path / "c").exists()


def test_an_endpoint_that_fails_half_way_keeps_what_was_paid_for(
    tmp_path: Path, server: Endpoint
) -> None:
    arguments: dict[str, Any] = {
        "split": "test", "limit": 3, "teacher": "openai:m", "base_url": server.url,
        "asks_per_face": 1, "style": "measured-evidence", "means": Means(in_flight=1),
    }  # fmt: skip
    server.follow(says(*[401] * 5, first=3))
    with pytest.raises(EndpointError, match="OPENAI_API_KEY"):
        annotate("heads", tmp_path / "c", **arguments)
    corpus = read_corpus(tmp_path / "c")
    assert len(corpus) == 2 and not corpus.manifest["complete"]
    server.follow({})
    result = annotate("heads", tmp_path / "c", **arguments)
    assert (result["new"], result["conversations"], result["asked"]) == (1, 3, 1)
    assert read_corpus(tmp_path / "c").manifest["complete"]
    answered = [call["key"] for call in server.calls() if call["status"] == 200]
    assert len(answered) == len(set(answered)) == 3  # none was paid for twice


def test_the_teacher_sees_the_crop_that_the_student_will_see(
    tmp_path: Path, server: Endpoint
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    save(photos / "wide.jpg", scene(220, 100))
    server.follow({"keep": True})
    place = f"folder:{photos}"
    annotate(place, tmp_path / "c", teacher="openai:m", base_url=server.url, asks_per_face=1)
    (one,) = conversations(tmp_path / "c").values()
    (url,) = [
        part["image_url"]["url"]
        for message in server.calls()[0]["request"]["messages"]
        if isinstance(message["content"], list)
        for part in message["content"]
        if part["type"] == "image_url"
    ]
    assert sha256(base64.b64decode(url.partition(",")[2])) == one.image_ids[0]


def test_no_name_or_password_of_an_address_is_written_down(tmp_path: Path) -> None:
    annotate(
        "heads", tmp_path / "c", split="test", limit=1, base_url="http://me:secret@example.org/v1"
    )
    assert read_corpus(tmp_path / "c").manifest["about"]["base_url"] == "http://example.org/v1"
    assert all(b"secret" not in data for data in contents(tmp_path / "c").values())


def test_parts_run_side_by_side_give_the_files_of_one_run(tmp_path: Path) -> None:
    options: dict[str, Any] = {"limit": 520, "style": "choices"}
    annotate("heads", tmp_path / "whole", **options)
    first = annotate("heads", tmp_path / "c", shard="1/2", **options)
    assert not first["complete"] and 0 < first["new"] < 520
    second = annotate("heads", tmp_path / "c", shard="2/2", **options)
    assert second["complete"] and first["new"] + second["new"] == 520
    assert contents(tmp_path / "c") == contents(tmp_path / "whole")
