"""Sources of expressions: RAF-DB, FER2013 and FER+ in miniature."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from miniature import portrait, write_picture, write_text
from PIL import Image

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources.fer2013 import FER2013
from facelm.sources.ferplus import FERPlus, majority
from facelm.sources.rafdb import RafDB, RafDBCompound
from facelm.types import TASKS, Face, Refused, Row, Source


def rows(source: Dataset, split: str | None = None) -> list[Row]:
    return [row for row in source.rows(split) if isinstance(row, Row)]


def refusals(source: Dataset, split: str | None = None) -> dict[str, str]:
    return {row.id: row.reason for row in source.rows(split) if isinstance(row, Refused)}


def opened(source: Dataset) -> list[Image.Image]:
    found = list(source.faces())
    assert all(isinstance(face, Face) for face in found)
    return [Image.open(io.BytesIO(face.image)) for face in found if isinstance(face, Face)]


@pytest.mark.parametrize("source", [RafDB, RafDBCompound, FER2013, FERPlus])
def test_facts_are_in_the_vocabulary_of_the_house(source: type[Dataset]) -> None:
    about = source.about
    assert set(about.tasks) <= set(TASKS) and about.read_from and about.unverified
    assert about.third_party == "forbidden" and not about.redistribute
    for place, counts in about.published_labels.items():
        split, _, label = place.rpartition("/")
        assert set(counts) == set(source.vocabulary[label])
        if split:
            assert sum(counts.values()) == about.published[split]


# ---------------------------------------------------------------- RAF-DB

RAF_LINES = ["train_00001.jpg 5", "train_00002.jpg 1", "test_0001.jpg 7"]


def raf(root: Path, lines: list[str] = RAF_LINES, pictures: str = "Image/aligned") -> Path:
    write_text(root / "EmoLabel/list_patition_label.txt", "\n".join(lines) + "\n")
    ending = "" if pictures.endswith("original") else "_aligned"
    for index, line in enumerate(lines):
        stem = line.partition(".")[0]
        write_picture(root / pictures / f"{stem}{ending}.jpg", index, 100)
    return root


def annotate(root: Path, stem: str, last: str) -> None:
    points = "10.5\t20\n30\t20.25\n20\t30\n12\t40\n28\t40\n"
    write_text(root / f"Annotation/manual/{stem}_manu_attri.txt", points + last)


@pytest.mark.parametrize("pictures", ["Image/aligned", "Image/aligned/aligned"])
def test_rafdb_reads_the_set_and_its_parent_folder(tmp_path: Path, pictures: str) -> None:
    raf(tmp_path / "basic", pictures=pictures)
    for place in (tmp_path, tmp_path / "basic"):
        source = RafDB(place)
        assert isinstance(source, Source)
        assert source.splits() == ("train", "test")
        assert [(row.id, row.labels) for row in rows(source, "train")] == [
            ("train_00001.jpg", {"expression": "Sadness"}),
            ("train_00002.jpg", {"expression": "Surprise"}),
        ]
        assert [row.labels["expression"] for row in rows(source, "test")] == ["Neutral"]
        assert [picture.size for picture in opened(source)] == [(100, 100)] * 3
        assert source.count() == 3


def test_rafdb_names_all_seven_expressions_in_the_published_order(tmp_path: Path) -> None:
    raf(tmp_path, [f"train_{code:05}.jpg {code}" for code in range(1, 8)])
    found = [row.labels["expression"] for row in rows(RafDB(tmp_path))]
    assert found == ["Surprise", "Fear", "Disgust", "Happiness", "Sadness", "Anger", "Neutral"]


def test_rafdb_takes_gender_race_and_age_from_the_annotation_files(tmp_path: Path) -> None:
    raf(tmp_path)
    annotate(tmp_path, "train_00001", "1\n2\n4\n")
    annotate(tmp_path, "train_00002", "2\n0\n0")  # nobody was sure of the gender; no last newline
    first, second, third = rows(RafDB(tmp_path))
    assert first.labels == {
        "expression": "Sadness", "gender": "female", "race": "Asian", "age": "70+",
    }  # fmt: skip
    assert second.labels == {"expression": "Surprise", "race": "Caucasian", "age": "0-3"}
    assert third.labels == {"expression": "Neutral"}


def test_rafdb_without_crops_reads_the_whole_pictures_with_their_boxes(tmp_path: Path) -> None:
    raf(tmp_path, pictures="Image/original")
    box = tmp_path / "Annotation/boundingbox/train_00001_boundingbox.txt"
    write_text(box, "12.5 8 90 95.25\n")
    source = RafDB(tmp_path)
    assert [row.box for row in rows(source)] == [(12.5, 8.0, 90.0, 95.25), None, None]
    assert [row.media.place for row in rows(source, "test")] == ["Image/original/test_0001.jpg"]
    assert not any(face.cropped for face in source.faces() if isinstance(face, Face))


def test_rafdb_prefers_the_crops_whose_pixels_the_boxes_do_not_fit(tmp_path: Path) -> None:
    raf(tmp_path, pictures="Image/original")
    raf(tmp_path)
    write_text(tmp_path / "Annotation/boundingbox/train_00001_boundingbox.txt", "1 2 3 4")
    source = RafDB(tmp_path)
    assert rows(source)[0].media.place == "Image/aligned/train_00001_aligned.jpg"
    assert rows(source)[0].box is None
    assert all(face.cropped for face in source.faces() if isinstance(face, Face))


def test_rafdb_refuses_bad_lines_once_and_goes_on(tmp_path: Path) -> None:
    lines = ["train_00002.jpg 8", "train_00003.jpg", "train_00001.jpg 4", "../test_0001.jpg 4"]
    raf(tmp_path)
    write_text(tmp_path / "EmoLabel/list_patition_label.txt", "\n".join([RAF_LINES[0], "", *lines]))
    source = RafDB(tmp_path)
    assert [row.id for row in rows(source)] == ["train_00001.jpg"]
    reasons = refusals(source)
    assert "8 is not a number from 1 (Surprise) to 7 (Neutral)" in reasons["train_00002.jpg"]
    assert "line 5" in reasons["train_00001.jpg"]
    assert "train_00001.jpg 5" in reasons["list_patition_label.txt, line 4"]
    assert "'../test_0001.jpg 4'" in reasons["list_patition_label.txt, line 6"]
    assert source.count() == 5


def test_rafdb_with_one_split_says_so_despite_empty_lines(tmp_path: Path) -> None:
    raf(tmp_path)
    write_text(tmp_path / "EmoLabel/list_patition_label.txt", "\ntest_0001.jpg 7\n\n")
    assert RafDB(tmp_path).splits() == ("test",)
    with pytest.raises(InputError, match="no split of rafdb named 'train'"):
        list(RafDB(tmp_path).rows("train"))


def test_rafdb_says_of_a_picture_that_is_gone(tmp_path: Path) -> None:
    raf(tmp_path)
    (tmp_path / "Image/aligned/train_00002_aligned.jpg").unlink()
    source = RafDB(tmp_path)
    assert len(rows(source)) == 3
    assert "train_00002_aligned.jpg" in str(rows(source)[1].media.missing())
    gone = [face for face in source.faces() if isinstance(face, Refused)]
    assert [face.id for face in gone] == ["train_00002.jpg"]


def test_rafdb_compound_has_eleven_names(tmp_path: Path) -> None:
    raf(tmp_path / "compound", ["train_0001.jpg 1", "train_0002.jpg 9", "test_001.jpg 11"])
    source = RafDBCompound(tmp_path)
    assert len(source.vocabulary["expression"]) == 11
    assert [row.labels["expression"] for row in rows(source)] == [
        "Happily Surprised", "Angrily Surprised", "Disgustedly Surprised",
    ]  # fmt: skip
    assert [face.source for face in source.faces("test") if isinstance(face, Face)] == [
        "rafdb-compound"
    ]


def test_rafdb_is_not_opened_on_the_other_set(tmp_path: Path) -> None:
    raf(tmp_path / "compound")
    raf(tmp_path / "other" / "basic")
    with pytest.raises(InputError, match="not RAF-DB's basic set: give the folder 'basic'"):
        RafDB(tmp_path / "compound")
    with pytest.raises(InputError, match="not RAF-DB's compound set"):
        RafDBCompound(tmp_path / "other" / "basic")


def test_rafdb_without_pictures_says_what_to_unpack(tmp_path: Path) -> None:
    write_text(tmp_path / "EmoLabel/list_patition_label.txt", "train_00001.jpg 5\n")
    with pytest.raises(InputError, match=r"unpack .* into .*Image/aligned"):
        RafDB(tmp_path)


# ---------------------------------------------------------------- FER2013

FER_ROWS = [(0, "Training"), (3, "Training"), (6, "PublicTest"), (1, "PrivateTest")]


def pixels(index: int) -> np.ndarray:
    return np.asarray(portrait(index, 48).convert("L"))


def fer_row(index: int, emotion: object, usage: str, spaced: bool = False) -> str:
    grey = " ".join(str(value) for value in pixels(index).reshape(-1))
    return f"{emotion},{usage},{grey}\n" if spaced else f"{emotion},{grey},{usage}\n"


def fer(table: Path, labels: list[tuple[int, str]] = FER_ROWS) -> Path:
    spaced = table.name == "icml_face_data.csv"
    header = "emotion, Usage, pixels\n" if spaced else "emotion,pixels,Usage\n"
    body = [fer_row(index, *row, spaced) for index, row in enumerate(labels)]
    return write_text(table, header + "".join(body))


@pytest.mark.parametrize(
    "name", ["fer2013.csv", "fer2013/fer2013.csv", "icml_face_data.csv", "fer2013/FER.csv"]
)
def test_fer2013_reads_the_table_under_each_of_its_names(tmp_path: Path, name: str) -> None:
    table = fer(tmp_path / name)
    source = FER2013(table if table.name == "FER.csv" else tmp_path)
    assert isinstance(source, Source)
    assert source.splits() == ("Training", "PublicTest", "PrivateTest")
    assert [(row.id, row.split, row.labels["expression"]) for row in rows(source)] == [
        ("Training/0", "Training", "Angry"),
        ("Training/1", "Training", "Happy"),
        ("PublicTest/2", "PublicTest", "Neutral"),
        ("PrivateTest/3", "PrivateTest", "Disgust"),
    ]
    for index, picture in enumerate(opened(source)):
        assert picture.mode == "L" and np.array_equal(np.asarray(picture), pixels(index))


def test_fer2013_reads_windows_line_ends_and_a_mark_at_the_beginning(tmp_path: Path) -> None:
    table = fer(tmp_path / "fer2013.csv")
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes().replace(b"\n", b"\r\n"))
    assert np.array_equal(np.asarray(opened(FER2013(tmp_path))[3]), pixels(3))


def test_fer2013_decodes_nothing_while_listing(tmp_path: Path) -> None:
    write_text(tmp_path / "fer2013.csv", "emotion,pixels,Usage\n2,0 1 2,Training\n2,x,Training\n")
    source = FER2013(tmp_path)
    assert len(rows(source)) == 2
    reasons = [face.reason for face in source.faces() if isinstance(face, Refused)]
    assert all("not 2,304 numbers from 0 to 255" in reason for reason in reasons)
    assert len(reasons) == 2
    (tmp_path / "fer2013.csv").unlink()
    assert "is gone" in str(rows(source)[0].media.missing())


def test_fer2013_refuses_bad_rows_and_goes_on(tmp_path: Path) -> None:
    table = fer(tmp_path / "fer2013.csv", FER_ROWS[:2])
    bad = ["7,1 2,Training\n", "\n", "x,1 2,PublicTest\n", "1,,Training\n", "1,1 2,Test\n", "4\n"]
    table.write_text(table.read_text() + "".join(bad) + fer_row(6, 5, "PublicTest"))
    source = FER2013(tmp_path)
    assert [row.id for row in rows(source)] == ["Training/0", "Training/1", "PublicTest/7"]
    reasons = refusals(source)
    assert "'7' is not a number from 0 (Angry) to 6 (Neutral)" in reasons["Training/2"]
    assert "'x'" in reasons["PublicTest/3"]
    assert "no pixels" in reasons["Training/4"]
    assert "'Test' is not one of Training" in reasons["Test/5"]
    assert set(reasons) == {"Training/2", "PublicTest/3", "Training/4", "Test/5", "/6"}
    assert np.array_equal(
        np.asarray(Image.open(io.BytesIO(rows(source)[2].media.read()))), pixels(6)
    )


def test_fer2013_without_a_column_is_told(tmp_path: Path) -> None:
    write_text(tmp_path / "fer2013.csv", "emotion,pixels\n0,1 2 3\n")
    with pytest.raises(InputError, match="no column Usage"):
        FER2013(tmp_path)


def test_fer2013_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "fer2013.csv").write_bytes(b"emotion,pixels,Usage\n\xff\xfe\n")
    with pytest.raises(InputError, match="not a CSV file in UTF-8"):
        FER2013(tmp_path)


def test_fer2013_reads_the_copy_in_folders(tmp_path: Path) -> None:
    write_picture(tmp_path / "train/sad/Training_2.jpg", 0, 48)
    write_picture(tmp_path / "train/angry/Training_9.jpg", 1, 48)
    write_picture(tmp_path / "train/angry/Training_1.JPG", 2, 48)
    write_picture(tmp_path / "train/contempt/Training_5.jpg", 3, 48)
    write_picture(tmp_path / "test/neutral/PrivateTest_4.png", 4, 48)
    write_text(tmp_path / "train/angry/Thumbs.db", "no picture")
    source = FER2013(tmp_path)
    assert source.splits() == ("train", "test")
    assert [(row.id, row.labels["expression"]) for row in rows(source)] == [
        ("train/angry/Training_1.JPG", "Angry"),
        ("train/angry/Training_9.jpg", "Angry"),
        ("train/sad/Training_2.jpg", "Sad"),
        ("test/neutral/PrivateTest_4.png", "Neutral"),
    ]
    assert "'Contempt' is not one of" in refusals(source)["train/contempt/Training_5.jpg"]
    assert sum(isinstance(face, Face) for face in source.faces()) == 4
    assert set(source.about.published) == set(source.splits())


def test_fer2013_that_is_not_there_says_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "train" / "cats").mkdir(parents=True)
    with pytest.raises(InputError, match=r"is not FER2013: give the folder with fer2013\.csv"):
        FER2013(tmp_path)


# ---------------------------------------------------------------- FER+

HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"
)
VOTED = [
    "Training,fer0000000.png,0,9,1,0,0,0,0,0,0,0",
    "Training,,0,0,0,0,0,0,0,0,0,10",
    "PublicTest,fer0000001.png,1,0,0,0,6,2,0,0,1,0",  # numbered on, though row 1 has no name
    "PrivateTest,fer0000002.png,0,0,0,0,0,0,0,9,1,0",
]
PLUS_ROWS = [(3, "Training"), (3, "Training"), (0, "PublicTest"), (6, "PrivateTest")]


def plus(root: Path, voted: list[str] = VOTED) -> Path:
    write_text(root / "fer2013new.csv", HEADER + "\n".join(voted) + "\n")
    fer(root / "fer2013.csv", [(0, line.partition(",")[0]) for line in voted])
    return root


def test_ferplus_matches_votes_and_pixels_by_their_order(tmp_path: Path) -> None:
    source = FERPlus(plus(tmp_path))
    assert isinstance(source, Source)
    assert source.splits() == ("Training", "PublicTest", "PrivateTest")
    assert [(row.id, row.split, row.labels) for row in rows(source)] == [
        (
            "fer0000000.png", "Training",
            {"expression": "happiness", "votes_happiness": 9, "votes_surprise": 1},
        ),
        (
            "fer0000001.png", "PublicTest",
            {
                "expression": "anger", "votes_neutral": 1, "votes_anger": 6, "votes_disgust": 2,
                "votes_unknown": 1,
            },
        ),
        (
            "fer0000002.png", "PrivateTest",
            {"expression": "contempt", "votes_contempt": 9, "votes_unknown": 1},
        ),
    ]  # fmt: skip
    found = [face for face in source.faces() if isinstance(face, Face)]
    for row, face in zip((0, 2, 3), found, strict=True):
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(face.image))), pixels(row))


@pytest.mark.parametrize(
    ("votes", "word"),
    [
        ({"neutral": 6, "sadness": 4}, "neutral"),
        ({"neutral": 5, "sadness": 5}, ""),
        ({"neutral": 4, "sadness": 3, "unknown": 3}, ""),
        # single votes are dropped first: 4 of the 6 that are left
        ({"neutral": 4, "sadness": 1, "anger": 1, "fear": 2, "disgust": 1, "NF": 1}, "neutral"),
        ({"neutral": 1, "sadness": 1}, ""),
        ({"unknown": 6, "fear": 4}, "unknown"),
        ({"NF": 10}, "NF"),
    ],
)
def test_ferplus_takes_the_majority_of_the_official_code(votes: dict[str, int], word: str) -> None:
    assert majority(votes) == word


def test_ferplus_refuses_rows_without_a_usable_majority(tmp_path: Path) -> None:
    voted = [
        *VOTED,
        "Training,fer0000003.png,5,0,0,5,0,0,0,0,0,0",
        "Training,fer0000004.png,2,0,0,0,0,0,0,0,8,0",
        "Training,fer0000005.png,0,0,0,0,0,0,0,0,2,8",
        "Training,fer0000006.png,x,0,0,0,0,0,0,0,2,8",
        "PublicTest,fer0000000.png,9,0,0,0,0,0,0,0,0,0",
        "Training,../secret.png,9,0,0,0,0,0,0,0,0,0",
    ]
    source = FERPlus(plus(tmp_path, voted))
    reasons = refusals(source)
    assert len(rows(source)) == 3 and source.count() == 10
    assert "saw no face" in reasons["fer2013new.csv, row 1"]
    assert "more than half" in reasons["fer0000003.png"]
    assert "could not name" in reasons["fer0000004.png"]
    assert "saw no face" in reasons["fer0000005.png"]
    assert "not 10 whole numbers" in reasons["fer0000006.png"]
    assert "listed again" in reasons["fer0000000.png"]
    assert "not the name of a picture" in reasons["../secret.png"]


def test_ferplus_refuses_tables_that_do_not_go_together(tmp_path: Path) -> None:
    plus(tmp_path)
    fer(tmp_path / "fer2013.csv", PLUS_ROWS[:3])
    with pytest.raises(InputError, match="do not go together row by row"):
        FERPlus(tmp_path)
    fer(tmp_path / "fer2013.csv", PLUS_ROWS[::-1])
    with pytest.raises(InputError, match="do not go together row by row"):
        FERPlus(tmp_path)


def folders(root: Path, box: str = "") -> Path:
    for folder, line in (("Train", VOTED[0]), ("Valid", VOTED[2]), ("Test", VOTED[3])):
        _, name, votes = line.split(",", 2)
        write_picture(root / f"FER2013{folder}/{name}", 0, 48)
        write_text(root / f"FER2013{folder}/label.csv", f"{name},{box}{votes}\n")
    return root


@pytest.mark.parametrize("box", ["", '"(0, 0, 48, 48)",'])
@pytest.mark.parametrize("top", ["", "data"])
def test_ferplus_reads_the_folders_of_the_official_repository(
    tmp_path: Path, box: str, top: str
) -> None:
    folders(tmp_path / top, box)
    source = FERPlus(tmp_path)
    assert [(row.id, row.split, row.labels["expression"]) for row in rows(source)] == [
        ("fer0000000.png", "Training", "happiness"),
        ("fer0000001.png", "PublicTest", "anger"),
        ("fer0000002.png", "PrivateTest", "contempt"),
    ]
    assert [picture.size for picture in opened(source)] == [(48, 48)] * 3


def test_ferplus_in_the_repositorys_own_tree_reads_the_table_of_votes(tmp_path: Path) -> None:
    folders(tmp_path / "data")
    write_text(tmp_path / "fer2013new.csv", HEADER + "\n".join(VOTED) + "\n")
    source = FERPlus(tmp_path)
    assert [row.media.place for row in rows(source)] == [
        "FER2013Train/fer0000000.png", "FER2013Valid/fer0000001.png", "FER2013Test/fer0000002.png",
    ]  # fmt: skip
    assert list(refusals(source)) == ["fer2013new.csv, row 1"]


def test_ferplus_refuses_a_row_of_votes_that_is_cut_short(tmp_path: Path) -> None:
    folders(tmp_path)
    write_text(tmp_path / "FER2013Train/label.csv", "fer0000000.png,0,9,1\n")
    assert "not 10 whole numbers" in refusals(FERPlus(tmp_path))["fer0000000.png"]


def test_ferplus_folder_without_labels_says_which_script_to_run(tmp_path: Path) -> None:
    folders(tmp_path)
    (tmp_path / "FER2013Valid/label.csv").unlink()
    with pytest.raises(InputError, match=r"run the official generate_training_data\.py"):
        FERPlus(tmp_path)


def test_ferplus_without_a_column_is_told(tmp_path: Path) -> None:
    plus(tmp_path)
    write_text(tmp_path / "fer2013new.csv", HEADER.replace(",NF", "") + "\n")
    with pytest.raises(InputError, match="no column NF"):
        FERPlus(tmp_path)


@pytest.mark.parametrize("there", ["nothing", "fer2013.csv", "fer2013new.csv"])
def test_ferplus_needs_both_votes_and_pixels(tmp_path: Path, there: str) -> None:
    plus(tmp_path / "whole")
    (tmp_path / "part").mkdir()
    if there != "nothing":
        (tmp_path / "whole" / there).rename(tmp_path / "part" / there)
    with pytest.raises(InputError, match=r"fer2013new\.csv beside fer2013\.csv"):
        FERPlus(tmp_path / "part")
