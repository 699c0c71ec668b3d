"""Whether words are about the person of the picture or about somebody else."""

from __future__ import annotations

import re

from facelm.teach.checks._prose import CONTRAST, clause_of

_OTHERS = re.compile(
    r"\b(?:another|other|second(?! (?:decade|half|year))|others|in the background"
    r"|background (?:figures?|person|people)"
    r"|behind (?:him|her|them)|beside|next to|companions?|(?:his|her|their) (?:mother|father"
    r"|parents?|mum|mom|dad|friends?|siblings?|brother|sister|son|daughter|child|baby|wife"
    r"|husband|partner|spouse|grand\w+|owner|carer|caregiver)|crowd|bystanders?|poster|printed"
    r"|logo|sign|reads \W|accompan\w+|holding|holds|carr(?:y|ies|ying)|held by|arms of|lap of"
    r"|hand of|someone else|somebody else|on the (?:shirt|t-shirt|wall|screen)|portrait on"
    r"|painting|family|passer\w*|spectators?|whoever|who (?:took|takes|made|makes|shot|held|holds"
    r"|photographed)|photographer is|(?:wo)?men's|hand belongs)\b"
)
_SOMEBODY_ELSE = re.compile(
    r"\b(?:second|another|other|third|partial) (?:person|face|individual|figure|man|woman|child"
    r"|adult|subject)\b|\bsome(?:one|body)(?: else)?'s\b|\bsome(?:one|body) else\b"
    r"|\bin the background\b"
)


_PEOPLE = (
    r"(?:(?:wo)?men|people|persons|individuals|adults|children|kids|babies|infants|toddlers"
    r"|boys|girls|teenagers|teens|adolescents|seniors|males|females|ladies|gentlemen|faces|heads"
    r"|subjects|skulls|features|africans|asians|europeans|americans|youngsters|pensioners|skins"
    r"|beards|youths)"
)
# "Grown men have a longer face", "children's faces are rounder": nobody in the picture.
_IN_GENERAL = re.compile(
    rf"\W*(?:[\w'-]+ ){{0,3}}?{_PEOPLE}(?:'s?)?(?: (?:and|or|of|with|in|from|at|over|under)"
    rf" (?:[\w'-]+ ){{0,2}}?[\w'-]+){{0,2}} (?:have|tend|often|usually|rarely|seldom|generally"
    r"|typically|commonly|normally|mostly|sometimes|frequently|always|never|grow|can|differ|vary"
    r"|lack|share|do|show (?!the|this)|are (?:\w+ )?(?:often|usually"
    r"|rarely|generally|typically|commonly|normally|mostly|sometimes|known|said|\w+er\b)|look"
    r" (?:\w+ )?(?:alike|the same|different)|(?:can|may|might|would|could) (?!\w* ?(?:take|say"
    r"|guess"
    r"|call|read|see|put|think|describe|judge|place|estimate|consider|believe|assume)\b))"
)
# "an adult's face is longer than this one"
_COMPARED = re.compile(
    r"[^,;:.]*\b(?:\w+er|more \w+|less \w+) than (?:this|that|here|the (?:one|face|person)"
    r"|in this|hers"
    r"|his|theirs|is seen|what)\b"
)
_DETERMINED = re.compile(r"\W*(?:the|this|that|these|those|his|her|their|an?|both|two|one)\b")
_AMONG = re.compile(
    rf"\b(?:common|usual|typical|normal|found|rare|frequent|as|seen|known|than|unusual|ordinary"
    rf"|average|customary|expected) (?:(?:is|it is|they are|seen|found|usual|common) )*(?:in|for"
    rf"|of|among|with|on) (?:[\w'-]+ ){{0,2}}?{_PEOPLE}\b"
)
# "an elderly person would have deeper lines", "in a child the cheeks would be rounder"
_SUPPOSED_AFTER = re.compile(
    r"(?:[- ](?:person|people|face|man|woman|skin|head|individual|adult|child|features|subject"
    r"|one|ancestry|descent|background"
    r"|of (?:this|that|any|such an|her|his|their) age))*,? (?:\w+ )?would (?:\w+ly |not "
    r"|then )*(?:have|show"
    r"|lack|carry|bear|display|wear|need|often|usually|be (?:\w+er|more|less|expected to)"
    r"|look (?:\w+"
    r" )?(?:the same|alike|different|like this))\b"
)
_SUPPOSED_BEFORE = re.compile(
    r"(?:\b(?:if|whether|as if|as though|supposing|were (?:he|she|it|this|they|the \w+))\b"
    r"(?! (?:anything|so|not)\b)(?: [\w'-]+){0,5}|^\W*(?:in|on|with) (?:an?|most|many"
    r"|any)(?: [\w'-]+){0,2}) $"
)


def of_others(low: str, start: int, end: int) -> bool:
    """Whether the clause around a place speaks of others: people, pictures, print, nobody."""
    clause = clause_of(low, start, end)
    return bool(
        _SOMEBODY_ELSE.search(low)
        or _OTHERS.search(clause)
        or _AMONG.search(clause)
        or _COMPARED.match(low, end)
        or _SUPPOSED_AFTER.match(low, end)
        or (_IN_GENERAL.match(clause) and not _DETERMINED.match(clause))
        or _supposed(low, start, end)
    )


def _supposed(low: str, start: int, end: int) -> bool:
    """A condition ("if she were a child") or a case put ("in a child it would be rounder")."""
    before = _SUPPOSED_BEFORE.search(low, max(0, start - 60), start)
    if not before:
        return False
    put = before.group().lstrip().startswith(("in", "on", "with"))
    return not put or bool(CONTRAST.search(low, end))
