"""What is wrong with a copy is said in one sentence and listed, and the rest is converted."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from miniature import portrait, write_picture, write_text
from miniatures import BUILDERS
from test_faces import huge_header
from test_sources_generic import add, fetched, pack, picture, sample
from test_sources_pose import mat_header
from test_sources_video import empty_video

from facelm.convert import convert
from facelm.corpus import read_corpus
from facelm.errors import InputError
from facelm.sources import open_source
from facelm.sources.check import check
from facelm.types import Row

Damage = Callable[[Path], object]


def adds(place: str, text: str) -> Damage:
    """Write another line at the end of a label file."""

    def damage(root: Path) -> None:
        file = root / place
        file.write_text(file.read_text().rstrip("\n") + "\n" + text + "\n")

    return damage


def swaps(place: str, old: str, new: str) -> Damage:
    """Put other text into a label file, wherever the old one stands."""

    def damage(root: Path) -> None:
        file = root / place
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    return damage


def holds(place: str, data: bytes) -> Damage:
    """Put other bytes into a file."""
    return lambda root: (root / place).write_bytes(data)


def recoded(place: str, encoding: str, more: str = "") -> Damage:
    """Save a label file in another encoding."""

    def damage(root: Path) -> None:
        file = root / place
        file.write_text(file.read_text() + more, encoding)

    return damage


def gone(place: str) -> Damage:
    return lambda root: (root / place).unlink()


def is_a_folder(place: str) -> Damage:
    def damage(root: Path) -> None:
        (root / place).unlink()
        (root / place).mkdir()

    return damage


def broken_off(place: str) -> Damage:
    def damage(root: Path) -> None:
        file = root / place
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    return damage


def no_frames(place: str) -> Damage:
    return lambda root: os.replace(empty_video(root / "empty.avi"), root / place)


def traps(root: Path) -> None:
    """Members that would be written elsewhere, or read from elsewhere, if a shard were unpacked."""
    with tarfile.open(root / "train-9.tar", "w") as tar:
        for name in ("../up.jpg", "/absolute.jpg", "ok.jpg"):
            add(tar, name, picture(7))
            add(tar, name.replace("jpg", "json"), json.dumps({"age": 33}))
        add(tar, "link.jpg", b"", type=tarfile.SYMTYPE, linkname="/etc/hostname")
        add(tar, "hard.jpg", b"", type=tarfile.LNKTYPE, linkname="ok.jpg")


def gzip_bomb(root: Path) -> None:
    (root / "train-9.tar.gz").write_bytes(gzip.compress(bytes(30_000_000)))


def mat_bomb(root: Path) -> None:
    """A compressed element of a kilobyte for every megabyte that it would fill."""
    packed = zlib.compress(bytes(80_000_000))
    element = (15).to_bytes(4, "little") + len(packed).to_bytes(4, "little") + packed
    (root / "AFW/AFW_1_0.mat").write_bytes(mat_header(b"\x00\x01") + element)


def damaged_cells(root: Path) -> None:
    """The first row group's pictures are overwritten; its labels are not."""
    file = root / "data/train-00000-of-00001.parquet"
    data = bytearray(file.read_bytes())
    start = data.index(b"\xff\xd8\xff")
    data[start - 60 : start + 400] = bytes(460)
    file.write_bytes(data)


def old_name(root: Path) -> None:
    """A picture out of an archive that was packed on an old Windows."""
    write_picture(root / "x.jpg", 9)
    os.rename(root / "x.jpg", os.path.join(os.fsencode(root), b"caf\xe9.jpg"))


def half_an_emoji(root: Path) -> None:
    members = [(name, data) for name, data in fetched("000000000", 5, "smiling \ud83d")]
    members = [(name, data) for name, data in members if not name.endswith("txt")]
    pack(root / "split_00000" / "00001.tar", members)


def bmp(root: Path) -> None:
    portrait(3).save(root / "e.bmp")
    adds("labels.csv", "e.bmp,33,happy,true,train")(root)


def latin_caption(root: Path) -> None:
    pack(root / "train-9.tar", [*sample("a", 1, age=3), ("a.txt", "caf\xe9".encode("latin-1"))])


FAIRFACE = "fairface_label_train.csv"
RAFDB = "basic/EmoLabel/list_patition_label.txt"
AFFECTNET = "Manually_Annotated_file_lists/training.csv"
DFEW_LIST = "EmoLabel_DataSplit/train(single-labeled)/set_1.csv"
FRAME = "2_ClipsforFaceCrop/Action/Sad/0010/01.jpg"
VIDEO = "Videos_LeftCamera/LeftVideoSN001_comp.avi"
TWICE = "more than once"

LISTED: dict[str, tuple[str, Damage, dict[str, str]]] = {
    "a row twice": ("fairface", adds(FAIRFACE, "train/1.jpg,3-9,Female,Black,True"),
                    {"train/1.jpg": TWICE}),
    "two labels for one picture": ("rafdb", adds(RAFDB, "train_00001.jpg 3"),
                                   {"train_00001.jpg": "line 8 lists the picture again"}),
    "two labels, in a table": ("csv", adds("faces.csv", "a.jpg;77;sad;false;train"),
                               {"a.jpg": "line 6 names a.jpg once more; the first row counts"}),
    "a label that is none": ("fairface", adds(FAIRFACE, "train/9.jpg,old,Male,White,True"),
                             {"train/9.jpg": "the age 'old' is not one of 0-2"}),
    "another delimiter in a line": ("rafdb", adds(RAFDB, "train_00009.jpg,3"),
                                    {"list_patition_label.txt, line 8": "is not a name and a"}),
    "a picture is gone": ("lfwa", gone("lfw/Zico/Zico_0001.jpg"),
                          {"Zico/Zico_0001.jpg": "there is no picture at lfw/Zico/Zico_0001"}),
    "a clip is gone": ("mafw", gone("data/clips/00152.mp4"),
                       {"fold1/train/00152.mp4": "there is no clip at data/clips/00152.mp4"}),
    "a picture bomb": ("utkface", holds("1_0_0_20170116174525100.jpg.chip.jpg", huge_header()),
                       {"1_0_0_20170116174525100.jpg.chip.jpg": "more than 25,000,000 pixels"}),
    "half a picture": ("morph2", broken_off("Album2/012345_0F33.JPG"),
                       {"012345_0F33": "breaks off or is damaged"}),
    "a picture that is a folder": ("bp4d", is_a_folder("2D+3D/F001/T1/2440.jpg"),
                                   {"F001/T1/2440": "2440.jpg is no file"}),
    "BMP": ("folder", bmp, {"e.bmp": "is not a JPEG, PNG or WebP picture"}),
    "a box beyond all bounds": ("affectnet", swaps(AFFECTNET, "1/a.jpg,10,20,80,70",
                                                   "1/a.jpg,-1e9,-1e9,2e9,2e9"),
                                {"1/a.jpg": "far larger than the picture"}),
    "a box of nothing": ("affectnet", swaps(AFFECTNET, "1/a.jpg,10,20,80,70", "1/a.jpg,9,9,3,3"),
                         {"1/a.jpg": "the face in 1/a.jpg has 4 x 4 pixels"}),
    "a video without frames": ("celebdf", no_frames("Celeb-real/id0_0000.mp4"),
                               {"Celeb-real/id0_0000": "has no frame in it"}),
    "a video that is none": ("ffpp", holds("original_sequences/youtube/c23/videos/010.mp4",
                                           b"no video at all" * 50),
                             {"original_sequences/youtube/c23/videos/010.mp4": "be decoded"}),
    "a video shorter than its labels": ("disfa", adds("ActionUnit_Labels/SN001/SN001_au1.txt",
                                                      "99,2"), {"SN001/99": "has no frame 98"}),
    "frames of a video that is none": ("disfa", holds(VIDEO, b"no video" * 99),
                                       {f"SN001/{n}": "cannot be decoded" for n in (1, 2, 3)}),
    "an unlabelled clip": ("dfew", swaps(DFEW_LIST, "3,4\n", "3,0\n"),
                           {"fold1/train/00003": "no single expression got enough votes"}),
    "a broken frame": ("ferv39k", holds(FRAME, b"no picture"),
                       {"train/Action/Sad/0010": "a frame of 2_ClipsforFaceCrop/Action/Sad/0010"}),
    "a bomb among the frames": ("ferv39k", holds(FRAME, huge_header()),
                                {"train/Action/Sad/0010": "more than 25,000,000 pixels"}),
    "a .mat of version 7.3": ("lp300w", holds("AFW/AFW_1_0.mat", mat_header(b"\x00\x02")),
                              {"AFW/AFW_1_0": "AFW/AFW_1_0.mat is a .mat file of version 7.3"}),
    "a .mat that is none": ("aflw2000", holds("image00003.mat", b"not MATLAB's " * 20),
                            {"image00003": "is not a .mat file of version 5"}),
    "a .mat bomb": ("lp300w", mat_bomb, {"AFW/AFW_1_0": "AFW/AFW_1_0.mat is damaged"}),
    "a pose that is none": ("biwi", holds("hpdb/03/frame_00003_pose.txt", b"1 2 3"),
                            {"03/frame_00003": "does not hold a rotation matrix"}),
    "grey values that are none": ("fer2013", adds("fer2013.csv", "3,1 2 3,Training"),
                                  {"Training/5": "are not 2,304 numbers"}),
    "damaged cells of a table": ("hf", damaged_cells, {
        f"train-00000-of-00001/{n}": "train-00000-of-00001.parquet is damaged" for n in (0, 1)}),
    "members that lead out of a tar": ("webdataset", traps, {
        "train-9.tar/../up.jpg": "points out of its shard",
        "train-9.tar/../up.json": "points out of its shard",
        "train-9.tar//absolute.jpg": "points out of its shard",
        "train-9.tar//absolute.json": "points out of its shard",
        "train-9.tar/link.jpg": "is a link", "train-9.tar/hard.jpg": "is a link"}),
    "a compressed tar": ("webdataset", gzip_bomb, {"train-9.tar.gz": "unpack it to a plain .tar"}),
    "a caption in another encoding": ("webdataset", latin_caption,
                                      {"train-9/a": "a.txt is not text in UTF-8"}),
    "half a character in a caption": ("laion-face", half_an_emoji, {
        "split_00000/00001/000000000": "the caption is no text in UTF-8"}),
    "a name in another encoding": ("folder", old_name,
                                   {"caf\\udce9.jpg": "the name of its file is not in UTF-8"}),
    "a name that no file can have": ("csv", adds("faces.csv", "a\0b.jpg;3;sad;true;train"),
                                     {"a\0b.jpg": "there is no picture at"}),
}  # fmt: skip
"""Damage to one source's miniature: what is refused, and the words of the reason."""


@pytest.mark.parametrize("damage", LISTED)
def test_a_bad_row_is_listed_and_the_rest_goes_on(damage: str, tmp_path: Path) -> None:
    name, do, wanted = LISTED[damage]
    spec = BUILDERS[name](tmp_path / "data")
    before = rows(spec)
    do(tmp_path / "data")
    result = convert(spec, tmp_path / "c")
    corpus = read_corpus(tmp_path / "c")
    refused = {row["id"]: row["reason"] for row in result["refused"]}
    assert refused.keys() == wanted.keys() and len(result["refused"]) == len(wanted)
    for row_id, words in wanted.items():
        assert words in refused[row_id] and "\n" not in refused[row_id]
        assert str(tmp_path) not in refused[row_id]  # the same on every machine
    assert corpus.manifest["refused"] == result["refused"]
    assert corpus.manifest["counts"]["refused"] == len(wanted)
    # A row that another one repeats is used all the same.
    again = {row_id for row_id in wanted if re.search("first (row|line) counts", refused[row_id])}
    left = rows(spec) - wanted.keys() | again
    assert {one.face_id for one in corpus.conversations()} == left
    assert before - wanted.keys() <= left
    with pytest.raises(InputError, match=r"; --strict ends at the first\.$") as raised:
        convert(spec, tmp_path / "strict", strict=True)
    assert any(words in str(raised.value) for words in wanted.values())


def rows(spec: str) -> set[str]:
    return {row.id for row in open_source(spec).rows(None) if isinstance(row, Row)}


FATAL: dict[str, tuple[str, Damage, str]] = {
    "a column is missing": ("fairface", swaps(FAIRFACE, "gender", "sex"), "no column gender"),
    "an attribute is missing": ("celeba", swaps("Anno/list_attr_celeba.txt", "Bangs", "Bang"),
                                "has no column Bangs"),
    "a list's column is missing": ("affectnet", swaps(AFFECTNET, ",valence,", ",v,"),
                                   "has no column valence"),
    "another delimiter": ("fairface", swaps(FAIRFACE, ",", ";"), "has no column age, file, gender"),
    "another delimiter of a table": ("csv", swaps("faces.csv", ";", "|"), "parted by commas"),
    "another delimiter in every line": ("rafdb", swaps(RAFDB, " ", ","),
                                        "None of the 7 rows of rafdb could be used"),
    "UTF-16": ("rafdb", recoded(RAFDB, "utf-16"), "is not text in UTF-8"),
    "UTF-16 in a table": ("fairface", recoded(FAIRFACE, "utf-16"), "is not a CSV file in UTF-8"),
    "Latin-1": ("csv", recoded("faces.csv", "latin-1", "\né.jpg;3;sad;true;train"),
                "is not a CSV file in UTF-8"),
    "Latin-1 behind many rows": ("maad-face", recoded("MAAD_Face.csv", "latin-1", "é,1,0\n"),
                                 "UTF-8"),
    "a table of version 7.3": ("imdb", holds("imdb/imdb.mat", mat_header(b"\x00\x02") + bytes(64)),
                               "version 7.3: open it in MATLAB and save it with -v7"),
    "a table that is no .mat": ("lfwa", holds("lfw_att_40.mat", b"not MATLAB's " * 20),
                                "is not a .mat file of version 5"),
    "half a table of cells": ("hf", broken_off("data/test-00000-of-00001.parquet"),
                              "is not a whole parquet file"),
    "labels that no task knows": (
        "csv", lambda root: write_text(root / "faces.csv", "file,Age,mood\na.jpg,3,calm\n"),
        r"knows the labels of csv \(Age, mood\): give --tasks"),
    "flags that are never true": (
        "csv", lambda root: write_text(root / "faces.csv", "file,hat\na.jpg,false\nd.jpg,false\n"),
        "none of its labels is true of any picture"),
}  # fmt: skip
"""Damage to a whole file of labels, and the words of the sentence."""


@pytest.mark.parametrize("damage", FATAL)
def test_a_bad_table_is_told_in_one_sentence_before_anything_is_written(
    damage: str, tmp_path: Path
) -> None:
    name, do, words = FATAL[damage]
    spec = BUILDERS[name](tmp_path / "data")
    do(tmp_path / "data")
    with pytest.raises(InputError, match=words) as raised:
        convert(spec, tmp_path / "c")
    assert "\n" not in str(raised.value) and str(raised.value).endswith(".")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("a .mat of version 7.3", "AFW_1_0: AFW/AFW_1_0.mat is a .mat file of version 7.3"),
        ("a column is missing", "has no column gender"),
    ],
)
def test_strict_ends_with_status_2(damage: str, words: str, tmp_path: Path) -> None:
    name, do, _ = {**LISTED, **FATAL}[damage]
    spec = BUILDERS[name](tmp_path / "data")
    do(tmp_path / "data")
    command = [sys.executable, "-m", "facelm", "convert", spec, "-o", str(tmp_path / "c")]
    run = subprocess.run([*command, "--strict"], capture_output=True, text=True, check=False)
    assert run.returncode == 2 and "Traceback" not in run.stderr
    told = run.stderr.strip().splitlines()[-1]
    assert told.startswith("facelm: ") and words in told


UNLABELLED = {
    "fairface": "train/extra.jpg", "celeba": "Img/img_align_celeba/000009.jpg",
    "rafdb": "basic/Image/aligned/train_00009_aligned.jpg", "mafw": "data/clips/00999.mp4",
    "bp4d": "2D+3D/F001/T1/9999.jpg", "csv": "extra.png",
}  # fmt: skip


@pytest.mark.parametrize(("name", "place"), UNLABELLED.items())
def test_check_finds_what_nobody_labels(name: str, place: str, tmp_path: Path) -> None:
    spec = BUILDERS[name](tmp_path / "data")
    before = check(open_source(spec))["unlabelled"]
    (tmp_path / "data" / place).write_bytes(picture(1))
    result = check(open_source(spec))
    assert (before, result["unlabelled"]) == (0, 1)
    assert place.endswith(result["problems"]["unlabelled"][0]["id"])
    assert "no row names it" in result["problems"]["unlabelled"][0]["reason"]


def test_check_says_which_pictures_convert_would_refuse(tmp_path: Path) -> None:
    spec = BUILDERS["folder"](tmp_path / "data")
    bmp(tmp_path / "data")
    old_name(tmp_path / "data")
    found = check(open_source(spec))["problems"]
    assert "is a BMP picture, which is not read" in found["unreadable"][0]["reason"]
    assert found["refused"][0]["id"] == "caf\\udce9.jpg"
