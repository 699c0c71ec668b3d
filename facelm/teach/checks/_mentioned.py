"""Whether the grammar makes a word a mention: of another's, of anybody's, of a stage left behind.

"The bridge that an adult has", "those of a baby lie lower", "long past the stage of a girl",
"middle age has not begun": nobody says that this face is such.
"""

from __future__ import annotations

import re

# "The bridge that an adult has takes years": a relative clause of anybody, with nothing after its
# verb. "The impression is that a woman is shown" goes on.
_RELATIVE = re.compile(
    r"(?<!is )(?<!was )(?<!sure )(?<!me )(?<!say )(?<!suggests )(?<!think )(?<!clear )"
    r"\b(?:that|which|as|what|where|how|than) (?:an?|any|every|most|no) (?:\w+[ -])?$"
)
_GAP = re.compile(
    r"(?:[- ](?:view|face|person|head|pose|picture|portrait|mouth))? (?:\w+ly )?(?:has|have|had"
    r"|does"
    r"|do|did|(?!is\b|was\b|this\b)[a-z]{2,}s)(?: (?:at|in|on|by) \w+)?(?:\W*$|[,;:.)]"
    r"| (?:is|are|takes?|would|can|may|will|does|has|have|(?!this\b|his\b)[a-z]{3,}s)\b)"
)
# "Those of a baby lie lower", but "the features are those of a baby".
_THOSE = re.compile(r"\b(?:those|that|the ones?) (?:of|in|on) (?:an?|any|most) (?:\w+[ -])?$")
_ARE_THOSE = re.compile(
    r"(?:\b(?:is|are|was|were|be|like|as|looks?|seems?|resembles?|match\w*)|'s)(?: \w+){0,2} "
    r"(?:those|that|the ones?) \w+ (?:an?|any|most) (?:\w+[ -])?$"
)
_STOPS = re.compile(r"\W*$|[,;:.)]")
# "Long past the stage at which one would speak of a girl"
_PAST = re.compile(
    r"\b(?:past|beyond|out of|behind|left|outgrown|since) (?:\w+ )?(?:the|that|any|a) (?:\w+ )?"
    r"(?:stage|point|phase|time|period|days|softness|roundness|look|plumpness|fullness)\b[^,;:]*$"
    r"|\b(?:which|whom|where|when|that) (?:one|we|you|people|anybody|they) (?:would|might|could|may"
    r"|can) (?:\w+ )?(?:speak|talk|think|look|search|hope|wish|ask) (?:of|for|about)\b[^,;:]*$"
)
# "From a baby's softness to the creases of old age": a whole life
_RANGE = re.compile(
    r"(?<!anything )(?<!anywhere )(?<!somewhere )(?<!ranges )(?<!range )(?<!ranging )(?<!age )"
    r"\bfrom (?:an? |the |early |very )*(?!\d|about|around|mid|late|eighteen|twen|thir|for|fif|six"
    r"|sev|eigh|nine)[^,;:]{2,40} (?:to|through|until|into) [^,;:]{0,24}$"
)
_FROM_A = re.compile(r"\b(?:from|over|through|since|until|beside|near) an? (?:\w+ )?$")
_OWNS = re.compile(
    r"'s? (?!(?:\w+ )?(?:face|portrait|head|features) (?:is|are|was) (?:shown|seen|depicted"
    r"|presented"
    r"|pictured|in|what|at)\b)[\w-]+"
)
# "A child's face grows": of anybody
_ANYBODYS = re.compile(
    r"\W*(?:(?:and|but|since|because|as|for|while|whereas|so|that) )?(?:an?|any|every) (?:\w+ )?"
)
# "Unlike that of a child's.": the noun is left out
_CHILDS = re.compile(
    r"'s?(?:\W*$|[,;:.)]| (?:is|are|was|were|lie|lies|merely|only|would|and|or)\b)"
)
_IS_A = re.compile(r"\b(?:is|was|be|like|as|looks?|clearly|of) (?:an?|the) (?:\w+ )?$")
# "Middle age has not begun", where something else was said before "and"
_AND = re.compile(r"\b(?:and|while|yet|nor|so) (?:the |an? |any |her |his |their )?(?:\w+[ -])?$")
_HAS_NOT = re.compile(
    r" (?:(?:has|have|is|are|was|were|does|do|did|can|could|would|may) (?:not|never|hardly|no"
    r"|nowhere|yet to)\b|(?:has|have|is|are|does|do|could|can|would)n't\b|cannot\b|lies? (?:far"
    r"|years|decades|ahead|behind)\b)"
)
# "Not to be expected", "beyond what the picture resolves"
_NOT_THERE = re.compile(
    r"(?: (?:in|on|of|at|for|to) (?:the |this |such |an? )?\w+)? (?:(?:is|are|was|were) (?:\w+ly )?"
    r"not to be \w+|(?:is|are|lies?|remains?|stays?|falls?) (?:\w+ )?(?:beyond|below) (?:what|the)"
    r"\b|(?:is|are) no (?:\w+ )?(?:obstacle|hindrance|problem|concern|issue|worry|excuse|reason"
    r"|danger|threat|topic|question|factor|theme|option|candidate)\b|(?:is|are|being|having|has"
    r"|have|had|were|was)(?: \w+)? (?:gone|outgrown|left behind|faded away|passed)\b)"
)
# "Facing a decision, facing the camera: of these, only the last"
_OF_THESE = re.compile(r"[^;:.]*: (?:of (?:these|those|them)|these are|those are)\b")


def mentioned(low: str, start: int, end: int, first: int) -> bool:
    """Whether what stands at a place is only mentioned.

    Args:
        low: the sentence in lower case.
        start: where the words begin.
        end: where they end.
        first: where what belongs to them begins.
    """
    before = low[first:start]
    return bool(
        (_RELATIVE.search(before) and _GAP.match(low, end))
        or (_THOSE.search(before) and not _STOPS.match(low, end) and not _ARE_THOSE.search(before))
        or _PAST.search(before)
        or _RANGE.search(before)
        or (_OWNS.match(low, end) and (_FROM_A.search(before) or _ANYBODYS.fullmatch(before)))
        or (_CHILDS.match(low, end) and not _IS_A.search(before))
        or (_HAS_NOT.match(low, end) and _AND.search(before))
        or _NOT_THERE.match(low, end)
        or _OF_THESE.match(low, end)
    )
