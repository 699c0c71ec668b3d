"""The report: one file that needs nothing else and says what the numbers say."""

from __future__ import annotations

import io
import random
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter

from facelm.report import DemoReport, Sample, Talk, words, write_bench_report, write_report
from facelm.types import Turn

TASKS = {
    "sex": (0.50, 0.93, 0.51), "age stage": (0.33, 0.74, 0.27), "expression": (0.29, 0.55, 0.2),
    "head_pose": (0.46, 0.88, 0.35), "light": (0.41, 0.78, 0.33), "glasses": (0.60, 0.95, 0.5),
    "hair_colour": (0.40, 0.70, 0.28), "morph_group": (0.36, 0.61, 0.35),
}  # fmt: skip
GROUPS = {
    "sex": ("female", "male"),
    "age_stage": ("baby", "child", "young", "old"),
    "morph_group": ("african", "asian", "caucasian"),
}


def wilson(share: float, n: int) -> dict[str, Any]:
    z2 = 1.96**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = 1.96 * (share * (1 - share) / n + z2 / (4 * n * n)) ** 0.5 / (1 + z2 / n)
    return {"accuracy": share, "ci95": [middle - half, middle + half], "n": n}


def results(column: int) -> dict[str, Any]:
    """A result as `bench --json` prints it; column 0 is before training, 1 after."""
    spread = random.Random(column)
    tasks = {}
    for name, shares in TASKS.items():
        chance = max(0.26, shares[2])
        tasks[name] = {**wilson(shares[column], 38), "chance": chance, "blind": shares[2],
                       "generated": shares[column] - 0.04}  # fmt: skip
    mean = sum(shares[column] for shares in TASKS.values()) / len(TASKS)
    groups = {
        label: {
            v: wilson(min(1, mean + spread.uniform(-0.1, 0.1)), 300 // len(values)) for v in values
        }
        for label, values in GROUPS.items()
    }
    return {
        "model": "runs/demo/training/model" if column else "nano", "suite": "heads-mcq",
        "split": "test", **wilson(mean, 304), "chance": 0.35, "blind": 0.35,
        "generated": mean - 0.03, "tasks": tasks, "groups": groups,
    }  # fmt: skip


def change(low: float = 0.27, high: float = 0.41) -> dict[str, Any]:
    tasks = {
        name: {"difference": after - before, "ci95": [after - before - 0.16, after - before + 0.15]}
        for name, (before, after, _) in TASKS.items()
    }
    return {"difference": 0.342, "ci95": [low, high], "n": 304, "clusters": 54, "tasks": tasks}


def drawn(seed: int, size: tuple[int, int] = (224, 224)) -> bytes:
    """A made-up face: an oval with eyes and a mouth."""
    dice = random.Random(seed)
    ground = tuple(dice.randint(60, 220) for _ in range(3))
    skin = dice.choice([(236, 200, 170), (190, 140, 105), (120, 80, 58), (222, 178, 140)])
    picture = Image.new("RGB", size, ground)
    pen = ImageDraw.Draw(picture)
    x, y = size[0] // 2 + dice.randint(-12, 12), size[1] // 2
    hair = tuple(dice.randint(20, 120) for _ in range(3))
    pen.ellipse((x - 78, y - 104, x + 78, y + 60), fill=hair)
    pen.ellipse((x - 64, y - 84, x + 64, y + 88), fill=skin)
    for side in (-26, 26):
        pen.ellipse((x + side - 11, y - 22, x + side + 11, y - 10), fill="white")
        pen.ellipse((x + side - 5, y - 21, x + side + 5, y - 11), fill=(40, 40, 50))
    pen.arc((x - 28, y + 18, x + 28, y + 18 + dice.randint(20, 46)), 10, 170, (130, 50, 50), 5)
    buffer = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.8)).save(buffer, "PNG")
    return buffer.getvalue()


SAID = {
    "Describe the pose of the face in this image.": "The head is turned about 24 degrees to the "
    "picture's right and slightly lowered, so the far cheek is foreshortened.",
    "Where does the light come from?": "It comes from the left: that half of the face is clearly "
    "brighter, and the nose casts a shadow to the right.",
    "What expression does this face show?": "The mouth's corners are raised and the eyes are a "
    "little narrowed, which an observer may read as a smile.",
}


def talk(seed: int) -> Talk:
    turns = [Turn(question, answer) for question, answer in SAID.items()]
    return Talk(drawn(seed), turns + [Turn(f"Question {i}?", "An answer.") for i in range(5)])


def losses() -> list[tuple[int, float]]:
    dice = random.Random(0)
    return [(i + 1, 0.62 + 2.1 * 0.965**i + dice.gauss(0, 0.07)) for i in range(150)]


def sample(seed: int, right: bool) -> Sample:
    return Sample(
        image=drawn(seed),
        question="Which way is the head turned, as the viewer sees it?",
        truth="to the left",
        before="facing the camera",
        after="to the left" if right else "to the right",
        after_right=right,
    )


def report(**other: Any) -> DemoReport:
    pictures = [drawn(i) for i in range(12)]
    data: dict[str, Any] = {
        "before": results(0),
        "after": results(1),
        "change": change(),
        "faces": pictures * 5,
        "faces_in_all": 648,
        "conversations": [talk(i) for i in (3, 5, 8)],
        "losses": losses(),
        "samples": [sample(4, True), sample(6, False), sample(9, True)],
        "asked": Talk(drawn(7), [Turn("Describe this face.", "The face looks to the left.")]),
        "stages": [
            {"name": name, "seconds": seconds}
            for name, seconds in (("annotate", 41.2), ("before", 63.0), ("train", 262.4),
                                  ("after", 61.5), ("ask", 3.1), ("report", 1.4))
        ],
        "peak_memory_mb": 3210.0,
    }  # fmt: skip
    return DemoReport(**{**data, **other})


def written(tmp_path: Path, data: DemoReport) -> str:
    path = tmp_path / "report.html"
    write_report(path, data)
    return path.read_text("utf-8").replace("\u202f", " ")


class Seen(HTMLParser):
    """Every address in the page, and whether its tags close."""

    VOID = ("meta", "img", "br", "use", "path")

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.addresses += [v for k, v in attrs if k in ("src", "href", "xlink:href", "data")]
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("report"), report())


def test_the_page_needs_nothing_else(page: str) -> None:
    seen = Seen()
    seen.feed(page)
    assert not seen.open
    assert "script" not in seen.tags and "link" not in seen.tags
    assert all(a.startswith(("data:image/jpeg;base64,", "#")) for a in seen.addresses)
    assert not re.search(r"@import|url\((?!#)", page)
    assert len(page) < 1_000_000


def test_light_and_dark_and_all_parts_are_there(page: str) -> None:
    assert "prefers-color-scheme: dark" in page
    for title in ("The faces", "What the teacher said", "Learning", "Before and after", "For whom",
                  "Sample answers", "Asked in words", "Stages"):  # fmt: skip
        assert f"<h2>{title}</h2>" in page
    assert page.count("<svg") == 3
    assert not re.search(r"#0[0-9a-f]0[0-9a-f]0[0-9a-f]|#101112", page), "a marker colour is left"
    assert page.count('width="88"') == 48 and "48 of the 648 pictures" in page
    assert "annotators' impressions" in page.replace("&#39;", "'")


def test_the_headline_says_what_the_numbers_say(page: str) -> None:
    said = "Fine-tuning closed 60 % of the remaining error on 54 unseen pictures of synthetic heads"
    assert f"{said}: 42 % → 77 %." in page
    assert "304 questions before and after: +34 points, 95 % interval +27 to +41" in page


def test_the_table_has_chance_blind_before_after_change_and_words(page: str) -> None:
    row = next(r for r in re.findall(r"<tr.*?</tr>", page, re.S) if "<td>head pose</td>" in r)
    cells = [re.sub(r"<[^>]+>", " ", c).split() for c in re.findall(r"<td.*?</td>", row, re.S)]
    assert cells[:4] == [["head", "pose"], ["38"], ["35", "%"], ["35", "%"]]
    assert cells[4] == ["46", "%", "31", "to", "61", "%"]
    assert cells[5][:2] == ["88", "%"] and cells[6][0] == "+42" and cells[7] == ["84", "%"]


def test_the_widest_gap_is_named_with_its_sizes(page: str) -> None:
    assert re.search(r"Widest gap: \d+ points by .+? \(.+?, n = \d+\).+intervals lie apart", page)


def test_a_loss_and_a_draw_are_not_sold_as_a_gain(tmp_path: Path) -> None:
    worse = report(before=results(1), after=results(0), change=change(-0.41, -0.27))
    assert "made answers about 54 unseen pictures of synthetic heads worse: 77 % → 42 %" in written(
        tmp_path, worse
    )
    draw = report(after=results(0), change=change(-0.03, 0.04))
    assert "changed nothing that 54 unseen" in written(tmp_path, draw)


def test_text_from_outside_stays_text(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>"
    turns = [Turn(bad, bad)]
    page = written(tmp_path, report(conversations=[Talk(drawn(1), turns)], kind=bad, title=bad))
    assert "<script" not in page and "&lt;script&gt;" in page


def test_a_group_named_like_markup_stays_text_in_the_plot(tmp_path: Path) -> None:
    after = {**results(1), "groups": {"g": {"<b>&$x": wilson(0.5, 10), "b": wilson(0.6, 10)}}}
    page = written(tmp_path, report(after=after))
    assert "<b>&" not in page


def test_a_picture_that_cannot_be_opened_is_left_out(tmp_path: Path) -> None:
    page = written(tmp_path, report(faces=[b"no picture", drawn(1)], faces_in_all=2))
    assert page.count('width="88"') == 1


def test_a_small_report_leaves_empty_parts_out(tmp_path: Path) -> None:
    lean = DemoReport(
        before={**results(0), "groups": {}}, after={**results(1), "groups": {}}, change=change()
    )
    page = written(tmp_path, lean)
    for title in ("The faces", "Learning", "For whom", "Sample answers", "Stages"):
        assert f"<h2>{title}</h2>" not in page


def test_the_same_report_is_the_same_file(tmp_path: Path) -> None:
    assert written(tmp_path, report()) == written(tmp_path, report())


def test_one_benchmark_result(tmp_path: Path) -> None:
    write_bench_report(tmp_path, {**results(1), "refused": 2}, [sample(4, True)])
    page = (tmp_path / "report.html").read_text("utf-8").replace("\u202f", " ")
    assert "77 % of 304 questions" in page and "<h2>Accuracy</h2>" in page
    assert ">before<" not in page and page.count("<svg") == 2
    assert "2 questions could not be asked" in page


def test_a_benchmark_with_one_task_and_no_groups(tmp_path: Path) -> None:
    one = {**results(1), "groups": {}, "split": None}
    one["tasks"] = {"sex": one["tasks"]["sex"]}
    write_bench_report(tmp_path, one)
    assert "all questions" not in (tmp_path / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.percent(0.714), "71 %"),
        (words.percent(None), "–"),
        (words.points(-0.031), "−3"),
        (words.points(0.001), "±0"),
        (words.points(-0.001), "±0"),
        (words.duration(4.26), "4.3 s"),
        (words.duration(59.7), "1 min 0 s"),
        (words.duration(83.2), "1 min 23 s"),
        (words.memory(5312), "5.3 GB"),
        (words.memory(812), "812 MB"),
    ],
)
def test_numbers_in_words(said: str, expected: str) -> None:
    assert said.replace("\u202f", " ") == expected
