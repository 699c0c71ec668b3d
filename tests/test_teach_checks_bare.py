"""Bare words count only where they are claimed of the face or the picture; mentions do not.

A line is what is known of the face, and what is said of it.
"""

from __future__ import annotations

import pytest
from test_teach_checks import lines
from test_teach_checks_aside import _found

MENTIONED = """
frontal | It would be wise to obtain further views, among them a profile.
frontal | A second picture would help, say a profile.
frontal | The picture shows the head from the front or an oblique front view.
turned | It reveals depth that a frontal view conceals.
turned | Direction of light: roughly frontal.
turned | For his own sense of direction, the turn is to the left; for the viewer it is to the right.
turned | For his own sense of direction, the turn is to the right; for the viewer it is to the left.
turned | The turn shortens distances, so frontal references match it only in part.
turned | The head is held straight instead of leaning towards a shoulder.
turned | A frontal face shows its two cheeks in equal width.
sharp | I would say Asian, knowing that such groupings are coarse and their borders blurry.
sharp | So little light reaches the skin that fine detail is mostly lost.
blurred | At this size, individual pores are beyond what the picture resolves.
bright | A bright exposure means that underexposure is no obstacle to the examination.
mouth_open | Brows and mouth together carry most of the message in a face.
mouth_open | The reading of the expression draws on the brows, the eyes and the mouth together.
eyes_closed | As no glasses are worn, the eye region is open to examination.
old | It is an older face, quite unlike the rounded compactness of a child's.
old | The smooth contours of a twenty-year-old are long gone.
young | The face is that of a grown person, the baby roundness being long gone.
young | The wrinkles of an elderly face are not to be expected.
young | Childhood is over and middle age has not begun.
young | An adult's eyes lie halfway up the head, those of a baby below that line.
young | Pictures differ, since a child's face grows.
baby | The bridge that an adult has takes years to grow.
baby | The cheeks are plump, unlike the thinner skin of an elderly face.
"""

CLAIMED = """
frontal | Full profile, with the nose pointing out of the frame.
frontal | Captured in profile, the face shows a straight nose line.
frontal | The person poses sideways to the camera.
frontal | A pronounced profile view hides the far eye.
frontal | The head is at a right angle to the camera.
frontal | We see one ear and one cheek only.
turned | A frontal portrait with a calm look.
turned | The camera angle is frontal and at eye level.
turned | With a frontal pose and even light, the face is easy to read.
turned | The pose is that of a passport photo.
sharp | A blurry portrait of a person.
sharp | The overall impression is one of blur.
blurred | Individual eyelashes can be counted.
bright | Lighting: dim and uneven.
bright | The features are hard to see in the dim light.
bright | The dim surroundings leave the face obscure.
dark | A strong lamp lights the whole face.
dark | The lighting is more than sufficient.
dark | The lighting conditions can be called excellent.
mouth_closed | Mouth wide open, the person seems to shout.
mouth_open | The brows are low, and the lips are pressed together.
eyes_open | Closed eyes and a relaxed brow suggest sleep.
old | One would take the person for a student.
young | I would put this face at about seventy.
young | The features are those of an elderly person.
young | The cheeks are full, those of a child.
young | The face is a child's.
male | The woman does not smile.
male | A woman's face is shown.
male | The jaw that this woman has is soft.
male | The impression is that a woman is shown.
"""


@pytest.mark.parametrize("line", lines(MENTIONED))
def test_what_is_only_mentioned_contradicts_nothing(line: str) -> None:
    assert not _found(line)


@pytest.mark.parametrize("line", lines(CLAIMED))
def test_the_same_words_claimed_contradict(line: str) -> None:
    assert _found(line)
