"""Whether a bare word is claimed of this face or picture: without a verb it needs a frame.

"The face is turned in profile" can hardly mean anything else. "A profile", "frontal", "blurry" and
"gloom" alone claim nothing: they count as what the face or the picture is, shows or is shown in,
under a heading of their topic, or where they open a statement. Anywhere else ("depth that a
frontal view conceals", "their borders blurry") they are only mentioned.
"""

from __future__ import annotations

import re

_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|being|has|have|had|does|do|did|looks?|appears?|seems?|shows?"
    r"|lies?|sits?|stands?|faces?|turns?|comes?|falls?|can|see|sees|leaves?|gets?|reaches"
    r"|remains?|stays?|makes?|keeps?|lets?|forms?|gives?|rests?)\b"
)
_WHOM = (
    r"(?:head|face|person|subject|sitter|m[ae]n|wom[ae]n|boy|girl|child|baby|infant|individual|he"
    r"|she|they|it|this|model|lady|gentleman|youth|guy|nose|features)"
)
_WHAT = (
    r"(?:views?|pose|posture|portrait|pictures?|photos?|photographs?|images?|shot|orientation"
    r"|position|perspective|angle|camera|lens|scene|framing|composition|presentation|alignment"
    r"|stance|rendering|capture|turn|rotation|yaw|impression|result|effect|problem|quality)"
)
_LIT = (
    r"(?:light\w*|illumination|exposure|brightness|skin|room|setting|surroundings|conditions"
    r"|visage|whole|area|complexion|environment|atmosphere)"
)
_DRAWN = (
    r"(?:details?|focus|edges?|contours?|outlines?|lines?|sharpness|texture|resolution|quality"
    r"|rendering|everything|all|skin|definition|pores?|lashes|hairs?)"
)
_IS = (
    r"(?:is|are|was|were|be|been|being|looks?|looking|appears?|appearing|seems?|remains?|stays?"
    r"|lies|sits?|stands?|rests|comes?|turned|turns|reads|keeps?|kept|held|holds?|leaves|left|has"
    r"|have|having|shows?|showing|presents?|presenting|presented|depicts?|depicting|offers?|gives?"
    r"|giving|adopts?|adopting|takes?|taken|taking|makes?|made|enjoys?|gets?|receives?|faces"
    r"|facing|lacks?|suffers?|meets?|renders?|rendered|displays?|features?|catches|captures?"
    r"|caught|pictured|seen|see|sees|found|find|photographed|captured|depicted|portrayed|viewed"
    r"|shot|recorded|drawn|framed|posed|positioned|set|placed|shown|provides?|fills?|sinks?|bathed"
    r"|lost|hidden|emerges?|emerging|disappears?|called?|describe[ds]?|say|said|think|judge"
    r"|through|points?|pointing|directed|oriented|with|due to|owing to|because of|thanks to)"
)
# What does not belong to one phrase: "the depth it has is what a frontal view conceals".
_FILL = (
    r"(?: (?!that\b(?! of)|which\b|who\b|whose\b|whom\b|what\b|where\b|when\b|while\b|than\b"
    r"|among\b"
    r"|between\b|if\b|unless\b|because\b|like\b|unlike\b|obtain|needed|useful|required|for\b"
    r"|without\b|against\b|compar)[\w'-]+,?)"
)


def _frame(subjects: str, headings: str) -> re.Pattern[str]:
    """What must stand before a bare word for it to be said of one of some subjects."""
    return re.compile(
        rf"\b(?:{subjects})\b[^;:]{{0,40}}?\b{_IS}{_FILL}{{0,6}} $"
        rf"|\b(?:{subjects})(?:'s)?{_FILL}{{0,3}} $"
        rf"|\b(?:we|i|one|you|there|here)\b(?: [\w'-]+){{0,3}}?(?: |')(?:d|{_IS}|get|are given)"
        rf"{_FILL}{{0,6}} $"
        rf"|\b(?:{subjects})(?: [\w'-]+ly|,)?(?: (?:in|from|at|of|with|on))+(?: [\w'-]+){{0,2}} $"
        rf"|\b(?:{headings})\b[^.;:]{{0,20}}(?::|\*+ [;-])\W*(?:[\w'-]+,? ){{0,4}}$"
        rf"|\b(?:the|this|his|her|their|its|such|so)(?: [\w'-]*[^\Ws],?){{0,2}} $"
    )


# "Heavy blurring hides the texture", "frontal pose, head level": what opens a statement.
_OPENING = re.compile(
    r"(?:^|[,;:(]|\b(?:and|but|so|since|because|as|though|although|while)\b)\W*(?:(?:and|with|in"
    r"|from|at|an?|the|its|his|her|their|both|almost|rather|quite|very|so|not|more|still|too|also"
    r"|marked|strong|clear|some|here|there|bright|good|soft|deep|motion|visible|due to|because of"
    r"|[\w'-]+(?:ly|ed|al|ic|ish|y|ing|nt)),? )*$"
)
_FRAMES = {
    "pose": _frame(rf"{_WHOM}|{_WHAT}", r"pose|view|orientation|position|head|face|yaw|angle"
                   r"|turn|rotation|perspective|posture|camera"),
    "light": _frame(rf"{_WHOM}|{_WHAT}|{_LIT}", r"light\w*|exposure|illumination|brightness"
                    r"|level|quality|picture|image"),
    "sharpness": _frame(rf"{_WHOM}|{_WHAT}|{_DRAWN}", r"sharpness|focus|quality|picture|image"
                        r"|detail|resolution|clarity"),
}  # fmt: skip

# "Brows and mouth together carry the message": no mouth is said to be together.
_PAIR = re.compile(r"(?:eyes?|mouth|lips?|lids?|eyelids?|jaws?|brows?)\b")
_CARRY = re.compile(
    r" (?!in\b|with\b|at\b|as\b|for\b|on\b|under\b|over\b|from\b|against\b|behind\b|near\b|to\b"
    r"|into\b|like\b|and\b|by\b|of\b)[a-z]+ (?:the|most|much|many|an?|more|what|how)\b"
)
_LISTED = re.compile(
    r"\b(?:brows?|eyebrows?|eyes?|eyelids?|cheeks?|nose)\b[^.;:]{0,20}\band"
    r" (?:the |his |her |their )?\Z"
)


def claimed(low: str, start: int, end: int, kind: str) -> bool:
    """Whether what stands at a place of a sentence is said of this face or picture.

    Args:
        low: the sentence in lower case.
        start: where the words begin.
        end: where they end.
        kind: `pose`, `light` or `sharpness`.
    """
    if _VERB.search(low, start, end):
        return True
    before = low[max(0, start - 110) : start]
    if _PAIR.match(low, start) and _CARRY.match(low, end):
        return False
    if low[start:end].endswith(" together") and _LISTED.search(before):
        return False
    if kind not in _FRAMES:
        return True
    return bool(_FRAMES[kind].search(before) or _OPENING.search(before))
