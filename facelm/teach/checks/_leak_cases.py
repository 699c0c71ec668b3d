"""What nobody was told: what is known of faces in general, cases that are put, and documents."""

from __future__ import annotations

import re

from facelm.teach.checks._prose import denied

# "Faces are known to differ", "light from below is said to look uncanny": of things in general.
_KNOWN_OF = re.compile(
    r"(?:is|are|was|were|be|been) (?:\w+ )*(?:known|said|reported|given|listed|recorded|registered"
    r"|marked|stated|designated) (?:to|as)\b"
)
_THIS_ONE = re.compile(
    r"\b(?:(?:the|this|that|these|his|her|their|its) (?!human |average |adult |typical |ideal )"
    r"(?:\w+ ){0,3}?(?:person|subject|individual|sitter|model|m[ae]n|wom[ae]n|boy|girl|child"
    r"|baby|infant|adult|face|head|expression|emotion|age|gender|sex|race|ethnicity|group|pose"
    r"|mouth"
    r"|eyes|lips|light|lighting|hair|glasses|beard|picture|image|photo\w*|portrait|name|identity"
    r"|one|category|class|label|stage|yaw|turn|information|data)\b|he|she|they|it|who"
    r"|age|gender|sex|race|ethnicity|emotion|identity)\b[^,;]*$"
)
# "I am told nothing by the backdrop", "we are given a single view"
_MAY = re.compile(r" (?:may|might|can|could|cannot|will|would)\b")
_NOTHING = re.compile(
    r" (?:\w+ )?(?:nothing|little|hardly anything|not much|no\b|(?:only |just |but )*(?:an?|one"
    r"|the)"
    r" (?:\w+ ){0,2}?(?:view|look|glimpse|moment|frame)\b|(?:only |just |but )*(?:one|a single)"
    r" (?:picture|image|photo\w*|portrait)\b(?! of (?:an?|the) \w*(?:man|woman|person|child)))"
)
# "The true age and the apparent one", "this is no statement about the actual age"
_TRUE = re.compile(
    r"(?:[\w']+ )?(?:true|actual|exact|correct) (?!labels?|tags?|annotat|metadata|hint|prompt"
    r"|ground)"
    r"\w+(?: \w+)?$"
)
_AND_THE = re.compile(
    r"(?: of (?:an?|any|the|this|some\w+)(?: \w+)?)?(?: and (?:the )?(?:apparent|perceived|seeming"
    r"|visible|estimated|look)| (?:and|or) (?:\w+ )?how |,? whatever|,? if (?:it|one|known)| from "
    r"(?:the )?"
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
    r"(?:\w+ )?\b(?:an?|any|every|each|no|(?:the )?same) (?:\w+ )?(?:given|stated|specified"
    r"|mentioned|assigned|reported"
    r"|known|earlier|previous|later|expected|indicated|intended|declared|listed|labell?ed|official"
    r"|registered|target|desired|prior|annotated|available|corresponding) |(?:of|and|with|from|at"
    r"|for)"
    r" (?:known|earlier|expected|official|listed|corresponding) "
)
_AGREES = re.compile(
    r"\b(?:match\w*|fit(?:s|ted|ting)?|agree\w*|confirm\w*|in line|consistent|in keeping|accords?"
    r"|correspond\w*"
    r"|corroborat\w*|explain\w*|supports?|believable|plausible|suits?|being|given|told|as stated"
    r"|tall(?:y|ies)"
    r"|reveal\w*|reflects?|based on|according to|is (?:\d|male|female|known|clear|no surprise)"
    r"|belongs?"
    r"|makes? sense|in accordance)\b"
)
_MODAL = re.compile(
    r"\b(?:may|might|could|would|can|cannot|need not|not|n't|never|should|will|if|how)\b"
)
# "The eyes are given a lively look by the light"
_GIVEN_A = re.compile(
    r" (?:an?|some|more|less|its|their|his|her|extra|added|little|much|depth|life|weight|emphasis"
    r"|form"
    r"|shape|relief|room|space|prominence|definition|character)\b(?! (?:\w+ )?(?:label|value|class"
    r"|tag"
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
    r" (?:\w+ )?(?:for|of|in|by) (?:an? |most |many |official |the )?(?:\w+ )?(?:passports?|id"
    r"|identity|visa"
    r"|licen[cs]e|document|biometric)"
)
_NOT_HAD = re.compile(
    r" (?:\w+ )?(?:is|are|was|were) (?:\w+ )?(?:unknown|not known|not available|unavailable"
    r"|missing|lacking"
    r"|absent|not part|not in|not at hand)\b"
)
_NO_WAY = re.compile(
    r"\b(?:no (?:way|means|hope|chance|question) of|not|without|short of|never|instead of|far from"
    r"|before"
    r"|worth|of|for) $"
)
_HELPS = re.compile(r"[^;:.]*\b(?:would|might|could|may|requires?|needs?|takes?|helps?)\b")
_AS_GIVEN = re.compile(r"\b(?:tak\w+|took|accept\w*) [^,;:]*$")
# "These labels are rough", "the label used here"
_ROUGH_LABEL = re.compile(
    r" (?:such as|like|in (?:common|everyday|general|current|daily) use|overlap|simplify|differ"
    r"|vary)\b"
    r"| (?:(?:i|we) (?:use|used|chose|choose|have chosen|give|prefer)\b|(?:used|chosen|applied"
    r"|offered|given)"
    r" (?:here|above|in this)\b|(?:\w+ ){0,2}?(?:are|is|remains?|describes?|rests?|refers?|names?) "
    r"(?:\w+ )?"
    r"(?:rough|visual|subjective|social|shorthand|approximate|conventions?|conventional"
    r"|impressions?"
    r"|(?:appearance|looks)\b|(?:not|no more than|only|merely) (?:an? )?(?:facts?|proof"
    r"|measurements?|estimates?|impressions?"
    r"|conventions?|statements?)|(?:on |to )(?:the )?(?:appearance|impression|perception"
    r"|looks))\b)"
)
_FEW = re.compile(
    r" (?:are|is|remain) (?:\w+ )?(?:few|weak|scarce|slight|subtle|mixed|faint|slim|scant)\b"
)
# "Stated with caution", "the brightest value is assigned to the nose"
_WITH_CARE = re.compile(
    r" (?:with (?:\w+ )?(?:caution|care|reserve|reservations?|hesitation|uncertainty|margin"
    r"|diffidence)"
    r"|as an? (?:\w+ )?range|loosely|tentatively|cautiously|broadly|roughly|to (?:the|these|each) "
    r"(?!face"
    r"|person|picture|image|subject|label|expression|emotion))"
)
# "The image you shared", "as requested, here is a description"
_THE_IMAGE = re.compile(
    r"\b(?:images?|pictures?|photos?|photographs?|portraits?|file|shot) (?:that |which )?$"
)
_SENT = re.compile(
    r"you(?: have|'ve| had| just)* (?:provid|shar|sent|send|gave|give|attach|submit|suppl|put)"
)
_ASKED = re.compile(r"(?:as requested|(?:as )?you(?: have|'ve)? (?:ask|request))")
_HERE_IT_IS = re.compile(
    r"\w*(?: for)?(?:\W*$|,? (?:here|i\b|this|below|what follows|the (?:following|description"
    r"|account)|to)\b)"
)
_AGE_LABELS = re.compile(r"(?:age|gender|race|ethnicity|emotion|expression) labels")
_TELL = re.compile(
    r" (?:say|state|agree|match|fit|confirm|support|were|given|provided|suggest|indicate|name|put"
    r"|are right"
    r"|are correct|help|show|read)"
)
_DRAWN = re.compile(
    r" (?:is|are|was|were) (?:\w+ )?(?:drawn|based|limited|visual|only|merely|meant|rough"
    r"|approximate"
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
_SOURCE = re.compile(
    r"(?:as|per|given|based|according|in|with|to|than|like|by|from|it|following)\b"
)
_DETERMINED = re.compile(r"(?:the|this|these|your|his|her|their|its|my|i|we|you|with)\b")


def nobody_told(low: str, match: re.Match[str]) -> bool:
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
    if words.endswith("given") and _GIVEN_A.match(low, end):
        return True
    if words.endswith("as given") and _AS_GIVEN.search(low, 0, start):
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
