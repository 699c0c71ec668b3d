"""What sounds as if the writer had been told of the face, and is none of it.

The writer's own words and estimates, what documents or cameras would record, what is known of
faces in general, and what nobody told.
"""

from __future__ import annotations

import re

from facelm.teach.checks._leak_cases import nobody_told

_CALLED = re.compile(r"(?:be|been|labell?ed|as|described|annotators?)\b")
# What people in general would call something is no leak: "might be labelled as".
_WOULD = re.compile(
    r"\b(?:would|might|could|may|can|often|usually|sometimes|commonly|typically|generally|probably"
    r"|likely)\b(?: \w+){0,4} ?$"
)
# "Were one told that this is a girl, …"
_IF = re.compile(
    r"(?:^|[,;]) ?\W*(?:if|even if|were|had|unless|suppose|supposing|should|asked)\b(?! so)[^,;]*$"
)

_WITHOUT = re.compile(r"\bwithout (?:\w+ ){0,2}$")
_DEFINITE = re.compile(r"(?:the|your|this) (?:\w+ )?(?:labels?|hints?|tags?|annotations?|prompt)\b")
# What the writer of the description gave, the camera recorded, or documents and forms would say.
_OWN = re.compile(
    r".*\b(?:description|account|estimates?|figures|angles?|numbers|details|notes?|remarks?|list"
    r"|text"
    r"|assessment|impressions?|directions?|terms)\b[^,;]* (?:given|provided|listed|set out|stated"
    r"|mentioned|noted|named|above)$"
)
_OWN_AFTER = re.compile(
    r" (?:here|below|so far|are (?:\w+ )?(?:rough|approximate|estimates?|impressions)|is (?:\w+ )?"
    r"(?:rough|approximate|an estimate|limited|an impression))\b"
)
_TAKEN = re.compile(
    r".*\b(?:expression|emotion|pose|turn|angle|light(?:ing)?|direction|mouth|eyes|brightness"
    r"|sharpness"
    r"|information|data|details|values?|hair (?:colou?r|style)|glasses|beard|pitch|yaw)\b.*"
    r" (?:recorded|registered)$"
)
_TAKEN_AFTER = re.compile(
    r"(?: (?:by|here|for|at|on|an?|only|with|during)\b|,(?! (?:\w+ )?(?:fits?|agrees?))|\.|;|$"
    r"| in (?!the (?:label|input|data|record|file|list|note|sheet|meta))|(?<=is recorded) and)"
)
_ELSEWHERE = re.compile(
    r" (?:in|on|by|from) (?:(?:an?|any|one's|most|official|his|her|their) (?:\w+ )?)?(?:passports?"
    r"|document"
    r"|documents|certificate|card|papers|form|register|id\b|licence|license)"
)
# "The actual age may differ", "a specified angle would need a measurement".
_NOT_KNOWN = re.compile(
    r" (?:(?:is|are|remains?|stays?)(?: \w+)? (?:unknown|not known|another|open|a secret|a matter"
    r"|anybody)|(?:of the \w+ )?(?:may|might|could|need not|cannot|can't|can only|would)\b"
    r"|is one for)"
)
_NOT_KNOWN_OF = re.compile(
    r"(?:a|an|any|the|his|her|their) (?:true|actual|correct|specified|exact) "
)
# "Whether the sitter was told to look up": a photographer did, and nobody told the writer.
_POSED = re.compile(r"(?:was|were|been) (?:\w+ly )?(?:told|asked|instructed|requested|advised)$")
_WHAT_THE_SITTER = re.compile(r"\b(?:what|how) the (?:sitter|person|subject|model) $")
_POSED_AFTER = re.compile(
    r" (?:to\b|by (?:an?|the|some\w*) (?:photographer|parent|operator|artist|painter|friend|clerk)"
    r"|for\b)"
)

_CHOSEN = re.compile(
    r" (?:that |which )?(?:(?:most|many|some|few|other) )?(?:people|viewers?|observers?|readers?"
    r"|one"
    r"|i|we) (?:would(?! have)|might|could|can|may|tend|like|reach|use|find|prefer)\b"
)
# "The closest label I can find", "the label 'calm' would go too far": the writer's own word.
_BEST = re.compile(
    r"(?:the|this|that|its|his|her|as) (?:closest|nearest|best|fairest|safest|likeliest|simplest"
    r"|broadest|easiest|obvious|usual|natural|right|proper|apt|fitting|only|single|kindest|loosest"
    r"|\w+est|(?:most|least|more|less) \w+)(?: \w+)? labels?$"
)
_A_LABEL = re.compile(r"\b(?:an?|any|such|no|another|each|every) (?:\w+ )?labels?$")
_GIVING = ("given", "stated", "mentioned", "named", "provided", "specified", "listed", "indicated")
_IN_HAND = re.compile(
    r" (?:\w+ )?(?:provided|given|supplied|attached|assigned|named|stated|listed|in the|says?"
    r"|states?|above|was|were|which|i was|you)\b"
)
_CHOOSES = re.compile(
    r"\bhesitat\w+ (?:over|about) $|\b(?:would|could|might|may|can|cannot|hesitate to|rather than"
    r"|instead of|to|not|n't|never"
    r"|if) (?:\w+ ){0,2}?(?:choos\w+|chose|pick|appl[yi]\w*|reach for|settle on|prefer|put|pin"
    r"|stick"
    r"|attach|deserve|earn|merit|invite|justify|warrant|bear|carry|suggest|defend|avoid|hang"
    r"|press|force|limit)\w*\b(?: \w+){0,3} $"
)
_WOULD_BE = re.compile(
    r"(?: (?:of )?[\"'][^\"']*[\"'])?(?: (?:for|of) (?:the|this|his|her|such an?|an?) \w+)? "
    r"(?:would|might"
    r"|could|may|should|is (?:a|hard|too|always|only ever|one's|merely|as good|my|mine))\b"
)
# "The hints that the picture offers", "the background supplied no clue", "the range given is wide"
_OFFERED = re.compile(
    r"(?: that| which)? (?:the|this|an?) (?:\w+ )?\w+ (?:itself )?(?:offers?|gives?|provides?"
    r"|holds?"
    r"|contains?|shows?|allows?|yields?|leaves?|lets?|permits?|supplies|affords?|carries)\b"
)
_GAVE = re.compile(r".* (?:provided|supplied|specified|shared|offered|announced)$")
_SOMETHING = re.compile(
    r" (?:no|little|nothing|few|some|hardly|an?|only|enough|ample|plenty|many|much|more)\b"
)
_ROUGH = re.compile(
    r"[^,;:.]{0,30} (?:is|are|was|were) (?:\w+ ){0,3}?(?:estimated|guessed|guesswork|rough"
    r"|tentative"
    r"|approximate\w*|wide|broad|loose|guess(?:es)?|estimates?|of mine|my own|by eye|on purpose"
    r"|deliberately|relative|provisional|cautious|an? impression|no more than|nothing more than)\b"
    r"|[^,;:.]{0,12} follows? from the (?:shadows?|shading|picture|image)\b"
)
_ANYBODYS = re.compile(r"\b(?:an?|any|every|another|each|some) (?:\w+ )?$")
# "The previously mentioned crop": no fact of a person.
_BEFORE = re.compile(r"(?:above|afore|before|previously |already |earlier )-?\w+$")
_NO_FACT = re.compile(
    r" (?:\w+ )?(?:crop|limits?|limitations?|points?|caveats?|frame|framing|backdrop|background"
    r"|resolution|remarks?|reservations?|impressions?|estimates?|shadows?|shading|trait|cues?|ridge"
    r"|groove|line|fold|part|region|area|picture|image|reason|reasons|effects?)\b"
)
_MY_OWN = re.compile(
    r"\b(?:those|ones|cues?|remarks?|points?|features?|impressions?|observations?|reasons?|caveats?"
    r"|limits?|limitations?|traits?|reservations?) $"
)
_MY_LIST = re.compile(
    r"(?:\w+ )+(?:cues?|remarks?|points?|impressions?|observations?|reasons?|traits?) (?:listed"
    r"|named"
    r"|mentioned|noted|described|set out)$"
)
# "Marked as the brightest part by its size", "given as a rough estimate"
_AS_A_GUESS = re.compile(
    r" (?:(?:an?|the|my|one's|mere|only|merely|just|rough|tentative|cautious|personal|best|loose"
    r"|visual|first|broad) )*(?:impressions?|estimates?|guess(?:es)?|approximations?|opinions?"
    r"|possibilit\w+|caveats?|observations?|reminders?|ranges?|suggestions?|judge?ments?|\w+est)\b"
)
_FACTS = re.compile(
    r"\b(?:ages?|gender|sex|race|ethnicity|expression|emotion|label|category|group)\b"
)
# "The cues mentioned above": what the writer itself has said before.
_MY_WORDS = re.compile(
    r".*\b(?:cues?|clues?|remarks?|points?|features?|impressions?|estimates?|observations?|signs?"
    r"|reasons?|caveats?|limits?|limitations?|assessments?|reservations?|figures|statements?"
    r"|angles?)\b[^,;]*$"
)
_MY_TEXT = re.compile(
    r"(?:the|this|his|her) (?:\w+ )?(?:description|account|reading|analysis|summary|overview) "
    r"(?:\w+ )?"
    r"(?:given|provided|offered|stated)$|what (?:is|was) "
)
_ABOVE = re.compile(
    r" (?:above|before|earlier|already|so far|here)\b(?! the (?:picture|image|photo))"
)
_MY_GUESS = re.compile(
    r"\b(?:estimates?|impressions?|guess(?:es)?|readings?|judge?ments?|assessments?|opinions?) $"
)
# "As mentioned, the backdrop is plain"
_MENTIONED = re.compile(r"(?:as|like|than) (?:\w+ )*(?:stated|mentioned|described|said|noted)$")
_OF_THE_PICTURE = re.compile(
    r"(?: (?:above|before|earlier|already|at the (?:start|outset|beginning)))*,? (?:(?:the|these"
    r"|this"
    r"|all|such|no|both) (?:\w+ ){0,2}?(?:backdrop|background|framing|frame|crop"
    r"|resolution|impressions?|estimates?|remarks?|limits?|limitations?|picture|image|surroundings"
    r"|setting|readings?|points?|observations?)|(?:there|these|this|it) (?:is|are|remains?)"
    r"(?! (?:an? |the )?(?:\w+ )?(?:m[ae]n|wom[ae]n|person|boy|girl|child|baby|adult)))\b"
)
# "The original file with its metadata would be preferable": what one would keep or ask for.
_KEPT = re.compile(
    r"\b(?:originals?|files?|cop(?:y|ies)|pictures?|images?|photographs?|photos?|prints?"
    r"|negatives?|versions?|scans?|recordings?|frames?),? $"
)
_WANTED = re.compile(
    r"[^.;]*\b(?:would|should|could|might|must|ought|(?:is|are) (?:\w+ )?(?:needed|required"
    r"|wanted|preferable|better|best|safer|advisable|missing))\b"
)


def no_leak(low: str, match: re.Match[str]) -> bool:
    """Whether the words are of something else than what came with the request."""
    start, end, words = match.start(), match.end(), match.group()
    if not _DEFINITE.match(words) and (_IF.search(low, 0, end) or _WITHOUT.search(low, 0, start)):
        return True
    if _CALLED.match(words) and _WOULD.search(low, max(0, start - 50), start):
        return True
    return bool(
        (_OWN_AFTER.match(low, end) and _OWN.match(words))
        or (_TAKEN_AFTER.match(low, end) and _TAKEN.match(words))
        or _ELSEWHERE.match(low, end)
        or (_NOT_KNOWN.match(low, end) and _NOT_KNOWN_OF.match(words))
        or _WHAT_THE_SITTER.search(low, 0, start)
        or (words.startswith("with ") and _KEPT.search(low, 0, start) and _WANTED.match(low, end))
        or (_POSED_AFTER.match(low, end) and _POSED.match(words))
        or _of_ones_own(low, match)
        or nobody_told(low, match)
    )


def _of_ones_own(low: str, match: re.Match[str]) -> bool:
    """Whether it is a word of the writer's own, or what was said before in the same answer."""
    start, end, words = match.start(), match.end(), match.group()
    if words.endswith(("label", "labels")) and not _IN_HAND.match(low, end):
        if words.startswith("which ") or _A_LABEL.search(words):
            return True
        if _BEST.fullmatch(words) or _WOULD_BE.match(low, end) or _CHOSEN.match(low, end):
            return True
        if _CHOOSES.search(low, max(0, start - 60), start):
            return True
    if _BEFORE.fullmatch(words):
        return bool(_NO_FACT.match(low, end) or _MY_OWN.search(low, 0, start))
    return bool(
        _OFFERED.match(low, end)
        or (_GAVE.match(words) and _SOMETHING.match(low, end))
        or (words.endswith(_GIVING) and _ROUGH.match(low, end))
        or (words.startswith("person's") and _ANYBODYS.search(low, 0, start))
        or (_MY_LIST.match(words) and not low.startswith((" in ", " by ", " above the"), end))
        or (words.endswith(("outset", "start", "front")) and not low.startswith(" of the ", end))
        or (_ABOVE.match(low, end) and _mine(low, start, words))
        or (words.startswith(("the above", "these above")) and _MY_WORDS.match(words))
        or (_MENTIONED.match(words) and _OF_THE_PICTURE.match(low, end))
        or (
            words.endswith(" as")
            and low.startswith(" such", end)
            and not _FACTS.search(low, 0, start)
        )
        or (words.endswith(" as") and _AS_A_GUESS.match(low, end))
    )


def _mine(low: str, start: int, words: str) -> bool:
    return bool(_MY_WORDS.match(words) or _MY_TEXT.match(words) or _MY_GUESS.search(low, 0, start))
