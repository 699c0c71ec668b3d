"""How a reply shows that its writer was told of the face."""

from __future__ import annotations

from facelm.teach.checks._prose import rule, signs

# What is told of a face, and what it is called together.
_FACT = (
    r"(?:ages?|genders?|sex|race|ethnicit(?:y|ies)|ethnic (?:group|background|label)|expression"
    r"|emotion|identity|group|stage|category|pose|turn|angle|yaw|pitch|light(?:ing)?|direction"
    r"|hair (?:colou?r|style)|glasses|beard|morph group|nationality|mouth|eyes|brightness"
    r"|sharpness)"
)
_TOLD = (
    r"(?:labels?|labell?ing|tags?|annotations?|information|info|data|metadata|details|description"
    r"|facts?|attributes?|hints?|prompt|context|categor(?:y|ies)|values?|inputs?|captions?"
    r"|ground[- ]truth|demographics?|demographic \w+|range|bracket|notes?|specifications?"
    r"|classifications?|characteristics|measurements?|figures|numbers|records?|brief(?:ing)?"
    r"|statements?|cues?|instructions?|particulars|listing|list|text|background|answers?|clues?"
    r"|parameters?|profile|references?|remarks?|message|entry|entries|properties|traits|knowledge"
    r"|settings)"
)
_SURELY_TOLD = (
    r"(?:labels?|tags?|annotations?|metadata|hints?|prompt|ground[- ]truth|demographics?"
    r"|demographic \w+|ages?|genders?|sex|race|ethnicit(?:y|ies)|age (?:group|range)|nationality"
    r"|classification)"
)
_GIVEN_WORDS = (
    "given provided supplied stated specified mentioned listed labelled labeled assigned"
    " annotated accompanying reported declared aforementioned abovementioned told documented"
    " disclosed furnished quoted tagged communicated submitted entered requested prescribed"
    " designated registered preset official preassigned predefined"
)
# These may be said of what is seen, too ("the described details", "the known direction").
_PERHAPS_WORDS = (
    "known actual true correct described available underlying associated corresponding said"
    " confirmed identified expected intended above earlier previous shared offered named noted"
    " indicated supporting attached recorded target cited preceding received prior desired"
)
_GIVING_WORDS = (
    "given provided supplied stated specified mentioned indicated listed labelled labeled"
    " assigned annotated reported declared attached told recorded documented disclosed furnished"
    " quoted tagged communicated submitted entered received shared prescribed designated"
    " registered cited announced preset sent"
)
_GIVEN = rf"(?:{_GIVEN_WORDS.replace(' ', '|')}|above-mentioned|pre-assigned|pre-defined)"
_PERHAPS = rf"(?:{_PERHAPS_WORDS.replace(' ', '|')})"
_GIVING = (
    rf"(?:{_GIVING_WORDS.replace(' ', '|')}|passed on|handed over|filled in|noted down|set out)"
)
_SEEN = (
    r"(?:images?|pictures?|photos?|photographs?|frames?|videos?|clips?|views?|crops?|portraits?"
    r"|shots?|stills?|shadows?|wrinkles|skin|eyes|features|appearance|visual|impression|look|sense"
    r"|mouth|brows?|lips|nose|jaw|face|head|surroundings|background|backdrop|clothing|collar|hair"
    r"|contours?|outlines?|proportions|light|lighting|shading|shape|structure|expression|scene"
    r"|setting|viewers?|observers?|onlookers?|people|pose|posture|lines|teeth|windows?|lamps?|flash"
    r"|sun|sources?|lights|bulbs?|camera|phone|studio|reflectors?|screen|sky|nature)"
)
_BY_WHAT_IS_SEEN = (
    rf"(?! (?:by|through|with|via|a|an) (?:(?:the|his|her|their|this|its|visible|clear"
    rf"|fine) )*(?:\w+ )?{_SEEN}\b)"
)
_WHOSE = (
    r"(?:the|this|that|these|those|his|her|their|its|a|an|any|all|such|other|with|per|from|of|by"
    r"|as|on|to|and|person's|subject's)"
)
_SAYS = (
    r"(?:says?|said|states?|stated|indicates?|lists?|gives?|gave|specif(?:y|ies|ied)|mentions?"
    r"|mentioned|suggests?|tells?|told|describes?|confirms?|names?|named|calls?|asks? for|notes?"
    r"|provides?|supplies|reveals?|puts?|places?|classif\w+|labels?|records?|identif(?:y|ies|ied)"
    r"|reports?|marks?|agrees?|supports?|asserts?|declares?|describe)"
)
_ACCORDING = (
    r"(?:according to|as per|per|based on|in line with|consistent with|in accordance with"
    r"|following|in keeping with|in agreement with|going by|relying on|from|judging by|match(?:es"
    r"|ing)?|in|by|with|corresponds? to|agrees? with|on the basis of|thanks to|confirms?|as in"
    r"|reflect(?:s|ing)?)"
)

RULES = (
    rule(
        "you your thanks thank",
        r"you(?:'ve|'d| have| had| did| do| just| already| also| kindly| yourself"
        r"| so)* (?:mention|told|tell|said|say|provid|suppl|gave|give|specif|indicat|state"
        r"|describ|note|shar|list|label|sent|send|point|suggest|want|inform|wr[io]te|disclos"
        r"|includ|put\b|report|declar|attach|name|assign|ask|explain|identif|set\b|annotat|add"
        r"|call|instruct|let me|quot|request|present|submit|enter|tag)\w*",
        r"your (?:own |earlier |previous |prior |kind |initial |short |brief |helpful "
        r"|accompanying |given"
        rf" |written )*(?:{_TOLD}|(?!eyes|mouth|glasses|beard|hair|pose|direction){_FACT}|words"
        rf"|hint|message|mention|indication|request"
        rf"|suggestion|assertion"
        r"|tip|comment|input|query|guidance|question)\b",
        r"thanks to the (?:\w+ )?(?:information|label|hint|context|annotation)\b"
        r"|(?:thanks|thank you)\b(?! to).{0,30}\b(?:information|details|label|context|providing"
        r"|telling"
        r"|sharing|letting me know|hint)",
    ),
    rule(
        "told informed given advised instructed provided supplied briefed notified asked handed"
        " tipped know",
        r"(?:i|we)(?:'ve been|'m|'re| have been| had been| have already been| was| were| am| are| "
        r"got"
        r"| was being)+ (?:\w+ly |also |been |already )*(?:told|informed|given|advised|instructed"
        r"|provided|supplied|briefed|notified"
        r"|asked to (?:assume|treat|use|take|say|call|accept)|handed|made aware|let know|tipped)\b",
        r"having been (?:told|given|informed)\b",
        r"(?<!be )(?<!not )(?<!asked )(?:told|informed|instructed) (?:that|of|about) (?:the|this"
        r"|his|her"
        r"|it)\b",
        r"(?:i|we) know (?:that )?(?:the|this|his|her|he|she|it|from)\b(?! (?:\w+ )?(?:experience"
        r"|portraits|art|anatomy|photography|life|practice|studies|research|other|pictures|history"
        r"|painting|everyday|faces|optics|physics|mirrors|human))",
    ),
    rule(
        f"{_GIVEN_WORDS} above pre",
        rf"{_WHOSE} (?!(?:the )?given (?:light|lighting|angle|pose|turn"
        rf"|direction)\b(?! label))(?:\w+ )?"
        rf"{_GIVEN}(?: (?:demographic|facial|personal|background|age|gender"
        rf"|racial|ethnic|apparent|reference|textual|image|class|expression|emotion"
        rf"|physical))? (?:{_TOLD}|{_FACT})\b",
        rf"(?:using|see|with|by|from|considering) {_GIVEN} {_TOLD}\b",
    ),
    rule(
        "attribute attributes",
        r"the (?:\w+ )?attributes? (?:[\"']|says?|states?|is (?:set|given|listed)|list|reads?"
        r"|entry)",
    ),
    rule(
        "information data value values entry field details specification tag annotation hint"
        " indication key sheet",
        r"(?:the|this|that) (?:age|gender|race|ethnicity|demographic|class|expression|emotion"
        r"|attribute|identity) (?:information|data|value|entry|field|details|specification|tag"
        r"|annotation|hint|indication)s?\b",
        r"(?:answer|solution) (?:key|sheet)\b",
    ),
    rule(
        "came comes arrived accompanies accompanied list",
        rf"(?<!no )(?:{_TOLD}|{_FACT}) (?:that |which )?(?:came|comes|arrived|accompan\w+)"
        rf" (?:(?:along |together "
        r")?with )?(?:the|this) (?:picture|image|photo\w*|request|task|question|face)\b",
        r"(?:the|this|that) list of (?:attributes|labels|facts|properties)\b",
    ),
    rule(
        "above",
        rf"(?:the|this|these) above (?:{_TOLD}|{_FACT})\b|(?:{_TOLD}|{_FACT}) (?:listed |named "
        rf"|written |said )?above"
        r"(?= (?:is|are|was|were|says?|states?|already|fits?|match\w*|the question)|\W*$)",
    ),
    rule(
        "it me us know beforehand advance known ahead",
        r"it (?:has been|was|is) (?:already |also )?(?:stated|said|mentioned|specified|given"
        r"|indicated|told|reported|established|known)\b(?= that (?:the|this|he|she|his"
        r"|her|their|they|it|there|one)\b| (?:in|on|by) (?:the|your) (?:\w+ )?(?:label|prompt"
        r"|question"
        r"|request|input|task|file|note|metadata|record|data|caption|list|text|user|system)| "
        r"beforehand"
        r"| in advance| already|\W*$)(?! that the (?:eyes? (?:is|are) the|human|average|camera"
        r"|light of|brain|angle of))",
        r"(?:told|given|provided|supplied|mentioned|stated|reported|communicated|specified"
        r"|disclosed"
        r"|indicated|described|handed|passed|revealed|named|listed|announced|explained|assigned"
        r"|sent|shared|furnished|confirmed|noted|said|submitted|labell?ed|suggested) to (?:me"
        r"|us)\b",
        r"(?<!what )(?<!all )(?<!all that )(?<!far as )(?<!everything )i (?:already |happen to |do "
        r"|also )?know(?= (?:that )?(?:the|this|his|her|their|he|she|they|it|who|how old|which"
        r"|already"
        r"|in advance|beforehand|from|about|of the)\b)(?! from (?:the|this) (?:picture|image|photo)"
        r"| (?:from|of|about) (?:experience|faces|portraits|pictures))",
        # "As we know, faces differ": what everybody knows.
        r"we (?:already |happen to |do |also )?know\b(?! (?:\w+ )?from (?:the|this) (?:picture"
        r"|image"
        r"|photo))(?= (?:that )?(?:the|this|his|her|their|he|she|they|it|who|how old|which|already"
        r"|in"
        r"|beforehand)\b)(?! the (?:\w+ )?(?:human|average|world|light of|effect))",
        r"(?:known|given|told|provided|stated) (?:to \w+ )?(?:beforehand|in advance|ahead of "
        r"time)\b",
        also="stated said mentioned specified given indicated told reported established known me us"
        " know provided",
    ),
    rule(
        _PERHAPS_WORDS,
        rf"{_WHOSE} {_PERHAPS} {_SURELY_TOLD}\b",
        also="label labels tag tags annotation annotations metadata hint hints prompt ground"
        " demographics demographic age ages gender genders sex race ethnicity ethnicities"
        " nationality classification",
    ),
    rule(
        f"{_GIVING_WORDS} passed handed filled set",
        rf"{_WHOSE} (?:\w+ )?(?:{_TOLD}|{_FACT})(?: (?:group|range|label|bracket|category|class"
        rf"|one|i|that|which|is|are|was|were|has|have|been|being|as|already|also|it|here|clearly"
        rf"|explicitly))* {_GIVING}\b" + _BY_WHAT_IS_SEEN,
    ),
    rule(
        "given provided supplied stated specified mentioned told informed instructed requested"
        " reported declared labelled labeled annotated disclosed tagged prompted briefed advised"
        " described listed indicated said written noted named",
        r"(?:as|like|than|(?:what|whatever) (?:is|was)|was|were) (?:\w+ly |already |was |were "
        r"|is |has been |have been |it is |it was |just |i was |i am |i have been |being "
        r"|we were )*(?:given|provided|supplied|stated|specified|mentioned|told|informed"
        r"|instructed|requested|reported|declared|labell?ed"
        rf"|annotated|disclosed|tagged|prompted|briefed|advised)(?!-)\b{_BY_WHAT_IS_SEEN}(?! rise"
        rf"| off)",
        r"(?:above|afore|before|previously |already |earlier )-?(?:mentioned|stated|given|named"
        r"|specified|labell?ed|provided|told)\b",
        r"(?:stated|mentioned|given|listed|specified|described|told|indicated|said|written|noted"
        r"|provided) (?:\w+ )?(?:above the|in (?:the|your|my) (?:\w+ )?(?:prompt|question|label"
        r"|request|input|instruction|caption|dataset|data set|metadata|message|text|system|task"
        r"|file)|beforehand|at the (?:start|outset)|up ?front|in advance)\b",
    ),
    rule(
        "label labels",
        rf"(?:the|these|those|this|that|its|his|her|their|which|both|all|{_GIVEN}|per|by|from"
        rf"|with (?:the|this|these|its|his|her|their|a|such)|other|as|on|to|of|in)"
        r" (?!label (?:the|this|it|an?|any|his|her)\b)(?:(?!could|would|can|may|might|i|we|is|are"
        r"|was|were|any|such)\w+[- ]){0,2}?(?<!any of these )labels?\b(?! an?\b| (?:of|on|in"
        r"|inside|from) an?\b"
        r"| \w+ (?:and|or) \w+ (?:can|could|would)\b| (?:on|of|in|inside) (?:the|his|her"
        r"|their) (?:\w+ )?(?:shirt|collar|jacket|cloth\w*|bottle|cap|hat|sleeve|garment|top"
        r"|sweater|jumper"
        r"|neck|neckline|blouse|coat|fabric|wall))",
        r"(?:age|gender|race|ethnicity|emotion|expression|class|image|data|dataset|attribute"
        r"|pose) labels?\b",
        r"(?<!\ba )(?<!\ban )(?<!any )(?<!such )labels? (?:attached|that|which|say|state|list|give"
        r"|gave|mention|indicat|suggest|describ"
        r"|confirm|name|call|read|match|agree|assign|fit|provided|given|supplied)\w*\b",
    ),
    rule(
        "tag tags hint hints annotation annotations annotator annotators knowledge annotated"
        " labelled labeled tagged ground reference prompt prompts system",
        r"(?:person|face|expression|age|gender|subject|man|woman|one)[, ]+(?:who is |which is "
        r"|is )?labell?ed\b(?! by)",
        rf"(?:with|from|in) (?:the |my |full )?knowledge (?:that (?:the|this|he|she|it|they)\b|of "
        rf"(?:his"
        rf"|her|their|the person)|of the {_FACT})",
        r"(?:the|this|your|a|age|gender|image) tags?\b(?! (?:on|of|in|inside) (?:the|his|her|an?"
        r"|such)"
        r" (?:\w+ )?(?:shirt|collar|jacket|garment|clothing|clothes|top|sweater|neckline))",
        r"ground[- ]truth\b|reference (?:data|labels?|annotations?|answers?|information|values?)\b",
        r"(?:the|this|your|my|a|in|by|per|from|user|system) (?:\w+ )?(?:system (?:prompt|message"
        r"|text|instructions?)|prompt(?:'s)?\b(?!ed|ly)"
        r"(?! (?:change|reaction|response|reply|smile|shift|return|end|recovery|start|movement)))",
        r"hints? (?:given|provided|supplied|in the (?:prompt|question)|i (?:was|got|received|had)"
        r"|we"
        r" (?:were|got|received)|you)\b(?! by the (?:face|picture|image|eyes|skin|brows|mouth"
        r"|light|shad))",
        r"(?:the|this|that|given) (?!\w+est |only |main |chief |slight |clear |visual |visible "
        r"|facial "
        r"|few |faint |subtle |small |little |weak |strong |various |other |first |last )(?:\w+ "
        r")?hints?\b"
        r"(?! (?:of|at|for|towards?|in the (?!prompt|question))\b)",
        r"(?:the|these|those|given|its|per|by|image|human|data|from|to|with"
        r"|as) (?:\w+ )?annotations?\b",
        r"annotators? (?:have|has|had|said|saw|chose|marked|label\w*|assigned|recorded|noted|gave"
        r"|judged|rated|put|state|say|indicated|decided)\b|(?:is|was|been) (?:labell?ed|annotated"
        r"|tagged)\b",
    ),
    rule(
        "dataset data set database metadata caption captions filename file record records input"
        " inputs user briefing brief question instructions instruction task information facts"
        " measurements measurement questioner sheet form note notes listing list text request"
        " message",
        r"(?:data ?set|database|meta ?data|captions?|caption data|file ?name|records?|source data"
        r"|inputs?|input data|user|briefing|brief|question|request|instructions?|task|(?:side"
        r"|background|supplementary|additional|extra|prior) information|prior knowledge|the facts"
        r"|(?:accompanying|associated|supporting|attached|reference) (?:text|notes?|labels?"
        r"|captions?|data"
        r"|information|details|descriptions?|facts|messages?|sheet|files?|metadata|tags?|lists?"
        r"|words"
        r"|records?|values?)|(?:the|these|those|your|given) (?:\w+ )?measurements?"
        r"|task description|questioner|description given|sheet|notes?"
        rf"|listing|attribute list|text|message) (?:\w+ly |already |also |itself |here )?{_SAYS}\b",
        rf"{_ACCORDING} (?:the|this|these|its|my) (?:\w+ )?(?:data ?set|database|metadata"
        rf"|caption(?: data)?"
        r"|file ?name|record(?! of (?:an?|one|the moment|this moment))|user|briefing|input|prompt"
        r"|task description"
        r"|brief\b(?= (?:says|i|we|given|provided|and)\b|[,.;]|$)|instructions?"
        r"|prior (?:information|knowledge)|(?:background|side|supplementary"
        r"|additional) information|request|accompanying \w+|attribute list|user's \w+)\b",
        r"(?:the|this|that|a|your) form (?:says?|states?|lists?|specif\w+|mentions?|names?"
        r"|tells?)\b",
        r"(?:according to|as per|per|based on|in line with|consistent with|going by|match\w*"
        r"|confirm\w*|agree\w* with|on the basis of) (?:the|these) (?:\w+ )?(?:measurements?"
        r"|measured values?|figures)\b",
        r"the facts (?:listed|given|above|provided|supplied|stated|say|already)\b",
        r"(?:i|we) (?:\w+ly |also |already )?(?:read|gather|understand|received|took|take|used"
        r"|have used|have taken|follow|followed|rely|relied|trust)(?: \w+){0,4}? (?:the|these"
        r"|those|this) (?:metadata|caption|dataset|data set|input|record|note|information given"
        r"|instructions?)\b",
    ),
    rule(
        "given knowing known reportedly allegedly said stated reported declared listed recorded"
        " specified documented registered marked designated question issue record file field"
        " facts predefined preassigned prespecified provided supplied",
        rf"given (?:the|an?|that (?:the|his|her|their|this)) (?!visible |few |fine "
        r"|small |(?:\w+ )?background\b(?! info| data| detail| facts)|(?:limited|scant|sparse"
        r"|scarce"
        r"|modest|incomplete|restricted|poor|minimal|missing|faint|soft|visual|facial"
        rf"|physical|overall|wide|broad|natural|little|lack|absence|above)\b)(?:\w+ )?(?:{_TOLD}"
        rf"|age (?:range"
        rf"|group|bracket|of (?!the (?:photo|picture|image|camera)))"
        r"|(?:gender|ethnicity|race) (?:is|label|of))\b(?! (?:seen|visible|shown|at hand|here|on "
        r"view)\b"
        r"| (?:in|of|on|from) (?!the (?:prompt|label|question|request|person|subject|individual"
        r"|input"
        r"|task|metadata|file|dataset|data|image label)|your|my|this person|his\b|her\b))",
        r"(?:since|because|as|now that|seeing that|considering that|given that|with) (?:the |his "
        r"|her |their"
        rf" |all |this |that )*(?:\w+ )?(?:{_FACT}|{_TOLD})(?: \w+)? (?:is|are|was|were|being"
        rf"|has been|have been|had been)(?: \w+ly| already| also)* (?:known"
        rf"|{_GIVING})\b{_BY_WHAT_IS_SEEN}",
        r"knowing (?:that (?:the|this|he|she|his|her|their|they|it|i)\b|(?:the|his|her|their|this"
        r"|of|about"
        r"|from)\b)|reportedly\b|allegedly\b",
        r"(?:is|are|was|were|be|been) (?:\w+ly |already |also )*(?:known|said|stated|reported"
        r"|declared|given|listed|recorded|specified|documented|registered|marked|designated"
        r"|labell?ed|tagged) (?:to be|as(?! (?:they|it|seen|one|we|the viewer)\b)|to (?:have"
        r"|belong))\b",
        rf"(?:{_FACT}) (?:is|was) (?:\w+ly )?known\b",
        r"(?:ages?|gender|sex|race|ethnicity|group|category|stage|label|class|value|classification)"
        r" (?:in question|at issue)\b",
        rf"(?:{_FACT}|label|class|value|classification|information|data) (?:of record|on record|on "
        rf"file"
        rf"|field)\b",
        r"pre-?(?:defined|assigned|specified) \w+",
    ),
)
SIGNS = signs(RULES)
"""A sentence without any of these gives nothing away."""
