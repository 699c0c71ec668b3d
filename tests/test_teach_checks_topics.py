"""Words of a claim that are weighed, quoted or set against, the same claimed, and more claims."""

from __future__ import annotations

import pytest
from test_teach_checks import lines, why
from test_teach_checks_denied import BABY, FRONT, OLD, TURN, YOUNG
from test_teach_checks_frames import ASLEEP

from facelm.types import Evidence, Labels

MAN: Labels = {"age_stage": "old", "sex": "male", "morph_group": "caucasian", "beard": False}

NOT_CLAIMED: list[tuple[str, Labels]] = [
    ("A female reading was considered and set aside.", MAN),
    ("The alternatives, Asian and Black, were weighed and rejected.", MAN),
    ("It would take other proportions to make me write 'woman' here.", MAN),
    ("To say 'she' of this person would be a slip.", MAN),
    ("Female-typical traits were looked for, too.", MAN),
    ("Of the two usual words, man and woman, the first fits.", MAN),
    ("Someone could mistake his soft features for a girl's.", MAN),
    ("Any such category, be it Black, Asian or another, is a convention.", MAN),
    ("People disagree about categories like Hispanic or Black.", MAN),
    ("The jaw forms the contour, as far as hair, beard or shadow leave it visible.", MAN),
    ("The look is that of a senior as opposed to a teenager or a child of ten.", MAN),
    ("The skin has aged, and what is smooth in a baby has slackened here.", OLD),
    ("Say thirty and you are off by a generation.", OLD),
    ("Shade is unlikely to make an elderly person look like this.", YOUNG),
    ("The face belongs to early adulthood, well before old age.", YOUNG),
    ("In toddlers and small children the ears seem large.", YOUNG),
    ("Sun and hard work can add sixty years to a face.", YOUNG),
    ("The balance differs between infants, adults and seniors.", YOUNG),
    ("In fifteen or twenty years this could be a young adult.", BABY),
    ("It would be odd to speak of old age here.", YOUNG),
    ("She is decades younger than a retiree.", YOUNG),
    ("Deep folds are what one sees in a person of sixty, and there are none.", YOUNG),
    ("It will take some thirty years for lines to form.", BABY),
    ("The firmness of a young face has gone.", OLD),
    ("Not yet grown, she is best described as a young female.", BABY),
    ("Too short in the jaw and too round in the cheek for a schoolchild, it is a baby.", BABY),
]


@pytest.mark.parametrize(("text", "labels"), NOT_CLAIMED)
def test_what_is_weighed_or_set_against_contradicts_no_label(text: str, labels: Labels) -> None:
    assert not why("labels", text, labels=labels)


CLAIMED: list[tuple[str, Labels]] = [
    ("A female reading is the natural one.", MAN),
    ("I would call this a woman.", MAN),
    ("The features are female.", MAN),
    ("Of all words, woman fits.", MAN),
    ("The best category is Asian.", MAN),
    ("A person with African roots.", MAN),
    ("A full beard covers the chin.", MAN),
    ("The look is that of a teenager as opposed to a senior.", MAN),
    ("The skin is smooth, that of a person barely out of school.", OLD),
    ("The face is that of someone who has just come of age.", OLD),
    ("The person can hardly be older than thirty.", OLD),
    ("The person is someone not yet thirty.", OLD),
    ("The face is youthful.", OLD),
    ("One would speak of old age here.", YOUNG),
    ("She is no younger than a retiree.", YOUNG),
    ("What one sees is a person of sixty.", YOUNG),
    ("It has the firmness of a young face.", OLD),
    ("A schoolkid, I would say.", OLD),
    ("The subject is aged.", YOUNG),
    ("He is getting on in years.", YOUNG),
    ("The sitter is old.", YOUNG),
    ("The person looks fiftyish.", BABY),
    ("An adult face with firm contours is seen.", BABY),
    ("The person is in the middle of life, forty or so.", BABY),
]


@pytest.mark.parametrize(("text", "labels"), CLAIMED)
def test_the_same_claimed_contradicts_a_label(text: str, labels: Labels) -> None:
    assert why("labels", text, labels=labels)


NOTHING_MEASURED = """
The back of the head is turned away from the camera.
The view lies between profile and frontal.
Ears are best judged in profile.
In a true profile the far eye disappears behind the nose.
He lets the head lean sideways.
For a photograph meant to show closed eyes this one came too early.
There is no indication of blinking, sleeping or closed eyelids.
Heavy lids can pass for closed ones.
While many a portrait shows an open-mouthed laugh, this one does not.
A photographer may say 'eyes closed, please' first.
Poor lighting can age a face.
Contours that have lost their firmness are a matter of years.
Potential issues in images of this type include blur and noise.
The brows together convey gloom.
"""


@pytest.mark.parametrize("text", lines(NOTHING_MEASURED))
def test_what_is_best_seen_elsewhere_contradicts_no_measurement(text: str) -> None:
    assert not why("evidence", text, evidence=FRONT)


TURNED_NOTHING = """
The turn means that a frontal reference picture could be compared only in part.
Direction of light: frontal, so the halves look alike.
A passport office would be asking for a frontal view.
For a comparison one wants ideally two sharp, frontal photographs.
"""


@pytest.mark.parametrize("text", lines(TURNED_NOTHING))
def test_a_frontal_view_that_is_only_wanted_contradicts_no_turn(text: str) -> None:
    assert not why("evidence", text, evidence=TURN)


SEEN = [
    *[(one, FRONT) for one in lines("""
The head is turned away from the camera.
Pose: profile.
The person shows us one side of the face only.
The face is averted.
Eyes: closed.
The eyes are tightly sealed.
The eyelids appear shut.
A closed pair of eyes sits under the brows.
No part of the iris can be seen.
There is no gaze to describe, for the eyes are shut.
The picture was taken in the middle of a blink.
She dozes.
What the person feels is hard to say, with the eyes firmly shut.
Context would help, but there is none, with the eyes closed.
Mouth: open.
A dark gap separates the lips.
The camera has failed to focus on the face.""")],
    *[(one, ASLEEP) for one in lines("""
She looks straight at the viewer.
Eyes: open, looking ahead.
The lids are up.
A direct gaze meets us.
He fixes the viewer with a steady look.
He keeps his eyes on the camera.
Small catchlights sparkle in the pupils.
The irises are easy to see.""")],
    *[(one, TURN) for one in lines("""
He faces the camera squarely.
The two cheeks appear equally wide.
Light: bright.""")],
]  # fmt: skip


@pytest.mark.parametrize(("text", "evidence"), SEEN)
def test_more_that_is_plainly_said_contradicts_a_measurement(text: str, evidence: Evidence) -> None:
    assert why("evidence", text, evidence=evidence)


NO_LEAK = """
Whether the pose was requested by a photographer is unknown.
The sitter was told to look up, perhaps.
Only one instant of the pose is recorded, and the next may differ.
Whether one labels this an oblique view is a matter of taste.
To label the mood would be rash.
No label or badge is there.
A label says little about a person.
The full beard is the strongest hint.
There is no hint about the place.
The actual age may differ.
The words on the label of a bottle would be too small to read.
What the sitter was told before the exposure, nobody knows.
The age stated in a passport may be another.
The description given here covers the visible parts only.
It is said that eyes are the windows of the soul.
From the given angle, the back of the head is hidden.
"""


@pytest.mark.parametrize("text", lines(NO_LEAK))
def test_general_words_are_no_leak(text: str) -> None:
    assert not why("leak", text)


LEAK = """
The age was requested to be used as stated.
I was told to look for a smile.
The expression recorded in the label fits.
The label says little about the mood.
The hint about the age fits.
The actual age is in line with the skin.
The age stated is believable.
The description given says that the head is turned.
It is said that the person smiles.
Without the label I would have guessed the same.
If the label is right, the person smiles.
The information that came with the picture is right.
"""


@pytest.mark.parametrize("text", lines(LEAK))
def test_the_same_words_of_what_was_told_are_a_leak(text: str) -> None:
    assert why("leak", text)
