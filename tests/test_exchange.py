"""Exports: what is written is what trainers read, and it makes the same corpus again."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from exchange_corpus import (
    ABOUT,
    FORMATS,
    TEXT_FORMATS,
    conversation,
    everything,
    picture,
    tables,
    turns,
    write_corpus,
)

from facelm._io import sha256
from facelm.corpus import CorpusWriter, read_corpus
from facelm.corpus.exchange import _sidecar, export_corpus, import_corpus
from facelm.corpus.exchange import export as exporting
from facelm.errors import InputError
from facelm.types import Turn


def records(folder: Path, name: str) -> list[dict[str, Any]]:
    """The records of one data file, as a trainer reads them."""
    path = folder / name
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".json":
        return list(json.loads(path.read_text()))
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("corpus") / "c")


@pytest.mark.parametrize("to", FORMATS)
def test_an_export_makes_the_same_corpus_again(to: str, corpus: Path, tmp_path: Path) -> None:
    export_corpus(corpus, tmp_path / "e", to)
    result = import_corpus(tmp_path / "e", tmp_path / "again")
    assert result["refused"] == []
    assert tables(tmp_path / "again") == tables(corpus)
    old, new = read_corpus(corpus), read_corpus(tmp_path / "again")
    assert list(new.conversations()) == [one for _, _, one in everything()]
    assert list(new.pictures()) == list(old.pictures())
    assert new.manifest == old.manifest


@pytest.mark.parametrize("to", FORMATS)
def test_the_same_corpus_gives_the_same_bytes(to: str, corpus: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        export_corpus(corpus, tmp_path / name, to)
    files = [path.relative_to(tmp_path / "a") for path in sorted((tmp_path / "a").rglob("*.*"))]
    assert files
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


@pytest.mark.parametrize("to", [name for name in FORMATS if name != "hf"])
def test_pictures_are_files_named_by_their_hash(to: str, corpus: Path, tmp_path: Path) -> None:
    export_corpus(corpus, tmp_path, to)
    files = {path.name: path.read_bytes() for path in (tmp_path / "images").iterdir()}
    assert len(files) == len(dict(read_corpus(corpus).pictures()))
    starts = {".jpg": b"\xff\xd8", ".png": b"\x89PNG", ".webp": b"RIFF"}
    assert {Path(name).suffix for name in files} == set(starts)
    for name, data in files.items():
        assert sha256(data) == Path(name).stem
        assert data.startswith(starts[Path(name).suffix])


def test_llava_has_what_llava_reads(corpus: Path, tmp_path: Path) -> None:
    export_corpus(corpus, tmp_path, "llava")
    first, second, third, *_ = records(tmp_path, "train.json")
    said = [first["conversations"], second["conversations"], third["conversations"]]
    assert [[turn["from"] for turn in one] for one in said] == [["human", "gpt"]] * 3
    for number, turn in enumerate(turns(0)):  # questions that stand alone: a record each
        assert said[number][0]["value"] == f"<image>\n{turn.question}"
        assert said[number][1]["value"] == turn.answer
    assert first["image"] == second["image"] == f"images/{sha256(picture(0).data)}.jpg"
    assert first["id"] != second["id"]
    (two,) = records(tmp_path, "val.json")  # two pictures
    assert two["image"] == [
        f"images/{sha256(picture(4).data)}.png", f"images/{sha256(picture(5).data)}.webp"
    ]  # fmt: skip
    assert two["conversations"][0]["value"].startswith("<image>\n<image>\nQuestion 0 of 4")
    (dialogue,) = records(tmp_path, "data.json")  # no split; a dialogue is one record
    assert [turn["from"] for turn in dialogue["conversations"]] == ["human", "gpt"] * 3
    assert [turn["value"].count("<image>") for turn in dialogue["conversations"]] == [1, *[0] * 5]


def test_a_clip_is_its_frames_in_the_order_of_time(corpus: Path, tmp_path: Path) -> None:
    export_corpus(corpus, tmp_path, "sharegpt")
    clip = next(one for one in records(tmp_path, "train.json") if len(one["images"]) == 8)
    kinds = {0: ".jpg", 1: ".png", 2: ".webp"}
    wanted = [picture(6 + index // 2) for index in range(8)]
    suffixes = [kinds[(6 + index // 2) % 3] for index in range(8)]
    assert clip["images"] == [
        f"images/{sha256(one.data)}{suffix}" for one, suffix in zip(wanted, suffixes, strict=True)
    ]
    assert clip["conversations"][0]["value"].startswith("<image>\n" * 8 + "Question")


@pytest.mark.parametrize("to", ["sharegpt", "llamafactory"])
def test_pictures_stand_under_images_for_llamafactory(
    to: str, corpus: Path, tmp_path: Path
) -> None:
    """It reads the plural only, and drops in silence what stands under `image`."""
    export_corpus(corpus, tmp_path, to)
    for file in ("train.json", "val.json", "data.json"):
        for one in records(tmp_path, file):
            assert set(one) == {"id", "conversations", "images"}
            text = "".join(turn["value"] for turn in one["conversations"])
            assert isinstance(one["images"], list) and text.count("<image>") == len(one["images"])


def test_llamafactory_finds_its_files_registered(corpus: Path, tmp_path: Path) -> None:
    export_corpus(corpus, tmp_path, "llamafactory")
    info = json.loads((tmp_path / "dataset_info.json").read_text())
    assert set(info) == {"facelm_train", "facelm_val", "facelm_data"}
    for entry in info.values():
        rows = records(tmp_path, entry["file_name"])
        assert entry["formatting"] == "sharegpt"
        for one in rows:
            for turn in one[entry["columns"]["messages"]]:
                role = turn[entry["tags"]["role_tag"]]
                assert role in (entry["tags"]["user_tag"], entry["tags"]["assistant_tag"])
                assert turn[entry["tags"]["content_tag"]]
            for place in one[entry["columns"]["images"]]:  # media_dir is dataset_dir
                assert (tmp_path / place).is_file()


def test_swift_and_messages_are_lines(corpus: Path, tmp_path: Path) -> None:
    for to in ("swift", "messages"):
        export_corpus(corpus, tmp_path / to, to)
    plain = records(tmp_path / "swift", "val.jsonl")[0]
    parts = records(tmp_path / "messages", "val.jsonl")[0]
    question = turns(4)[0].question
    assert plain["messages"][0] == {"role": "user", "content": f"<image>\n<image>\n{question}"}
    assert parts["messages"][0]["content"] == [
        {"type": "image"}, {"type": "image"}, {"type": "text", "text": question}
    ]  # fmt: skip
    assert plain["messages"][1] == {"role": "assistant", "content": turns(4)[0].answer}
    assert plain["images"] == parts["images"] and len(plain["images"]) == 2


def test_provenance_is_beside_the_records_not_in_them(corpus: Path, tmp_path: Path) -> None:
    result = export_corpus(corpus, tmp_path, "swift")
    lines = [json.loads(line) for line in (tmp_path / "facelm.jsonl").read_text().splitlines()]
    assert len(lines) == result["conversations"] == 9
    ids = [one["id"] for file in result["files"] for one in records(tmp_path, file)]
    assert len(ids) == len(set(ids)) == result["records"]
    named = [
        identity
        for line in lines
        for identity in ([line["id"]] if line["records"] == 1 else
                         [f"{line['id']}#{k + 1}" for k in range(line["records"])])
    ]  # fmt: skip
    assert sorted(named) == sorted(ids)
    assert lines[0]["teacher"] == "measured" and lines[0]["prompt_hash"] == sha256(b"0")
    assert lines[0]["labels"]["glasses"] is True and lines[0]["categories"] == [
        "kind 0", "kind 1", "kind 2"
    ]  # fmt: skip


def one_conversation(path: Path, turn: Turn, data: bytes | None = None) -> Path:
    """A corpus with one conversation of a turn, and a harmless one behind it."""
    with CorpusWriter(path, ABOUT) as writer:
        for number, said in enumerate((turn, Turn("What?", "That."))):
            one = picture(number)
            if data is not None and number == 0:
                one = type(one)(data, "odd")
            writer.add(number, [one], conversation(number, [one], (said,)))
        writer.finish()
    return path


@pytest.mark.parametrize("to", TEXT_FORMATS)
def test_a_text_that_trainers_would_misread_is_left_out(to: str, tmp_path: Path) -> None:
    corpus = one_conversation(tmp_path / "c", Turn("What is <image>?", "A word."))
    result = export_corpus(corpus, tmp_path / "e", to)
    assert [one["id"] for one in result["left_out"]] == ["train/0.jpg"]
    assert "<image>" in result["left_out"][0]["reason"] and result["records"] == 1
    listed = json.loads((tmp_path / "e" / "export.json").read_text())["left_out"]
    assert listed == result["left_out"]


@pytest.mark.parametrize("to", ["messages", "hf"])
def test_formats_with_parts_keep_such_a_text(to: str, tmp_path: Path) -> None:
    corpus = one_conversation(tmp_path / "c", Turn("What is <image>?", "A word."))
    assert export_corpus(corpus, tmp_path / "e", to)["left_out"] == []
    import_corpus(tmp_path / "e", tmp_path / "again")
    assert tables(tmp_path / "again") == tables(corpus)


def test_what_is_no_picture_is_left_out(tmp_path: Path) -> None:
    corpus = one_conversation(tmp_path / "c", Turn("What?", "This."), b"GIF89a nothing")
    result = export_corpus(corpus, tmp_path / "e", "llava")
    assert "no JPEG, PNG or WebP" in result["left_out"][0]["reason"]
    assert result["records"] == 1


def test_a_corpus_that_refers_to_its_pictures_is_exported_with_them(tmp_path: Path) -> None:
    root = tmp_path / "heads"
    (root / "train").mkdir(parents=True)
    about = {**ABOUT, "pictures": "reference", "pictures_root": str(root)}
    with CorpusWriter(tmp_path / "c", about) as writer:
        for number in range(3):
            one = picture(number, f"train/{number}.jpg")
            (root / one.place).write_bytes(one.data)
            writer.add(number, [one], conversation(number, [one], turns(number)))
        writer.finish()
    (root / "train" / "1.jpg").unlink()
    result = export_corpus(tmp_path / "c", tmp_path / "e", "messages")
    assert result["conversations"] == 2
    assert [one["id"] for one in result["left_out"]] == ["train/1.jpg"]
    assert str(tmp_path) not in (tmp_path / "e" / "export.json").read_text()
    import_corpus(tmp_path / "e", tmp_path / "again")
    again = read_corpus(tmp_path / "again")
    assert again.picture(sha256(picture(2).data)) == picture(2).data


# ---------------------------------------------------------------- whole or not at all


def test_an_export_replaces_an_earlier_one_and_nothing_else(corpus: Path, tmp_path: Path) -> None:
    export_corpus(corpus, tmp_path / "e", "llava")
    export_corpus(corpus, tmp_path / "e", "swift")
    assert not (tmp_path / "e" / "train.json").exists()
    assert (tmp_path / "e" / "train.jsonl").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="is not empty and is no export"):
        export_corpus(corpus, tmp_path / "mine", "llava")
    with pytest.raises(InputError, match="is not empty"):
        import_corpus(tmp_path / "e", tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_an_interrupted_export_leaves_what_was_there(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_corpus(corpus, tmp_path / "e", "llava")
    before = sorted(path.name for path in (tmp_path / "e").iterdir())

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting._cards, "write_all", stop)
    for target in ("e", "new"):
        with pytest.raises(KeyboardInterrupt):
            export_corpus(corpus, tmp_path / target, "swift")
    assert sorted(path.name for path in (tmp_path / "e").iterdir()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e"]


def test_what_a_killed_export_left_is_cleared_away(corpus: Path, tmp_path: Path) -> None:
    left = tmp_path / ".e.unfinished" / "images"
    left.mkdir(parents=True)
    (left / "half.jpg").write_bytes(b"\xff\xd8")
    export_corpus(corpus, tmp_path / "e", "llava")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e"]
    assert not (tmp_path / "e" / "images" / "half.jpg").exists()


def test_two_exports_to_one_place_do_not_mix(corpus: Path, tmp_path: Path) -> None:
    import fcntl

    aside = tmp_path / ".e.unfinished"
    aside.mkdir()
    handle = os.open(aside, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    (aside / "theirs").write_text("half done")
    with pytest.raises(InputError, match="Another run is writing"):
        export_corpus(corpus, tmp_path / "e", "llava")
    assert (aside / "theirs").exists()
    os.close(handle)


def test_many_conversations_about_one_face_get_ids_of_their_own() -> None:
    ids = _sidecar.Ids()
    given = [ids.give(name) for name in ["a", "a~2", "b#1", *["a"] * 20_000, "b#1", "b"]]
    assert len(set(given)) == len(given)
    assert given[0] == "a" and given[-1] == "b"
    assert not any(re.search(r"#\d+$", one) for one in given)


def facelm(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "facelm", "corpus", *words], capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_the_commands(corpus: Path, tmp_path: Path) -> None:
    out, back = str(tmp_path / "e"), str(tmp_path / "again")
    run = facelm(
        "export", str(corpus), "-o", out, "--to", "llava", "--creator", "Doe, Jo", "--json"
    )
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["records"] == 19 + 2 and result["files"]["train.json"] == 19
    assert "Doe, Jo" in (tmp_path / "e" / "datacite.json").read_text()
    run = facelm("import", out, "-o", back)
    assert run.returncode == 0, run.stderr
    assert "9 conversations" in run.stdout
    assert tables(tmp_path / "again") == tables(corpus)


def test_the_commands_refuse_in_one_sentence(corpus: Path, tmp_path: Path) -> None:
    data = tmp_path / "x.json"
    data.write_text('[{"image": "none.jpg", "conversations": []}]')
    out = ("-o", str(tmp_path / "out"))
    for words, says in (
        (("export", str(corpus), *out, "--to", "lava"), "did you mean 'llava'"),
        (("export", str(tmp_path / "nowhere"), *out, "--to", "llava"), "no corpus"),
        (("import", str(data), *out), "None of the records"),
        (("import", str(data), *out, "--strict"), "--strict"),
        (("import", str(data), *out, "--root", "celeba"), "SOURCE=DIR"),
        (("import", str(corpus), *out), "is a corpus already"),
    ):
        run = facelm(*words)
        assert run.returncode == 2 and run.stdout == ""
        (line,) = [one for one in run.stderr.splitlines() if one.startswith("facelm: ")]
        assert says in line and "Traceback" not in run.stderr
        assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------- exports that somebody changed


@pytest.fixture
def exported(corpus: Path, tmp_path: Path) -> Path:
    export_corpus(corpus, tmp_path / "e", "messages")
    return tmp_path / "e"


def test_records_that_were_taken_out_are_missed_and_the_rest_is_kept(
    exported: Path, tmp_path: Path
) -> None:
    path = exported / "train.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[1:3] + lines[6:]))  # a question of one, all three of the next
    result = import_corpus(exported, tmp_path / "again")
    assert [one["id"] for one in result["refused"]] == ["train/1.jpg"]
    first, second, *_ = read_corpus(tmp_path / "again").conversations()
    assert first.turns == turns(0)[1:]
    assert second.turns == turns(2)


def test_a_text_that_was_corrected_is_taken_over(exported: Path, tmp_path: Path) -> None:
    path = exported / "val.jsonl"
    record = json.loads(path.read_text())
    record["messages"][1]["content"][0]["text"] = "Corrected."
    path.write_text(json.dumps(record) + "\n")
    import_corpus(exported, tmp_path / "again")
    found = [one for one in read_corpus(tmp_path / "again").conversations() if one.split == "val"]
    assert [turn.answer for turn in found[0].turns] == ["Corrected."]
    assert found[0].turns[0].category == "kind 0" and found[0].evidence.yaw == -12.3


def test_records_in_another_order_are_refused_not_mixed_up(exported: Path, tmp_path: Path) -> None:
    path = exported / "train.jsonl"
    path.write_text("".join(reversed(path.read_text().splitlines(keepends=True))))
    result = import_corpus(exported, tmp_path / "again")
    assert result["refused"]
    whole = {one.face_id: one for _, _, one in everything()}
    for found in read_corpus(tmp_path / "again").conversations():
        assert set(found.turns) <= {
            turn for _, _, one in everything() if one.face_id == found.face_id for turn in one.turns
        }
        assert found.labels == whole[found.face_id].labels


def test_a_picture_that_was_changed_is_refused(exported: Path, tmp_path: Path) -> None:
    name = sha256(picture(1).data)
    (exported / "images" / f"{name}.png").write_bytes(picture(2).data)
    result = import_corpus(exported, tmp_path / "again")
    assert [one["id"] for one in result["refused"]] == ["train/1.jpg"]
    assert "not the picture it was" in result["refused"][0]["reason"]
    with pytest.raises(InputError, match="not the picture it was"):
        import_corpus(exported, tmp_path / "strict", strict=True)
    assert not (tmp_path / "strict").exists()


def test_a_damaged_sidecar_or_manifest_is_one_sentence(exported: Path, tmp_path: Path) -> None:
    shutil.copytree(exported, tmp_path / "b")
    path = exported / "facelm.jsonl"
    path.write_text(path.read_text()[:-40])
    with pytest.raises(InputError, match=r"Line 9 of .* is damaged"):
        import_corpus(exported, tmp_path / "again")
    (tmp_path / "b" / "export.json").write_text("{}")
    with pytest.raises(InputError, match="is damaged"):
        import_corpus(tmp_path / "b", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_sidecar_cannot_name_files_elsewhere(exported: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(picture(1).data)
    path, old = exported / "facelm.jsonl", f"images/{sha256(picture(1).data)}.png"
    for file in (path, exported / "train.jsonl"):
        file.write_text(file.read_text().replace(old, "../secret.jpg"))
    result = import_corpus(exported, tmp_path / "again")
    assert [one["id"] for one in result["refused"]] == ["train/1.jpg"]
    assert "leads out" in result["refused"][0]["reason"]


def test_an_export_says_itself_where_it_comes_from(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="leave --licence out"):
        import_corpus(exported, tmp_path / "again", licence="mine")


def test_unknown_names_are_one_sentence(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'llava'"):
        export_corpus(corpus, tmp_path / "e", "lava")
    with pytest.raises(InputError, match="did you mean 'swift'"):
        import_corpus(corpus, tmp_path / "i", "swfit")
    with pytest.raises(InputError, match="There is nothing at"):
        import_corpus(tmp_path / "nowhere", tmp_path / "i")
