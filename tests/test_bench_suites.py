"""The suites' own formats: FaceXBench's files with their peculiarities, and the synthetic heads."""

import io
import json
import shutil

import pytest
from PIL import Image

from facelm.bench import bench, open_suite
from facelm.bench.suites.heads_mcq import TASKS as HEADS_TASKS
from facelm.errors import InputError
from facelm.types import Question, Refused

GREY = (127, 127, 127)


def png(colour, size=(32, 32)):
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def published(tmp_path):
    """A folder with the published files' peculiarities; all contents invented."""
    root = tmp_path / "bench"
    images = root / "images"
    (images / "crowd").mkdir(parents=True)
    (images / "spoof").mkdir()
    for place in ("crowd/question_1.png", "spoof/question_1_1.png", "spoof/question_1_2.png"):
        (images / place).write_bytes(png((200, 10, 10), (64, 48)))
    (images / "crowd" / "question_2.png").write_bytes(b"no picture")

    def entry(paths, options, letter, answer):
        return {
            "image_paths": paths,
            "question_text": "How many?",
            "options": options,
            "correct_answer_option": letter,
            "answer": answer,
        }

    def write(name, category, task, questions, **more):
        head = {"category": category, "sub-category": task, "dataset": name, "num_images": "single"}
        head |= {"question_type": "MCQ", "prepend_text": "A long description.", **more}
        head["postpend_text"] = "Only the letter, please."
        numbered = {str(i): q for i, q in enumerate(questions, start=1)}
        (root / f"{name}.json").write_text(json.dumps({**head, "questions": numbered}))

    write(
        "crowd",
        "face_localization",
        "crowd_counting",
        [
            entry(["images/crowd/question_1.png"], [3, 4, 5, 6], "B", 4),
            entry(["images/crowd/question_2.png"], ["1 to 5", "6 to 10"], "A", 3),
            entry(["images/crowd/question_3.png"], [1, 2], "A", 1),
            entry(["images/crowd/question_1.png"], [1, 2], "C", 3),
            entry(["../../../etc/hostname"], [1, 2], "A", 1),
            {"options": [1, 2]},
            "not a question",
        ],
    )
    spoof = ["data/Raw/a_frame_1.png", "data/Raw/b_frame_2.png"]
    write("spoof", "fas_deepfakes", "fas", [entry(spoof, ["Image 1", "Image 2"], "A", "Image 1")],
          num_images="multiple")  # fmt: skip
    write("tools", "tools_use", "tools_retrieval", [entry([], ["x", "y"], "B", "y")],
          num_images="zero", context="APIs: none.")  # fmt: skip
    (root / "broken.json").write_text("{")
    (root / "list.json").write_text("[]")
    return root


class Always:
    """Says one letter whatever it is shown."""

    name = "always"

    def __init__(self, reply="B"):
        self.reply, self.seen = reply, []

    def score(self, image, prompts, letters, max_new_tokens):
        self.seen += [(image, prompt) for prompt in prompts]
        return [([-2.0, -1.0, -3.0, -3.0][: len(names)], self.reply) for names in letters]


def test_facexbench_files_are_read_as_they_are(published, tmp_path):
    model = Always()
    result = bench(model, f"facexbench:{published}", tmp_path / "out")
    assert result["split"] is None
    assert {t: s["n"] for t, s in result["tasks"].items()} == {
        "crowd_counting": 1, "fas": 1, "tools_retrieval": 1,
    }  # fmt: skip
    assert result["accuracy"] == pytest.approx(2 / 3)
    assert result["groups"]["images"]["multiple"]["n"] == 1
    text = {prompt.splitlines()[-1]: prompt for _, prompt in model.seen}
    assert text["(D) 6"] == "How many?\nOnly the letter, please.\n(A) 3\n(B) 4\n(C) 5\n(D) 6"
    assert text["(B) y"].startswith("APIs: none.\nHow many?\n")
    pictures = [image for image, prompt in model.seen if "Image 1" in prompt]
    assert [len(images) for images in pictures] == [2, 2]
    assert all(p.size == (64, 48) for p in pictures[1]) and pictures[1][0].getpixel((0, 0)) == GREY


def test_facexbench_refuses_single_questions_by_name(published, tmp_path):
    result = bench(Always(), f"facexbench:{published}", tmp_path / "out")
    lines = (tmp_path / "out" / "refused.jsonl").read_text().splitlines()
    reasons = {entry["id"]: entry["reason"] for entry in map(json.loads, lines)}
    assert result["refused"] == len(reasons) == 8
    assert "is not a JSON file" in reasons["broken"]
    assert "no 'questions'" in reasons["list"]
    assert "not a JPEG, PNG or WebP" in reasons["crowd/2"]
    assert "crowd/question_3.png is missing" in reasons["crowd/3"]
    assert "'C' is none of its 2 letters" in reasons["crowd/4"]
    assert "hostname is missing" in reasons["crowd/5"]
    assert {"crowd/6", "crowd/7"} <= set(reasons)


def test_generation_is_scored_both_ways(published, tmp_path):
    result = bench(Always("A person"), f"facexbench:{published}", tmp_path)
    assert result["generated"] == pytest.approx(1 / 3)  # the article counts as option A
    assert result["generated_strict"] == 0
    assert result["unparsed"] == {"published": 0, "strict": 3}


def test_the_folder_above_the_benchmark_will_do(published, tmp_path):
    shutil.move(published, tmp_path / "clone" / "benchmark")
    suite = open_suite(f"facexbench:{tmp_path / 'clone'}")
    assert sum(isinstance(q, Question) for q in suite.questions(None, 0)) == 4


def test_a_suite_without_a_usable_question_says_why(published, tmp_path):
    for path in published.glob("*.json"):
        if path.stem != "broken":
            path.unlink()
    with pytest.raises(InputError, match=r"no question that can be asked.*broken\.json"):
        bench(Always(), f"facexbench:{published}", tmp_path / "out")


def test_facexbench_has_no_splits(published, tmp_path):
    with pytest.raises(InputError, match="has no split 'val'"):
        bench(Always(), f"facexbench:{published}", tmp_path / "out", split="val")
    assert not (tmp_path / "out").exists()


def test_pictures_that_all_fail_end_the_run_with_the_reason(published, tmp_path):
    for picture in published.glob("images/*/*.png"):
        picture.write_bytes(b"no picture")
    (published / "tools.json").unlink()
    with pytest.raises(InputError, match="None of the 3 questions could be asked"):
        bench(Always(), f"facexbench:{published}", tmp_path / "out")
    assert not (tmp_path / "out" / "results.json").exists()


# ---------------------------------------------------------------- heads


def heads_folder(root):
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = []
    for number in range(48):
        rows.append(
            {
                "id": f"head-{number}",
                "image": {"bytes": png((number, 0, 0)), "path": f"head-{number}.png"},
                "sex": ("female", "male")[number % 2],
                "age_stage": ("baby", "child", "young", "old")[number % 4],
                "morph_group": ("african", "asian", "caucasian")[number % 3],
                "expression": ("neutral", "happy", "sad", "angry", "surprised", "disgusted")[
                    number % 6
                ],
                "facing": ("left", "front", "right")[number % 3],
                "light_side": ("left", "front", "right")[number // 3 % 3],
                "glasses": number % 5 < 2,
                "beard": number % 4 == 3,
                "hair_colour": ("black", "brown", "blond", "red", "grey", "none")[number % 6],
            }
        )
    pq.write_table(pa.Table.from_pylist(rows), root / "portraits-test.parquet")
    return root


def test_heads_are_asked_about_everything_that_is_known(tmp_path):
    spec = f"heads-mcq:{heads_folder(tmp_path)}"
    suite = open_suite(spec)
    questions = list(suite.questions(None, 0))
    assert not [q for q in questions if isinstance(q, Refused)]
    assert {q.task for q in questions} == {task.name for task in HEADS_TASKS}
    result = bench(Always(), spec, tmp_path / "out", limit=90)
    assert result["split"] == "test"
    assert {task["n"] for task in result["tasks"].values()} == {10}
    assert set(result["groups"]) == {"sex", "age_stage", "morph_group"}
    assert all(task["chance"] < 0.8 for task in result["tasks"].values())


def test_the_shipped_heads_give_questions_for_every_task():
    questions = list(open_suite("heads-mcq").questions("test", 0))
    assert not [q for q in questions if isinstance(q, Refused)]
    counts = {task.name: sum(q.task == task.name for q in questions) for task in HEADS_TASKS}
    assert min(counts.values()) >= 40
