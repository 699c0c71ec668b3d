"""Whether a sentence only speaks of a thing: what it says of it is that it is not so.

"Blur is not an issue", "a European label would fit less well", "far from a studio shot": the words
of a claim are there, and nobody claims it. What is the subject of a sentence is claimed by what
follows it; what is likened, set against or put between two things is not claimed at all.
"""

from __future__ import annotations

import re

_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|being|has|have|had|does|do|did|looks?|appears?|seems?|shows?"
    r"|suggests?|indicates?|points?|reads?|gives?|gave|makes?|wears?|keeps?|holds?|remains?|stays?"
    r"|lies?|sits?|stands?|faces?|turns?|comes?|falls?|can|could|may|might|would|will|say|call|see"
    r"|think|guess|find|leaves?|bears?|speaks?|hints?|betrays?|tells?|describes?|presents?|conveys?"
    r"|reveals?|displays?|carries|puts?|places?|estimate\w*|believe|it's|i'd|i'm|he's|she's|there's"
    r"|that's|gets?|takes?|took|strikes?|brings?|passes|counts?|serves?|matches|fits?|suits?"
    r"|agrees?"
    r"|allows?|lets?|invites?|creates?|lends?|signals?|means?|implies|supports?|confirms?|occupies"
    r"|fills?|covers?|surrounds?|frames?|belongs?|corresponds?|i've|i'll|they're|they|he|she)\b"
)
# What the sentence then says of its subject: that it is not so, or only that it may be.
_NOT_SO = re.compile(
    r"\b(?:not(?! (?:only|just|merely|least|surpris))|no(?! (?:doubt|less|question|mistak\w+))"
    r"|never|nor|neither|cannot|hardly|scarcely|barely|none|nothing|nowhere|nobody|absent|ruled out"
    r"|unlikely|lacks?|fails?|missing|excluded|(?:stays?|keeps?) away|would(?! (?:be (?:the|my"
    r"|a fair|how|a good)|\w+ly be"
    r"|seem|appear|say|guess|judge|call|fit(?! (?:less|worse|bad|poor))|describe|sum))|(?:can|may"
    r"|might|could|must"
    r"|should|need)(?! (?:think|say|guess|imagine|judge|call|estimate)\b)(?! (?:well |easily "
    r"|clearly |also |still )?be (?:seen|made|read|recogni[sz]ed"
    r"|the|his|her|noted|observed|discerned|noticed|described|said|a\b|an\b|found|assumed|inferred"
    r"|in\b|called|judged|guessed|estimated|counted|traced|distinguished|resolved|told apart))"
    r"|requires?|needs?|calls? for|depends?|differs?|(?:is"
    r"|are) (?:a|one|another|an|the) (?:\w+ )?(?:matter|question|thing|issue|convention|possibility"
    r"|risk|danger|topic|concept)|(?:is|are) (?:the|an?) (?:norm|rule|standard|custom|default"
    r"|exception)\b|(?:is|are) (?:the|a|among the) (?:commonest|usual|most common"
    r"|most"
    r" frequent|frequent) |tend|means?)\b|n't\b"
)
# "some way off", "a stretch", "less well": what is said of a reading that is turned down.
_REJECTED = re.compile(
    r"\b(?:(?:fits?|suits?|works?|convinces?|matches|applies|serves?) (?:\w+ )?(?:less|worse|badly"
    r"|poorly|nobody|ill)|(?:is|are|seems?|remains?) (?:\w+ )?(?:conceivable|possible|thinkable"
    r"|imaginable|arguable|debatable)|less (?:well|likely|apt|fitting|convincing|natural|plausible"
    r"|suitable|accurate|probable)|(?:further|farther) (?:off|away|down|back)|(?:seems?|looks?|is"
    r"|are) (?:\w+ )?(?:remote|distant|doubtful|far-fetched|second)|(?:some|a long|a good"
    r"|quite some) way (?:off|away|ahead)|(?:decades|years|far|ages|months|worlds?|miles) (?:off"
    r"|away|ahead|behind|removed|apart)|out of (?:place|the question|reach)|off the mark|(?:too"
    r"|overly) (?:strong|much|bold|narrow|hasty|far)|(?:an?|the) (?:stretch|exaggeration"
    r"|overstatement|mistake|error|misnomer|outlier)|overstat\w*|mislead\w*|mistaken|inaccurate"
    r"|incorrect|wrong|untrue|premature|(?:is|are|be) (?:\w+ )?off by|(?:set|put|left|laid) aside"
    r"|rejected|dismissed|discarded|discounted|turned down|non-issue|(?:is|are|lies?|remains?"
    r"|stays?) (?:\w+ )?(?:beyond|below) (?:what|the (?:reach|limit\w*|resolution|scope|power"
    r"|means))|(?:has|have|is|are|was|were|being|been|had) (?:\w+ )?(?:gone|outgrown|faded|vanished"
    r"|wanting)|(?:is|are) (?:two|different|separate) things|no issue|no concern"
    r"|(?:un|most un|very un|highly un)likely(?=\W*$|[,;.]| here| on| as)|improbable|implausible"
    r"|comes? short|falls? short|(?:is|are|was|were|has been|have been) (?:\w+ )?(?:avoided"
    r"|averted|escaped"
    r"|overcome|prevented|spared)|complement|supplement|the (?:last|least) (?:thing|of|word"
    r"|reading|guess|problem|worry|concern)|(?:ends?|over) (?:long )?ago)\b"
)
# "the opposite of a night-time shot", "much as in a passport photo", "between a frontal and a"
_LIKENED = re.compile(
    r"\b(?:right angles to|in (?:place|lieu) of|unlike|anything but|imagin\w+|envisag\w+|picture "
    r"(?:him|her|them)|contrary to"
    r"|rather than|instead of|as opposed to|opposite of|reverse of|(?:far"
    r"|long) (?:cry|way) (?:from|to)|(?:far|long|further|years|decades|away|removed|apart|different"
    r"|distant) from|resembl\w+|reminiscent of|reminds? \w+ of|recall(?:s|ing)|akin to|similar to"
    r"|comparable (?:to|with)|in the (?:manner|style|way|spirit) of|(?:just |much |such )?as (?:in"
    r"|on|with|for|at|when|under|one sees in) (?:an?|the|any|many|most|some)?"
    r"|(?<!look )(?<!looks )(?<!seems )(?<!appears )(?<!looking )(?<!more )like in|short of|shy of"
    r"|nothing like|anything like|no match for|halfway|midway|between an?|alternative to"
    r"|substitute for|depart(?:s|ures?|ed|ing)? from|deviat\w+ from|neighbou?rs?|(?:differences?"
    r"|distance|gap|step|boundary|transition"
    r"|resemblance|similarit\w+|likeness) (?:from|to|with|towards?)|distinction from|told from"
    r"|tell from|mixed up with|confused with"
    r"|mistaken for|set against|as against|contrast(?:s|ed|ing)? (?:with|to) an?|far removed from"
    r"|counterpart of"
    r"|(?:typical|customary|usual|common|standard|normal|required|asked|wanted|ideal|fit|suitable"
    r"|intended|designed|meant|made|used|reserved|known) (?:for|in) (?:an?|the|most|many)?|(?:above"
    r"|below|beyond) an?|at the (?:level|edge|border) of|(?:margin|leeway|spread|error) of"
    r"|as (?:they|it|one|we|you|he|she) (?:might|would|could|may|will|often|do|does"
    r"|can)(?: \w+){0,4}"
    r" (?:in|on|at|with|among)|viewed (?:on|in|under|by)|seen (?:on|under)|printed on|if|unless"
    r"|whether"
    r"|since (?:\w+ ){0,5}was)\b(?: [\w'-]+){0,4}?(?: of (?:an?|the|any|most)(?: \w+)?)? ?$"
)
# "The rules ask for open eyes and a closed mouth", "has to be closed"
_WANTED = re.compile(
    r"\b(?:(?:ask|asks|asked|call|calls|called|look|wish|search\w*|asking|calling) for|requir\w+"
    r"|demand(?:s|ed)?"
    r"|need(?:s|ed)?|prescrib\w+|insists? on|wants?|prefers?|recommends?|expects?|(?:meant"
    r"|intended|supposed|hoped) to (?:show|have|look|keep"
    r"|see))\b[^,;:]*$"
)
_MUST = re.compile(r"\b(?:(?:has|have|needs?|ought|supposed) to|must|should) (?:\w+ )?be\b")
_OF_A = re.compile(
    r"(?<!that) of (?:an?|any|most|many|other|every) (?!little|bit|few|moment|blink)"
)
# "With closed eyes, anybody looks calmer", "too little light makes noise"
_EVERYBODY = re.compile(
    r"\b(?:no (?:picture|image|photo|photograph|portrait|face|camera|lens) (?:is|can|will|has|was"
    r"|ever)|(?:some|many|most|few|other|certain) cultures)\b|\b(?:any(?:body|one)|every(?:body"
    r"|one)|nobody|no one|(?:any|every|each) (?:\w+ )?(?:face|person|examiner|viewer|portrait"
    r"|picture|camera|observer|human)|people|(?:human|most|many|such|other|all"
    r"|some) faces)(?:'s)?\b(?! (?:would|will|might|may|could) (?:\w+ )?(?:call|say|describe|guess"
    r"|take|see|read|agree|judge|place|put|estimate|consider|perceive|think|identify|classify"
    r"|recogni[sz]e|assume|interpret|date))"
)
_POINTED = re.compile(
    r"\b(?:the|this|that|these|those|his|her|their|its|it|he|she|here|both|i|we|a|an|one|there"
    r"|subject)\b"
)
_LAW = re.compile(
    r" (?:\w+ ){0,3}?(?:loses?|makes?|hides?|needs?|takes?|gives?|causes?|produces?|reflects?"
    r"|absorbs?|tells?|matters?|means|helps?|improves?|reduces?|increases?|softens?|scatters?"
    r"|flatters?|ages?|wants?|adds?|lets?|changes?|differs?|drops?|rises?|grows?|works?"
    r"|flattens?)\b"
)
# "Looking into the lens is a habit", "an open mouth lengthens a face"
_DOING = re.compile(
    r"\W*(?:\w+ly )?(?!\w+thing\b|lighting|shading|framing|colou?ring|during|rendering"
    r"|according)[a-z]+ing\b[^,;:]* (?:is|can|may|might|means|would|could|makes|takes|helps"
    r"|requires|needs|changes)\b"
)
# "Be it Black, White or Asian", "categories like Hispanic", "ideally a frontal picture", "many a"
_TOPIC = re.compile(
    r"\b(?:be (?:it|they)|(?:categories|labels|terms|words|groups|names|classes) (?:like|such as)"
    r"|ideally|preferably|(?:differ\w*|var(?:y|ies)|distinguish\w*|shared) (?:\w+ )?(?:between"
    r"|among"
    r"|across)|compare:?) [^;.]*$"
    r"|\b(?:potential|possible|typical|common|usual|frequent) [^;:.]*\binclud(?:es?|ing) [^;:.]*$"
    r"|\bmany an? [^,;:.]*$|\bmistak(?:e|ing) (?:\w+ ){1,5}for (?:\w+ )?$"
    r"|\b(?:best|better|easily|easiest|only|more easily) (?:judged|seen|told|read|measured"
    r"|assessed|shown"
    r"|viewed|recogni[sz]ed|described|compared|studied)(?: (?:in|from|by|under"
    r"|on))?(?: an?)?(?: \w+)? ?$"
    r"|\bwhat (?:is|was|are|looks|seems) (?:\w+ ){1,3}(?:in|on|for|at) (?:an? )?(?:\w+ )?$"
    r"|\bbetween [\w-]+, [^;:.]*$|\bbetween (?:those|that|the \w+|what) of an? [^;:.]*$"
    r"|\b(?:spots|lines|folds|wrinkles|acne|freckles|jowls|gr[ea]ying"
    r"|baldness) (?:belongs?|comes?|appears?|begins?|sets? in|starts?) (?:to|after|at|with|around"
    r"|from) [^;:.]*$"
)
# "suggesting a young adult as opposed to someone in the fifties, sixties or seventies"
_OPPOSED = re.compile(
    r"\b(?:as opposed to|as distinct from|rather than|instead of) (?:[^,;:.]*|an? \w+, (?:\w+[- ])?"
    r"|(?:[^;:.]*,)[^;:.]* or (?:an? )?(?:\w+ )?)$"
)
_IN_A_TRUE = re.compile(
    r"\W*(?:in|from|with) an? (?:true|real|genuine|proper|strict|pure|perfect) (?:\w+[ -]?)*"
)
# "A narrowed eye is not a closed one", "poor lighting can age a face"
_IS_NO = re.compile(r"\W*an? [\w-]+ [\w-]+ is (?:not|never|no|hardly) (?:an? )?(?:\w+)?")
_CAN = re.compile(r" (?:\w+ly )?(?:can|may|might) (?!(?:\w+ )?be\b)")
_THE = re.compile(r"\b(?:the|this|that|his|her|their|its|a|an) (?:\w+ )?$")
_A = re.compile(r"\W*(?:and |but |so |since |for )?an? ")
_THEN = re.compile(
    r" (?:(?:portrait|picture|image|photo|shot) |[a-z]+ (?:in|on) an? (?:[a-z]+ )?[a-z]+ )?"
    r"(?:\w+ly )?(?:has (?:its|other|different)\b"
    r"|(?:is|was) (?:\w+ly )?(?:worth|useful|better|easier"
    r"|harder|common"
    r"|rare|typical"
    r"|demanded|required|asked|wanted|needed|preferred|expected|prescribed|recommended|advisable"
    r"|forbidden|suspicious|unfortunate|standard|usual|customary|helpful|hard|easy|enough|no"
    r"|one of)\b|(?!is\b|was\b|has\b|shows\b"
    r"|gives\b|suggests\b|marks\b|lies\b|appears\b|looks\b|seems\b|fills\b|faces\b|dominates\b"
    r"|characteri[sz]es\b|sits\b|reveals\b|leaves\b|sets\b|completes\b|exposes\b|displays\b"
    r"|presents\b|stands\b|smiles\b|wears\b|gazes\b|stares\b|turns\b|this\b|as\b|besides\b"
    r"|towards\b|always\b|covers\b|hides\b|frames\b|surrounds\b|softens\b|affects\b|runs\b"
    r"|roots\b|features\b|traits\b|ancestors\b|origins\b|parents\b|conceals\b|obscures\b|results\b"
    r"|makes\b|bathes\b|falls\b|lights\b|hangs\b|rests\b|meets\b"
    r"|comes\b)[a-z]{3,}s\b(?<!ss))"
)
_IN_MOST = re.compile(
    r" (?:in|with|for|on|of|among) (?:most|many|all(?! of)|any|every|such|other) "
)
_THAT_ARE = re.compile(
    r"(?<!the )(?<!his )(?<!her )(?<!both )(?<!their )\b(?:eyes|lips|lids|brows|mouths|heads|faces"
    r"|skin|hair|pictures?|images?) (?:that|which) (?:is|are)\b"
)
_BETWEEN = re.compile(
    r"\bbetween (?!\d|\w+teen\b|\w+ty\b|about|the ages)[^,;:.]{0,40}? and (?:an? |the )?"
    r"(?:[\w-]+ )?$"
)
# "A person of forty may pass for thirty", "passport pictures show a frontal face"
_SOMEBODY = (
    r"(?:person|man|woman|child|baby|toddler|infant|boy|girl|teenager|adult|face|head|mouth|smile"
    r"|eye|beard|picture|photo|photograph|portrait|light|lamp|camera|lens|viewer|observer|one"
    r"|senior|adolescent|view|profile|pose|expression|look|stranger|relative|[\w-]+-year-old)"
)
_ANYBODY_MAY = re.compile(
    rf"(?:^|[,;:] )\W*(?:and |but |so |for |since |because |as |that )?(?:an?|any|every|no|another"
    rf"|one) (?:[\w-]+ )"
    rf"{{0,3}}?{_SOMEBODY}s?\b[^;:]*? (?:may|might|can|could|would|will|need not|must)\b"
    r"(?! (?:\w+ )?be (?:seen|made out|recogni|the|my|a fair|a good|how|called|one|what"
    r"|in keeping))"
)
_MANY = re.compile(
    r"\W*(?:(?:two|many|most|some|few|all|other|several) )?(?!eyes|lips|lids|brows|cheeks|lines"
    r"|wrinkles|folds|creases|shadows|features|details|edges|pupils|irises|highlights|glasses|ears"
    r"|looks|proportions|contours|lashes|pores|freckles|marks|teeth|eyelids|tones|colou?rs|surfaces"
    r"|clothes|shoulders|signs|traces|this|outlines|corners|muscles|both|these|those|his|visual"
    r"|the\b"
    r"|her\b|their\b|its\b|an?\b)"
    r"(?:[a-z]+ )?(?!viewers|observers|raters|readers|annotators)(?:[a-z]{3,}[^s\W\d]s|men|women"
    r"|children)(?: (?:of|in|from|with|and|or)"
    r" (?:the )?\w+| (?:for|on|by) (?:the )?\w+(?: \w+)?)? (?:\w+ly |often |can |may |might |could "
    r"|would |will )?(?:learn|train|try"
    r"|choose|pose|sit|stand|begin|ask for|believe|come|have|show|need"
    r"|require|use|ask|make|look|keep|take|give|tend|do|want|wear|call|demand|prefer|follow|fill"
    r"|get|go|grow|age|smile|lose|call|vary|differ|share|seem|appear|happen|occur|hide|cast|pass"
    r"|overlap|lead|help|change|are (?:often|usually|taken|made|meant|used|common|rare|asked))\b"
)
# "A sharp picture helps, a blurred one only hinders": the second half shares what is put.
_SECOND = re.compile(r"\ban? [^,;:]*, (?:and )?(?:an? )?(?:\w+ ){0,2}$")
_ONLY = re.compile(
    r" (?:(?:one|picture|image|photo|face|patch|edge) )?(?:merely|simply|just|only) \w+\W*$"
)
# "The woman does not smile": there is one.
_SITTER = re.compile(
    r"\b(?:the|this) (?:\w+ )?(?:m[ae]n|woman|boy|girl|lady|gentleman|guy|lad|infant|toddler"
    r"|teenager"
    r"|pensioner)$"
)
_DOES_NOT = re.compile(
    r" (?:does|did|has) (?:not|n't|never) (?!fit|match|apply|exist|come|enter|hold)"
)
_ENDS = re.compile(r"[;:](?! (?:all|none|both|neither|these|those) )| but ")
_AND = re.compile(r" ?(?:and|or|nor) (?:an?|the|any|another) ")
_PUT = re.compile(r"\b(?:would|could|might|may|can) (?!be (?:the|my)|call|say|describe)[^;:]*$")


def _anybody(low: str, start: int, first: int) -> bool:
    """Whether a clause before a place speaks of anybody: "a person of forty may"."""
    return any(place.start() < start for place in _ANYBODY_MAY.finditer(low, max(0, first - 1)))


def _goes_on(low: str, first: int) -> bool:
    """Whether what begins at a place shares a verb of a case that is put: ", and an adult all"."""
    return bool(_AND.match(low, first) and _PUT.search(low, 0, first))


def _opposed(before: str) -> bool:
    """Whether it is only what something is set against: "rather than an adult or a child"."""
    match = _OPPOSED.search(before)
    return bool(match and not _VERB.search(match.group()))


def only_spoken_of(low: str, start: int, end: int, first: int, last: int) -> bool:
    """Whether what stands at a place is a topic, a rival or a likeness, and not what is said.

    Args:
        low: the sentence in lower case.
        start: where the claim begins.
        end: where it ends.
        first: where what belongs to it begins.
        last: where that ends.
    """
    before, after = low[first:start], low[end:last]
    told = low.rfind(" that ", first, start)  # "it means that blur is no obstacle"
    since = told + 5 if told >= 0 else first
    stop = _ENDS.search(low, end)
    rest = stop.start() if stop else len(low)
    return bool(
        (
            not _VERB.search(low, since, end)
            and _NOT_SO.search(low, end, rest)
            and not (_SITTER.search(low, first, end) and _DOES_NOT.match(low, end))
        )
        or (not _VERB.search(low, first, last) and _goes_on(low, first))
        or _REJECTED.search(after)
        or _LIKENED.search(before)
        or _BETWEEN.search(before)
        or _TOPIC.search(low, 0, start)
        or _opposed(before)
        or _IN_A_TRUE.fullmatch(low, first, end)
        or _IS_NO.fullmatch(low, first, end)
        or (_CAN.match(low, end) and not _THE.search(before))
        or _WANTED.search(before)
        or _DOING.match(low, first)
        or (
            _THEN.match(low, end)
            and _A.match(low[first:end])
            and not _VERB.search(low, first, end - 5 * low.endswith(" face", 0, end))
        )
        or _IN_MOST.match(low, end)
        or _THAT_ARE.search(low, first, end)
        or _MUST.search(low, start, end + 12)
        or _OF_A.search(low, start, end)
        or _EVERYBODY.search(low, first, rest)
        or (_LAW.match(low, end) and not _POINTED.search(low, first, rest))
        or _anybody(low, start, first)
        or _MANY.match(low, first)
        or (_ONLY.match(low, end) and _SECOND.search(low, 0, start))
    )
