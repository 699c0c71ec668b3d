"""The review page as a browser and as strangers meet it: real HTTP, a real browser where one is."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from browser import CHROMIUM, opened
from review_corpus import EVIL, corpus, decide, png, talk, with_rejections, write

from facelm._io import sha256
from facelm.corpus.history import Book, read_history
from facelm.corpus.reader import read_corpus
from facelm.errors import InputError
from facelm.faces import MeshFinder, measure, open_picture
from facelm.review import review
from facelm.review._guard import MAX_BODY
from facelm.review.deck import ANY, Deck, Filter
from facelm.review.drawing import axes, drawing, numbers
from facelm.types import Evidence, Rejection


@dataclass
class Running:
    """The command as a person starts it."""

    url: str
    folder: Path
    process: subprocess.Popen[str]

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)

    @property
    def origin(self) -> dict[str, str]:
        """What a browser says of a request that this page sends."""
        parts = urlsplit(self.url)
        return {"origin": f"{parts.scheme}://{parts.netloc}", "sec-fetch-site": "same-origin"}

    def lines(self, reviewer: str = "ann") -> int:
        return len(read_history(self.folder).by_reviewer.get(reviewer, []))


@contextmanager
def running(folder: Path, *words: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "facelm", "corpus", "review", str(folder)]
    process = subprocess.Popen(
        [*command, "--reviewer", "ann", "--no-browser", "--json", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    try:
        assert line, process.stderr.read()
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield Running(json.loads(line)["url"], folder, process)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(corpus(tmp_path_factory.mktemp("review") / "corpus")) as found:
        yield found


def judging(shown: dict[str, Any], turns: list[int], decision: str, text: str = "") -> Any:
    return {"row": shown["row"], "turns": turns, "decision": decision, "text": text}


# ---------------------------------------------------------------- who is let in


def status(page: Running, path: str, method: str = "GET", **headers: str) -> int:
    """As a stranger asks: nothing is sent but what is given."""
    parts = urlsplit(page.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.putrequest(method, path, skip_host="host" in named)
    for name, value in named.items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection.getresponse().status


def test_only_who_knows_the_address_and_asks_from_here_is_let_in(page: Running) -> None:
    parts = urlsplit(page.url)
    assert parts.hostname == "127.0.0.1"
    assert len(parts.path.strip("/")) >= 32
    inside = parts.path + "overview"
    assert status(page, inside) == 200
    assert status(page, inside, host=f"localhost:{parts.port}") == 200
    for path in ("/", "/overview", "/" + "x" * 32 + "/overview", parts.path.rstrip("/"), "//"):
        assert status(page, path) == 404
    for host in ("evil.example", f"evil.example:{parts.port}", "127.0.0.1", "127.0.0.1:1"):
        assert status(page, inside, host=host) == 403
    for site in ("cross-site", "same-site"):
        assert status(page, inside, sec_fetch_site=site) == 403


def test_only_the_page_itself_can_send_decisions(page: Running) -> None:
    path = urlsplit(page.url).path + "conversations/0/decisions"
    with page.client() as client:
        shown = client.get("conversations/0").json()
        said, before = judging(shown, [0], "rejected"), page.lines()
        for origin in (None, "null", "http://evil.example", "http://127.0.0.1:1"):
            headers = {} if origin is None else {"origin": origin}
            assert client.post(path, json=said, headers=headers).status_code == 403
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            headers = {**page.origin, "content-type": kind}
            assert client.post(path, content=json.dumps(said), headers=headers).status_code == 415
        headers = {**page.origin, "content-type": "application/json"}
        large = b" " * (MAX_BODY + 1)
        assert client.post(path, content=large, headers=headers).status_code == 413
        assert client.post(path, content=iter([b"{}"]), headers=headers).status_code == 413
    assert page.lines() == before


def test_every_reply_forbids_what_the_page_does_not_need(page: Running) -> None:
    with page.client() as client:
        for path in ("", "page.js", "overview", "conversations/0", "nothing"):
            headers = client.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "no-referrer"


def test_the_page_names_no_other_place() -> None:
    from importlib.resources import files

    for name in ("page.html", "page.css", "page.js"):
        text = files("facelm.review").joinpath(name).read_text("utf-8")
        assert "//" not in text.replace("http://www.w3.org/2000/svg", "").replace("\n//", "\n")
        assert "innerHTML" not in text


# ---------------------------------------------------------------- what is shown and kept


def test_a_conversation_with_all_that_a_reviewer_needs(page: Running) -> None:
    with page.client() as client:
        shown = client.get("conversations/2").json()
        assert shown["pictured"] == "clip clips/two.mp4, 3 frames"
        assert shown["labels"] == {"hair": "dark", "Smiling": True}
        assert [turn["category"] for turn in shown["turns"]] == ["pose", "light", "description"]
        assert "secretsubject" not in json.dumps(shown)
        for image_id in shown["pictures"]:
            reply = client.get(f"pictures/{image_id}")
            assert reply.headers["content-type"] == "image/png"
            assert sha256(reply.content) == image_id
        assert client.get("pictures/" + "0" * 64).status_code == 400
        assert client.get("conversations/99").status_code == 400


def test_decisions_are_kept_before_they_are_confirmed(page: Running) -> None:
    with page.client() as client:
        shown, before = client.get("conversations/3").json(), page.lines()
        path = "conversations/3/decisions"

        def post(**said: Any) -> httpx.Response:
            return client.post(path, json=said, headers=page.origin)

        found = post(**judging(shown, [0, 1], "accepted")).json()
        assert [turn["decision"] for turn in found["turns"]] == ["accepted", "accepted", ""]
        assert page.lines() == before + 2
        found = post(**judging(shown, [2], "corrected", " 3: a square face.\n")).json()
        assert found["turns"][2]["text"] == "3: a square face."
        assert found["reviewed"] == 1
        found = post(**judging(shown, [2], "withdrawn")).json()
        assert (found["turns"][2]["decision"], found["reviewed"]) == ("", 0)
        assert page.lines() == before + 4
        wrong = [
            judging(shown, [2], "corrected", "  "), judging(shown, [2], "accepted", "text"),
            judging(shown, [2], "corrected", shown["turns"][2]["answer"]),
            judging(shown, [7], "accepted"), judging(shown, [], "accepted"),
            judging(shown, [2], "liked"), {**judging(shown, [2], "accepted"), "more": 1},
            judging(shown, [2], "corrected", "x" * 20_001),
        ]  # fmt: skip
        for one in wrong:
            reply = post(**one)
            assert reply.status_code in (400, 422)
            assert reply.json()["error"].endswith(".")
        half = json.dumps(judging(shown, [2], "corrected", "\ud800"))
        headers = {**page.origin, "content-type": "application/json"}
        assert client.post(path, content=half, headers=headers).status_code in (400, 422)
        changed = post(**{**judging(shown, [2], "accepted"), "row": "00"})
        assert changed.status_code == 409
        assert page.lines() == before + 4


def test_evidence_is_drawn_on_the_face(page: Running) -> None:
    with page.client() as client:
        alone = client.get("conversations/0/drawings/0").json()
        assert alone["face"] is True
        assert {row["name"]: row["value"] for row in alone["numbers"]}["yaw"] == "+12.5°"
        assert alone["now"] == []
        inside = [point for line in alone["lines"] for point in line["points"]]
        assert all(0 <= x <= 200 and 0 <= y <= 200 for x, y in inside)
        start, end = alone["axes"]["nose"]
        assert end[0] > start[0]  # yaw is positive: to the picture's right
        middle = sum(x for x, _ in inside) / len(inside)
        assert sum(x for x, _ in alone["brighter"]) / len(alone["brighter"]) > middle
        frame = client.get("conversations/2/drawings/1").json()
        assert frame["now"]  # one row of numbers, three pictures: this one is measured itself
        assert client.get("conversations/2/drawings/3").status_code == 400


@pytest.mark.parametrize("number", range(0, 60, 6))
def test_axes_are_those_of_the_face_they_were_measured_on(number: int) -> None:
    """Drawn from three angles, they lie along the mesh that the angles were read from."""
    picture = open_picture(png(number))
    found = MeshFinder().find(picture)
    if not found:
        pytest.skip("no face is found on this head")
    evidence = measure(picture, found[0])
    points = found[0].points.astype(float)
    drawn = axes(evidence.yaw or 0, evidence.pitch or 0, evidence.roll or 0)
    eyes = points[263] - points[33]
    assert drawn["right"] @ (eyes / np.linalg.norm(eyes)) > np.cos(np.radians(12))
    up = points[10] - points[152]
    assert drawn["up"] @ (up / np.linalg.norm(up)) > np.cos(np.radians(20))
    lines = np.array([[one @ other for one in drawn.values()] for other in drawn.values()])
    assert np.allclose(lines, np.eye(3), atol=1e-9)


def test_without_a_face_the_numbers_still_stand() -> None:
    from PIL import Image

    found = drawing(Image.new("RGB", (100, 80)), None, Evidence(yaw=-20, pitch=0, roll=0))
    assert found["lines"] == []
    assert found["axes"]["nose"][0] == [50, 40]
    assert found["axes"]["nose"][1][0] < 50
    assert drawing(Image.new("RGB", (100, 80)), None, Evidence())["axes"] == {}
    assert [row["value"] for row in numbers(Evidence(pitch=-7, sharpness=12.3456))] == [
        "−7.0°", "12.3",
    ]  # fmt: skip


# ---------------------------------------------------------------- which conversations


def deck(folder: Path, **options: Any) -> Deck:
    with Book(folder, "ann") as book:
        return Deck(read_corpus(folder), book, **options)


def walk(one: Deck, wanted: Filter) -> list[int]:
    places, place = [], one.next(0, 1, wanted)["place"]
    while place is not None:
        places.append(place)
        place = one.next(place + 1, 1, wanted)["place"]
    return places


def test_filters_and_progress_know_earlier_sittings(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus", 5)
    for turn in range(3):
        decide(folder, "ann", 1, turn, "accepted")
        decide(folder, "bob", 2, turn, "accepted")  # somebody else's do not count
    decide(folder, "ann", 3, 1, "rejected")
    one = deck(folder)
    assert one.progress() == {"conversations": 5, "reviewed": 1}
    assert walk(one, Filter()) == [0, 1, 2, 3, 4]
    assert walk(one, Filter(unreviewed=True)) == [0, 2, 3, 4]
    assert walk(one, Filter(unreviewed=True, category="light")) == [0, 2, 4]
    assert walk(one, Filter(category="hair")) == []
    assert one.next(4, -1, Filter(unreviewed=True)) == {"place": 4, "fitting": 4}
    assert one.next(1, -1, Filter(unreviewed=True))["place"] == 0
    assert one.shown(2)["turns"][0]["decision"] == ""  # nor are they shown


@with_rejections
def test_what_a_check_rejected_can_be_gone_through(tmp_path: Path) -> None:
    caught = (Rejection("light", "evidence", "…"), Rejection("pose", "leak", "…"))
    talks = [talk(0), talk(1, rejected=caught[:1]), talk(2, rejected=caught[1:])]
    one = deck(write(tmp_path / "corpus", talks))
    assert one.overview()["checks"] == ["evidence", "leak"]
    assert walk(one, Filter(check=ANY)) == [1, 2]
    assert walk(one, Filter(check="leak")) == [2]
    assert one.shown(1)["rejected"] == [vars(caught[0])]


def test_a_sample_is_the_same_for_everybody(tmp_path: Path) -> None:
    folder = write(tmp_path / "corpus", [talk(number % 8) for number in range(40)])
    drawn = [deck(folder, sample=9, seed=seed) for seed in (3, 3, 4)]
    faces = [[one.shown(place)["face_id"] for place in range(len(one))] for one in drawn]
    assert len(faces[0]) == 9
    assert faces[0] == faces[1] != faces[2]
    assert len(deck(folder, sample=400)) == 40


def test_a_decision_made_on_a_changed_corpus_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "corpus", [talk(0)])
    with Book(folder, "ann") as book:
        one = Deck(read_corpus(folder), book)
        shown = one.shown(0)
        (folder / "conversations-00000.parquet").write_bytes(
            (write(tmp_path / "other", [talk(1)]) / "conversations-00000.parquet").read_bytes()
        )
        fresh = Deck(read_corpus(folder), book)
        with pytest.raises(InputError, match="load the page again"):
            fresh.decide(0, shown["row"], [0], "accepted")
    assert not read_history(folder).by_reviewer


def test_what_cannot_be_reviewed_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no corpus"):
        review(tmp_path, browser=False)
    folder = corpus(tmp_path / "corpus")
    with pytest.raises(InputError, match="short name"):
        review(folder, reviewer="a b", browser=False)
    with running(folder, "--reviewer", "ann") as page:
        with pytest.raises(InputError, match="ann is reviewing"):
            review(folder, reviewer="ann", browser=False)
        with pytest.raises(InputError, match="--port"):
            review(folder, reviewer="bob", port=urlsplit(page.url).port or 0, browser=False)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "complete": False}))
    with pytest.raises(InputError, match="not finished"):
        review(folder, browser=False)
    assert not (folder / "reviews").exists()


def test_an_interrupt_as_soon_as_the_address_is_known_ends_it_well(tmp_path: Path) -> None:
    def impatient(about: dict[str, Any]) -> None:
        signal.raise_signal(signal.SIGINT)

    ended = review(corpus(tmp_path / "corpus"), browser=False, ready=impatient)
    assert ended["new"] == 0


# ---------------------------------------------------------------- in a browser


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_person_reviews_by_keyboard(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus")
    with running(folder) as found:
        asyncio.run(_by_keyboard(found, tmp_path))
        made = read_history(folder).standing()["ann"].values()
        assert [(one.face_id, one.category, one.decision, one.text) for one in made] == [
            ("head 0", "pose", "accepted", ""),
            ("head 0", "light", "rejected", ""),
            ("head 0", "description", "corrected", "An oval face."),
            ("head 1", "pose", "accepted", ""),
            ("head 1", "light", "accepted", ""),
            ("head 1", "description", "accepted", ""),
        ]


async def _by_keyboard(found: Running, folder: Path) -> None:
    decided = "document.querySelectorAll('#turns .turn:not(.open)').length"
    async with opened(found.url, folder / "profile") as page:
        await page.until("document.querySelectorAll('#turns .turn').length === 3")
        # What a model wrote is text, whatever it looks like.
        assert await page.run("document.querySelectorAll('.answer')[1].textContent") == EVIL
        assert await page.run("document.title") == "Review of corpus"
        await page.until("document.querySelectorAll('#drawing .line').length > 5")
        assert await page.run("document.querySelectorAll('#drawing .axis').length") == 3
        assert await page.run("document.getElementById('picture').naturalWidth") == 200
        alt = await page.run("document.getElementById('picture').alt")
        assert alt == "The picture that the answers are about"
        await page.press("a")
        await page.until(f"{decided} === 1")
        await page.press("r")
        await page.until(f"{decided} === 2")
        await page.press("c")
        await page.until("document.activeElement.tagName === 'TEXTAREA'")
        await page.run("document.activeElement.select()")
        await page.write("An oval face.")
        await page.press("ArrowRight")  # in a text it moves the cursor, not the page
        await page.press("Enter", modifiers=2)
        await page.until(f"{decided} === 3")
        await page.until("document.getElementById('count').textContent === '1 of 4 reviewed'")
        await page.press("ArrowRight")
        await page.until("document.getElementById('face').textContent === 'head 1'")
        await page.press("A", modifiers=8)
        await page.until("document.getElementById('count').textContent === '2 of 4 reviewed'")
        # With the unreviewed only, the one after the last is the first that is left.
        for face in ("head 2", "head 3", "head 2"):
            await page.press("ArrowRight")
            await page.until(f"document.getElementById('face').textContent === '{face}'")
        assert await page.run("document.querySelectorAll('#frames button').length") == 3
        unnamed = (
            "[...document.querySelectorAll('button, select, input, textarea, img')].filter(one => "
            "!one.textContent.trim() && !one.getAttribute('aria-label') && !one.labels?.length "
            "&& !(one.tagName === 'IMG' && one.hasAttribute('alt'))).length"
        )
        assert await page.run(unnamed) == 0
        assert page.complaints == []
        assert all(url.startswith((found.url, "data:")) for url in page.requested), page.requested
