"""Whole runs on real files, with a model that answers by a rule instead of a network."""

import csv
import io
import json
import re

import pytest
from PIL import Image

from facelm.bench import bench, compare, open_suite, write_facexbench
from facelm.errors import FacelmError, InputError
from facelm.types import (
    FAIRFACE_AGES,
    FAIRFACE_GENDERS,
    FAIRFACE_RACES,
    Question,
)

GREY = (127, 127, 127)
WORDS = (FAIRFACE_AGES, FAIRFACE_GENDERS, FAIRFACE_RACES)


def png(colour, size=(32, 32)):
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def options_of(prompt):
    return re.findall(r"^\(([A-Z])\) (.*)$", prompt, re.MULTILINE)


class Rule:
    """Reads labels off a picture's colour, as `fairface` below paints them; grey says nothing."""

    def __init__(self, name="rule", knows=(0, 1, 2), stop_after=None):
        self.name, self.knows, self.stop_after = name, knows, stop_after
        self.calls, self.asked = [], []

    def score(self, image, prompts, letters, max_new_tokens):
        pictures = image if isinstance(image, list) else [image]
        self.calls.append((pictures, len(prompts), max_new_tokens))
        colours = [picture.getpixel((0, 0)) for picture in pictures]
        if colours[0] != GREY:
            self.asked += prompts
            if self.stop_after is not None and len(self.asked) > self.stop_after:
                raise KeyboardInterrupt
        return [self._answer(colours, p, names) for p, names in zip(prompts, letters, strict=True)]

    def _answer(self, colours, prompt, letters):
        options = options_of(prompt)
        assert [letter for letter, _ in options] == letters
        seen = self.words(colours)
        right = [letter for letter, text in options if text in seen]
        best = right[0] if right else letters[0]
        return [-0.1 if letter == best else -3.0 for letter in letters], f"{best}. I think"

    def words(self, colours):
        if colours[0] == GREY:
            return []
        return [WORDS[i][colours[0][i] // 25] for i in self.knows]


@pytest.fixture(scope="module")
def fairface(tmp_path_factory):
    """FairFace's own layout with one of its two label files, pictures painted by their labels."""
    root = tmp_path_factory.mktemp("fairface")
    (root / "val").mkdir()
    rows = []
    for number in range(126):
        place = (number % 9, number % 2, number % 7)
        name = f"val/{number}.png"
        (root / name).write_bytes(png((place[0] * 25, place[1] * 25, place[2] * 25)))
        labels = [words[i] for words, i in zip(WORDS, place, strict=True)]
        rows.append([name, *labels, "False"])
    rows.append(["val/gone.png", "20-29", "Male", "White", "False"])
    with (root / "fairface_label_val.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["file", "age", "gender", "race", "service_test"], *rows])
    return root


def test_result_holds_what_is_promised(fairface, tmp_path):
    model = Rule(knows=(0, 1))
    result = bench(model, f"fairface-mcq:{fairface}", tmp_path)
    assert (result["model"], result["suite"], result["split"]) == ("rule", "fairface-mcq", "val")
    assert set(result["tasks"]) == {"age", "gender", "race"}
    for task in result["tasks"].values():
        assert {"accuracy", "ci95", "n", "chance", "blind", "generated"} <= set(task)
        assert task["ci95"][0] <= task["accuracy"] <= task["ci95"][1]
    assert result["tasks"]["age"]["accuracy"] == result["tasks"]["gender"]["accuracy"] == 1.0
    assert result["tasks"]["race"]["accuracy"] < 0.5
    assert result["n"] == sum(task["n"] for task in result["tasks"].values())
    assert result["accuracy"] == pytest.approx(
        sum(t["accuracy"] * t["n"] for t in result["tasks"].values()) / result["n"]
    )
    assert result["generated"] == result["accuracy"] == result["generated_strict"]
    assert result["blind"] < 0.45 and 0.25 < result["chance"] < 0.45
    assert result["unparsed"] == {"published": 0, "strict": 0}
    assert result["courtesy"] == "off: evaluation"
    assert set(result["groups"]["gender"]) == {"Male", "Female"}
    assert sum(g["n"] for g in result["groups"]["race"].values()) == result["n"]
    assert json.loads((tmp_path / "results.json").read_text()) == result


def test_rows_that_cannot_be_used_are_counted_and_listed(fairface, tmp_path):
    result = bench(Rule(), f"fairface-mcq:{fairface}", tmp_path)
    assert result["refused"] == 1
    (line,) = (tmp_path / "refused.jsonl").read_text().splitlines()
    assert json.loads(line)["id"] == result["refused_first"][0]["id"] == "val/gone.png"


def test_samples_record_every_answer(fairface, tmp_path):
    result = bench(Rule(), f"fairface-mcq:{fairface}", tmp_path, limit=30)
    samples = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text().splitlines()]
    assert len(samples) == result["n"] == 30
    for sample in samples:
        assert set(sample["logprobs"]) == set("ABCD"[: len(sample["options"])])
        assert sample["letter"] == sample["truth"] == sample["parsed"]["published"]
        assert sample["generated"] == f"{sample['letter']}. I think"
        assert sample["blind_letter"] == "A"
        assert f"({sample['truth']}) " in sample["prompt"]
    assert not list(tmp_path.glob("*partial*"))


def test_a_limit_is_spread_over_the_tasks_and_keeps_pictures_together(fairface, tmp_path):
    model = Rule()
    result = bench(model, f"fairface-mcq:{fairface}", tmp_path, limit=40)
    assert sorted(task["n"] for task in result["tasks"].values()) == [13, 13, 14]
    seeing = [calls for calls in model.calls if calls[2] > 1]
    assert len(seeing) < 30  # fewer pictures than questions
    full = bench(Rule(), f"fairface-mcq:{fairface}", tmp_path / "full")
    assert full["fingerprint"] != result["fingerprint"]


def test_the_same_seed_asks_the_same_and_another_does_not(fairface, tmp_path):
    spec = f"fairface-mcq:{fairface}"
    one = bench(Rule(), spec, tmp_path / "1", limit=20, seed=3)
    two = bench(Rule(), spec, tmp_path / "2", limit=20, seed=3)
    other = bench(Rule(), spec, tmp_path / "3", limit=20, seed=4)
    assert one == two
    assert one["fingerprint"] != other["fingerprint"]


def test_blind_questions_share_one_grey_picture_of_the_same_size(fairface, tmp_path):
    model = Rule()
    bench(model, f"fairface-mcq:{fairface}", tmp_path, limit=64)
    grey = [call for call in model.calls if call[0][0].getpixel((5, 5)) == GREY]
    assert sum(number for _, number, _ in grey) == 64
    assert len(grey) <= 4 and all(number <= 32 for _, number, _ in model.calls)
    assert all(picture.size == (32, 32) for pictures, _, _ in grey for picture in pictures)


def test_a_stopped_run_goes_on_where_it_was(fairface, tmp_path):
    spec = f"fairface-mcq:{fairface}"
    with pytest.raises(KeyboardInterrupt):
        bench(Rule(stop_after=80), spec, tmp_path / "a")
    assert not (tmp_path / "a" / "results.json").exists()
    partial = tmp_path / "a" / "samples.partial.jsonl"
    with partial.open("a") as file:
        file.write('{"id": "cut o')  # the crash came while writing
    model = Rule()
    resumed = bench(model, spec, tmp_path / "a")
    whole = Rule()
    assert resumed == bench(whole, spec, tmp_path / "b")
    assert len(model.asked) < len(whole.asked) - 20
    first, second = ((tmp_path / name / "samples.jsonl").read_text() for name in ("a", "b"))
    assert first == second


def test_a_stopped_run_of_another_model_is_not_continued(fairface, tmp_path):
    spec = f"fairface-mcq:{fairface}"
    for name in ("rule", "other"):
        with pytest.raises(KeyboardInterrupt):
            bench(Rule(stop_after=80), spec, tmp_path / name)
        changed = Rule(name, knows=(0,))  # the same name, retrained; or another name
        bench(changed, spec, tmp_path / name)
        assert bench(Rule(name, knows=(0,)), spec, tmp_path / "fresh") == json.loads(
            (tmp_path / name / "results.json").read_text()
        )


def test_compare_pairs_the_same_questions(fairface, tmp_path):
    spec = f"fairface-mcq:{fairface}"
    before = bench(Rule(knows=(1,)), spec, tmp_path / "before", limit=90)
    after = bench(Rule(knows=(0, 1)), spec, tmp_path / "after", limit=90)
    change = compare(tmp_path / "before", tmp_path / "after")
    assert change["difference"] == pytest.approx(after["accuracy"] - before["accuracy"])
    assert change["ci95"][0] > 0
    closed = (after["accuracy"] - before["accuracy"]) / (1 - before["accuracy"])
    assert change["error_closed"] == pytest.approx(closed)
    assert change["tasks"]["age"]["error_closed"] == 1.0
    assert change["tasks"]["gender"]["error_closed"] is None
    assert change["tasks"]["gender"]["difference"] == 0
    assert change["mean_task"]["after"] == pytest.approx(after["mean_task_accuracy"])


def test_compare_refuses_different_questions(fairface, tmp_path):
    spec = f"fairface-mcq:{fairface}"
    bench(Rule(), spec, tmp_path / "a", limit=10)
    bench(Rule(), spec, tmp_path / "b", limit=10, seed=1)
    with pytest.raises(InputError, match="different questions"):
        compare(tmp_path / "a", tmp_path / "b")
    with pytest.raises(InputError, match="no finished benchmark"):
        compare(tmp_path / "a", tmp_path / "nowhere")


# ---------------------------------------------------------------- FaceXBench's files


def test_written_questions_read_back_with_the_same_score(fairface, tmp_path):
    spec = f"fairface-mcq:{fairface}"
    questions = list(open_suite(spec).questions("val", 0))
    written = write_facexbench(questions, tmp_path / "fxb")
    direct = bench(Rule(knows=(0, 2)), spec, tmp_path / "direct")
    again = bench(Rule(knows=(0, 2)), f"facexbench:{tmp_path / 'fxb'}", tmp_path / "again")
    assert sum(written.values()) == direct["n"] == again["n"]
    assert {t: s["accuracy"] for t, s in again["tasks"].items()} == {
        t: s["accuracy"] for t, s in direct["tasks"].items()
    }
    assert again["blind"] == direct["blind"]
    for label, values in direct["groups"].items():
        assert again["groups"][label] == values
    back = {q.text + str(q.options) + str(q.image_ids) for q in open_suite(
        f"facexbench:{tmp_path / 'fxb'}").questions(None, 0)}  # fmt: skip
    assert back == {
        q.text + str(q.options) + str(q.image_ids) for q in questions if isinstance(q, Question)
    }


# ---------------------------------------------------------------- one sentence each


@pytest.mark.parametrize(
    ("spec", "options", "sentence"),
    [
        ("facexbnech", {}, "There is no suite named 'facexbnech'; did you mean 'facexbench'?"),
        ("facexbench", {}, "needs a place"),
        ("facexbench:{empty}", {}, "There is no JSON file in"),
        ("fairface-mcq", {}, "The source 'fairface' needs a place"),
        ("fairface-mcq:{empty}", {}, "is not FairFace"),
        ("fairface-mcq:{fairface}", {"split": "vla"}, "did you mean 'val'?"),
        ("fairface-mcq:{fairface}", {"limit": 0}, "give 1 or more"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_sentence(spec, options, sentence, fairface, tmp_path):
    (tmp_path / "empty").mkdir()
    spec = spec.format(empty=tmp_path / "empty", fairface=fairface)
    with pytest.raises(InputError, match=re.escape(sentence)) as caught:
        bench(Rule(), spec, tmp_path / "out", **options)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_named(fairface, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FacelmError, match="cannot be written"):
        bench(Rule(), f"fairface-mcq:{fairface}", tmp_path / "file")
    assert (tmp_path / "file").read_text() == "in the way"
