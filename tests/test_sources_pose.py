"""IMDB-WIKI, 300W-LP, AFLW2000-3D and Biwi in miniature: rows, ages, signs, bad files."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from miniature import write_picture, write_text
from numpy.typing import NDArray
from PIL import Image

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._mat import read_mat
from facelm.sources.aflw2000 import AFLW2000
from facelm.sources.biwi import SUBJECTS, Biwi, pose_of
from facelm.sources.imdb_wiki import Imdb, Wiki, age_of
from facelm.sources.lp300w import LP300W
from facelm.types import Face, Refused, Row, Source

Matrix = NDArray[np.float64]


def rows(source: Dataset, split: str | None = None) -> list[Row]:
    return [row for row in source.rows(split) if isinstance(row, Row)]


def refusals(source: Dataset) -> dict[str, str]:
    return {row.id: row.reason for row in source.rows() if isinstance(row, Refused)}


def assert_pictures_open(source: Dataset) -> None:
    faces = [face for face in source.faces() if isinstance(face, Face)]
    assert faces
    for face in faces:
        assert Image.open(io.BytesIO(face.image)).size == (112, 112)


def date_number(*day: int) -> int:
    """MATLAB's datenum; 1 is 1 January of the year 0."""
    return date(*day).toordinal() + 366


# ---------------------------------------------------------------- .mat files


def mat_header(version: bytes) -> bytes:
    return b"MATLAB MAT-file".ljust(124) + version + b"IM"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (mat_header(b"\x00\x02") + bytes(64), "version 7.3: open it in MATLAB"),
        (b"not MATLAB's " * 20, "not a .mat file of version 5"),
        (b"", "not a .mat file of version 5"),
        (mat_header(b"\x00\x01") + b"\x0e\0\0\0\xff\xff\0\0", "is damaged"),
        (mat_header(b"\x00\x01"), "has no variable Pose_Para"),
    ],
)
def test_mat_files_of_another_kind_are_told_in_one_sentence(
    tmp_path: Path, data: bytes, says: str
) -> None:
    (tmp_path / "a.mat").write_bytes(data)
    with pytest.raises(InputError, match=says):
        read_mat(tmp_path / "a.mat", ("Pose_Para",))


def test_mat_file_of_version_4_is_refused(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "a.mat", {"Pose_Para": np.zeros((1, 7))}, format="4")
    with pytest.raises(InputError, match="save it in MATLAB with -v7"):
        read_mat(tmp_path / "a.mat", ("Pose_Para",))


def test_mat_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_mat(tmp_path / "a.mat", ("Pose_Para",))


@pytest.mark.parametrize("compressed", [False, True])
def test_no_damage_to_a_mat_file_does_more_than_raise(tmp_path: Path, compressed: bool) -> None:
    """Among these are types and sizes at which scipy alone ends the process or never returns."""
    path = tmp_path / "a.mat"
    cells = np.array([["17/1_a.jpg", "17/2_b.jpg"]], dtype=object)
    values = {"Pose_Para": np.zeros((1, 7)), "wiki": {"full_path": cells, "dob": np.arange(2.0)}}
    scipy.io.savemat(path, values, do_compression=compressed)
    whole = path.read_bytes()
    damaged = [whole[:size] for size in range(0, len(whole), 13)]
    damaged += [
        whole[:at] + bytes([value]) + whole[at + 1 :]
        for at in range(124, len(whole), 2)
        for value in (0, 8, 19, 255)
    ]
    refused = 0
    for data in damaged:
        path.write_bytes(data)
        try:
            read_mat(path, ("Pose_Para", "wiki"))
        except InputError:
            refused += 1
    assert refused > len(damaged) / 4


def test_whole_mat_files_are_read_as_they_were_written(tmp_path: Path) -> None:
    written: dict[str, Any] = {
        "f": np.array([[1.5, -2.5]]),
        "i": np.arange(6, dtype=np.int16).reshape(2, 3),
        "z": np.array([[1 + 2j]]),
        "text": "a name",
        "cells": np.array([["ab", "", "cde"]], dtype=object),
        "empty": np.zeros((0, 0)),
        "s": {"one": np.eye(2), "deep": {"two": np.arange(3)}},
        "other": np.array([True, False]),
    }
    for compressed in (False, True):
        scipy.io.savemat(tmp_path / "a.mat", written, do_compression=compressed)
        found = read_mat(tmp_path / "a.mat", tuple(written))
        for name in ("f", "i", "z", "empty"):
            np.testing.assert_array_equal(found[name], written[name])
        assert found["text"][0] == "a name" and found["cells"].shape == (1, 3)
        assert found["s"][0, 0]["deep"][0, 0]["two"].tolist() == [[0, 1, 2]]


# ---------------------------------------------------------------- IMDB-WIKI

CALLER = "17/10000217_1981-05-05_2009.jpg"
FIELDS = ("dob", "photo_taken", "full_path", "gender", "face_score", "second_face_score")


def person(place: str, **values: Any) -> dict[str, Any]:
    return {
        "dob": date_number(1981, 5, 5),
        "photo_taken": 2009,
        "full_path": place,
        "gender": 1.0,
        "name": "A Name",
        "face_location": np.array([[11.0, 21.0, 110.0, 120.0]]),
        "face_score": 4.3,
        "second_face_score": math.nan,
        **values,
    }


def cells(values: list[Any]) -> Any:
    column = np.empty((1, len(values)), dtype=object)
    for index, value in enumerate(values):
        column[0, index] = value
    return column


def write_meta(folder: Path, name: str, people: list[dict[str, Any]], drop: str = "") -> Path:
    table: dict[str, Any] = {}
    for field in people[0]:
        values = [one[field] for one in people]
        numeric = isinstance(values[0], int | float)
        table[field] = np.array([values]) if numeric else cells(values)
    table.pop(drop, None)
    folder.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(folder / f"{name}.mat", {name: table}, do_compression=True)
    for index, one in enumerate(people):
        if one["full_path"].startswith(("0", "1")):
            write_picture(folder / one["full_path"], index)
    return folder


def test_wiki_rows_have_age_gender_and_a_number_for_the_person(tmp_path: Path) -> None:
    people = [
        person(CALLER),
        person("48/10000548_1925-04-04_1964.jpg", dob=date_number(1925, 4, 4), photo_taken=1964),
        person("12/100012_1948-07-03_2008.jpg", dob=date_number(1948, 7, 3), photo_taken=2008),
    ]
    people[1]["gender"], people[2]["gender"] = 0.0, math.nan
    write_meta(tmp_path / "wiki_crop", "wiki", people)
    source = Wiki(tmp_path)
    assert isinstance(source, Source)
    found = {row.id: row for row in rows(source)}
    assert found[CALLER].labels == {"age": 28, "gender": "male"}
    assert found[CALLER].subject == "10000217" and found[CALLER].box is None
    assert found["48/10000548_1925-04-04_1964.jpg"].labels == {"age": 39, "gender": "female"}
    assert found["12/100012_1948-07-03_2008.jpg"].labels == {"age": 59}
    assert not any("Name" in str(row) for row in found.values())
    assert_pictures_open(source)
    assert all(face.cropped for face in source.faces() if isinstance(face, Face))


@pytest.mark.parametrize(
    ("born", "year", "age"),
    [
        ((1981, 5, 5), 2009, 28),
        ((1980, 6, 29), 1981, 1),
        ((1980, 6, 30), 1981, 0),  # the calendar says 1: the formula counts from a leap year
        ((1980, 7, 2), 1981, 0),
        ((1900, 1, 1), 2000, 100),
        ((1899, 1, 1), 2000, 101),
        ((2005, 1, 1), 2000, -1),
    ],
)
def test_age_is_the_published_formulas(born: tuple[int, ...], year: int, age: int) -> None:
    assert age_of(date_number(*born), year) == age


def test_age_of_dates_that_are_none() -> None:
    assert age_of(math.nan, 2000) is None and age_of(700000, math.nan) is None
    assert age_of(-1e12, 2000) == 9999  # not within 0 to 100, and no crash


def test_imdb_splits_by_celeb_id_and_refuses_with_the_reason(tmp_path: Path) -> None:
    bad: dict[str, dict[str, Any]] = {
        "no face was found": {"face_score": -math.inf},
        "a second face": {"second_face_score": 2.1},
        "the age 109": {"dob": date_number(1900, 1, 1)},
        "the age -1": {"dob": date_number(2015, 1, 1)},
        "there is no age": {"photo_taken": math.nan},
        "the gender '2'": {"gender": 2.0},
    }
    people = [person(f"0{n % 3}/nm{n}_rm1.jpg", celeb_id=n // 2 + 1) for n in range(40)]
    people += [person(f"09/nm{n}_rm2.jpg", celeb_id=1, **one) for n, one in enumerate(bad.values())]
    people += [person("00/nm0_rm1.jpg", celeb_id=7), person("../nm_rm.jpg", celeb_id=1)]
    for one in people:
        one["photo_taken"] = float(one["photo_taken"])
    write_meta(tmp_path, "imdb", people)
    source = Imdb(tmp_path)
    splits = {row.subject: row.split for row in rows(source)}
    assert set(source.splits()) == {"train", "val", "test"} and len(splits) == 20
    for row in rows(source):
        assert row.split == splits[row.subject]
    found = refusals(source)
    for reason, place in zip(bad, (f"09/nm{n}_rm2.jpg" for n in range(6)), strict=True):
        assert reason in found[place]
    assert "more than once" in found["00/nm0_rm1.jpg"] and "no path" in found["../nm_rm.jpg"]
    assert len(rows(source)) == 40 and source.count() == 48 == len(list(source.rows()))
    assert source.count("test") == len(list(source.rows("test")))


def test_imdb_keeps_the_files_order_within_a_split(tmp_path: Path) -> None:
    people = [person(f"0{n}/nm{9 - n}_rm1.jpg", celeb_id=1) for n in range(9)]
    write_meta(tmp_path, "imdb", people)
    assert [row.id for row in rows(Imdb(tmp_path))] == [one["full_path"] for one in people]


def test_whole_pictures_have_a_box_and_are_no_crops(tmp_path: Path) -> None:
    write_meta(tmp_path / "wiki", "wiki", [person(CALLER)])
    source = Wiki(tmp_path)
    (row,) = rows(source)
    assert row.box == (10, 20, 110, 120)
    (face,) = source.faces()
    assert isinstance(face, Face) and not face.cropped


def test_a_picture_that_is_gone_is_left_to_its_media(tmp_path: Path) -> None:
    write_meta(tmp_path, "wiki", [person(CALLER)])
    (tmp_path / CALLER).unlink()
    (row,) = rows(Wiki(tmp_path))
    assert CALLER in str(row.media.missing())
    (face,) = Wiki(tmp_path).faces()
    assert isinstance(face, Refused)


def test_imdb_wiki_says_what_is_wrong_with_the_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no wiki\.mat in .*wiki_crop\.tar"):
        Wiki(tmp_path)
    write_meta(tmp_path, "wiki", [person(CALLER)], drop="photo_taken")
    with pytest.raises(InputError, match="no field photo_taken in 'wiki'"):
        Wiki(tmp_path)
    scipy.io.savemat(tmp_path / "wiki.mat", {"imdb": np.zeros(3)})
    with pytest.raises(InputError, match="no variable wiki"):
        Wiki(tmp_path)
    columns = {field: np.zeros((1, 2)) for field in (*FIELDS, "face_location")}
    scipy.io.savemat(tmp_path / "wiki.mat", {"wiki": {**columns, "dob": np.zeros((1, 3))}})
    with pytest.raises(InputError, match="different lengths"):
        Wiki(tmp_path)
    scipy.io.savemat(tmp_path / "wiki.mat", {"wiki": {**columns, "dob": cells(["a", "b"])}})
    with pytest.raises(InputError, match="holds no numbers"):
        Wiki(tmp_path)


# ---------------------------------------------------------------- 300W-LP and AFLW2000-3D

POINTS = np.stack([np.arange(68.0), np.arange(68.0) + 0.5, np.ones(68)])


def write_pair(
    place: Path, pose: tuple[float, float, float] = (0.0, 0.0, 0.0), **more: Any
) -> None:
    """A picture and its .mat; `pose` is pitch, yaw, roll in degrees and in the dataset's signs."""
    write_picture(place.with_suffix(".jpg"))
    para = np.array([[*np.radians(pose), 61.0, 284.0, -66.7, 0.001]])
    points = {"pt2d": POINTS[:2], "pt3d_68": POINTS}
    scipy.io.savemat(place.with_suffix(".mat"), {"Pose_Para": para, **points, **more})


@pytest.mark.parametrize("top", ["", "300W_LP"])
def test_300w_lp_rows_of_all_folders_with_pose_and_landmarks(tmp_path: Path, top: str) -> None:
    root = tmp_path / top
    write_pair(root / "AFW/AFW_134212_1_0", (10, 20, -5))
    write_pair(root / "AFW_Flip/AFW_134212_1_0", (10, -20, 5))
    write_pair(root / "HELEN/HELEN_1030333538_1_12", (-3, -60, 0))
    write_pair(root / "LFPW/LFPW_image_train_0001_3")
    write_pair(root / "landmarks/AFW/AFW_134212_1_0_pts")
    write_pair(root / "Code/Mex_0")
    write_text(root / "AFW/._AFW_134212_1_0.mat", "what a Mac leaves")
    source = LP300W(tmp_path)
    assert isinstance(source, Source)
    found = {row.id: row for row in rows(source)}
    assert list(found) == [
        row.id for split in source.splits() for row in rows(source, split)
    ] and set(found) == {
        "AFW/AFW_134212_1_0",
        "AFW_Flip/AFW_134212_1_0",
        "HELEN/HELEN_1030333538_1_12",
        "LFPW/LFPW_image_train_0001_3",
    }
    row = found["AFW/AFW_134212_1_0"]
    assert row.labels == {"yaw": -20.0, "pitch": 10.0, "roll": -5.0}
    assert row.subject == "AFW_134212_1" == found["AFW_Flip/AFW_134212_1_0"].subject
    assert row.landmarks is not None and row.landmarks[3] == (3.0, 3.5)
    assert len(row.landmarks) == 68
    still = found["LFPW/LFPW_image_train_0001_3"].labels
    assert str(still) == "{'yaw': 0.0, 'pitch': 0.0, 'roll': 0.0}"  # not -0.0
    assert_pictures_open(source)


def turns(axis: str, degrees: float) -> Matrix:
    """Counter-clockwise about an axis that points at the one who looks."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = c
    matrix[first, second], matrix[second, first] = -s, s
    return matrix


def seen(right: Matrix, forward: Matrix) -> set[str]:
    """Where a head looks and leans, of its own axes in the picture (x right, y down)."""
    found = set()
    if abs(forward[0]) > 0.1:
        found.add("right" if forward[0] > 0 else "left")
    if abs(forward[1]) > 0.1:
        found.add("down" if forward[1] > 0 else "up")
    if abs(right[1]) > 0.1:
        found.add("clockwise" if right[1] > 0 else "anticlockwise")
    return found


def said(labels: dict[str, Any]) -> set[str]:
    """The same of the house's signs, as `facelm.types.Evidence` has them."""
    signs = {
        "yaw": ("left", "right"),
        "pitch": ("down", "up"),
        "roll": ("anticlockwise", "clockwise"),
    }
    return {signs[name][value > 0] for name, value in labels.items() if abs(value) > 5}


@pytest.mark.parametrize("pose", [(20, 0, 0), (-20, 0, 0), (0, 40, 0), (0, -40, 0), (0, 0, 25)])
def test_signs_of_300w_lp_are_the_face_models(tmp_path: Path, pose: tuple[int, ...]) -> None:
    """3DDFA turns a model that looks along z, y up, by Rx·Ry·Rz of the negative angles."""
    pitch, yaw, roll = pose
    write_pair(tmp_path / "IBUG/IBUG_image_003_1_0", (pitch, yaw, roll))
    (row,) = rows(LP300W(tmp_path))
    model = turns("x", -pitch) @ turns("y", -yaw) @ turns("z", -roll)
    to_picture = np.diag([1.0, -1.0, 1.0])
    looks = seen(to_picture @ model[:, 0], to_picture @ model[:, 2])
    assert said(row.labels) == looks and looks


def test_300w_lp_keeps_all_turns_of_a_photograph_in_one_split(tmp_path: Path) -> None:
    for number in range(30):
        for turn in (0, 7, 16):
            for folder in ("HELEN", "HELEN_Flip"):
                write_text(tmp_path / folder / f"HELEN_{number}_1_{turn}.mat", "")
    source = LP300W(tmp_path)
    assert source.splits() == ("train", "val", "test")
    ids = [{row.id.split("/")[1] for row in source.rows(split)} for split in source.splits()]
    photographs = [{name.rpartition("_")[0] for name in names} for names in ids]
    assert sum(map(len, photographs)) == 30
    assert source.count() == 180 and source.count("val") == 6 * len(photographs[1])


def test_300w_lp_refuses_rows_with_the_reason(tmp_path: Path) -> None:
    write_pair(tmp_path / "AFW/AFW_1_1_0", (0, 100, 0))
    write_pair(tmp_path / "AFW/AFW_1_1_1", (0, 99, 0))
    write_pair(tmp_path / "AFW/AFW_1_1_2", (0, math.nan, 0))
    write_pair(tmp_path / "AFW/AFW_1_1_3", Pose_Para="none")
    write_pair(tmp_path / "AFW/oddname")
    write_picture(tmp_path / "AFW/AFW_1_1_4.jpg")
    write_text(tmp_path / "AFW/AFW_1_1_5.mat", "no MATLAB")
    scipy.io.savemat(tmp_path / "AFW/AFW_1_1_6.mat", {"pt2d": POINTS})
    source = LP300W(tmp_path)
    found = refusals(source)
    assert "yaw -100, pitch 0 or roll 0 is beyond 99 degrees" in found["AFW/AFW_1_1_0"]
    for number in (2, 3):
        assert "three angles" in found[f"AFW/AFW_1_1_{number}"]
    assert "number of a turn" in found["AFW/oddname"]
    assert "AFW_1_1_4.mat is gone" in found["AFW/AFW_1_1_4"]
    assert "not a .mat file of version 5" in found["AFW/AFW_1_1_5"]
    assert "no variable Pose_Para" in found["AFW/AFW_1_1_6"]
    assert [row.id for row in rows(source)] == ["AFW/AFW_1_1_1"]
    assert source.count() == len(list(source.rows())) == 8


def test_300w_lp_reads_matrices_that_matlab_stored_as_integers(tmp_path: Path) -> None:
    whole = np.zeros((1, 7), np.uint8)
    write_pair(tmp_path / "AFW/AFW_1_1_0", Pose_Para=whole, pt2d=POINTS[:2].astype(np.uint8))
    write_pair(tmp_path / "AFW/AFW_1_1_1", pt2d=np.zeros((2, 21)))
    first, second = rows(LP300W(tmp_path))
    assert first.labels["yaw"] == 0 and first.landmarks is not None
    assert second.landmarks is None


def test_300w_lp_leaves_a_picture_that_is_gone_to_its_media(tmp_path: Path) -> None:
    write_pair(tmp_path / "AFW/AFW_1_1_0")
    (tmp_path / "AFW/AFW_1_1_0.jpg").rename(tmp_path / "AFW/AFW_1_1_0.JPG")
    (row,) = rows(LP300W(tmp_path))
    assert row.media.missing() is None  # whatever the case of its suffix
    (tmp_path / "AFW/AFW_1_1_0.JPG").unlink()
    (row,) = rows(LP300W(tmp_path))
    assert "AFW/AFW_1_1_0.jpg" in str(row.media.missing())


@pytest.mark.parametrize("top", ["", "AFLW2000"])
def test_aflw2000_is_one_split_to_test_on(tmp_path: Path, top: str) -> None:
    write_pair(tmp_path / top / "image00004", (-12, 35, 8))
    write_pair(tmp_path / top / "image00002", (3, -70, 0), pt2d=-np.ones((2, 21)))
    write_pair(tmp_path / top / "image00021", (170, 20, -130))
    write_pair(tmp_path / top / "Code/image00099")
    write_picture(tmp_path / top / "thumbnail.jpg")
    source = AFLW2000(tmp_path)
    assert isinstance(source, Source) and source.splits() == ("test",)
    first, second = rows(source, "test")
    assert (first.id, first.labels) == ("image00002", {"yaw": 70.0, "pitch": 3.0, "roll": 0.0})
    assert (second.id, second.labels) == ("image00004", {"yaw": -35.0, "pitch": -12.0, "roll": 8.0})
    assert second.landmarks is not None and second.landmarks[67] == (67.0, 67.5)
    assert "beyond 99 degrees" in refusals(source)["image00021"]
    assert source.count() == 3 and first.subject == ""
    assert_pictures_open(source)


@pytest.mark.parametrize(
    ("source", "says"),
    [(LP300W, "is not 300W-LP"), (AFLW2000, "is not AFLW2000-3D"), (Biwi, "is not the Biwi")],
)
def test_a_folder_without_the_layout_is_told(
    tmp_path: Path, source: Callable[[Path], Dataset], says: str
) -> None:
    write_picture(tmp_path / "photo.jpg")
    with pytest.raises(InputError, match=says):
        source(tmp_path)
    with pytest.raises(InputError, match=says):
        source(tmp_path / "photo.jpg")


# ---------------------------------------------------------------- Biwi

CENTRE = "43.4019 -30.7038 906.864"


def write_frame(place: Path, rotation: Matrix, suffix: str = "png") -> None:
    lines = [" ".join(f"{value:.6g}" for value in row) + " " for row in rotation]
    write_text(place.parent / f"{place.name}_pose.txt", "\n".join([*lines, "", CENTRE, ""]))
    write_picture(place.parent / f"{place.name}_rgb.{suffix}")


@pytest.mark.parametrize(("top", "suffix"), [("", "jpg"), ("hpdb", "png"), ("faces_0", "png")])
def test_biwi_rows_by_sequence_and_frame(tmp_path: Path, top: str, suffix: str) -> None:
    for place in ("02/frame_00004", "02/frame_00003", "21/frame_00003", "16/frame_00010"):
        write_frame(tmp_path / top / place, np.eye(3), suffix)
    write_text(tmp_path / top / "02/depth.cal", "575.816 0 320")
    write_text(tmp_path / top / "02/frame_00003_depth.bin", "")
    write_frame(tmp_path / top / "25/frame_00003", np.eye(3))
    source = Biwi(tmp_path)
    assert isinstance(source, Source)
    found = rows(source)
    assert [row.id for row in found if row.subject == "F02"] == [
        "02/frame_00003", "02/frame_00004", "21/frame_00003",
    ]  # fmt: skip
    assert len({row.split for row in found if row.subject == "F02"}) == 1
    assert len(found) == 4 == source.count() and not refusals(source)
    assert found[0].labels == {"yaw": 0.0, "pitch": 0.0, "roll": 0.0}
    assert {row.media.place.rpartition(".")[2] for row in found} == {suffix}
    assert_pictures_open(source)


def test_biwi_is_split_by_person_who_can_have_two_sequences(tmp_path: Path) -> None:
    for sequence in SUBJECTS:
        write_frame(tmp_path / sequence / "frame_00003", np.eye(3))
    source = Biwi(tmp_path)
    assert source.splits() == ("train", "val", "test")
    people = [{row.subject for row in rows(source, split)} for split in source.splits()]
    assert sum(map(len, people)) == 20 == len(set().union(*people))
    assert sum(source.count(split) for split in source.splits()) == 24 == source.count()


@pytest.mark.parametrize(
    ("axis", "degrees", "labels"),
    [("y", -20, {"yaw": 20.0}), ("x", -15, {"pitch": 15.0}), ("z", 10, {"roll": 10.0})],
)
def test_signs_of_biwi_are_the_cameras(axis: str, degrees: float, labels: dict[str, float]) -> None:
    """The camera's x points right, y down, z away; a head at rest looks at it, along −z."""
    rotation = turns(axis, degrees)
    found = pose_of(rotation.tolist())
    assert found == {"yaw": 0.0, "pitch": 0.0, "roll": 0.0, **labels}
    assert said(found) == seen(rotation[:, 0], -rotation[:, 2])


def test_a_pose_of_the_datasets_card_comes_out_as_public_loaders_have_it() -> None:
    """With yaw the other way round: theirs is 9.33."""
    rotation = [
        [0.980639, 0.109899, 0.162077],
        [-0.11023, 0.993882, -0.00697376],
        [-0.161851, -0.011027, 0.986754],
    ]
    assert pose_of(rotation) == {"yaw": -9.33, "pitch": -0.4, "roll": -6.39}


def test_poses_of_biwi_and_300w_lp_mean_the_same_angles(tmp_path: Path) -> None:
    """The model's axes (y up, z to the camera) turned into the camera's (y down, z away)."""
    model = turns("x", -25) @ turns("y", -40) @ turns("z", -15)
    flip = np.diag([1.0, -1.0, -1.0])
    write_pair(tmp_path / "AFW/AFW_1_1_0", (25, 40, 15))
    (row,) = rows(LP300W(tmp_path))
    assert pose_of((flip @ model @ flip).tolist()) == row.labels == {
        "yaw": -40.0, "pitch": 25.0, "roll": 15.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "1 0 0\n0 1 0\n0 0 1\n", f"1 0 0\n0 1 0\n0 0 -1\n\n{CENTRE}\n", "nan " * 12,
     f"2 0 0\n0 2 0\n0 0 2\n\n{CENTRE}\n", f"1 0 0\n0 1 0\n0 0 one\n\n{CENTRE}\n", "\xe9"],
)  # fmt: skip
def test_biwi_refuses_what_is_no_rotation(tmp_path: Path, text: str) -> None:
    write_frame(tmp_path / "01/frame_00003", np.eye(3))
    write_text(tmp_path / "01/frame_00004_pose.txt", text)
    source = Biwi(tmp_path)
    assert "rotation matrix and a centre" in refusals(source)["01/frame_00004"]
    assert [row.id for row in rows(source)] == ["01/frame_00003"]


def test_biwi_refuses_a_picture_without_a_pose_and_keeps_a_pose_without_a_picture(
    tmp_path: Path,
) -> None:
    write_frame(tmp_path / "01/frame_00003", np.eye(3))
    write_picture(tmp_path / "01/frame_00005_rgb.png")
    (tmp_path / "01/frame_00003_rgb.png").unlink()
    source = Biwi(tmp_path)
    assert "01/frame_00005_pose.txt is gone" in refusals(source)["01/frame_00005"]
    (row,) = rows(source)
    assert "01/frame_00003_rgb.png" in str(row.media.missing())
    assert source.count() == 2


# ---------------------------------------------------------------- what is told of them


@pytest.mark.parametrize("source", [Imdb, Wiki, LP300W, AFLW2000, Biwi])
def test_what_is_told_of_a_dataset_is_on_the_safe_side(source: type[Dataset]) -> None:
    about = source.about
    assert about.third_party == "forbidden" and not about.redistribute
    assert about.read_from and about.unverified and about.ask_at
