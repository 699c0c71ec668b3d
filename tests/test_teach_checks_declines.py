"""What is a refusal beside a description of a face, and what is only a remark."""

from __future__ import annotations

import pytest
from test_teach_checks import lines, why

DESCRIPTION = (
    "The face is oval with a straight nose. The hair frames the forehead, and the cheeks are"
    " smooth under soft light."
)

REMARKS = """
Although I won't identify anyone, the visible features can be described.
I won't guess at a name, but the face itself is easy to describe.
I can't say who this is.
As an AI, I have no way of knowing who this person is, so I stick to what is visible.
I'm unable to pin down an exact age.
I'd rather not commit to a narrower age range than this.
I cannot determine the person's mood with certainty.
I would not draw conclusions about personality or health from this.
I don't want to overstate the point.
I refrain from guessing at a profession.
Please treat these remarks as impressions, since I can't verify any of them.
For privacy reasons no name is suggested here.
For comparison, I would request several pictures taken from other angles.
It would be wrong to infer character from a face.
It would be unwise to rely on one picture.
Stereotypes about beards should not colour the reading.
I can't give a height or a weight, because no scale is shown.
An exact figure cannot be given.
No second image was provided for comparison.
The image is not available in a higher resolution, so pores stay hidden.
Please provide a larger picture if finer details matter.
I can't help noticing how even the light is.
The question of whether the smile is posed cannot be answered.
I would not describe the expression as angry.
I hesitate to be more specific about ethnicity.
I avoid firm statements about race; in appearance, though, the person is Black.
I'm reluctant to sort people by race, and if it must be done, White is the fitting word.
This estimate should not be taken as a statement about the person's actual age.
I skip the ears, since the hair covers them.
I cannot access the original file, only this portrait.
As an AI model, I may misjudge subtle cues of age.
I cannot estimate how tall the person is.
I won't comment on attractiveness.
I have avoided guessing at things such as occupation.
The rules of portrait photography are followed.
By ethical standards for forensic work, two people should look at it.
Assigning a race from a picture is always a rough matter.
I do not have a reference photograph to compare it with.
No picture can do that.
Feel free to ask about the hair or the light.
"""
REFUSALS = """
I'm sorry, but I can't help with that.
I cannot provide a description of this person.
I won't speculate about this person's ethnicity.
I would rather not guess anyone's age.
As an AI, I do not make judgements about race.
I have to decline this request.
I'll have to pass on this one.
Unfortunately, I am unable to process this image.
It is not appropriate to guess someone's ethnicity from their appearance.
Describing a person's race based on looks can reinforce harmful stereotypes.
My guidelines do not allow me to comment on sensitive attributes.
This goes against my content policy.
No image was attached.
It looks like the image didn't upload properly.
Please upload the image again.
I prefer not to assign a gender to the person shown.
Guessing people's age from their face is something I avoid.
Regarding ethnicity, I will not make a statement.
That's not something I can help with.
I'd be happy to help with something else instead.
A description of this individual cannot be provided.
Out of respect for this person's privacy, I won't go any further.
I cannot analyze facial features of real people.
I'm sorry, but I can't identify people.
This is a question I have to leave unanswered.
I choose to remain silent about the person's gender.
This falls outside of what I'm allowed to discuss.
Such a request conflicts with the principles I follow.
There appears to be no image attached to your message.
I shall abstain from any description of the person.
"""


@pytest.mark.parametrize("remark", lines(REMARKS))
def test_to_decline_something_beside_a_description_is_no_refusal(remark: str) -> None:
    assert not why("refusal", f"{DESCRIPTION} {remark}")
    assert not why("refusal", f"{remark} {DESCRIPTION}")


@pytest.mark.parametrize("refusal", lines(REFUSALS))
def test_to_decline_the_task_is_one_also_beside_a_description(refusal: str) -> None:
    assert why("refusal", f"{DESCRIPTION} {refusal}")
    assert why("refusal", f"{refusal} {DESCRIPTION}")
    assert why("refusal", refusal)
