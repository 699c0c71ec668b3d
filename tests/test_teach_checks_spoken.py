"""Words of a claim that a sentence only speaks about, and the same words claimed."""

from __future__ import annotations

import pytest
from test_teach_checks import lines, why
from test_teach_checks_denied import BABY, FRONT, OLD, TURN, YOUNG
from test_teach_checks_frames import ASLEEP

from facelm.types import Labels

NO_LABEL = """
I would describe the person with care, while an African or a European label would fit less well.
Among the usual options, Black, White and Latino seem further off.
African, Asian and European faces overlap in all of this.
A person of forty may pass for thirty, and the other way round.
A six-year-old would have lost most of this, and an adult all of it.
Age estimates come with a margin of some five years.
Old age and childhood are not what a picture can prove.
I'm happy to describe what can be seen of the face here.
One would be surprised by how even the face is.
A happy person can look sad for a moment.
The face is well above a gloomy level of light.
Actors learn to look sad on demand.
The make of the camera, Japanese or German, is unknown.
The shirt could have been made in China or in India.
From Asia to Europe, such collars are worn.
Chinese paper lanterns give such light.
For a viewer in his sixties the face may look younger, in her eyes or in his.
Whether one says "he" or "she" is a convention here.
No reflections from glasses complicate the view.
A beard takes weeks to grow.
You'd be hard pressed to see an adult woman, a man or a child in a beard like that.
A boyish look is conceivable, yet nothing follows from it.
"""
# (evidence that they would contradict if they were claims)
NOTHING_MEASURED = """
The lips are told apart from the surrounding skin by their colour.
Brows, lids and lips together create the effect.
Facial hair is missing, which leaves the jaw fully exposed.
The picture is the opposite of a bright studio shot.
The picture is a far cry from a night-time shot.
The composition resembles a frontal ID picture.
The nose puts this somewhere between a frontal and a side view.
Much as in a frontal pose, the collar is even.
An open mouth, as in a yawn or a shout, is not what this picture shows.
A closed mouth is not what this picture shows.
Blur, whether from motion or a missed focus, is not an issue here.
Lack of sharpness is not what limits this picture.
A profile it is not, and a frontal view hardly either.
A head turned by ninety degrees would show one ear.
Mug shots come in pairs, a frontal view and a profile.
Viewed on a bright screen the picture may pass.
The rules ask for open eyes and a closed mouth.
In a passport photo, the mouth has to be closed and the eyes have to be open.
The mouth of a singer is open; the mouth of a listener is closed.
With closed eyes, anybody looks calmer.
Too little light makes noise, and overexposed skin loses texture.
Poor lighting is the enemy of every examiner.
An open mouth lengthens a face, and a closed mouth shortens it.
Eyes closed or open, the brows stay where they are.
Teeth are visible in most smiles.
Looking straight into the lens is a habit of the selfie.
No rotation of the picture itself is apparent.
The head stands straight on the neck.
"""
CLAIMS = """
I would describe the person as African, while an Asian label would fit less well.
The person has African features.
An African person is shown against a plain wall.
The ancestors of this person may come from Africa.
A person of eighty is shown.
An old woman looks at the camera.
He has the skin of a pensioner.
The age lies between sixty and seventy.
The expression is happy and open.
A happy face, with raised cheeks.
The hair is blond and long.
A full beard covers the chin.
His lips are full.
Most people would place the person somewhere in the sixties.
"""
CLAIMS_OF_FRONT = """
The head is turned by ninety degrees.
The head is turned by at least eighty degrees.
The lips are apart.
An open mouth shows the teeth.
An open mouth gives the face a surprised look.
With the mouth open, the person seems to speak.
Closed eyes make the face look asleep.
The eyes are closed.
Blur lies over the whole face.
The picture is shown in the dark of a night-time scene.
A profile view, with one ear in sight.
A profile is shown.
Everything is out of focus.
"""


@pytest.mark.parametrize("text", lines(NO_LABEL))
@pytest.mark.parametrize("labels", [YOUNG, OLD, BABY], ids=["young", "old", "baby"])
def test_what_a_sentence_only_speaks_of_is_no_label(text: str, labels: Labels) -> None:
    assert not why("labels", text, labels)


@pytest.mark.parametrize("text", lines(NOTHING_MEASURED))
def test_what_a_sentence_only_speaks_of_contradicts_no_measurement(text: str) -> None:
    for evidence in (FRONT, TURN, ASLEEP):
        assert not why("evidence", text, evidence=evidence)


@pytest.mark.parametrize("text", lines(CLAIMS))
def test_the_same_words_claimed_contradict_a_label(text: str) -> None:
    assert why("labels", text, YOUNG)


@pytest.mark.parametrize("text", lines(CLAIMS_OF_FRONT))
def test_the_same_words_claimed_contradict_a_measurement(text: str) -> None:
    assert why("evidence", text, evidence=FRONT)


def test_a_lower_bound_is_held_against_what_lies_below_it() -> None:
    assert not why("evidence", "The head is turned by at least twenty-five degrees.", evidence=TURN)


@pytest.mark.parametrize(
    "text",
    [
        "Whether from Lagos, Atlanta or London is unknowable.",
        "Anyone looking for strong emotion would be disappointed.",
    ],
)
def test_a_place_is_nobodys_name(text: str) -> None:
    assert not why("names", text)


@pytest.mark.parametrize(
    "text", ["A portrait of Samir Haddad. Expression: sad.", "This is Samira."]
)
def test_a_name_before_a_heading_is_one(text: str) -> None:
    assert why("names", text)


@pytest.mark.parametrize(
    "text",
    [
        "Were one told that this is a girl, one could hardly object.",
        "Colours can't be trusted without knowing the lamp.",
        "I'd be careful with ethnic labels.",
    ],
)
def test_what_one_was_not_told_is_no_leak(text: str) -> None:
    assert not why("leak", text)
