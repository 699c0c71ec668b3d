"""Sources with attributes: CelebA, LFWA and MAAD-Face in miniature."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from miniature import write_picture, write_text
from PIL import Image
from scipy.io import savemat

from facelm.errors import InputError
from facelm.sources import celeba, maad_face
from facelm.sources._dataset import Dataset
from facelm.sources.celeba import CelebA
from facelm.sources.lfwa import LFWA
from facelm.sources.maad_face import MaadFace
from facelm.types import Face, Refused, Row, Source


def rows(source: Dataset, split: str | None = None) -> list[Row]:
    return [row for row in source.rows(split) if isinstance(row, Row)]


def refusals(source: Dataset, split: str | None = None) -> dict[str, str]:
    return {row.id: row.reason for row in source.rows(split) if isinstance(row, Refused)}


def pictures(source: Dataset, split: str | None = None) -> list[Face]:
    """Faces whose pictures open."""
    found = list(source.faces(split))
    for face in found:
        assert isinstance(face, Face), face
        Image.open(io.BytesIO(face.image)).load()
    return [face for face in found if isinstance(face, Face)]


def true_of(labels: dict[str, Any]) -> set[str]:
    assert all(isinstance(value, bool) for value in labels.values())
    return {name for name, value in labels.items() if value}


# ---------------------------------------------------------------- CelebA

PARTITION = {"000001.jpg": 0, "000002.jpg": 2, "000003.jpg": 0, "000004.jpg": 1}
TRUE = {
    "000001.jpg": {"Young", "Smiling"},
    "000002.jpg": {"Male"},
    "000003.jpg": {"5_o_Clock_Shadow", "Male"},
    "000004.jpg": set(),
}


def celeba_line(name: str, true: set[str], between: str = " ") -> str:
    signs = ["1" if label in true else "-1" for label in celeba.ATTRIBUTES]
    return between.join([name, *signs])


def write_celeba(root: Path, tops: tuple[str, str] = ("Anno", "Eval"), extra: str = "") -> Path:
    """The text files; one with `extra` lines has a wrong count, as nobody minds."""
    lines = [celeba_line(name, true).replace(" 1", "  1") for name, true in TRUE.items()]
    header = f"{len(lines)}\n{' '.join(celeba.ATTRIBUTES)} \n"
    write_text(root / tops[0] / "list_attr_celeba.txt", header + "\n".join([*lines, extra]))
    codes = "".join(f"{name} {code}\n" for name, code in PARTITION.items())
    write_text(root / tops[1] / "list_eval_partition.txt", codes)
    write_text(root / tops[0] / "identity_CelebA.txt", "000001.jpg 2880\n000003.jpg 8692\n")
    return root


def write_celeba_pictures(folder: Path, suffix: str = ".jpg") -> None:
    for number, name in enumerate(PARTITION):
        write_picture(folder / f"{name[:-4]}{suffix}", number)


def test_celeba_reads_attributes_splits_and_identities(tmp_path: Path) -> None:
    write_celeba_pictures(write_celeba(tmp_path) / "Img" / "img_align_celeba")
    source = CelebA(tmp_path)
    assert isinstance(source, Source) and len(celeba.ATTRIBUTES) == 40
    assert source.splits() == ("train", "val", "test")
    assert [row.id for row in rows(source)] == [
        "000001.jpg", "000003.jpg", "000004.jpg", "000002.jpg",
    ]  # fmt: skip
    first, third = rows(source, "train")
    assert (first.split, first.subject, third.subject) == ("train", "2880", "8692")
    assert rows(source, "test")[0].subject == ""
    for row in rows(source):
        assert true_of(row.labels) == TRUE[row.id]
        assert tuple(row.labels) == celeba.ATTRIBUTES
    assert source.count() == 4 and source.count("train") == 2
    faces = pictures(source)
    assert len(faces) == 4 and all(face.cropped for face in faces)
    assert "non-commercial" in faces[0].licence


@pytest.mark.parametrize("top", ["", "celeba"])
def test_celeba_side_by_side_with_and_without_a_top_folder(tmp_path: Path, top: str) -> None:
    root = write_celeba(tmp_path / top, ("", ""))
    write_celeba_pictures(root / "img_align_celeba", ".JPG")
    assert [face.id for face in pictures(CelebA(tmp_path), "train")] == ["000001.jpg", "000003.jpg"]


def test_celeba_png_pictures_have_jpg_names_in_the_labels(tmp_path: Path) -> None:
    write_celeba_pictures(write_celeba(tmp_path) / "Img" / "img_align_celeba_png", ".png")
    (row,) = rows(CelebA(tmp_path), "val")
    assert (row.id, row.media.place) == ("000004.jpg", "Img/img_align_celeba_png/000004.png")
    assert len(pictures(CelebA(tmp_path))) == 4


def test_celeba_as_kaggle_has_it(tmp_path: Path) -> None:
    header = ",".join(["image_id", *celeba.ATTRIBUTES])
    lines = [celeba_line(name, true, ",") for name, true in TRUE.items()]
    write_text(tmp_path / "list_attr_celeba.csv", "\n".join([header, *lines]))
    codes = "".join(f"{name},{code}\n" for name, code in PARTITION.items())
    write_text(tmp_path / "list_eval_partition.csv", f"image_id,partition\n{codes}")
    write_celeba_pictures(tmp_path / "img_align_celeba" / "img_align_celeba")
    source = CelebA(tmp_path)
    assert source.splits() == ("train", "val", "test") and not refusals(source)
    assert {row.id: true_of(row.labels) for row in rows(source)} == TRUE
    assert len(pictures(source)) == 4


def test_celeba_boxes_belong_to_the_pictures_as_found_alone(tmp_path: Path) -> None:
    write_celeba_pictures(write_celeba(tmp_path) / "Img" / "img_celeba")
    write_text(
        tmp_path / "Anno" / "list_bbox_celeba.txt",
        "3\nimage_id x_1 y_1 width height\n000001.jpg    95  71 226 313\n"
        "000003.jpg 0 0 0 0\n000004.jpg a b 1 2\n",
    )
    wild = CelebA(tmp_path)
    assert [row.box for row in rows(wild)] == [(95.0, 71.0, 321.0, 384.0), None, None, None]
    assert not wild.about.cropped and not any(face.cropped for face in pictures(wild))
    write_celeba_pictures(tmp_path / "Img" / "img_align_celeba")
    aligned = CelebA(tmp_path)
    assert {row.box for row in rows(aligned)} == {None}
    assert aligned.about.cropped and rows(aligned)[0].media.place.startswith("Img/img_align_celeba")


def test_celeba_refuses_bad_rows_and_goes_on(tmp_path: Path) -> None:
    bad = [
        celeba_line("000001.jpg", set()),
        celeba_line("../000005.jpg", set()),
        celeba_line("000006.jpg", set())[:-3],
        celeba_line("000007.jpg", {"Bald"}).replace(" 1", " 0"),
        celeba_line("000008.jpg", set()),
        celeba_line("000009.jpg", set()),
        celeba_line("000010.jpg", {"Bald"}),
    ]
    root = write_celeba(tmp_path, extra="\n".join(bad))
    with (root / "Eval" / "list_eval_partition.txt").open("a") as file:
        file.write("000008.jpg 7\n000007.jpg 2\n000010.jpg 1\n")
    write_picture(root / "Img" / "img_align_celeba" / "000001.jpg")
    source = CelebA(root)
    found = refusals(source)
    assert "more than once" in found["000001.jpg"]
    assert "not like 000001.jpg" in found["../000005.jpg"]
    assert "39 values for 40" in found["000006.jpg"]
    assert "Bald is '0'" in found["000007.jpg"]
    assert "list_eval_partition" in found["000008.jpg"]
    assert "list_eval_partition" in found["000009.jpg"]
    assert [row.id for row in rows(source, "val")] == ["000004.jpg", "000010.jpg"]
    assert set(refusals(source, "test")) == {"000007.jpg"}
    assert source.count() == len(PARTITION) + len(bad)
    gone = [face for face in source.faces("val") if isinstance(face, Refused)]
    assert "no picture at Img/img_align_celeba/000004.jpg" in gone[0].reason


def test_celeba_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not CelebA: there is no list_attr_celeba"):
        CelebA(tmp_path)
    write_celeba(tmp_path)
    with pytest.raises(InputError, match=r"unpack img_align_celeba\.zip"):
        CelebA(tmp_path)
    write_celeba_pictures(tmp_path / "img_align_celeba")
    table = tmp_path / "Anno" / "list_attr_celeba.txt"
    table.write_text(table.read_text().replace("Smiling ", "Smile "))
    with pytest.raises(InputError, match="no column Smiling:"):
        CelebA(tmp_path)
    table.write_bytes(b"4\n\xff\xfe\xff")
    with pytest.raises(InputError, match="UTF-8"):
        CelebA(tmp_path)
    write_celeba(tmp_path)
    (tmp_path / "Eval" / "list_eval_partition.txt").unlink()
    with pytest.raises(InputError, match="no list_eval_partition"):
        CelebA(tmp_path)


# ---------------------------------------------------------------- LFWA

NAMES = [
    "Aaron_Eckhart\\Aaron_Eckhart_0001.jpg",
    "Abdul_Rahman\\Abdul_Rahman_0001.jpg",
    "Abdul_Rahman\\Abdul_Rahman_0002.jpg",
    "Zico\\Zico_0001.jpg",
]
LFWA_ATTRIBUTES = ["5_o_Clock_Shadow", "Male", "Young"]
VALUES = [[1, 1, 0], [0, 1, 1], [0, 1, 0], [0, 0, 0]]


def cells(texts: Sequence[str]) -> np.ndarray:
    return np.array(texts, dtype=object).reshape(-1, 1)


def write_lfwa(
    root: Path,
    names: list[str] = NAMES,
    values: Any = VALUES,
    train: Sequence[float] = (2, 3),
    test: Sequence[float] = (1, 4),
    **more: Any,
) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    variables = {
        "name": cells(names),
        "label": np.array(values, float),
        "AttrName": cells(LFWA_ATTRIBUTES),
    }
    savemat(root / "lfw_att_40.mat", {**variables, **more})
    indices = {
        "indices_img_train": np.array(train, float).reshape(-1, 1),
        "indices_img_test": np.array(test, float).reshape(-1, 1),
        "indices_identity_train": np.array([[1.0]]),
        "indices_identity_test": np.array([[2.0]]),
    }
    savemat(root / "indices_train_test.mat", indices)
    for number, name in enumerate(names):
        write_picture(root / "lfw" / name.replace("\\", "/"), number)
    return root


def test_lfwa_reads_the_table_with_rows_counted_from_one(tmp_path: Path) -> None:
    source = LFWA(write_lfwa(tmp_path))
    assert isinstance(source, Source) and source.splits() == ("train", "test")
    train, test = rows(source, "train"), rows(source, "test")
    assert [row.id for row in train] == [
        "Abdul_Rahman/Abdul_Rahman_0001.jpg", "Abdul_Rahman/Abdul_Rahman_0002.jpg",
    ]  # fmt: skip
    assert [row.subject for row in test] == ["Aaron_Eckhart", "Zico"]
    assert [true_of(row.labels) for row in train] == [{"Male", "Young"}, {"Male"}]
    assert tuple(test[0].labels) == ("5_o_Clock_Shadow", "Male", "Young")
    assert true_of(test[0].labels) == {"5_o_Clock_Shadow", "Male"}
    assert source.count() == 4 and len(pictures(source)) == 4
    assert all(face.cropped for face in pictures(source, "test"))


def test_lfwa_reads_what_savemat_makes_of_lists(tmp_path: Path) -> None:
    root = write_lfwa(tmp_path, name=NAMES, AttrName=LFWA_ATTRIBUTES)
    indices = {"indices_img_train": np.array([2.0, 3.0]), "indices_img_test": np.array([1.0, 4.0])}
    savemat(root / "indices_train_test.mat", indices)
    plain, celled = LFWA(root), LFWA(write_lfwa(tmp_path / "cells"))
    assert [(row.id, row.labels) for row in rows(plain)] == [
        (row.id, row.labels) for row in rows(celled)
    ]
    assert len(rows(plain)) == 4


def test_lfwa_reads_the_larger_table_where_it_is_named_or_alone(tmp_path: Path) -> None:
    write_lfwa(tmp_path)
    larger = {"name": cells(NAMES), "AttrName": cells(["Indian"]), "label": np.ones((4, 1))}
    savemat(tmp_path / "lfw_att_73.mat", larger)
    assert "Young" in rows(LFWA(tmp_path))[0].labels
    assert rows(LFWA(tmp_path / "lfw_att_73.mat"))[0].labels == {"Indian": True}
    (tmp_path / "lfw_att_40.mat").unlink()
    (tmp_path / "lfw").rename(tmp_path / "lfw-deepfunneled")
    assert pictures(LFWA(tmp_path))[0].labels == {"Indian": True}


def test_lfwa_refuses_bad_rows_and_goes_on(tmp_path: Path) -> None:
    names = [*NAMES, NAMES[1], "Zico\\Other_0001.jpg", "A_B\\A_B_0001.jpg", "C_D\\C_D_0001.jpg"]
    values = [*VALUES, [0, 0, 0], [0, 0, 0], [0, 0.5, 0], [0, 0, 0]]
    write_lfwa(tmp_path, names, values, train=(1, 2, 3, 5, 7), test=(1, 4, 6))
    source = LFWA(tmp_path)
    found = refusals(source)
    assert "in 2 splits" in found["Aaron_Eckhart/Aaron_Eckhart_0001.jpg"]
    assert "more than once" in found["Abdul_Rahman/Abdul_Rahman_0001.jpg"]
    assert "not like" in found["Zico/Other_0001.jpg"]
    assert "Male is 0.5" in found["A_B/A_B_0001.jpg"]
    assert "in 0 splits" in found["C_D/C_D_0001.jpg"]
    assert [row.id for row in rows(source, "test")] == ["Zico/Zico_0001.jpg"]
    assert len(rows(source, "train")) == 2 and source.count() == len(names)
    assert "Aaron_Eckhart/Aaron_Eckhart_0001.jpg" in refusals(source, "train")


def test_lfwa_tells_how_to_convert_the_published_files(tmp_path: Path) -> None:
    write_lfwa(tmp_path)
    head = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + b"\x89HDF\r\n\x1a\n"
    (tmp_path / "lfw_att_40.mat").write_bytes(head + bytes(200))
    with pytest.raises(InputError, match=r"version 7\.3: .*-v7"):
        LFWA(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"junk" * 100, b"\x89HDF\r\n\x1a\n" + bytes(200), None])
def test_lfwa_tells_damaged_files(tmp_path: Path, damage: bytes | None) -> None:
    table = write_lfwa(tmp_path) / "lfw_att_40.mat"
    table.write_bytes(table.read_bytes()[:300] if damage is None else damage)
    with pytest.raises(InputError, match=r"lfw_att_40\.mat is "):
        LFWA(tmp_path)


def test_lfwa_says_what_is_missing_or_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not LFWA"):
        LFWA(tmp_path)
    write_lfwa(tmp_path, values=np.transpose(VALUES))
    with pytest.raises(InputError, match=r"\(3, 4\).*\(4, 3\)"):
        LFWA(tmp_path)
    write_lfwa(tmp_path, label=np.full((4, 3), {"a": 1}, dtype=object))
    with pytest.raises(InputError, match="not numbers"):
        LFWA(tmp_path)
    for far in ((0, 2), (2, 5), (2, 2.5), (2, float("nan"))):
        write_lfwa(tmp_path, train=far)
        with pytest.raises(InputError, match="beyond the 4 of the labels"):
            LFWA(tmp_path)
    savemat(tmp_path / "indices_train_test.mat", {"indices_img_test": np.ones((1, 1))})
    with pytest.raises(InputError, match="no variable indices_img_train"):
        LFWA(tmp_path)
    (tmp_path / "indices_train_test.mat").unlink()
    with pytest.raises(InputError, match=r"There is no .*indices_train_test\.mat"):
        LFWA(tmp_path)
    write_lfwa(tmp_path)
    (tmp_path / "lfw").rename(tmp_path / "faces")
    with pytest.raises(InputError, match=r"unpack lfw\.zip"):
        LFWA(tmp_path)


# ---------------------------------------------------------------- MAAD-Face

MAAD = [
    ("n000001/0001_01.jpg", "test"), ("n000002/0001_01.jpg", "train"),
    ("n000002/0039_02.jpg", "train"), ("n000009/0003_01.jpg", "test"),
]  # fmt: skip


def maad_line(name: str, **signs: str) -> str:
    values = [signs.get(label, "0") for label in maad_face.ATTRIBUTES]
    return ",".join([name, name[1:7].lstrip("0"), *values])


def write_maad(root: Path, top: str = "", lines: Sequence[str] = ()) -> Path:
    header = ",".join(["Filename", "Identity", *maad_face.ATTRIBUTES])
    usual = [maad_line(name, Male="1", Young="-1", Bald="-1") for name, _ in MAAD]
    write_text(root / "MAAD_Face.csv", "\n".join([header, *usual, *lines, ""]))
    for number, (name, split) in enumerate(MAAD):
        write_picture(root / top / split / name, number)
    return root


@pytest.mark.parametrize("top", ["", "data"])
def test_maad_takes_the_split_from_the_identity_s_folder(tmp_path: Path, top: str) -> None:
    source = MaadFace(write_maad(tmp_path, top))
    assert isinstance(source, Source) and len(maad_face.ATTRIBUTES) == 47
    assert source.splits() == ("train", "test")
    assert [(row.id, row.split, row.subject) for row in rows(source)] == [
        ("n000002/0001_01.jpg", "train", "n000002"),
        ("n000002/0039_02.jpg", "train", "n000002"),
        ("n000001/0001_01.jpg", "test", "n000001"),
        ("n000009/0003_01.jpg", "test", "n000009"),
    ]
    assert (source.count(), source.count("train")) == (4, 2)
    faces = pictures(source)
    assert len(faces) == 4 and all(face.cropped for face in faces)


def test_maad_undefined_attributes_are_absent(tmp_path: Path) -> None:
    row = rows(MaadFace(write_maad(tmp_path)))[0]
    assert row.labels == {"Male": True, "Young": False, "Bald": False}


def test_maad_lists_what_is_unpacked(tmp_path: Path) -> None:
    (write_maad(tmp_path) / "train").rename(tmp_path / "elsewhere")
    source = MaadFace(tmp_path)
    assert source.splits() == ("test",) and source.count() == 2 and not refusals(source)
    assert [row.subject for row in rows(source)] == ["n000001", "n000009"]


def test_maad_refuses_bad_rows_and_goes_on(tmp_path: Path) -> None:
    bad = [
        maad_line("n000002/0001_01.jpg"),
        maad_line("n000003/0001_01.jpg"),
        maad_line("../0001_01.jpg"),
        maad_line("n000001/../x.jpg"),
        maad_line("n000001/0007_01.jpg", Bald="2"),
        maad_line("n000001/0008_01.jpg") + ",1",
        maad_line("n000001/0009_01.jpg", Bald="1"),
    ]
    source = MaadFace(write_maad(tmp_path, lines=bad))
    train, test = refusals(source, "train"), refusals(source, "test")
    assert "more than once" in train["n000002/0001_01.jpg"]
    assert "neither train/ nor test/" in train["n000003/0001_01.jpg"]
    assert "not like" in train["../0001_01.jpg"] and "not like" in test["n000001/../x.jpg"]
    assert "Bald is '2'" in test["n000001/0007_01.jpg"]
    assert "49 values for 48" in test["n000001/0008_01.jpg"]
    assert rows(source, "test")[-1].labels == {"Bald": True}
    assert source.count() == len(MAAD) + len(bad) == len(list(source.rows()))
    *_, gone = source.faces("test")
    assert isinstance(gone, Refused) and "no picture at test/n000001/0009_01.jpg" in gone.reason


def test_maad_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no .*MAAD_Face\.csv"):
        MaadFace(tmp_path)
    write_text(tmp_path / "MAAD_Face.csv", "Filename,Identity,Male\n")
    with pytest.raises(InputError, match=r"no column Young, .*Attractive"):
        MaadFace(tmp_path)
    write_text(tmp_path / "MAAD_Face.csv", ",".join(["Identity", *maad_face.ATTRIBUTES]))
    with pytest.raises(InputError, match="begin with the column Filename"):
        MaadFace(tmp_path)
    write_text(tmp_path / "MAAD_Face.csv", ",".join(["Filename", *maad_face.ATTRIBUTES]))
    with pytest.raises(InputError, match="no pictures of VGGFace2"):
        MaadFace(tmp_path)


@pytest.mark.parametrize("kind", [CelebA, LFWA, MaadFace])
def test_pictures_may_not_be_sent_or_passed_on(kind: type[Dataset]) -> None:
    about = kind.about
    assert (about.third_party, about.redistribute) == ("forbidden", False)
    assert about.tasks == ("attributes",) and set(about.published) <= {"train", "val", "test"}
    assert about.unverified and about.read_from
