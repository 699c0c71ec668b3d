"""What is said between us and a teacher, its checks and its rater, before a real endpoint."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from asking import answer, ask, case, completion, desk, parts, says
from endpoint import Endpoint

from facelm.errors import InputError
from facelm.teach import Style, load_style
from facelm.teach.engine.dialogue import Dialogue, Manner
from facelm.teach.engine.rater import CHECK, ModelRater
from facelm.teach.engine.request import LONGEST_SHOWN, NOTHING
from facelm.teach.policy import Policy, Rating, Then
from facelm.types import Answer, Ask, Case, Form, Rejection

REFUSAL = "I'm sorry, but I can't help with that."
GOOD = "The brows are thick and sit low over the sockets of the eyes."
RATING = Rating(
    "Rate strictly.", "Q: {question}\nL: {labels}\nA: {answer}", ("agreement", "overall"), above=6
)
RATED = '{"agreement": 9, "overall": 7}'


def policy(then: Then = "retry", retries: int = 1, *names: str) -> Policy:
    named = names or ("refusal", "schema", "too short")
    return Policy(dict.fromkeys(named, then), retries, (3, 1000))


def told(
    server: Endpoint, folder: Path, asks: list[Ask], judged: Policy | None = None,
    together: bool = False, rating: Rating | None = None, one: Case | None = None,
) -> list[Answer]:  # fmt: skip
    """What comes of these asks."""

    async def run() -> list[Answer]:
        async with desk(server.url, folder) as front:
            rater = ModelRater(front, "r", rating) if rating else None
            manner = Manner("m", judged or policy(), together)
            return await Dialogue(front, manner, rater).answer(one or case(), asks)

    return asyncio.run(run())


def checks(one: Answer) -> list[str]:
    return [rejection.check for rejection in one.rejected]


def joint(**answers: Any) -> str:
    return json.dumps({name.replace("_", " "): value for name, value in answers.items()})


HAIR, NOSE, CHIN = (ask(name, f"Describe the {name}.") for name in ("hair", "nose", "chin"))


# ---------------------------------------------------------------- one by one


def test_one_by_one_each_question_is_a_request(server: Endpoint, tmp_path: Path) -> None:
    server.follow({"keep": True, "latency": [0, 0.1]})
    asks = [HAIR, ask("age", known_answer="B"), NOSE, CHIN]
    answers = told(server, tmp_path, asks)
    calls = {call["text"]: call for call in server.calls()}
    assert set(calls) == {HAIR.prompt, NOSE.prompt, CHIN.prompt}
    assert all(call["pictures"] == server.calls()[0]["pictures"] for call in calls.values())
    assert answers[1] == Answer("B")
    assert len({one.text for one in answers}) == 4 and all(one.text for one in answers)
    again = told(server, tmp_path, [CHIN, HAIR])  # each has its own answer, whatever the order
    assert [one.text for one in again] == [answers[3].text, answers[0].text]
    assert len(server.calls()) == 3


def test_answers_that_are_known_cost_nothing(server: Endpoint, tmp_path: Path) -> None:
    asks = [ask("a", known_answer="B"), ask("b", known_answer="")]
    for together in (False, True):
        answers = told(server, tmp_path, asks, together=together)
        assert answers == [Answer("B"), Answer("")]
    assert not server.calls(path=None)


# ---------------------------------------------------------------- a second try


def test_a_second_try_is_told_why_and_keeps_the_picture_first(
    server: Endpoint, tmp_path: Path
) -> None:
    server.follow(says("Hair.", GOOD))
    (got,) = told(server, tmp_path, [ask("hair", "Describe.", system="Be brief.")])
    assert got.text == GOOD
    assert got.rejected == (Rejection("hair", "too short", got.rejected[0].why),)
    first, second = (parts(call) for call in server.calls())
    assert first == [("system", "Be brief."), ("user", "picture"), ("user", "Describe.")]
    assert second[:3] == first and second[3] == ("assistant", "Hair.")
    role, words = second[4]
    assert role == "user" and got.rejected[0].why in words


@pytest.mark.parametrize(
    ("reply", "shown"),
    [("", NOTHING), (" \n", NOTHING), ("Too long. " * 5000, ("Too long. " * 5000)[:LONGEST_SHOWN])],
    ids=["empty", "spaces", "long"],
)
def test_a_second_try_repeats_a_bad_reply_within_reason(
    server: Endpoint, tmp_path: Path, reply: str, shown: str
) -> None:
    server.follow(says(reply, GOOD))
    (got,) = told(server, tmp_path, [HAIR], policy("retry", 1, "refusal", "too long"))
    assert got.text == GOOD
    assert parts(server.calls()[1])[-2] == ("assistant", shown)


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_it_is_asked_again_so_often_and_then_left_out(
    server: Endpoint, tmp_path: Path, retries: int
) -> None:
    server.follow(says(*[REFUSAL] * 9))
    (got,) = told(server, tmp_path, [HAIR], policy("retry", retries))
    assert got.text is None and len(server.calls()) == retries + 1
    assert checks(got) == ["refusal"] * (retries + 1)


def test_reject_leaves_out_at_once(server: Endpoint, tmp_path: Path) -> None:
    server.follow(says(REFUSAL))
    (got,) = told(server, tmp_path, [HAIR], policy("reject"))
    assert (got.text, checks(got), len(server.calls())) == (None, ["refusal"], 1)


def test_accept_keeps_and_counts(server: Endpoint, tmp_path: Path) -> None:
    server.follow(says(REFUSAL))
    (got,) = told(server, tmp_path, [HAIR], policy("accept"))
    assert (got.text, checks(got), len(server.calls())) == (REFUSAL, ["refusal"], 1)


def test_the_strictest_consequence_counts(server: Endpoint, tmp_path: Path) -> None:
    both = Policy({"refusal": "accept", "too short": "reject"}, 1, (50, 100))
    server.follow(says(REFUSAL))
    (got,) = told(server, tmp_path, [HAIR], both)
    assert got.text is None and set(checks(got)) == {"refusal", "too short"}
    assert len(server.calls()) == 1


def test_a_check_that_is_not_named_is_not_run(server: Endpoint, tmp_path: Path) -> None:
    server.follow(says(REFUSAL))
    (got,) = told(server, tmp_path, [HAIR], Policy())
    assert got == Answer(REFUSAL)


def test_only_the_question_that_failed_is_asked_again(server: Endpoint, tmp_path: Path) -> None:
    server.follow(says(REFUSAL))
    answers = told(server, tmp_path, [HAIR, NOSE, CHIN])
    assert len(server.calls()) == 4 and all(one.text for one in answers)
    assert sorted(len(one.rejected) for one in answers) == [0, 0, 1]


# ---------------------------------------------------------------- forms

FORM = Form({"hair": ("short", "long"), "why": ()}, "The hair is {hair}: {why}")


def test_a_form_is_asked_for_and_filled_in(server: Endpoint, tmp_path: Path) -> None:
    server.follow(says('```json\n{"hair": "Long", "why": "it falls over {hair} the ears."}\n```'))
    (got,) = told(server, tmp_path, [ask("hair", form=FORM)])
    assert got == Answer("The hair is long: it falls over {hair} the ears.")
    body = server.calls()[0]["request"]
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["hair"]["enum"] == ["short", "long"]
    assert schema["required"] == ["hair", "why"] and schema["additionalProperties"] is False
    words = server.calls()[0]["text"]  # for endpoints that know no schemas
    assert '"hair"' in words and "short, long" in words and '"why"' in words


@pytest.mark.parametrize(
    ("reply", "checked"),
    [
        ('{"hair": "purple", "why": "Because of that."}', ["schema"]),
        ('{"hair": "long"}', ["schema"]),
        ("The hair is long, as far as it can be seen.", ["schema"]),
        (REFUSAL, ["refusal", "schema"]),
        ('{"hair": "long", "why": "' + REFUSAL + '"}', ["refusal"]),
    ],
)
def test_a_form_that_is_not_kept_is_asked_for_again(
    server: Endpoint, tmp_path: Path, reply: str, checked: list[str]
) -> None:
    server.follow(says(reply, '{"hair": "short", "why": "it ends above the ears."}'))
    (got,) = told(server, tmp_path, [ask("hair", form=FORM)])
    assert got.text == "The hair is short: it ends above the ears."
    assert checks(got) == checked
    assert got.rejected[-1].why in parts(server.calls()[1])[-1][1]


@pytest.mark.parametrize(("together", "status"), [(False, 400), (True, 400), (True, 422)])
def test_an_endpoint_that_knows_no_schemas_is_asked_without(
    server: Endpoint, tmp_path: Path, together: bool, status: int
) -> None:
    """All that were under way at the first no come back with it, and none of them is lost."""
    asks = [ask(name, f"Describe the {name}.", form=FORM) for name in "abcdef"]
    good = {"hair": "short", "why": "it ends above the ears."}
    no = {"status": status, "body": {"error": {"message": "response_format is not supported"}}}
    text = json.dumps(dict.fromkeys("abcdef", good) if together else good)
    calls = 1 if together else 6
    server.follow(says(*[{**no, "latency": 0.2}] * calls, *[text] * calls))
    answers = told(server, tmp_path, asks, together=together)
    assert {one.text for one in answers} == {"The hair is short: it ends above the ears."}
    sent = ["response_format" in call["request"] for call in server.calls()]
    assert sent == [True] * calls + [False] * calls


# ---------------------------------------------------------------- together


def test_together_all_is_one_request(server: Endpoint, tmp_path: Path) -> None:
    asks = [
        ask("hair", "Describe the hair.", told="Labels: man.", system="Be brief."),
        ask("age", known_answer="B"),
        ask("nose", "Describe the nose.", told="Labels: man.", system="Be brief.", form=FORM),
    ]
    nose = {"hair": "long", "why": "so it seems to be."}
    server.follow(says(joint(nose=nose, hair=GOOD)))
    answers = told(server, tmp_path, asks, together=True)
    assert answers == [Answer(GOOD), Answer("B"), Answer("The hair is long: so it seems to be.")]
    (call,) = server.calls()
    system, picture, (role, text) = parts(call)
    assert (system, picture, role) == (("system", "Be brief."), ("user", "picture"), "user")
    assert text.count("Labels: man.") == 1  # what is told of the face is told once
    assert "Describe the hair." in text and "Describe the nose." in text and "age" not in text
    schema = call["request"]["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["hair", "nose"]
    assert schema["properties"]["hair"] == {"type": "string"}
    assert schema["properties"]["nose"]["required"] == ["hair", "why"]


def test_together_what_each_is_told_stays_with_it(server: Endpoint, tmp_path: Path) -> None:
    asks = [ask("hair", "Hair?", told="It is long."), ask("nose", "Nose?", told="It is short.")]
    server.follow({"keep": True})
    answers = told(server, tmp_path, asks, together=True)
    assert all(one.text for one in answers)
    (call,) = server.calls()
    assert "It is long. Hair?" in call["text"] and "It is short. Nose?" in call["text"]


def test_a_style_whose_questions_go_out_together_fills_its_own_forms(
    server: Endpoint, tmp_path: Path
) -> None:
    style, one = load_style("laion-captions"), case(labels={"age": "20-29"})
    asks = style.asks(one.face, 0)
    answers = answer(server, tmp_path, asks, one, style, ask="together")
    assert len(server.calls()) <= 2  # at most once more for what the checks reject
    assert len(answers) == len(asks) and any(one.text for one in answers)


def test_together_only_what_failed_is_asked_again(server: Endpoint, tmp_path: Path) -> None:
    replies = [joint(hair=GOOD, nose="Short."), joint(chin=GOOD, nose=GOOD)]
    server.follow(says(*replies))
    answers = told(server, tmp_path, [HAIR, NOSE, CHIN], together=True)
    assert [one.text for one in answers] == [GOOD] * 3
    assert [checks(one) for one in answers] == [[], ["too short"], ["schema"]]
    first, second = server.calls()
    sent = parts(second)
    assert sent[: len(parts(first))] == parts(first) and sent[-2] == ("assistant", replies[0])
    assert '"nose"' in sent[-1][1] and '"chin"' in sent[-1][1] and '"hair"' not in sent[-1][1]
    assert answers[1].rejected[0].why in sent[-1][1] and answers[2].rejected[0].why in sent[-1][1]
    schema = second["request"]["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["nose", "chin"]


def test_together_the_rest_is_kept_when_one_never_passes(server: Endpoint, tmp_path: Path) -> None:
    server.follow(says(joint(hair=GOOD, nose="Thin."), joint(nose="Thin."), joint(nose="Thin.")))
    hair, nose = told(server, tmp_path, [HAIR, NOSE], policy("retry", 2), together=True)
    assert hair == Answer(GOOD) and nose.text is None
    assert checks(nose) == ["too short"] * 3 and len(server.calls()) == 3


@pytest.mark.parametrize(
    ("then", "text", "calls"), [("accept", "Thin.", 1), ("reject", None, 1), ("retry", GOOD, 2)]
)
def test_together_each_follows_the_policy(
    server: Endpoint, tmp_path: Path, then: Then, text: str | None, calls: int
) -> None:
    server.follow(says(joint(hair=GOOD, nose="Thin."), joint(nose=GOOD)))
    hair, nose = told(server, tmp_path, [HAIR, NOSE], policy(then), together=True)
    assert hair == Answer(GOOD)
    assert (nose.text, checks(nose), len(server.calls())) == (text, ["too short"], calls)


@pytest.mark.parametrize(
    ("reply", "checked"),
    [
        ("no JSON at all", ["schema"]),
        (joint(hair=GOOD)[:-9], ["schema"]),
        ("[]", ["refusal", "schema"]),
        (REFUSAL, ["refusal", "schema"]),
        ({"do": "filter"}, ["refusal", "schema"]),
    ],
)
def test_together_a_reply_that_holds_nothing_is_asked_for_again(
    server: Endpoint, tmp_path: Path, reply: Any, checked: list[str]
) -> None:
    server.follow(says(reply, joint(hair=GOOD, nose=GOOD)))
    answers = told(server, tmp_path, [HAIR, NOSE], together=True)
    assert [one.text for one in answers] == [GOOD, GOOD]
    assert [checks(one) for one in answers] == [checked, checked]
    assert len(server.calls()) == 2


# ---------------------------------------------------------------- the rater


def test_what_is_rated_high_is_kept(server: Endpoint, tmp_path: Path) -> None:
    server.follow(says(GOOD, RATED))
    asks = [ask("hair", "Describe.", facts="hair: long")]
    (got,) = told(server, tmp_path, asks, rating=RATING)
    assert got == Answer(GOOD, (), {"agreement": 9, "overall": 7})
    _, call = server.calls()
    assert call["request"]["model"] == "r"
    system, picture, (_, text) = parts(call)
    assert (system, picture) == (("system", "Rate strictly."), ("user", "picture"))
    assert text.startswith(f"Q: What of the hair?\nL: hair: long\nA: {GOOD}")
    schema = call["request"]["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["agreement", "overall"]


@pytest.mark.parametrize(("overall", "kept"), [(1, False), (6, False), (7, True), (10, True)])
def test_the_overall_has_to_be_above_the_threshold(
    server: Endpoint, tmp_path: Path, overall: int, kept: bool
) -> None:
    server.follow(says(GOOD, json.dumps({"agreement": 3, "overall": overall})))
    (got,) = told(server, tmp_path, [HAIR], rating=RATING)
    assert (got.text == GOOD) is kept and (got.text is None) is not kept
    assert got.ratings == {"agreement": 3, "overall": overall}
    assert checks(got) == ([] if kept else [CHECK])
    assert len(server.calls()) == 2  # the teacher is not asked again for being rated low


@pytest.mark.parametrize(
    "verdict",
    [
        "Good.", "7", '{"overall": 7}', '{"agreement": 11, "overall": 7}', REFUSAL, "",
        '{"agreement": 6.5, "overall": 7}', '{"agreement": null, "overall": 7}', RATED[:-5],
        '{"agreement": 0, "overall": 7}',
    ],
)  # fmt: skip
def test_a_verdict_that_cannot_be_read_is_asked_for_once_more(
    server: Endpoint, tmp_path: Path, verdict: str
) -> None:
    server.follow(says(GOOD, verdict, RATED))
    (got,) = told(server, tmp_path, [HAIR], rating=RATING)
    assert got.ratings["overall"] == 7 and got.text == GOOD
    sent = parts(server.calls()[2])
    assert sent[:3] == parts(server.calls()[1]) and sent[3] == ("assistant", verdict or NOTHING)
    server.forget()
    server.follow(says(GOOD, verdict, verdict))
    (got,) = told(server, tmp_path / "again", [HAIR], rating=RATING)
    assert got.text is None and not got.ratings and checks(got) == [CHECK]
    assert "cannot be read" in got.rejected[0].why and len(server.calls()) == 3


@pytest.mark.parametrize(
    "verdict",
    ['{"agreement": "9", "overall": 7.0, "comment": "fine"}', f"Well:\n```json\n{RATED}\n```"],
)
def test_a_verdict_may_have_words_around_it(server: Endpoint, tmp_path: Path, verdict: str) -> None:
    server.follow(says(GOOD, verdict))
    (got,) = told(server, tmp_path, [HAIR], rating=RATING)
    assert got.ratings == {"agreement": 9, "overall": 7}


def test_an_answer_cannot_fill_in_the_raters_prompt(server: Endpoint, tmp_path: Path) -> None:
    tricky = "The hair is {labels} and {question}, which says {answer} to it all."
    server.follow(says(tricky, RATED))
    (got,) = told(server, tmp_path, [ask("hair", facts="secret fact")], rating=RATING)
    assert got.text == tricky
    assert parts(server.calls()[1])[-1][1].count("secret fact") == 1
    assert f"A: {tricky}" in parts(server.calls()[1])[-1][1]


def test_only_what_passed_the_checks_is_rated(server: Endpoint, tmp_path: Path) -> None:
    server.follow(says(joint(hair=GOOD, nose="Thin."), RATED))
    asks = [HAIR, NOSE, ask("age", known_answer="B")]
    hair, nose, age = told(server, tmp_path, asks, policy("reject"), True, RATING)
    assert hair.ratings["overall"] == 7 and hair.text == GOOD
    assert (nose.text, checks(nose), dict(nose.ratings)) == (None, ["too short"], {})
    assert age == Answer("B")
    assert [call["request"]["model"] for call in server.calls()] == ["m", "r"]


def test_what_was_rejected_before_stays_listed(server: Endpoint, tmp_path: Path) -> None:
    server.follow(says(REFUSAL, GOOD, '{"agreement": 1, "overall": 2}'))
    (got,) = told(server, tmp_path, [HAIR], rating=RATING)
    assert got.text is None and checks(got) == ["refusal", CHECK]
    assert "overall 2" in got.rejected[-1].why


def test_a_rerun_rates_nothing_twice(server: Endpoint, tmp_path: Path) -> None:
    server.follow(says(GOOD, "unreadable", RATED))
    first = told(server, tmp_path, [HAIR], rating=RATING)
    assert told(server, tmp_path, [HAIR], rating=RATING) == first
    assert len(server.calls()) == 3


# ---------------------------------------------------------------- the teacher and its rater


@pytest.fixture
def rated(tmp_path: Path) -> Style:
    path = tmp_path / "rated.yaml"
    path.write_text(
        "kind: describe\nsystem: s\nchecks: {refusal: retry}\n"
        "rate: {system: r, prompt: 'Q {question} A {answer}', criteria: [overall]}\n"
        "categories: [{name: hair, questions: [Hair?], teacher: Describe the hair.}]\n"
    )
    return load_style(path)


def test_a_style_with_a_rating_needs_a_rater_or_a_no(
    server: Endpoint, tmp_path: Path, rated: Style
) -> None:
    asks = rated.asks(case().face, 0)
    server.follow({"keep": True})
    with pytest.raises(InputError, match="--rater openai:MODEL"):
        answer(server, tmp_path, asks, style=rated)
    (got,) = answer(server, tmp_path, asks, style=rated, rater="none")
    assert got.text and not got.ratings and len(server.calls()) == 1
    (got,) = answer(server, tmp_path, asks, style=rated, rater="openai:r")
    assert got.ratings and [call["request"]["model"] for call in server.calls()[1:]] == ["r"]


def test_a_rater_without_a_rating_is_refused(server: Endpoint, tmp_path: Path) -> None:
    plain = load_style("fairfacegpt")
    asks = plain.asks(case().face, 0)[:1]
    with pytest.raises(InputError, match=r"'fairfacegpt'.*--rater openai:r .*leave it out"):
        answer(server, tmp_path, asks, style=plain, rater="openai:r")
    assert not server.calls(path=None) and not list(tmp_path.iterdir())
    server.follow({"keep": True})
    (got,) = answer(server, tmp_path, asks, style=plain, rater="none")
    assert got.text


def test_each_keeps_its_own_key(
    server: Endpoint, tmp_path: Path, rated: Style, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = rated.asks(case().face, 0)
    server.follow({"keep": True})
    monkeypatch.setenv("OPENAI_API_KEY", "sk-teacher")
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    for name, more, sent in (
        ("a", {}, "Bearer sk-teacher"),  # the same host
        ("b", {"rater_url": elsewhere}, ""),
        ("c", {"rater_url": elsewhere, "key": "sk-rater"}, "Bearer sk-rater"),
    ):
        if key := more.pop("key", ""):
            monkeypatch.setenv("FACELM_RATER_API_KEY", key)
        server.forget()
        answer(server, tmp_path / name, asks, style=rated, rater="openai:r", **more)
        keys = {call["request"]["model"]: call["authorization"] for call in server.calls()}
        assert keys == {"m": "Bearer sk-teacher", "r": sent}


def test_a_withheld_answer_is_asked_for_again(server: Endpoint, tmp_path: Path) -> None:
    cut = {"status": 200, "body": completion("Half of", finish_reason="content_filter")}
    server.follow(says(cut, GOOD))
    (got,) = told(server, tmp_path, [HAIR], policy("retry", 1, "refusal"))
    assert got.text == GOOD and checks(got) == ["refusal"]
