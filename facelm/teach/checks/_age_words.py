"""Numbers and words for ages."""

from __future__ import annotations

from facelm.teach.checks._prose import Rule, rule, sign, signs

OLDEST = 120.0
_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
UNITS = _UNITS.split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
TENS = _TENS.split()
NUMBERS = {word: number for number, word in enumerate(UNITS, 1)} | {
    word: 10 * number for number, word in enumerate(TENS, 2)
}
DECADES = {
    "teens": 10, "twenties": 20, "thirties": 30, "forties": 40, "fourties": 40, "fifties": 50,
    "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90,
}  # fmt: skip
_BIRTHDAYS = {
    "eighteenth": 18, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50,
    "sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90,
}  # fmt: skip
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
ORDINALS = _ORDINALS.split()

_SOMEBODY = (
    r"(?:m[ae]n|wom[ae]n|persons?|people|individuals?|adults?|gentlem[ae]n|lad(?:y|ies)|males?"
    r"|females?|subjects?|fellow|guy|folk|face)"
)


def _word(signs: str, years: tuple[float, float], *ways: str) -> tuple[Rule, float, float]:
    return rule(signs, *(rf"(?:{way})\b" for way in ways)), *years


# Words for people of an age, with the years that everybody would agree to; longer ones first.
WORDS: tuple[tuple[Rule, float, float], ...] = (
    _word("newborn newborns neonate new", (0, 1), r"new-?borns?|neonate"),
    _word(
        "infant infants infancy baby babies babyhood babe little nursling",
        (0, 2),
        r"infants?|infancy|bab(?:y|ies)(?:hood)?|babe in arms|little one|nursling",
    ),
    _word("toddler toddlers", (1, 3), r"toddlers?"),
    _word(
        "preschool preschooler preschoolers school pre nursery kindergarten kindergartner"
        " kindergartener",
        (3, 5),
        r"pre-?schoolers?|pre-?school\w*|nursery[- ]age\w*|kinderg[ae]rt\w+",
    ),
    _word(
        "school schoolboy schoolgirl schoolchild schoolkid",
        (6, 12),
        r"school ?-?(?:boy|girl|child|kid)|(?:primary|grade|elementary)[- ]school\w*"
        r"|school[- ]aged?",
    ),
    _word(
        "adolescent adolescents preteen preteens pre tween tweens prepubescent preadolescent",
        (9, 12),
        r"(?:pre-?|early )adolescents?|pre-?teen(?:ager)?s?|tweens?|pre-?pubescent",
    ),
    _word(
        "child childhood kid kids kiddo youngster minor boy girl",
        (3, 10),
        r"child(?:hood)?|kids?|kiddo|youngster|minor(?= (?:child|person)|$|[,.;)])|(?:little"
        r"|small) (?:boy|girl)",
    ),
    _word("boy boys girl girls", (3, 16), r"boys?|girls?"),
    _word(
        "stripling schooler schoolers former"
        " teen teens teenage teenaged teenager teenagers adolescent adolescents adolescence school"
        " juvenile puberty",
        (13, 19),
        r"teen(?:s|age|aged|agers?|-?ager)?|adolescen(?:ts?|ce)|high[- ]school\w*"
        r"|sixth[- ]?former|stripling"
        r"|juvenile|puberty",
    ),
    _word(
        "young younger youngish youthful adulthood college university freshman fresher sophomore"
        " student undergraduate"
        " something",
        (18, 29),
        r"(?:young(?:er|ish)?|youthful)[- ](?:adult(?:hood)?|m[ae]n|wom[ae]n|lad(?:y|ies)"
        r"|gentlem[ae]n"
        r"|guy|fellow|professional)|early adulthood|college[- ](?:aged?(?: face)?|student)"
        r"|(?:university|college|graduate) student|undergraduate|freshman|fresher|sophomore"
        r"|student age|(?:twenty"
        r"|20) ?-?something",
    ),
    _word("something ish thirtyish", (28, 39), r"(?:thirty|30) ?-?(?:something|ish)"),
    _word("something ish fortyish", (38, 49), r"(?:forty|40) ?-?(?:something|ish)"),
    _word("something ish fiftyish", (48, 59), r"(?:fifty|50) ?-?(?:something|ish)"),
    _word("something ish sixtyish", (58, 69), r"(?:sixty|60) ?-?(?:something|ish)"),
    _word("something ish seventyish", (68, 79), r"(?:seventy|70) ?-?(?:something|ish)"),
    _word(
        "school college university age adult adulthood youth",
        (15, 29),
        r"(?:just|barely|hardly|fresh(?:ly)?|newly|straight|not long) out of (?:(?:high )?school"
        r"|college"
        r"|university)"
        r"|(?:come|came|coming) of age|(?:beginning|start|threshold|outset|dawn) of (?:his |her "
        r"|their )?adult(?:hood| life)|(?:prime|flush|flower|bloom) of (?:his |her "
        r"|their )?(?:youth|adulthood)",
    ),
    _word(
        "middle midlife mid",
        (40, 59),
        r"middle[- ]?aged?|mid-?life|middle of (?:his |her |their )?life|middle (?:adulthood"
        r"|years)",
    ),
    _word(
        "elderly aged old older senior seniors pensioner pensioners pensionable retiree retirees"
        " retired retirement geriatric advanced golden twilight declining sunset adulthood"
        " years autumn evening winter dusk life late tooth pension elder grandparent"
        " grandmother grandfather grandmotherly grandfatherly"
        " grandparently ripe long many lined six seven eight nine",
        (65, OLDEST),
        rf"elderly(?: face)?|(?:aged|very old|old|older|senior) {_SOMEBODY}|old age"
        r"|(?<=\ba )senior(?=\W*$|[,.;:)]| (?:person|with|who|in|and|or|of|whose)\b)|senior(?:s"
        rf"| citizens?"
        rf"| years| age)"
        r"|ripe (?:old )?age|(?:marks|traces|signs|lines) of (?:a long life|many (?:years|decades))"
        r"|lined (?:with|by) age|by (?:six|seven|eight|nine) decades|pensioners?|pensionable"
        r"|retire(?:es?|d|ment)(?:[- ]aged?)?|geriatric|advanced (?:age"
        r"|in years|years)|(?:golden|twilight|declining|sunset"
        r"|(?:his|her|their) later) years|(?:autumn"
        r"|evening|winter|twilight|dusk|sunset) of (?:his |her |their |a long )?life"
        r"|late in (?:his |her "
        r"|their )?life(?=\W*$|[,.;])|long in the tooth|(?:last|final) (?:third|quarter|chapter"
        r"|phase"
        r"|stage|decades?) of (?:his |her |their |a long )?life|draw\w* (?:a|his|her|their) pension"
        r"|long life behind|(?:an?|gr[ea]ying) elder(?=\W*$|[,.;]| of)|late adulthood"
        r"|(?<=\ba )(?:great-?)?grand(?:parent|mother|father)\b(?!')|(?:is|looks|appears|seems)"
        r" (?:very |quite |clearly )?aged(?=\W*$|[.,;])|(?:person|sitter|subject|individual|he|she)"
        r" (?:is|must be) (?:very |quite |rather |clearly )?old(?=\W*$|[.,;])"
        r"|(?:age|stage|group):\W*(?:senior|old)\b|(?:well|getting) on in years|up in years"
        r"|grand(?:mother|father|parent)ly|(?:looks?|appears?"
        r"|seems?)(?: to be)?(?: very| quite| rather| fairly| really| clearly"
        r"| distinctly)? old(?! enough|er\b|-)|(?:being|is) (?:very|quite|rather|distinctly"
        r"|clearly) old(?! (?:enough|photo\w*|picture)|er\b|-)",
    ),
    _word(
        "life stage age",
        (0, 4),
        r"first (?:few )?(?:years?|months?|weeks?|days?) of (?:his |her |their )?life",
    ),
    _word("few couple", (0, 2), r"(?:a )?(?:few|couple of) (?:months|weeks|days) (?:old|of age)"),
    _word("few", (1, 8), r"(?:a )?few years old(?! now)"),
    _word(
        "tot wee bairn nappies diapers",
        (0, 4),
        r"(?:an?|tiny|little) tot|wee one|bairn"
        r"|in (?:nappies|diapers)",
    ),
    _word("tender", (0, 14), r"tender (?:years|age)"),
    _word(
        "age underage vote drive drink young",
        (0, 18),
        r"(?<=\bis )(?:still )?under-?age"
        r"|(?:is|someone|somebody|person|still) under age|not yet of age|too young to (?:vote"
        r"|drive|drink|marry)",
    ),
    _word("school", (16, 26), r"(?:only |has )just (?:left|finished) school"),
    _word("school", (19, OLDEST), r"(?:long|years|decades)(?: since)? (?:left|finished) school"),
    _word(
        "age old",
        (16, OLDEST),
        r"of (?:voting|drinking|driving) age|old enough to (?:vote|drive|drink|marry)",
    ),
    _word("age", (17, 66), r"(?:of |in )working age|working-age"),
    _word(
        "working", (15, 30), r"(?:start|beginning|outset) of (?:his |her |their |a )?working life"
    ),
    _word("prime", (40, OLDEST), r"past (?:his|her|their|the) prime"),
    _word(
        "prime",
        (18, 59),
        r"(?:is|be|somebody|someone|person|still|squarely) in (?:his|her|their"
        r"|the) (?:very )?prime",
    ),
    _word(
        "chicken century life",
        (40, OLDEST),
        r"no spring chicken|half a century (?:behind|old|of life)"
        r"|(?:second|latter) half of (?:his |her |their )?life",
    ),
    _word(
        "winters summers",
        (40, OLDEST),
        r"(?:forty|fifty|sixty|seventy|eighty|ninety|[4-9]\d) (?:winters|summers)",
    ),
    _word("ageing aging", (45, OLDEST), rf"age?ing {_SOMEBODY}"),
    _word(
        "spring springtime morning",
        (5, 29),
        r"(?:spring|springtime|morning) of (?:his |her |their )?life",
    ),
    _word("youth", (10, 35), r"still in (?:his|her|their) youth"),
    _word("youth", (12, 29), r"(?<=\ba )youth(?=\W*$|[,.;:)]| (?:of|who|with|in|whose)\b)"),
    _word("student", (8, 39), r"(?<=\ba )student(?=\W*$|[,.;:)]| (?:in|at) )"),
    _word("adult grown", (14, 26), r"(?:barely|only just|newly) (?:an adult|grown(?:-up)?)"),
    *(
        _word(name, (years - 6.0, years + 6.0), rf"(?:his|her|their) {name} birthday")
        for name, years in _BIRTHDAYS.items()
    ),
    _word("quinquagenarian", (50, 59), "quinquagenarian"),
    _word("sexagenarian", (60, 69), "sexagenarian"),
    _word("septuagenarian", (70, 79), "septuagenarian"),
    _word("octogenarian", (80, 89), "octogenarian"),
    _word("nonagenarian centenarian", (90, OLDEST), "nonagenarian|centenarian"),
    _word("quadragenarian", (40, 49), "quadragenarian"),
    _word("tricenarian", (30, 39), "tricenarian"),
    _word("vicenarian", (20, 29), "vicenarian"),
    _word(
        "grown mature",
        (25, OLDEST),
        rf"(?:fully[- ])?(?<!has )(?<!have )(?<!had )(?:grown-?up(?: {_SOMEBODY})?|grown"
        rf"(?: {_SOMEBODY}|(?=\W*$|[,.;)]| (?:and|or|but)\b)))"
        rf"|mature {_SOMEBODY}",
    ),
    _word(
        "young youthful juvenile",
        (1, 39),
        r"(?:young|youthful|juvenile) (?:persons?|people|individuals?|subjects?|face|males?"
        r"|females?)|(?:looks?|appears?"
        r"|seems?)(?: to be)?(?: very| quite"
        r"| rather| fairly| really| clearly| distinctly)? young(?! enough|er\b|-| for)"
        r"|(?:looks?|appears?|seems?|face is|person is|he is|she is)(?: (?:very|quite|rather"
        r"|clearly))?"
        r" youthful(?! (?:for|enough))|(?:person|subject|individual|sitter|he|she) (?:is|must be)"
        r"(?: (?:very|quite|still|rather|clearly|evidently|obviously))* young(?=\W*$|[.,;])"
        r"|(?:age|stage|group)\W+young(?=\W*$|[.,;])"
        r"|being (?:very|quite|rather|clearly|still) young(?=\W*$|[.,;])",
    ),
    _word("adult adults adulthood", (20, OLDEST), r"adults?(?:hood)?(?: face)?"),
)
SIGNS = signs(way for way, _, _ in WORDS)
"""A sentence without any of these has none of `WORDS`."""
# A sentence writes every digit as 0 among its words.
_DIGITS = "0 00 000 0s 00s 00th 0th 0rd 0nd 0st yo 0yo 00yo 0y 00y 0yr 00yr 0yrs 00yrs"
NUMERIC = sign(
    " ".join(
        [
            *UNITS[1:],
            *TENS,
            *DECADES,
            "decade",
            "aged",
        ]
    )
    + " "
    + _DIGITS
)
"""A sentence without any of these has no number of years."""
