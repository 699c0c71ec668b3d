"""Sources: both FairFace layouts in miniature, folders of pictures, heads, drawing a subset."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from facelm._io import sha256
from facelm.errors import InputError
from facelm.sources import open_source
from facelm.sources.subset import subset
from facelm.types import FAIRFACE_RACES, Face, Refused, Source

ROOT = Path(__file__).parents[1]


def picture(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), (shade, 90, 60)).save(buffer, "JPEG")
    return buffer.getvalue()


def faces(source: Source, split: str | None = None) -> list[Face]:
    return [row for row in source.faces(split) if isinstance(row, Face)]


def refusals(source: Source, split: str | None = None) -> dict[str, str]:
    return {row.id: row.reason for row in source.faces(split) if isinstance(row, Refused)}


# ---------------------------------------------------------------- fairface, official layout

OFFICIAL = [
    ("train/1.jpg", "20-29", "Male", "White", "True"),
    ("train/2.jpg", "03-Sep", "Female", "East Asian", "False"),
    ("train/3.jpg", "Oct-19", "Female", "Latino_Hispanic", "False"),
    ("train/4.jpg", "more than 70", "Male", "Black", "True"),
]


def write_csv(path: Path, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("file", "age", "gender", "race", "service_test"), *rows])


def official(folder: Path, top: str = "", rows: list[tuple[str, ...]] = OFFICIAL) -> Path:
    for shade, row in enumerate(rows):
        place = folder / top / row[0]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(picture(shade * 10))
    write_csv(folder / "fairface_label_train.csv", rows)
    return folder


@pytest.mark.parametrize(
    "top", ["", "fairface-img-margin025-trainval", "fairface-img-margin125-trainval"]
)
def test_official_layout_with_and_without_the_archives_top_folder(tmp_path: Path, top: str) -> None:
    source = open_source(f"fairface:{official(tmp_path, top)}")
    assert isinstance(source, Source)
    assert source.splits() == ("train",)
    assert source.count("train") == 4
    found = faces(source)
    assert [face.id for face in found] == [row[0] for row in OFFICIAL]
    assert found[0].labels == {"age": "20-29", "gender": "Male", "race": "White"}
    assert found[0].image == picture(0)
    assert found[0].cropped and found[0].licence == "CC BY 4.0" and found[0].split == "train"


def test_ages_that_a_spreadsheet_turned_into_dates_are_put_right(tmp_path: Path) -> None:
    found = faces(open_source(f"fairface:{official(tmp_path)}"))
    assert [face.labels["age"] for face in found] == ["20-29", "3-9", "10-19", "more than 70"]


def test_official_layout_refuses_bad_rows_and_goes_on(tmp_path: Path) -> None:
    official(tmp_path)
    write_csv(
        tmp_path / "fairface_label_train.csv",
        [
            *OFFICIAL,
            ("train/1.jpg", "30-39", "Male", "White", "True"),
            ("train/9.jpg", "30-39", "Male", "White", "True"),
            ("train/5.jpg", "30-39", "Male", "Martian", "True"),
            ("../secret.jpg", "30-39", "Male", "White", "True"),
        ],
    )
    (tmp_path.parent / "secret.jpg").write_bytes(picture(1))
    source = open_source(f"fairface:{tmp_path}")
    found = refusals(source)
    assert len(faces(source)) == 4
    assert "more than once" in found["train/1.jpg"]
    assert "there is no picture" in found["train/9.jpg"]
    assert "'Martian'" in found["train/5.jpg"] and "Southeast Asian" in found["train/5.jpg"]
    assert "leads out of the dataset" in found["../secret.jpg"]
    assert source.count(None) == 8


def test_one_csv_of_it_is_enough(tmp_path: Path) -> None:
    official(tmp_path)
    (tmp_path / "fairface_label_train.csv").rename(tmp_path / "fairface_label_val.csv")
    source = open_source(f"fairface:{tmp_path / 'fairface_label_val.csv'}")
    assert source.splits() == ("val",)
    assert len(faces(source, "val")) == 4


def test_csv_without_pictures_says_which_archive_to_unpack(tmp_path: Path) -> None:
    write_csv(tmp_path / "fairface_label_val.csv", [("val/1.jpg", "0-2", "Male", "White", "True")])
    with pytest.raises(InputError, match=r"fairface-img-margin025-trainval\.zip"):
        open_source(f"fairface:{tmp_path}")


def test_csv_without_a_column_is_told(tmp_path: Path) -> None:
    (tmp_path / "fairface_label_val.csv").write_text("file,age,gender\nval/1.jpg,0-2,Male\n")
    with pytest.raises(InputError, match="no column race"):
        open_source(f"fairface:{tmp_path}")


# ---------------------------------------------------------------- fairface, Hugging Face layout


def write_parquet(path: Path, rows: list[dict[str, object]], names: dict[str, list[str]]) -> None:
    features = {name: {"names": words, "_type": "ClassLabel"} for name, words in names.items()}
    table = pa.Table.from_pylist(rows)
    notes = {"huggingface": json.dumps({"info": {"features": features}})}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(notes), path)


def parquet_row(place: str | None, age: object, gender: object, race: object) -> dict[str, object]:
    image = {"bytes": picture(len(place or "")), "path": place}
    return {"image": image, "age": age, "gender": gender, "race": race, "service_test": True}


def test_parquet_layout_with_words(tmp_path: Path) -> None:
    rows = [parquet_row(f"train/{n}.jpg", "20-29", "Male", "White") for n in (7, 8)]
    write_parquet(tmp_path / "train-00000-of-00002.parquet", rows[:1], {})
    write_parquet(tmp_path / "train-00001-of-00002.parquet", rows[1:], {})
    write_parquet(
        tmp_path / "dev-00000-of-00001.parquet",
        [parquet_row("train/9.jpg", "0-2", "Female", "Black")],
        {},
    )
    source = open_source(f"fairface:{tmp_path}")
    assert source.splits() == ("train", "dev")
    assert [face.id for face in faces(source)] == ["train/7.jpg", "train/8.jpg", "train/9.jpg"]
    assert [face.split for face in faces(source, "dev")] == ["dev"]
    assert source.count("train") == 2 and source.count(None) == 3


def test_parquet_layout_with_class_numbers_named_in_the_file(tmp_path: Path) -> None:
    names = {"age": ["20-29"], "gender": ["Female", "Male"], "race": list(FAIRFACE_RACES)}
    write_parquet(tmp_path / "validation-0.parquet", [parquet_row("1.jpg", 0, 1, 2)], names)
    (face,) = faces(open_source(f"fairface:{tmp_path}"))
    assert face.labels == {"age": "20-29", "gender": "Male", "race": "Indian"}
    assert face.id == "validation/1.jpg"


def test_parquet_layout_with_class_numbers_of_the_hubs_card(tmp_path: Path) -> None:
    rows = [parquet_row("1.jpg", 8, 0, 0), parquet_row("2.jpg", 0, 1, 6)]
    write_parquet(tmp_path / "0.25" / "val-00000-of-00001.parquet", rows, {})
    found = faces(open_source(f"fairface:{tmp_path}"))
    assert found[0].labels == {"age": "more than 70", "gender": "Male", "race": "East Asian"}
    assert found[1].labels == {"age": "0-2", "gender": "Female", "race": "Southeast Asian"}


def test_parquet_layout_refuses_unknown_numbers_missing_pictures_and_doubles(
    tmp_path: Path,
) -> None:
    rows = [
        parquet_row("1.jpg", 9, 0, 0),
        {**parquet_row("2.jpg", 1, 0, 0), "image": {"bytes": None, "path": "2.jpg"}},
        parquet_row("3.jpg", 1, 0, 0),
        parquet_row("3.jpg", 2, 0, 0),
        parquet_row("4.jpg", 1, 0, None),
    ]
    write_parquet(tmp_path / "val-0.parquet", rows, {})
    source = open_source(f"fairface:{tmp_path}")
    assert [face.id for face in faces(source)] == ["val/3.jpg"]
    assert set(refusals(source)) == {f"val/{n}.jpg" for n in (1, 2, 3, 4)}
    assert "the age '9'" in refusals(source)["val/1.jpg"]


def test_broken_parquet_is_told(tmp_path: Path) -> None:
    (tmp_path / "train-0.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(InputError, match="not a whole parquet file"):
        open_source(f"fairface:{tmp_path}")


# ---------------------------------------------------------------- names and places


def test_unknown_source_suggests_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'fairface'"):
        open_source("fairfaces:somewhere")


@pytest.mark.parametrize("spec", ["fairface", "folder", "folder:", "fairface:/no/such/folder"])
def test_missing_place_says_what_to_give(spec: str) -> None:
    with pytest.raises(InputError, match=r"give `\w+:PATH`"):
        open_source(spec)


def test_folder_that_is_not_fairface(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not FairFace"):
        open_source(f"fairface:{tmp_path}")


def test_unknown_split_names_those_that_are_there(tmp_path: Path) -> None:
    source = open_source(f"fairface:{official(tmp_path)}")
    with pytest.raises(InputError, match="train"):
        list(source.faces("dev"))


# ---------------------------------------------------------------- folder


def pictures_in(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(picture(len(name)))
    return folder


def test_folder_reads_pictures_in_order_and_ignores_other_files(tmp_path: Path) -> None:
    pictures_in(tmp_path, "b.jpg", "a/z.PNG", "c.gif", ".hidden.jpg")
    (tmp_path / "notes.txt").write_text("no picture")
    source = open_source(f"folder:{tmp_path}")
    assert isinstance(source, Source)
    found = faces(source)
    assert [face.id for face in found] == ["a/z.PNG", "b.jpg", "c.gif"]
    assert found[0].labels == {} and not found[0].cropped
    assert source.splits() == () and source.count(None) == 3


def test_folder_reads_labels_of_every_kind(tmp_path: Path) -> None:
    pictures_in(tmp_path, "a.jpg", "b.jpg")
    (tmp_path / "labels.csv").write_text(
        "\ufefffile,age,glasses,yaw,mood,code,split\na.jpg,31,True,-12.5,calm,007,train\nb.jpg,,no,,,,\n"
    )
    a, b = faces(open_source(f"folder:{tmp_path}"))
    assert a.labels == {"age": 31, "glasses": True, "yaw": -12.5, "mood": "calm", "code": "007"}
    assert b.labels == {"glasses": "no"}
    assert (a.split, b.split) == ("train", "")
    assert [face.id for face in faces(open_source(f"folder:{tmp_path}"), "train")] == ["a.jpg"]


def test_folder_refuses_rows_without_a_file_and_doubles(tmp_path: Path) -> None:
    pictures_in(tmp_path, "a.jpg")
    (tmp_path / "labels.csv").write_text("file,age\ngone.jpg,3\na.jpg,4\na.jpg,5\n../x.jpg,6\n")
    source = open_source(f"folder:{tmp_path}")
    (face,) = faces(source)
    assert face.labels == {"age": 4}
    found = refusals(source)
    assert "no such picture" in found["gone.jpg"] and "gone.jpg" in found["gone.jpg"]
    assert "more than once" in found["a.jpg"]
    assert "no such picture" in found["../x.jpg"]
    assert source.count(None) == len(list(source.faces(None))) == 4


def test_folder_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no picture"):
        open_source(f"folder:{tmp_path}")
    pictures_in(tmp_path, "a.jpg")
    with pytest.raises(InputError, match="not a folder"):
        open_source(f"folder:{tmp_path / 'a.jpg'}")
    with pytest.raises(InputError, match="no splits"):
        list(open_source(f"folder:{tmp_path}").faces("train"))
    (tmp_path / "labels.csv").write_text("name,age\na.jpg,3\n")
    with pytest.raises(InputError, match="'file'"):
        open_source(f"folder:{tmp_path}")
    (tmp_path / "labels.csv").write_bytes("file,name\na.jpg,José\n".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        open_source(f"folder:{tmp_path}")


# ---------------------------------------------------------------- heads


def head_row(number: int, **labels: object) -> dict[str, object]:
    return {
        "id": f"head-{number:03d}-0",
        "image": {"bytes": picture(number), "path": f"head-{number:03d}-0.webp"},
        "identity": number,
        "split": "test",
        "sex": "female",
        "age_stage": "young",
        "glasses": True,
        "yaw": 12.3,
        "landmarks": [[float(i), float(i + 1)] for i in range(68)],
        **labels,
    }


def write_heads(folder: Path, rows: list[dict[str, object]]) -> Path:
    table = pa.Table.from_pylist(rows)
    yaw = table.schema.get_field_index("yaw")
    table = table.set_column(yaw, "yaw", table["yaw"].cast(pa.float32()))  # as it is shipped
    pq.write_table(table, folder / "portraits-test.parquet")
    return folder


def test_heads_columns_become_labels_and_landmarks(tmp_path: Path) -> None:
    write_heads(tmp_path, [head_row(1), head_row(2, age_stage="ancient")])
    source = open_source(f"heads:{tmp_path}")
    assert isinstance(source, Source)
    assert source.splits() == ("test",) and source.count("test") == 2
    (face,) = faces(source)
    assert face.labels == {
        "identity": 1, "sex": "female", "age_stage": "young", "glasses": True, "yaw": 12.3,
    }  # fmt: skip
    assert face.landmarks is not None and face.landmarks[3] == (3.0, 4.0)
    assert face.cropped and face.split == "test"
    assert "'ancient'" in refusals(source)["head-002-0"]


def test_heads_elsewhere_must_have_the_layout(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="portraits-train"):
        open_source(f"heads:{tmp_path}")


def test_shipped_heads_share_no_identity_between_splits() -> None:
    source = open_source("heads")
    train, test = faces(source, "train"), faces(source, "test")
    assert len(train) + len(test) >= 800 and not refusals(source)
    ids = [{face.labels["identity"] for face in found} for found in (train, test)]
    assert not ids[0] & ids[1]
    assert len({face.id for face in train + test}) == len(train) + len(test)
    for face in test[:20]:
        assert face.landmarks is not None and len(face.landmarks) == 68
        assert Image.open(io.BytesIO(face.image)).size == (224, 224)
        for name, words in source.vocabulary.items():
            assert face.labels[name] in words


def test_shipped_clips_decode_to_sixteen_frames_with_their_truth() -> None:
    from facelm.sources.heads import Heads

    clips = Heads().clips("test")
    for _ in range(3):
        clip = next(clips)
        assert clip.frames.shape == (16, 224, 224, 3)
        assert len(clip.truth) == 16 and clip.split == "test"
        assert {"yaw", "pitch", "roll", "landmarks"} <= set(clip.truth[0])
        assert "sex" in clip.labels and "yaw" not in clip.labels


# ---------------------------------------------------------------- subset


def listing_of(rows: list[tuple[str, bytes, str]], path: Path) -> Path:
    lines = [f"{name},{sha256(data)},{split}" for name, data, split in rows]
    path.write_text("\n".join(["file,sha256,split", *lines]) + "\n")
    return path


def test_subset_draws_the_listed_pictures_and_lists_the_rest(tmp_path: Path) -> None:
    copy = official(tmp_path / "copy")
    wanted = [(row[0], (copy / row[0]).read_bytes(), "train") for row in OFFICIAL[:3]]
    wanted[2] = (*wanted[2][:2], "dev")
    wanted.append(("train/77.jpg", b"never seen", "train"))
    (copy / "train/2.jpg").write_bytes(picture(200))
    listing = listing_of(wanted, tmp_path / "list.csv")

    result = subset(copy, listing, tmp_path / "out")

    assert result == {
        "written": {"dev": 1, "train": 1},
        "missing": ["train/77.jpg"],
        "changed": ["train/2.jpg"],
    }
    source = open_source(f"fairface:{tmp_path / 'out'}")
    assert source.splits() == ("train", "dev")
    (dev,) = faces(source, "dev")
    assert dev.id == "train/3.jpg" and dev.labels["age"] == "10-19"
    assert dev.image == wanted[2][1]


def test_subset_finds_pictures_by_hash_in_copies_that_name_them_otherwise(tmp_path: Path) -> None:
    row = parquet_row("1.jpg", 3, 0, 3)
    write_parquet(tmp_path / "copy" / "train-0.parquet", [row], {})
    data = row["image"]["bytes"]  # type: ignore[index]
    listing = listing_of([("train/6512.jpg", data, "dev")], tmp_path / "list.csv")
    assert subset(tmp_path / "copy", listing, tmp_path / "out")["written"] == {"dev": 1}
    (face,) = faces(open_source(f"fairface:{tmp_path / 'out'}"))
    assert face.id == "train/6512.jpg"
    assert face.labels == {"age": "20-29", "gender": "Male", "race": "White"}


def test_subset_of_another_dataset_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    copy = official(tmp_path / "copy")
    listing = listing_of([("train/77.jpg", b"never seen", "train")], tmp_path / "list.csv")
    with pytest.raises(InputError, match="None of the 1 pictures"):
        subset(copy, listing, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="no list"):
        subset(copy, tmp_path / "none.csv", tmp_path / "out")


def test_the_shipped_list_names_20000_different_pictures() -> None:
    with (ROOT / "recipes" / "fairface-20k.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"file", "sha256", "split"}
    assert len({row["file"] for row in rows}) == len({row["sha256"] for row in rows}) == 20_000
    assert sum(row["split"] == "dev" for row in rows) == 2_000
