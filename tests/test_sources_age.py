"""Sources that tell ages: UTKFace, MORPH II, AgeDB and FG-NET in miniature."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from miniature import write_picture, write_text
from PIL import Image

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources.agedb import AgeDB
from facelm.sources.check import check
from facelm.sources.fgnet import FGNet
from facelm.sources.morph import TABLE, Morph2
from facelm.sources.utkface import UTKFace
from facelm.types import Face, Refused, Row, Source


def rows(source: Dataset) -> dict[str, Row]:
    return {row.id: row for row in source.rows() if isinstance(row, Row)}


def refusals(source: Dataset) -> dict[str, str]:
    return {row.id: row.reason for row in source.rows() if isinstance(row, Refused)}


def pictures(folder: Path, *names: str) -> Path:
    """The same synthetic head under every name, whatever its suffix."""
    first = write_picture(folder.parent / "head.jpg")
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(first, folder / name)
    return folder


def assert_a_source(source: Dataset, split_by_subject: bool = True) -> None:
    """What holds of every source here: pictures open, splits cover all rows and part no subject."""
    assert isinstance(source, Source)
    found = rows(source)
    assert source.splits() == ("train", "val", "test")
    assert source.count() == sum(source.count(split) for split in source.splits())
    assert [row.id for row in source.rows()] == [row.id for row in source.rows()]
    faces = [face for face in source.faces() if isinstance(face, Face)]
    assert {face.id for face in faces} == set(found)
    for face in faces:
        assert Image.open(io.BytesIO(face.image)).size == (112, 112)
        assert face.labels == found[face.id].labels and face.split == found[face.id].split
        assert face.cropped == source.about.cropped
    if split_by_subject:
        drawn = {(row.subject, row.split) for row in found.values()}
        assert len(drawn) == len({subject for subject, _ in drawn})
        assert all(row.subject for row in found.values())


# ---------------------------------------------------------------- UTKFace

CHIP = ".jpg.chip.jpg"


@pytest.mark.parametrize("top", ["", "UTKFace"])
def test_utkface_reads_labels_off_the_names(tmp_path: Path, top: str) -> None:
    names = [f"{age}_{age % 2}_{age % 5}_201701161745251{age:02d}{CHIP}" for age in range(30)]
    pictures(tmp_path / "copy" / top, *names, "110_1_4_20170120134921760" + CHIP)
    source = UTKFace(tmp_path / "copy")
    assert_a_source(source, split_by_subject=False)
    found = rows(source)
    assert len(found) == 31 and not refusals(source)
    assert found[names[26]].labels == {"age": 26, "gender": "male", "race": "Black"}
    assert found[names[8]].labels == {"age": 8, "gender": "male", "race": "Indian"}
    oldest = found["110_1_4_20170120134921760" + CHIP]
    assert oldest.labels == {"age": 110, "gender": "female", "race": "Others"}
    assert oldest.subject == ""
    assert source.about.cropped and source.about.published == {"": 23_708}
    assert sum(UTKFace.about.published_labels["race"].values()) == 23_708 - 3  # malformed names
    assert set(source.vocabulary["race"]) >= {row.labels["race"] for row in found.values()}


def test_utkface_keeps_what_is_known_of_the_malformed_names(tmp_path: Path) -> None:
    known = {
        # The three of the cropped archive: which of gender and race is gone, nobody says.
        "61_1_20170109142408075" + CHIP: {"age": 61},
        "61_1_20170109150557335" + CHIP: {"age": 61},
        "39_1_20170116174525125" + CHIP: {"age": 39},
        # In the wild: the gender's place is empty.
        "53__0_20170116184028385.jpg": {"age": 53, "race": "White"},
        # Damaged suffixes.
        "24_0_1_20170116220224657 .jpg.chip.jpg": {"age": 24, "gender": "male", "race": "Black"},
        "55_0_0_20170116232725357jpg" + ".chip.jpg": {"age": 55, "gender": "male", "race": "White"},
        "44_1_4_20170116235150272.pg": {"age": 44, "gender": "female", "race": "Others"},
        "56_0_0_20170116232725358jpg": {"age": 56, "gender": "male", "race": "White"},
        "30_1_2_20170116232725359.JPG": {"age": 30, "gender": "female", "race": "Asian"},
    }
    source = UTKFace(pictures(tmp_path / "copy", *known))
    assert {name: row.labels for name, row in rows(source).items()} == known
    assert not refusals(source)


def test_utkface_in_the_wild_comes_in_parts_and_is_no_crop(tmp_path: Path) -> None:
    wild = pictures(
        tmp_path / "wild",
        "part1/1_0_0_20161219140623097.jpg",
        "part2/61_3_20170109150557335.jpg",
        "part3/1_0_0_20161219140623097.jpg",
        "landmark_list_part1.txt",
    )
    source = UTKFace(wild)
    assert_a_source(source, split_by_subject=False)
    assert not source.about.cropped and not source.about.published
    found = rows(source)
    assert set(found) == {"part1/1_0_0_20161219140623097.jpg", "part2/61_3_20170109150557335.jpg"}
    assert "more than once" in refusals(source)["part3/1_0_0_20161219140623097.jpg"]


def test_utkface_draws_a_picture_and_its_crop_into_the_same_split(tmp_path: Path) -> None:
    names = [f"{age}_0_0_201701161745251{age}" for age in range(20, 60)]
    wild = UTKFace(pictures(tmp_path / "wild", *(f"part1/{name}.jpg" for name in names)))
    chips = UTKFace(pictures(tmp_path / "chips", *(name + CHIP for name in names)))
    drawn = {row.id: row.split for row in rows(wild).values()}
    assert {
        f"part1/{name.removesuffix(CHIP)}.jpg": row.split for name, row in rows(chips).items()
    } == drawn
    assert set(drawn.values()) == {"train", "val", "test"}


def test_utkface_refuses_what_it_cannot_read_and_goes_on(tmp_path: Path) -> None:
    folder = pictures(
        tmp_path / "copy",
        "20_1_2_20170116174525125" + CHIP,
        "20_1_2_20170116174525125 " + CHIP,
        "20_2_0_20170116174525126" + CHIP,
        "20_0_5_20170116174525127" + CHIP,
        "117_0_1_20170116174525128" + CHIP,
        "abc_0_0_x.jpg",
        ".DS_Store",
        "._20_1_2_20170116174525125" + CHIP,
    )
    source = UTKFace(folder)
    found = refusals(source)
    assert len(rows(source)) == 1 and source.count() == 6 and len(found) == 5
    assert sum("more than once" in reason for reason in found.values()) == 1
    assert "gender '2' is not one of male, female" in found["20_2_0_20170116174525126" + CHIP]
    assert "race '5'" in found["20_0_5_20170116174525127" + CHIP]
    assert "117 is not 0 to 116" in found["117_0_1_20170116174525128" + CHIP]
    assert "[age]_[gender]_[race]" in found["abc_0_0_x.jpg"]


def test_utkface_elsewhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not UTKFace"):
        UTKFace(tmp_path)
    with pytest.raises(InputError, match="part1"):
        UTKFace(pictures(tmp_path / "other", "holiday.jpg"))


# ---------------------------------------------------------------- MORPH II

HEADER = "id_num,picture_num,dob,doa,race,gender,facial_hair,age,age_diff,glasses,photo"
LINES = [
    "009055,1,11/21/1949,06/04/2004,B,M,NULL,54,0,NULL,Album2/009055_1M54.JPG",
    "009055,0,11/21/1949,01/05/2003,W,M,NULL,53,1,NULL,Album2/009055_0M53.JPG",
    "012345,0,01/01/1970,01/05/2003,H,F,NULL,33,0,NULL,Album2/012345_0F33.JPG",
    "012346,0,01/01/1970,01/05/2003,A,F,NULL,34,0,NULL,Album2/012346_0F34.JPG",
    "012347,0,01/01/1970,01/05/2003,O,F,NULL,35,0,NULL,Album2/012347_0F35.JPG",
]
ALBUM = [line.rpartition(",")[2] for line in LINES]


def morph(folder: Path, *more: str, header: str = HEADER) -> Path:
    write_text(folder / TABLE, "\n".join([header, *LINES, *more]) + "\n")
    return pictures(folder, *ALBUM)


@pytest.mark.parametrize("top", ["", "MORPH_nonCommercial"])
def test_morph_reads_its_table(tmp_path: Path, top: str) -> None:
    morph(tmp_path / "copy" / top)
    source = Morph2(tmp_path / "copy")
    assert_a_source(source)
    found = rows(source)
    assert len(found) == 5 and not refusals(source)
    first = found["009055_1M54"]
    assert first.labels == {"age": 54, "gender": "Male", "race": "Black"}
    assert first.subject == "009055" and first.media.place == "Album2/009055_1M54.JPG"
    # Every row keeps its own race, even where one person has two.
    assert found["009055_0M53"].labels["race"] == "White"
    words = [found[name].labels["race"] for name in ("012345_0F33", "012346_0F34", "012347_0F35")]
    assert words == ["Hispanic", "Asian", "Other"]
    assert list(rows(Morph2(tmp_path / "copy" / top / TABLE))) == list(found)


@pytest.mark.parametrize("place", ["", "Album2"])
def test_morph_without_the_table_reads_the_names_and_draws_the_same_splits(
    tmp_path: Path, place: str
) -> None:
    whole = Morph2(morph(tmp_path / "whole"))
    pictures(tmp_path / "bare", *ALBUM, "Album2/notes.txt")
    source = Morph2(tmp_path / "bare" / place)
    assert_a_source(source)
    found = rows(source)
    assert found["009055_1M54"].labels == {"age": 54, "gender": "Male"}
    assert found["012345_0F33"].labels == {"age": 33, "gender": "Female"}
    assert {(row.id, row.subject, row.split) for row in found.values()} == {
        (row.id, row.subject, row.split) for row in rows(whole).values()
    }


def test_morph_takes_subjects_whose_noughts_a_spreadsheet_lost(tmp_path: Path) -> None:
    morph(tmp_path, "9055,2,,,,M,,55,,,Album2/009055_2M55.JPG")
    late = rows(Morph2(tmp_path))["009055_2M55"]
    assert late.subject == "009055" and late.labels == {"age": 55, "gender": "Male"}


def test_morph_refuses_bad_rows_and_goes_on(tmp_path: Path) -> None:
    source = Morph2(
        morph(
            tmp_path,
            LINES[0].replace(",54,", ",60,"),
            "000001,0,,,X,M,,20,,,Album2/000001_0M20.JPG",
            "000002,0,,,B,N,,20,,,Album2/000002_0N20.JPG",
            "000003,0,,,B,M,,young,,,Album2/000003_0M20.JPG",
            "000004,0,,,B,M,,20",
            ",0,,,B,M,,20,,,Album2/000005_0M20.JPG",
            "000006,0,,,B,M,,20,,,../secret.JPG",
        )
    )
    found = refusals(source)
    assert "more than once" in found["009055_1M54"]
    assert rows(source)["009055_1M54"].labels["age"] == 54
    assert "race 'X' is not one of Black" in found["000001_0M20"]
    assert "gender 'N'" in found["000002_0N20"]
    assert "'young' is no whole number" in found["000003_0M20"]
    assert "no picture or no subject" in found[f"{TABLE}, row 11"]
    assert "no picture or no subject" in found["000005_0M20"]
    assert source.count() == 12 and len(found) == 6
    (secret,) = [row for row in source.faces() if row.id == "secret"]
    assert isinstance(secret, Refused) and "out of the dataset" in secret.reason


def test_morph_counts_pictures_that_are_gone_without_failing(tmp_path: Path) -> None:
    folder = morph(tmp_path)
    (folder / ALBUM[2]).unlink()
    source = Morph2(folder)
    assert source.count() == 5 and not refusals(source)
    assert check(source)["missing"] == 1


def test_morph_names_that_say_nothing_are_refused(tmp_path: Path) -> None:
    source = Morph2(pictures(tmp_path, *ALBUM, "Album2/portrait.JPG"))
    assert "009055_1M54.JPG" in refusals(source)["portrait.JPG"]
    assert len(rows(source)) == 5


def test_morph_elsewhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not MORPH II"):
        Morph2(tmp_path)
    with pytest.raises(InputError, match="no column photo"):
        Morph2(morph(tmp_path, header=HEADER.replace("photo", "file")))


# ---------------------------------------------------------------- AgeDB

PEOPLE = [
    "0_AdaExample_35_f.jpg",
    "2_AdaExample_41_f.jpg",
    "10_BobSample _23_m.jpg",
    "11_BobSample_60_m.jpg",
    "100_ZoëWørd_1_f.jpg",
    "101_Under_Score_101_m.jpg",
]


@pytest.mark.parametrize("top", ["", "AgeDB", "AgeDB/AgeDB"])
def test_agedb_reads_labels_off_the_names(tmp_path: Path, top: str) -> None:
    pictures(tmp_path / "copy" / top, *PEOPLE)
    source = AgeDB(tmp_path / "copy")
    assert_a_source(source)
    found = rows(source)
    assert not refusals(source) and len(found) == 6
    assert found["0"].labels == {"age": 35, "gender": "female"}
    assert found["101"].labels == {"age": 101, "gender": "male"}
    # A blank at a name's end is no other person.
    assert found["10"].subject == found["11"].subject != found["0"].subject
    assert found["0"].subject == found["2"].subject


def test_agedb_orders_rows_by_number(tmp_path: Path) -> None:
    source = AgeDB(pictures(tmp_path / "copy", *(f"{n}_AdaExample_35_f.jpg" for n in (10, 9, 100))))
    assert [row.id for row in source.rows()] == ["9", "10", "100"]


def test_agedb_lets_no_name_out(tmp_path: Path) -> None:
    source = AgeDB(pictures(tmp_path / "copy", *PEOPLE, "12_AdaExample_old_f.jpg"))
    for row in source.rows():
        said = row.reason if isinstance(row, Refused) else f"{row.labels} {row.subject}"
        assert not any(name in row.id + said for name in ("Ada", "Bob", "Zo", "Under"))


def test_agedb_refuses_what_it_cannot_read_and_goes_on(tmp_path: Path) -> None:
    source = AgeDB(
        pictures(
            tmp_path / "copy",
            *PEOPLE,
            "3_AdaExample_35_x.jpg",
            "4_AdaExample_f.jpg",
            "11_BobSample_61_m.jpg",
            "holiday.jpg",
            "5_\udcff\udcfe_20_m.jpg",
            "readme.txt",
        )
    )
    found = refusals(source)
    assert "gender 'x' is not one of male, female" in found["3"]
    assert (
        "number_name_age_gender" in found["4"] and "number_name_age_gender" in found["holiday.jpg"]
    )
    assert "UTF-8" in found["5"]
    assert "more than once" in found["11"] and rows(source)["11"].labels["age"] == 60
    assert len(rows(source)) == 6 and source.count() == 11


def test_agedb_elsewhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not AgeDB"):
        AgeDB(tmp_path)


# ---------------------------------------------------------------- FG-NET


def points(across: float = 10.0) -> str:
    lines = [f"{across + i} {20.5 + i}" for i in range(68)]
    return "\n".join(["version: 1", "n_points: 68", "{", *lines, "}"]) + "\n"


def fgnet(folder: Path, *names: str) -> Path:
    for name in names:
        pictures(folder, f"images/{name}")
        write_text(folder / "points" / f"{Path(name).stem.lower()}.pts", points())
    return folder


@pytest.mark.parametrize("top", ["", "FGNET", "FG-NET"])
def test_fgnet_reads_subject_and_age(tmp_path: Path, top: str) -> None:
    folder = fgnet(
        tmp_path / "copy" / top, "001A02.JPG", "001A43a.JPG", "001A43b.JPG", "082A16.JPG"
    )
    pictures(folder, "images/002a04.jpg")
    source = FGNet(tmp_path / "copy")
    assert_a_source(source)
    found = rows(source)
    assert {name: (row.subject, row.labels) for name, row in found.items()} == {
        "001A02": ("001", {"age": 2}),
        "001A43a": ("001", {"age": 43}),
        "001A43b": ("001", {"age": 43}),
        "002A04": ("002", {"age": 4}),
        "082A16": ("082", {"age": 16}),
    }
    assert found["001A02"].media.place == "images/001A02.JPG"


def test_fgnet_orders_rows_by_name_whatever_the_case(tmp_path: Path) -> None:
    names = ("001a07.jpg", "001A05.JPG", "001A43b.JPG", "001a43a.jpg", "001A02.JPG")
    source = FGNet(fgnet(tmp_path, *names))
    assert list(rows(source)) == ["001A02", "001A05", "001A07", "001A43a", "001A43b"]


def test_fgnet_points_are_given_in_their_own_order_and_never_as_ibug(tmp_path: Path) -> None:
    source = FGNet(pictures(fgnet(tmp_path, "001A02.JPG"), "images/001A05.JPG"))
    found = source.points("001A02")
    assert found is not None and len(found) == 68
    assert found[0] == (10.0, 20.5) and found[67] == (77.0, 87.5)
    row = rows(source)["001A02"]
    assert row.landmarks is None and row.box == (10.0, 20.5, 77.0, 87.5)
    assert source.points("001A05") is None and rows(source)["001A05"].box is None


@pytest.mark.parametrize(
    "text",
    ["", "version: 1\n", points().replace("10.0", "ten"), points().replace("10.0 20.5\n", "")],
)
def test_fgnet_refuses_rows_whose_point_file_is_damaged(tmp_path: Path, text: str) -> None:
    folder = fgnet(tmp_path, "001A02.JPG", "002A03.JPG")
    write_text(folder / "points/001a02.pts", text)
    source = FGNet(folder)
    assert list(refusals(source)) == ["001A02"] and list(rows(source)) == ["002A03"]
    assert "points/001a02.pts does not hold 68 points" in refusals(source)["001A02"]
    with pytest.raises(InputError, match="68 points"):
        source.points("001A02")


def test_fgnet_refuses_malformed_names_and_doubles(tmp_path: Path) -> None:
    folder = fgnet(tmp_path, "001A02.JPG", "001a02.jpg", "078A1x1.JPG", "Thumbs.db")
    source = FGNet(folder)
    found = refusals(source)
    assert list(rows(source)) == ["001A02"] and source.count() == 3
    assert "more than once" in found["001A02"] and "001A02.JPG" in found["078A1x1.JPG"]


def test_fgnet_elsewhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not FG-NET"):
        FGNet(tmp_path)
    with pytest.raises(InputError, match=r"images/001A02\.JPG"):
        FGNet(pictures(tmp_path, "images/holiday.jpg"))
