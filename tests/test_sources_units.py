"""DISFA and BP4D: action units by frame, folds without a common subject, frames of videos."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from miniature import write_picture, write_text, write_video
from PIL import Image

from facelm.errors import InputError
from facelm.sources._action_units import (
    BP4D_FOLDS,
    DISFA_FOLDS,
    FACS_NAMES,
    Folds,
    fold_of,
    numbered,
)
from facelm.sources.bp4d import BP4D
from facelm.sources.bp4d import UNITS as BP4D_UNITS
from facelm.sources.disfa import UNITS as DISFA_UNITS
from facelm.sources.disfa import Disfa, occurs
from facelm.types import Face, Refused, Row, Source


def rows(source: Source, split: str | None = None) -> list[Row]:
    return [row for row in source.rows(split) if isinstance(row, Row)]


def refusals(source: Source, split: str | None = None) -> dict[str, str]:
    return {row.id: row.reason for row in source.rows(split) if isinstance(row, Refused)}


def opened(source: Source, split: str | None = None) -> dict[str, Image.Image]:
    """Pictures by id, of the rows whose pixels are there."""
    return {
        face.id: Image.open(io.BytesIO(face.image)).convert("RGB")
        for face in source.faces(split)
        if isinstance(face, Face)
    }


# ---------------------------------------------------------------- what both share


@pytest.mark.parametrize(("folds", "sizes"), [(DISFA_FOLDS, [9, 9, 9]), (BP4D_FOLDS, [14, 14, 13])])
def test_folds_share_no_subject(folds: Folds, sizes: list[int]) -> None:
    subjects = [subject for fold in folds.values() for subject in fold]
    assert list(folds) == ["fold1", "fold2", "fold3"]
    assert [len(fold) for fold in folds.values()] == sizes
    assert len(set(subjects)) == len(subjects) == sum(sizes)


def test_folds_are_the_parts_of_public_code() -> None:
    assert fold_of("SN030", DISFA_FOLDS) == fold_of("F001", BP4D_FOLDS) == "fold1"
    assert fold_of("SN013", DISFA_FOLDS) == fold_of("M013", BP4D_FOLDS) == "fold2"
    assert fold_of("SN004", DISFA_FOLDS) == fold_of("F014", BP4D_FOLDS) == "fold3"
    assert fold_of("SN014", DISFA_FOLDS) is None


def test_every_unit_has_its_name_in_facs() -> None:
    assert set(FACS_NAMES) == {*DISFA_UNITS, *BP4D_UNITS}
    assert FACS_NAMES[12] == "Lip Corner Puller"


def test_frames_are_told_by_their_number_however_it_is_padded(tmp_path: Path) -> None:
    for name in ("0017.jpg", "18.PNG", "LeftVideoSN001_comp_0019.png", "notes.txt", "face.jpg"):
        (tmp_path / name).touch()
    assert numbered(tmp_path) == {
        17: "0017.jpg",
        18: "18.PNG",
        19: "LeftVideoSN001_comp_0019.png",
    }
    assert numbered(tmp_path / "gone") == {}


# ---------------------------------------------------------------- disfa


def disfa_labels(root: Path, subject: str, **units: str) -> Path:
    """Label files by unit, such as `au12="1,0\\n2,3\\n"`."""
    for unit, text in units.items():
        write_text(root / "ActionUnit_Labels" / subject / f"{subject}_{unit}.txt", text)
    return root


def disfa_video(root: Path, subject: str, frames: int) -> Path:
    name = f"LeftVideo{subject}_comp.avi"
    return write_video(root / "Videos_LeftCamera" / name, frames=frames)


@pytest.fixture
def disfa(tmp_path: Path) -> Path:
    disfa_labels(tmp_path, "SN001", au1="1,0\n2,2\n3,5\n", au12="1,1\n2,0\n3,4\n")
    disfa_labels(tmp_path, "SN013", au25="1,3\r\n\r\n")
    disfa_video(tmp_path, "SN001", frames=3)
    disfa_video(tmp_path, "SN013", frames=1)
    return tmp_path


def test_disfa_has_a_row_per_frame_with_intensities(disfa: Path) -> None:
    source = Disfa(disfa)
    assert isinstance(source, Source)
    assert source.splits() == ("fold1", "fold2")
    found = rows(source)
    assert [row.id for row in found] == ["SN001/1", "SN001/2", "SN001/3", "SN013/1"]
    assert [row.labels for row in found] == [
        {"AU1": 0, "AU12": 1}, {"AU1": 2, "AU12": 0}, {"AU1": 5, "AU12": 4}, {"AU25": 3},
    ]  # fmt: skip
    assert [row.split for row in found] == ["fold1", "fold1", "fold1", "fold2"]
    assert found[0].subject == "SN001" and found[3].subject == "SN013"
    assert source.count("fold2") == 1


def test_disfa_labels_count_from_one_and_videos_from_zero(disfa: Path) -> None:
    source = Disfa(disfa)
    places = [row.media.place for row in rows(source, "fold1")]
    assert places == [f"Videos_LeftCamera/LeftVideoSN001_comp.avi#{n}" for n in (0, 1, 2)]
    assert [row.media.missing() for row in rows(source)] == [None] * 4
    assert list(opened(source)) == ["SN001/1", "SN001/2", "SN001/3", "SN013/1"]


def test_disfa_label_without_a_frame_in_the_video_is_told(disfa: Path) -> None:
    disfa_labels(disfa, "SN001", au1="1,0\n2,2\n3,5\n4,5\n")
    *seen, last = Disfa(disfa).faces("fold1")
    assert all(isinstance(face, Face) for face in seen) and len(seen) == 3
    assert isinstance(last, Refused) and last.id == "SN001/4"
    assert "no frame 3" in last.reason


@pytest.mark.parametrize(
    ("folder", "form", "first"),
    [
        ("img/SN001", "{}.png", 0),
        ("SN001", "{}.jpg", 0),
        ("images/LeftVideoSN001", "{:05d}.jpg", 1),
        ("images/LeftVideoSN001_comp", "LeftVideoSN001_comp_{:04d}.png", 1),
    ],
)
def test_disfa_frames_taken_out_before_are_read_instead(
    disfa: Path, folder: str, form: str, first: int
) -> None:
    for number in range(3):
        write_picture(disfa / folder / form.format(number + first), number, size=20 + number)
    found = opened(Disfa(disfa), "fold1")
    assert {name: face.width for name, face in found.items()} == {
        "SN001/1": 20, "SN001/2": 21, "SN001/3": 22,
    }  # fmt: skip


def test_disfa_frame_that_was_not_taken_out_is_missing(disfa: Path) -> None:
    write_picture(disfa / "img/SN001/0.png")
    found = {row.id: row.media.missing() for row in rows(Disfa(disfa), "fold1")}
    assert found["SN001/1"] is None
    assert "img/SN001/1.png" in str(found["SN001/2"])


def test_disfa_reads_an_archives_own_folder_and_labels_without_a_video(disfa: Path) -> None:
    top = disfa.rename(disfa.parent / "DISFA")
    (top / "Videos_LeftCamera/LeftVideoSN013_comp.avi").unlink()
    source = Disfa(top.parent)
    (row,) = rows(source, "fold2")
    assert "Videos_LeftCamera/LeftVideoSN013_comp.avi" in str(row.media.missing())


def test_disfa_refuses_bad_lines_and_keeps_the_others(disfa: Path) -> None:
    disfa_labels(
        disfa,
        "SN001",
        au1="1,0\n1,4\n2,6\n3\n0,2\n3,1\n",
        au2="1,1\n2,2\n3,2\n",
        au12="",
    )
    source = Disfa(disfa)
    assert [(row.id, row.labels) for row in rows(source, "fold1")] == [
        ("SN001/1", {"AU1": 0, "AU2": 1}),
        ("SN001/3", {"AU1": 1, "AU2": 2}),
    ]
    found = refusals(source, "fold1")
    assert set(found) == {"SN001/1", "SN001/2", "SN001/SN001_au1.txt, line 4", "SN001/0"}
    assert "more than once" in found["SN001/1"]
    assert "AU1 '6' is not one of 0 to 5" in found["SN001/2"]
    assert "'3' is not `frame,intensity`" in found["SN001/SN001_au1.txt, line 4"]
    assert "count from 1" in found["SN001/0"]


def test_disfa_says_what_is_wrong_with_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not DISFA"):
        Disfa(tmp_path)
    disfa_labels(tmp_path, "SN001", au1="1,0\n")
    with pytest.raises(InputError, match=r"LeftVideoSN001_comp\.avi into"):
        Disfa(tmp_path)
    disfa_labels(tmp_path, "SN014", au1="1,0\n")
    with pytest.raises(InputError, match="SN014 is of none of DISFA's 27 subjects"):
        Disfa(tmp_path)


def test_a_unit_occurs_from_intensity_two_on() -> None:
    assert [occurs(intensity) for intensity in range(6)] == [False, False, True, True, True, True]


# ---------------------------------------------------------------- bp4d

COLUMNS = (1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24, 27, 28)


def bp4d_table(root: Path, sequence: str, *frames: tuple[object, dict[int, object]]) -> Path:
    """A label file; units that are not given are 0, those that papers leave out 9."""
    lines = [",".join(str(unit) for unit in (0, *COLUMNS))]
    for frame, units in frames:
        rest = {unit: 0 if unit in BP4D_UNITS else 9 for unit in COLUMNS}
        lines.append(",".join(str(cell) for cell in (frame, *(rest | units).values())))
    write_text(root / "AUCoding/AU_OCC" / f"{sequence}.csv", "\n".join(lines) + "\n")
    return root


@pytest.fixture
def bp4d(tmp_path: Path) -> Path:
    bp4d_table(tmp_path, "F001_T1", (2440, {12: 1, 6: 1}), (2441, {1: 9, 2: 9}))
    bp4d_table(tmp_path, "M013_T4", (84, {5: 1}))
    for number, name in enumerate(("F001/T1/2440.jpg", "F001/T1/2441.jpg", "M013/T4/084.jpg")):
        write_picture(tmp_path / "2D+3D" / name, number, size=20 + number)
    return tmp_path


def test_bp4d_has_a_row_per_coded_frame(bp4d: Path) -> None:
    source = BP4D(bp4d)
    assert isinstance(source, Source)
    assert source.splits() == ("fold1", "fold2")
    found = rows(source)
    assert [row.id for row in found] == ["F001/T1/2440", "F001/T1/2441", "M013/T4/84"]
    assert [row.subject for row in found] == ["F001", "F001", "M013"]
    assert [row.split for row in found] == ["fold1", "fold1", "fold2"]
    assert list(found[0].labels) == [f"AU{unit}" for unit in BP4D_UNITS]
    assert {name for name, present in found[0].labels.items() if present is True} == {
        "AU6",
        "AU12",
    }
    assert found[0].labels["AU1"] is False


def test_bp4d_leaves_out_what_was_not_coded(bp4d: Path) -> None:
    found = rows(BP4D(bp4d))[1].labels
    assert "AU1" not in found and "AU2" not in found and found["AU4"] is False
    assert "AU5" not in rows(BP4D(bp4d), "fold2")[0].labels  # not among the twelve


def test_bp4d_pictures_are_found_by_number_however_it_is_padded(bp4d: Path) -> None:
    found = opened(BP4D(bp4d))
    assert {name: face.width for name, face in found.items()} == {
        "F001/T1/2440": 20, "F001/T1/2441": 21, "M013/T4/84": 22,
    }  # fmt: skip


@pytest.mark.parametrize("folder", ["img", "."])
def test_bp4d_reads_the_folders_of_public_code(bp4d: Path, folder: str) -> None:
    for subject in ("F001", "M013"):
        (bp4d / folder).mkdir(exist_ok=True)
        (bp4d / "2D+3D" / subject).rename(bp4d / folder / subject)
    (bp4d / "AUCoding/AU_OCC").rename(bp4d / "AU_OCC")
    source = BP4D(bp4d)
    assert len(opened(source)) == 3
    prefix = "" if folder == "." else "img/"
    assert rows(source)[0].media.place == f"{prefix}F001/T1/2440.jpg"


def test_bp4d_picture_that_is_gone_is_missing_and_the_row_stays(bp4d: Path) -> None:
    (bp4d / "2D+3D/F001/T1/2441.jpg").unlink()
    row = rows(BP4D(bp4d), "fold1")[1]
    assert "2D+3D/F001/T1/2441.jpg" in str(row.media.missing())


def test_bp4d_refuses_bad_rows_and_keeps_the_others(bp4d: Path) -> None:
    bp4d_table(bp4d, "F001_T1", (7, {1: 2}), (8, {}), (8, {1: 1}), ("x", {}), (9, {24: ""}))
    source = BP4D(bp4d)
    assert [row.id for row in rows(source, "fold1")] == ["F001/T1/8"]
    found = refusals(source, "fold1")
    assert "AU1 '2' is not one of 0, 1, 9" in found["F001/T1/7"]
    assert "more than once" in found["F001/T1/8"]
    assert "'x' is not a frame's number" in found["F001/T1, line 5"]
    assert "AU24 ''" in found["F001/T1/9"]
    assert source.count("fold1") == 5


def test_bp4d_says_what_is_wrong_with_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not BP4D"):
        BP4D(tmp_path)
    bp4d_table(tmp_path, "F001_T1", (1, {}))
    with pytest.raises(InputError, match=r"put them into .*2D\+3D/F001/T1"):
        BP4D(tmp_path)
    write_picture(tmp_path / "2D+3D/F001/T1/0001.jpg")
    write_text(tmp_path / "AUCoding/AU_OCC/F001_T1.csv", "0,1,2,4,6,7,10,12,14,15,17,23\n1,0\n")
    with pytest.raises(InputError, match="has no column 24"):
        list(BP4D(tmp_path).rows())
    bp4d_table(tmp_path, "F024_T1", (1, {}))
    with pytest.raises(InputError, match="none of BP4D's 41 subjects"):
        BP4D(tmp_path)
