"""AffectNet: the lists with all manual annotations, and the release of npy files."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from miniature import write_picture, write_text
from PIL import Image

from facelm.errors import InputError
from facelm.sources.affectnet import AffectNet
from facelm.types import Face, Refused, Row

HEADER = (
    "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,"
    "valence,arousal"
)
POINTS = ";".join(f"{number}.5;{number}.25" for number in range(68))


def listed(place: str, expression: object, valence: object = 0.5, arousal: object = -0.25) -> str:
    return f"{place},10,20,80,70,{POINTS},{expression},{valence},{arousal}"


def manual(folder: Path, lines: list[str], pictures: str = "Manually_Annotated_Images") -> Path:
    write_text(
        folder / "Manually_Annotated_file_lists" / "training.csv", "\n".join([HEADER, *lines])
    )
    write_text(
        folder / "Manually_Annotated_file_lists" / "validation.csv",
        "\n".join([HEADER, listed("9/v.jpg", 7, -0.75, 0.5)]),
    )
    write_picture(folder / pictures / "1" / "a.jpg", 1)
    write_picture(folder / pictures / "9" / "v.jpg", 2)
    return folder


def annotate(folder: Path, number: int, **values: object) -> None:
    (folder / "annotations").mkdir(parents=True, exist_ok=True)
    for kind, value in values.items():
        np.save(folder / "annotations" / f"{number}_{kind}.npy", np.asarray(value))


def released(folder: Path) -> Path:
    for name in ("train_set", "val_set"):
        for number in (2, 10):
            write_picture(folder / name / "images" / f"{number}.jpg", number)
            annotate(
                folder / name, number, exp="1", val="-0.5", aro="0.25",
                lnd=np.arange(136, dtype=np.float64),
            )  # fmt: skip
    return folder


def usable(source: AffectNet, split: str | None = None) -> list[Row]:
    return [row for row in source.rows(split) if isinstance(row, Row)]


def refusals(source: AffectNet, split: str | None = None) -> dict[str, str]:
    return {row.id: row.reason for row in source.rows(split) if isinstance(row, Refused)}


# ---------------------------------------------------------------- the lists


@pytest.mark.parametrize(
    "pictures",
    [
        "Manually_Annotated_Images",
        "Manually_Annotated/Manually_Annotated_Images",
        "Manually_Annotated_compressed/Manually_Annotated_Images",
    ],
)
def test_lists_give_labels_box_and_landmarks(tmp_path: Path, pictures: str) -> None:
    source = AffectNet(manual(tmp_path, [listed("1/a.jpg", 3)], pictures))
    assert source.splits() == ("train", "val")
    train, val = usable(source)
    assert (train.id, train.split, val.id, val.split) == ("1/a.jpg", "train", "9/v.jpg", "val")
    assert train.labels == {"expression": "Surprise", "valence": 0.5, "arousal": -0.25}
    assert val.labels == {"expression": "Contempt", "valence": -0.75, "arousal": 0.5}
    assert train.box == (10, 20, 90, 90)
    assert train.landmarks is not None and len(train.landmarks) == 68
    assert train.landmarks[3] == (3.5, 3.25)


def test_lists_beside_the_pictures_folder_and_their_faces_open(tmp_path: Path) -> None:
    manual(tmp_path, [listed("1/a.jpg", 0)])
    for name in ("training.csv", "validation.csv"):
        (tmp_path / "Manually_Annotated_file_lists" / name).rename(tmp_path / name)
    source = AffectNet(tmp_path)
    faces = [face for face in source.faces() if isinstance(face, Face)]
    assert [face.labels["expression"] for face in faces] == ["Neutral", "Contempt"]
    for face in faces:
        assert Image.open(io.BytesIO(face.image)).size == (112, 112)
        assert not face.cropped and face.landmarks is not None and face.source == "affectnet"


def test_rows_without_an_expression_are_refused_with_the_annotators_word(tmp_path: Path) -> None:
    lines = [listed(f"1/{n}.jpg", n, -2, -2) for n in (8, 9, 10)]
    found = refusals(AffectNet(manual(tmp_path, lines)), "train")
    assert "(None)" in found["1/8.jpg"]
    assert "(Uncertain)" in found["1/9.jpg"]
    assert "(No-Face)" in found["1/10.jpg"]


def test_minus_two_is_no_valence_and_no_arousal(tmp_path: Path) -> None:
    lines = [listed("1/a.jpg", 4, -2, 0.5), listed("1/b.jpg", 4, -1, -2)]
    first, second = usable(AffectNet(manual(tmp_path, lines)), "train")
    assert first.labels == {"expression": "Fear", "arousal": 0.5}
    assert second.labels == {"expression": "Fear", "valence": -1.0}


def test_bad_rows_are_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [
        listed("1/a.jpg", 1),
        listed("1/a.jpg", 2),
        listed("1/b.jpg", 11),
        listed("1/c.jpg", "happy"),
        listed("1/d.jpg", 1, 1.5),
        listed("../e.jpg", 1),
        listed("/f.jpg", 1),
        listed("1/g.jpg", 1).replace(";67.5;67.25", ""),
        listed("1/h.jpg", 1).replace("67.5", "x"),
        listed("1/i.jpg", 1, "nan"),
        listed("", 1),
        "1/j.jpg,10,20",
        listed("1/k.jpg", 6).replace(",10,20,80,70,", ",NULL,NULL,NULL,NULL,"),
    ]
    source = AffectNet(manual(tmp_path, lines))
    found = refusals(source, "train")
    assert [row.id for row in usable(source, "train")] == ["1/a.jpg", "1/k.jpg"]
    assert usable(source, "train")[1].box is None
    assert "more than once" in found["1/a.jpg"]
    assert "'11' is not a number from 0 to 10" in found["1/b.jpg"]
    assert "'happy' is not a number" in found["1/c.jpg"]
    assert "valence '1.5'" in found["1/d.jpg"]
    assert "no path below" in found["../e.jpg"] and "no path below" in found["/f.jpg"]
    assert "134 numbers for 68 landmarks" in found["1/g.jpg"]
    assert "landmark 'x'" in found["1/h.jpg"]
    assert "valence 'nan'" in found["1/i.jpg"]
    assert "no path" in found["training.csv, line 12"]
    assert "1/j.jpg" in found
    assert source.count("train") == len(lines)


def test_a_picture_that_is_gone_is_told_when_it_is_wanted(tmp_path: Path) -> None:
    source = AffectNet(manual(tmp_path, [listed("1/gone.jpg", 1)]))
    (row,) = usable(source, "train")
    assert "1/gone.jpg" in str(row.media.missing())
    (face,) = source.faces("train")
    assert isinstance(face, Refused) and face.id == "1/gone.jpg"


def test_lists_without_a_column_or_without_pictures(tmp_path: Path) -> None:
    manual(tmp_path, [listed("1/a.jpg", 1)])
    (tmp_path / "Manually_Annotated_Images").rename(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="unpack them"):
        AffectNet(tmp_path)
    write_text(
        tmp_path / "Manually_Annotated_file_lists" / "training.csv", HEADER.replace("valence,", "")
    )
    with pytest.raises(InputError, match="no column valence"):
        AffectNet(tmp_path)


def test_another_folder_is_not_affectnet(tmp_path: Path) -> None:
    write_picture(tmp_path / "train" / "1.jpg")
    with pytest.raises(InputError, match="is not AffectNet: give the folder"):
        AffectNet(tmp_path)


# ---------------------------------------------------------------- the npy release


def test_npy_release_is_read_in_the_order_of_the_numbers(tmp_path: Path) -> None:
    source = AffectNet(released(tmp_path))
    assert source.splits() == ("train", "val")
    rows = usable(source)
    assert [row.id for row in rows] == [
        "train_set/2", "train_set/10", "val_set/2", "val_set/10",
    ]  # fmt: skip
    assert rows[0].labels == {"expression": "Happy", "valence": -0.5, "arousal": 0.25}
    assert rows[0].landmarks is not None and rows[0].landmarks[67] == (134.0, 135.0)
    faces = [face for face in source.faces("val") if isinstance(face, Face)]
    assert len(faces) == 2 and all(face.cropped and face.split == "val" for face in faces)
    assert Image.open(io.BytesIO(faces[0].image)).format == "JPEG"


@pytest.mark.parametrize("value", ["6", b"6", 6, 6.0, [6], np.array("6", dtype="<U5")])
def test_npy_values_may_be_words_or_numbers(tmp_path: Path, value: object) -> None:
    annotate(released(tmp_path) / "train_set", 2, exp=value)
    assert usable(AffectNet(tmp_path), "train")[0].labels["expression"] == "Anger"


def test_npy_labels_that_are_not_there_are_absent(tmp_path: Path) -> None:
    folder = released(tmp_path) / "train_set"
    annotate(folder, 2, val="-2")
    for kind in ("aro", "lnd"):
        (folder / "annotations" / f"2_{kind}.npy").unlink()
    row = usable(AffectNet(tmp_path), "train")[0]
    assert row.labels == {"expression": "Happy"} and row.landmarks is None


def test_npy_files_that_are_none_are_refused_without_being_run(tmp_path: Path) -> None:
    folder = released(tmp_path) / "train_set"
    annotations = folder / "annotations"
    for number in range(3, 9):
        annotate(folder, number, exp="1", val="0", aro="0")
    (annotations / "3_exp.npy").write_bytes(b"")
    (annotations / "4_exp.npy").write_bytes(b"\x93NUMPY and no more")
    np.save(annotations / "5_exp.npy", np.array([{"a": 1}], dtype=object))
    np.savez(annotations / "6.npz", exp=1)
    (annotations / "6.npz").rename(annotations / "6_exp.npy")
    np.save(annotations / "7_exp.npy", np.zeros(100_000))
    annotate(folder, 8, exp="8")
    (annotations / "notes.txt").write_text("no annotation")
    source = AffectNet(tmp_path)
    found = refusals(source, "train")
    for number in (3, 4, 5, 6, 7):
        assert f"annotations/{number}_exp.npy is not an npy file" in found[f"train_set/{number}"]
    assert "(None)" in found["train_set/8"]
    assert [row.id for row in usable(source, "train")] == ["train_set/2", "train_set/10"]


def test_published_counts_follow_the_layout(tmp_path: Path) -> None:
    lists = AffectNet(manual(tmp_path / "a", [listed("1/a.jpg", 1)])).about
    crops = AffectNet(released(tmp_path / "b")).about
    assert lists.published["val"] == 5_500 and crops.published["val"] == 4_000
    counted = crops.published_labels["train/expression"]
    assert sum(counted.values()) == crops.published["train"] == 287_651
