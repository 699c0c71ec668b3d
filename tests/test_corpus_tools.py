"""Looking at corpora, mixing and splitting them: what is taken, what is kept, what may be done."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from miniature import portrait
from PIL import Image

from facelm._io import sha256
from facelm.annotate import annotate
from facelm.corpus import CorpusWriter, read_corpus
from facelm.corpus._figures import readable as figures
from facelm.corpus._licences import KINDS, kind_of
from facelm.corpus.card import renewed
from facelm.corpus.mix import mix
from facelm.corpus.show import draw, plain, readable
from facelm.corpus.split import split
from facelm.corpus.stats import stats
from facelm.errors import InputError
from facelm.report import write_conversations, write_figures
from facelm.sources import SOURCES, source_class
from facelm.sources._splits import hidden
from facelm.types import Conversation, Picture, Refused, Turn

PARTS = {"train": 0.75, "test": 0.25}
EXPRESSIONS, GENDERS = ("Happy", "Sad", "Fear"), ("Male", "Female")


def image(name: object) -> bytes:
    return f"picture {name}".encode() * 40


def talk(number: int, source: str = "affectnet", **changes: Any) -> Conversation:
    """A conversation with four turns; two of them closed."""
    turns = (
        Turn("Is a beard worn?", "Yes, a short one." if number % 4 else "No.", "beard"),
        Turn(f"Which feeling is shown in {number}?", "(A)" if number % 2 else "B", "expression"),
        Turn("Describe the face.", f"Face {number} looks to the left.", "description"),
        Turn("And the light?", "A soft light from above.", "light"),
    )
    labels = {
        "expression": EXPRESSIONS[number % 3], "gender": GENDERS[number % 2], "Smiling": True,
        "age": 20 + number % 30, "yaw": number / 7,
    }  # fmt: skip
    one = Conversation(
        (sha256(image(f"{source} {number}")),), f"{source}/{number}.jpg", turns, source, "",
        "a signed agreement, for research purposes only", "fairfacegpt", "measured",
        sha256(str(number).encode()), labels,
    )  # fmt: skip
    return replace(one, **changes)


def corpus(
    path: Path, talks: Iterable[Conversation], source: str = "affectnet", **about: Any
) -> str:
    """Write conversations of `talk`; pictures are found by the names that `image` hashes."""
    about = {
        "source": source, "split": None, "style": "fairfacegpt", "style_hash": "ab" * 32,
        "teacher": "measured", "seed": 0, **about,
    }  # fmt: skip
    known = {sha256(data): data for data in map(image, _names())}
    with CorpusWriter(path, about) as writer:
        for row, one in enumerate(talks):
            pictures = [Picture(known[name], "x.jpg", f"{row}.jpg") for name in one.image_ids]
            writer.add(row, pictures, one)
        writer.refuse(0, Refused("broken.jpg", "it is no picture"))
        writer.finish()
    return str(path)


def _names() -> list[str]:
    return [f"{source} {n}" for source in ("affectnet", "fairface") for n in range(1300)]


def ids(*numbers: int, source: str = "affectnet") -> tuple[str, ...]:
    return tuple(sha256(image(f"{source} {number}")) for number in numbers)


def fair(number: int, **changes: Any) -> Conversation:
    return talk(number, "fairface", **{"licence": "CC BY 4.0", "split": "train", **changes})


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def told(folder: Path | str) -> list[Conversation]:
    return list(read_corpus(folder).conversations())


# ---------------------------------------------------------------- whose face it is


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve synthetic portraits of four heads, asked by the measuring teacher."""
    path = tmp_path_factory.mktemp("heads") / "corpus"
    annotate("heads", path, split="test", limit=12)
    return path


def test_a_corpus_knows_who_is_the_same_and_names_nobody(heads: Path) -> None:
    talks = told(heads)
    people = {one.face_id.rpartition("-")[0] for one in talks}
    pairs = {(one.face_id.rpartition("-")[0], one.subject) for one in talks}
    assert len(pairs) == len(people) == len({subject for _, subject in pairs}) == 4
    for person, subject in pairs:
        assert re.fullmatch(r"[0-9a-f]{16}", subject) and person not in subject
    assert hidden("lfwa", "Ann_Lee") != hidden("agedb", "Ann_Lee")
    assert hidden("lfwa", "") == ""


def test_nothing_that_is_shown_says_whose_face_it_is(heads: Path, tmp_path: Path) -> None:
    opened, shown = draw(heads, 12)
    write_conversations(tmp_path / "page.html", opened, shown)
    texts = [
        (heads / "README.md").read_text(), (heads / "manifest.json").read_text(),
        (tmp_path / "page.html").read_text(), readable(shown, 80),
        json.dumps([plain(one) for one in shown]), json.dumps(stats(heads)),
    ]  # fmt: skip
    for one in shown:
        assert not [text for text in texts if one.subject in text]


# ---------------------------------------------------------------- show


def test_show_draws_by_the_seed(tmp_path: Path) -> None:
    path = corpus(tmp_path / "c", map(talk, range(700)))
    first, again, other = (draw(path, 5, seed)[1] for seed in (0, 0, 1))
    assert first == again != other and len(first) == 5
    assert first == [one for one in told(path) if one in first]
    assert len(draw(path, 5000)[1]) == 700
    text = readable(first, 60)
    for one in first:
        assert one.face_id in text and "expression " + str(one.labels["expression"]) in text
        assert one.turns[1].question in text and one.turns[2].answer in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_page_shows_pictures_and_needs_nothing_else(tmp_path: Path) -> None:
    pictures = []
    for number in range(3):
        buffer = io.BytesIO()
        portrait(number).save(buffer, "PNG")
        pictures.append(buffer.getvalue())
    names = tuple(map(sha256, pictures))
    turns = (Turn("Who looks up?", "<script>alert(1)</script> the first\nand the third", ""),)
    several = talk(0, image_ids=names, turns=turns)
    clip = talk(1, image_ids=names * 4, clip="clips/1.mp4")
    with CorpusWriter(tmp_path / "c", {"source": "affectnet"}) as writer:
        writer.add(0, [Picture(data, "x.png") for data in pictures], several)
        writer.add(1, [], clip)
        writer.finish()
    page = tmp_path / "page.html"
    opened, shown = draw(tmp_path / "c", 2)
    write_conversations(page, opened, shown)
    text = page.read_text()
    assert text.count("data:image/jpeg;base64,") == 3 + 6  # of twelve frames every second
    assert "clips/1.mp4, 12 frames, 6 shown" in text and "3 pictures" in text
    assert "<script" not in text and "&lt;script&gt;" in text
    assert not re.search(r"(?:src|href)=\"(?!data:)|url\(|@import", text)


# ---------------------------------------------------------------- stats


def test_stats_count_what_is_there(tmp_path: Path) -> None:
    talks = [talk(number) for number in range(600)] + [fair(number) for number in range(60)]
    talks[5] = replace(talks[5], image_ids=ids(5, 6, 7), clip="clips/5.mp4")
    result = stats(corpus(tmp_path / "c", talks))
    counts = {name: result[name] for name in ("conversations", "turns", "pictures", "clips")}
    assert counts == {"conversations": 660, "turns": 2640, "pictures": 660, "clips": 1}
    assert result["splits"] == {"": 600, "train": 60}
    assert result["sources"]["fairface"]["licences"] == {"CC BY 4.0": 60}
    assert result["sources"]["affectnet"]["conversations"] == 600
    assert result["categories"]["light"] == 660 and result["styles"] == {"fairfacegpt": 660}
    manifest = read_corpus(tmp_path / "c").manifest["counts"]
    assert {name: result[name] for name in manifest.keys() & result.keys()} == {
        name: manifest[name] for name in manifest.keys() & result.keys()
    }


def test_stats_show_whether_closed_answers_are_balanced(tmp_path: Path) -> None:
    spoken = (
        "A", "(B)", "C.", "d", "A face.", "Yes", "no, none", "No beard is seen.", "Yes!", " NO ",
        "B) sad", "Nothing", "Yesterday", "D: old",
    )  # fmt: skip
    turns = tuple(Turn("?", answer, "mixed") for answer in spoken)
    result = stats(corpus(tmp_path / "c", [*map(talk, range(8)), talk(8, turns=turns)]))
    answers = result["answers"]
    assert answers["beard"] == {"answers": 8, "closed": {"no": 2, "yes": 6}}
    assert answers["expression"] == {"answers": 8, "closed": {"A": 4, "B": 4}}
    mixed = {"A": 1, "B": 2, "C": 1, "D": 1, "no": 2, "yes": 2}
    assert answers["mixed"] == {"answers": len(spoken), "closed": mixed}
    assert answers.keys() == {"beard", "expression", "mixed"}
    assert re.search(r"beard +8 of 8 +no 25%, yes 75%", figures(result))


def test_stats_set_labels_against_groups(tmp_path: Path) -> None:
    seen = [("Happy", "Female", 24)] * 6 + [("Sad", "Male", 31)] * 3 + [("Happy", "Male", 39)]
    labels: list[dict[str, Any]] = [
        {"expression": e, "gender": g, "Smiling": e == "Happy", "age": a, "yaw": 0.5}
        for e, g, a in seen
    ]
    talks = [talk(n, labels=found) for n, found in enumerate(labels)]
    result = stats(corpus(tmp_path / "c", talks))
    pairs = {(pair["label"], pair["group"]): pair for pair in result["balance"]}
    assert set(pairs) == {
        ("expression", "gender"), ("expression", "age"), ("age", "gender"),
        ("attributes", "gender"), ("attributes", "age"),
    }  # fmt: skip
    feeling = pairs["expression", "gender"]
    assert feeling["counts"] == {
        "Happy": {"Female": 6, "Male": 1}, "Sad": {"Female": 0, "Male": 3},
    }  # fmt: skip
    assert feeling["of"] == 10 and feeling["smallest"] == 0
    assert feeling["association"] == pytest.approx((9 / 14) ** 0.5, abs=0.001)
    assert pairs["age", "gender"]["counts"]["30-39"] == {"Female": 0, "Male": 4}
    assert pairs["attributes", "gender"]["counts"] == {
        "(all)": {"Female": 6, "Male": 4}, "Smiling": {"Female": 6, "Male": 1},
    }  # fmt: skip


def test_stats_find_what_is_repeated(tmp_path: Path) -> None:
    talks = [talk(number) for number in range(6)]
    talks.append(talk(0, face_id="again.jpg"))  # all of it, under another name
    talks.append(talk(1, turns=(talks[1].turns[0], Turn("New?", "Yes.", ""))))
    talks.append(talk(9, turns=talks[2].turns))  # the same words about another picture
    result = stats(corpus(tmp_path / "c", talks))
    assert result["repeated"] == {
        "pictures_in_several": 2, "most_of_one": 2, "turns": 5, "conversations": 1,
    }  # fmt: skip


def test_stats_measure_lengths_in_words(tmp_path: Path) -> None:
    answers = [" ".join(["word"] * n) for n in range(1, 101)]
    talks = [talk(n, turns=(Turn("Well?\n\nSo  what? ", a, ""),)) for n, a in enumerate(answers)]
    lengths = stats(corpus(tmp_path / "c", talks))["lengths"]
    answer = lengths["answer"]
    assert (answer["median"], answer["p95"], answer["longest"]) == (50, 95, 100)
    assert answer["histogram"] == [[n, 1] for n in range(1, 101)]
    assert lengths["question"]["histogram"] == [[3, 100]]
    assert lengths["turns"]["histogram"] == lengths["pictures"]["histogram"] == [[1, 100]]


def test_figures_are_drawn(tmp_path: Path) -> None:
    result = stats(corpus(tmp_path / "c", [talk(n) for n in range(40)]))
    result["balance"][0]["counts"] = {
        f"$ {name}" if name == "Sad" else name: row
        for name, row in result["balance"][0]["counts"].items()
    }
    plots = write_figures(tmp_path / "out", result)
    names = {file.name for file in plots}
    assert {"expression-by-gender.png", "answer-words.png", "question-words.png"} <= names
    for file in plots:
        with Image.open(file) as picture:
            assert min(picture.size) > 200 and len(picture.convert("L").getcolors(256) or []) > 8
    assert json.loads((tmp_path / "out" / "stats.json").read_text())["conversations"] == 40
    before = contents(tmp_path / "out")
    write_figures(tmp_path / "out", result)
    assert contents(tmp_path / "out") == before


# ---------------------------------------------------------------- mix


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    """1,200 conversations of one source and 300 of another."""
    return (
        corpus(tmp_path / "a", map(talk, range(1200))),
        corpus(tmp_path / "b", map(fair, range(300)), "fairface"),
    )


def test_a_mix_of_all_keeps_every_row_as_it_is(two: tuple[str, str], tmp_path: Path) -> None:
    result = mix(two, tmp_path / "mix")
    assert result["sources"] == {"affectnet": 1200, "fairface": 300} and result["repeated"] == 0
    mixed = told(tmp_path / "mix")
    for path in two:
        own = told(path)
        assert [one for one in mixed if one.source == own[0].source] == own
    opened = read_corpus(tmp_path / "mix")
    assert opened.picture(mixed[700].image_ids[0]) in map(image, _names())
    assert len(dict(opened.pictures())) == opened.manifest["counts"]["pictures"] == 1500
    assert not list(tmp_path.glob(".*"))


def test_a_mix_is_interleaved(two: tuple[str, str], tmp_path: Path) -> None:
    mix(two, tmp_path / "mix")
    sources = [one.source for one in told(tmp_path / "mix")]
    for start in range(0, 1500, 100):
        assert sources[start : start + 100].count("fairface") == 20


def test_the_same_command_gives_the_same_bytes(two: tuple[str, str], tmp_path: Path) -> None:
    settings: dict[str, Any] = {"caps": {"affectnet": 90}, "turns": 2}
    specs = (f"{two[0]}:0.5", two[1])
    for name in ("one", "other"):
        mix(specs, tmp_path / name, **settings)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    result = mix(specs, tmp_path / "one", **settings)
    assert not result["new"] and contents(tmp_path / "one") == contents(tmp_path / "other")
    mix(specs, tmp_path / "seed", **settings, seed=1)
    assert told(tmp_path / "seed") != told(tmp_path / "one")


def test_a_weight_is_a_share_and_a_higher_one_only_adds(
    two: tuple[str, str], tmp_path: Path
) -> None:
    taken = []
    for weight in (0.1, 0.25, 0.6):
        mix([f"{two[0]}:{weight}", f"{two[1]}:0.5"], tmp_path / f"{weight}")
        faces = [one.face_id for one in told(tmp_path / f"{weight}")]
        taken.append({face for face in faces if "affectnet" in face})
        assert len(faces) == len(set(faces)) == 1200 * weight + 150
    assert all(less < more for less, more in pairwise(taken))


def test_a_cap_holds_over_all_corpora_and_a_higher_one_only_adds(
    two: tuple[str, str], tmp_path: Path
) -> None:
    third = corpus(tmp_path / "third", [talk(n, style="choices") for n in range(1200, 1300)])
    taken = []
    for most in (10, 100, 5000):
        result = mix([*two, third], tmp_path / str(most), caps={"affectnet": most})
        assert result["sources"] == {"affectnet": min(most, 1300), "fairface": 300}
        taken.append({one.face_id for one in told(tmp_path / str(most))})
    assert all(less < more for less, more in pairwise(taken))
    assert any(one.style == "choices" for one in told(tmp_path / "100"))


def test_at_most_so_many_turns_and_more_only_add(two: tuple[str, str], tmp_path: Path) -> None:
    for most in (1, 3, 9):
        mix([f"{two[1]}"], tmp_path / str(most), turns=most)
    one, three, all_of_them = (told(tmp_path / str(most)) for most in (1, 3, 9))
    assert all_of_them == told(two[1])
    assert {len(talk.turns) for talk in one} == {1} and {len(talk.turns) for talk in three} == {3}
    for less, more, whole in zip(one, three, all_of_them, strict=True):
        assert set(less.turns) < set(more.turns)
        assert [turn for turn in whole.turns if turn in more.turns] == list(more.turns)
    assert len({less.turns[0].category for less in one}) == 4


def test_a_dialogue_keeps_its_first_turns(tmp_path: Path) -> None:
    path = corpus(tmp_path / "c", [talk(n, dialogue=True) for n in range(20)])
    mix([path], tmp_path / "mix", turns=2)
    assert [one.turns for one in told(tmp_path / "mix")] == [talk(n).turns[:2] for n in range(20)]


def test_a_mix_takes_what_is_repeated_once(tmp_path: Path) -> None:
    path = corpus(tmp_path / "c", map(talk, range(50)))
    other = corpus(tmp_path / "d", [talk(n, style="choices") for n in (*range(40, 50), 60)])
    result = mix([path, other, path], tmp_path / "mix")
    assert result["repeated"] == 60 and result["conversations"] == 51
    assert sorted(one.face_id for one in told(tmp_path / "mix")) == sorted(
        f"affectnet/{n}.jpg" for n in (*range(50), 60)
    )


def test_pictures_stand_once_whoever_talks_about_them(tmp_path: Path) -> None:
    one = corpus(tmp_path / "a", map(talk, range(600)))
    other = corpus(tmp_path / "b", [talk(n, turns=(Turn("New?", "Yes.", ""),)) for n in range(700)])
    pairs = corpus(
        tmp_path / "c",
        [talk(n, image_ids=ids(n, n + 1, n), clip=f"clips/{n}.mp4") for n in range(0, 700, 7)],
    )
    mix([one, other, pairs], tmp_path / "mix")
    files = sorted((tmp_path / "mix").glob("pictures-*"))
    stored = [name for file in files for name in pq.read_table(file)["image_id"].to_pylist()]
    assert len(stored) == len(set(stored)) == 700
    opened = read_corpus(tmp_path / "mix")
    for talk_ in opened.conversations():
        for name in talk_.image_ids:
            assert sha256(opened.picture(name)) == name
    assert [one for one in told(tmp_path / "mix") if one.clip] == told(pairs)


def test_the_manifest_of_a_mix_says_what_it_is_made_of(
    two: tuple[str, str], tmp_path: Path
) -> None:
    mix([f"{two[0]}:0.5", two[1]], tmp_path / "mix", caps={"fairface": 20}, seed=7)
    about = read_corpus(tmp_path / "mix").manifest["about"]
    assert about["settings"]["seed"] == 7 and about["settings"]["caps"] == {"fairface": 20}
    for one, path, taken in zip(about["inputs"], two, (600, 20), strict=True):
        assert one["sha256"] == sha256((Path(path) / "manifest.json").read_bytes())
        assert one["taken"] == taken and one["refused"] == 1
        assert one["about"] == read_corpus(path).manifest["about"]


def test_referenced_pictures_stay_referenced(tmp_path: Path) -> None:
    root = tmp_path / "photos"
    root.mkdir()
    for number in range(5):
        (root / f"{number}.jpg").write_bytes(image(f"affectnet {number}"))
    about: dict[str, Any] = {"pictures": "reference", "pictures_root": str(root)}
    one = corpus(tmp_path / "a", map(talk, range(5)), **about)
    held = corpus(tmp_path / "b", map(fair, range(5)), "fairface")
    mix([one, held], tmp_path / "mix")
    opened = read_corpus(tmp_path / "mix")
    for said in opened.conversations():
        assert sha256(opened.picture(said.image_ids[0])) == said.image_ids[0]
    assert image("affectnet 1") not in b"".join(contents(tmp_path / "mix").values())
    about["pictures_root"] = str(tmp_path)
    other = corpus(tmp_path / "c", [talk(7)], **about)
    with pytest.raises(InputError, match="2 different folders"):
        mix([one, other], tmp_path / "no")


def test_a_mix_refuses_what_cannot_be_meant(two: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    for specs, settings, says in (
        ([f"{two[0]}:2"], {}, "is no share: give one above 0 and at most 1"),
        ([f"{two[0]}:0"], {}, "is no share"),
        (two, {"caps": {"affectnett": 5}}, "did you mean 'affectnet'"),
        (two, {"caps": {"affectnet": 0}}, "give 1 or more"),
        (two, {"turns": 0}, "give 1 or more"),
        ([*two, str(tmp_path / "none")], {}, "is no corpus"),
    ):
        with pytest.raises(InputError, match=says):
            mix(specs, out, **settings)  # type: ignore[arg-type]
        assert not out.exists()
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        mix(two, out)
    assert contents(out) == {"notes.txt": b"mine"}
    with CorpusWriter(tmp_path / "half", {"source": "affectnet"}) as writer:
        writer.add(0, [Picture(image("affectnet 0"), "x")], talk(0))
        writer.flush()
    with pytest.raises(InputError, match="is not finished"):
        mix([str(tmp_path / "half")], tmp_path / "whole")


def test_what_a_killed_mix_left_is_cleared_away(two: tuple[str, str], tmp_path: Path) -> None:
    mix(two, tmp_path / "whole")
    left = tmp_path / ".mix.unfinished"
    left.mkdir()
    (left / "conversations-00099.parquet").write_bytes(b"half")
    mix(two, tmp_path / "mix")
    assert not left.exists() and contents(tmp_path / "mix") == contents(tmp_path / "whole")


def test_a_mix_that_fails_leaves_nothing(two: tuple[str, str], tmp_path: Path) -> None:
    (Path(two[1]) / "pictures-00000.parquet").write_bytes(b"broken")
    with pytest.raises(InputError, match="damaged"):
        mix(two, tmp_path / "mix")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "b"]


# ---------------------------------------------------------------- split


def sides(folder: Path) -> dict[str, set[str]]:
    """The pictures of each part."""
    return {
        part.name: {name for one in told(part) for name in one.image_ids}
        for part in folder.iterdir()
    }


def test_a_picture_stands_on_one_side_only(tmp_path: Path) -> None:
    talks = [talk(n) for n in range(600)] + [talk(n, style="choices") for n in range(600)]
    talks += [talk(n, image_ids=ids(n, n + 1)) for n in range(0, 600, 6)]
    path = corpus(tmp_path / "c", talks)
    result = split(path, tmp_path / "s", PARTS, by="picture")
    found = sides(tmp_path / "s")
    assert not found["train"] & found["test"]
    assert len(found["train"] | found["test"]) == 600
    kept = [one for part in PARTS for one in told(tmp_path / "s" / part)]
    left = [one for one in talks if one not in kept]
    assert result["left_out"] == {"pictures on several sides": len(left)} and left
    assert all(len(one.image_ids) == 2 for one in left)
    assert 0.65 < len(found["train"]) / 600 < 0.85
    again = split(path, tmp_path / "s", PARTS, by="picture")
    assert not again["new"] and again["parts"] == result["parts"]


def test_a_picture_falls_on_the_same_side_in_every_corpus(tmp_path: Path) -> None:
    split(corpus(tmp_path / "a", map(talk, range(200))), tmp_path / "x", PARTS)
    split(corpus(tmp_path / "b", map(talk, range(100, 300))), tmp_path / "y", PARTS)
    one, other = sides(tmp_path / "x"), sides(tmp_path / "y")
    assert not one["train"] & other["test"] and not one["test"] & other["train"]
    split(corpus(tmp_path / "c", map(talk, range(200))), tmp_path / "z", PARTS, seed=1)
    assert sides(tmp_path / "z") != one


def test_official_splits_are_kept_and_the_others_drawn(tmp_path: Path) -> None:
    talks = [fair(n, split="test" if n < 40 else "train") for n in range(60)]
    talks += [talk(n) for n in range(100)]
    talks += [talk(n, image_ids=ids(n, source="fairface")) for n in range(10)]
    path = corpus(tmp_path / "c", talks)
    split(path, tmp_path / "s", PARTS)
    for part in PARTS:
        assert {one.split for one in told(tmp_path / "s" / part)} == {part, ""}
    found = sides(tmp_path / "s")
    assert set(ids(*range(10), source="fairface")) <= found["test"]  # unsaid follows official
    assert not found["train"] & found["test"] and len(found["train"]) > 60


def test_a_picture_that_two_official_splits_claim_is_left_out(tmp_path: Path) -> None:
    talks = [fair(n, split="train") for n in range(10)]
    talks += [fair(n, split="test", style="choices") for n in range(9, 20)]
    result = split(corpus(tmp_path / "c", talks), tmp_path / "s", PARTS)
    assert result["left_out"] == {"pictures on several sides": 2}
    assert not set(ids(9, source="fairface")) & (
        sides(tmp_path / "s")["train"] | sides(tmp_path / "s")["test"]
    )


def test_rows_of_another_split_or_none_are_left_out_and_counted(tmp_path: Path) -> None:
    names = ("train", "test", "val", "")
    talks = [fair(n, split=names[n % 4]) for n in range(40)]
    talks += [talk(n, image_ids=ids(n, source="fairface")) for n in (2, 6)]  # pictures of val
    path = corpus(tmp_path / "c", talks)
    official = split(path, tmp_path / "s", PARTS, by="source-split")
    assert official["left_out"] == {"no split": 10, "split is no part": 12}
    assert official["parts"]["train"]["conversations"] == 10
    drawn = split(path, tmp_path / "d", PARTS)
    assert drawn["left_out"] == {"split is no part": 12}


def test_a_person_stands_on_one_side_only(tmp_path: Path) -> None:
    talks = [talk(n, subject=hidden("affectnet", str(n // 10))) for n in range(300)]
    talks += [talk(n) for n in range(300, 310)]
    people = {one.face_id: one.subject for one in talks}
    pairs = [talk(n, face_id="pair", image_ids=ids(n, n + 10)) for n in range(0, 280, 10)]
    pairs = [replace(one, subject=talks[n * 10].subject) for n, one in enumerate(pairs)]
    path = corpus(tmp_path / "c", [*talks, *pairs])
    result = split(path, tmp_path / "s", PARTS, by="subject")
    assert result["without_subject"] == 10
    found = {
        part: {people[one.face_id] for one in told(tmp_path / "s" / part) if one.face_id in people}
        for part in PARTS
    }
    assert found["train"] & found["test"] <= {""} and found["test"] - {""}
    kept = [one for part in PARTS for one in told(tmp_path / "s" / part)]
    assert [one for one in talks if one not in kept] == []
    torn = [one for one in pairs if one not in kept]
    assert result["left_out"] == {"pictures on several sides": len(torn)} and torn
    whole = [one for one in pairs if one in kept]
    assert whole
    assert not sides(tmp_path / "s")["train"] & sides(tmp_path / "s")["test"]


def test_the_frames_of_a_clip_follow_its_subject(tmp_path: Path) -> None:
    talks = [
        talk(n, image_ids=ids(n, n + 500), clip=f"{n}.mp4", subject=hidden("x", str(n % 20)))
        for n in range(100)
    ]
    result = split(corpus(tmp_path / "c", talks), tmp_path / "s", PARTS, by="subject")
    assert result["left_out"] == {}
    assert sum(len(told(tmp_path / "s" / part)) for part in PARTS) == 100


def test_a_split_refuses_what_cannot_be_meant(tmp_path: Path) -> None:
    path, out = corpus(tmp_path / "c", map(fair, range(30))), tmp_path / "s"
    for parts, by, says in (
        ({"train": 0.8, "test": 0.1}, None, "add up to 1"),
        ({"train": 1.0}, None, "between 0 and 1"),
        ({"../train": 0.8, "test": 0.2}, None, "plain name"),
        (PARTS, None, "falls into test: by the official splits; --by picture"),
        (PARTS, "subject", "does not say whose faces"),
        (PARTS, "subjects", "did you mean 'subject'"),
    ):
        with pytest.raises(InputError, match=says):
            split(path, out, parts, by=by)  # type: ignore[arg-type]
        assert not out.exists()


# ---------------------------------------------------------------- the card

STRICTNESS = {
    "attribution": "fairface heads heads-clips",
    "share alike": "cremad",
    "non-commercial": "biwi",
    "research agreement": (
        "utkface morph2 imdb wiki celeba rafdb rafdb-compound affectnet ffpp celebdf"
    ),
    "unknown": (
        "agedb fgnet lfwa maad-face fer2013 ferplus dfew mafw ferv39k disfa bp4d lp300w aflw2000 "
        "laion-face folder csv hf webdataset"
    ),
}


def test_every_sources_licence_has_its_place() -> None:
    placed = {name: kind for kind, names in STRICTNESS.items() for name in names.split()}
    assert placed.keys() == SOURCES.keys()
    for name, kind in placed.items():
        assert kind_of(source_class(name).about.licence).name == kind, name


@pytest.mark.parametrize(
    ("licence", "kind"),
    [
        ("CC0 1.0", "public domain"), ("cc-by-4.0", "attribution"), ("MIT", "attribution"),
        ("CC BY-SA 4.0", "share alike"), ("CC BY-NC-SA 4.0", "non-commercial"),
        ("cc-by-nc-nd-4.0", "unknown"), ("CC BY-ND 4.0", "unknown"), ("", "unknown"),
        ("ask my aunt", "unknown"), ("CC BY 4.0; pictures: not stated", "unknown"),
    ],
)  # fmt: skip
def test_licences_are_known_by_their_words(licence: str, kind: str) -> None:
    assert kind_of(licence).name == kind
    assert [one.name for one in KINDS][-1] == "unknown"


def test_the_card_of_a_mix_names_the_strictest_licence_and_every_source(
    two: tuple[str, str], tmp_path: Path
) -> None:
    mix([f"{two[0]}:0.1", two[1]], tmp_path / "mix")
    card = (tmp_path / "mix" / "README.md").read_text()
    agreement = "a signed agreement, for research purposes only"
    for words in (
        f"strictest of its licences allows: research agreement** (affectnet: “{agreement}”)",
        f"| affectnet | {agreement} | research agreement | no | no |",
        "| fairface | CC BY 4.0 | attribution | yes | yes |",
        "## Source: affectnet", "## Source: fairface",
        f"- paper: {source_class('affectnet').about.paper}",
        f"- ask at: {source_class('fairface').about.ask_at}",
        f"- terms: {source_class('affectnet').about.terms}",
        "120 of 1,200 conversations", "300 of 300 conversations",
        "| Female | 150 |", "## Label: gender (fairface)", "`abababababababab`",
        "Not for: finding out who somebody is", "1 rows, listed in the manifest of `a`",
    ):  # fmt: skip
        assert words in card, words
    assert str(tmp_path) not in card
    rights = renewed(tmp_path / "mix")
    assert rights["card"] == card and rights["strictest"] == "research agreement"
    assert not rights["pass_on"] and not rights["third_party"]
    assert renewed(Path(two[1]))["pass_on"] and renewed(Path(two[1]))["third_party"]


def test_a_source_nobody_knows_grants_nothing(tmp_path: Path) -> None:
    talks = [talk(n, "elsewhere", licence="CC BY 4.0") for n in range(3)]
    talks = [replace(one, image_ids=ids(n)) for n, one in enumerate(talks)]
    rights = renewed(Path(corpus(tmp_path / "c", talks, "elsewhere")))
    assert "| elsewhere | CC BY 4.0 | attribution | no (unknown) | no (unknown) |" in rights["card"]
    assert not rights["pass_on"] and not rights["third_party"]


def test_a_card_is_written_anew_only_when_asked(tmp_path: Path) -> None:
    path = Path(corpus(tmp_path / "c", map(talk, range(3))))
    made = (path / "README.md").read_text()
    (path / "README.md").write_text("changed")
    assert renewed(path)["card"] == made and (path / "README.md").read_text() == "changed"
    renewed(path, write=True)
    assert (path / "README.md").read_text() == made


# ---------------------------------------------------------------- the command line


def facelm(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "facelm", "corpus", *words],
        capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip


def told_json(run: subprocess.CompletedProcess[str]) -> Any:
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_the_commands(tmp_path: Path, heads: Path) -> None:
    one, mixed, page = str(heads), str(tmp_path / "mix"), tmp_path / "page.html"
    result = told_json(facelm("mix", f"{one}:0.75", "-o", mixed, "--cap", "heads=8", "--json"))
    assert result["conversations"] == 8 and result["inputs"][0]["weight"] == 0.75
    parted = told_json(
        facelm("split", mixed, "-o", str(tmp_path / "s"), "--parts", "train=0.5,test=0.5", "--by",
               "subject", "--seed", "3", "--json")
    )  # fmt: skip
    assert sum(part["conversations"] for part in parted["parts"].values()) == 8
    shown = told_json(facelm("show", mixed, "--limit", "2", "-o", str(page), "--json"))
    assert len(shown["conversations"]) == 2 and page.is_file()
    assert told_json(facelm("stats", mixed, "--json"))["conversations"] == 8
    assert told_json(facelm("card", mixed, "--json"))["strictest"] == "attribution"
    assert (
        facelm("card", mixed).stdout.strip() == (tmp_path / "mix" / "README.md").read_text().strip()
    )


def test_what_cannot_go_on_is_one_sentence(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    for words, says in (
        (["show", str(tmp_path)], "is no corpus"),
        (["mix", str(tmp_path), "-o", out, "--cap", "heads"], "is not NAME=NUMBER"),
        (["split", str(tmp_path), "-o", out, "--parts", "train=most"], "is not NAME=NUMBER"),
    ):
        run = facelm(*words)
        assert run.returncode == 2 and run.stdout == ""
        lines = [line for line in run.stderr.splitlines() if line.startswith("facelm: ")]
        assert len(lines) == 1 and says in lines[0], run.stderr
