"""Whether a reading is named only to be set aside, or belongs to another case than this one.

"The chance of a female reading is small", "I would be surprised to hear of seventy", "the length
of the face rules a child out": a sign of it stands close by, before or after the words.
"""

from __future__ import annotations

import re

_CHANCE = re.compile(
    r"\b(?:chances?|likelihood|probability|odds|possibilit\w+|risk|danger|case|support|evidence"
    r"|grounds|room|temptation|reason) (?:\w+ )?(?:of|that|for|to)\b[^,;:]*$"
)
_SMALL = re.compile(
    r"[^,;:]* (?:is|are|was|seems?|looks?|remains?|appears?) (?:\w+ ){0,2}?(?:small|slim|low"
    r"|slight|weak|remote"
    r"|negligible|minimal|tiny|poor|little|minute|nil|marginal|thin|scant|limited|minor)\b"
    r"|[^,;:]* (?:cannot|can't|can hardly|need not) be (?:\w+ )?(?:excluded|ruled out|dismissed"
    r"|denied)"
)
_SURPRISED = re.compile(
    r"\b(?:(?:would|will|should|might) (?:\w+ )?(?:surprise|astonish|be (?:\w+ )?(?:surpris\w+"
    r"|astonish\w+|unexpected|odd|strange|puzzled|wrong))|(?:i|we|one|would|might|may) "
    r"doubt)\b[^;:]*$"
)
# "I considered a female reading, but the jaw is against it"
_WEIGHED = re.compile(
    r"\b(?:consider\w*|weigh\w*|entertain\w*|toy\w* with|test\w*|tri(?:ed|es)|look\w* for"
    r"|search\w* for|check\w* for|think\w* of|thought of|tempt\w*) (?:[\w'-]+ ){0,4}$"
)
_BADLY = re.compile(
    r"[\w' -]{0,12} (?:sits?|goes|squares?|fits?|agrees?|accords?|stands?) (?:badly|ill|poorly"
    r"|uneasily|alone)\b"
    r"|[\w' -]{0,16} (?:is|are|seems?|looks?|would be) (?:\w+ )?(?:hard|difficult|impossible"
    r"|awkward"
    r"|not easy) to (?:square|reconcile|match|combine|defend|argue|sustain|support|maintain|justify"
    r"|uphold|see)\b|[\w' -]{0,16} (?:is|are|would be|remains?) (?:an?|the|another|only an?|at "
    r"best an?)"
    r" (?:\w+ )?(?:rival|alternative|competing|second|weaker|other|second-best|poor|further|distant"
    r"|candidate|runner-up)\b"
)
_BUT = re.compile(
    r"[^;:]*\b(?:but|yet|though|although|however)\b[^;:]*\b(?:against|not|n't|no|nothing|none|too"
    r"|reject\w*"
    r"|dropped|dismiss\w*|exclud\w*|lack\w*|wrong|aside|weak\w*|never|neither)\b"
)
_RULES_OUT = re.compile(
    r"\b(?:exclud\w+|preclud\w+|forbid\w*|negat\w+|disprov\w+|refut\w+|discourag\w+|spar(?:es|ed"
    r"|ing)|den(?:y|ies|ying)|reject\w*|dismiss\w*"
    r"|discard\w*|(?:sits?|goes|squares?|fits?|agrees?|accords?) (?:badly|ill|poorly|uneasily) with"
    r"|(?:hard|difficult|impossible) to (?:square|reconcile|match|combine) with"
    r"|little (?:\w+ )?(?:remains|is left|survives|is seen|can be seen|shows)) [^,;:]*$"
)
# "For an angry look, the brows sit too high"
_FOR = re.compile(r"\W*for (?:an? |the )?(?:\w+ ){0,2}")
_TOO = re.compile(r"[^;:]*\b(?:too|not [^;:,]* enough)\b")
# "Joy lifts the cheeks": a law, and nobody's joy
_MOOD = re.compile(
    r"\W*(?:joy|happiness|anger|rage|sadness|sorrow|grief|fear|terror|surprise|disgust|contempt"
    r"|gloom)"
)
_LIFTS = re.compile(
    r"(?: (?:and|or) \w+)? (?:often |usually |also |both )?(?:lifts?|raises?|lowers?|draws?|pulls?"
    r"|shares?"
    r"|widens?|opens?|narrows?|wrinkles?|tightens?|press(?:es)?|involves?|brings?|tends?|comes? "
    r"with"
    r"|goes? with|uses?|needs?|takes?|differs?)\b"
)
_RULES, _OUT = re.compile(r"\brul\w+ (?:[\w'-]+ ){0,4}$"), re.compile(r"[\w' -]{0,24} out\b")
_MAKES = re.compile(r"\b(?:mak|mad|render|leav|left)\w* (?:[\w'-]+ ){0,4}$")
_REMOTE = re.compile(
    r"[\w' -]{0,24} (?:(?:un|less )likely|improbable|implausible|impossible|remote|aside"
    r"|unexplained"
    r"|far off)\b"
)
# "The jaw would be small for a man"
_SMALL_FOR = re.compile(
    r"\b(?:would|might|could|may) (?:\w+ )?be (?:\w+ )?\w+ (?:for|in|on|by the standards? of)"
    r" (?:an?|most|the average) (?:\w+ )?$"
)
_WOULD_TAKE = re.compile(
    r"\b(?:would|might) (?:take|need) (?:\w+ )?(?:little|much|more|a lot|some|other|different"
    r"|only)\b"
)
# "With a cap on, the person might pass for a man"
_CHANGED = re.compile(
    r"\W*(?:with (?:an?|the|his|her|their) (?:\w+ ){1,3}(?:on|off|up|down|cut|hidden|covered"
    r"|removed"
    r"|gone|away)|(?:in|under|with|by) (?:an?)?(?:other|different|harsh\w*|poor\w*|better"
    r"|strong\w*|soft\w*"
    r"|such|bad|less|more|fewer|dim\w*|longer|shorter|heav\w+|darker|lighter|candle\w*) "
    r"[^,;:]{0,40}),"
    r" [^;:]*\b(?:would|might|could|may)\b[^;:]*$"
)
_IN_THE_PAST = re.compile(
    r"\b(?:when|since|before|as long as) (?:the \w+|he|she|they|this \w+|it) (?:was|were)\b[^;:]*$"
    r"|\b(?:could|might|may|must|would) have (?:\w+ )?(?:been (?:photographed|painted|pictured"
    r"|drawn)|looked|had|shown)\b[^;:]*$"
)
_OF_A_MAN = re.compile(
    r"\b(?:heights?|hands?|arm's length|eye level|chest) of (?:an?|any|some) (?:\w+ )?$"
)
# "Some might see a girl here, but boy is my reading"
_CONCEDED = re.compile(
    r"\b(?:some|one|you|others|few|certain|singly|alone|taken|by itself|viewers?|someone|at first"
    r"|on their own|in isolation)\b[^;:]*\b(?:might|could|may|can|would)\b[^;:]*$"
)
_YET = re.compile(
    r"[^;:]*,? (?:but|yet)\b(?![^;:]*\b(?:hard|difficult|an? (?:\w+ )?(?:guess|impression"
    r"|estimate)|certain|sure"
    r"|appearances|cannot|can't|only|just|may|might|could|exact|precise)\b)"
)
# "In the way a child's would", "the features by which adults are told apart"
_ELLIPSIS = re.compile(r"'s? (?:would|does|do|did|will|might|can)\b")
_BY_WHICH = re.compile(r"\b(?:by|in|with|from|of|for|on) (?:which|whom) (?:\w+ )?$")
# "Whatever is turned away from the lens", "in an otherwise dark room"
_WHATEVER = re.compile(
    r"\b(?:(?:whatever|whichever|whoever|anything|any \w+)(?: that| which)?|(?:parts?|surfaces?"
    r"|areas?"
    r"|planes?|features|things) (?:that|which)) (?:is|are|gets?|lies|lie) (?:\w+ )?$"
    r"|\botherwise (?:\w+ )?$"
)
_NOT_BECAUSE = re.compile(r"\b(?:not|n't|never|hardly) (?:just |only |merely )?because [^,;:]*$")
# "A face that is turned away shows less", "a profile, by definition, shows one eye"
_A_THAT = re.compile(
    r"\W*(?:and |but |since |for )?an? (?:\w+ )?\w+ (?:that|which|who) (?:is|are) (?:\w+ )?"
)
_BY_DEFINITION = re.compile(r",? by (?:definition|nature)\b")
_ONLY_IN = re.compile(
    r"\b(?:only|best|better|easier|easily) (?:[\w']+ ){0,4}(?:in|on|with|under|by|from) (?:an?"
    r"|such)"
    r" (?:\w+ )?$|\b(?:can|could) (?:only |best )?be \w+ (?:only|best|better)(?: in)? $"
)
_CAN_MAKE = re.compile(
    r"\b(?:can|may|might|could) (?:\w+ )?(?:(?:make|turn|render|let|cause|give|lend|leave)(?! out)"
    r"|(?:look|seem|appear|be) (?:\w+ )?(?:different|another|quite|other|altered|changed|(?!older"
    r"|younger"
    r"|under|over)\w{3,}er|(?:more|less) (?!than)\w+))\b[^;:,]*$"
)
# "The person who took the picture, perhaps a woman"
_WHO_TOOK = re.compile(
    r"\b(?:who (?:took|takes|made|makes|shot|held|holds|pressed|photographed)|photographer"
    r"|operator)\b"
    r"[^.;,]*, (?:\w+ )?(?:perhaps|maybe|possibly|probably|presumably|whether|be it) (?:an? )?$"
)


def set_aside(low: str, start: int, end: int, first: int, last: int) -> bool:
    """Whether what stands at a place is a reading that is turned down, or of another case.

    Args:
        low: the sentence in lower case.
        start: where the claim begins.
        end: where it ends.
        first: where what belongs to it begins.
        last: where that ends.
    """
    before = low[first:start]
    return bool(
        (_SMALL.match(low, end) and _CHANCE.search(before))
        or _SURPRISED.search(before)
        or (_BUT.match(low, end) and _WEIGHED.search(before))
        or _BADLY.match(low, end)
        or _RULES_OUT.search(before)
        or (_OUT.match(low, end) and _RULES.search(before))
        or (_REMOTE.match(low, end) and _MAKES.search(before))
        or (_FOR.fullmatch(low, first, start) and _TOO.match(low, end))
        or (_LIFTS.match(low, end) and _MOOD.fullmatch(low, first, end))
        or _SMALL_FOR.search(before)
        or _WOULD_TAKE.search(before)
        or _CHANGED.match(low, 0, start)
        or _IN_THE_PAST.search(before)
        or _OF_A_MAN.search(before)
        or _WHO_TOOK.search(low, 0, start)
        or _ELLIPSIS.match(low, end)
        or _BY_WHICH.search(before)
        or _WHATEVER.search(before)
        or _NOT_BECAUSE.search(low, 0, start)
        or _ONLY_IN.search(before)
        or _A_THAT.fullmatch(before)
        or _BY_DEFINITION.match(low, end)
        or _CAN_MAKE.search(before)
        or (_YET.match(low, end) and _CONCEDED.search(low, 0, start))
    )
