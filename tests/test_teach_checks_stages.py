"""Stages of life and other roundabout ways to say an age."""

from __future__ import annotations

import pytest
from test_teach_checks import lines, why

from facelm.types import Evidence

WRONG_OF_A_CHILD = """
A person of retirement age.
This person has long since left school behind.
The sitter must be drawing a pension.
She is college-aged.
A college-age face looks out at us.
The subject is a pensioner.
He seems to be in his prime.
She is in her prime.
**Age:** middle-aged
**Age group:** senior
Age: senior citizen
An octogenarian, going by the skin.
The person is in midlife.
A person well into adulthood.
Somewhere in the fourth decade of life.
This is someone old enough to be a grandparent.
A face that has seen sixty winters.
He is nearing retirement.
She could be celebrating her fortieth birthday.
The person seems to have passed fifty long ago.
I'd put the age at a little over forty.
Fiftyish.
Forty-something.
The subject is of working age.
The person is in the second half of life.
This is a fully mature adult.
A twenty-something with fresh skin.
The face is that of a grown-up.
Apparent age 45.
Age: approximately 45
Age estimate ~ 45
Estimated age 40-50.
age range forty to fifty
The face looks like that of a veteran of seventy summers.
He is legally an adult.
She is of voting age.
He is of drinking age.
The person has reached old age.
The person is past the prime of life.
A mature lady.
An ageing man.
An aging face.
The person appears advanced in years.
A greying elder.
The subject looks thirty if a day.
The face belongs to an adult in full maturity.
She has entered the autumn of life.
He is no spring chicken.
He is long in the tooth.
"""
WRONG_OF_THE_OLD = """
A person of school age.
The subject is school-aged.
A schoolchild by the look of it.
She is a pre-teen.
A pre-teenager.
He is a newborn.
This is a person who has only just left school.
College-aged, by the look of it.
**Age:** teenager
**Age group:** child
Age: toddler
At the end of his teens.
At the very beginning of her twenties.
He is barely out of his teens.
The person is not yet of age.
The person is a minor.
The face is that of someone under age.
The person can hardly be older than fifteen.
Someone in the first years of life.
Only a few months old.
A few years old at most.
The subject is in the first flush of youth.
She is still in her youth.
Someone who has not yet reached puberty.
A person of kindergarten age.
A tot.
A wee one.
A youngster.
A freshman at college.
She looks like a high-schooler.
A sixth-former.
A young adult.
He is a young man.
She has just come of age.
The person is in the springtime of life.
A person at the threshold of adulthood.
A person at the start of working life.
The person is too young to vote.
The person is too young to drive.
The person is still a child.
He could be in primary school.
She may be attending kindergarten.
He is in his tender years.
He's a lad of fifteen.
He is a stripling.
She is still in nappies.
Still a baby.
A very young person.
The person is very young.
The subject is quite young.
Age group: young.
Age: 20s
Age: mid-20s
Age: under 18
Aged under ten.
Less than 20 years of age.
In the first decade of life.
In the second decade of life.
"""
WRONG_OF_THE_YOUNG = """
Old age is written all over this face.
A retired person, I should think.
He is of pensionable age.
The person is in the evening of life.
A woman in her seventies.
She must be a great-grandmother.
A toddler looks out of the picture.
The baby's face is round.
The person is a preschooler.
An infant.
The face of a small child.
A kindergartner.
In the first year of life.
A person past sixty.
An elderly face.
**Apparent age:** seventy or so
**Age:** 70s
Age band: 60-69
This person has reached the biblical age of eighty.
A person two or three years old.
The person looks about two.
She looks roughly seven.
He is about eight years of age.
The person can be no more than six.
The person has the face of an old man.
A face in its eighth decade.
The person is in the last third of life.
Late in life.
The person has aged visibly and must be over seventy.
"""
FAIR_TO_A_CHILD = """
The proportions are not yet those of an adult.
The nose has not yet taken on the strength of adult features.
The jaw has not yet gained the firm outline of an adult.
A beard would be years away.
Nothing hints at a person of working age.
The person is not old enough to vote.
It would take decades until retirement.
This is no elder.
The face has none of the lines of an ageing person.
Nobody would take this for a person in their prime.
A pensioner is most unlikely.
The round cheeks make an adult improbable.
Proportions sit between those of a newborn, with its tiny chin, and those of an adult.
The skin is smoother than that of any ageing person.
Compared with a person in the second half of life, the face is round.
There are no folds, as they would appear in a pensioner.
School lies years ahead.
The first birthday may or may not have passed.
The child is too young to vote.
A first birthday cannot be far away, one way or the other.
The person is younger than any pensioner.
"""
FAIR_TO_THE_OLD = """
The youth of the eyes contrasts with the lines.
The person has left childhood behind long ago.
The picture may be a few years old.
The picture is a few months old at most.
The print could be only a few weeks old.
The person left school long ago.
This is not a young person.
The head is wide in the first instance.
In youth the hair may have been darker.
Hair of this kind starts to thin after the fortieth birthday.
A student or a toddler is ruled out.
These folds make a teenager very unlikely.
Lines like these are not found in a freshman.
The age is beyond the second decade of life.
The hair is growing back.
Freckles are common in the first years of life.
The face has a tender look.
The head looks about two thirds as wide as it is high.
She looks about two steps away from the camera.
The person seems about one arm's length away.
She is in the morning light.
The picture shows spring light.
"""
FAIR_TO_THE_YOUNG = """
No one would speak of the autumn of life here.
Neither deep folds nor sagging contours stand out, as they might in somebody of seventy.
Wrinkles, as one might describe them in a grandparent, play no part here.
Jowls, as one often sees them in pensioners, are missing.
The hair is not grey, as it would be in an elder.
The subject is past the first years of life.
Childhood and old age are both far away.
The person looks about two heads tall in the frame.
Retirement is decades away.
A long life may well lie ahead.
The person has come a long way from nappies.
It is late in the day.
The picture is of the first half of the year.
Facial hair of this extent makes a child or a teenager very unlikely.
"""


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (stage, line)
        for stage, many in (
            ("child", WRONG_OF_A_CHILD),
            ("old", WRONG_OF_THE_OLD),
            ("young", WRONG_OF_THE_YOUNG),
        )
        for line in lines(many)
    ],
)
def test_a_wrong_stage_of_life_is_found(stage: str, said: str) -> None:
    assert "the age label" in why("labels", said, {"age_stage": stage})


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (stage, line)
        for stage, many in (
            ("child", FAIR_TO_A_CHILD),
            ("old", FAIR_TO_THE_OLD),
            ("young", FAIR_TO_THE_YOUNG),
        )
        for line in lines(many)
    ],
)
def test_a_stage_that_is_not_claimed_is_left_alone(stage: str, said: str) -> None:
    assert not why("labels", said, {"age_stage": stage})


TURNED = Evidence(yaw=36)
LEFT_ALONE = [
    ("Vertically, the face points roughly straight ahead.", TURNED),
    ("The rotation does not reach the ninety degrees of a strict side view.", TURNED),
    ("The turn stays below ninety degrees.", TURNED),
    ("Sideways rotation is slight at most.", Evidence(yaw=5)),
    ("Eye colour must stay an open question.", Evidence(yaw=0, eye_open=0.06)),
    ("The left is lit more strongly than the right.", Evidence(brightness=0.15)),
    ("A blurred patch in a sharp picture is suspicious, a blurred picture merely poor.",
     Evidence(sharpness=6, contrast=0.15)),
]  # fmt: skip
CLAIMED = [
    ("The face points roughly straight ahead.", TURNED),
    ("The rotation reaches the ninety degrees of a strict side view.", TURNED),
    ("The head is turned sideways.", Evidence(yaw=5)),
    ("The eyes stay open.", Evidence(yaw=0, eye_open=0.06)),
    ("The face is strongly lit.", Evidence(brightness=0.15)),
    ("The picture is blurred.", Evidence(sharpness=6, contrast=0.15)),
]


@pytest.mark.parametrize(("said", "measured"), LEFT_ALONE)
def test_what_bounds_or_puts_off_contradicts_no_measurement(said: str, measured: Evidence) -> None:
    assert not why("evidence", said, evidence=measured)


@pytest.mark.parametrize(("said", "measured"), CLAIMED)
def test_the_same_said_plainly_does(said: str, measured: Evidence) -> None:
    assert why("evidence", said, evidence=measured)
