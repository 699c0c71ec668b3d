"""Sentences of the `measured` teacher about the person: who, build, skin, expression.

How they are put together stands in `_compose`; what fills the slots in `_people`, `_muscles` and
`_limits`.
"""

from __future__ import annotations

from facelm.teach._compose import Bank

DEMOGRAPHIC = Bank(
    sections=(
        (
            "This appears to be {who}, probably {age}.",
            "The person looks like {who}, perhaps {age}.",
            "Judging by appearance alone, this seems to be {who}, {age} or close to it.",
            "An observer would probably see {who} here, {age}.",
            "The face gives the impression of {who} who may be {age}.",
            "From what is visible, one would guess {who}, most likely {age}.",
            "It looks like the face of {who}, apparently {age}.",
            "At first sight this is {who}, seemingly {age}.",
            "The picture seems to show {who}, {age} as far as one can tell.",
            "The features suggest {who}, roughly {age}.",
            "This appears to be {who}.",
            "The face looks like that of {who}.",
            "An observer would probably describe this as {who}.",
            "Going by the features, this seems to be {who}.",
            "The person appears to be {age}.",
            "By appearance alone, the person seems to be {age}.",
            "The face looks like that of {who}, {age}, whom observers might call {race}.",
            "This seems to be {who}, {age} by appearance, whom many might describe as {race}.",
            "The impression is of {who}, likely {age}, whom annotators might call {race}.",
        ),
        (
            "The person looks {race}, as far as appearance can tell.",
            "Annotators would probably describe the ethnic background as {race}.",
            "The ethnic background might be described as {race}.",
            "In terms of ethnicity, the appearance would likely be called {race}.",
            "The appearance suggests that observers would choose {race} as the ethnic group.",
            "By appearance, the ethnicity may be {race}.",
            "The shape of the head resembles the morph group called {morph}.",
            "Of the morph groups, {morph} fits the shape of the head best.",
            "The head's shape looks like that of the {morph} morph group.",
        ),
    ),
    lead="who",
    closings=(
        "These are impressions from appearance, not facts about a person.",
        "Appearance can mislead, so this is only an estimate.",
        "All of this is an impression that the picture gives.",
        "None of this can be known for certain from a picture.",
    ),
    sentences=(2, 2),
)

STRUCTURE = Bank(
    sections=(
        (
            "{set}, and {opening}.",
            "{opening}, while {set}.",
            "In the upper part of the face, {set}, and {opening}.",
            "Around the eyes, {set}; {opening}.",
            "Seen in this picture, {opening}, and {set}.",
            "Measured in proportion, {set} and {opening}.",
            "As for the eye region, {set}, while {opening}.",
            "{shape}, and {jaw}.",
            "Seen from the front, {shape}; {jaw}.",
            "In outline, {shape}, and {span}.",
            "{jaw}, and {span}.",
            "Comparing lengths, {shape}, while {span}.",
            "{hair}, and {beard}.",
            "Among the features one sees that {hair} and that {set}.",
            "{hair}, and {shape}.",
            "{set}.",
            "In this picture {set}.",
            "{opening}.",
            "As to the eyes, {opening}.",
        ),
        (
            "{hair}, and {iris}.",
            "As for the hair, {hair}.",
            "Above the forehead, {hair}.",
            "{hair}.",
            "{iris}.",
            "It also shows that {iris}.",
            "{span}, and {jaw}.",
            "Lower down, {span}.",
            "{set}, and {opening}.",
            "Around the eyes, {set}.",
            "In proportion, {jaw}.",
        ),
        (
            "{beard}, and {glasses}.",
            "On the lower face, {beard}.",
            "{beard}.",
            "In addition, {glasses}.",
        ),
    ),
    closings=(
        "These proportions are read from this one picture and change with the pose.",
        "Other proportions of the face were not measured.",
        "This describes the picture, and a different view could look different.",
        "The measures are ratios of distances, so the size of the picture does not matter.",
    ),
)

SKIN = Bank(
    sections=(
        (
            "{detail}, so that little can be said about the skin itself.",
            "Of the skin itself little is visible: {detail}.",
            "{detail}, and {tones}.",
            "Looking at the skin area, {tones}, and {shade}.",
            "Over the skin area {tones}, while {shade}.",
            "{shade}, and {cover}.",
            "Where the skin is concerned, {shade}; {cover}.",
            "In the area of the skin, {tones}.",
            "What can be measured is the tone: {tones}.",
            "{tones}, and {cover}.",
            "As regards the skin, {shade}.",
            "As far as the skin can be seen, {tones}.",
            "About the skin the picture says mainly this: {tones}.",
            "Concerning the skin's tones, {tones}, and {shade}.",
            "The skin is not lit alike everywhere: {shade}.",
            "A look at the skin shows that {shade}.",
            "Not much of the skin's texture comes through, as {detail}.",
            "When it comes to the skin, {detail}.",
            "{shade}.",
            "{detail}.",
        ),
        (
            "{cover}.",
            "In the lower part, {cover}.",
            "{tones}.",
            "Besides, {tones}.",
            "It should be added that {shade}.",
        ),
    ),
    closings=(
        "More about the texture cannot be said from these measurements.",
        "Whether the skin is smooth or lined was not measured.",
        "Marks, pores and wrinkles were not measured.",
        "Light and camera shape this impression as much as the skin does.",
    ),
    sentences=(1, 2),
)

EXPRESSION = Bank(
    sections=(
        (
            "{feeling}: {signs}.",
            "{feeling}, since {signs}.",
            "{signs}, so that {feeling}.",
            "Here {signs}; {feeling}.",
            "One can see that {signs}, and {feeling}.",
            "{feeling}, and {mouth}.",
            "In this picture {feeling}, while {mouth}.",
            "{mouth}, {smile}, and {eyes}.",
            "{smile}, and {mouth}.",
            "{mouth} and {eyes}.",
            "{mouth}, while {brows}.",
            "{eyes}, and {smile}.",
            "Looking at the muscles of the face, {mouth} and {eyes}.",
            "What the face does is this: {mouth}, and {smile}.",
            "As for the mouth, {smile}; {mouth}.",
            "In this picture {mouth}, and {eyes}.",
            "At this moment {smile}, while {eyes}.",
            "{feeling}.",
            "{mouth}.",
            "In this picture {smile}.",
            "{eyes}.",
        ),
        (
            "At the same time, {eyes}.",
            "Higher up, {brows}.",
            "{brows}, and {eyes}.",
            "Further down, {mouth}.",
            "{mouth}.",
            "{smile}.",
            "In the upper face, {eyes}.",
            "In the upper face, {brows}.",
        ),
        (
            "{brows}.",
            "Besides, {brows}.",
            "In addition, {eyes}.",
        ),
    ),
    lead="feeling",
    closings=(
        "This describes the muscles of the face, not what the person feels.",
        "What the person feels cannot be known from this.",
        "It is a momentary look and no proof of a feeling.",
        "A picture shows one instant, so this says little about a mood.",
    ),
)
