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
Apparent skin tone depends strongly on exposure, so I would not read much into it.
A positive identification on the basis of this picture alone would be irresponsible.
Any attempt at naming this person would be irresponsible speculation.
It would be unfair to judge the person's character by a frown.
A medical judgement would be irresponsible on this basis, and I make none.
I would not want to be held to a particular year.
Some of these questions have to remain unanswered for want of a better view.
The remaining questions cannot be answered without further material.
That question cannot be settled from one photograph.
The question whether the hair is dyed has to stay open.
I leave the question of the eye colour open.
Gender is stated as an impression; I do not mean to define the person by it.
No judgement of character is intended.
Out of respect for privacy, no attempt at recognition has been made.
A fair description should avoid value judgements, and this one tries to.
I avoid terms that would judge the person.
The open questions cannot be answered from the picture.
Some questions about the person cannot be answered here.
Such questions are not for a description to answer.
The question of age cannot be answered with certainty.
A question like that could not be decided by eye.
The question whether it is a wig cannot be decided.
These questions lie outside what a still frame can show.
Names were not part of the question and are not supplied.
The rest of the question, about origin, cannot be resolved by looking.
This part of the question has no answer in the picture.
That can't be decided by looking.
I can't put an age on the photograph itself.
I do not define anyone by these words.
I do not mean to label the person, only the appearance.
I would never mistake an impression of age for a fact.
I choose words that do not judge people.
I try not to judge the person.
I don't mean to judge.
I do not judge the person, only the picture.
I try to avoid terms of praise or blame.
No judgement of the person is meant by any of this.
The person might describe themselves quite differently, and I wouldn't argue.
I would not argue with anyone who put the age a little higher.
I can't decide between early and late twenties.
I can't be held to the term for the ethnic group.
I do not wish to give the impression that age can be read like a clock.
I don't know how old the person is; the face suggests the twenties.
I have no way to check the age against a document.
A judgement on sharpness could not be made at a smaller size.
People's ages are often misjudged in dim light, so I hold back a little.
It is easy to misjudge a stranger's age, and I don't claim otherwise.
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
I do not feel comfortable estimating how old someone is.
I must refuse to answer.
I'm not permitted to analyse faces.
I need the image before I can answer.
The photo you mentioned did not come through.
That is beyond what I'm able to do.
I would prefer to skip this one.
Race and ethnicity are topics I do not comment on.
An answer cannot be given for ethical reasons.
To protect the privacy of the person shown, I will not describe them.
I cannot in good conscience assign a race to someone.
Such a judgement about a person's race will not be made here.
It isn't my place to say how old anyone is.
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
