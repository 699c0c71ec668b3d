"""Sources for anybody's pictures: tar shards, CSV files, Hugging Face folders; and LAION-Face."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from miniature import portrait, write_picture, write_text
from PIL import Image

from facelm.errors import InputError, PictureError
from facelm.sources import _tars
from facelm.sources._dataset import Dataset
from facelm.sources._splits import split_of
from facelm.sources._tars import Member
from facelm.sources.csv_table import CsvTable
from facelm.sources.hf import HfDataset
from facelm.sources.laion_face import LaionFace
from facelm.sources.webdataset import WebDataset
from facelm.types import Face, Refused, Row


def picture(index: int, kind: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    portrait(index, 48).save(buffer, kind)
    return buffer.getvalue()


def usable(source: Dataset, split: str | None = None) -> list[Row]:
    return [row for row in source.rows(split) if isinstance(row, Row)]


def refusals(source: Dataset, split: str | None = None) -> dict[str, str]:
    return {row.id: row.reason for row in source.rows(split) if isinstance(row, Refused)}


def open_faces(source: Dataset, split: str | None = None) -> list[Face]:
    found = [face for face in source.faces(split) if isinstance(face, Face)]
    for face in found:
        Image.open(io.BytesIO(face.image)).load()
    return found


# ---------------------------------------------------------------- tars


def add(tar: tarfile.TarFile, name: str, data: bytes | str, **fields: Any) -> None:
    content = data.encode() if isinstance(data, str) else data
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    tar.addfile(info, io.BytesIO(content))


def pack(path: Path, members: list[tuple[str, bytes | str]], **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w", **options) as tar:
        for name, data in members:
            add(tar, name, data)
    return path


def sample(key: str, index: int, suffix: str = "jpg", **labels: Any) -> list[tuple[str, Any]]:
    kind = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}[suffix.lower()]
    return [(f"{key}.{suffix}", picture(index, kind)), (f"{key}.json", json.dumps(labels))]


def test_samples_become_rows_with_labels_caption_and_class(tmp_path: Path) -> None:
    pack(
        tmp_path / "00000.tar",
        [
            *sample("0001", 1, age=31, smiling=True, yaw=-2.5, mood="calm", box=[1, 2], gone=None),
            ("0001.txt", " a calm face \n"),
            ("0001.cls", "7"),
            ("0001.npy", b"left alone"),
            *sample("sub/0002", 2, "PNG"),
            ("sub/0002.cls", "calm"),
            *sample("0003", 3, "webp"),
        ],
    )
    source = WebDataset(tmp_path)
    first, second, third = open_faces(source)
    assert (first.id, second.id, third.id) == ("00000/0001", "00000/sub/0002", "00000/0003")
    assert first.labels == {
        "age": 31, "smiling": True, "yaw": -2.5, "mood": "calm", "class": 7,
        "caption": "a calm face",
    }  # fmt: skip
    assert first.image == picture(1)
    assert second.labels == {"class": "calm"} and third.labels == {}
    assert source.splits() == () and source.count() == 3 and not refusals(source)


def test_members_are_read_by_offset_and_nothing_is_unpacked(tmp_path: Path) -> None:
    shard = pack(tmp_path / "0.tar", [*sample("a", 1), *sample("b", 2)])
    before = set(tmp_path.rglob("*"))
    row = usable(WebDataset(tmp_path))[1]
    assert isinstance(row.media, Member) and row.media.place == "0.tar/b.jpg"
    whole = shard.read_bytes()
    assert whole[row.media.offset : row.media.offset + row.media.size] == row.media.read()
    assert row.media.read() == picture(2) and row.media.missing() is None
    assert set(tmp_path.rglob("*")) == before
    shard.write_bytes(whole[: row.media.offset + 10])
    assert "ends in the middle of b.jpg" in str(row.media.missing())
    with pytest.raises(PictureError, match="ends in the middle"):
        row.media.read()
    shard.unlink()
    assert "cannot be read" in str(row.media.missing())


def test_splits_come_from_folders_and_names(tmp_path: Path) -> None:
    places = ("test/0.tar", "train/1.tar", "faces-validation-0002.tar", "x/Val/3.tar", "spare.tar")
    for index, place in enumerate(places):
        pack(tmp_path / place, sample("a", index))
    source = WebDataset(tmp_path)
    assert source.splits() == ("train", "val", "validation", "test")
    assert [row.id for row in usable(source, "val")] == ["x/Val/3/a"]
    assert [row.id for row in usable(source, "validation")] == ["faces-validation-0002/a"]
    assert {row.split for row in usable(source)} == {"train", "val", "validation", "test", ""}
    with pytest.raises(InputError, match="split of webdataset"):
        list(source.rows("dev"))


def test_training_is_no_split_by_its_first_letters(tmp_path: Path) -> None:
    pack(tmp_path / "trainers" / "latest.tar", sample("a", 1))
    assert WebDataset(tmp_path).splits() == ()


@pytest.mark.parametrize("name", ["../b.jpg", "/b.jpg", "x/../../b.jpg", "..\\b.jpg", "C:/b.jpg"])
def test_members_that_point_out_of_the_shard_are_refused(tmp_path: Path, name: str) -> None:
    pack(tmp_path / "0.tar", [*sample("a", 1), (name, picture(2)), *sample("c", 3)])
    source = WebDataset(tmp_path)
    assert [row.id for row in usable(source)] == ["0/a", "0/c"]
    assert refusals(source) == {
        f"0.tar/{name}": f"{name} points out of its shard: pack it again with names below the "
        "folder"
    }


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (tarfile.SYMTYPE, "is a link"),
        (tarfile.LNKTYPE, "is a link"),
        (tarfile.CHRTYPE, "no plain file"),
        (tarfile.BLKTYPE, "no plain file"),
        (tarfile.FIFOTYPE, "no plain file"),
        (tarfile.GNUTYPE_SPARSE, "no plain file"),
    ],
)
def test_links_and_devices_are_refused_with_their_sample(
    tmp_path: Path, kind: bytes, reason: str
) -> None:
    with tarfile.open(tmp_path / "0.tar", "w") as tar:
        add(tar, "a.jpg", picture(1))
        add(tar, "a.json", b"", type=kind, linkname="/etc/passwd")
        add(tar, "b.jpg", picture(2))
    source = WebDataset(tmp_path)
    assert [row.id for row in usable(source)] == ["0/b"]
    (refused,) = refusals(source).items()
    assert refused[0] == "0.tar/a.json" and reason in refused[1]


def test_every_refused_member_is_named_once(tmp_path: Path) -> None:
    members = [("../x", b"1"), ("a.jpg", picture(1)), ("/y", b"2"), ("b.jpg", picture(2))]
    pack(tmp_path / "0.tar", members)
    rows = list(WebDataset(tmp_path).rows())
    assert [row.id for row in rows] == ["0.tar/../x", "0/a", "0.tar//y", "0/b"]


def test_folders_dot_files_and_names_without_a_suffix_are_passed_by(tmp_path: Path) -> None:
    write_picture(tmp_path / "in" / "a.jpg")
    write_text(tmp_path / "in" / "._a.jpg", "a Mac's own")
    write_text(tmp_path / "in" / "README", "no sample")
    with tarfile.open(tmp_path / "0.tar", "w") as tar:
        tar.add(tmp_path / "in", ".")
    source = WebDataset(tmp_path)
    assert [row.id for row in usable(source)] == ["0/a"] and not refusals(source)


def test_declared_sizes_beyond_the_cap_are_refused(tmp_path: Path) -> None:
    bomb = tarfile.TarInfo("b.jpg")
    bomb.size = 40_000_000_000
    texts = ("c.json", b" " * (_tars.MAX_TEXT_BYTES + 1))
    shard = pack(tmp_path / "0.tar", [*sample("a", 1), ("c.jpg", picture(2)), texts])
    end = len(shard.read_bytes().rstrip(b"\0")) // 512 * 512 + 512
    shard.write_bytes(shard.read_bytes()[:end] + bomb.tobuf() + bytes(1024))
    found = refusals(WebDataset(tmp_path))
    assert [row.id for row in usable(WebDataset(tmp_path))] == ["0/a"]
    assert "1,000,001 bytes, not 1 to 1,000,000" in found["0.tar/c.json"]
    assert "40,000,000,000 bytes" in found["0.tar/b.jpg"]
    assert "ends in the middle of b.jpg" in found["0.tar"]


def test_long_names_of_both_kinds_are_read(tmp_path: Path) -> None:
    key = "deep/" * 60 + "é" * 30
    for name, form in (("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)):
        pack(tmp_path / f"{name}.tar", [*sample(key, 1), *sample("b", 2)], format=form)
    source = WebDataset(tmp_path)
    assert [row.id for row in usable(source)] == [f"gnu/{key}", "gnu/b", f"pax/{key}", "pax/b"]
    assert len(open_faces(source)) == 4


def pax_shard(path: Path, records: bytes, declared: int | None = None) -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, len(records) if declared is None else declared
    with tarfile.open(path, "w") as tar:
        add(tar, "a.jpg", picture(1))
        tar.fileobj.write(header.tobuf() + records.ljust(512, b"\0"))  # type: ignore[union-attr]
        add(tar, "b.jpg", picture(2))


@pytest.mark.parametrize(
    ("records", "declared", "reason"),
    [
        (b"0 path=x\n", None, "header that cannot be read"),
        (b"999 path=x\n", None, "header that cannot be read"),
        (b"path=x", None, "header that cannot be read"),
        (b"14 size=-4096\n", None, "size that is no number"),
        (b"11 path=x\n\n", 3_000_000_000, "header of 3,000,000,000 bytes"),
        (b"11 path=x\n\n", 900_000, "in the middle of a header"),
    ],
)
def test_damaged_extended_headers_end_the_shard_in_one_sentence(
    tmp_path: Path, records: bytes, declared: int | None, reason: str
) -> None:
    pax_shard(tmp_path / "0.tar", records, declared)
    found = refusals(WebDataset(tmp_path))
    assert set(found) == {"0.tar"} and reason in found["0.tar"]
    assert found["0.tar"].startswith("0.tar ") and "fresh copy" in found["0.tar"]


def test_members_with_holes_are_refused(tmp_path: Path) -> None:
    pax_shard(tmp_path / "0.tar", b"22 GNU.sparse.major=1\n")
    assert "b.jpg is no plain file" in refusals(WebDataset(tmp_path))["0.tar/b.jpg"]


@pytest.mark.parametrize("cut", ["in a member", "between members", "in a header", "no end mark"])
def test_truncated_shards_give_what_is_whole_and_one_sentence(tmp_path: Path, cut: str) -> None:
    shard = pack(tmp_path / "0.tar", [*sample("a", 1, age=1), *sample("b", 2, age=2)])
    pack(tmp_path / "1.tar", sample("c", 3))
    with tarfile.open(shard) as tar:
        names = {info.name: info for info in tar}
    at = {
        "in a member": names["b.jpg"].offset_data + 100,
        "between members": names["b.json"].offset,
        "in a header": names["b.json"].offset + 100,
        "no end mark": names["b.json"].offset_data + 512,
    }[cut]
    shard.write_bytes(shard.read_bytes()[:at])
    source = WebDataset(tmp_path)
    assert [row.id for row in usable(source)] == ["0/a", "1/c"]
    found = refusals(source)
    assert set(found) == {"0.tar"} and found["0.tar"].startswith("0.tar ends ")


def test_a_shard_that_is_no_tar(tmp_path: Path) -> None:
    write_text(tmp_path / "0.tar", "no tar at all " * 100)
    write_text(tmp_path / "1.tar", "")
    pack(tmp_path / "2.tar", sample("a", 1))
    found = refusals(WebDataset(tmp_path))
    assert "0.tar is not a tar file" in found["0.tar"]
    assert "1.tar is not a tar file" in found["1.tar"]


def test_compressed_shards_are_not_read(tmp_path: Path) -> None:
    pack(tmp_path / "a" / "0.tar", sample("a", 1))
    plain = (tmp_path / "a" / "0.tar").read_bytes()
    (tmp_path / "a" / "1.tar.gz").write_bytes(gzip.compress(plain))
    (tmp_path / "a" / "2.tar").write_bytes(gzip.compress(plain))
    found = refusals(WebDataset(tmp_path / "a"))
    assert set(found) == {"1.tar.gz", "2.tar"}
    assert all("is compressed: unpack it to a plain .tar" in reason for reason in found.values())
    (tmp_path / "a" / "0.tar").unlink()
    with pytest.raises(InputError, match=r"1\.tar\.gz is compressed: unpack it"):
        WebDataset(tmp_path / "a")


def test_samples_that_cannot_be_used_are_refused_and_named(tmp_path: Path) -> None:
    pack(
        tmp_path / "0.tar",
        [
            ("a.json", "{}"),
            ("b.jpg", picture(1)), ("b.json", "[1]"),
            ("c.jpg", picture(2)), ("c.json", '{"age": NaN}'),
            ("d.jpg", picture(3)), ("d.json", "[" * 200_000),
            ("e.jpg", picture(4)), ("e.txt", b"Jos\xe9"),
            ("f.jpg", b""),
            *sample("g", 5), ("h.jpg", picture(6)), *sample("g", 7),
            ("i.jpg", picture(8)), ("i.JPG", picture(9)),
        ],
    )  # fmt: skip
    source = WebDataset(tmp_path)
    found = refusals(source)
    assert [row.id for row in usable(source)] == ["0/f", "0/g", "0/h"]
    assert "no jpg, png or webp" in found["0/a"]
    assert all("is not a JSON object" in found[f"0/{key}"] for key in "bcd")
    assert "not text in UTF-8" in found["0/e"]
    assert "more than once" in found["0/g"]
    assert "a file of the sample twice" in found["0/i"]
    assert "0 bytes" in str(usable(source)[0].media.missing())
    assert open_faces(source)[0].image == picture(5)


def test_names_that_would_write_on_the_terminal_are_tamed(tmp_path: Path) -> None:
    pack(tmp_path / "0.tar", [("\x1b[2J.jpg", picture(1))])
    (row,) = usable(WebDataset(tmp_path))
    assert "\x1b" not in row.id + row.media.place


def test_one_shard_alone_and_a_folder_without_any(tmp_path: Path) -> None:
    shard = pack(tmp_path / "x" / "0.tar", sample("a", 1))
    assert [row.id for row in usable(WebDataset(shard))] == ["0/a"]
    (tmp_path / "y").mkdir()
    with pytest.raises(InputError, match=r"no \.tar shard"):
        WebDataset(tmp_path / "y")


# ---------------------------------------------------------------- laion-face


def fetched(key: str, index: int, text: str = "a face", **fields: Any) -> list[tuple[str, Any]]:
    about = {"url": f"http://e.org/{index}.jpg", "caption": text, "status": "success", **fields}
    return [
        (f"{key}.jpg", picture(index)),
        (f"{key}.json", json.dumps(about)),
        *([(f"{key}.txt", text)] if text else []),
    ]


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


def meta_row(number: int) -> dict[str, Any]:
    address = f"http://e.org/{number}.jpg"
    return {"SAMPLE_ID": 1000 + number, "URL": address, "TEXT": "a face", "NSFW": "UNLIKELY"}


def test_laion_face_gives_captions_and_every_row_one_drawn_split(tmp_path: Path) -> None:
    for part in ("00000", "00001"):
        members = [m for i in range(20) for m in fetched(f"{i:09d}", i + 20 * int(part), f"no {i}")]
        pack(tmp_path / "laion_face_data" / f"split_{part}" / "00000.tar", members)
    source = LaionFace(tmp_path)
    rows = usable(source)
    assert len(rows) == source.count() == 40
    assert rows[0].id == "laion_face_data/split_00000/00000/000000000"
    assert rows[3].labels == {"caption": "no 3"}
    assert all(row.split == split_of(f"http://e.org/{i}.jpg") for i, row in enumerate(rows))
    assert source.splits() == ("train", "val", "test")
    by_split = [row.id for name in source.splits() for row in usable(source, name)]
    assert sorted(by_split) == sorted(row.id for row in rows)
    assert len(open_faces(source)) == 40


def test_laion_face_refuses_what_the_metadata_asks_for_and_no_shard_has(tmp_path: Path) -> None:
    pack(tmp_path / "split_00003" / "00000.tar", [*fetched("000000000", 0), *fetched("1", 1)])
    write_rows(
        tmp_path / "laion_face_meta" / "laion_face_part_00003.parquet",
        [meta_row(number) for number in (0, 1, 2)],
    )
    write_rows(tmp_path / "laion_face_meta" / "laion_face_part_00004.parquet", [meta_row(9)])
    source = LaionFace(tmp_path)
    (refused,) = refusals(source).items()
    assert refused[0] == "split_00003/1002" and "not downloaded" in refused[1]
    assert source.count() == 3 and len(usable(source)) == 2
    write_rows(tmp_path / "laion_face_meta" / "laion_face_part_00003.parquet", [{"TEXT": "x"}])
    with pytest.raises(InputError, match="no column URL"):
        LaionFace(tmp_path)


def test_laion_face_refuses_what_img2dataset_could_not_fetch(tmp_path: Path) -> None:
    pack(tmp_path / "00000.tar", fetched("000000000", 0))
    row = {"key": 0, "status": "success", "url": "u", "error_message": None}
    failed = {
        "key": 1, "status": "failed_to_download", "url": "v", "error_message": "HTTP Error 404",
    }  # fmt: skip
    broken = {"key": 2, "status": "failed_to_resize", "url": "w", "error_message": None}
    write_rows(tmp_path / "00000.parquet", [row, failed, broken])
    found = refusals(LaionFace(tmp_path))
    assert set(found) == {"00000/000000001", "00000/000000002"}
    assert "(HTTP Error 404)" in found["00000/000000001"]
    assert "(failed_to_resize)" in found["00000/000000002"]
    write_rows(tmp_path / "00000.parquet", [{"k": 1}])
    with pytest.raises(InputError, match="no column key or status"):
        list(LaionFace(tmp_path).rows())


def test_laion_face_refuses_damaged_samples_and_other_shards(tmp_path: Path) -> None:
    pack(
        tmp_path / "split_00000" / "00000.tar",
        [
            *fetched("1", 1, ""),
            ("2.json", "{}"),
            ("3.jpg", picture(3)), ("3.json", "nothing"),
            ("4.jpg", picture(4)), ("4.json", '{"caption": "from the JSON"}'),
            ("../5.jpg", picture(5)),
        ],
    )  # fmt: skip
    source = LaionFace(tmp_path)
    found = refusals(source)
    assert [row.labels for row in usable(source)] == [{"caption": "from the JSON"}]
    assert "no caption" in found["split_00000/00000/1"]
    assert "no picture" in found["split_00000/00000/2"]
    assert "not a JSON object" in found["split_00000/00000/3"]
    assert "points out of its shard" in found["split_00000/00000.tar/../5.jpg"]
    assert sum(source.count(split) for split in source.splits()) == source.count() == 5
    pack(tmp_path / "other" / "faces.tar", sample("a", 1))
    with pytest.raises(InputError, match="is not LAION-Face"):
        LaionFace(tmp_path / "other")


# ---------------------------------------------------------------- csv


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("column", ["file", "image", "path"])
def test_csv_rows_with_any_delimiter_and_name_of_the_column(
    tmp_path: Path, delimiter: str, column: str
) -> None:
    write_picture(tmp_path / "in" / "a.jpg", 1)
    write_picture(tmp_path / "b.png", 2)
    lines = [
        ("age", column, "smiling", "yaw", "note"),
        ("31", "./in\\a.jpg", "True", "-2.5", f'"one{delimiter} two"'),
        ("", "b.png", "", "", "007"),
    ]
    text = "\ufeff" + "\r\n".join(delimiter.join(line) for line in lines) + "\r\n\r\n"
    source = CsvTable(write_text(tmp_path / "t.csv", text))
    a, b = open_faces(source)
    assert (a.id, b.id) == ("in/a.jpg", "b.png")
    assert a.labels == {
        "age": 31, "smiling": True, "yaw": -2.5, "note": f"one{delimiter} two",
    }  # fmt: skip
    assert b.labels == {"note": "007"}
    assert source.splits() == () and source.count() == 2


def test_csv_splits_and_rows_without_one(tmp_path: Path) -> None:
    source = CsvTable(
        write_text(tmp_path / "t.csv", "file,split\na.jpg,train\nb.jpg,test\nc.jpg,\n")
    )
    assert source.splits() == ("test", "train")
    assert [row.id for row in usable(source, "train")] == ["a.jpg"]
    assert sorted(row.id for row in usable(source)) == ["a.jpg", "b.jpg", "c.jpg"]
    with pytest.raises(InputError, match="split of csv"):
        list(source.rows("val"))


def test_csv_refuses_bad_rows_and_goes_on(tmp_path: Path) -> None:
    write_picture(tmp_path / "set" / "a.jpg", 1)
    write_picture(tmp_path / "secret.jpg", 1)
    lines = ["file,age", "a.jpg,1", "a.jpg,2", "b.jpg,3,4", ",5", "../secret.jpg,6", "/c.jpg,7"]
    source = CsvTable(write_text(tmp_path / "set" / "t.csv", "\n".join([*lines, "gone.jpg,8"])))
    found = refusals(source)
    assert [row.id for row in usable(source)] == ["a.jpg", "gone.jpg"]
    assert found["a.jpg"].startswith("line 3 names a.jpg once more")
    assert "line 4 has 1 values more than the header" in found["b.jpg"]
    assert "names no picture" in found["t.csv, line 5"]
    assert "not below the table's folder" in found["../secret.jpg"]
    assert "not below the table's folder" in found["/c.jpg"]
    assert [face.labels for face in open_faces(source)] == [{"age": 1}]
    assert "gone.jpg" in str(usable(source)[1].media.missing())


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_csv_in_another_encoding_is_told_in_one_sentence(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "t.csv").write_bytes("file,name\na.jpg,José\n".encode(encoding))
    with pytest.raises(InputError, match="not a CSV file in UTF-8"):
        CsvTable(tmp_path / "t.csv")


def test_csv_says_what_is_wrong_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give the CSV file itself"):
        CsvTable(tmp_path)
    for text in ("name,age\na.jpg,3\n", "", "file|age\na.jpg|3\n"):
        with pytest.raises(InputError, match="no column 'file', 'image' or 'path'"):
            CsvTable(write_text(tmp_path / "t.csv", text))
    with pytest.raises(InputError, match="'age' more than once"):
        CsvTable(write_text(tmp_path / "t.csv", "file,age,age\na.jpg,3,4\n"))


# ---------------------------------------------------------------- hf

FEATURES = {
    "voice": {"_type": "Audio"},
    "photo": {"_type": "Image"},
    "sex": {"_type": "ClassLabel", "names": ["female", "male"]},
}


def hub_row(index: int, **columns: Any) -> dict[str, Any]:
    return {
        "voice": {"bytes": b"no picture", "path": "a.wav"},
        "photo": {"bytes": picture(index), "path": f"{index}.jpg"},
        "sex": 1,
        "age": 30 + index,
        "score": 0.1,
        "words": ["a", "list"],
        **columns,
    }


def shard(path: Path, rows: list[dict[str, Any]], features: dict[str, Any] | None = None) -> Path:
    table = pa.Table.from_pylist(rows)
    if "score" in table.column_names:
        at = table.schema.get_field_index("score")
        table = table.set_column(at, "score", table["score"].cast(pa.float32()))
    metadata = {"huggingface": json.dumps({"info": {"features": features or FEATURES}})}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(metadata), path, row_group_size=2)
    return path


@pytest.mark.parametrize("folder", ["", "data"])
def test_hf_shards_become_splits_and_plain_columns_labels(tmp_path: Path, folder: str) -> None:
    shard(tmp_path / folder / "train-00000-of-00002.parquet", [hub_row(n) for n in range(3)])
    shard(tmp_path / folder / "train-00001-of-00002.parquet", [hub_row(3)])
    shard(tmp_path / folder / "dev-00000-of-00001-ab12.parquet", [hub_row(4)])
    source = HfDataset(tmp_path)
    assert source.splits() == ("train", "dev")
    assert (source.count(), source.count("train")) == (5, 4)
    rows = usable(source, "train")
    assert [row.id for row in rows][2:] == [
        "train-00000-of-00002/2", "train-00001-of-00002/0",
    ]  # fmt: skip
    assert rows[2].labels == {"sex": "male", "age": 32, "score": 0.1}
    assert source.vocabulary == {"sex": ("female", "male")}
    assert [row.media.read() for row in rows] == [picture(n) for n in range(4)]
    faces = open_faces(source, "train")
    assert [face.image for face in faces] == [picture(n) for n in range(4)]
    assert [face.labels for face in faces] == [row.labels for row in rows]


def test_hf_listing_rows_does_not_read_the_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from facelm.sources._tables import ParquetTable

    shard(tmp_path / "train-0.parquet", [hub_row(1)])
    asked: list[str] = []
    read = ParquetTable.read
    monkeypatch.setattr(
        ParquetTable, "read", lambda self, columns: asked.extend(columns) or read(self, columns)
    )
    assert len(usable(HfDataset(tmp_path))) == 1
    assert "photo" not in asked and "photo.path" in asked


def test_hf_values_that_say_nothing_are_no_labels(tmp_path: Path) -> None:
    rows = [
        hub_row(1, sex=-1, age=None, score=float("nan")),
        hub_row(2, sex=None, age=5, score=None),
        hub_row(3, sex=7, age=5, score=0.5),
    ]
    shard(tmp_path / "train-0.parquet", rows)
    source = HfDataset(tmp_path)
    assert [row.labels for row in usable(source)] == [{}, {"age": 5}]
    assert "the sex '7' is not one of female, male" in refusals(source)["train-0/2"]


def test_hf_mapping_names_the_picture_and_the_labels(tmp_path: Path) -> None:
    other = {"bytes": picture(9), "path": "9.jpg"}
    features = {**FEATURES, "crop": {"_type": "Image"}}
    shard(tmp_path / "train-0.parquet", [hub_row(1, crop=other)], features)
    write_text(tmp_path / "facelm.yaml", "image: crop\nlabels:\n  gender: sex\n  years: age\n")
    source = HfDataset(tmp_path)
    (face,) = open_faces(source)
    assert face.image == picture(9) and face.labels == {"gender": "male", "years": 31}
    assert source.vocabulary == {"gender": ("female", "male")}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("image: photos", "did you mean 'photo'"),
        ("image: voice", "no image column .* named 'voice'"),
        ("labels:\n  age: ages", "did you mean 'age'"),
        ("labels:\n  tags: words", "named 'words'"),
        ("lables:\n  age: age", "did you mean 'labels'"),
        ("labels: age", "`NAME: COLUMN`"),
        ("labels:\n  age: [age]", "`NAME: COLUMN`"),
        ("image: [photo]", "`NAME: COLUMN`"),
        ("- image", "says neither"),
        ("image: {", "is not YAML"),
    ],
)
def test_hf_mappings_that_cannot_be(tmp_path: Path, text: str, reason: str) -> None:
    shard(tmp_path / "train-0.parquet", [hub_row(1)])
    write_text(tmp_path / "facelm.yaml", text)
    with pytest.raises(InputError, match=reason):
        HfDataset(tmp_path)


def test_hf_needs_a_folder_with_pictures_on_this_machine(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"`hf download owner/faces --repo-type dataset"):
        HfDataset(Path("owner/faces"))
    with pytest.raises(InputError, match=r"holds no SPLIT-\*\.parquet"):
        HfDataset(tmp_path)
    shard(tmp_path / "train-0.parquet", [{"age": 3}])
    with pytest.raises(InputError, match="has no image column"):
        HfDataset(tmp_path)


def test_hf_shards_have_to_agree(tmp_path: Path) -> None:
    shard(tmp_path / "train-0.parquet", [hub_row(1)])
    shard(tmp_path / "train-1.parquet", [hub_row(2, age=["a list"])])
    with pytest.raises(InputError, match="no column age of the kind that other shards have"):
        HfDataset(tmp_path)
    (tmp_path / "train-1.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(InputError, match="not a whole parquet file"):
        HfDataset(tmp_path)


def test_hf_row_without_a_picture_is_told_when_it_is_wanted(tmp_path: Path) -> None:
    rows = [hub_row(1), hub_row(2, photo={"bytes": None, "path": "2.jpg"}), hub_row(3, photo=None)]
    shard(tmp_path / "train-0.parquet", rows)
    found = [face for face in HfDataset(tmp_path).faces() if isinstance(face, Refused)]
    assert [face.id for face in found] == ["train-0/1", "train-0/2"]
    assert all("has no picture in its row" in face.reason for face in found)


# ---------------------------------------------------------------- what is said of them


@pytest.mark.parametrize("source", [WebDataset, CsvTable, HfDataset])
def test_pictures_of_nobody_known_are_not_to_be_passed_on(source: type[Dataset]) -> None:
    assert source.about.tasks == ("anything",)
    assert source.about.licence.startswith("not stated")
    assert source.about.third_party == "ask" and not source.about.redistribute
