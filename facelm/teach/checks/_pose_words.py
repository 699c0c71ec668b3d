"""How prose says that a head is turned, and to which side."""

from __future__ import annotations

import re

from facelm.teach.checks._prose import rule

_CAMERA = (
    r"(?:the )?(?:camera|viewer|lens|photographer|observer|onlooker|spectator|beholder|us\b"
    r"|front\b)(?!'s|s')"
)
_PHOTO = r"(?:picture|image|photo|photograph|frame|shot|portrait)"
_TURN = (
    r"(?:turned|turns?|turning|rotated|rotates|rotation|twisted|swung|swivel\w*|angled|averted"
    r"|faces?|facing|looks?|looking|points?|pointed|pointing|orient\w+|directed|direction|aimed"
    r"|aims|posed|pivoted|veers?|yaw|yawed|view|gazes?|headed)"
)
_STRONGLY = (
    r"(?:far|sharply|strongly|fully|completely|heavily|well|clearly|markedly|significantly"
    r"|considerably|entirely|hard|way|dramatically|steeply|almost (?:fully|completely|entirely)"
    r"|substantially|noticeably|distinctly|nearly|quite|very|so|right|all the way|much|widely"
    r"|deeply|firmly|wholly|extremely|decidedly|greatly|totally|round|around)"
)
_SEEN = (
    r"(?:seen|shown|viewed|captured|taken|photographed|pictured|presented|shot|depicted|portrayed"
    r"|look(?:s|ing)? at the (?:face|head)|visible|view is|see (?:the|his|her) (?:face|head"
    r"|person)|recorded|appears|it is|(?:sees|catches|captures|shows|takes|photographs) (?:the"
    r"|his|her) (?:face|head|person))"
)
_NONE = (
    r"(?:no|hardly any|barely any|not any|without|without any|zero|virtually no|practically no"
    r"|little to no|almost no|not? (?:noticeable|visible)|little|scarcely any|next to no)"
)
_ON = rule(
    "on full en",
    r"(?:head|face|straight|square|front|full)[- ]on\b(?! (?:the|his|her|its|an?|top|one)\b)"
    r"|full[- ]face\b|en face\b",
)
_ALIKE = rule(
    "two both halves sides ears cheeks",
    r"(?:both|(?:the|his|her|its) two) (?:sides|halves|cheeks|ears|eyes|profiles)(?: and both "
    r"\w+)?(?: of the face)?(?: (?:are"
    r"|is|can|be|being|all|were|appear))*(?: (?:equally|symmetrically|evenly|fully"
    r"|just as)(?: well)? (?:visible|seen|shown|exposed|in view|wide|well seen)| (?:seen|visible"
    r"|shown|exposed|show|wide) (?:equally|symmetrically|evenly|fully|alike|just as|(?:to"
    r"|in) (?:the same|an equal) (?:extent|degree|measure|way)))\b",
    r"(?:both|two) (?:\w+ )?(?:cheeks|halves|sides) (?:are|appear|look|seem|show) (?:\w+ )?equally"
    r" (?:wide|broad|full|visible)\b",
    r"(?:left and right|right and left|two) (?:\w+ )?(?:sides|halves|cheeks"
    r"|ears)(?: of the face)? (?:are|can be) (?:\w+ )?(?:visible|seen|shown"
    r"|exposed)(?: \w+)? (?:equally|alike|to (?:the same|an equal))",
)
_FRONT = rule(
    "frontal frontally front forward ahead",
    r"(?:(?:full[- ]?|near-)?frontal(?:ly)?|front-facing|forward-facing"
    r"|full[- ]frontal)\b(?![- ](?:light\w*|illuminat\w+|flash|lobe|bone|source|fringe|teeth"
    r"|bangs|lit|lamp|hair\w*|shadow|brightness|key|part|area|region))",
    r"front (?:view|pose|shot|portrait|perspective)\b",
    rf"{_SEEN} (?:\w+ )?(?:straight |directly |squarely )?from (?:directly |straight |right )?"
    r"(?:the front|in front|ahead)\b",
)
_FRONTAL = rule(
    "front straight camera viewer lens forward forwards ahead turned rotated"
    " rotation turn turning yaw angled averted passport mugshot mug id identity biometric"
    " symmetrical symmetric photographer observer us square squarely perpendicular centred centered"
    " parallel aligned",
    r"(?:fac(?:es|ing)|fronts|turned|directed|oriented|pointed|pointing|points|aimed|aligned|angled"
    r"|squared|square|set|turns|directs|positioned|held) (?:\w+ly |right |straight |full |square "
    r"|dead |back |exactly |out )*(?:(?:at|to|into|towards?|on|with) )?"
    rf"(?:{_CAMERA}|straight (?:ahead|forwards?)|forwards?\b)",
    r"(?:looks?|looking) (?:\w+ )?(?:straight|directly|squarely|right|dead) (?:\w+ )?(?:at|into"
    r"|ahead|towards?|forwards?|out)\b",
    rf"(?:straight|squarely|directly|square|right|exactly|centrally) (?:at|into|to|towards?"
    rf"|in front of|before|opposite) {_CAMERA}",
    rf"{_NONE} (?:\w+ ){{0,2}}?(?:turn|rotation|yaw|turning|sideways (?:turn|rotation|movement)"
    rf"|deviation)\b",
    r"(?:not|never|hardly|barely|un|\w+n't)[- ]?(?:at all |really |visibly |noticeably )?(?:turned"
    r"|rotated|angled|averted)(?! (?:(?:to|towards?|at|into) (?:the )?(?:camera|viewer|lens|us\b"
    r"|front)|away from|off|fully|completely|far|strongly|up|down))\b",
    r"(?:turn|rotation|yaw)(?: (?:of the head|angle|value|here|itself))?(?: (?:is|at|of|seems"
    r"|appears|measures|comes|lies|to|be|out|:|reads|stays|remains))*:?(?: (?:about|approximately"
    r"|close to|near(?:ly)?|almost|around|roughly|practically|virtually|essentially|next to"
    r"|as good as|to|at|just|only))* ?(?:zero|0\b(?!\.)|none|nil|non-?existent|negligible|minimal"
    r"|absent|nothing)",
    r"(?:head|face|it) (?:\w+ )?(?:is |held |kept |positioned |set )+(?:\w+ly )?"
    r"(?:straight(?!,? (?:without|with no|instead of|rather than|and not|not) (?:an?y? )?(?:\w+ "
    r")?(?:tilt|lean|tip|inclin)| (?:up|down|nose"
    r"|hair|line))|square|centred|centered)\b(?! hair)",
    r"(?:passport|mug-?shot|id\b|identity|biometric)(?:[- ](?:style|like|photo|picture|type|card"
    r"|document))*(?: \w+)? ?(?:pose|view|position|orientation|perspective|angle)\b",
    r"that of an? (?:passport|id|identity|biometric) (?:photo|picture|portrait|card)\b",
    r"symmetric(?:al|ally)? (?:\w+ ){0,2}?(?:pose|view|position)\b",
    r"(?:in line|aligned|level) with the (?:camera|lens|(?:optical )?axis)\b",
    r"(?:face to face|eye to eye) with (?:the )?(?:camera|viewer|lens|photographer|us\b)",
    r"perpendicular to the (?:camera|lens|line)",
    r"parallel to the (?:picture|image|film|sensor)(?: plane)?\b",
    r"(?:camera|viewer|lens|photographer) (?:(?!not\b|never\b)\w+ ){0,3}?(?:directly|straight"
    r"|squarely"
    r"|right) (?:in front(?! of the (?:wall|back|chest))|opposite|ahead)\b|(?:camera|viewer"
    r"|lens) (?:squarely|head-on|straight on)\b",
)
FRONTAL = (_ON, _ALIKE, _FRONT, _FRONTAL)
OF_OTHER_PARTS = re.compile(
    r"\b(?:side|half|cheek|ear|body|torso|shoulders?|chest|eyes?|gaze|light\w*|lamp|part|which"
    r"|collar|lit|illuminat\w+|flash|iris\w*|pupils?|gazes?|glance|stare|falls|source|shines?|mouth"
    r"|lips|region|temple|shadows?|hair|parting|parted|brow|tips?|leans?)\b"
)
PROFILE = (
    rule(
        "profile lateral sideways shoulder back silhouette silhouetted outline outlined background"
        " right",
        r"(?:in|full|side|pure|strict|classic|complete|near|left|right|a|an|true|perfect|clean"
        r"|exact|almost|nearly|total|half|partial|into|as|sharp"
        r"|typical)[- ]profile\b(?! (?:picture|photo|of the (?:nose|jaw|chin|lips|person)))",
        r"(?:pose|orientation|view|position):\W*(?:full |left |right |side |strict "
        r"|pure )*profile\b",
        r"profile (?:view|shot|pose|angle|portrait|position|perspective|orientation|image|to)\b",
        r"the profile (?:of the (?:face|head)|is|faces|looks|view|shows|with)",
        r"(?:view|pose|perspective|orientation|position) (?:is|was|seems) (?:\w+ )?lateral\b",
        r"sideways\b(?! (?:rotation|turn|movement|shift|glance|look|gaze|light|smile|tilt|lean))"
        r"|lateral (?:view|pose|position"
        r"|shot)\b",
        r"(?:at )?(?:an? )?right angles? to the (?:camera|lens|viewer)\b",
        r"back of the head\b(?! (?:\w+ )?(?:cannot|hidden|out of|not|invisible|lost|beyond"
        r"|outside))|over (?:the|his|her|their|one|a) shoulder\b",
        r"(?:nose|chin|forehead)(?: (?:and"
        r"|,) (?:\w+ )?\w+)? (?:\w+ ){0,3}?(?:against the background|in silhouette|silhouetted"
        r"|outlined against|(?:seen|shown|drawn|visible|appears?|stands? out) in outline)\b",
    ),
    rule(
        "half only presents present presented presenting turn turns turned turning",
        r"(?:one )?half (?:of )?(?:the|his|her|their) (?:face|head) (?:is|has|lies|remains)"
        r" (?:\w+ )?(?:hidden|out of (?:sight|view)|lost to view|invisible)\b"
        r"(?! (?:in|by) (?:the )?(?:shadow|dark|shade|hair))",
        r"(?:one|a single) (?:side|half) of (?:the|his|her|their) (?:face|head) only\b",
        r"turn(?:s|ed|ing)? (?:one|an?|his|her|their|the) (?:left |right )?(?:cheek|side|ear) "
        r"(?:to|towards?)"
        r" (?:the|us)\b",
        r"(?:one|a single) (?:eye|ear|cheek|side|half)(?: and one \w+)? only\b",
        r"present(?:s|ed|ing)? (?:the|its|his|her|their|one|a) (?:left |right )?(?:side|profile)\b",
    ),
    rule(
        "side",
        r"side(?:[- ]?(?:view|profile|face)|-on| on(?! (?:the|which|his|her|their|an?|that|this"
        r"|whose"
        r"|one|its|our)\b))\b(?! (?:glance|look|gaze|light|smile))",
        rf"{_SEEN}(?: (?!lit|light)\w+){{0,4}}? from (?:the|one|its|his|her|their) (?:\w+ )?side\b"
        r"(?! (?:on|to|at|of) (?:which|the light|the lamp|the camera)| where| that| which| facing"
        r"| nearest| nearer)",
        r"(?:look(?:s|ing)? at|view of|see|shows?|seen is|facing us is) (?:only )?(?:the"
        r"|one) (?:\w+ )?side of the (?:head|face)\b",
    ),
    rule(
        "only far farther other second opposite remote averted",
        r"far (?:cheek|eye|ear) (?:\w+ )?(?:hidden|invisible|gone|missing|lost|not)\b",
        r"only (?:one|the (?:left|right)|a single|half|one half|one side|the near"
        r"|the nearer)(?: (?:eye|ear|side|half|cheek|of the|face|profile|part|and one|and))* (?:is"
        r"|can be|are"
        r"|remains|shows|visible|seen)\b",
        r"(?:far|farther|other|second|opposite|remote|averted) (?:eye|cheek|side|half"
        r"|ear)(?: of the (?:face|head))?(?: \w+){0,3}? (?:hidden|invisible"
        r"|not (?:be )?(?:visible|seen)|out of (?:sight|view)|disappears?|concealed|vanish\w*"
        r"|cannot be seen|can't be seen|away)\b(?! (?:in|by) (?:the )?(?:shadow|dark))",
    ),
)
_FAR = rule(
    "turned turns turn turning rotated rotation averted away facing faces looks looking points"
    " pointing pointed swung twisted angled directed yaw veers pivoted",
    rf"(?:head|face|it|person|subject|man|woman|he|she|they|camera|nose"
    rf"|individual)\b(?: \w+){{0,2}}? {_TURN}(?: (?:to|off|its|back))?(?: {_STRONGLY})+(?: (?:to"
    rf"|towards?|off|away|from|out|over|the|one|his|her|their"
    r"|its|picture's|viewer's|camera|frame|at|around|a|right angle))* ?(?:side|left|right|away"
    r"|edge|camera|angle|shoulder)\b",
    r"(?:turned|turns|looks|looking|faces|facing|rotated|averted|points"
    r"|pointing) (?:\w+ly )?(?:right |far |well )?away from (?:the )?(?:camera|viewer|lens|us"
    r"|observer|photographer)\b",
    r"(?:strong|marked|sharp|pronounced|clear|large|wide|considerable|full|heavy|distinct"
    r"|significant|big|extreme|steep) (?:sideways |horizontal |lateral )?(?:turn|rotation|yaw)\b",
)
_EDGE = rule(
    "edge border margin",
    r"(?:faces?|facing|looks?|looking|points?|pointing|turned|directed) (?:\w+ )?(?:to"
    r"|towards?|at)? ?the"
    rf" (?:(?:left|right)(?:[- ]hand)? |{_PHOTO}'s )?(?:edge|border|margin)\b",
)
_QUARTER = rule(
    "three quarter quarters half",
    r"(?:three|3)[- ]?(?:/4|quarters?)(?! of)(?:[- ](?:view|pose|profile|angle|turn|shot|portrait"
    r"|position|perspective|face|orientation))?\b",
    r"half[- ]profile\b",
)
_AWAY = rule(
    "turn turned turns turning rotates rotated averted off away far sharply strongly heavily"
    " markedly"
    " steeply significantly considerably drastically",
    r"(?:turn(?:s|ed|ing)?|rotate[sd]) (?:the|his|her|their) (?:head|face) (?!slightly|a little"
    r"|a bit|minimally|only)",
    r"turn of the head is (?:so |very |quite )?(?:strong|marked|large|pronounced|clear"
    r"|considerable)\b",
    r"(?:face|head) is averted\b",
    r"(?:head|face|person|subject|sitter|man|woman|boy|girl|child|baby|individual|he|she) (?:is|has"
    r"|stays|remains|was)(?: been)? (?:turned|rotated) to (?:the|one|its|his|her) side\b(?! (?:by "
    r"a few"
    r"|a little|a bit|slightly|only|just))",
    r"(?:points?|faces) off (?:to|towards)\b",
    r"(?:turned|turns|looks|looking|faces|facing|rotated|averted|points"
    r"|pointing) (?:\w+ly )?(?:right |far |well )?away\b(?! from (?:the )?(?:light|sun|centre"
    r"|center|middle|lamp))",
    r"(?:far|sharply|strongly|heavily|markedly|steeply|significantly|considerably"
    r"|drastically) (?:turned|rotated|averted|angled)\b",
    r"(?:turned|rotated|averted|angled) (?:so |very |quite )?(?:far|sharply|strongly|heavily"
    r"|markedly|steeply"
    r"|significantly|considerably|drastically)\b",
)
FAR, QUARTER = (_FAR, _AWAY, _EDGE), (_QUARTER,)
SIDE_SAID = re.compile(
    rf"\b(?:(?:(?:{_PHOTO}|viewer|observer|onlooker|spectator|beholder|camera)'s"
    rf"|our)(?: own)? (?P<a>left|right)\b|(?P<b>left|right)(?:[- ]hand)?(?: (?:side|edge|border"
    rf"|margin|half|part|boundary|corner))? (?:of|in) (?:the|this) {_PHOTO}\b"
    r"|(?P<d>left|right)[- ]hand (?:edge|border|margin|side)\b|(?P<f>left|right) (?:edge|border"
    r"|margin)\b)"
)
AS_SEEN = re.compile(
    r"\b(?:from where (?:the viewer|we|one) \w+|as (?:the )?(?:viewer|we|one|you"
    r"|observer)s? (?:sees?|views?|looks?)"
    rf"|(?:as )?(?:it is )?(?:seen|viewed|judged) (?:by|from|for) the (?:viewer|camera|observer)\w*"
    rf"|as (?:it is )?(?:seen|viewed) in the {_PHOTO}|(?:to|for) (?:the|a) viewer\b(?!'s)"
    r"|(?:from|in) (?:the |a )?(?:viewer|observer|camera|onlooker)(?:'s|s')? (?:perspective"
    r"|point of view|viewpoint|side|view|position|standpoint|angle)|(?:from"
    r"|in) our (?:perspective|point of view|view)"
    rf"|viewer's perspective|as it appears in the {_PHOTO})"
)
PLAIN_SIDE = re.compile(
    r"\b(?:to|towards?|at|on|from) (?:the |its |his |her )?(?P<e>left|right)\b(?! (?:eye|ear"
    r"|cheek|shoulder|angle|half|side))|\b(?P<g>left|right)wards?\b|\b(?P<half>left"
    r"|right) (?:half|side)\b|\b(?P<i>left|right)-facing\b|\b(?:facing|faces|turned|turns|looking"
    r"|looks|points|pointing|angled|rotated) (?P<j>left|right)\b"
)
TURNED = re.compile(rf"\b{_TURN}\b")
TILTED = re.compile(r"\b(?:tilt\w*|pitch\w*|roll\w*|lean\w*|tips?|tipped|inclin\w*)\b")
NUMBERS = {
    "zero": 0, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30,
    "thirty-five": 35, "forty": 40, "forty-five": 45, "fifty": 50, "fifty-five": 55, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
DEGREES = rule(
    "degree degrees deg turn turned rotation rotated yaw profile",
    r"(?:turn(?:ed|s|ing)?|rotat\w+|yaw\w*|profile|angled|averted|swung)\b(?:(?! and |tilt|pitch"
    r"|roll|lean|up\b"
    rf"|down|rais|lower)[^,;.]){{0,45}}?\b(?P<n>\d{{1,3}}"
    rf"|{'|'.join(sorted(NUMBERS, key=len)[::-1])}) ?(?:-|to|and|or)?"
    r" ?(?P<m>\d{1,3})?[- ]?(?:degrees?|deg\b|°)",
    r"(?P<k>\d{1,3})[- ]?(?:degrees?|°) (?:turn|rotation|yaw|profile)",
    also="degree degrees deg 0 00 000",
)
