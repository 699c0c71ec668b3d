"""Questions about clips: the frames go to the model as one video, and stay apart from pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import facelm
from facelm.bench import bench, open_suite, write_facexbench
from facelm.bench.ask import GREY, ask
from facelm.bench.plan import make_plan
from facelm.sources import frames, open_source
from facelm.types import Question, Refused, Row


class Watcher:
    """Answers A and remembers how it was shown what."""

    name = "watcher"

    def __init__(self) -> None:
        self.calls: list[tuple[list[Any], bool]] = []

    def score(
        self,
        image: Any,
        prompts: list[str],
        letters: list[list[str]],
        max_new_tokens: int,
        clip: bool = False,
    ) -> list[tuple[list[float], str]]:
        self.calls.append((image if isinstance(image, list) else [image], clip))
        return [([-0.1] + [-3.0] * (len(names) - 1), "A") for names in letters]


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return [
        one for one in open_suite("heads-clips-mcq").questions(None, 0) if isinstance(one, Question)
    ]


def test_each_question_shows_the_frames_that_a_corpus_has(questions: list[Question]) -> None:
    rows = {row.id: row for row in open_source("heads-clips").rows("test") if isinstance(row, Row)}
    assert {q.task for q in questions} == {
        "head_turn", "light_turn", "expression_from", "expression_to"
    }  # fmt: skip
    for question in questions[:3]:
        assert question.clip and len(question.images) == 8
        row = rows[question.id.partition("/")[2].partition("#")[0]]
        assert list(question.images) == frames(row.media, 8)


def test_the_right_option_is_what_the_clip_was_drawn_with(questions: list[Question]) -> None:
    rows = {row.id: row for row in open_source("heads-clips").rows("test") if isinstance(row, Row)}
    for question in questions:
        label = rows[question.id.partition("/")[2].partition("#")[0]].labels[question.task]
        right = question.options["ABCD".index(question.answer)]
        words = {"to_left": "to the left", "to_right": "to the right"}
        wanted = words.get(str(label), str(label))
        assert right == wanted or (label == "still" and right.startswith("it "))


def test_a_clip_goes_to_the_model_as_one_and_so_does_its_blind_twin(tmp_path: Path) -> None:
    model = Watcher()
    result = bench(model, "heads-clips-mcq", tmp_path, limit=4)  # type: ignore[arg-type]
    assert result["n"] == 4 and result["refused"] == 0
    assert model.calls and all(clip and len(shown) == 8 for shown, clip in model.calls)
    blind = [shown for shown, _ in model.calls if shown[0].getpixel((0, 0)) == GREY]
    assert blind and len(blind) < len(model.calls)


def test_the_same_frames_as_a_clip_and_as_pictures_are_asked_apart(
    questions: list[Question],
) -> None:
    model, first = Watcher(), questions[0]
    pair = [first, replace(first, id="pictures", clip=False)]
    assert len(ask(model, pair)) == 2  # type: ignore[arg-type]
    assert sorted(clip for _, clip in model.calls) == [False, False, True, True]


def test_a_clip_changes_the_fingerprint(questions: list[Question]) -> None:
    class Some:
        name = "some"

        def __init__(self, clip: bool) -> None:
            self.clip = clip

        def splits(self) -> tuple[str, ...]:
            return ()

        def questions(self, split: str | None, seed: int) -> Any:
            return iter([replace(questions[0], clip=self.clip)])

    assert make_plan(Some(True), None, 0, None) != make_plan(Some(False), None, 0, None)


def test_questions_about_clips_survive_facexbench_files(
    questions: list[Question], tmp_path: Path
) -> None:
    write_facexbench(questions[:4], tmp_path)
    again = list(open_suite(f"facexbench:{tmp_path}").questions(None, 0))
    assert all(isinstance(one, Question) and one.clip for one in again)
    assert {one.images for one in again if isinstance(one, Question)} == {
        one.images for one in questions[:4]
    }


def test_clips_of_a_corpus_are_asked_about_as_clips(tmp_path: Path) -> None:
    facelm.convert("heads-clips", tmp_path / "clips", tasks=["head pose"], split="test", limit=4)
    found = list(open_suite(f"corpus-mcq:{tmp_path / 'clips'}").questions("all", 0))
    assert found and all(isinstance(one, Question) and one.clip for one in found)


def test_a_damaged_clip_is_refused_and_the_rest_is_asked(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    shipped = Path(facelm.__file__).parent / "data" / "heads" / "clips.parquet"
    table = pq.read_table(shipped).slice(48, 6)
    videos = table["video"].to_pylist()
    videos[2] = videos[2][:200]
    at = table.schema.get_field_index("video")
    column = pa.array(videos, table.schema.field("video").type)
    pq.write_table(table.set_column(at, "video", column), tmp_path / "clips.parquet")
    asked = list(open_suite(f"heads-clips-mcq:{tmp_path}").questions(None, 0))
    refused = [one.id for one in asked if isinstance(one, Refused)]
    assert refused[:1] == [table["id"][2].as_py()]
    assert any(isinstance(one, Question) for one in asked)
