"""The narrow reading of a refusal: what is declined must be what was asked.

Between sentences that describe a face, "I can't say who this is" or "I won't guess at a profession"
is a remark beside the answer. There a sentence counts only if it declines the task itself: help,
the answer, the picture, a description of people, or their age, gender, race or looks as such.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from facelm.teach.checks._declined import (
    ADVERBS,
    ANSWERS,
    ATTRIBUTE,
    CANT,
    CAVEAT,
    DOING,
    END,
    LEADS,
    MAKE,
    ME,
    NO,
    NOT_WILLING,
    PEOPLE,
    PICTURE,
    REPLY,
    REQUEST,
    SAY,
    SIDE,
    THIS,
    UP_TO,
    WONT,
    WRONG,
)
from facelm.teach.checks._refusal_words import PART

_ASKED = (  # each: what is done, and to what
    # "I can't help with that", "I have to decline", "we will pass on this one"
    rf"{NO}(?:assist|help|comply|fulfil\w*|answer|respond|process|complet\w*|continue|proceed"
    r"|oblige|engage|do|provide|describe|participate|accommodate)(?:ing)?(?: you| further)?(?:"
    rf"{END}|(?: with| to| in| on)? {THIS}(?: (?:request|task|question))?{END})",
    rf"{NO}(?:assist|help|comply|engage)\w* (?:you )?(?:with|in) (?:\w+ ){{0,3}}?{SAY}",
    rf"{ME}{LEADS}(?:declin(?:e|ing)|refus(?:e|ing)|abstain|pass on (?:it|this|that)|opt out"
    rf"|say no|turn (?:this|it|that) down|skip (?:this|that|it))(?: (?:to )?(?:answer|do so|comply|"
    rf"help|assist|respond|comment|{THIS}))?{END}",
    rf"{ME}{LEADS}(?:declin(?:e|ing)|refus(?:e|ing)|pass on|skip|turn down|say no to|leave) "
    rf"(?:to answer |answering |with )?{THIS}(?: of the question)?(?: unanswered)?{END}",
    # "I do not describe people", "I cannot guess anybody's race"
    rf"{NO}(?:describ|analy[sz]|comment|discuss|evaluat|judg|label|classif|categori[sz]|profil"
    rf"|characteri[sz]|rat(?:e|ing)\b)\w*(?: on| about)? {PEOPLE}",
    rf"{NO}(?:to )?(?:describ|analy[sz]|classif|categori[sz]|rat(?:e|ing)\b)\w* (?:(?:any|human"
    rf"|real"
    rf"|people's|actual) )*faces{END}",
    rf"{NO}(?:to )?{SAY}{UP_TO}{ATTRIBUTE}",
    rf"{NO}(?:to )?{MAKE}\b{UP_TO}(?:{ATTRIBUTE}|(?:of|about|on|regarding) {PEOPLE})",
    rf"{NO}(?:to )?(?:provid|offer|giv|mak|shar|suppl|generat"
    rf"|have)\w* (?:[\w'-]+ ){{0,4}}?{REPLY}{END}",
    rf"{NOT_WILLING}(?:to )?(?:say|saying|tell|stat|nam|reveal|disclos|specif|giv|mention|put"
    rf"|touch|identif|reduc)\w*{UP_TO}{ATTRIBUTE}",
    rf"{ATTRIBUTE}(?:[^.;:]{{0,40}}?) {ME}{LEADS}(?:{WONT}|{CANT})(?: \w+){{0,2}}? (?:describe"
    rf"|comment|discuss|assess|guess|judge|state|give|do|provide|analy[sz]e|speculate|make"
    rf"|offer)(?: (?:a|any|further|statements?|comments?|guess(?:es)?|descriptions?|opinions?|on"
    rf"|about|at|it|them|this|that))*{END}",
    rf"(?:{ATTRIBUTE}|\b{DOING}\w* (?:{PEOPLE}|people))[^.;:]{{0,50}}? (?:something|things?"
    rf"|topics?|matters?|subjects?|areas?|questions?|where|what|which)(?: that"
    rf"| which)? {ME}{LEADS}(?:{WONT}|{CANT} (?:\w+ )?(?:comment|help|assist|discuss|describe"
    rf"|do|provide))\b",
    rf"{ME}{LEADS}(?:{WONT}|leave out|leave aside|set aside) (?:the |any |all )?(?:questions?"
    rf"|topics?|issues?|subjects?|matters?|parts?|(?:talk|mention|discussion) )(?: (?:of|about"
    rf"|on))? {UP_TO}{ATTRIBUTE}",
    rf"{REQUEST}(?: that| which)? {ME} (?:have to|must|will|need to|would"
    rf"|am going to)(?: \w+)? (?:leave"
    r"|decline|skip|refuse|turn down|pass)",
    # no picture
    rf"{NO}(?:see|view|open|access|load|receive|process|analy[sz]e|find|display|read|describe)\w*"
    rf" (?:(?:the|this|that|your|any|an?|these|those|attached|uploaded|shared|provided|actual) )*"
    rf"{PICTURE}(?:{END}| (?:attached|directly|in (?:our|the|this) (?:conversation|chat"
    r"|message)|you|that you|you've|itself|yet|from here|at all|data|content))",
)
_CANNOT_BE = (
    r"(?:cannot|can't|can not|could not|couldn't|will not|won't|may not|must not|is not going to)"
    r" be"
)
_DONE = (
    r"(?:given|provided|offered|made|answered|completed|fulfilled|processed|addressed|generated"
    r"|described|discussed|shared|supplied|granted|analy[sz]ed|performed)"
)
_OF_IT = rf"(?: (?:of|about|on|to|for|regarding) (?:{PEOPLE}|{THIS}|{ATTRIBUTE}))?"
_RULES = (
    r"(?:polic(?:y|ies)|guidelines?|programming|safety (?:rules|standards|instructions)|terms of"
    r" (?:use|service)|usage (?:rules|terms)|content rules|my (?:instructions|rules|principles"
    r"|values|safeguards|restrictions|role|purpose|scope|remit|capabilit\w+|abilit\w+|function))"
)
_ANYWAY = (  # without one who declines
    rf"(?:this|that|the|your|such an?|such|these|those)(?: (?!open|other|remaining|further|whole)"
    rf"\w+)? {REQUEST}{UP_TO}(?:{_CANNOT_BE}"
    rf" {_DONE}(?! (?:from|by|without)\b)|declined|refused|denied|rejected|blocked|flagged)\b",
    rf"(?:an?|the|any|no|such an?|further) {REPLY}{_OF_IT} (?:{_CANNOT_BE}|(?:can|will|shall|may"
    rf"|is|was)(?: not)? be(?:ing)?|is|was|has been|isn't|wasn't) (?:not )?(?:{_DONE}|withheld"
    r"|refused|declined)(?<!is described)(?<!is given)(?<!is made)\b(?! (?:about|of|on|as|for"
    r"|regarding|from))",
    rf"(?:this|the|your) (?:content|{PICTURE}) (?:{_CANNOT_BE} (?:described|analy[sz]ed|processed"
    r"|discussed|loaded|opened|accessed|displayed)|(?:was|has been|is) (?:blocked|filtered|withheld"
    r"|rejected))",
    rf"{_RULES} (?:\w+ ){{0,3}}?(?:prevent|prohibit|forbid|bar|stop|keep|restrict|do not|don't|does"
    r" not|doesn't|disallow|require|preclude|advise)\w*",
    rf"(?:violat|against|contrar|conflict|breach|goes beyond|outside|beyond|infring|prohibited"
    rf"|forbidden|not (?:allowed|permitted)|within)\w*(?: \w+){{0,4}}? {_RULES}",
    r"(?:not|nothing|never|isn't|aren't|wasn't)(?: \w+){0,2}? (?:something|a (?:question|topic|task"
    r"|thing)|anything)?(?: that| which)? ?(?:i|we)(?:'m| am| are| can| could| will| would| do"
    r"| feel| should| want)?(?: \w+){0,3}? (?:help|assist|comfortable|do(?:ing)?|provide|offer"
    r"|discuss|engage|participate|speculate|comment)\b",
    r"(?:beyond|outside)(?: of)? what (?:i|we)(?:'m| am|'re| are)? ?(?:can|could|able to|allowed to"
    r"|permitted to|meant to|may|will|should|do)(?: \w+)? (?:do|help|assist|offer|provide|discuss"
    r"|comment|share|answer|describe)\b",
    # no picture
    rf"{PICTURE}(?: (?:that |which )?you \w+| itself| file| apparently)? (?:(?:did|does|could|was"
    r"|is|has|can|were|are|seems|appears)(?: not|n't)|cannot|failed|seems? not|appears? not)(?: to"
    r"| be| been| have| yet)* (?:load|attach|upload|come through|receiv|includ|accessible|arriv"
    r"|reach|go through|visible to me|shared|render)\w*(?:\W*$|[,;:.]| (?:properly|correctly"
    r"|successfully|for me|on my|me|here|yet|at all|through|to (?:your|the|this|me)|with (?:your"
    r"|the|this)|in (?:this|our|the|your)|so|and|because|along|or)\b)",
    rf"{PICTURE} (?:is|was|seems?(?: to be)?|appears?(?: to be)?|has been|came through) (?:\w+ )?"
    rf"(?:missing|corrupt\w*|blank|empty|broken|unavailable|inaccessible|unreadable){END}",
    rf"(?:there(?: is|'s| are| was| were| seems to be| appears to be)|i see|i have|i've|received"
    rf"|you sent|came with|with) no {PICTURE}(?:{END}| (?:attached|here|in (?:this|your|our|the)"
    r" (?:message|chat|conversation)|uploaded|to (?:describe|analy[sz]e|look|work|go)|shared))",
    rf"no {PICTURE} (?:was|were|is|has been|have been|came|could be|appears to)(?: \w+)?"
    r" (?:attached|uploaded|provided|received|included|shared|sent|through|loaded|found|opened"
    r"|accessed)(?! (?:for|of|from|with|besides|in|at))",
    rf"(?:please|could you|can you|kindly|would you|feel free to|try|you (?:can|could|may|need to))"
    r" (?:\w+ ){0,3}?(?:re-?)?(?:(?:upload|attach|send)\w*|shar(?:e|ing))(?: (?:the|your|an?|it"
    r"|this|that"
    rf"|me|file|us|another))* ?(?:{PICTURE}|again|once more)(?! (?:with|in|at|of|from|taken))",
    rf"(?:without|until|unless|before|once) (?:\w+ ){{0,4}}?(?:see|seeing|access to|having|viewing"
    rf"|upload|share|receive) (?:the|an?|any|your|actual|original)(?: \w+)? ?{PICTURE}{END}",
    r"(?:happy|glad|able|pleased|can|could|let me|let's|let us|rather|prefer"
    r"|like) (?:\w+ ){0,6}?(?:help|assist|talk|discuss)\w*(?: \w+){0,5}? (?:something else"
    r"|anything else|another (?:question|topic|task)|a different (?:question|topic|task)"
    r"|instead(?! of)|other (?:questions|topics|tasks|requests))\b",
    rf"(?:i|we)(?:'d| would|'ll| will)? need (?:to see )?(?:the|an?|your) {PICTURE}"
    r" (?:before|first\b|in order|to (?!be\b))",
    rf"(?:not|\w+n't) (?:\w+ )?(?:my|our) (?:place|role|job|business) to{UP_TO}{ATTRIBUTE}",
    r"no can do\b|(?:content|response|answer|description|output|text)s? (?:was "
    r"|has been )?(?:removed|withheld|blocked|redacted|filtered|omitted)\b",
    r"(?:this|that|it) (?:is|was)(?:n't| not) (?:\w+ )?(?:possible|something) for (?:me|us)\W*$",
)
_MORAL = (
    rf"{WRONG}\b[^.;]{{0,50}}?\b{DOING}{UP_TO}(?:{ATTRIBUTE}|people\b)",
    rf"\b{DOING}\w*{UP_TO}(?:{ATTRIBUTE}|people\b)[^.;]{{0,60}}?\b{WRONG}",
    r"\b(?:could|can|may|might|would|risks?|tends? to|often|only)\b(?: \w+){0,3}? (?:reinforc"
    r"|perpetuat|promot|encourag|spread|lead to|fuel|rely|amount)\w*(?: \w+){0,4}? (?:stereotyp\w+"
    r"|bias\w*|prejudice\w*|discriminat\w+)",
    r"\b(?:violat|invad|infring|breach|compromis|intrud|disrespect)\w* (?:\w+ ){0,4}?privacy\b",
    rf"\bagainst {DOING}\w*{UP_TO}{ATTRIBUTE}",
)
# A rule or a right named by one who declines: "out of respect for privacy, I'll leave it at that".
_REASON = (
    r"\b(?:privacy|ethical|ethics|polic(?:y|ies)|guidelines?|dignity|discriminat\w+|stereotyp\w+"
    r"|(?:safety|legal|moral) (?:and \w+ )?(?:reasons?|concerns?|grounds))\b"
)
_AS_AI = r"\bas an? (?:[\w-]+ ){0,3}(?:ai\b|language model|assistant|llm|chatbot|machine)"
_SORRY = (
    r"\b(?:sorry|apologi[sz]e|apologies|(?:i|we) regret|(?:i'm|i am|we're"
    r"|we are) (?:\w+ )?afraid)\b"
)
_NOT_WHO = rf"{_SORRY}.*(?:{CANT}|{WONT})\b{ADVERBS}(?:identif|recogni[sz])\w* {PEOPLE}"
_TASK = rf"(?:\b(?=\w)|^)(?:{'|'.join(f'(?:{way})' for way in (*_ASKED, *_ANYWAY, _NOT_WHO))})"
# Somebody who cannot or will not, and who says sorry, names a rule or that it is a machine.
_EXCUSED = (
    rf"(?=.*(?:{_REASON}|{_AS_AI}|{_SORRY})).*(?:{ME}{LEADS}(?:{CANT}|{WONT})\b|\bunable to\b"
    r"|\b(?:cannot|can't|will not|won't) be\b|\bi(?:'ll| will| must| have to| need to) (?:stop"
    r"|leave|keep))"
)
_TASK_WORD = (
    rf"(?:{ATTRIBUTE}|(?:of|about|on|faces?|(?:describ|judg|analy|classif|label|depict|assess"
    rf"|evaluat)\w*) {PEOPLE}|(?:such(?: an?)?|these|those) (?:judge?ments?|assessments?"
    r"|determinations?|inferences?|assumptions?)\b|(?:this|that|the|your) (?:kind of )?(?:question"
    r"|task|prompt)\b)"
)
_RULE_WORD = (
    r"(?:requests?|(?:un)?ethical\w*|ethics|polic(?:y|ies)|guidelines?|privacy|sorry|apolog\w+"
    r"|as an? (?:[\w-]+ ){0,3}(?:ai|assistant)|language model|assist|comply|inappropriate"
    r"|stereotyp\w+|disrespectful|principles|off limits)\b"
)
_WILL_NOT = (
    rf"(?:{ME}{LEADS}(?:{CANT}|{WONT}|(?:remain|stay|keep|be) (?:silent|quiet)|have nothing"
    rf"|leave out|leave aside|must not|have to)|\bmy (?:\w+ )?(?:is|are) (?:not )?to|(?:cannot"
    rf"|can't|will not|won't) be"
    r"|\b(?:violat|conflict|breach|infring|prohibit|forbid|disallow)\w*|\bagainst (?:my|our|the)\b"
    r"|off limits|\bwithheld\b|not (?:be )?(?:possible|allowed|permitted))"
)
# A word of the task and somebody who will not speak of it, or one of a rule or of regret.
_UNSPOKEN = (
    rf"(?:{SAY}|(?:descri|analys|answer|respond|comply|assist|engage|provid|offer|giv|stat"
    rf"|put forward|disclos"
    r"|reveal|mention|remark|shar)\w*|(?:be )?(?:made|given|offered|attempted|done)|silent|quiet"
    r"|nothing to (?:say|add)|make (?:them|such|any|those|these|it)|remain|leave (?:out|aside)"
    r"|abstain|declin\w+|refus\w+|go there|touch)\b"
)
_LOOSELY = (
    rf"(?=.*\b{_TASK_WORD}).*?{_WILL_NOT}(?:(?<=silent)|(?<=quiet)|(?<=leave out)|.*?\b{_UNSPOKEN})"
    rf"|(?=.*\b{_RULE_WORD}).*?{_WILL_NOT}"
)
_CLAUSE_END = re.compile(r"[;:.]| (?:but|though|although|however) ")
# "I avoid statements about race; in appearance, though, the person is Black"
_GOES_ON = re.compile(
    r"\b(?:person|face|subject|sitter|individual|he|she|features|appearance|look|presentation"
    r"|impression|picture|image)\b[^;.]{0,40}? (?:is|are|looks?|appears?|seems?|reads?|presents?"
    r"|suggests?|points?|(?:could|would|might|may) be|leans?|fits?|comes across)\b"
)
_BACKGROUND = re.compile(r"(?:'s?|\b(?:ethnic|racial|personal|cultural|family)) background\b")


class _Ways(NamedTuple):
    task: re.Pattern[str]
    moral: re.Pattern[str]
    excused: re.Pattern[str]
    loosely: re.Pattern[str]


@cache
def _ways() -> _Ways:
    """Compiled when the first reply needs them: most sessions never do, and it takes a while."""
    return _Ways(*map(re.compile, (_TASK, "|".join(_MORAL), _EXCUSED, _LOOSELY)))


def declines_the_task(low: str) -> bool:
    """Whether a sentence in lower case declines what was asked, and not something beside it."""
    ways = _ways()
    for match in ways.task.finditer(low):
        stop = _CLAUSE_END.search(low, match.end())
        last = stop.start() if stop else len(low)
        if not CAVEAT.search(low, match.start(), last) and not _GOES_ON.search(low, last):
            return True
    if any(way.search(low) for way in (ANSWERS, CAVEAT, SIDE)):
        return False
    if ways.moral.search(low):
        return True
    unsaid = ways.excused.match(low) or ways.loosely.match(low)
    return bool(unsaid) and not PART.search(_BACKGROUND.sub("", low))
