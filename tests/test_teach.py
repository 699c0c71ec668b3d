"""Styles and teachers: what is asked, what is answered, and what a sick server leads to."""

from __future__ import annotations

import dataclasses
import hashlib
import http.server
import io
import itertools
import json
import random
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from facelm.errors import EndpointError, FacelmError, InputError, PictureError
from facelm.prompts import choice_prompt
from facelm.sources import open_source
from facelm.teach import STYLES, TEACHERS, Style, load_style, open_teacher
from facelm.teach.openai import OpenAITeacher
from facelm.types import (
    FAIRFACE_AGES,
    FAIRFACE_GENDERS,
    FAIRFACE_RACES,
    Ask,
    Evidence,
    Face,
    Labels,
)

CATEGORIES = [
    "demographic attributes", "facial structure", "skin texture", "expression and emotion",
    "lighting and image quality", "face pose", "forensic considerations", "full description",
]  # fmt: skip


@cache
def heads() -> list[Face]:
    return [face for face in open_source("heads").faces("test") if isinstance(face, Face)]


def face(name: str = "a", labels: Labels | None = None, image: bytes = b"") -> Face:
    return Face(name, image, labels or {})


def people(number: int) -> Iterator[Face]:
    """Faces with FairFace's labels, each combination equally likely."""
    rng = random.Random(1)
    for index in range(number):
        labels: Labels = {
            "age": rng.choice(FAIRFACE_AGES),
            "gender": rng.choice(FAIRFACE_GENDERS),
            "race": rng.choice(FAIRFACE_RACES),
        }
        yield face(f"{index}.jpg", labels)


def measurements(rng: random.Random) -> Evidence:
    """Anything the measuring part may say, extremes and gaps included."""
    ranges = {
        "yaw": (-80, 80), "pitch": (-45, 45), "roll": (-40, 40), "mouth_open": (0, 0.8),
        "smile": (-0.2, 0.2), "eye_open": (0.03, 0.5), "brow_height": (0.15, 0.37),
        "brightness": (0.05, 0.9), "contrast": (0.02, 0.3), "light_side": (-0.6, 0.6),
        "sharpness": (0.05, 15), "face_size": (20, 300),
    }  # fmt: skip
    return Evidence(
        **{name: rng.uniform(*span) for name, span in ranges.items() if rng.random() < 0.85}
    )


@cache
def shipped(name: str) -> Style:
    return load_style(name)


def asked(style: str, one: Face, evidence: Evidence | None = None, seed: int = 0) -> dict[str, Ask]:
    return {ask.category: ask for ask in shipped(style).asks(one, seed, evidence)}


def told(one: Face, evidence: Evidence, seed: int = 0) -> dict[str, str | None]:
    """Category to the measured teacher's answer."""
    asks = shipped("fairfacegpt").asks(one, seed)
    answers = open_teacher("measured", seed=seed).answer(one, evidence, asks)
    return {ask.category: answer for ask, answer in zip(asks, answers, strict=True)}


# ---------------------------------------------------------------- the layout of a choice


def test_options_follow_the_answering_line_as_in_facexbench() -> None:
    text = choice_prompt("How old?", ("0-2", "3-9"), "Answer with the option's letter only.")
    assert text == "How old?\nAnswer with the option's letter only.\n(A) 0-2\n(B) 3-9"
    assert choice_prompt("Q", ("x", "y"), "P", "C") == "C\nQ\nP\n(A) x\n(B) y"


def test_more_options_than_letters_are_refused() -> None:
    with pytest.raises(InputError, match="27 options"):
        choice_prompt("Q", tuple("x" * 27), "P")


# ---------------------------------------------------------------- reading styles


@pytest.mark.parametrize("name", STYLES)
def test_shipped_styles_load_by_name_and_by_path(name: str) -> None:
    by_name, by_path = load_style(name), load_style(STYLES[name])
    assert by_name.name == by_path.name == name
    assert by_name.hash == by_path.hash == hashlib.sha256(STYLES[name].read_bytes()).hexdigest()
    assert "arXiv" in STYLES[name].read_text()


def test_a_copied_style_is_named_after_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(STYLES["choices"].read_text().replace("shown: 4", "shown: 3"))
    style = load_style(path)
    assert style.name == "mine"
    assert style.hash != load_style("choices").hash
    options = re.findall(r"^\(", style.asks(next(people(1)), 0)[0].question, re.M)
    assert len(options) == 3


def test_an_unknown_style_gets_the_closest_name() -> None:
    with pytest.raises(InputError, match="did you mean 'choices'"):
        load_style("choises")


@pytest.mark.parametrize(
    ("style", "old", "new", "says"),
    [
        ("choices", "kind: choices", "kind: [", "not YAML at line"),
        ("choices", "kind: choices", "kind: chioces", "did you mean 'choices'"),
        ("choices", "shown: 4", "shown: many", "wrong at 'shown'"),
        ("choices", "evidence: yaw", "evidence: jaw", "no measurement 'jaw'"),
        ("choices", "options: [Male, Female]", "options: [Male]", "fewer than two options"),
        ("choices", "spoken:", "spokn:", "spokn"),
        ("fairfacegpt", "use: published", "use: other", "wrong at 'gender_words.use'"),
        ("fairfacegpt", "{facts}.", "them.", "no {facts}"),
        ("fairfacegpt", "categories:", "kategories:", "categories"),
    ],
)
def test_a_malformed_style_is_one_sentence(
    tmp_path: Path, style: str, old: str, new: str, says: str
) -> None:
    text = STYLES[style].read_text()
    assert old in text
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_style(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"- a\n- b\n", b"just words", b"\xff\xfe\x00"])
def test_files_that_are_no_style_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError):
        load_style(path)
    with pytest.raises(InputError, match="cannot be read"):
        load_style(tmp_path / "absent.yaml")


# ---------------------------------------------------------------- fairfacegpt


def test_eight_categories_in_the_published_order() -> None:
    assert list(asked("fairfacegpt", face())) == CATEGORIES


def test_labels_reach_the_teacher_and_never_the_student() -> None:
    labels: Labels = {"age": "30-39", "gender": "Female", "race": "Latino_Hispanic"}
    for one, other in zip(
        load_style("fairfacegpt").asks(face("a", labels), 0),
        load_style("fairfacegpt").asks(face("a"), 0),
        strict=True,
    ):
        assert one.question == other.question
        assert "gender: woman; ethnicity: Latino Hispanic; age: 30-39" in one.teacher_prompt
        assert "Labels" not in other.teacher_prompt
        assert "identify" not in one.question


def test_labels_of_the_heads_reach_the_teacher_too() -> None:
    one = heads()[0]
    prompt = asked("fairfacegpt", one)["face pose"].teacher_prompt
    assert f"expression: {one.labels['expression']}" in prompt
    assert ("glasses: yes" in prompt) == one.labels["glasses"]


@pytest.mark.parametrize(
    ("use", "age", "word"),
    [
        ("published", "0-2", "woman"),
        ("published", "3-9", "girl"),
        ("published", "10-19", "woman"),
        ("corrected", "0-2", "girl"),
        ("corrected", "3-9", "girl"),
        ("corrected", "10-19", "girl or young woman"),
        ("corrected", "20-29", "woman"),
    ],
)
def test_gender_words_by_age(tmp_path: Path, use: str, age: str, word: str) -> None:
    path = tmp_path / "mine.yaml"
    text = STYLES["fairfacegpt"].read_text()
    path.write_text(text.replace("use: published", f"use: {use}"))
    one = face("a", {"age": age, "gender": "Female"})
    prompt = load_style(path).asks(one, 0)[0].teacher_prompt
    assert f"gender: {word};" in prompt


def test_phrasings_vary_by_face_and_repeat_by_seed() -> None:
    style = load_style("fairfacegpt")
    first = [style.asks(face(str(i)), 3) for i in range(40)]
    assert first == [style.asks(face(str(i)), 3) for i in range(40)]
    assert first != [style.asks(face(str(i)), 4) for i in range(40)]
    for category in zip(*first, strict=True):
        assert len({ask.question for ask in category}) >= 4


def test_the_teacher_is_told_to_hedge_and_not_to_name() -> None:
    system = asked("fairfacegpt", face())["full description"].system
    assert "Never say or guess who the person is" in system
    assert "impressions" in system
    assert "refuse" not in system


# ---------------------------------------------------------------- choices


def letter_and_options(ask: Ask) -> tuple[str, dict[str, str]]:
    *_, line = ask.question.split("\n(A) ")[0].split("\n")
    assert line == "Answer with the option's letter only."
    options = dict(re.findall(r"^\(([A-Z])\) (.+)$", ask.question, re.M))
    return str(ask.known_answer), options


def test_options_are_the_datasets_words_and_the_letter_is_right() -> None:
    words = {"age": FAIRFACE_AGES, "gender": FAIRFACE_GENDERS, "race": FAIRFACE_RACES}
    for one in people(60):
        asks = asked("choices", one)
        for label, vocabulary in words.items():
            letter, options = letter_and_options(asks[label])
            assert options[letter] == one.labels[label]
            assert set(options.values()) <= set(vocabulary)
            assert len(set(options.values())) == min(4, len(vocabulary))


def test_every_letter_is_right_equally_often_and_options_tell_nothing() -> None:
    letters: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    right: Counter[str] = Counter()
    faces = list(people(3000))
    for one in faces:
        letter, options = letter_and_options(asked("choices", one)["race"])
        letters[letter] += 1
        shown.update(options.values())
        right[options[letter]] += 1
    assert set(letters) == set("ABCD")
    assert all(abs(count / 3000 - 0.25) < 0.03 for count in letters.values())
    # Labels are even here, so an option is right one time in four that it is shown.
    assert all(abs(right[word] / shown[word] - 0.25) < 0.05 for word in FAIRFACE_RACES)


def test_a_third_of_the_tasks_gets_a_short_answer_too() -> None:
    every = [ask for one in people(600) for ask in shipped("choices").asks(one, 0)]
    asks = [ask for ask in every if ask.category != "list"]
    short = [ask for ask in asks if ask.category.endswith(", in words")]
    assert 0.29 < len(short) / (len(asks) - len(short)) < 0.38
    answers = {ask.known_answer for ask in short}
    assert {"Male", "30-39", "Latino or Hispanic"} <= answers
    assert "Latino_Hispanic" not in answers
    assert (
        max(Counter(ask.category for ask in load_style("choices").asks(heads()[0], 0)).values())
        == 1
    )


def test_every_label_of_the_heads_is_asked_about() -> None:
    expected = {
        "sex", "age stage", "morph group", "expression", "glasses", "beard", "hair style",
        "light", "strength of the light", "head turn", "smile",
    }  # fmt: skip
    for one in heads():
        missing = expected - set(asked("choices", one))
        assert not missing, (missing, one.labels)
        assert ("hair colour" in asked("choices", one)) == (one.labels["hair_colour"] != "none")


def test_the_heads_answers_say_what_their_labels_say() -> None:
    turn = {"left": "left", "front": "camera|straight", "right": "right"}
    for one in heads():
        asks = asked("choices", one)
        letter, options = letter_and_options(asks["head turn"])
        assert re.search(turn[str(one.labels["facing"])], options[letter])
        letter, options = letter_and_options(asks["glasses"])
        assert ("not" in options[letter] or "without" in options[letter]) != one.labels["glasses"]
        letter, options = letter_and_options(asks["smile"])
        smiling = "not" not in options[letter] and "without" not in options[letter]
        assert smiling == (one.labels["expression"] == "happy")


@pytest.mark.parametrize(
    ("evidence", "task", "word"),
    [
        (Evidence(yaw=-30), "head turn", "left"),
        (Evidence(yaw=30), "head turn", "right"),
        (Evidence(yaw=3), "head turn", "camera|straight"),
        (Evidence(yaw=13), "head turn", None),
        (Evidence(yaw=0, mouth_open=0.3), "mouth", "open"),
        (Evidence(yaw=0, mouth_open=0.02), "mouth", "closed|shut"),
        (Evidence(yaw=0, mouth_open=0.1), "mouth", None),
        (Evidence(yaw=70, mouth_open=0.3), "mouth", None),
        (Evidence(yaw=0, smile=0.08), "smile", "^smiling|with a"),
        (Evidence(yaw=0, smile=0.02), "smile", None),
        (Evidence(brightness=0.2), "brightness", "dark|low"),
        (Evidence(brightness=0.31), "brightness", None),
        (Evidence(light_side=0.3), "brighter half", "right"),
        (Evidence(light_side=-0.3), "brighter half", "left"),
        (Evidence(sharpness=8, contrast=0.1), "sharpness", "sharp|in focus"),
        (Evidence(sharpness=0.1, contrast=0.03), "sharpness", None),
    ],
)
def test_measurements_are_asked_about_unless_too_close_to_call(
    evidence: Evidence, task: str, word: str | None
) -> None:
    asks = asked("choices", face(), evidence)
    assert (task in asks) == (word is not None)
    if word is not None:
        letter, options = letter_and_options(asks[task])
        assert re.search(word, options[letter])


def test_a_label_wins_over_a_measurement() -> None:
    ask = asked("choices", face("a", {"facing": "left"}), Evidence(yaw=40))["head turn"]
    letter, options = letter_and_options(ask)
    assert "left" in options[letter]


def test_values_outside_the_options_are_not_asked_about() -> None:
    labels: Labels = {"age": "ancient", "gender": "Unknown", "race": 3, "hair_colour": "none"}
    assert asked("choices", face("a", labels)) == {}
    assert asked("choices", face()) == {}


def test_years_become_fairfaces_age_groups() -> None:
    for years, word in ((0, "0-2"), (9, "3-9"), (34, "30-39"), (70, "more than 70")):
        letter, options = letter_and_options(asked("choices", face("a", {"age": years}))["age"])
        assert options[letter] == word


# ---------------------------------------------------------------- the measured teacher


def test_answers_keep_to_their_length_and_to_plain_text() -> None:
    rng = random.Random(0)
    for one in itertools.chain(people(250), heads()):
        for category, answer in told(one, measurements(rng)).items():
            if answer is None:
                continue
            low, high = (25, 90) if category == "full description" else (15, 60)
            assert low <= len(answer.split()) <= high, (category, answer)
            assert answer.isascii() and answer.isprintable()
            assert not re.search(r"[{}]|  |\.\.|\( |,,| ,|\.[A-Za-z]", answer), answer
            assert answer[0].isupper() and answer.endswith(".")
            assert all(s[0].isupper() for s in re.split(r"(?<=\.) ", answer)), answer


def test_texts_are_varied() -> None:
    rng = random.Random(0)
    answers = [told(one, measurements(rng)) for one in people(150)]
    for category in CATEGORIES:
        texts = [answer[category] for answer in answers if answer[category]]
        openings = {" ".join(str(text).split()[:4]) for text in texts}
        assert len(openings) >= 12, (category, openings)
        assert len(set(texts)) > 0.5 * len(texts)


def test_answers_repeat_by_seed_face_and_category() -> None:
    one, evidence = next(people(1)), Evidence(yaw=20, pitch=0, roll=0, brightness=0.5)
    assert told(one, evidence) == told(one, evidence)
    assert told(one, evidence) != told(one, evidence, seed=1)
    ask = load_style("fairfacegpt").asks(one, 0)[5]
    assert (
        open_teacher("measured").answer(one, evidence, [ask])[0] == told(one, evidence)["face pose"]
    )


def test_what_is_not_known_is_not_answered() -> None:
    assert set(told(face(), Evidence()).values()) == {None}
    only_labels = told(next(people(1)), Evidence())
    answered = {category for category, answer in only_labels.items() if answer}
    assert answered == {"demographic attributes", "full description"}
    assert told(face(), Evidence(yaw=5, pitch=0))["demographic attributes"] is None
    sharp = Evidence(yaw=0, sharpness=5, contrast=0.13, light_side=0.0)
    assert told(face(), sharp)["skin texture"] is None


def test_known_answers_come_back_as_they_are_and_other_categories_do_not() -> None:
    asks = [Ask("age", "q", "q", known_answer="B"), Ask("shoe size", "q", "q")]
    assert open_teacher("measured").answer(face(), Evidence(), asks) == ["B", None]


def test_sides_are_the_pictures() -> None:
    for index in range(40):
        right = told(face(str(index)), Evidence(yaw=35, pitch=0, roll=20))["face pose"] or ""
        left = told(face(str(index)), Evidence(yaw=-35, pitch=0, roll=-20))["face pose"] or ""
        closing = "Left and right are meant"
        assert "right" in right and "left" not in right.split(closing)[0]
        assert "left" in left and "right" not in left.split(closing)[0]


def test_labels_win_over_measurements() -> None:
    labels: Labels = {"yaw": -40.0, "pitch": 0.0, "roll": 0.0, "light_side": "left"}
    evidence = Evidence(yaw=40, pitch=-30, roll=20, light_side=0.4, mouth_open=0.0)
    for index in range(40):
        answers = told(face(str(index), labels), evidence)
        pose, light = answers["face pose"] or "", answers["lighting and image quality"] or ""
        assert "left" in pose and "towards the right" not in pose and "to the right" not in pose
        assert "lowered by" not in pose and "bowed" not in pose
        assert not re.search(r"\bright\b", light)


def test_only_a_label_gives_a_feeling() -> None:
    words = r"\b(happ|sad|ang(er|ry)|surpris|disgust|neutral|fear)"
    rng = random.Random(3)
    for index in range(80):
        answers = told(face(str(index)), measurements(rng))
        assert not re.search(words, " ".join(str(answer) for answer in answers.values()))
    for index in range(20):
        labelled = told(face(str(index), {"expression": "angry"}), measurements(rng))
        assert re.search("ang(er|ry)", labelled["expression and emotion"] or "")


def test_impressions_of_people_are_hedged() -> None:
    hedges = r"appear|seem|look|likel|may|might|probabl|guess|impression|suggest|sight|judging"
    for one in people(120):
        answers = told(one, Evidence())
        for category in ("demographic attributes", "full description"):
            assert re.search(hedges, answers[category] or "", re.I), answers[category]


def test_nouns_agree_with_the_labels() -> None:
    for one in people(120):
        text = told(one, Evidence())["demographic attributes"] or ""
        wrong = r"\b(woman|girl|her)\b" if one.labels["gender"] == "Male" else r"\b(man|boy|his)\b"
        if one.labels["age"] != "10-19" or one.labels["gender"] == "Male":
            assert not re.search(wrong, text), text
        assert str(one.labels["race"]).replace("_Hispanic", " or Hispanic") in text


def test_forensic_answers_name_the_obstacle_and_never_an_identity() -> None:
    for index in range(30):
        text = told(face(str(index), {"glasses": True}), Evidence(yaw=5))["forensic considerations"]
        assert re.search("glasses|lenses", text or "")
        assert "obstacle" not in str(text)


# ---------------------------------------------------------------- teachers by name


def test_an_unknown_teacher_gets_the_known_names() -> None:
    with pytest.raises(InputError, match="did you mean 'measured'"):
        open_teacher("mesured")
    assert set(TEACHERS) == {"measured", "openai"}
    with pytest.raises(InputError, match="give `measured` alone"):
        open_teacher("measured:x")


@pytest.mark.parametrize(
    ("spec", "url", "says"),
    [
        ("openai", "http://127.0.0.1:1/v1", "needs a model"),
        ("openai:m", None, "OPENAI_BASE_URL"),
        ("openai:m", "127.0.0.1:8000", "not a URL"),
        ("openai:m", "ftp://127.0.0.1/v1", "not a URL"),
        ("openai:m", "http://me:secret@127.0.0.1/v1", "OPENAI_API_KEY"),
        ("openai:m", "http://127.0.0.1/v1?key=secret", "OPENAI_API_KEY"),
    ],
)
def test_an_endpoint_must_be_given_well(
    monkeypatch: pytest.MonkeyPatch, spec: str, url: str | None, says: str
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(InputError) as caught:
        open_teacher(spec, url)
    assert says in str(caught.value)
    assert "secret" not in str(caught.value)


# ---------------------------------------------------------------- the openai teacher


class Scripted(http.server.ThreadingHTTPServer):
    """A server that answers as it is told, one reply after another, the last for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: list[tuple[int, dict[str, str], Any]] = []
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def say(self, *texts: str, **fields: Any) -> None:
        for text in texts:
            choice = {"message": {"role": "assistant", "content": text}, **fields}
            self.replies.append((200, {}, {"choices": [choice]}))

    def fail(self, status: int, body: Any = None, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append((status, named, {"error": {"message": "no"}} if body is None else body))


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Scripted

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.requests.append((self.path, dict(self.headers), body))
        replies = self.server.replies
        status, headers, content = replies.pop(0) if len(replies) > 1 else replies[0]
        if status == 0:  # hang up without an answer
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Scripted() as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield running
        running.shutdown()


def picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), (200, 120, 90)).save(buffer, kind)
    return buffer.getvalue()


def ask_once(server: Scripted, image: bytes = b"\xff\xd8") -> str | None:
    teacher = OpenAITeacher("m", server.url, first_wait=0.001)
    ask = Ask("face pose", "What?", "Labels: man. Describe.", system="Be brief.")
    return teacher.answer(face("a", image=image), Evidence(), [ask])[0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_picture_goes_first_and_untouched(server: Scripted, kind: str) -> None:
    import base64

    server.say("The head is turned.")
    image = picture(kind)
    assert ask_once(server, image) == "The head is turned."
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert "authorization" not in {name.lower() for name in headers}
    assert body["model"] == "m"
    system, user = body["messages"]
    assert system == {"role": "system", "content": "Be brief."}
    first, second = user["content"]
    head, _, data = first["image_url"]["url"].partition(",")
    assert head == f"data:image/{kind.lower()};base64"
    assert base64.b64decode(data) == image
    assert second == {"type": "text", "text": "Labels: man. Describe."}


def test_the_whole_style_goes_through_in_order(server: Scripted) -> None:
    server.say(*(f"Answer {index}." for index in range(8)))
    one = next(people(1))
    asks = load_style("fairfacegpt").asks(one, 0)
    asks.insert(3, Ask("age", "q", "q", known_answer="C"))
    teacher = open_teacher("openai:m", server.url)
    answers = teacher.answer(one, Evidence(), asks)
    assert answers == [
        *(f"Answer {i}." for i in range(3)),
        "C",
        *(f"Answer {i}." for i in range(3, 8)),
    ]
    assert len(server.requests) == 8
    assert teacher.name == "openai:m"


def test_url_and_key_come_from_the_environment(
    server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url + "/")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-1\n")
    server.say("Fine.")
    ask = Ask("face pose", "q", "q")
    assert open_teacher("openai:m").answer(face(), Evidence(), [ask]) == ["Fine."]
    assert server.requests[0][1]["Authorization"] == "Bearer sk-secret-1"


@pytest.mark.parametrize("status", [0, 408, 409, 429, 500, 503])
def test_passing_faults_are_tried_again(server: Scripted, status: int) -> None:
    server.fail(status)
    server.fail(status)
    server.say("Fine.")
    assert ask_once(server) == "Fine."
    assert len(server.requests) == 3


def test_retry_after_is_respected_and_a_long_one_is_not_waited_for(
    server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("facelm.teach.openai.time.sleep", waits.append)
    server.fail(429, retry_after="7")
    server.fail(503, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")
    server.say("Fine.")
    assert ask_once(server) == "Fine."
    assert waits[0] == 7
    assert waits[1] < 1
    server.replies.clear()
    server.fail(429, retry_after="86400")
    with pytest.raises(EndpointError, match="429"):
        ask_once(server)
    assert len(waits) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_clear_no_is_final_and_does_not_show_the_key(
    server: Scripted, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-2")
    padding = "x" * 180
    server.fail(status, {"error": {"message": f"bad\nkey {padding} sk-secret-2"}})
    with pytest.raises(EndpointError) as caught:
        ask_once(server)
    assert len(server.requests) == 1
    assert f"{server.url}/chat/completions answers {status}" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_rejected_picture_does_not_condemn_the_endpoint(server: Scripted) -> None:
    server.say("Fine.")
    server.fail(400)
    teacher = OpenAITeacher("m", server.url, first_wait=0.001)
    ask = Ask("face pose", "q", "q")
    assert teacher.answer(face("a"), Evidence(), [ask]) == ["Fine."]
    with pytest.raises(PictureError, match="400"):
        teacher.answer(face("b"), Evidence(), [ask])


def test_giving_up_says_what_the_server_said(server: Scripted) -> None:
    server.fail(503, {"error": {"message": "overloaded"}})
    with pytest.raises(EndpointError, match='503 and says "overloaded"'):
        ask_once(server)
    assert len(server.requests) == 5


def test_an_endpoint_that_is_down_is_one_sentence() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    teacher = OpenAITeacher("m", f"http://127.0.0.1:{port}/v1", first_wait=0.001)
    with pytest.raises(EndpointError) as caught:
        teacher.answer(face(), Evidence(), [Ask("face pose", "q", "q")])
    sentence = str(caught.value)
    assert f"http://127.0.0.1:{port}/v1/chat/completions is not reachable" in sentence
    assert "start the server" in sentence and "\n" not in sentence


@pytest.mark.parametrize(
    "body", [b"<html>hello</html>", {}, {"choices": []}, {"choices": [{"message": None}]}, []]
)
def test_an_endpoint_that_speaks_something_else(server: Scripted, body: Any) -> None:
    server.fail(200, body)
    with pytest.raises(EndpointError, match="does not answer with a chat completion"):
        ask_once(server)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "I'm sorry, but I can't help with that.",
        "I\u2019m sorry, I can\u2019t assist with this request.",
        "I cannot determine the ethnicity of the person.",
        "I can't identify people in images.",
        "Sorry, I won't describe that.",
        "As an AI, I do not look at faces.",
        "Unfortunately, I am unable to describe this person.",
        "<think>They want a description.</think>",
        "<|im_end|>",
    ],
)
def test_refusals_and_empty_replies_are_no_answers(server: Scripted, text: str) -> None:
    server.say(text)
    assert ask_once(server) is None


@pytest.mark.parametrize(
    "text",
    [
        "The person cannot be identified from this view, but the head is turned left.",
        "It is hard to see the eyes. I can see a smile.",
        "The eyes look sorry and tired.",
        "I see a man who appears unable to smile.",
    ],
)
def test_descriptions_that_only_sound_like_a_refusal_are_kept(server: Scripted, text: str) -> None:
    server.say(text)
    assert ask_once(server) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("A face.<|im_end|>", "A face."),
        ("<|assistant|>A face</s>", "A face"),
        ("A <image> face <|im_<|x|>end|> [INST]here.", "A face here."),
        ("<think>Let me look.</think>\n\nA face.", "A face."),
        ("## Pose\n\n- **Turned** left\n- `level`", "Pose\n\nTurned left\nlevel"),
        ("A\x00 face\u200b with\r\n  spaces.  ", "A face with\nspaces."),
        ("*Calm*, 3 * 4, snake_case_name.", "Calm, 3 * 4, snake_case_name."),
    ],
)
def test_answers_become_plain_text(server: Scripted, text: str, plain: str) -> None:
    server.say(text)
    assert ask_once(server) == plain


def test_a_cut_answer_ends_with_a_sentence(server: Scripted) -> None:
    server.say("One sentence. And hal", finish_reason="length")
    assert ask_once(server) == "One sentence."
    server.replies.clear()
    server.say("Only hal", finish_reason="length")
    assert ask_once(server) is None
    server.replies.clear()
    server.say("A sentence. " * 2000)
    answer = ask_once(server)
    assert answer is not None and len(answer) <= 4000 and answer.endswith(".")


def test_filtered_and_refused_by_field_are_no_answers(server: Scripted) -> None:
    server.say("Half an ans", finish_reason="content_filter")
    assert ask_once(server) is None
    server.replies.clear()
    refusal = {"message": {"content": None, "refusal": "no"}}
    server.fail(200, {"choices": [refusal]})
    assert ask_once(server) is None
    server.replies.clear()
    server.fail(400, {"error": {"message": "no", "code": "content_policy_violation"}})
    assert ask_once(server) is None


def test_text_in_parts_is_joined(server: Scripted) -> None:
    parts = [{"type": "text", "text": "A "}, {"type": "text", "text": "face."}]
    server.fail(200, {"choices": [{"message": {"content": parts}}]})
    assert ask_once(server) == "A face."


def test_a_key_with_strange_characters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-\u00e4-secret")
    with pytest.raises(FacelmError) as caught:
        open_teacher("openai:m", "http://127.0.0.1:1/v1")
    assert "secret" not in str(caught.value)


def test_one_question_lists_everything_that_is_known() -> None:
    person = next(people(1))
    asks = shipped("choices").asks(person, 0)
    listed = [ask for ask in asks if ask.category == "list"]
    assert len(listed) == 1
    for name in ("age", "gender", "race"):
        assert f"{name}: {person.labels[name]}" in str(listed[0].known_answer)
    nobody = dataclasses.replace(person, labels={})
    assert shipped("choices").asks(nobody, 0) == []
