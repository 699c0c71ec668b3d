"""Runs that pay for answers: what is asked, what it costs, what a second run asks again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from asking import QUICK
from endpoint import Endpoint

from facelm.annotate import annotate
from facelm.corpus import read_corpus
from facelm.errors import EndpointError, InputError
from facelm.teach import Means
from facelm.types import Conversation

ROOT = Path(__file__).parents[1]
STYLE = """
kind: describe
system: Be brief.
{rules}
categories:
  - {{name: hair, questions: [What about the hair?], teacher: Describe the hair.}}
  - {{name: nose, questions: [What about the nose?], teacher: Describe the nose.}}
  - {{name: chin, questions: [What about the chin?], teacher: Describe the chin.}}
"""
ASKS = 3
PRICES = """
models:
  - {model: m, input: 10, cached: 10, output: 100, date: 2026-01,
     pictures: {rule: flat, tokens: 255}}
"""


def style(folder: Path, rules: str = "checks: {refusal: retry}", **changed: str) -> str:
    """A style of three questions; `changed`: what a category's text is instead."""
    path = folder / "three.yaml"
    text = STYLE.format(rules=rules)
    for name, other in changed.items():
        text = text.replace(f"Describe the {name}.", other)
    path.write_text(text)
    return str(path)


def priced(folder: Path) -> Path:
    """A price table of ten and a hundred dollars a million."""
    path = folder / "prices.yaml"
    path.write_text(PRICES)
    return path


def run(server: Endpoint, out: Path, asked: str, limit: int = 4, **means: Any) -> dict[str, Any]:
    """Annotate some heads; the ledger lies beside the corpus."""
    given = Means(**{"patience": QUICK, **means})
    return annotate(
        "heads", out, split="test", limit=limit, style=asked, teacher="openai:m",
        base_url=server.url, means=given,
    )  # fmt: skip


def contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(path.iterdir())}


def conversations(path: Path) -> list[Conversation]:
    return list(read_corpus(path).conversations())


def paid(server: Endpoint) -> list[str]:
    """Requests that were answered, by hash."""
    return [call["key"] for call in server.calls() if call["status"] == 200]


# ---------------------------------------------------------------- nothing is paid twice


def test_a_run_asks_each_question_about_each_face_once(server: Endpoint, tmp_path: Path) -> None:
    result = run(server, tmp_path / "c", style(tmp_path))
    assert (result["calls"], result["asked"], result["from_ledger"]) == (12, 12, 0)
    assert (result["complete"], result["left"], result["stopped"]) == (True, 0, "")
    assert result["conversations"] == 4 and result["turns"] == 12
    assert len(paid(server)) == len(set(paid(server))) == 12
    for one in conversations(tmp_path / "c"):
        assert [turn.category for turn in one.turns] == ["hair", "nose", "chin"]
        assert one.turns[0].question == "What about the hair?"
        assert (one.teacher, one.style) == ("openai:m", "three")
    assert (tmp_path / "facelm-ledger.sqlite").is_file()


@pytest.mark.parametrize("ask", ["one-by-one", "together"])
def test_a_corpus_that_was_lost_is_made_again_for_nothing(
    server: Endpoint, tmp_path: Path, ask: Any
) -> None:
    server.follow({"latency": [0, 0.05], "refusals": 0.3})
    first = run(server, tmp_path / "c", style(tmp_path), ask=ask)
    before, calls = contents(tmp_path / "c"), len(server.calls())
    shutil.rmtree(tmp_path / "c")
    second = run(server, tmp_path / "c", style(tmp_path), ask=ask)
    assert contents(tmp_path / "c") == before
    assert len(server.calls()) == calls == first["asked"] == second["from_ledger"]
    assert (second["asked"], second["calls"], second["dollars"]) == (0, 0, 0)


def test_a_finished_corpus_is_not_asked_about_again(server: Endpoint, tmp_path: Path) -> None:
    run(server, tmp_path / "c", style(tmp_path))
    before, calls = contents(tmp_path / "c"), len(server.calls())
    result = run(server, tmp_path / "c", style(tmp_path))
    assert (result["new"], result["asked"], result["from_ledger"]) == (0, 0, 0)
    assert contents(tmp_path / "c") == before and len(server.calls()) == calls


def test_a_grown_dataset_pays_for_what_is_new(server: Endpoint, tmp_path: Path) -> None:
    run(server, tmp_path / "c", style(tmp_path), limit=3)
    grown = run(server, tmp_path / "c", style(tmp_path), limit=5)
    assert (grown["new"], grown["asked"], grown["conversations"]) == (2, 2 * ASKS, 5)
    other = run(server, tmp_path / "other", style(tmp_path), limit=6)
    assert (other["asked"], other["from_ledger"]) == (ASKS, 5 * ASKS)
    assert len(paid(server)) == len(set(paid(server))) == 6 * ASKS


def test_a_changed_style_pays_for_what_is_asked_otherwise(server: Endpoint, tmp_path: Path) -> None:
    run(server, tmp_path / "a", style(tmp_path))
    other = run(server, tmp_path / "b", style(tmp_path, nose="What of the nose?"))
    assert (other["asked"], other["from_ledger"]) == (4, 8)
    judged = run(server, tmp_path / "c", style(tmp_path, "words: [2, 900]"))
    assert (judged["asked"], judged["from_ledger"]) == (0, 12)  # judged otherwise, asked the same
    warmer = run(server, tmp_path / "d", style(tmp_path, "parameters: {temperature: 0.5}"))
    assert (warmer["asked"], warmer["from_ledger"]) == (12, 0)


def test_what_is_said_about_a_picture_counts_whatever_it_is_called(
    server: Endpoint, tmp_path: Path, portrait: bytes
) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    (tmp_path / "one" / "a.webp").write_bytes(portrait)
    for name in ("b.webp", "c.webp"):
        (tmp_path / "two" / name).write_bytes(portrait)
    options: dict[str, Any] = {
        "teacher": "openai:m", "base_url": server.url, "style": style(tmp_path),
    }  # fmt: skip
    annotate(f"folder:{tmp_path / 'one'}", tmp_path / "a", **options)
    assert len(server.calls()) == ASKS
    result = annotate(f"folder:{tmp_path / 'two'}", tmp_path / "b", **options)
    assert result["asked"] == 0 and result["conversations"] == 2
    assert len(server.calls()) == ASKS


def test_parts_side_by_side_share_the_ledger_and_give_the_files_of_one_run(
    server: Endpoint, tmp_path: Path
) -> None:
    options: dict[str, Any] = {
        "split": "test", "limit": 140, "style": style(tmp_path), "teacher": "openai:m",
        "base_url": server.url, "asks_per_face": 1,
    }  # fmt: skip
    whole = annotate("heads", tmp_path / "whole", **options)
    parts = [annotate("heads", tmp_path / "c", shard=f"{n}/2", **options) for n in (1, 2)]
    assert [part["complete"] for part in parts] == [False, True]
    assert sum(part["from_ledger"] for part in parts) == whole["asked"] == 140
    assert contents(tmp_path / "c") == contents(tmp_path / "whole")


def test_a_ledger_may_lie_elsewhere(server: Endpoint, tmp_path: Path) -> None:
    ledger = tmp_path / "all" / "answers.sqlite"
    run(server, tmp_path / "c", style(tmp_path), 1, ledger=ledger)
    assert ledger.is_file() and not (tmp_path / "facelm-ledger.sqlite").exists()
    result = run(server, tmp_path / "deep" / "c", style(tmp_path), 1, ledger=ledger)
    assert (result["asked"], result["from_ledger"]) == (0, ASKS)


# ---------------------------------------------------------------- what did not pass


def test_what_was_rejected_is_listed_with_its_reason(server: Endpoint, tmp_path: Path) -> None:
    server.follow({"refusals": 0.5})
    result = run(server, tmp_path / "c", style(tmp_path), limit=8)
    found = conversations(tmp_path / "c")
    listed = [one for row in found for one in row.rejected]
    listed_of_refused = [one for row in result["refused"] for one in row.get("rejected", ())]
    assert result["faces"] == 8 == len(found) + len(result["refused"])
    refusals = result["asked"] - result["turns"]
    assert len(listed) + len(listed_of_refused) == refusals > 0
    assert {one.check for one in listed} == {"refusal"}
    assert all(one.why and one.category in ("hair", "nose", "chin") for one in listed)
    for row in found:  # what was rejected twice is not there, the rest is
        tries = Counter(one.category for one in row.rejected)
        assert {turn.category for turn in row.turns} == {
            name for name in ("hair", "nose", "chin") if tries[name] < 2
        }


def test_a_face_about_which_nothing_passed_is_refused_with_what_was_said(
    server: Endpoint, tmp_path: Path
) -> None:
    server.follow({"latency": 0})
    run(server, tmp_path / "c", style(tmp_path), limit=2)
    server.follow({"refusals": 1})
    result = run(server, tmp_path / "c", style(tmp_path), limit=3)
    (refused,) = read_corpus(tmp_path / "c").manifest["refused"]
    assert result["conversations"] == 2 and "refusal (6)" in refused["reason"]
    assert len(refused["rejected"]) == 6


# ---------------------------------------------------------------- a dry run


@pytest.mark.parametrize("ask", ["one-by-one", "together"])
def test_a_dry_run_sends_nothing_and_counts_right(
    server: Endpoint, tmp_path: Path, ask: Any
) -> None:
    asked, prices = style(tmp_path), priced(tmp_path)
    told = {"ask": ask, "prices": prices}
    before = contents(tmp_path)
    dry = run(server, tmp_path / "c", asked, mode="dry run", **told)
    assert run(server, tmp_path / "c", asked, mode="dry batch", **told)["asked"] == dry["asked"]
    assert not server.calls(path=None) and contents(tmp_path) == before
    real = run(server, tmp_path / "c", asked, **told)
    assert dry["dry_run"] and dry["faces"] == 4
    assert dry["asked"] == real["asked"] == len(server.calls())
    assert dry["prompt_tokens"] == pytest.approx(real["prompt_tokens"], rel=0.25)
    expected = (10 * dry["prompt_tokens"] + 100 * dry["completion_tokens"]) / 1e6
    assert dry["dollars"] == pytest.approx(expected) and dry["priced"]


def test_a_dry_run_counts_only_what_is_left(server: Endpoint, tmp_path: Path) -> None:
    asked = style(tmp_path)
    run(server, tmp_path / "c", asked, limit=2)
    before, calls = contents(tmp_path / "c"), len(server.calls())
    grown = run(server, tmp_path / "c", asked, limit=5, mode="dry run")
    assert (grown["faces"], grown["asked"]) == (3, 3 * ASKS)
    other = run(server, tmp_path / "other", asked, limit=5, mode="dry run")
    assert (other["faces"], other["asked"], other["from_ledger"]) == (5, 3 * ASKS, 2 * ASKS)
    changed = style(tmp_path, chin="And the chin?")
    third = run(server, tmp_path / "other", changed, limit=2, mode="dry run")
    assert (third["asked"], third["from_ledger"]) == (2, 4)
    assert contents(tmp_path / "c") == before and not (tmp_path / "other").exists()
    assert len(server.calls()) == calls


# ---------------------------------------------------------------- a budget


def spent(folder: Path) -> tuple[int, float]:
    """Tokens and dollars, by the ledger."""
    db = sqlite3.connect(folder / "facelm-ledger.sqlite")
    return db.execute(
        "SELECT sum(prompt_tokens + completion_tokens), sum(dollars) FROM answers"
    ).fetchone()  # type: ignore[no-any-return]


@pytest.mark.parametrize("in_flight", [1, 64])
@pytest.mark.parametrize("kind", ["dollars", "tokens"])
def test_a_budget_stops_the_run_before_the_call_that_would_pass_it(
    server: Endpoint, tmp_path: Path, kind: str, in_flight: int
) -> None:
    server.follow({"latency": 0.05})
    asked = style(tmp_path, "parameters: {max_tokens: 400}")
    # A call takes some 450 tokens or 2.5 cents, and may take up to 700 or 4.3.
    limits: dict[str, Any] = {"budget": 0.25} if kind == "dollars" else {"budget_tokens": 5000}
    told = {"prices": priced(tmp_path), "in_flight": in_flight}
    result = run(server, tmp_path / "c", asked, limit=20, **limits, **told)
    tokens, dollars = spent(tmp_path)
    if kind == "dollars":
        assert 0.25 - 0.05 < dollars <= 0.25  # not a call more, and not one less
        assert result["dollars"] == pytest.approx(dollars)
    else:
        assert 5000 - 750 < tokens <= 5000
        assert result["prompt_tokens"] + result["completion_tokens"] == tokens
    assert not result["complete"] and result["left"] and "budget" in result["stopped"]
    assert result["asked"] == len(server.calls()) == len(paid(server))


def test_a_run_goes_on_when_the_budget_is_raised(server: Endpoint, tmp_path: Path) -> None:
    asked = style(tmp_path, "parameters: {max_tokens: 400}")
    small = run(server, tmp_path / "c", asked, limit=6, budget_tokens=4000)
    assert small["stopped"] and 0 < small["asked"] < 18
    raised = run(server, tmp_path / "c", asked, limit=6, budget_tokens=100_000)
    assert raised["complete"] and raised["conversations"] == 6
    assert small["asked"] + raised["asked"] == 18
    assert len(paid(server)) == len(set(paid(server))) == 18
    whole = run(server, tmp_path / "whole", asked, limit=6)
    assert whole["asked"] == 0 and contents(tmp_path / "c") == contents(tmp_path / "whole")


def test_answers_of_the_ledger_cost_no_budget(server: Endpoint, tmp_path: Path) -> None:
    asked = style(tmp_path, "parameters: {max_tokens: 400}")
    run(server, tmp_path / "a", asked)
    result = run(server, tmp_path / "b", asked, budget_tokens=1)
    assert result["complete"] and result["asked"] == 0


def test_a_budget_that_allows_no_call_asks_nothing(server: Endpoint, tmp_path: Path) -> None:
    result = run(server, tmp_path / "c", style(tmp_path), budget_tokens=100)
    assert not server.calls(path=None) and "budget" in result["stopped"] and result["left"]


def test_calls_that_failed_take_nothing_from_the_budget(server: Endpoint, tmp_path: Path) -> None:
    server.follow({"faults": [{"attempts": 2, "status": 500}]})
    asked = style(tmp_path, "parameters: {max_tokens: 400}")
    result = run(server, tmp_path / "c", asked, limit=2, budget_tokens=5000, in_flight=2)
    assert result["complete"] and (result["asked"], result["calls"]) == (6, 18)


def test_a_budget_in_dollars_needs_a_price(server: Endpoint, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--budget-tokens"):
        annotate(
            "heads", tmp_path / "c", split="test", limit=1, style=style(tmp_path),
            teacher="openai:unheard-of", base_url="https://api.example.org/v1",
            means=Means(budget=1.0),
        )  # fmt: skip
    assert [file.name for file in tmp_path.iterdir()] == ["three.yaml"]


# ---------------------------------------------------------------- keys


CANARY = "sk-canary-7f3a91"


def files_with(folder: Path, words: str) -> list[str]:
    return [
        str(file) for file in folder.rglob("*")
        if file.is_file() and words.encode() in file.read_bytes()
    ]  # fmt: skip


def test_a_key_is_in_nothing_that_is_written_or_said(server: Endpoint, tmp_path: Path) -> None:
    """Not in corpus, ledger, manifest, output or errors, though the endpoint repeats it."""
    told = {"error": {"message": f"Incorrect API key provided: {CANARY}"}}
    rejected = {"call": 5, "status": 400, "body": told}  # after good ones: a picture's own trouble
    server.follow({"faults": [rejected]})
    env = {**os.environ, "OPENAI_API_KEY": CANARY}

    def facelm(out: str, asked: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable, "-m", "facelm", "annotate", "heads", "-o", str(tmp_path / out),
            "--split", "test", "--limit", "3", "--style", asked, "--teacher", "openai:m",
            "--base-url", server.url, "--in-flight", "1", "--json",
        ]  # fmt: skip
        return subprocess.run(
            command, capture_output=True, text=True, env=env, check=False, cwd=ROOT
        )

    good = facelm("c", style(tmp_path))
    assert {call["authorization"] for call in server.calls()} == {f"Bearer {CANARY}"}
    assert '"conversations": 2' in good.stdout and "Incorrect API key" in good.stdout
    server.follow({"faults": [{"status": 401, "body": told}]})
    bad = facelm("d", style(tmp_path, hair="Otherwise."))
    assert bad.returncode == 2 and "answers 401" in bad.stderr
    for one in (good, bad):
        assert CANARY not in one.stdout + one.stderr
    assert files_with(tmp_path / "c", "Incorrect API key") and files_with(tmp_path, "Be brief.")
    assert not files_with(tmp_path, CANARY)


def test_what_ends_a_run_is_heard_while_faces_are_looked_at(
    server: Endpoint, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """MediaPipe is kept from writing to stderr; the one sentence of an error must get there."""
    run(server, tmp_path / "c", style(tmp_path), limit=1)
    server.follow({"faults": [{"status": 401}]})
    with pytest.raises(EndpointError):  # about the first face, while the second is looked at
        run(server, tmp_path / "d", style(tmp_path, hair="Otherwise."), limit=4)
    os.write(2, b"facelm: one sentence")
    assert "facelm: one sentence" in capfd.readouterr().err


def test_an_address_that_holds_a_key_is_refused_before_anything_is_written(
    server: Endpoint, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        annotate(
            "heads", tmp_path / "c", limit=1, teacher="openai:m",
            base_url=f"https://{CANARY}@api.example.org/v1",
        )  # fmt: skip
    assert CANARY not in str(caught.value) and not list(tmp_path.iterdir())


# ---------------------------------------------------------------- licence


@pytest.fixture
def photos(tmp_path: Path, portrait: bytes) -> str:
    """A folder whose owner has to be asked."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.webp").write_bytes(portrait)
    return f"folder:{tmp_path / 'photos'}"


def test_pictures_that_may_not_leave_do_not(
    server: Endpoint, tmp_path: Path, photos: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facelm.teach.permission.is_own", lambda url: False)
    with pytest.raises(InputError, match="--i-have-permission"):
        annotate(photos, tmp_path / "c", teacher="openai:m", base_url=server.url)
    assert not server.calls(path=None)
    assert [file.name for file in tmp_path.iterdir()] == ["photos"]  # and no ledger


def test_a_run_that_is_refused_at_once_leaves_no_ledger(server: Endpoint, tmp_path: Path) -> None:
    annotate("heads", tmp_path / "c", split="test", limit=1)
    before = contents(tmp_path / "c")
    with pytest.raises(InputError, match="another folder"):
        run(server, tmp_path / "c", style(tmp_path))
    assert {file.name for file in tmp_path.iterdir()} == {"c", "three.yaml"}
    assert contents(tmp_path / "c") == before and not server.calls(path=None)


def test_a_claimed_permission_is_written_down(
    server: Endpoint, tmp_path: Path, photos: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facelm.teach.permission.is_own", lambda url: False)
    annotate(
        photos, tmp_path / "c", teacher="openai:m", base_url=server.url,
        style=style(tmp_path), means=Means(permission=True),
    )  # fmt: skip
    permission = read_corpus(tmp_path / "c").manifest["about"]["permission"]
    assert "--i-have-permission" in permission["claimed"] and permission["hosts"] == ["127.0.0.1"]
    assert permission["sources"] == {"folder": "ask"} and len(server.calls()) == ASKS


def test_an_endpoint_that_ends_the_run_leaves_what_was_answered(
    server: Endpoint, tmp_path: Path
) -> None:
    server.follow({"latency": 0.05, "faults": [{"call": 8, "status": 403}]})
    with pytest.raises(EndpointError, match="403"):
        run(server, tmp_path / "c", style(tmp_path), limit=6)
    rows = "SELECT count(*) FROM answers"
    ((kept,),) = sqlite3.connect(tmp_path / "facelm-ledger.sqlite").execute(rows)
    result = run(server, tmp_path / "c", style(tmp_path), limit=6)
    assert result["complete"] and result["conversations"] == 6
    assert kept >= 5 and result["asked"] == 18 - kept  # none of them is asked again
