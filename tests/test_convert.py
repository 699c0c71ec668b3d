"""Labels into conversations: the same bytes however it is run, and bad input never stops it."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from miniature import portrait, write_picture, write_text, write_video
from miniatures import BUILDERS
from PIL import Image

from facelm.convert import convert
from facelm.corpus import read_corpus
from facelm.errors import InputError
from facelm.types import Conversation

ROOT = Path(__file__).parents[1]
AGES = ("0-2", "3-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "more than 70")


def fairface(root: Path, rows: int, ages: Sequence[str] = AGES) -> str:
    """A copy of FairFace's layout with `rows` small pictures, all of them different."""
    (root / "train").mkdir(parents=True)
    face = portrait(0, 24)
    with (root / "fairface_label_train.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "age", "gender", "race", "service_test"])
        for number in range(rows):
            face.putpixel((0, 0), (number % 256, number // 256, 0))
            face.save(root / "train" / f"{number}.png")
            gender = ("Male", "Female")[number % 2]
            row = [f"train/{number}.png", ages[number % len(ages)], gender, "White", "False"]
            table.writerow(row)
    return f"fairface:{root}"


def contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


def conversations(path: Path) -> list[Conversation]:
    return list(read_corpus(path).conversations())


def test_labels_become_questions_about_the_picture_and_about_several(tmp_path: Path) -> None:
    source = fairface(tmp_path / "data", 90)
    result = convert(source, tmp_path / "c", tasks=["age"])
    assert (result["faces"], result["pictures"], result["refused"]) == (90, 90, [])
    corpus = read_corpus(tmp_path / "c")
    single = [one for one in corpus.conversations() if len(one.image_ids) == 1]
    several = [
        one
        for one in corpus.conversations()
        if len(one.image_ids) > 1 and one.turns[0].category == "age, who is older"
    ]
    assert len(single) == 90 and several
    age_of = {one.image_ids[0]: str(one.labels["age"]) for one in single}
    for one in single:
        path = tmp_path / "data" / one.face_id
        assert corpus.picture(one.image_ids[0]) == path.read_bytes()
        assert (one.split, one.teacher, one.licence) == ("train", "labels", "CC BY 4.0")
        for turn in one.turns:
            if turn.category == "age, group":
                assert turn.answer in (age_of[one.image_ids[0]], f"{one.labels['age']} years")
    for one in several:
        ranks = [AGES.index(age_of[image_id]) for image_id in one.image_ids]
        (turn,) = one.turns
        right = ["first", "second", "third", "fourth"][ranks.index(max(ranks))]
        lines = turn.question.splitlines()
        named = turn.answer if len(lines) == 1 else lines[2 + ord(turn.answer) - ord("A")]
        assert f"the {right} picture" in named.lower(), turn
        assert ranks.count(max(ranks)) == 1


def test_no_question_shows_pictures_of_two_splits(tmp_path: Path) -> None:
    convert("heads", tmp_path / "c", tasks=["age"])
    split_of = {one.image_ids[0]: one.split for one in conversations(tmp_path / "c") if one.labels}
    several = [one for one in conversations(tmp_path / "c") if len(one.image_ids) > 1]
    assert {one.split for one in several} == {"train", "test"}
    for one in several:
        assert {split_of[image_id] for image_id in one.image_ids} == {one.split}


def test_processes_parts_and_interruptions_give_the_same_files(tmp_path: Path) -> None:
    source = fairface(tmp_path / "data", 1300)
    options: dict[str, Any] = {"tasks": ["age"], "seed": 3}
    convert(source, tmp_path / "whole", workers=1, **options)
    whole = contents(tmp_path / "whole")
    assert len([name for name in whole if name.startswith("conversations-")]) == 3
    convert(source, tmp_path / "two", workers=2, **options)
    assert contents(tmp_path / "two") == whole
    ended = [convert(source, tmp_path / "c", shard=f"{i}/2", **options)["complete"] for i in (2, 1)]
    assert ended == [False, True] and contents(tmp_path / "c") == whole
    convert(source, tmp_path / "other", tasks=["age"], seed=4, workers=1)
    assert contents(tmp_path / "other") != whole


def test_kill_9_and_the_same_command_again_end_in_the_same_files(tmp_path: Path) -> None:
    source = fairface(tmp_path / "data", 1300)

    def command(out: Path) -> list[str]:
        call = f"convert({source!r}, {str(out)!r}, tasks=['age'], workers=1)"
        return [sys.executable, "-c", f"from facelm.convert import convert; {call}"]

    quiet = {"cwd": ROOT, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(command(tmp_path / "c"), **quiet)  # type: ignore[call-overload]
    while not (tmp_path / "c" / "conversations-00000.parquet").exists():
        assert child.poll() is None
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    subprocess.run(command(tmp_path / "c"), check=True, **quiet)  # type: ignore[call-overload]
    subprocess.run(command(tmp_path / "whole"), check=True, **quiet)  # type: ignore[call-overload]
    assert contents(tmp_path / "c") == contents(tmp_path / "whole")


def test_what_cannot_be_used_is_listed_and_the_rest_goes_on(tmp_path: Path) -> None:
    source = fairface(tmp_path / "data", 30)
    folder = tmp_path / "data" / "train"
    (folder / "3.png").unlink()
    (folder / "5.png").write_bytes((folder / "5.png").read_bytes()[:-40])
    (folder / "7.png").write_bytes(b"not a picture")
    table = tmp_path / "data" / "fairface_label_train.csv"
    lines = table.read_text().splitlines()
    lines[12] = lines[12].replace(lines[12].split(",")[1], "29-ish")
    table.write_text("\n".join([*lines, lines[1]]))
    result = convert(source, tmp_path / "c", tasks=["age"])
    refused = {row["id"]: row["reason"] for row in result["refused"]}
    assert refused.keys() == {f"train/{n}.png" for n in (0, 3, 5, 7, 11)}
    assert "no picture" in refused["train/3.png"] and "breaks off" in refused["train/5.png"]
    assert "is not a JPEG, PNG or WebP" in refused["train/7.png"]
    assert "29-ish" in refused["train/11.png"] and "more than once" in refused["train/0.png"]
    assert read_corpus(tmp_path / "c").manifest["refused"] == result["refused"]
    faces = {one.face_id for one in conversations(tmp_path / "c")}
    assert len(faces) == 26 and "train/0.png" in faces
    with pytest.raises(InputError, match=r"train/3\.png: there is no picture"):
        convert(source, tmp_path / "strict", tasks=["age"], strict=True, limit=11)


def test_a_clip_is_eight_of_its_frames(tmp_path: Path) -> None:
    folder = tmp_path / "cremad"
    write_video(folder / "VideoFlash" / "1001_DFA_ANG_XX.flv", 3, frames=20)
    write_text(
        folder / "VideoDemographics.csv",
        "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Caucasian,Not Hispanic\n",
    )
    result = convert(f"cremad:{folder}", tmp_path / "c", tasks=["age"])
    assert result["refused"] == [] and result["pictures"] == 8
    (one,) = conversations(tmp_path / "c")
    assert one.clip == "VideoFlash/1001_DFA_ANG_XX.flv" and len(one.image_ids) == 8
    corpus = read_corpus(tmp_path / "c")
    shown = [Image.open(io.BytesIO(corpus.picture(image_id))) for image_id in one.image_ids]
    assert {picture.size for picture in shown} == {(96, 96)}
    assert any("video" in turn.question for turn in one.turns) and one.labels["age"] == 51


def test_a_face_is_cut_out_where_the_dataset_says_where_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "basic"
    wide = Image.new("RGB", (400, 300), (90, 90, 90))
    wide.paste(portrait(4, 100), (200, 100))
    (folder / "Image" / "original").mkdir(parents=True)
    wide.save(folder / "Image" / "original" / "train_00001.jpg", quality=95)
    write_text(folder / "EmoLabel" / "list_patition_label.txt", "train_00001.jpg 4\n")
    write_text(
        folder / "Annotation" / "boundingbox" / "train_00001_boundingbox.txt", "200 100 300 200"
    )
    write_text(
        folder / "Annotation" / "manual" / "train_00001_manu_attri.txt",
        "\n".join(["230 140"] * 5 + ["0", "0", "2"]),
    )
    convert(f"rafdb:{folder}", tmp_path / "c", tasks=["age"])
    (one,) = conversations(tmp_path / "c")
    cut = Image.open(io.BytesIO(read_corpus(tmp_path / "c").picture(one.image_ids[0])))
    assert cut.size == (150, 150)


def test_more_rows_are_another_corpus_since_answers_are_balanced_over_all(tmp_path: Path) -> None:
    source = fairface(tmp_path / "data", 30)
    convert(source, tmp_path / "c", tasks=["age"], limit=20)
    with pytest.raises(InputError, match="made with rows 20, not 30: choose another folder"):
        convert(source, tmp_path / "c", tasks=["age"])


def test_wrong_names_and_unlabelled_data_are_told_before_anything_is_written(
    tmp_path: Path,
) -> None:
    source = fairface(tmp_path / "data", 3)
    with pytest.raises(InputError, match="did you mean 'age'"):
        convert(source, tmp_path / "c", tasks=["agee"])
    write_picture(tmp_path / "photos" / "a.png")
    with pytest.raises(InputError, match="knows the labels of folder: give --tasks"):
        convert(f"folder:{tmp_path / 'photos'}", tmp_path / "c")
    with pytest.raises(InputError, match="None of the 1 rows of folder"):
        convert(f"folder:{tmp_path / 'photos'}", tmp_path / "c", tasks=["age"])


def test_the_command_prints_one_object(tmp_path: Path) -> None:
    source = fairface(tmp_path / "data", 12)
    command = [sys.executable, "-m", "facelm", "convert", source, "-o", str(tmp_path / "c")]
    run = subprocess.run(
        [*command, "--tasks", "age", "--json"], capture_output=True, text=True, check=True
    )
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["pictures"] == 12 and result["tasks"] == ["age"]


def test_clips_that_several_folds_hold_come_once(tmp_path: Path) -> None:
    source = BUILDERS["dfew"](tmp_path / "data")
    lists = tmp_path / "data" / "EmoLabel_DataSplit"
    for part in ("train(single-labeled)", "test(single-labeled)"):
        text = (lists / part / "set_1.csv").read_text()
        write_text(lists / part / "set_2.csv", text)
    result = convert(source, tmp_path / "c")
    ids = [one.face_id for one in conversations(tmp_path / "c")]
    assert len(ids) == 5 and all(one.startswith("fold1/") for one in ids)
    assert len(result["refused"]) == 5
    assert {row["reason"] for row in result["refused"]} == {
        "another split has it too: give one with --split"
    }
    assert convert(source, tmp_path / "two", split="fold2/train")["refused"] == []


def test_flags_that_are_seldom_true_leave_rows_unasked(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(30)]
    for number, name in enumerate(names):
        write_picture(tmp_path / "data" / name, number, 24)
    lines = [f"{name},{str(name == '3.png').lower()}" for name in names]
    write_text(tmp_path / "data" / "faces.csv", "\n".join(["file,hat", *lines]))
    source = f"csv:{tmp_path / 'data' / 'faces.csv'}"
    result = convert(source, tmp_path / "c", strict=True)
    asked = conversations(tmp_path / "c")
    assert result["refused"] == [] and "3.png" in {one.face_id for one in asked}
    assert result["unasked"] == 30 - len(asked) > 20
    command = [sys.executable, "-m", "facelm", "convert", source, "-o", str(tmp_path / "c")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"{result['unasked']} were asked nothing" in run.stdout


def test_tasks_are_found_behind_rows_that_say_nothing(tmp_path: Path) -> None:
    source = BUILDERS["folder"](tmp_path / "data")
    for number in range(210):
        (tmp_path / "data" / f"a{number:03d}.jpg").symlink_to("a.jpg")
    result = convert(source, tmp_path / "c")
    assert "age" in result["tasks"] and len(result["refused"]) == 210
    for number in range(210):
        (tmp_path / "data" / f"a{number:03d}.jpg").unlink()
    lines = [f"a{number:03d}.jpg,3,sad,true,train\n" for number in range(210)]
    table = tmp_path / "data" / "labels.csv"
    table.write_text(table.read_text().rstrip("\n") + "\n" + "".join(lines))
    result = convert(source, tmp_path / "other")
    assert "age" in result["tasks"] and len(result["refused"]) == 210


def test_places_hold_below_the_folder_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    BUILDERS["mafw"](tmp_path / "data" / "MAFW")
    convert(f"mafw:{tmp_path / 'data'}", tmp_path / "clips")
    for one in conversations(tmp_path / "clips"):
        assert (tmp_path / "data" / one.clip).is_file()
    BUILDERS["rafdb"](tmp_path / "home" / "raf")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    convert("rafdb:~/raf/../raf", tmp_path / "pictures")
    table = pq.read_table(tmp_path / "pictures" / "pictures-00000.parquet").to_pylist()
    for row in table:
        file = tmp_path / "home" / "raf" / row["place"]
        assert file.read_bytes() == row["image"]["bytes"]


def test_a_picture_is_never_compared_with_itself_under_another_name(tmp_path: Path) -> None:
    source = fairface(tmp_path / "data", 60)
    convert(source, tmp_path / "apart", tasks=["age"])
    assert any(len(one.image_ids) > 1 for one in conversations(tmp_path / "apart"))
    for number in range(1, 60):
        file = tmp_path / "data" / "train" / f"{number}.png"
        file.write_bytes((tmp_path / "data" / "train" / "0.png").read_bytes())
    convert(source, tmp_path / "same", tasks=["age"])
    assert all(len(one.image_ids) == 1 for one in conversations(tmp_path / "same"))
