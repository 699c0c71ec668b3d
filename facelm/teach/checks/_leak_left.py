"""What sounds as if the writer had been told of the face, and is none of it.

The writer's own words and estimates, what documents or cameras would record, what is known of
faces in general, and what nobody told.
"""

from __future__ import annotations

import re

from facelm.teach.checks._prose import denied

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
    r" (?:that |which )?(?:(?:most|many|some|few|other) )?(?:people|viewers?|observers?|readers?|one"
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
    r"\bhesitat\w+ (?:over|about) $|\b(?:would|could|might|may|can|cannot|hesitate to|rather than|instead of|to|not|n't|never"
    r"|if) (?:\w+ ){0,2}?(?:choos\w+|chose|pick|appl[yi]\w*|reach for|settle on|prefer|put|pin|stick"
    r"|attach|deserve|earn|merit|invite|justify|warrant|bear|carry|suggest|defend|avoid|hang"
    r"|press|force|limit)\w*\b(?: \w+){0,3} $"
)
_WOULD_BE = re.compile(
    r"(?: (?:of )?[\"'][^\"']*[\"'])?(?: (?:for|of) (?:the|this|his|her|such an?|an?) \w+)? (?:would|might"
    r"|could|may|should|is (?:a|hard|too|always|only ever|one's|merely|as good|my|mine))\b"
)
# "Faces are known to differ", "light from below is said to look uncanny": of things in general.
_KNOWN_OF = re.compile(
    r"(?:is|are|was|were|be|been) (?:\w+ )*(?:known|said|reported|given|listed|recorded|registered"
    r"|marked|stated|designated) (?:to|as)\b"
)
_THIS_ONE = re.compile(
    r"\b(?:(?:the|this|that|these|his|her|their|its) (?!human |average |adult |typical |ideal )"
    r"(?:\w+ ){0,3}?(?:person|subject|individual|sitter|model|m[ae]n|wom[ae]n|boy|girl|child"
    r"|baby|infant|adult|face|head|expression|emotion|age|gender|sex|race|ethnicity|group|pose|mouth"
    r"|eyes|lips|light|lighting|hair|glasses|beard|picture|image|photo\w*|portrait|name|identity"
    r"|one|category|class|label|stage|yaw|turn|information|data)\b|he|she|they|it|who)\b[^,;]*$"
)
# "The hints that the picture offers", "the background supplied no clue", "the range given is wide"
_OFFERED = re.compile(
    r"(?: that| which)? (?:the|this|an?) (?:\w+ )?\w+ (?:itself )?(?:offers?|gives?|provides?|holds?"
    r"|contains?|shows?|allows?|yields?|leaves?|lets?|permits?|supplies|affords?|carries)\b"
)
_GAVE = re.compile(r".* (?:provided|supplied|specified|shared|offered|announced)$")
_SOMETHING = re.compile(
    r" (?:no|little|nothing|few|some|hardly|an?|only|enough|ample|plenty|many|much|more)\b"
)
_ROUGH = re.compile(
    r"[^,;:.]{0,30} (?:is|are|was|were) (?:\w+ ){0,3}?(?:estimated|guessed|guesswork|rough|tentative"
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
    r"(?:\w+ )+(?:cues?|remarks?|points?|impressions?|observations?|reasons?|traits?) (?:listed|named"
    r"|mentioned|noted|described|set out)$"
)
# "Marked as the brightest part by its size", "given as a rough estimate"
_AS_A_GUESS = re.compile(
    r" (?:(?:an?|the|my|one's|mere|only|merely|just|rough|tentative|cautious|personal|best|loose"
    r"|visual|first|broad) )*(?:impressions?|estimates?|guess(?:es)?|approximations?|opinions?"
    r"|possibilit\w+|caveats?|observations?|reminders?|ranges?|suggestions?|judge?ments?|\w+est)\b"
)
_FACTS = re.compile(r"\b(?:ages?|gender|sex|race|ethnicity|expression|emotion|label|category|group)\b")
# "The cues mentioned above": what the writer itself has said before.
_MY_WORDS = re.compile(
    r".*\b(?:cues?|clues?|remarks?|points?|features?|impressions?|estimates?|observations?|signs?"
    r"|reasons?|caveats?|limits?|limitations?|assessments?|reservations?|figures|statements?"
    r"|angles?)\b[^,;]*$"
)
_MY_TEXT = re.compile(
    r"(?:the|this|his|her) (?:\w+ )?(?:description|account|reading|analysis|summary|overview) (?:\w+ )?"
    r"(?:given|provided|offered|stated)$|what (?:is|was) "
)
_ABOVE = re.compile(r" (?:above|before|earlier|already|so far|here)\b(?! the (?:picture|image|photo))")
_MY_GUESS = re.compile(
    r"\b(?:estimates?|impressions?|guess(?:es)?|readings?|judge?ments?|assessments?|opinions?) $"
)
# "As mentioned, the backdrop is plain"
_MENTIONED = re.compile(r"(?:as|like|than) (?:\w+ )*(?:stated|mentioned|described|said|noted)$")
_OF_THE_PICTURE = re.compile(
    r"(?: (?:above|before|earlier|already|at the (?:start|outset|beginning)))*,? (?:(?:the|these|this"
    r"|all|such|no|both) (?:\w+ ){0,2}?(?:backdrop|background|framing|frame|crop"
    r"|resolution|impressions?|estimates?|remarks?|limits?|limitations?|picture|image|surroundings"
    r"|setting|readings?|points?|observations?)|(?:there|these|this|it) (?:is|are|remains?)"
    r"(?! (?:an? |the )?(?:\w+ )?(?:m[ae]n|wom[ae]n|person|boy|girl|child|baby|adult)))\b"
)
# "I am told nothing by the backdrop", "we are given a single view"
_MAY = re.compile(r" (?:may|might|can|could|cannot|will|would)\b")
_NOTHING = re.compile(
    r" (?:\w+ )?(?:nothing|little|hardly anything|not much|no\b|(?:only |just |but )*(?:an?|one|the)"
    r" (?:\w+ ){0,2}?(?:view|look|glimpse|moment|frame)\b|(?:only |just |but )*(?:one|a single)"
    r" (?:picture|image|photo\w*|portrait)\b(?! of (?:an?|the) \w*(?:man|woman|person|child)))"
)
# "The true age and the apparent one", "this is no statement about the actual age"
_TRUE = re.compile(
    r"(?:[\w']+ )?(?:true|actual|exact|correct) (?!labels?|tags?|annotat|metadata|hint|prompt|ground)"
    r"\w+(?: \w+)?$"
)
_AND_THE = re.compile(
    r"(?: of (?:an?|any|the|this|some\w+)(?: \w+)?)?(?: and (?:the )?(?:apparent|perceived|seeming"
    r"|visible|estimated|look)| (?:and|or) (?:\w+ )?how |,? whatever|,? if (?:it|one|known)| from (?:the )?"
    r"(?:apparent|perceived)| aside| behind| only)\b"
)
_NOT_THE = re.compile(
    r"\b(?:(?<!far )from|than|nothing|rather|instead|cannot|not(?! far)|nor|never|unlike|whatever"
    r"|beyond|without|any\w*|no (?:\w+ )?(?:statement|information|proof|measure|claim|word|clue"
    r"|idea)|little|apparent(?: age)?(?: and)?|perceived(?: age)?(?: and)?)"
    r" (?:(?!that\b|because\b|if\b)\w+ ){0,3}$"
)
# "At any given age", "of known age": no one's in particular
_INDEFINITE = re.compile(
    r"(?:\w+ )?\b(?:an?|any|every|each|no|(?:the )?same) (?:\w+ )?(?:given|stated|specified|mentioned|assigned|reported"
    r"|known|earlier|previous|later|expected|indicated|intended|declared|listed|labell?ed|official"
    r"|registered|target|desired|prior|annotated|available|corresponding) |(?:of|and|with|from|at|for)"
    r" (?:known|earlier|expected|official|listed|corresponding) "
)
_AGREES = re.compile(
    r"\b(?:match\w*|fit(?:s|ted|ting)?|agree\w*|confirm\w*|in line|consistent|in keeping|accords?|correspond\w*"
    r"|corroborat\w*|explain\w*|supports?|believable|plausible|suits?|being|given|told|as stated|tall(?:y|ies)"
    r"|reveal\w*|reflects?|based on|according to|is (?:\d|male|female|known|clear|no surprise)|belongs?"
    r"|makes? sense|in accordance)\b"
)
_MODAL = re.compile(r"\b(?:may|might|could|would|can|cannot|need not|not|n't|never|should|will|if|how)\b")
# "The eyes are given a lively look by the light"
_GIVEN_A = re.compile(
    r" (?:an?|some|more|less|its|their|his|her|extra|added|little|much|depth|life|weight|emphasis|form"
    r"|shape|relief|room|space|prominence|definition|character)\b(?! (?:\w+ )?(?:label|value|class|tag"
    r"|category|hint|note))"
)
_SHARED = re.compile(r" (?:by|with|among|between|in)\b(?! (?:me|us)\b)")
# "Nothing can be told of it", "the light is indicated nowhere", "whose age is known"
_NOWHERE = re.compile(r" (?:nowhere|to nobody|to no one|only to|neither|in no)\b")
_CASE_OF = re.compile(
    r"\b(?:whose|if|when|once|where|unless|until|whether|however|how|as long as|provided|only if)"
    r" (?:(?:the|his|her|their|this|an?|its) )?(?:\w+ ){0,4}$"
)
_PASSPORT = re.compile(
    r" (?:\w+ )?(?:for|of|in|by) (?:an? |most |many |official |the )?(?:\w+ )?(?:passports?|id|identity|visa"
    r"|licen[cs]e|document|biometric)"
)
_NOT_HAD = re.compile(
    r" (?:\w+ )?(?:is|are|was|were) (?:\w+ )?(?:unknown|not known|not available|unavailable|missing|lacking"
    r"|absent|not part|not in|not at hand)\b"
)
_NO_WAY = re.compile(
    r"\b(?:no (?:way|means|hope|chance|question) of|not|without|short of|never|instead of|far from|before"
    r"|worth|of|for) $"
)
_HELPS = re.compile(r"[^;:.]*\b(?:would|might|could|may|requires?|needs?|takes?|helps?)\b")
_AS_GIVEN = re.compile(r"\b(?:tak\w+|took|accept\w*) [^,;:]*$")
# "These labels are rough", "the label used here"
_ROUGH_LABEL = re.compile(
    r" (?:such as|like|in (?:common|everyday|general|current|daily) use|overlap|simplify|differ|vary)\b"
    r"| (?:(?:i|we) (?:use|used|chose|choose|have chosen|give|prefer)\b|(?:used|chosen|applied|offered|given)"
    r" (?:here|above|in this)\b|(?:\w+ ){0,2}?(?:are|is|remains?|describes?|rests?|refers?|names?) (?:\w+ )?"
    r"(?:rough|visual|subjective|social|shorthand|approximate|conventions?|conventional|impressions?"
    r"|not|only|no more|mere|merely|(?:on |to )(?:the )?(?:appearance|impression|perception|looks))\b)"
)
_FEW = re.compile(r" (?:are|is|remain) (?:\w+ )?(?:few|weak|scarce|slight|subtle|mixed|faint|slim|scant)\b")
# "Stated with caution", "the brightest value is assigned to the nose"
_WITH_CARE = re.compile(
    r" (?:with (?:\w+ )?(?:caution|care|reserve|reservations?|hesitation|uncertainty|margin|diffidence)"
    r"|as an? (?:\w+ )?range|loosely|tentatively|cautiously|broadly|roughly|to (?:the|these|each) (?!face"
    r"|person|picture|image|subject|label|expression|emotion))"
)
# "The image you shared", "as requested, here is a description"
_THE_IMAGE = re.compile(
    r"\b(?:images?|pictures?|photos?|photographs?|portraits?|file|shot) (?:that |which )?$"
)
_SENT = re.compile(r"you(?: have|'ve| had| just)* (?:provid|shar|sent|send|gave|give|attach|submit|suppl|put)")
_ASKED = re.compile(r"(?:as requested|(?:as )?you(?: have|'ve)? (?:ask|request))")
_HERE_IT_IS = re.compile(
    r"\w*(?: for)?(?:\W*$|,? (?:here|i\b|this|below|what follows|the (?:following|description|account)|to)\b)"
)
_AGE_LABELS = re.compile(r"(?:age|gender|race|ethnicity|emotion|expression) labels")
_TELL = re.compile(
    r" (?:say|state|agree|match|fit|confirm|support|were|given|provided|suggest|indicate|name|put|are right"
    r"|are correct|help|show|read)"
)
_DRAWN = re.compile(
    r" (?:is|are|was|were) (?:\w+ )?(?:drawn|based|limited|visual|only|merely|meant|rough|approximate"
    r"|derived|taken|confined|restricted)\b"
)
_PEOPLE_USE = re.compile(
    r" (?:people|one|we|viewers?|observers?|others|might|could|would|can|may|do|does)\b"
)
# "No caption or text accompanies the face"
_NO = re.compile(
    r"\b(?:no(?! (?:doubt|question|wonder|surprise|reason|need|contradiction|difference))|neither"
    r"|nor|hardly any) (?:[\w-]+ ){0,3}$"
)
_STATES = ("known", "labelled", "labeled", "annotated", "tagged", "given", "stated", "told")
_SOURCE = re.compile(r"(?:as|per|given|based|according|in|with|to|than|like|by|from|it|following)\b")
_DETERMINED = re.compile(r"(?:the|this|these|your|his|her|their|its|my|i|we|you|with)\b")


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
        or (_POSED_AFTER.match(low, end) and _POSED.match(words))
        or _of_ones_own(low, match)
        or _in_general(low, match)
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
        or (words.endswith(" as") and low.startswith(" such", end) and not _FACTS.search(low, 0, start))
        or (words.endswith(" as") and _AS_A_GUESS.match(low, end))
    )


def _mine(low: str, start: int, words: str) -> bool:
    return bool(
        _MY_WORDS.match(words) or _MY_TEXT.match(words) or _MY_GUESS.search(low, 0, start)
    )


def _in_general(low: str, match: re.Match[str]) -> bool:
    """Whether it is said of things in general, or that nothing was told."""
    start, end, words = match.start(), match.end(), match.group()
    if _INDEFINITE.match(words) or (_KNOWN_OF.match(words) and not _THIS_ONE.search(low, 0, start)):
        return True
    if _of_a_case(low, match):
        return True
    if words.startswith(("i ", "we ")) and _NOTHING.match(low, end):
        return True
    if words.startswith("your ") and _MAY.match(low, end):
        return True
    if _TRUE.fullmatch(words):
        return not _agrees(low, start, end)
    if _DETERMINED.match(words):
        return False
    return bool(_NO.search(low, max(0, start - 60), start)) or (
        not _SOURCE.match(words) and denied(low, start)
    )


def _agrees(low: str, start: int, end: int) -> bool:
    """Whether something is said to agree with a true age, so that it must be known."""
    before, after = low[max(0, start - 40) : start], low[end : end + 50]
    if _AND_THE.match(low, end) or _NOT_THE.search(before):
        return False
    return any(_AGREES.search(part) and not _MODAL.search(part) for part in (before, after))


def _of_a_case(low: str, match: re.Match[str]) -> bool:
    """Whether it is a case that is put, a matter of documents, or something that nobody has."""
    start, end, words = match.start(), match.end(), match.group()
    if words.endswith("given"):
        if _GIVEN_A.match(low, end) or (words.endswith("as given") and _AS_GIVEN.search(low, 0, start)):
            return True
    if words.startswith("knowing"):
        return bool(_NO_WAY.search(low, 0, start) or _HELPS.match(low, end))
    return bool(
        (words.endswith(("shared", "received")) and _SHARED.match(low, end))
        or _NOWHERE.match(low, end)
        or _PASSPORT.match(low, end)
        or _NOT_HAD.match(low, end)
        or (words.endswith(_STATES) and _CASE_OF.search(low, max(0, start - 50), start))
        or (words.startswith(("label", "tag")) and _PEOPLE_USE.match(low, end))
        or (words.endswith("labels") and _ROUGH_LABEL.match(low, end))
        or (_AGE_LABELS.fullmatch(words) and not _TELL.match(low, end))
        or (words.endswith(("hint", "hints")) and _FEW.match(low, end))
        or (words.endswith(("stated", "given", "assigned", "named")) and _WITH_CARE.match(low, end))
        or (words.endswith(" above") and _DRAWN.match(low, end))
        or (_SENT.match(words) and _THE_IMAGE.search(low, 0, start))
        or (_ASKED.match(words) and _HERE_IT_IS.match(low, end))
        or (words.endswith("label") and _ROUGH_LABEL.match(low, end))
    )
