"""How prose says that eyes or a mouth are open or closed."""

from __future__ import annotations

import re

from facelm.teach.checks._prose import rule
from facelm.teach.checks._trait import Trait

_CLOSED_WORD = r"(?!open\b|no\b|mouth\b|lips\b|half\b|part\w*|nearly\b|almost\b|an?\b)[\w']+"
EYES = Trait(
    "eyes",
    {
        "closed": (
            rule(
                "closed closes shut shuts shuttered closing sealed",
                rf"eyes?(?:lids?)?(?: of the \w+)?,?(?: {_CLOSED_WORD}){{0,4}}? (?:closed|shut"
                rf"|sealed)\b",
                r"eyes?(?:lids?)?(?: state)?\W{1,5}(?:both |fully )?(?:closed|shut)\b"
                r"|(?:closed|shut) pair of eyes\b",
                r"(?:shut|closed|closes|shuts) (?:both |the |his |her |their )(?:own )?eyes\b",
                r"(?:closed|shut|closing|shuttered)[- ](?:eyed?|eyes|lids|eyelids)\b",
            ),
            rule(
                "lid lids eyelid eyelids",
                r"lowered (?:eye)?lids\b",
                r"(?:eye)?lids?(?: (?!raised|not\b|half|slightly|part\w*"
                r"|a\b)\w+){0,4}? (?:down\b(?! a)|closed|shut|lowered|dropped|lower|fallen|drawn"
                r"|sealed|pressed together|squeezed|cover(?:s|ing)? the (?:eyes|iris\w*|pupils)"
                r"|hid(?:e|ing) the(?! (?:top|upper|rim|edge|corner|outer|inner|crease|part)))",
            ),
            rule(
                "upper lower touch touching meet meets cover covers covering hide hides down over",
                r"(?:upper and (?:the )?lower (?:eye)?lids?|(?:eye)?lids? of both eyes) (?:\w+ )?"
                r"(?:touch|meet|are (?:touching|together))\w*\b",
                r"(?:eye)?lids? (?:\w+ )?(?:cover|hide|conceal)(?:s|ing)? (?:them\b|both\b"
                r"|the (?:eyes|eyeballs|irises))",
                r"(?:eye)?lids? (?:have|has) come (?:all the way )?down\b",
                also="lid lids eyelid eyelids",
            ),
            rule(
                "asleep sleeping sleep sleeps dozing dozes napping naps slumber slumbering blink"
                " blinked"
                " blinking lashes",
                r"asleep|sleeping|doz(?:ing|es)|nap(?:ping|s)\b|(?:is|was|while|caught)"
                r" (?:\w+ ){0,2}?"
                r"blink(?:ing|ed)\b|(?:in (?:a )?(?:deep )?|to )sleep\b|sleeps\b"
                r"|slumber\w*|mid-blink",
                r"(?:in|middle of|midst of|caught) a blink\b",
                r"lashes (?:\w+ ){0,2}?(?:rest|lie|touch|fall)(?:ing|s)? (?:\w+ ){0,3}?cheeks?\b",
            ),
            rule(
                "iris irises pupil pupils",
                r"(?:irises|iris|pupils?)(?: (?:and|or) \w+)? (?:cannot|can't|can not|are not"
                r"|aren't|is not|are (?:fully |completely )?(?:hidden|covered|invisible"
                r"|concealed))",
                r"neither (?:iris|pupil)",
                r"(?:nothing|no part|none) of (?:the |his |her |their |either )*(?:iris\w*|pupils?"
                r"|eyeballs?) (?:\w+ ){0,2}?(?:seen|visible|shows?|showing)\b",
            ),
            rule(
                "they both which hidden covered",
                r"(?:they|both|which) (?:are|remain|seem|stay) (?:\w+ )?(?:closed|shut)",
                r"eyes (?:\w+ ){0,3}?(?:hidden|covered) (?:by|behind|under) (?:the |his "
                r"|closed )*(?:eye)?lids",
                also="eyes lids",
            ),
        ),
        "open": (
            rule(
                "open opened wide staring alert raised lifted apart retracted visible seen shown"
                " show made clear clearly exposed view gaze gazes gazing stares glances glancing"
                " glares glaring peers peering watches watching contact alert attentive awake up"
                " easy on follow"
                " fixes fixing catchlight catchlights reflection reflections glint glints"
                " highlight highlights stand stands bright"
                " vigilant see direct goes look looks looking meet focus focused fixed directed"
                " watchful eyed stare back",
                r"eyes?(?: (?!closed|shut|no\b|mouth\b|half|slightly|nearly|colou?r"
                r"|barely)[\w']+){0,4}? (?:open(?:ed)?\b(?! (?:question|issue|matter|to\b"
                r"))"
                r"|wide\b(?! (?:apart|set|spaced|spacing)))",
                r"eyes?(?:lids?)?(?: state)?\W{1,5}(?:both |wide |fully )?open\b",
                r"(?:eye)?lids (?:are |stand )(?:\w+ )?up\b(?= ?[,.;]|$| and)",
                r"(?:direct|steady|alert|attentive|piercing|intense|level|watchful|focused"
                r"|keen) gaze\b",
                r"gaze (?:\w+ )?(?:towards?|at|into) the (?:camera|viewer|lens)\b",
                r"observes (?:the (?:camera|viewer|lens)\b|us\b)|fix(?:es|ing) (?:the )?(?:viewer"
                r"|camera|lens|us\b)",
                r"eyes (?:\w+ )?(?:on|upon) (?:the )?(?:camera|viewer|lens|us\b)|eyes follow\b",
                r"(?:catchlights?|reflections?|glints?|highlights?) (?:(?!would|could|might|can"
                r"|no\b"
                r"|not\b)\w+ ){0,4}?(?:in|on) (?:the|both|his|her|their|each) (?:pupils?|irises"
                r"|iris)\b",
                r"view of (?:the|both|his|her|their) (?:irises|pupils)\b",
                r"eyes (?:have|show) an? (?:\w+,? ){0,2}?(?:focused|alert|attentive|intent|lively"
                r"|watchful) (?:look|expression)\b",
                r"(?:open|opened|staring|wide(?:-open(?:ed)?)?|alert|watchful) eyes\b(?! (?:set"
                r"|spaced))",
                r"(?:wide|open)-eyed\b|(?:widely opened|open|opened) (?:eye)?lids\b",
                r"(?:eye)?lids?(?: (?!not\b|of\b|slightly)\w+){0,3}? (?:raised|lifted|apart"
                r"|open(?:ed)?|pulled (?:back|up)|drawn back|retracted)\b",
                r"(?:pupils?|iris(?:es)?|whites? of (?:the|both|his|her) eyes?"
                r"|sclera)(?: (?!not\b|cannot\b|hidden\b|hardly\b)\w+){0,4}? (?:visible|seen"
                r"|shown|made out|show|clear(?:ly)?|exposed|in view|easy to (?:see|make out)"
                r"|stands? out|bright)\b",
                r"(?:gaz|star|peer)(?:es|ing|s)\b|glar(?:es|ing) (?:at|into|out|back)\b|(?:glanc"
                r"|watch)(?:es|ing)\b",
                r"gaze (?:\w+ )?(?:is(?= (?:\w+ly )?(?:straight|steady|level|on|at|to|towards?"
                r"|forward|ahead|calm|soft|intense|alert|open|sharp|bright|clear|direct|averted"
                r"|sideways|off|slightly|fixed|aimed|turned|held))|meets|goes(?= (?:to|at|straight"
                r"|out|past|into|directly))|points|rests|falls|directed|fixed|aimed|turned"
                r"|holds)\b(?! (?:\w+ )?(?:down|hidden|not)| (?:what|how|where|an?|another|the)\b)",
                r"(?:look|glance|stare) (?:is|goes|rests) (?:\w+ )?(?:directed|direct|fixed|aimed"
                r"|straight)\b",
                r"see (?:the |both |his |her )*(?:irises|pupils)\b|eyes (?:are|look|appear"
                r"|seem) (?:\w+ )?(?:alert|attentive|focused|watchful|awake|vigilant)\b",
                r"eye contact\b|make contact with the (?:viewer|camera)",
                r"eyes (?:\w+ )?(?:look(?= (?:\w+ly |straight |right )?(?:at|into|ahead|towards?|to"
                r"|out|back|forwards?|past|in|up|directly|straight)\b)|meet|gaze|stare|focus|watch"
                r"|(?:are )?(?:fixed|directed|focused|trained|turned)|gazing|staring|looking)\b",
                r"(?:he|she|person|subject|man|woman|boy|girl|child|baby"
                r"|individual) (?:\w+ )?looks? ?(?:ing )?(?:\w+ )?(?:at|into|out|up at"
                r"|back at) (?:the|us)\b",
                r"looking (?:\w+ )?(?:at|into) the (?:camera|lens|viewer|photographer)\b",
                r"(?:eye|iris) colou?r (?:\w+ )?(?:is|can be) (?:\w+ )?(?:visible|seen"
                r"|easy to (?:recogni[sz]e|tell|see)|recogni[sz]\w+|told|made out)\b",
                r"(?:is|was) looking (?:\w+ )?(?:at|into|out|up at|back at) (?:the"
                r"(?! (?:face|head|picture|portrait|image|photo|person|features|middle)\b)|us\b)",
                also="eye eyes eyed lid lids eyelid eyelids gaze gazes gazing stare stares staring"
                " glance glances glancing glares glaring peers peering watches watching iris"
                " irises pupil pupils sclera whites look looks looking contact",
            ),
        ),
    },
    re.compile(
        r"\b(?:opens?|closes?|drops?) (?:\w+ )?(?:in (?:surprise|sleep|fear|laughter|pain)|when"
        r"|with (?:age|tiredness|sleep))\b|\bin sleep\b|\bas if (?:the eyes|asleep)"
        r"|\bclosed-circuit|\b(?:half|partly|partially|nearly|almost|slightly"
        r"|narrowed)[- ](?:closed|shut|lowered|open)|\bcan (?:\w+ )?pass for\b"
    ),
)

_SHUT_WORD = (
    r"(?!opposite\b|reverse\b|open\b|no\b|nearly\b|almost\b|half\b|part\w*|eyes?\b|eyelids\b"
    r"|apart\b|brows?\b|works?\b|acts?\b|taken\b|considered\b|read\b)[\w'-]+,?"
)
_OPEN_WORD = (
    r"(?!opposite\b|reverse\b|told|set|tell|closed|shut|no\b|slightly|barely|hardly|just\b|gently"
    r"|softly|minimally"
    r"|nearly|eyes?\b)[\w'-]+,?"
)
MOUTH = Trait(
    "mouth",
    {
        "closed": (
            rule(
                "closed closes shut shuts sealed together pressed compressed touch touching meet"
                " meeting joined clamped clenched tight tightened unparted rest rests resting lie"
                " lies lying"
                " press pressing gap opening space contact lipped sit part part",
                rf"(?:mouth|lips?|jaws?)(?: {_SHUT_WORD}){{0,5}}? (?:closed|shut|sealed"
                r"|together(?! (?:with|create|form|make|give|produce|suggest|signal|convey|point"
                r"|lend|define|speak|they|these|account|frame|read))"
                rf"|pressed|compressed"
                r"|(?<!\ba )touch(?:ing)?|meet(?:ing)?(?! the (?:eye|gaze|viewer|look"
                r"|cheek|nose))|joined|clamped|clenched|tight|unparted"
                r"|in contact)\b",
                r"(?:shut|closed|closes|shuts) (?:the|his|her|their) (?:mouth|lips)\b",
                r"(?:closed|shut|sealed|compressed|pressed|tight|tightened)[- ](?:mouth(?:ed)?"
                r"|lips?|lipped|jaws?)\b",
                r"(?:mouth|lips)\W{1,5}(?:fully |firmly )?(?:closed|shut)\b",
                r"lips?(?: \w+){0,3}? (?:rests?|lies?|press|lying|resting|pressing"
                r"|sits?)(?: \w+)? (?:against|on|upon|together|onto)\b",
                r"no (?:\w+ )?(?:gap|opening|space|parting)(?: \w+){0,2} between the (?:\w+ )?lips",
                also="mouth lips lip jaw jaws lipped mouthed",
            ),
        ),
        "open": (
            rule(
                "open opened opens opening agape ajar apart gape gapes gaping wide parted jaw"
                " jawed shape teeth tongue yawn yawns yawning shouts shouting screams screaming"
                " gap o mid inside unclosed part parts",
                rf"(?:mouth|lips?)(?: {_OPEN_WORD}){{0,5}}? (?:open(?:ed|s|ing)?\b|agape|ajar"
                r"|apart\b(?! from| by)|gap(?:es|ing)\b"
                r"|wide\b(?! (?:for|against|and (?:full|thin)))|parted)",
                r"(?:he|she|they|person|subject|man|woman|boy|girl|child|baby|individual|sitter)"
                r" (?:[\w']+ ){0,3}?open(?:s|ed)? (?:the|his|her|their) mouth\b",
                r"(?:mouth|lips)\W{1,5}(?:wide |slightly )?(?:open|parted)\b"
                r"|gap (?:\w+ )?separates the lips\b",
                r"(?:open|opened|gaping|wide-open|parted|unclosed)[- ](?:mouth(?:ed)?|lips)\b"
                r"|agape\b|slack-jawed\b",
                r"jaw(?: \w+){0,3}? (?:drop(?:s|ped|ping)|hang(?:s|ing)|lowered|slack|fallen"
                r"|falls)\b|dropped jaw\b",
                r"(?:yawn(?:s|ing)?|shout(?:s|ing)|scream(?:s|ing)|gap(?:es|ing))\b|o[- ]shape"
                r"|(?:wide|round) o\b",
                r"(?:teeth|tongue)(?: (?:and|or) (?:the )?\w+)?(?: (?!not\b|no\b|hidden|cannot\b"
                r"|covered)\w+){0,3}? (?:visible|seen|show(?:ing|n)?|exposed|bared|revealed"
                r"|on display)\b",
                r"(?:show|reveal|expos|bar)(?:s|es|ing) (?:\w+ ){0,3}?(?:teeth|tongue)\b",
                r"(?:clear|wide|large|visible|big|broad) (?:gap"
                r"|opening)(?: \w+){0,3}? between the (?:\w+ )?lips\b",
                r"lips? (?:(?:do|does)(?: not|n't)? |never )?part(?:s|ed)?\b",
                r"see (?:the |his |her |some |upper |front |lower )*(?:teeth|tongue)\b"
                r"|inside of the mouth\b",
                r"in mid-(?:speech|word|sentence|shout|laugh)\b",
                also="mouth lips lip jaw jawed teeth tongue mouthed agape yawn yawns yawning"
                " shouts shouting screams screaming gapes gaping mid o",
            ),
        ),
    },
    re.compile(
        r"\b(?:half|partly|partially|nearly|almost|slightly|barely|a little|minimally|ever so"
        r"|faintly)[- ](?:\w+ )?(?:closed|open\w*|parted|apart|ajar)|\bcorners?\b|\bcheeks? and\b"
        r"|\b(?:just|softly|gently|lightly) (?:\w+ )?(?:open\w*|parted|apart|ajar)"
    ),
)
