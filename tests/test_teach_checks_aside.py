"""Readings that are set aside, compared or of another case; and the same claimed, and more claims.

A line is what is known of the face, and what is said of it.
"""

from __future__ import annotations

import pytest
from test_teach_checks import lines, why

from facelm.types import Evidence, Labels

LABELS: dict[str, Labels] = {
    **{sex: {"sex": sex} for sex in ("male", "female")},
    **{stage: {"age_stage": stage} for stage in ("young", "old", "baby", "child")},
    **{mood: {"expression": mood} for mood in ("neutral", "happy", "angry")},
    **{group: {"morph_group": group} for group in ("african", "asian", "caucasian")},
}
EVIDENCE = {
    "bright": Evidence(brightness=0.7),
    "dark": Evidence(brightness=0.15),
    "lit_left": Evidence(light_side=-0.3),
    "lit_right": Evidence(light_side=0.3),
    "blurred": Evidence(sharpness=0.2, contrast=0.12),
    "sharp": Evidence(sharpness=6.0, contrast=0.15),
    "frontal": Evidence(yaw=3),
    "turned": Evidence(yaw=52),
    "eyes_open": Evidence(yaw=3, eye_open=0.3),
    "eyes_closed": Evidence(yaw=3, eye_open=0.05),
    "mouth_closed": Evidence(yaw=3, mouth_open=0.02),
    "mouth_open": Evidence(yaw=3, mouth_open=0.3),
}


def _found(line: str) -> str:
    known, _, text = line.partition(" | ")
    check = "labels" if known in LABELS else "evidence"
    return why(check, text, LABELS.get(known, {}), EVIDENCE.get(known, Evidence()))


SET_ASIDE = """
male | Not much here would make one think of a woman.
male | I find no grounds for a female reading.
male | A female reading would need other proportions.
male | The difference from a female face is small in this case.
male | The proportions argue against a female reading.
male | A female reading sits badly with the jaw.
male | Such lips occur in women as much as in men.
male | The lips are full, which people sometimes call feminine, but the whole is male.
male | I considered a female reading, but the jaw is against it.
male | The likelihood that this is a woman is low.
male | A viewer expecting a woman would be corrected at once.
male | Whoever expects a woman here will be surprised.
male | Only the length of the hair could make one think of a woman.
female | The face lacks what one thinks of as male.
female | The heavier brow of most males is missing.
female | The jaw is lighter than that of the average man.
female | A man would likely show a trace of stubble.
female | With a cap on, the person might pass for a man.
female | The brow deviates from that of a typical man.
young | The texture of the skin contradicts old age.
young | Little in the face recalls a child.
young | Little remains of the roundness of a child.
young | The roundness of a child's cheek has given way to firmer lines.
young | Sixty is out of the question.
young | A face of seventy would have thinner lips.
young | Somebody of seventy would have thinner lips.
young | The lips are as full as those of a child.
young | A lens of 70 or 85 millimetres would give such a view.
young | The head takes up some 60 to 70 per cent of the height.
young | An estimate of 20 to 35, not 40 to 60, would be my choice.
young | If the light were harsher, one might say forty.
young | Some viewers might go as high as forty, but hardly to fifty.
young | A child is ruled out by the length of the face.
young | The length of the face makes a child unlikely.
young | This is hardly the face of a child.
young | The person might have grandparents in their seventies.
old | The firmness of a teenager's skin is gone.
old | It takes more than thirty years to form such lines.
old | Someone of thirty would have few of them.
old | A grandchild might see more in the face than a stranger.
old | The range from child to young adult need not be considered.
old | There is none of the fullness that goes with early adulthood.
baby | The proportions are far from adult ones.
baby | The proportions differ from the adult ones in every respect.
baby | An adult may be holding the child outside the frame.
baby | The parents, presumably young adults, are not in view.
baby | Sitting still for an adult with a camera is hard at this age.
baby | A schoolchild would have more of a chin.
child | The adult shape of the nose cannot be foreseen.
child | The nose has yet to take on its adult shape.
child | The step to a teenager is still ahead.
dark | Sadly, the face is too dark to show the finer lines.
neutral | The face holds little that would suggest joy or sorrow.
neutral | The look is nearer to rest than to sorrow.
neutral | A sad expression would pull the inner brows up.
neutral | The expression could turn to joy or sorrow within a second.
neutral | People tend to read sadness into a resting face.
neutral | Resting faces are often taken for sad ones.
neutral | The expression might be mistaken for mild sadness.
neutral | The shape of the brows can give any face a touch of sorrow.
neutral | The mouth lacks the tension that comes with anger.
neutral | The mouth lacks the tension of an angry face.
neutral | There is no display of joy, sadness, fear or anger in the expression.
happy | The expression is a departure from a neutral look.
happy | The expression is more than neutral.
angry | Strain may look like anger, and so may thought, in any face.
angry | The expression could also come from concentration rather than from a neutral state.
angry | It is the opposite of a neutral expression.
african | An East Asian reading can be excluded.
african | An East Asian reading would be far-fetched.
african | I see little that would suggest European roots.
african | Mixed European ancestry cannot be excluded.
african | The person may live in Europe, America or anywhere else.
african | The person may be a citizen of France, Germany or any other country.
african | The person may speak English, French or German.
african | White viewers may judge the age of the face less well.
african | Viewers of European descent may judge the age less well.
african | The white balance leans to neither side.
caucasian | Black and white would suit the portrait, too.
caucasian | The difference from an East Asian face lies mainly in the lids.
caucasian | Somebody from North Africa might look alike.
bright | The light spares the face any gloom.
bright | Nothing in the face is swallowed by darkness.
bright | No part of the face lies in darkness.
bright | The exposure prevents the face from looking dark.
bright | Underexposure is not a concern.
bright | If the light were dim, the face would be harder to see.
bright | The opposite of a gloomy picture, the portrait is full of light.
bright | Night-time pictures look quite different.
bright | The picture could not have been taken by candlelight in a dark room.
bright | Day or night, the lamp must have been a strong one.
bright | The darkest part of the face is under the chin.
bright | Poor light would be the last thing to complain of.
bright | Poor light cannot be blamed for anything here.
bright | Low light makes cameras produce grain; there is none here.
bright | With less light, the face would look dark.
bright | In an otherwise dark room a lamp can give such light.
bright | A dark vignette around the face is not present.
dark | Were the picture brightened, more of the face would be seen.
dark | The picture contrasts with a well-lit studio portrait.
dark | The lit side of the face is only a little brighter than the other.
dark | What light there is falls on the forehead.
dark | Bright sun can be excluded as the source of light.
lit_left | Since the shadow lies on the picture's right, the lamp must be on the other side.
lit_left | The shaded half faces away from the lamp at the picture's left.
lit_left | A light on the picture's right would have thrown the shadows the other way.
lit_left | The half at the picture's right receives less light than the other.
lit_left | The half at the picture's right is the less brightly lit one.
lit_left | Light hardly reaches the half at the picture's right.
lit_left | No direct light reaches the picture's right half of the face.
lit_left | The cheek at the picture's right is turned away from the light.
lit_left | The cheek on the viewer's right is farther from the light.
lit_left | The light falls off toward the picture's right.
lit_left | Brightness decreases toward the picture's right.
lit_left | A reflector on the picture's right would lift the shadows.
lit_left | The light does not come from the picture's right.
lit_left | The light comes from the left rather than from the picture's right.
blurred | Crisp edges are missing.
blurred | One wishes for sharper focus.
blurred | Sharpening filters cannot restore fine detail.
blurred | The picture falls short of sharp focus.
blurred | The picture is well short of being sharp.
blurred | The position of the features is clear, although their edges are not.
blurred | Some details can be made out, others not.
blurred | The main lines of the face are still visible.
sharp | Had the focus been missed, the lashes would run together.
sharp | Not a trace of blur disturbs the picture.
sharp | Any blur in the backdrop could not be seen, as it is plain.
sharp | The backdrop may be out of focus, which a plain surface does not reveal.
sharp | The shadows have soft edges, while the face is sharp.
sharp | The edges of the shadows are soft.
sharp | The soft look of the skin is no fault of the focus.
sharp | The clothing offers little detail.
sharp | Detail is lost only in the deepest shadows.
frontal | The same nose can seem longer in profile.
frontal | The view is at right angles to a profile.
frontal | For a profile one would have to move the camera.
frontal | How the head looks from the side is not shown.
frontal | The depth of the chin shows best from the side.
frontal | A three-quarter view would give more depth.
frontal | The side of the head is barely seen.
frontal | The eyes may look to the side, the head does not.
frontal | A turn of even ten degrees would show.
frontal | A turn of thirty degrees or more would hide an ear.
frontal | It would take a turn of ninety degrees to make a profile.
frontal | A profile, by definition, shows one eye; here there are two.
turned | A passport office would reject the pose, since it asks for a frontal one.
turned | It would take a turn back towards the camera to make the view frontal.
turned | Seen from the front, the face would be wider.
turned | How wide the face is from the front cannot be told.
turned | The difference from a frontal view is plain.
turned | The view is anything but frontal.
eyes_open | With closed eyes the look would be different.
eyes_open | A blink would have hidden the irises.
eyes_open | The lids have not come down.
eyes_open | The upper lids hide the top of the irises.
eyes_open | Closing the eyes would relax the brows.
eyes_open | The camera did not catch a blink.
eyes_closed | If the eyes were open, their colour could be told.
eyes_closed | The eyes do not look at anything.
eyes_closed | The eyes do not meet the camera.
eyes_closed | The viewer looks at the lids in vain for a gaze.
eyes_closed | The eyes might open at any moment.
mouth_closed | An open mouth would show the teeth.
mouth_closed | The lips do not part.
mouth_closed | The person is not speaking or shouting.
mouth_closed | The corners of the mouth are apart by about the width of the nose and a half.
mouth_open | The lips do not meet.
mouth_open | Most portraits show a closed mouth.
mouth_open | With the mouth closed, the chin would sit higher.
"""


@pytest.mark.parametrize("line", lines(SET_ASIDE))
def test_what_is_set_aside_contradicts_nothing(line: str) -> None:
    assert not _found(line)


CLAIMED = """
male | The features argue for a woman.
male | It is likely that this is a woman.
male | I considered the face carefully, and a female reading is the one I settle on.
male | In this light, the woman looks calm.
male | The photographer caught a woman at rest.
male | The only reading that fits is female.
male | The dark backdrop sets off the woman's face.
male | Seen against the backdrop, the woman looks calm.
male | The woman keeps her head still.
male | The features fit a woman well.
male | The evidence points to a woman.
male | A woman with a calm look is shown.
male | When the picture was taken, the woman held still.
male | The face could be that of a woman.
young | The person is a child who sits still.
young | The lines make the person an elderly one.
young | In her later years, the person keeps a calm look.
young | The person could be a senior.
young | The features belong to a pensioner.
young | The sitter is well into old age.
old | The skin is as smooth as one would wish, and the person is about twenty.
old | The contours are those of a teenager.
old | The person is a teenager with a calm look.
old | The look is that of a person aged about 20.
old | The person is in the early twenties and looks calm.
old | The face belongs to a child.
baby | This is an adult with a calm look.
child | An adult with a calm look is shown.
neutral | The expression conveys joy.
neutral | Joy is written on the face.
neutral | The face shows anger.
neutral | The brows make the face look angry.
happy | The expression is neutral.
african | The features fit a European background.
african | The person looks East Asian.
african | The sitter has European roots.
asian | The person appears to be of European descent, but a picture proves little.
bright | Gloom covers the face.
bright | The light is poor.
bright | The portrait is underexposed.
dark | The face is well lit.
dark | The portrait is taken in bright light.
blurred | The edges are clearly drawn.
sharp | The face is blurred.
sharp | Detail is lost to blur.
sharp | The contours dissolve.
sharp | The picture is hazy.
lit_left | The lamp stands at the picture's right.
lit_left | The shadows point to a lamp at the picture's right.
lit_left | The half at the picture's right is brighter.
frontal | The head is seen in profile.
frontal | The face is shown side-on.
frontal | We see the head side on.
frontal | The head is turned away from the camera.
frontal | The person looks away from the camera.
frontal | A profile view is what we get.
eyes_open | The person is asleep.
mouth_closed | The lips are apart.
mouth_open | The mouth is closed.
mouth_open | The lips rest on each other.
young | The person has clearly reached a ripe age.
young | The face is weathered by seven decades.
young | The subject seems to be a septuagenarian.
young | The sagging, wrinkled skin speaks of old age.
young | The person is a small child.
young | The person can't be older than ten.
young | The subject is still in elementary school.
young | A tiny tot is shown.
young | Around 70 years old, I would say.
young | Age estimate: 60-70.
young | Estimated age: late sixties.
young | The person appears to be over 65.
young | The person is old enough to be a great-grandparent.
young | The subject is at least sixty.
young | The subject is sixty or so.
young | The person is in the seventh decade.
young | The look is that of a veteran in the seventies.
young | This is a pre-teen.
young | The child's face is round.
young | The little one looks calm.
old | The face is in the bloom of youth.
old | The person is fresh out of college.
old | The person is twenty at most.
old | The person is under thirty.
old | The subject is somewhere in the twenties.
old | It is a youth of about eighteen.
old | A young face looks at us.
old | A juvenile face is seen.
old | The person has yet to reach thirty.
old | The person has not yet turned thirty.
old | The subject is at the start of adult life.
old | The person is a twenty-something.
old | This is a student of about twenty.
old | A baby is shown.
old | The subject is a schoolchild.
baby | The person is middle-aged.
baby | The subject is in the forties.
baby | The person appears to be around 35.
baby | The person is an adult of about thirty.
baby | The subject has adult proportions.
baby | The facial proportions are those of a grown adult.
baby | The person is well into adulthood.
child | The person has reached middle age.
child | The person is in the mid-thirties.
child | The person looks fortyish.
child | The face shows the signs of midlife.
child | An elderly face is shown.
child | This person is old enough to drive.
dark | Bright illumination brings out the features.
dark | The exposure is bright.
dark | The photo is overexposed.
dark | The portrait enjoys good lighting.
dark | The lighting is strong and clear.
dark | The face is clear and bright.
dark | The overall brightness is high.
dark | Nothing about the light is dim.
dark | The light is far from dim.
dark | The face is not dark at all.
dark | Good, clear light shows every feature.
dark | Sunlight falls on the face.
dark | The light is ample enough to show every feature.
dark | A well-illuminated face is seen.
bright | The face is in shadow.
bright | The picture is very dark.
bright | The light is scarce.
bright | The face can barely be made out in the dark.
bright | The image lacks light.
bright | The face is shrouded in darkness.
bright | The face is underexposed.
bright | The light level is low.
bright | The face is half hidden in darkness.
bright | It is a gloomy, dark portrait.
bright | The picture was taken at night or in a dark room.
frontal | Only one side of the face is visible.
frontal | This is a profile shot.
frontal | The person has turned the head away.
frontal | The portrait is a side profile.
frontal | The head is rotated strongly.
frontal | A lateral view of the head is shown.
frontal | The head is swung far to the right.
frontal | The face is averted from the camera.
turned | It is a front view.
turned | The subject is facing forward.
turned | The person faces forward.
turned | The head points straight at the viewer.
turned | The head shows no rotation.
turned | The yaw is around zero.
turned | The orientation is frontal.
turned | The portrait is shot straight from the front.
turned | The face meets the camera squarely.
"""


@pytest.mark.parametrize("line", lines(CLAIMED))
def test_what_is_claimed_contradicts_what_is_known(line: str) -> None:
    assert _found(line)


def test_the_side_of_the_light_is_not_held_against_a_label_that_says_the_same() -> None:
    text = "The light comes from the picture's left."
    assert why("evidence", text, {}, EVIDENCE["lit_right"])
    assert not why("evidence", text, {"light_side": "left"}, EVIDENCE["lit_right"])
