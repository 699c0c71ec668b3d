"""What sounds as if the writer had been told of the face, and the same words where it was."""

from __future__ import annotations

import pytest
from test_teach_checks import lines, why

NOT_TOLD = """
The best label for the hairstyle is a matter of taste.
Wide-angle lenses are known to enlarge the nose.
We know from experience that a camera at close range widens the nose.
What the caption of such a picture would be is anyone's guess.
No caption or text accompanies the face within the frame.
A record of the camera settings is not part of the picture.
The image metadata, if any, were not examined.
Only metadata or a witness could tell when this was taken.
For casework, the original file with its metadata would be preferable to a copy.
As mentioned, the backdrop is plain.
As indicated by the shadows, there is one main source of light.
As described, the face is framed closely.
The impressions stated here are tentative.
Given the pose, not all of the ears can be seen.
Given the light, colours may be a little off.
Given the expression, the lines near the mouth may be temporary.
The available details do not allow for more.
The expected symmetry of a face is there.
The reported effects of such lenses include a broader nose.
The corresponding ear on the other side is less visible.
Your own impression may differ.
As you look at the picture, the eye is drawn to the middle of the face.
Readers are asked to treat the estimates with care.
I was struck by the plainness of the backdrop.
A person told to hold still often stiffens the neck.
Sitters are often asked to relax the jaw.
The eyes are set at a normal distance.
The forehead is marked as the brightest region only by its size.
The question of identity is left aside.
Following the contour from the ear to the chin, one meets no break.
The impression is given by the brows above all.
Depth is provided by shading, not by the backdrop.
The contrast is provided by the dark pupils against the white.
Some structure is given to the lower face by the line under the lip.
The note of seriousness may be due to the brows.
On that note, other viewers may differ.
A prompt change of expression is possible at any time.
The identified features are listed in no special order.
The said features are common to most faces.
The measured tone of these remarks reflects how little is certain.
The measurements of a face cannot be taken without a scale.
The numbers one could read off the picture would be relative.
The reference for such judgements is the average face.
We are given a single view of the head.
One is given a close view of the face.
We are shown the head and a strip of clothing.
No label is needed to see that the frame holds one head.
The label on a jar would be no easier to read at this size.
Labels of this sort are always rough.
Which label suits the mood best is open to debate.
A single label hardly does justice to the look.
I hesitate over the label, but "plain" seems right for the clothing.
"Oval" is the label most people would use for this outline.
Words such as "serious" are labels of convenience.
You get a clear view of the brows.
Let me know if you need more on any of these points.
The instructions for passport photos ask for a plain backdrop, and there is one.
Official guidelines specify a plain backdrop.
A dataset of faces would hold thousands of pictures like this one.
The fact that the ears are partly covered says little.
The cues given by the brows are stronger than those of the mouth.
There are hints of texture on the chin.
The mood is set by the brows.
The settings of the camera cannot be read off the picture.
The attributes that make a face memorable are not easy to name.
It has been said that a face tells a story, but this picture tells little of it.
It was probably intended as a plain record of the face.
What was said of the brows applies to the lids.
The age named here is no more than an estimate.
The values are approximate.
Any number given for the width of the face would be relative.
The direction of light stated here follows from the shadows.
How the person would describe their own background is unknown.
The declared purpose of a portrait can rarely be read off it.
No note, sign or inscription tells where this is.
A name tag or badge is not in view.
Perhaps the sitter had been told to hold still.
Someone may have told the sitter a joke, or nothing at all.
Known causes of redness include cold and heat.
Such lines are known as marionette lines.
The area described as the glabella lies between the brows.
As noted, there are no objects in view.
The above-mentioned limits apply here, too.
Of the traits listed, none is rare.
The rounded form gives the face some softness.
In this brief account, only the visible is covered.
I have been asked this of other portraits, too, and the answer is always tentative.
The emotion conveyed by a still picture is open to debate.
The pose is that prescribed for passport pictures, or close to it.
The face looked rounder at an earlier age, as all faces do.
Only people of known age could serve to test such estimates.
The apparent age may differ from the actual age.
The actual age could lie some years to either side.
The person's actual age cannot be told from a picture.
The hair was given a simple cut.
The light was provided by a lamp or a window.
Given the facial cues, the estimate is a loose one.
Given the pose of the head, one ear is favoured.
No part of the picture is labelled.
All of these labels are rough.
The demographic labels in common use are social categories.
Information beyond the visible is not included.
No other information was used.
Based on the provided image, the shape of the face is regular.
As you asked, I describe the face part by part.
Here is what you can see in the picture.
The records of a studio might tell when the picture was taken.
No significance is assigned to the clothing.
Faces are recorded as flat shapes by a lens far away.
The face is described here as it appears.
The person is not identified here, and no name is stated.
"""


@pytest.mark.parametrize("text", lines(NOT_TOLD))
def test_own_words_and_common_knowledge_are_no_leak(text: str) -> None:
    assert not why("leak", text)


TOLD = """
The label "neutral" fits the face.
The person is known to be an adult.
The subject is said to be of the age group in question.
The face is reported to be that of a grown person.
He is listed as an adult in the data.
We know that the person belongs to this age group.
I know from the label how old the person is.
A caption accompanies the picture and gives the age.
The attributes mentioned above agree with the picture.
As stated, the subject is an adult.
Given the age label, the skin is no surprise.
Given the information, I would agree.
Given the details provided, this is a calm face.
The tag says neutral.
The tag fits what is seen.
The true age is in keeping with the skin.
The correct age group explains the lines.
I am told that the person is calm.
I was given the age of the person.
The face is labelled as calm.
The age is recorded as such.
According to the record, the person is an adult.
In the record the person is an adult.
In the prompt, the expression was named.
The above label fits the picture.
It is stated that the head is turned.
This is consistent with the expression you specified.
You said that the face is turned.
From your description I take that the face is calm.
The supplied category is apt.
The annotators saw a calm face.
The question already tells the age.
The request mentions glasses, and there they are.
Since the age is known, I look at the lines.
The hint that the face is turned is right.
My input says that the face is calm.
The age bracket provided is believable.
The reported age is believable.
This matches the information on file.
The dataset calls this neutral.
The notes say the same.
Judging by the label, the face is calm.
The label attached to this face is right.
The face has been labelled by others, and I agree.
Your label is apt.
The provided age agrees with the look of the skin.
As indicated in the prompt, the face is turned.
Having been told the age, I find it believable.
You indicated that the light is soft.
My description follows the labels.
Since you mention the mood, I agree with it.
The metadata gives the age.
The file came with its metadata, which say thirty.
The age tag explains the lines.
I know the age from the data.
With the supplied age in mind, the skin makes sense.
The expression, as labelled, is calm.
The attributes listed are visible.
The answer was known in advance.
The category given to me is apt.
According to what was provided, the face is calm.
It was indicated that the person is calm.
The true label is easy to accept.
The recorded gender fits the look.
The declared ethnicity fits the look.
The expression is annotated as calm.
The record says calm.
Because the expression is known, I look at the brows.
As the group is given, I add nothing.
The caption says the same.
The facts given match the picture.
The label was helpful here.
I agree with the label.
Without the label, I would have hesitated.
As described to me, the person is calm.
As noted in the request, the light is soft.
It is given that the person is calm.
The reference label says calm.
The annotation reads calm.
The listed expression is there.
The classification given is right.
"""


@pytest.mark.parametrize("text", lines(TOLD))
def test_what_came_with_the_request_is_a_leak(text: str) -> None:
    assert why("leak", text)
