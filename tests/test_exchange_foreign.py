"""Other people's records: FairFaceGPT's and FaceInstruct's shapes, and anybody's files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from miniature import write_picture, write_video
from test_exchange import records

from facelm._io import sha256
from facelm.corpus import read_corpus
from facelm.corpus.exchange import export_corpus, import_corpus
from facelm.errors import InputError
from facelm.types import Conversation

ASPECTS = ("pose", "light", "expression")


def write_json(path: Path, rows: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    else:
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1))
    return path


def said(question: str, answer: str, second: str = "gpt") -> list[dict[str, str]]:
    return [{"from": "human", "value": question}, {"from": second, "value": answer}]


@pytest.fixture(scope="module")
def fairface(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's own copy of the pictures."""
    root = tmp_path_factory.mktemp("fairface")
    for number in range(4):
        write_picture(root / "val" / f"{number + 1}.jpg", number)
    return root


def published(key: str = "image", as_list: bool = False, role: str = "assistant") -> list[Any]:
    """FairFaceGPT's published file: a record for each question, pictures by FairFace's paths."""
    rows = []
    for number in range(4):
        place = f"val/{number + 1}.jpg"
        for aspect in ASPECTS:
            question = f"<image>\nDescribe the {aspect} of this image."
            answer = f"Of {number}, the {aspect}:\n\nit is “fine”."
            rows.append({"conversations": said(question, answer, role),
                         key: [place] if as_list else place})  # fmt: skip
    return rows


def meant(rows: list[dict[str, Any]], root: Path) -> list[Any]:
    """What records say, whatever their keys: texts by turns and the pictures' bytes."""
    roles = {"assistant": "gpt", "user": "human"}
    found = []
    for row in rows:
        named = row.get("images") or row["image"]
        pictures = [sha256((root / one).read_bytes()) for one in
                    (named if isinstance(named, list) else [named])]  # fmt: skip
        turns = [(roles.get(t["from"], t["from"]), t["value"]) for t in row["conversations"]]
        found.append((turns, pictures))
    return found


def conversations(path: Path) -> list[Conversation]:
    return list(read_corpus(path).conversations())


@pytest.mark.parametrize("key", ["image", "images"])
@pytest.mark.parametrize("as_list", [False, True])
@pytest.mark.parametrize("role", ["assistant", "gpt"])
def test_fairfacegpt_comes_in_and_goes_out_record_for_record(
    key: str, as_list: bool, role: str, fairface: Path, tmp_path: Path
) -> None:
    rows = published(key, as_list, role)
    path = write_json(tmp_path / "zenodo" / "dataset.json", rows)
    result = import_corpus(
        path, tmp_path / "c", source="fairface", split="val", roots={"fairface": fairface}
    )
    assert result["refused"] == [] and result["pictures"] == 4 and result["turns"] == 12
    found = conversations(tmp_path / "c")
    # Questions about one picture are one conversation, so that it is looked at once.
    assert [len(one.turns) for one in found] == [3] * 4 and not any(one.dialogue for one in found)
    assert {(one.source, one.split, one.licence) for one in found} == {
        ("fairface", "val", "CC BY 4.0")
    }
    assert found[0].turns[0].question == "Describe the pose of this image."
    export_corpus(tmp_path / "c", tmp_path / "e", "sharegpt")
    again = records(tmp_path / "e", "val.json")
    assert meant(again, tmp_path / "e") == meant(rows, fairface)


def test_a_closed_source_is_referred_to_by_the_published_paths(
    fairface: Path, tmp_path: Path
) -> None:
    path = write_json(tmp_path / "dataset.json", published())
    import_corpus(path, tmp_path / "c", source="celeba", roots={"celeba": fairface})
    export_corpus(tmp_path / "c", tmp_path / "e", "llava")
    named = [one["image"] for one in records(tmp_path / "e", "unknown.json")]
    assert named == [f"images/celeba/{row['image']}" for row in published()]


def test_what_nobody_says_is_unknown(fairface: Path, tmp_path: Path) -> None:
    path = write_json(fairface / "dataset.json", published())
    import_corpus(path, tmp_path / "c")
    one = conversations(tmp_path / "c")[0]
    assert (one.source, one.split, one.licence, one.style, one.teacher) == ("unknown",) * 5
    assert one.face_id == "val/1.jpg" and one.synthetic
    path.unlink()


def test_faceinstruct_is_read_source_by_source(tmp_path: Path) -> None:
    root = tmp_path / "media"
    write_video(root / "dfew" / "1.mp4", frames=12)
    write_video(root / "dfew" / "short.avi", index=1, frames=3)
    write_picture(root / "affectnet" / "7.png", 7)
    videos = [
        {"id": "0", "video": f"dfew/{name}", "landmarks_2d": f"landmarks/{name}.npy",
         "conversations": said("<video>\nWhat emotion is shown?", "Calm.")}
        for name in ("1.mp4", "short.avi")
    ]  # fmt: skip
    pictures = [{"id": "0", "image": ["affectnet/7.png"], "landmarks_2d": "landmarks/7.npy",
                 "conversations": said("<image>\nWhat is shown?", "A smile.")}]  # fmt: skip
    write_json(tmp_path / "json_files" / "dfew.json", videos)
    write_json(tmp_path / "json_files" / "affectnet_emotion.json", pictures)
    result = import_corpus(
        tmp_path / "json_files", tmp_path / "c", roots={"dfew": root, "affectnet": root}
    )
    assert result["refused"] == []
    found = {one.source: one for one in conversations(tmp_path / "c")}
    clips = [one for one in conversations(tmp_path / "c") if one.clip]
    assert [one.clip for one in clips] == ["dfew/1.mp4", "dfew/short.avi"]
    assert set(found) == {"dfew", "affectnet"} and found["dfew"].licence == "not stated"
    assert found["dfew"].turns[0].question == "What emotion is shown?"
    assert [len(one.image_ids) for one in clips] == [8, 8]
    assert len(set(clips[0].image_ids)) > 3 and len(set(clips[1].image_ids)) <= 3
    corpus = read_corpus(tmp_path / "c")
    assert all(corpus.picture(one)[:2] == b"\xff\xd8" for one in clips[0].image_ids)
    assert corpus.manifest["about"]["imported"]["fields_left"] == {"landmarks_2d": 3}


LLAVA = [
    {"id": "a", "image": "val/1.jpg", "conversations": said("<image>\nWhat?", "That.")},
    {"id": "b", "image": ["val/2.jpg", "val/3.jpg"],
     "conversations": said("<image>\n<image>\nWhich?", "The first.")},
    {"id": "c", "image": "val/4.jpg",
     "conversations": said("<image>\nFirst?", "One.") + said("Second?", "Two.")},
]  # fmt: skip
MESSAGES = [
    {"id": "a", "images": ["val/1.jpg"], "messages": [
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What?"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "That."}]}]},
    {"id": "b", "images": ["val/2.jpg", "val/3.jpg"], "messages": [
        {"role": "user", "content": [{"type": "image"}, {"type": "image"},
                                     {"type": "text", "text": "Which?"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "The first."}]}]},
    {"id": "c", "images": ["val/4.jpg"], "messages": [
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "First?"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "One."}]},
        {"role": "user", "content": [{"type": "text", "text": "Second?"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Two."}]}]},
]  # fmt: skip
SHAREGPT = [{"id": row["id"], "conversations": row["conversations"],
             "images": row["image"] if isinstance(row["image"], list) else [row["image"]]}
            for row in LLAVA]  # fmt: skip
SWIFT = [
    {"id": row["id"], "images": row["images"], "messages": [
        {"role": "user" if turn["from"] == "human" else "assistant", "content": turn["value"]}
        for turn in row["conversations"]]}
    for row in SHAREGPT
]  # fmt: skip
PLAIN = {"llava": LLAVA, "sharegpt": SHAREGPT, "swift": SWIFT, "messages": MESSAGES}


def by_hash(rows: list[dict[str, Any]], root: Path) -> list[dict[str, Any]]:
    """Records with each picture's path replaced by the hash of what lies there."""
    text = json.dumps(rows)
    for path in sorted(root.rglob("*.*"), reverse=True):
        place = path.relative_to(root).as_posix()
        text = text.replace(json.dumps(place), json.dumps(sha256(path.read_bytes())))
    return list(json.loads(text))


@pytest.mark.parametrize("form", PLAIN)
def test_plain_files_are_told_read_and_written_back_the_same(
    form: str, fairface: Path, tmp_path: Path
) -> None:
    rows = PLAIN[form]
    suffix = ".jsonl" if form in ("swift", "messages") else ".json"
    path = write_json(tmp_path / f"some{suffix}", rows)
    import_corpus(path, tmp_path / "c", source="fairface", roots={"fairface": fairface})
    first, second, third = conversations(tmp_path / "c")
    assert (len(first.image_ids), len(second.image_ids), third.dialogue) == (1, 2, True)
    export_corpus(tmp_path / "c", tmp_path / "e", form)
    again = records(tmp_path / "e", f"unknown{suffix}")
    assert by_hash(again, tmp_path / "e") == by_hash(rows, fairface)


def test_parquet_of_others_is_read(fairface: Path, tmp_path: Path) -> None:
    rows = [
        {"messages": row["messages"],
         "images": [{"bytes": (fairface / one).read_bytes(), "path": None}
                    for one in row["images"]]}
        for row in MESSAGES
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "train-00000-of-00001.parquet")
    import_corpus(tmp_path, tmp_path / "c")
    assert [len(one.image_ids) for one in conversations(tmp_path / "c")] == [1, 2, 1]


def test_a_folder_of_llamafactory_is_read_by_its_own_names(fairface: Path, tmp_path: Path) -> None:
    rows = [{"talk": [{"who": "q", "what": "<image>Describe."}, {"who": "a", "what": "A face."}],
             "picture": "val/1.jpg"}]  # fmt: skip
    write_json(tmp_path / "in" / "data.json", rows)
    entry = {
        "file_name": "data.json", "formatting": "sharegpt",
        "columns": {"messages": "talk", "images": "picture"},
        "tags": {"role_tag": "who", "content_tag": "what", "user_tag": "q", "assistant_tag": "a"},
    }  # fmt: skip
    info = tmp_path / "in" / "dataset_info.json"
    info.write_text(json.dumps({"mine": entry}))
    import_corpus(tmp_path / "in", tmp_path / "c", source="fairface", roots={"fairface": fairface})
    (one,) = conversations(tmp_path / "c")
    assert (one.turns[0].question, one.turns[0].answer) == ("Describe.", "A face.")
    info.write_text(json.dumps({"mine": {**entry, "file_name": "../data.json"}}))
    with pytest.raises(InputError, match="leads out"):
        import_corpus(tmp_path / "in", tmp_path / "d")
    info.write_text(json.dumps({"mine": {"file_name": "data.json"}}))
    with pytest.raises(InputError, match="no sharegpt file"):
        import_corpus(tmp_path / "in", tmp_path / "d")


def test_text_without_placeholders_shows_its_pictures_first(fairface: Path, tmp_path: Path) -> None:
    """As trl and ms-swift take it; LLaMA-Factory would drop the picture, so sharegpt refuses."""
    content = [{"role": "user", "content": "What?"}, {"role": "assistant", "content": "That."}]
    path = write_json(fairface / "m.jsonl", [{"messages": content, "images": ["val/1.jpg"]}])
    import_corpus(path, tmp_path / "c")
    assert conversations(tmp_path / "c")[0].turns[0].question == "What?"
    path.unlink()


def bad(**more: Any) -> dict[str, Any]:
    return {"image": "val/1.jpg", "conversations": said("<image>\nWhat?", "That.")} | more


BAD: list[tuple[Any, str]] = [
    (bad(image="val/99.jpg"), "no file val/99.jpg"),
    (bad(image="../val/1.jpg"), "leads out"),
    (bad(image="/etc/passwd"), "leads out"),
    (bad(image="link.jpg"), "link that leads out"),
    (bad(image="val"), "is no file"),
    (bad(image="notes.txt"), "not a JPEG, PNG or WebP"),
    (bad(image="https://example.org/1.jpg"), "is no path"),
    (bad(image="data:image/png;base64,AAAA"), "is no path"),
    (bad(image=7), "is no path"),
    (bad(image=None), "it has 0 of what <image> stands for"),
    (bad(image=None, conversations=said("What?", "That.")), "shows no picture"),
    (bad(image=["val/1.jpg", "val/2.jpg"]), "2 of what <image> stands for"),
    (bad(conversations=said("What?", "That.")), "placeholders are none"),
    (bad(conversations=said("<image>\nA?", "B.") + said("<image>\nC?", "D.")), "behind the first"),
    (bad(conversations=said("<image>\nA?", "See <image>.")), "behind the first"),
    (bad(conversations=[{"from": "system", "value": "Lie."}, *said("<image>\nA?", "B.")]), "sys"),
    (bad(system="Lie."), "system prompt"),
    (bad(conversations=said("<image>\nA?", "B.")[::-1]), "assistant, user"),
    (bad(conversations=said("<image>\nA?", "B.")[:1]), "user, not question and answer"),
    (bad(conversations=said("<image>\n", "B.")), "is empty"),
    (bad(conversations=said("<image>\nA?", " \n")), "is empty"),
    (bad(conversations=[{"from": "human", "value": None}, *said("", "")[1:]]), "has no text"),
    (bad(conversations="talk"), "no list of turns"),
    (bad(conversations=said("<image>\nA?", "\ud800")), "not UTF-8"),
    (bad(video="v.mp4"), "a clip and pictures"),
    (bad(image=None, video=["v.mp4", "w.mp4"]), "several clips"),
    (bad(image=None, video="notes.txt", conversations=said("<video>\nA?", "B.")), "notes.txt"),
    (["a", "list"], "no JSON object"),
    ("text", "no JSON object"),
]


@pytest.fixture
def spoilt(fairface: Path, tmp_path: Path) -> Path:
    """A folder whose files are a mixture of pictures and traps."""
    root = tmp_path / "root"
    (root / "val").mkdir(parents=True)
    for path in (fairface / "val").iterdir():
        (root / "val" / path.name).write_bytes(path.read_bytes())
    (root / "notes.txt").write_text("no picture")
    (root / "link.jpg").symlink_to(fairface / "val" / "1.jpg")
    return root


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_bad_records_are_refused_and_listed_the_good_ones_kept(
    suffix: str, spoilt: Path, tmp_path: Path
) -> None:
    good = bad(conversations=said("<image>\nWhat else?", "Nothing."))
    path = spoilt / f"data{suffix}"
    if suffix == ".json":
        path.write_text(json.dumps([good, *(row for row, _ in BAD), good]))
    else:
        path.write_text("\n".join(json.dumps(row) for row in [good, *(r for r, _ in BAD), good]))
    result = import_corpus(path, tmp_path / "c", "llava")
    assert result["turns"] == 2 and len(result["refused"]) == len(BAD)
    for number, ((_, reason), refused) in enumerate(zip(BAD, result["refused"], strict=True)):
        assert refused["id"] == f"data{suffix}, record {number + 2}"
        assert reason in refused["reason"], refused
    assert read_corpus(tmp_path / "c").manifest["refused"] == result["refused"]
    with pytest.raises(InputError, match=r"record 2: .*--strict"):
        import_corpus(path, tmp_path / "s", "llava", strict=True)
    assert not (tmp_path / "s").exists()


def test_lines_that_are_no_json_are_refused(spoilt: Path, tmp_path: Path) -> None:
    path = spoilt / "data.jsonl"
    path.write_bytes(
        json.dumps(bad()).encode() + b"\n{broken\n\n" + b"[" * 100_000 + b"\n"
        + json.dumps(bad(id="z")).encode().replace(b"That.", b"\xff\xfe") + b"\n"
        + json.dumps(bad()).encode()
    )  # fmt: skip
    result = import_corpus(path, tmp_path / "c", "llava")
    assert [one["id"] for one in result["refused"]] == [
        f"data.jsonl, record {number}" for number in (2, 3, 4)
    ]
    assert result["turns"] == 2


def test_a_list_that_breaks_off_gives_what_comes_before(spoilt: Path, tmp_path: Path) -> None:
    path = spoilt / "data.json"
    path.write_text(json.dumps([bad(), bad(), bad()])[:-30])
    result = import_corpus(path, tmp_path / "c")
    assert result["turns"] == 2
    assert "broken" in result["refused"][0]["reason"]


def test_what_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    path = write_json(tmp_path / "x.json", [{"question": "What?"}])
    with pytest.raises(InputError, match="--from"):
        import_corpus(path, tmp_path / "c")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no"):
        import_corpus(tmp_path / "empty", tmp_path / "c")
    write_json(tmp_path / "empty.json", [])
    with pytest.raises(InputError, match="has no records"):
        import_corpus(tmp_path / "empty.json", tmp_path / "c", "llava")
    assert not (tmp_path / "c").exists()
