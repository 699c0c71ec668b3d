"""Whether the words around a claim leave it one: said of this face, as a fact, in the present.

A look at the whole sentence, and only where a claim would contradict something: what is asked, put
as a case, expected, compared, quoted or said of people in general is left alone. So is everything
that cannot be told from these for sure: a wrong claim that passes costs one row, a clean reply
that is refused costs the trust in all of them.
"""

from __future__ import annotations

import re

from facelm.teach.checks._mentioned import mentioned
from facelm.teach.checks._set_aside import set_aside
from facelm.teach.checks._spoken_of import only_spoken_of

_BEGINS = re.compile(
    r"[;:(]| (?<!anything )but |, (?:which|and|so|for(?= (?:the|his|her|their|both)\b)|since"
    r"|because|although|though|while|whereas|with"
    r"|typical|as|\w+ing|he|she|it|they|there|the|this|these|one|i|we|you|his|her)\b"
    r"| (?:because|since|although|though|whereas) "
)
_ENDS = re.compile(
    r"[;(]|:(?! (?:all|none|both|neither|these|those) )| but |, (?:which|and|so|since|because"
    r"|although|though|while|whereas|with|typical|as)\b"
    r"| (?:because|since|although|though|while|whereas) |$"
)
# "Where the gaze goes is another question", "Had this been a child, …", "To see the teeth, …"
_OPENS = re.compile(
    r"\W*(?:(?:where|how|whether|why|whoever|whichever|wherever|suppose|supposing|imagine|unless"
    r"|until|had|were)\b|if (?!anything|so\b|not\b)|what (?!(?:one|we|i|you|the viewer|the (?:image"
    r"|picture|photo)) (?:can |could )?(?:sees?|gets?|looks?|have|has|shows?)|is (?:seen|shown"
    r"|visible|depicted)|can be seen|appears|looks|seems|stands|strikes|we have)"
    r"|to (?:see|tell|judge|know|find|say|compare|measure|hide|show|be sure)\b|is|are|does|do)\b"
)
_VIEWS = (
    r"(?:say|sa(?:id|ys)|call\w*|describe\w*|guess\w*|estimate\w*|put|place\w*|take(?:n)?|judge\w*"
    r"|read|see|seen|perceive\w*|identif\w+|think|thought|likely|probably|best|most|fit|suit|agree"
    r"|recogni\w+|suggest\w*|assume\w*|consider\w*|interpret\w*|classif\w+|label\w*|name|rate\w*"
    r"|term|speak|point|pass|be|well|easily|also|still|indicate|imply|represent|belong|come|perhaps"
    r"|possibly|appear|seem|conclude|infer|believe|notice|find|match|correspond|safely|reasonably"
    r"|certainly|always|count|depict|have been|argue|mistake\w*|surely|just|even|use|at)\b"
)
# "would show", "will look", "might have": not what is seen; "would call", "could be": it is.
_CASE = re.compile(
    rf"(?<!as it )(?<!as they )(?<!as one )(?<!as he )(?<!as she )\b(?:would|will|could|might|may)"
    rf" (?!\w+ly {_VIEWS})(?!{_VIEWS})\w+|\b(?:one|you|we|somebody) (?:might|could) "
    r"(?:\w+ )?(?:see|find|notice)\b(?! (?:him|her|them|this|in (?:him|her|this)))|\b(?:will"
    r"|may) (?:well )?(?:be|become|reach|live|grow"
    r"|turn|look)\b(?! (?:around|about|in|a|an|as|of|described|called|taken|judged|said|male"
    r"|female|old|young|seen|\d))"
)
_DENIES = re.compile(
    r"\b(?:no(?! (?:doubt|less|question|older|more|longer|younger|mistak|matter|other))"
    r"|not(?! (?:only|just|merely|least|yet|reached|entered|a day|under|below|far from|less|quite"
    r"|surpris))|none"
    r"|nothing(?! (?:but|less|short))|never|neither|nor|(?:cannot|hardly|scarcely)(?!"
    r" (?:\w+ )?(?:be )?(?:older|more) than)|nobody|few|fewer"
    r"|without(?! (?:\w+ )?(?:doubt|question))|lacks?|lacking|in vain|missing|absent|free of"
    r"|hard[- ]pressed|(?:hard|difficult|impossible) to (?:see|find|imagine|believe|argue"
    r"|defend)(?! (?:in|under|because|due|at|by|through)\b)"
    r"|unlikely|little (?:left )?(?:of|that|in|to (?:suggest|indicate|show|speak|point"
    r"|argue|support|say))\b|(?:argu|speak|spoke|tell|told|weigh|count"
    r"|militat|testif|decid|object|vot)\w* (?:\w+ )?against|at odds with|conflicts? with"
    r"|contradict\w*"
    r"|clash\w* with|(?:prevent|stop|sav|spar|protect|rescu|shield|guard)\w*"
    r" (?:[\w'-]+ ){0,4}from|ke(?:ep|eps|pt|eping) (?:[\w'-]+ ){1,4}from (?:(?:being|looking"
    r"|\w+ing)\b|(?:the |all |any )?(?:dark\w*|blur\w*|gloom))|(?:odd|strange|wrong|absurd"
    r"|misleading|a mistake) to"
    r" (?:speak|call|say|describe|think)|inconsistent with|incompatible with|too"
    r" (?:\w+ ){0,6}(?:for|to))\b|n't\b(?! (?:be |look )?(?:older|more) than)"
)
_ELSEWHEN = re.compile(
    r"\b(?:(?:years|decades|long way|worlds?) (?:\w+ )?(?:from|away|to go|apart|before|until"
    r"|separate)|decades separate|until|one day|some day|later in life|to come|yet to(?! (?:reach"
    r"|turn|see|pass) (?:the age of )?(?:\d|ten\b|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety))|once (?:was"
    r"|been|were)|(?:he|she|they|this) once|bec[ao]mes? of|used to be|at birth|in the future"
    r"|(?:begins?|starts?|comes?) (?:later|earlier)|it takes|takes an?|needed to|only (?:when|if"
    r"|where)"
    r"|when (?:an?|one|people|someone|they|most)|had (?:this|the|he|she|it|they) |were (?:it|this"
    r"|the)|even if|an? (?:moment|second|minute|while|day|year) (?:before|earlier|later|ago|after)"
    r"|before (?:an(?:y|yone|ybody|ything)|one|it|he|she|they|the)\b|(?:has"
    r"|have) been (?:called|described|read|said|taken)|differs? from|different from|distinct from"
    r"|(?:distinguish|differentiat|discriminat|demarcat|delimit)\w* (?:[\w'-]+ ){1,6}from"
    r"|(?:sets?|setting|marks?|marking|tells?|telling) (?:[\w'-]+ ){1,4}(?:apart|off) from"
    r"|from (?:that|those) of|separat\w+(?! the lips)|in contrast|in comparison|by comparison"
    r"|compared (?:to"
    r"|with)|versus|in (?:about |some |another )?(?:\w+ (?:or|to) )?(?:\w*teen|\w*ty|ten|five|\d+"
    r"|a few|many) years"
    r"(?= (?:this|he|she|it|they)\b)|among the (?:first|last|many|few) things|regardless"
    r"|(?:in|as) a mirror|mirror image|mirrored|flipped"
    r"|depends? on|irrespective)\b"
)
_OFTEN = re.compile(
    r"\b(?:often|usually|generally|rarely|seldom|commonly|normally|sometimes|as a rule|in general"
    r"|typically(?= (?:have|has|show|look|keep|need))|traditionally|always|on average|by nature"
    r"|tends? to)\b(?! (?:associated|linked|connected|found|seen|attributed|ascribed|called"
    r"|described|male|female|masculine|feminine))"
)
_PEOPLE = (
    r"(?:people|men|women|children|babies|adults|faces|portraits|pictures|photographs|photos|images"
    r"|toddlers|infants|seniors|pensioners|teenagers|teens|adolescents|boys|girls|kids|youngsters"
    r"|painters|artists|photographers|examiners|sleepers|cameras|viewers|observers|persons|heads"
    r"|sitters|models|cultures|countries|populations|studies)"
)
_MANY = re.compile(
    rf"\b(?:most|many|some|few|all|other|older|any|every|such|certain|several) (?:\w+ )?{_PEOPLE}\b"
    r"(?! (?:would|will|might|may|could|see|say|read|take|perceive|call|think|describe|judge|guess"
    r"|estimate|put|place|agree|find|are likely))|\b(?:painters|artists|photographers|sleepers)\b"
    r"|\b(?:viewers?|observers?|raters?|annotators?|readers?) (?:from|of|in|who|aged|over|under)\b"
    r"|\b(?:eyes|gaze|attention|age|face) of (?:the|a|any) (?:viewer|observer|beholder|reader"
    r"|onlooker)|\b(?:viewer|observer|reader|beholder)'s (?:gaze|eyes?|attention|age|own|look)"
)
_OPENED_BY = re.compile(
    rf"\W*(?:in|for|with|on|among) (?:\w+ )?{_PEOPLE}\b|\W*(?!he\b|she\b|it\b|the|this|these|those"
    rf"|both|his|her"
    rf"|their|its|two)(?:[\w-]+ )?{_PEOPLE}\b(?! (?:would|will|might|may"
    r"|could|see|say|read|take|perceive|call|think|describe|judge|guess))"
)
_THAN = re.compile(
    r"\bas (?:if|though) [^,;]*$|\b(?<!more )(?<!older )(?<!less )(?<!younger )(?<!rather )"
    r"(?<! other )than\b[^,;]*$"
    r"|\bas \w+ as (?:in |on |that of |those of |with |for )?(?:(?:an?|the|any|no)\b[^,;]*)?$"
)
# "lines that one would expect at", "what is called", "the length that adults have"
_EXPECTED = re.compile(
    r"\bwhat (?:one|we|you|people) (?:sees?|finds?|knows?) (?:in|on|at) an? [^,;]*$|\b(?:that"
    r"|which|whom|what|as|than|lines|wrinkles|folds) (?:\w+ ){0,3}?(?:expects?|expected"
    r"|goes? with|comes? with|called|prefers?|fears?|known as|takes? for|mistakes? for)\b[^,;]*$"
)
_WORDS = re.compile(
    r"\b(?:words?|terms?|labels?|expressions?|phrases?|names?|adjectives?|categor\w+)"
    r" (?:such as |like |as )?[\"'][^\"']*$|so-called (?:\w+ )?$"
)
_COMPARES = (
    r"(?:\w+ )?(?!older|rather|under|over|either|neither|never|her\b|after|together|another|other"
    r"|younger|order|border|however)\w{2,}er\b"
)
# "A child of eight, for one, has a shorter nose", "a woman of eighty looks different"
_NOT_THIS = re.compile(
    r"[^,;.]{0,30}(?:,[^,;.]{1,30},)? (?:(?:has|have|had|shows?|with) (?:\w+ )?(?:an? )?(?:\w+ )?"
    rf"(?:{_COMPARES}|more|less|fewer)\b|(?:is|are|looks?|appears?) (?:\w+ )?(?:{_COMPARES}"
    r"|different\b|alike|the same|similar|another matter|another thing)|(?:is|are) (?:what|how"
    r"|where) (?!is\b|are\b|one|we\b|i\b|you|can|the (?:picture|image|viewer|photo)|it)|(?:is"
    r"|are) (?:\w+ )?(?:needed|required|wanted|useful|preferred|preferable|ideal|customary|common"
    r"|rare|another question|a question|irrelevant|unknown|not known)\b|prov\w+ (?:nothing|little))"
)
_ANYBODY = re.compile(r"\W*(?:an?|any|every) (?:\w+ )?")
# "A woman's forehead is lower", but "a woman's face is shown"
_OWNED = re.compile(
    r"'s(?:,| (?!(?:\w+ )?(?:face|portrait|head|features) (?:is|are|was) (?:shown|seen|depicted"
    r"|presented|pictured|in|what|at)))"
)
_AFTER = re.compile(
    r" ?: ?(?:none|no|not|nil|absent|hardly|negligible|minimal)\b"
    r"|,? (?:is|are|was|were) not (?:there|present|visible|seen|shown|found)\b|[a-z'-]* (?:(?:can"
    r"|could|may|must) (?:\w+ )?be (?:ruled out|excluded|dismissed|discounted)|(?:is|are) (?:over"
    r"|past|behind|(?:a long|far|still) \w+)\b|lies? (?:behind|ahead)\b|cannot be (?:told|judged"
    r"|read|known|said|confirmed)|(?:is|are|was) (?:not known|unknown|unclear|not certain|uncertain"
    r"|impossible)|is another|is a question|does not come|would not|does not (?:fit|apply|hold)"
    r"|(?<!the )(?:viewers?|observers?|painters?|artists?|raters?|photographers?|averages?"
    r"|annotators?"
    r"|readers?|samples?|studies|masks?|standards?|art|literature|data\w*)\b|(?:he|she"
    r"|they) (?:once|will|may)\b|(?:it|this|that|one) (?:could|might|would) become)"
)


# ", with the eyes firmly shut", ", since the image is out of focus"
_ADDED = re.compile(r" (?:with (?:the|his|her|both)|since the|although the) ")


def left_alone(low: str, start: int, end: int) -> bool:
    """Whether what stands at a place of a sentence is no plain claim about this face.

    Args:
        low: the sentence in lower case.
        start: where the claim begins.
        end: where it ends.
    """
    first, last = _reach(low, start, end)
    opening = max(low.rfind(mark, 0, start) + 1 for mark in ";:")
    if _ADDED.match(low, first):  # however the sentence begins
        opening = first
    before, around = low[first:start], low[first:last]
    return bool(
        low.rstrip(" \n\"')").endswith("?")
        or _OPENS.match(low, opening)
        or _OPENS.match(around)
        or quoted(low, start, end)
        or _CASE.search(around)
        or _ELSEWHEN.search(around)
        or _OFTEN.search(around)
        or _MANY.search(around)
        or _OPENED_BY.match(low, opening)
        or _THAN.search(before)
        or _EXPECTED.search(before)
        or _AFTER.match(low, end)
        or (_OWNED.match(low, end) and _ANYBODY.fullmatch(before))
        or (_NOT_THIS.match(low, end) and _general(before))
        or only_spoken_of(low, start, end, first, last)
        or set_aside(low, start, end, first, last)
        or mentioned(low, start, end, first)
    )


def denied_afar(low: str, start: int) -> bool:
    """Whether a denial stands anywhere before, in what belongs together."""
    first, _ = _reach(low, start, start)
    return bool(_DENIES.search(low, first, start))


def _reach(low: str, start: int, end: int) -> tuple[int, int]:
    """From where to where words belong to what stands at a place."""
    first = 0
    for match in _BEGINS.finditer(low, 0, start):
        first = match.start() + 1
    after = _ENDS.search(low, end)
    return first, after.start() if after else len(low)


_QUOTE, _UNQUOTE = re.compile(r"(?<!\w)'[^'.;]*$"), re.compile(r"[^'.;]*'(?!\w)")


def quoted(low: str, start: int, end: int) -> bool:
    """Whether a place is between quotation marks, or after "the word"."""
    marks = low.count('"', 0, start)
    return bool(
        (marks % 2 and '"' in low[end:])
        or _WORDS.search(low, 0, start)
        or (_QUOTE.search(low, 0, start) and _UNQUOTE.match(low, end))
    )


def _general(before: str) -> bool:
    """Whether the words before a noun do not point at anybody: "a", "the hair of a"."""
    return not re.search(r"\b(?:the|this|that|these|his|her|their|is|are|shows?|see|sees)\b(?! \w+"
                         r" of an? )", before)  # fmt: skip
