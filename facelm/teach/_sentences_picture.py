"""Sentences of the `measured` teacher about the picture: light, pose, forensic use, the whole.

How they are put together stands in `_compose`; what fills the slots in `_pose`, `_light`,
`_limits` and, for the whole, in all of them.
"""

from __future__ import annotations

from facelm.teach._compose import Bank

LIGHT = Bank(
    sections=(
        (
            "{side}, and {level}.",
            "{level}, and {side}.",
            "In this picture {level}, while {side}.",
            "As to the lighting, {level}; {side}.",
            "The lighting can be read off the face: {side}, and {level}.",
            "{level}, and {contrast}.",
            "Looking at the light, {side}, and {contrast}.",
            "{side}; {contrast}.",
            "Overall {level}, {side}, and {contrast}.",
            "Seen as a photograph, {sharp}, and {level}.",
            "{sharp}, while {side}.",
            "Concerning the light, {side}.",
            "{level}.",
            "{side}.",
            "{contrast}.",
        ),
        (
            "{sharp}, and {contrast}.",
            "As for the image quality, {sharp}.",
            "In terms of quality, {sharp}.",
            "{sharp}.",
            "In addition, {contrast}.",
            "{contrast}.",
            "Besides, {level}.",
            "At the same time, {side}.",
        ),
        (
            "Also, {size}.",
            "It should be said that {size}.",
            "{contrast}.",
            "{sharp}.",
        ),
    ),
    closings=(
        "This is judged on the face alone, not on the background.",
        "Brightness here depends on the light, the camera and the skin together.",
        "The measure covers the area between forehead and chin.",
        "The background was not taken into account.",
    ),
    sentences=(2, 3),
)

POSE = Bank(
    sections=(
        (
            "The head is {turn}, and {tilt}.",
            "The head is {turn}; {roll}.",
            "The face is {turn}, while {tilt}.",
            "This is {turn view}: the head is {turn}.",
            "The picture gives {turn view}, and {tilt}.",
            "Seen by the viewer, the head is {turn}.",
            "The person's head is {turn}, and {roll}.",
            "With the head {turn}, {tilt} and {roll}.",
            "In this picture the face is {turn}.",
            "We see the face in {turn view}, for the head is {turn}.",
            "As to the pose, the head is {turn}; {tilt}.",
            "{tilt}, and the face is {turn}.",
            "{roll}, and the face is {turn}.",
            "The camera has caught {turn view}; {roll}.",
            "The head is {turn}.",
        ),
        (
            "{tilt}, and {roll}.",
            "Besides, {tilt}.",
            "Looking at the vertical, {tilt}.",
            "At the same time, {roll}.",
            "As for a lean to the side, {roll}.",
            "{tilt}.",
            "{roll}.",
        ),
        (
            "In addition, {roll}.",
            "Moreover, {tilt}.",
            "{roll}.",
        ),
    ),
    lead="turn",
    closings=(
        "Left and right are meant as the viewer sees them.",
        "The angles are estimates from this one picture.",
        "All sides are given as they appear in the picture.",
        "This is the position of the head, not the direction of the gaze.",
    ),
    sentences=(2, 3),
)

FORENSIC = Bank(
    sections=(
        (
            "An examiner should keep in mind that {trouble}.",
            "For a comparison it matters that {trouble}.",
            "A comparison of this picture with another is made harder because {trouble}.",
            "{trouble}, which should be weighed in any comparison.",
            "Two points deserve care: {trouble}, and {other trouble}.",
            "What limits the use of this picture is that {trouble} and that {other trouble}.",
            "{trouble}; moreover, {other trouble}.",
            "The main difficulty is that {trouble}.",
            "Before the picture is used for a comparison, note that {trouble}.",
            "The evidence in this picture is reduced, since {trouble}.",
            "As a record of a face the picture has a weakness: {trouble}.",
            "{clear}: {plus}, and {more plus}.",
            "As far as it was measured, {clear}, for {plus} and {more plus}.",
            "In this picture {plus} and {more plus}; {clear}.",
            "{plus}, and {more plus}, so that {clear}.",
            "{plus}, which helps when faces are compared.",
        ),
        (
            "In addition, {other trouble}.",
            "It also counts that {other trouble}.",
            "{other trouble} as well.",
            "Furthermore, {third trouble}.",
            "On the other hand, {good}.",
            "In its favour, {good}.",
            "It helps, however, that {good}.",
        ),
        (
            "Finally, {third trouble}.",
            "Still, {good}.",
            "To its credit, {good} and {more good}.",
        ),
    ),
    lead="trouble",
    closings=(
        "This concerns the picture only and says nothing about who is shown.",
        "Signs of make-up or editing were not measured.",
        "Identity cannot be judged from these remarks.",
        "These remarks are about image conditions and not about identity.",
    ),
)

FULL = Bank(
    sections=(
        (
            "The picture shows what looks like {who}, apparently {age}.",
            "This is a picture of what appears to be {who}, probably {age}.",
            "We see the face of what may be {who}, perhaps {age}, in {turn view}.",
            "In {turn view}, the picture shows a person who appears to be {who}, {age}.",
            "The image shows what may be {who}, {age}, whom observers might describe as {race}.",
            "The face in this picture appears to be that of {who}, likely {age}.",
            "Here is {turn view} of a face that seems to belong to {who}, {age}.",
            "The person in the picture looks like {who} who may be {age}.",
            "The picture shows a face that looks like that of {who}.",
            "The image seems to show {who} in {turn view}.",
            "This looks like the face of {who}, and the head is {turn}.",
            "The picture shows a face, and {level}.",
            "The picture shows a face in {turn view}, and {mouth}.",
            "In this picture of a face the head is {turn}, and {level}.",
        ),
        (
            "The person might be described as {race}.",
            "Observers would probably call the appearance {race}.",
            "The head is {turn}, and {tilt}.",
            "The head is {turn}; {roll}.",
            "The face is {turn}.",
            "{tilt}, and {roll}.",
            "{roll}.",
        ),
        (
            "{feeling}, for {signs}.",
            "{feeling}, and {mouth}.",
            "{mouth}, and {smile}.",
            "{mouth} and {eyes}.",
            "As for the expression, {smile}, while {eyes}.",
            "In the face, {mouth}.",
            "{eyes}.",
            "{feeling}.",
        ),
        (
            "{hair}, {glasses}, and {beard}.",
            "{hair}, and {glasses}.",
            "{hair}.",
            "{glasses}, and {beard}.",
            "{set}, and {opening}.",
            "{set}.",
        ),
        (
            "{level}, {side}, and {contrast}.",
            "{side}, and {level}.",
            "As to the light, {level}; {side}.",
            "{level}.",
            "{side}.",
        ),
        (
            "The picture as such can be judged too: {sharp}.",
            "{sharp}, and {contrast}.",
            "In quality, {sharp}.",
            "{contrast}.",
        ),
    ),
    lead="who",
    closings=(
        "Age, gender and background are impressions and not facts about a person.",
        "Everything here is read from one picture and may be wrong.",
        "Who the person is cannot and should not be told from this.",
    ),
    sentences=(5, 6),
    words=(25, 90),
)
