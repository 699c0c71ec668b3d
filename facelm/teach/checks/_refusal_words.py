"""How a model declines."""

from __future__ import annotations

import re

from facelm.teach.checks._prose import rule, sign, signs

_PICTURE = r"(?:images?|pictures?|photos?|photographs?|attachments?|files?|uploads?|media)"
_ACT = (
    r"(?:assist|help|identif|nam(?:e|ing)\b|determin|describ|provid|compl|answer|analy[sz]|engag"
    r"|fulfil|discuss|comment|infer|mak(?:e|ing)\b|giv(?:e|ing)\b|offer|process|continu|respond"
    r"|recogni[sz]|assess|classif|estimat|speculat|guess|shar(?:e|ing)\b|draw|proceed|do\b|perform"
    r"|generat|support|judg|evaluat|characteri[sz]|categori[sz]|label|assign|attribut|interpret"
    r"|tell\b|disclos|reveal|address|assum|profil|view\b|access|open\b|see\b)"
)

NEVER_OF_A_FACE = sign(
    """
privacy unethical ethics ethical ethically stereotype stereotypes stereotyping stereotypical policy
policies guideline guidelines disrespectful dignity inappropriate inappropriately irresponsible
discrimination discriminate discriminatory dehumanizing dehumanising presumptuous request requests
chatbot redacted apologize apologise apologies apology unanswered safeguards prejudice prejudices
prejudiced
"""
)
"""Words of a moral, a rule or a request, which no description of a face needs."""

# ---------------------------------------------------------------- "I cannot"
FIRST = sign("i we assistant ai system model")
NEGATES = sign(
    "t not cannot say turn nothing none never no unable incapable unwilling hardly neither lack"
    " lacks forbidden prohibited prevented restricted barred reluctant hesitant uncomfortable"
    " limited decline declining refuse refusing refrain refraining abstain withhold pass skip"
    " steer stay opt hold avoid declines refuses refrains hesitate hesitates"
)
_ME = (
    r"(?:i|we|(?:this|the|an?|your) (?:\w+ )?(?:assistant|ai|language model|system"
    r"|model(?= (?:declin|refus|cannot (?:answer|describe|comply|process)))))"
)
# What the writer sees or thinks is no refusal: "I see a man who is not smiling".
_LEADS = (
    r"(?: (?!(?:see|think|believe|estimate|guess|notice|judge|suppose|suspect|place|put|call"
    r"|read)\b)[\w']+){0,6}?"
)
_NO = (
    r"(?:(?: can| could| do| does| did| would| will| am| is| are| was| should| must| have| has| wo"
    r"| ca| shall)?n't| cannot| can not| not| never| no| unable| incapable| unwilling| hardly"
    r"| neither| lacks?| forbidden| prohibited| prevented| restricted| barred| reluctant| hesitant"
    r"| hesitates?| uncomfortable| limited| nothing| none| declin\w+| refus\w+| refrain\w*"
    r"| abstain\w*| withhold\w*| pass on| skip| turn (?:this |it )?down| say no| steer clear"
    r"| stay away| opt out| rather not| prefer not| choose not| opt not| hold back| avoid)"
)
NEGATED = re.compile(rf"\b{_ME}(?:'[a-z]+)?{_LEADS}{_NO}\b(?P<rest>.*)")
HEDGES = re.compile(
    r"\W*(?:\w+ly )?(?:(?:older|younger|more|less|longer|later|doubt|other|others|wider|one)"
    r"|(?:be |so |too )*(?:sure|certain|convinced|surprised)|(?:necessarily "
    r"|go so far as to )?(?:call|consider|expect|rule out|exclude|describe .{0,60} as|speak of"
    r"|know (?:when|where|whether)))(?: |\W|$)"
)
LOOKS = re.compile(
    r"\W*(?:(?:be )?able to |to |\w+ly )*(?:see|saw|notice|observe|find|spot|detect|make out"
    r"|discern|distinguish|perceive)\b"
)
SEES_NO = re.compile(r" (?:see|find)(?: no| neither| hardly)$")
NO_PICTURE_SEEN = re.compile(
    rf"\b(?:see|saw|find|detect|perceive|observe|notice|make out)\W(?:\w+ ){{0,5}}{_PICTURE}\b"
    r"(?! of\b|(?:'s)? (?:noise|grain|artefact|artifact|defect))|\bwho\b|\bsee(?:ing)?\W*$"
)
PART = re.compile(
    r"\b(?:ears?|iris(?:es)?|pupils?|(?:eye)?brows?|(?:eye)?lash(?:es)?|eyes?|eyelids?|lids?|nose"
    r"|nostrils?|mouth|lips?|teeth|tongue|chin|jaw(?:line)?|cheek(?:bone)?s?|forehead|hair(?:line"
    r"|style)?|neck|shoulders?|hands?|skin|pores?|wrinkles?|lines?|scars?|moles?|freckles|marks?"
    r"|blemish(?:es)?|texture|glasses|frames|beard|moustache|stubble|jewel\w*|earrings?|make-?up"
    r"|clothing|shirt|collar|background|shadows?|light\w*|details?|edges?|signs?|traces?|contrast"
    r"|art[ei]facts?|side|half|colou?rs?|hat|expression|smil\w+|frown\w*|pose|profile|tilt\w*"
    r"|blur\w*|noise|gaze|asymmetr\w*|tattoos?|piercings?|turn\w*|sharp\w*|dark\w*|bright\w*"
    r"|look of|frontal)\b"
)
"""Not to see one of these is an observation."""
PERSONAL = re.compile(
    r"\b(?:ages?|genders?|sex|race|racial\w*|ethnic\w*|identit\w+|who|whom|whose|person(?:'s|s'"
    r"|al)?|people(?:'s)?|individuals?(?:'s|')?|someone(?:'s)?|somebody(?:'s)?|any(?:one"
    r"|body)(?:'s)?|human|nationality|demographic\w*|biometric|facial (?:features|structure)"
    r"|sensitive|request"
    rf"|question|{_PICTURE}|appearance|based on|this one)\b"
)
OF_A_FACE = sign(
    """
face head features facial expression gaze eyes eye brows brow eyebrows eyebrow lids eyelids irises
iris pupils nose nostrils mouth lips lip teeth chin jaw jawline cheek cheeks cheekbones forehead
temples ears ear hair hairline hairstyle neck shoulders skin complexion wrinkles lines freckles
beard stubble moustache glasses spectacles smile frown man woman boy girl child baby adult he she
his her light lit lighting lamp shadow shadows brightness exposure contrast focus sharp sharpness
blur blurred pose frontal profile turned tilted rotated background backdrop collar neckline
clothing portrait close-up subject twenties thirties forties fifties sixties seventies
"""
)
"""Words of a description: a sentence with one of them may describe a face."""

# ---------------------------------------------------------------- without "I"
OPENS = sign(
    """
sorry afraid regret nope no as unable not cannot can won will declined refused declining refusing
decline refuse nothing none removed withheld blocked what let answer description content analysis
output response request
"""
)
OPENING = re.compile(
    r"\W*(?:(?:unfortunately|regrettably|sadly|however|but|no|well)\b\W*)*(?:(?:i'm|i am|we're"
    r"|we are)(?: \w+){0,2} (?:sorry|afraid)\b|sorry\b|(?:i|we) regret\b|nope\b|no can do\b"
    r"|as an? (?:\w+ ){0,3}(?:ai|language model|assistant|llm|machine)\b"
    rf"|(?:unable|not able|cannot|can(?:no|')t|can not|won't|will not)(?: \w+){{0,2}}? {_ACT}"
    r"|(?:declin|refus)(?:ed|ing|e|es)\b|(?:not|nothing"
    r"|none of this is) (?:\w+ )?something (?:that )?i\b|\W?(?:\w+ )?(?:removed|withheld|refused"
    r"|declined|blocked)\]"
    rf"|no (?:\w+ )?(?:answer|comment|description|response|analysis|assessment|reply|{_PICTURE})\b"
    r"(?: (?:is|was|has|will|can|could|may)\b.*| (?:given|possible|available|provided|attached"
    r"|uploaded|received|found)\b.*)?\W*$|what i (?:can't|cannot|won't|will not)\b|let's (?:talk"
    r"|discuss|move on|not)\b|(?:\w+ )?(?:answer|description|content|analysis|output"
    r"|response)s? (?:is |was |has been |are )?(?:declined|denied|refused|withheld|blocked"
    r"|filtered|unavailable|removed|rejected|not (?:available|provided|given|possible|supported"
    r"|permitted|allowed)))"
)
ELSEWHERE = (
    rule(  # rules and reasons
        """
guideline programming principles rules restrictions standards terms instructions reasons reason
concerns concern grounds considerations implications respect regard consideration rights anonymity
moral legal safety model ai text llm everyone everybody people
""",
        r"(?:my|our|openai's?|google's?|safety|content|usage|use|community|platform|internal"
        r"|provider's) (?:\w+ )?(?:programming|principles|rules|restrictions|standards|terms"
        r"|instructions)\b",
        r"(?:safety|legal|moral) (?:and \w+ )?(?:reasons?|concerns?|grounds|considerations"
        r"|implications)",
        r"(?:respect|regard|consideration|concern) (?:for|of"
        r"|to) (?:\w+ ){0,3}?(?:\w+'s )?(?:identity|rights|autonomy|wishes)\b",
        r"(?:protect|safeguard|violat|infring|breach)\w* (?:on "
        r"|upon )?(?:\w+ ){0,3}?(?:\w+'s )?(?:terms|rights|anonymity|rules|principles)\b",
        r"(?:i am|i'm|as|being|just|only|merely) (?:\w+ )?an? (?:\w+[- ]){0,3}(?:ai\b(?!-)"
        r"|language model|llm\b|text-only|text-based|model\b)",
        r"(?:everyone|everybody|every person|all people|people) (?:is|are|deserves?) (?:unique"
        r"|equal\w*|more than|respect\w*|to be)\b",
    ),
    rule(  # a question or an answer that is not dealt with
        """
question task prompt query instruction inquiry description answer analysis estimate assessment guess
judgement judgment statement comment identification conclusion withheld refused undescribed blank
""",
        r"(?:this|the|that|your|such an?|such) (?:\w+ )?(?:question|task|prompt|query|instruction"
        r"|inquiry)s?\b(?! of).{0,40}?\b(?:can't|cannot|can not|could not|couldn't|not|violat\w+"
        r"|declined|refused|denied|rejected|blocked|flagged|outside|beyond|against|sensitive"
        r"|private|unable|decline|refuse)\b",
        r"(?:description|answer|analysis|estimate|assessment|guess|judge?ment|statement|comment"
        r"|information|identification|conclusion)s?\b(?: [\w']+){0,5}? (?:(?:will|can|shall|must"
        r"|may"
        r"|could)(?:not|(?: not))|won't|can't) be (?:\w+ )?(?:given|provided|offered|made(?! out)"
        r"|described|discussed|shared|disclosed|supplied|answered|speculated|guessed|assigned"
        r"|addressed|generated|commented)\b",
        r"no (?:\w+ )?(?:description|answer|analysis|estimate|assessment|guess|judge?ment"
        r"|statement|comment|information)s? (?:\w+ ){0,6}?(?:is|are|will be|can be|was|shall be"
        r"|may be) (?:\w+ )?(?:given|provided|offered|made|shared|supplied|possible|attempted)\b",
        r"(?:is|are|was|remains?|been) (?:\w+ly |therefore |hereby )?(?:withheld|refused"
        r"|left (?:out|blank|undescribed) (?:on purpose|deliberately|intentionally|here|for))\b",
    ),
    rule(
        "my me us something anything possible impossible wrong nothing what",
        r"(?:beyond|outside|exceeds?|not within|outside of) (?:\w+ )?(?:my|what i"
        r"|the scope of (?:my|what))\b",
        r"(?:not|hardly|never|(?:is|was|are)n't) (?:\w+ ){0,2}?(?:something|anything"
        r"|a (?:question|topic|task))(?: that| which)? (?:i|we|an ai|this assistant)\b",
        r"(?:prevent|prohibit|forbid|bar|stop|keep|restrict|not allow|n't allow|not permit"
        r"|n't permit)s? (?:me|us)\b|(?:not|(?:is|was)n't) (?:\w+ )?(?:possible|feasible"
        r"|right) for (?:me|us|an ai)\b",
        r"(?:impossible|wrong) for (?:me|us|an ai)\b",
        r"(?:nothing|little|not much|all) (?:that )?i (?:can|could|may|want to) (?:\w+ )?(?:say"
        r"|tell|do|add|offer|give)\b",
        also="beyond outside exceed exceeds within not t hardly never prevent prevents prohibit"
        " prohibits forbid forbids bar bars stop stops keep keeps restrict restricts impossible"
        " wrong i",
    ),
    rule(
        "without objects inanimate text than not",
        r"i(?:'m| am)? (?:only |just )?(?:can|could|may|will|able to)(?: only)? (?:describe|help"
        r"|assist|offer|provide|comment|discuss|answer|work) .{0,60}?\b(?:without"
        r"|that do(?:es)? not|other than|not of|but not|objects|inanimate|text)\b",
        also="i",
    ),
    rule(
        "consult expert professional human specialist lawyer authority",
        r"(?:consult|ask|contact|refer to|speak to|turn to) (?:\w+ ){0,3}?(?:professional|expert"
        r"|human|specialist|lawyer|authority)\b",
    ),
    rule(
        "described analysed analyzed processed discussed evaluated assessed interpreted displayed"
        " viewed loaded opened accessed",
        rf"(?:content|{_PICTURE}) (?:cannot|can't|can not|could not|will not|won't|may not"
        rf"|must not) be"
        r" (?:described|analy[sz]ed|processed|discussed|evaluated|assessed|interpreted|displayed"
        r"|shown|viewed|loaded|opened|accessed)\b",
    ),
    rule(  # no picture
        """
mentioned
attach attached attachment upload uploaded uploading load loaded loading missing received share
shared send resend provide corrupted corrupt failed blank seeing see viewing access available
included file
""",
        rf"{_PICTURE} (?:(?:that |which )?you \w+ |\w+ )?(?:(?:did|does|could|was|is|has|can|were"
        rf"|are)(?: not|n't)|cannot"
        rf"|failed"
        r"|seems? (?:not )?to|appears? (?:not )?to|is|was) (?:\w+ ){0,3}?(?:load\w*|attach\w*"
        r"|upload\w*|display\w*|come through|received?|included|opened|accessible|accessed"
        r"|provided|missing|corrupt\w*|processed|available|shared|empty|blank)\b",
        rf"(?:there(?: is|'s| are| was| were| seems to be)|i see|received"
        rf"|you sent) no (?:\w+ ){{0,2}}?{_PICTURE}\b|no {_PICTURE} (?:was|were|is|has been|came"
        rf"|could be)\b",
        rf"(?:without|before) (?:\w+ ){{0,4}}?(?:seeing|see|access to|having|viewing) (?:the|an?"
        rf"|any|your) (?:\w+ )?{_PICTURE}\b",
        r"(?:please|could you|can you|kindly|would you|feel free to|try|you (?:can|could"
        r"|may)) (?:\w+ ){0,3}?"
        rf"(?:re-?)?(?:upload|provid|shar|send|attach|suppl|submit)\w* .{{0,40}}?(?:{_PICTURE}"
        rf"|it again)\b",
    ),
    rule(
        "none nothing your",
        r"(?:none|nothing) (?:has been|was|is|were) (?:provided|attached|uploaded|shared|received"
        r"|included)\b",
        rf"your (?:\w+ )?{_PICTURE} (?:did|could|was not|is not|has not|cannot|failed|can't"
        rf"|wasn't|isn't)",
    ),
    rule(
        "against turn rules personal sensitive here purpose question task",
        r"against (?:\w+ ){0,3}?(?:rules|principles|terms|instructions|law)\b",
        r"(?:are|is|will be|was) (?:\w+ )?not (?:described|discussed|commented on|given|stated"
        r"|named|assessed|estimated|guessed|addressed|provided|included) (?:here"
        r"|in this (?:answer|reply)|by me|on purpose)\b",
        r"(?:sensitive|personal|private) (?:data|information|attributes|details|characteristics)\b",
        r"(?:question|task|topic|one) (?:that )?(?:i|we) (?:have to|must|will|would|am going to)"
        r" (?:turn down|pass|skip|decline|leave)",
        also="against not sensitive personal private i we",
    ),
    rule(  # something else
        "instead else other another different",
        r"(?:i|me|we|let's|you)\b.{0,60}?\b(?:help|assist|describe|answer|discuss|talk|offer"
        r"|provide|like|prefer|ask)\b.{0,60}?\b(?:instead|something else|anything else|(?:other"
        r"|different|another) (?:\w+ )?(?:questions?|tasks?|topics?|things|aspects?|images?"
        r"|pictures?))\b",
        also="i me we let you",
    ),
    rule(
        "clear business away against role job place something say",
        r"(?:stay|keep|remain|steer) (?:well )?(?:clear|away|out) (?:of"
        r"|from) (?:\w+ ){0,2}?(?:guess|judg|label|describ|such|that|this|comment)\w*"
        r"|something (?:that )?(?:i|we) (?:stay|keep|avoid|do not|don't|will not|won't|can|am"
        r"|would|prefer|refuse|decline)\b|(?:none of|not|\w+n't) (?:my|our) (?:business|place"
        r"|role|job)\b",
        r"(?:i|we)(?:'d| would)? (?:strongly |rather )?(?:advise|caution|warn|recommend"
        r"|speak) against\b",
        also="stay keep remain steer i we my our",
    ),
    rule(
        "no need needs",
        rf"(?:there(?:'s| is| was| are| (?:\w+ ){{1,4}}be)|i see"
        rf"|received) no (?:\w+ ){{0,2}}?{_PICTURE}\b",
        rf"(?:i|we)(?:'d| would|'ll| will)? need (?:to see )?(?:the|an?) (?:\w+ )?{_PICTURE}\b",
        also="image images picture pictures photo photos photograph attachment file upload",
    ),
    rule(
        "limits silent",
        r"off limits\b|(?:remain|stay|keep|be) silent (?:about|on)\b",
    ),
    rule(
        "leave leaving left",
        r"(?:i|we)\b.{0,30}? leav\w+ (?:\w+ ){0,8}?(?:unanswered|blank|aside|open|undescribed"
        r"|unsaid|to (?:others|you|experts?|the reader))\b",
        also="i we",
    ),
)
MORAL = rule(
    """
harmful offensive unfair wrong improper insensitive biased bias hurtful intrusive unjust reductive
invasive problematic unwise unacceptable appropriate right acceptable proper respectful fair
responsible okay advisable suitable permissible wise should shouldn avoided ought place nobody
best better wiser safer
""",
    r"(?:harmful|offensive|unfair|wrong|improper|insensitive|bias(?:ed)?|hurtful|intrusive|unjust"
    r"|reductive|invasive|problematic|unwise|unacceptable)\b",
    r"(?:not|isn't|wouldn't be|hardly) (?:\w+ )?(?:appropriate|right|acceptable|proper|respectful"
    r"|fair|responsible|okay?|advisable|my place|suitable|permissible|wise)\b",
    r"should(?:n't| not| never) be\b|should be avoided|(?:best|better|wiser|safer) (?:avoided"
    r"|not to|to (?:avoid|refrain))|ought not|(?:nobody|no one) should",
    also="""
people peoples person persons personal personally personality someone somebody anyone anybody
individual individuals other others age ages gender genders race races racial racially ethnic
ethnicity ethnicities ethnically identity identities appearance appearances looks stranger
strangers trait traits demographic demographics sex
""",
)
"""Said to be wrong; of a light or a pose that is no refusal, so `OF_PEOPLE` must hold too."""
OF_PEOPLE = re.compile(
    r"(?=.*\b(?:guess|speculat|assum|infer|judg|label|assign|categori[sz]|classif|describ"
    r"|determin|comment|identif|estimat|attribut|evaluat|profil|generali[sz]|conclu|predict"
    r"|characteri[sz]|ascrib|deduc|naming|reduc(?:e|ing) (?:some|any|a |people)))(?=.*\b(?:people"
    r"|person|some(?:one|body)|any(?:one|body)|individuals?|others|ages?|genders?|races?|racial"
    r"|ethnic\w*|identity|appearances?|looks|strangers?|traits|demographic\w*|personal|sex)\b)"
)
SIGNS_ELSEWHERE = signs(ELSEWHERE)
SIGNS = signs((*ELSEWHERE, MORAL)) | NEVER_OF_A_FACE | FIRST | OPENS
"""A sentence without any of these declines nothing."""
