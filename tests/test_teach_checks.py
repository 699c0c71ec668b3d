"""The checks of a teacher's reply: what each catches, and what it leaves alone."""

from __future__ import annotations

import random

import pytest
from teach_faces import heads, measurements, people, told

from facelm.teach.checks import (
    CHECKS,
    NAMES,
    Repeats,
    Said,
    SchemaError,
    examine,
    read_form,
    read_forms,
)
from facelm.teach.policy import Policy
from facelm.types import Evidence, Form, Labels

MAN: Labels = {"gender": "Male", "age": "30-39", "race": "East Asian"}
BABY: Labels = {"sex": "female", "age_stage": "baby", "morph_group": "african"}
LOOKS: Labels = {
    "expression": "angry", "glasses": True, "beard": False, "hair_colour": "brown",
}  # fmt: skip
FRONTAL = Evidence(
    yaw=3, mouth_open=0.02, eye_open=0.3, brightness=0.7, contrast=0.15, light_side=0.3, sharpness=6
)
TURNED = Evidence(
    yaw=52, mouth_open=0.3, eye_open=0.3, brightness=0.15, contrast=0.12, light_side=-0.3,
    sharpness=0.2,
)  # fmt: skip
NAPPING = Evidence(yaw=3, mouth_open=0.3, eye_open=0.08)


def said(
    text: str,
    labels: Labels | None = None,
    evidence: Evidence | None = None,
    words: tuple[int, int] = (1, 1000),
    raw: str | None = None,
    finish: str = "stop",
) -> Said:
    return Said(
        text, labels or {}, evidence or Evidence(), "a category", words, raw or text, finish
    )


def why(
    check: str, text: str, labels: Labels | None = None, evidence: Evidence | None = None
) -> str:
    return CHECKS[check](said(text, labels, evidence))


REFUSALS = """
I'm sorry, but I can't help with that.
I cannot tell who this is.
As an AI language model, I do not describe people.
We are unable to provide a description of this individual.
The face is oval. However, guessing a person's ethnicity from a picture would be inappropriate.
Her hair is brown. Beyond that I would rather not say how old she looks.
This request cannot be completed.
No image was attached. Please upload the picture again.
I don’t feel comfortable estimating somebody’s age.
For reasons of privacy, nothing is said of the person.
N/A
"""
ANSWERS = """
The ears cannot be seen, because the hair covers them.
I can't make out any freckles, and I do not see glasses.
Who the person is cannot be told from this picture.
I see a man who is not smiling.
It would be wrong to call the light harsh.
Age and gender are impressions and may be wrong.
The question of make-up cannot be answered from this picture.
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("text", lines(REFUSALS))
def test_a_refusal_is_found_wherever_it_stands(text: str) -> None:
    assert why("refusal", text)


@pytest.mark.parametrize("text", lines(ANSWERS))
def test_that_something_cannot_be_seen_is_no_refusal(text: str) -> None:
    assert not why("refusal", text)


def test_empty_and_filtered_replies_are_refusals_and_not_short_ones() -> None:
    assert CHECKS["refusal"](said(""))
    assert CHECKS["refusal"](said("A face.", finish="content_filter"))
    assert not CHECKS["too short"](said("", words=(5, 100)))


@pytest.mark.parametrize(
    "text",
    lines("""
As you mentioned, the person is in the thirties.
The given age fits the skin.
Based on the provided label, this is a woman.
According to the information supplied, the head is turned.
I was told that the light is dim.
The ground truth says happy.
Since the ethnicity is given, I describe the features accordingly.
The metadata lists a beard."""),
)
def test_words_that_show_what_was_told_are_a_leak(text: str) -> None:
    assert why("leak", text)


@pytest.mark.parametrize(
    "text",
    lines("""
In the given image, a man is shown from the front.
The provided picture is sharp.
As you can see, the light comes from above.
Given the soft light, the contrast is low.
The face might be labelled as oval by many.
The details provided by the picture are few.
The depth is given by the shadows."""),
)
def test_what_is_seen_may_be_given(text: str) -> None:
    assert not why("leak", text)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("She looks calm.", MAN),
        ("This appears to be an elderly man.", MAN),
        ("He seems to be in his late fifties.", MAN),
        ("The person is about 65 years old.", MAN),
        ("This is a twelve-year-old.", MAN),
        ("The person could be anywhere from 60 to 69.", MAN),
        ("The person is a teenager.", MAN),
        ("A woman is shown.", MAN),
        ("The person reads as female.", MAN),
        ("The features suggest African ancestry.", MAN),
        ("The person is probably Black.", MAN),
        ("A white man is shown.", MAN),
        ("The features suggest someone from Brazil or Mexico.", {"race": "Indian"}),
        ("A young man looks out of the picture.", BABY),
        ("The subject is a middle-aged adult.", BABY),
        ("The ethnicity appears to be Chinese.", BABY),
        ("The person is thirty or so.", {"age": 71}),
        ("The face looks happy.", LOOKS),
        ("No glasses are worn.", LOOKS),
        ("He has a full beard.", LOOKS),
        ("The hair is blond and short.", LOOKS),
    ],
)
def test_what_contradicts_a_label_is_found(text: str, labels: Labels) -> None:
    assert why("labels", text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("The man is in his late thirties or early forties.", MAN),
        ("He appears to be between 25 and 35 years old.", MAN),
        ("He is not a woman, and no longer a teenager.", MAN),
        ("A childlike smile and baby-smooth skin are what one notices.", MAN),
        ("A woman of about sixty stands in the background.", MAN),
        ("He has black hair and wears a white shirt before a white background.", MAN),
        ("This East Asian man, an Asian adult, wears an Indian scarf.", MAN),
        ("The head is turned by about 60 degrees, and 70 pixels separate the eyes.", MAN),
        ("The photo has a look of the 1980s.", MAN),
        ("It may be male or female.", MAN),
        ("A baby girl, not yet two years old; the child looks calm.", BABY),
        ("Anger rather than happiness is what the face shows.", LOOKS),
        ("The background is neutral. The brows are sad to see.", LOOKS),
        ("The glasses have thin frames; there is no beard.", LOOKS),
        ("The hair is dark brown.", LOOKS),
        ("She is 20 and White.", {}),
    ],
)
def test_what_fits_the_labels_or_is_about_others_is_left_alone(text: str, labels: Labels) -> None:
    assert not why("labels", text, labels)


@pytest.mark.parametrize("text", ["A woman.", "The person is 70 years old.", "He looks African."])
def test_the_reason_quotes_the_words_and_says_which_label(text: str) -> None:
    reason = why("labels", text, MAN)
    assert "'" in reason and "label is" in reason
    assert sum(kind in reason for kind in ("age", "gender", "group")) == 1


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("The face is seen in full profile.", FRONTAL),
        ("The head is turned far to the side.", FRONTAL),
        ("The yaw is about 50 degrees.", FRONTAL),
        ("The lids are shut.", FRONTAL),
        ("The mouth is wide open.", FRONTAL),
        ("The picture is dark.", FRONTAL),
        ("The image is out of focus.", FRONTAL),
        ("The light comes from the picture's left.", FRONTAL),
        ("It is a frontal view.", TURNED),
        ("The person faces the camera directly.", TURNED),
        ("The head is turned towards the left edge of the picture.", TURNED),
        ("The head is turned to the left as the viewer sees it.", TURNED),
        ("The face is well lit.", TURNED),
        ("The picture is tack-sharp.", TURNED),
        ("There is no blur in the picture.", TURNED),
        ("The lips are pressed together.", NAPPING),
        ("The eyes look straight at the viewer.", NAPPING),
        ("The eyes are not closed.", NAPPING),
    ],
)
def test_what_contradicts_a_measurement_is_found(text: str, evidence: Evidence) -> None:
    assert "measured" in why("evidence", text, evidence=evidence)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("The head faces the camera, and the eyes are open.", FRONTAL),
        ("It is not a profile. The lips are closed, not open.", FRONTAL),
        ("The picture is sharp and bright, the background blurred and dark.", FRONTAL),
        ("The nose has a straight profile, and dark hair frames the face.", FRONTAL),
        ("The light comes from the viewer's right.", FRONTAL),
        ("Left and right: the left brow is higher.", FRONTAL),
        ("It is anything but frontal; the shoulders face the camera.", TURNED),
        ("The picture is not sharp, and a well-lit one would be needed.", TURNED),
        ("The jaw is sharp, and the light comes from the picture's left.", TURNED),
        ("The head is turned to the picture's right.", TURNED),
        ("The head is turned to the left.", TURNED),  # whose left is not said
        ("The eyes are closed and the mouth is open.", NAPPING),
        ("It is a frontal, dark, blurred profile with open, closed eyes.", Evidence()),
    ],
)
def test_what_fits_the_measurements_is_left_alone(text: str, evidence: Evidence) -> None:
    assert not why("evidence", text, evidence=evidence)


def test_between_two_limits_nothing_is_a_contradiction() -> None:
    unsure = Evidence(
        yaw=26, mouth_open=0.1, eye_open=0.18, brightness=0.4, contrast=0.1, sharpness=1.5
    )
    for text in (
        "The view is frontal.", "A profile is shown.", "The eyes are closed.", "The eyes are open.",
        "The mouth is closed.", "The mouth is open.", "The picture is sharp.", "It is blurred.",
        "The picture is bright.", "The picture is dark.",
    ):  # fmt: skip
        assert not why("evidence", text, evidence=unsure), text


def test_dark_skin_in_good_light_is_not_a_dark_picture() -> None:
    measured = Evidence(brightness=0.23)
    assert not why("evidence", "The face is well lit.", evidence=measured)
    assert not why("evidence", "The face is well lit.", {"light_level": "normal"}, measured)
    assert why("evidence", "The face is well lit.", {"light_level": "dim"}, measured)


def test_a_label_of_the_pose_must_agree_before_a_measurement_counts() -> None:
    measured = Evidence(yaw=20)
    assert why("evidence", "A profile is shown.", evidence=measured)
    assert not why("evidence", "A profile is shown.", {"yaw": 60.0}, measured)


@pytest.mark.parametrize(
    "text",
    lines("""
This is Brad Pitt.
The person resembles Angela Merkel.
She is known as Adele.
Dr. Maria Kowalska is shown before a plain wall.
He is a dead ringer for Idris Elba.
It may be a portrait of Jean-Luc Moreau.
This is the lead singer of the Rolling Stones."""),
)
def test_a_named_person_is_found(text: str) -> None:
    assert why("names", text)


@pytest.mark.parametrize(
    "text",
    lines("""
The person looks Southeast Asian or Latino Hispanic.
The face is lit with Rembrandt lighting on a Monday in May.
The lips have a pronounced Cupid's bow, and the smile is a Duchenne smile.
The cap reads NEW YORK. FairFace and LED are no people.
Facial Structure: The face is oval. Image Quality: good.
However, the Middle Eastern man looks calm.
If a broad category is wanted, 'Black or African' is the one I would choose.
The options 'White' and 'East Asian or Indian' do not fit."""),
)
def test_capitals_of_a_description_are_no_names(text: str) -> None:
    assert not why("names", text)


def test_a_line_begins_like_a_sentence() -> None:
    assert not why("names", "- Gender: probably a man\nMaturity shows in the face.")
    assert why("names", "- Gender: probably a man, maybe\n- Identity: Angela Merkel")


@pytest.mark.parametrize(
    "text",
    lines("""
Das Gesicht ist oval, und die Haut wirkt glatt.
Le visage est ovale et la peau paraît lisse.
The face is oval. La piel parece lisa y la luz cae sobre la frente.
图片显示了一张位于纯色背景前的脸。
Лицо овальное, кожа гладкая.
The person 看起来很平静 and wears glasses."""),
)
def test_other_languages_are_found_in_whole_or_in_part(text: str) -> None:
    assert why("language", text)


@pytest.mark.parametrize(
    "text",
    lines("""
Male, 30-39.
Oval face, high cheekbones, almond-shaped eyes, short black hair, neutral expression.
The café décor behind her is plain; her naïve look is calm at 20° with an angle α.
The shirt reads "東京", and the man looks calm."""),
)
def test_lists_signs_and_print_are_still_english(text: str) -> None:
    assert not why("language", text)


@pytest.mark.parametrize(
    "raw",
    ["A face.<|im_end|>", "<s>A face.", "A face.</think>", "[INST] A face.", "<image>\nA face.",
     "A face.\n### Human: And now?", "A face.\nUSER: And now?", "<start_of_turn>model\nA face."],
)  # fmt: skip
def test_control_tokens_of_any_model_are_found_and_not_repeated(raw: str) -> None:
    reason = CHECKS["control tokens"](said("A face.", raw=raw))
    assert reason
    assert "<" not in reason and "[" not in reason


def test_thoughts_marks_and_comparisons_are_no_control_tokens() -> None:
    for raw in ("<think>Hm.</think> A face.", "A **face** <br> of 3 < 4.", "# Face\nIt is [oval]."):
        assert not CHECKS["control tokens"](said("A face.", raw=raw))


def test_length_is_counted_in_words_and_a_cut_reply_is_too_long() -> None:
    assert CHECKS["too short"](said("A face.", words=(3, 5)))
    assert not CHECKS["too short"](said("A calm face.", words=(3, 5)))
    assert not CHECKS["too long"](said("A calm, oval, frontal face.", words=(3, 5)))
    assert CHECKS["too long"](said("A calm and oval frontal face.", words=(3, 5)))
    assert CHECKS["too long"](said("A calm face.", words=(3, 5), finish="length"))


FORM = Form({"caption": (), "light": ("left", "front", "right")}, "{caption}")


@pytest.mark.parametrize(
    "raw",
    [
        '{"caption": "A face.", "light": "Left"}',
        'Here it is:\n```json\n{"caption": "A face.", "light": "left"}\n```\nDone.',
        '<think>{"caption": "no"}</think>{"light": " left ", "caption": "A face."}',
        'First {"caption": "x", "light": "front"}; no: {"caption": "A face.", "light": "LEFT"}',
    ],
)
def test_a_form_is_read_out_of_what_surrounds_it(raw: str) -> None:
    assert read_form(raw, FORM) == {"caption": "A face.", "light": "left"}


@pytest.mark.parametrize(
    "raw",
    [
        "A face.", "", "[]", '{"caption": "A face."}', '{"caption": "A face.", "light": "left"',
        '{"caption": "A face.", "light": "above"}', '{"caption": "", "light": "left"}',
        '{"caption": "A face.", "light": null}', '{"caption": ["A face."], "light": "left"}',
        '{"caption": "A face.", "light": "left", "age": "30"}', "{'caption': 'A', 'light': 'left'}",
        '{"caption": "a", "caption": "b", "light": "left"}', "{" * 100_000, '{"a":' * 50_000,
        '{"caption": "' + "a" * 10_000_000 + '", "light": "left"}',
    ],
)  # fmt: skip
def test_a_form_that_is_not_filled_as_asked_says_why(raw: str) -> None:
    with pytest.raises(SchemaError) as error:
        read_form(raw, FORM)
    assert error.value.why
    assert len(error.value.why) < 200


def test_of_several_answers_in_one_reply_the_good_ones_count() -> None:
    light = '{"caption": "A face.", "light": "front"}'
    raw = f'{{"pose": "Frontal.", "light": {light}, "skin": "", "x": 1}}'
    read = read_forms(raw, {"pose": Form(), "light": FORM, "skin": Form(), "hair": FORM})
    assert read["pose"] == "Frontal."
    assert read["light"] == {"caption": "A face.", "light": "front"}
    assert isinstance(read["skin"], SchemaError)
    assert isinstance(read["hair"], SchemaError)
    lost = read_forms("no", {"pose": Form(), "light": FORM})
    assert all(isinstance(one, SchemaError) for one in lost.values())


LONG = (
    "The woman looks about thirty, with brown hair tied back and a calm look. Soft light from the "
    "left falls on her cheek, and her mouth is closed."
)


def test_the_same_or_nearly_the_same_of_another_picture_repeats() -> None:
    repeats = Repeats()
    assert not repeats.look("light", LONG)
    assert repeats.look("light", LONG)
    assert repeats.look("light", LONG.upper().replace(",", " -"))
    assert repeats.look("light", LONG.replace("thirty", "forty") + " That is all there is.")
    assert not repeats.look("pose", LONG)
    other = "A bearded man with grey hair frowns at the camera under a dim lamp on the right."
    assert not repeats.look("light", other)
    assert repeats.look("light", other)


def test_short_answers_repeat_rightly() -> None:
    repeats = Repeats()
    assert not repeats.look("pose", "The view is frontal.")
    assert not repeats.look("pose", "The view is frontal.")


def test_a_style_gets_the_checks_it_names_and_no_others() -> None:
    bad = said("I cannot help. She is 70.", MAN, words=(20, 100))
    policy = Policy({"refusal": "reject", "labels": "retry", "schema": "reject"})
    assert [name for name, _ in examine(bad, policy)] == ["refusal", "labels"]
    assert [name for name, _ in examine(bad, Policy({"too short": "accept"}))] == ["too short"]
    assert examine(bad, Policy()) == []


def test_every_check_can_be_named_by_a_style() -> None:
    assert set(CHECKS) < set(NAMES)


def test_true_answers_pass_every_check() -> None:
    rng = random.Random(0)
    faces = [*heads()[:60], *people(60)]
    failed = []
    for one in faces:
        evidence = Evidence() if one.landmarks else measurements(rng)
        for category, text in told(one, evidence).items():
            held = Said(text or "A face is shown.", one.labels, evidence, category, (3, 100), "")
            failed += [(name, check(held), text) for name, check in CHECKS.items() if check(held)]
    assert failed == []
