"""Pictures that may not be passed on are named, not copied."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from exchange_corpus import FORMATS, closed_corpus, picture, tables, write_corpus
from test_exchange import records

from facelm._io import sha256
from facelm.corpus import read_corpus
from facelm.corpus.exchange import export_corpus, import_corpus
from facelm.errors import InputError

PLACES = {"img/000001.jpg": 0, "img/000002.png": 1}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return closed_corpus(tmp_path_factory.mktemp("closed") / "c")


@pytest.fixture(scope="module")
def own_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's own CelebA."""
    root = tmp_path_factory.mktemp("celeba")
    (root / "img").mkdir()
    for place, number in PLACES.items():
        (root / place).write_bytes(picture(number).data)
    return root


def pictures_in(folder: Path) -> list[bytes]:
    """Whatever lies in a folder, tables included."""
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("to", FORMATS)
def test_no_byte_of_a_closed_picture_is_in_the_export(
    to: str, closed: Path, tmp_path: Path
) -> None:
    result = export_corpus(closed, tmp_path, to)
    assert result["pictures"] == {"copied": 0, "referenced": 2, "left": 1}
    assert result["conversations"] == 2 and len(result["left_out"]) == 1
    for data in pictures_in(tmp_path):
        assert not any(picture(number).data[20:80] in data for number in range(3))


def test_references_say_what_belongs_where(closed: Path, tmp_path: Path) -> None:
    export_corpus(closed, tmp_path, "sharegpt")
    with (tmp_path / "references.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["place"], row["sha256"]) for row in rows] == [
        *((place, sha256(picture(number).data)) for place, number in PLACES.items()),
        ("", sha256(picture(2).data)),
    ]
    assert {row["source"] for row in rows} == {"celeba"} and all(row["ask_at"] for row in rows)
    named = {place for one in records(tmp_path, "train.json") for place in one["images"]}
    assert named == {row["file"] for row in rows} - {""}
    readme = (tmp_path / "README.md").read_text()
    for words in ("images/celeba", "may not be passed on", "--root", "--with-pictures"):
        assert words in readme
    assert "/home/someone" not in "".join(
        path.read_text() for path in tmp_path.iterdir() if path.is_file()
    )


@pytest.mark.parametrize("to", FORMATS)
def test_references_become_pictures_again(
    to: str, closed: Path, own_copy: Path, tmp_path: Path
) -> None:
    export_corpus(closed, tmp_path / "e", to)
    with_root = import_corpus(tmp_path / "e", tmp_path / "a", roots={"celeba": own_copy})
    (tmp_path / "e" / "images").mkdir(exist_ok=True)
    (tmp_path / "e" / "images" / "celeba").symlink_to(own_copy)
    with_link = import_corpus(tmp_path / "e", tmp_path / "b")
    assert with_root["refused"] == with_link["refused"] == []
    assert tables(tmp_path / "a") == tables(tmp_path / "b")
    found = list(read_corpus(tmp_path / "a").conversations())
    assert found == list(read_corpus(closed).conversations())[:2]
    for number, one in enumerate(found):
        again = read_corpus(tmp_path / "a")
        assert again.picture(one.image_ids[0]) == picture(number).data


def test_trainers_find_a_linked_copy(closed: Path, own_copy: Path, tmp_path: Path) -> None:
    export_corpus(closed, tmp_path, "llamafactory")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "celeba").symlink_to(own_copy)
    for one in records(tmp_path, "train.json"):
        assert all((tmp_path / place).is_file() for place in one["images"])


def test_every_hash_of_a_copy_is_checked(closed: Path, own_copy: Path, tmp_path: Path) -> None:
    export_corpus(closed, tmp_path / "e", "llava")
    other = tmp_path / "other"
    shutil.copytree(own_copy, other)
    (other / "img" / "000001.jpg").write_bytes(picture(5).data)
    result = import_corpus(tmp_path / "e", tmp_path / "a", roots={"celeba": other})
    assert [one["id"] for one in result["refused"]] == ["train/0.jpg"]
    assert "not the picture it was" in result["refused"][0]["reason"]
    with pytest.raises(InputError, match="There is no folder"):
        import_corpus(tmp_path / "e", tmp_path / "b", roots={"celeba": tmp_path / "nowhere"})
    with pytest.raises(InputError, match="None of the records"):
        import_corpus(tmp_path / "e", tmp_path / "b")  # nothing was put back


def test_with_pictures_copies_all_and_says_what_that_means(closed: Path, tmp_path: Path) -> None:
    result = export_corpus(closed, tmp_path / "e", "llava", with_pictures=True)
    assert result["pictures"] == {"copied": 3, "referenced": 0, "left": 0}
    assert "Do not pass this folder on" in (tmp_path / "e" / "README.md").read_text()
    import_corpus(tmp_path / "e", tmp_path / "again")
    assert tables(tmp_path / "again") == tables(closed)


def test_open_pictures_are_copied_without_a_warning(tmp_path: Path) -> None:
    export_corpus(write_corpus(tmp_path / "c"), tmp_path / "e", "llava", with_pictures=True)
    assert "Do not pass" not in (tmp_path / "e" / "README.md").read_text()
    assert not (tmp_path / "e" / "references.csv").exists()


def test_an_unknown_source_counts_as_closed(tmp_path: Path) -> None:
    corpus = closed_corpus(tmp_path / "c", source="../my own")
    result = export_corpus(corpus, tmp_path / "e", "llava")
    assert result["pictures"]["copied"] == 0
    named = {one["image"] for one in records(tmp_path / "e", "train.json")}
    assert named == {f"images/_._my_own/{place}" for place in PLACES}


def test_crops_alone_cannot_be_exported_without_pictures(tmp_path: Path) -> None:
    from exchange_corpus import ABOUT, conversation, turns

    from facelm.corpus import CorpusWriter

    with CorpusWriter(tmp_path / "c", {**ABOUT, "source": "celeba"}) as writer:
        one = [picture(0)]
        writer.add(0, one, conversation(0, one, turns(0), source="celeba"))
        writer.finish()
    with pytest.raises(InputError, match=r"None of the 1 conversations.*--with-pictures"):
        export_corpus(tmp_path / "c", tmp_path / "e", "llava")
    assert not (tmp_path / "e").exists()


def test_metadata_names_the_strictest_licence_and_the_papers(tmp_path: Path) -> None:
    closed = closed_corpus(tmp_path / "c", source="celeba")
    export_corpus(closed, tmp_path / "e", "hf", creators=["Doe, Jo", "Roe, Al"])
    data = json.loads((tmp_path / "e" / "datacite.json").read_text())
    assert [one["name"] for one in data["creators"]] == ["Doe, Jo", "Roe, Al"]
    assert "celeba" in data["rightsList"][0]["rights"]
    assert "may not be passed on" in data["rightsList"][0]["rights"]
    assert {"relatedIdentifier": "arXiv:1411.7766", "relatedIdentifierType": "arXiv",
            "relationType": "References"} in data["relatedIdentifiers"]  # fmt: skip
