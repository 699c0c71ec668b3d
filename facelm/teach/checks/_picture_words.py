"""How prose says that a picture is sharp or blurred, lit or dark."""

from __future__ import annotations

import re

from facelm.teach.checks._prose import rule
from facelm.teach.checks._trait import Trait

_PHOTO = r"(?:images?|pictures?|photos?|photographs?|portraits?|shots?|captures?)"
_IS = (
    r"(?:is|are|was|were|looks?|appears?|seems?|remains?|being|stays?|lies?|comes? out|keeps?"
    r"|kept|held|with|can be (?:called|described as|judged|rated|considered))"
)
_OF = r"(?: of the \w+)?(?: as a whole| overall| area| itself)?"


_FINE = (
    r"(?:pores?|(?:eye)?lashes|hairs|strands?|(?:fine |tiny )?lines?|textures?"
    # "Several details stand out": things, and not how finely they are drawn.
    r"|(?<!several )(?<!some )(?<!certain )(?<!few )(?<!following )(?<!other )(?<!main )(?<!these )"
    r"(?<!further )(?<!two )(?<!three )(?:fine |small(?:est)? )?details?|small(?:est)? marks)"
)
# An outline can be seen in a blurred picture, too: it must be clear.
_EDGES = r"(?:edges|contours|outlines)"
SHARPNESS = Trait(
    "sharpness",
    {
        "sharp": (
            rule(
                "sharp sharply crisp crisply focus focused focussed resolution definition"
                " detailed tack razor crystal sharpness clarity excellent perfect perfectly",
                rf"(?:{_PHOTO}|face|focus|features|{_FINE}|{_EDGES}|rendering|everything|it|all"
                rf"|skin"
                rf"|sharpness|camera|quality|eyes){_OF} {_IS}(?: (?!soft\b|blur\w*|no\b|far\b"
                rf"|in\b)[\w']+){{0,3}}? (?:sharp(?:ly)?|crisp(?:ly)?"
                r"|(?:tack|razor|pin|needle|crystal)[- ]?(?:sharp|clear)|well[- ]focus\w+"
                r"|in (?:\w+ )?focus|high[- ]resolution|(?:highly|very|finely|richly) detailed"
                r"|excellent|perfect)\b(?! (?:jaw|nose|light|contrast|shadow|chin|cheek|gaze"
                r"|line))",
                r"(?:tack|razor|pin|needle)[- ]sharp\b|crystal[- ]clear\b",
                r"(?:sharp|crisp|well-focused|high-resolution|high-definition|highly detailed"
                r"|detailed)(?:,| and)?"
                rf"(?: (?!jaw|nose|shadow|light|chin|cheek)\w+,?){{0,2}}? (?:{_PHOTO}|focus|edges"
                rf"|contours|outlines"
                r"|lines|detail(?:s|ing)?|rendering|definition|resolution|(?:image )?quality)\b",
                r"(?:perfectly|precisely|well|sharply|tightly|accurately|correctly) (?:focus\w+"
                r"|defined|rendered|drawn|captured|resolved|in focus)\b(?! (?:jaw|chin|nose|cheek"
                r"|brow))",
                r"crisp face\b|focus (?:lies|is|sits|rests|falls) (?:exactly|precisely|perfectly"
                r"|right|squarely) on\b",
                r"in (?:perfect|sharp|clear|good|crisp|excellent|full|precise) focus\b",
                r"(?:clear|perfect|excellent|good|precise|accurate|razor) focus\b",
                rf"focus(?: \w+)? {_IS} (?:\w+ )?(?:excellent|perfect|good|spot[- ]on|precise"
                rf"|accurate|right|crisp"
                r"|clear|exact)\b",
                r"sharpness:\W*(?:very )?(?:high|good|excellent|great)\b|(?:sharp"
                r"|clear) and detailed\b",
                r"(?:high|great|excellent|good|full|very high|remarkable|superb) (?:resolution"
                r"|sharpness|definition|(?:image )?clarity)\b",
                rf"(?:sharpness|resolution|clarity|definition){_OF} {_IS} (?:\w+ )?(?:high"
                rf"|excellent|good|great"
                r"|very good|outstanding|perfect)\b",
            ),
            rule(
                "pores pore lashes hairs strand strands lines texture textures detail details"
                " edges contours outlines marks hair lash line wrinkle freckle eyelash eyelashes"
                " brow smallest finest tiniest",
                rf"{_EDGES}(?: of the \w+)? (?:(?:can|could|are|is|be|stand|come|all|very|quite"
                rf"|still)"
                r" ){1,3}(?:clear(?:ly)?|distinct(?:ly)?|well|easily|readily|crisply|cleanly"
                r"|plainly"
                r"|precisely)\b(?! (?:enough|recogni))",
                rf"{_FINE}(?: (?:and|or|such as|like|of the|in the|on the|around the"
                rf"|down to)(?: \w+){{1,3}})?"
                r"(?: (?:can|could|are|is|come|comes|stand|stands|show|shows|remain|remains|being"
                r"|well|all|even|be|out|clearly|crisply|easily|readily|plainly|still|sharply|very"
                r"|perfectly|fully)){1,5} (?:visible|resolved|rendered|preserved|made out"
                r"|discernible|distinct|captured|recorded|readable|legible|sharp(?:ly)?"
                r"|crisp(?:ly)?|counted|clear(?:ly)?|distinguishable|distinguished|seen|apparent"
                r"|told apart|recogni[sz]able|recogni[sz]ed|(?<=stand )out|(?<=stands )out"
                r"|(?<=come )out"
                r"|(?<=comes )out|(?<=show )up|(?<=shows )up|(?<=clearly )out)\b",
                r"(?:every|each)(?: single| individual| last)? (?:pore|hair|(?:eye)?lash|detail"
                r"|line|strand|wrinkle|freckle)\b|individual (?:lashes|eyelashes|hairs|pores"
                r"|strands|brow hairs)\b",
                r"(?:makes?|lets?|shows?|reveals?|renders?|captures?|preserves?|resolves?"
                r"|brings? out) (?:\w+ ){0,4}?(?:smallest|finest|tiniest|fine detail\w*"
                r"|fine lines|pores|minute|minutest)\b",
                r"(?:much|plenty of|a wealth of|rich in|abundant|ample|full of"
                r"|great) (?:\w+ )?detail\b",
                also="visible resolved rendered preserved made discernible distinct captured"
                " recorded readable legible sharp sharply crisp crisply counted clear clearly"
                " distinguishable distinguished seen recognisable recognizable recognised"
                " recognized apparent out up told every each individual smallest finest"
                " tiniest much plenty wealth rich abundant ample full great fine minute"
                " minutest",
            ),
        ),
        "blurred": (
            rule(
                "blur blurs blurred blurry blurring blurriness unfocused unfocussed defocused"
                " defocussed focused focus fuzzy fuzziness indistinct indistinctness sharpness"
                " smear"
                " smeared smears smearing smudged smudgy unsharp unsharpness pixelated pixelation"
                " mushy haze hazy haziness",
                r"blur(?:red|ry|ring|riness|s)?\b|unfocus\w+|de-?focus\w*|fuzz(?:y|iness)\b"
                r"|indistinct|smear\w*|smudg\w+|unsharp\w*|pixelat\w+|mushy\b|haz(?:e|y"
                r"|iness)\b(?! light)",
                r"(?:out of|lacks?|poor|missed|missing|no|off|lost|soft|bad) focus\b",
                r"(?:not|nowhere|never|\w+n't)(?: \w+)? in focus\b|focus (?:\w+ ){0,3}?missed\b",
                r"sharpness:\W*(?:very )?(?:low|poor|weak|none)\b|fail(?:s|ed)? to focus\b",
                r"focus(?: of the \w+)? (?:is|was|seems|looks|appears|lies) (?:\w+ )?(?:off"
                r"|missed|soft|wrong|poor|lost|behind|bad|weak|imprecise|elsewhere)\b",
            ),
            rule(
                "sharpness detail crispness definition clarity resolution",
                r"(?:lacks?|lacking|lack of|without|little|no|hardly any|poor|low|very low"
                r"|limited|missing|want of) (?:(?:any|all|real|image|fine|overall|visible"
                r"|much) ){0,2}(?:sharpness|fine detail|detail(?= can|\W|$)|crispness|definition"
                r"|clarity)\b",
                rf"(?:sharpness|clarity|definition){_OF} {_IS} (?:\w+ )?(?:low|poor"
                rf"|limited|lacking|weak"
                r"|bad|insufficient|minimal|missing)\b",
            ),
            rule(
                "soft softness vague foggy cloudy unclear",
                rf"(?:{_PHOTO}|face|features|details){_OF} {_IS} (?:\w+ )?unclear\b",
                rf"{_PHOTO}{_OF} {_IS} (?:\w+ ){{0,3}}?(?:soft\b(?! light)|vague|foggy|cloudy)",
                rf"soft(?:,| and)? (?:\w+ )?{_PHOTO}\b(?! light)|softness lies over\b",
                r"(?:marked|strong|overall|general|noticeable|pronounced|clear|visible|heavy"
                r"|visual|distinct) softness\b(?! of (?:the )?(?:light|skin|shadow|expression))",
            ),
            rule(
                "lost dissolve dissolves dissolved run runs melt melts melted washed smoothed"
                " disappear disappears vanish vanishes vanished bleed bleeds fuse fuses merge"
                " merges merged vague hazy",
                r"(?:details?|contours|edges|outlines|lines|textures?)(?: (?:of|in|on"
                r"|around) (?:the )?\w+)?(?: \w+){0,4}? (?:lost|dissolv\w+|runs? (?:into"
                r"|together)|melt\w*|washed (?:out|away)|smooth(?:ed)? away|disappear\w*"
                r"|vanish\w*|bleed\w*|fuse\w*|merge\w*|hazy|vague)\b(?! (?:\w+ )?(?:firmness"
                r"|tautness|tightness|elasticity|fullness"
                r"|roundness|shape|youth)\b)(?! (?:in|to"
                r"|into) (?:the )?(?:shadow|dark|shade|background|hair|light|bright|glare))",
            ),
        ),
    },
    re.compile(
        r"\b(?:background|backdrop|bokeh|surroundings|behind|foreground|shoulders?|clothing"
        r"|sharp (?:jaw|nose|chin|cheek\w*|gaze|angles?|shadows?|contrast|eyes)|light\w* (?:in|of"
        r"|on) (?:the|this)|shadows?|skin tones?|complexion|hairline|light is soft|soft light"
        r"|lines? of (?:the|his|her|their) (?:jaw|chin|nose|neck|hair|face|cheeks?|head|mouth|lips)"
        r"|periphery|boundary|patch|exaggerat\w+|enlarg\w+|transitions?|depth of field)\b"
        # Lost for want of light, and not of focus.
        r"|\b(?:(?:little|less|low|poor|weak|faint|enough) light|dark\w*|dim\w*|under-?expos\w*"
        r"|over-?expos\w*|shad\w+|glare|gloom)\b.*\b(?:details?"
        r"|textures?|lines)\b.*\b(?:lost|vanish\w*|disappear\w*|hidden|hid)\b"
    ),
    re.compile(r"\b(?:background|backdrop|behind|depth of field|dark\w*|dim|under-?exposed)\b"),
)

_LIGHT = (
    r"(?:light(?:ing)?(?: conditions)?|illumination|exposure|daylight|sunlight|sunshine|conditions)"
)
_WHERE = r"(?: (?:conditions|level|here|(?:in|on|of|falling on) the \w+))?"
_WHOLE = (
    rf"(?:{_PHOTO}|face|scene|features|setting|whole|facial area|image area|subject|atmosphere"
    rf"|composition|room"
    r"|surroundings)"
)
BRIGHTNESS = Trait(
    "light",
    {
        "lit": (
            rule(
                "bright brightly lit illuminated exposed lighted light lighting illumination"
                " exposure daylight sunlight sunshine conditions luminous radiant glowing aglow"
                " overexposed washed key sunlit sunny sun floodlit drenched flooded bathed"
                " brightness glows shines lights",
                r"(?<!more )(?<!less )(?:well|brightly|amply|generously|beautifully|nicely"
                r"|perfectly|fully"
                r"|excellently|abundantly|clearly|brilliantly|properly|richly|thoroughly"
                r"|splendidly|strongly|intensely|correctly|optimally|sufficiently"
                r"|adequately)[- ](?:and \w+ )?(?:lit|illuminated|exposed|lighted)\b",
                r"(?:bright|ample|abundant|plentiful|plenty of|good|excellent|generous|brilliant"
                r"|perfect|great|radiant|dazzling|optimal|lots of|a lot of|intense|vivid|glaring"
                r"|strong|sufficient|adequate|favou?rable|ideal|no lack of|no shortage of"
                r"|powerful)(?:,? (?!eyes|background|side|and the|contrast)\w+,?){0,2}?"
                rf" {_LIGHT}\b",
                rf"{_LIGHT}{_WHERE} (?:{_IS}|reaches)(?: (?!too\b|weak|dim"
                rf"|low)\w+){{0,2}}? (?:bright|abundant"
                r"|ample|plentiful|generous|good|excellent|optimal|sufficient|adequate|perfect"
                r"|brilliant|ideal|strong|intense|radiant|favou?rable|beautiful)\b",
                rf"(?:{_WHOLE}|skin){_OF} {_IS}(?: (?!no\b|less|hardly|dark"
                rf"|in\b)\w+){{0,3}}? (?:bright|luminous"
                r"|radiant|glowing|aglow|light-filled|over-?exposed|washed[- ]out|high-key|sunlit"
                r"|brightened)\b(?! (?:eyes|background))",
                rf"{_LIGHT}(?: level)?:\W*(?:\w+ )?(?:bright|ample|plentiful|abundant|strong)\b",
                rf"{_PHOTO} (?:has|gives|makes|have) an? (?:\w+ly )?(?:bright|luminous|radiant)\b",
                r"full of light\b|(?:strong|bright|powerful|brilliant) (?:lamp|source|spotlight"
                r"|flash)"
                r" (?:lights|illuminates|falls|shines)\b|(?:lit|illuminated) by (?:an? )?(?:strong"
                r"|bright|powerful"
                r"|brilliant)\b",
                r"bright(?:,| and)?(?: (?!the|this|an?|on|of|in|screen|eyes?|background|hair"
                r"|clothing|colou?r|red|blue|green|white|yellow)\w+,?)"
                rf"{{0,2}}? (?:{_WHOLE}|skin|environment|day)\b",
                r"(?:over-?expos\w+|high-key|sun-?(?:lit|drenched|soaked|bathed)|sunny|floodlit"
                r"|drenched in|flooded (?:with|by)|bathed in|luminous|(?:face|skin) (?:glows"
                r"|shines))\b",
                r"(?:lit|illuminated|exposed) (?:(?!more|less)\w+ )?(?:well|brightly|amply"
                r"|strongly|perfectly"
                r"|generously|beautifully)\b|light and airy|(?:enough|plentiful) light\b"
                r"|in full light\b",
                r"sun(?:light|shine) (?:falls|shines|lights|streams|pours|warms|hits|strikes|plays"
                r"|catches)\b",
                r"(?:day|sun|lamp)?light (?:floods|fills|bathes|drenches|pours (?:over|onto|on))\b"
                r"|fills? the (?:portrait|picture|face|scene|frame) with light|(?:broad|full"
                r"|bright) daylight|in full sun\w*|high (?:overall )?brightness\b",
                rf"(?:brightness|light level){_OF} {_IS} (?:\w+ )?(?:high|good|great|ample)\b",
                also="bright brightly well amply generously beautifully nicely perfectly fully"
                " excellently abundantly clearly brilliantly properly richly thoroughly"
                " splendidly strongly intensely correctly optimally sufficiently adequately"
                " ample abundant plentiful plenty good excellent generous brilliant perfect"
                " great radiant dazzling optimal lots lot intense vivid glaring strong"
                " sufficient adequate favourable favorable ideal lack shortage powerful"
                " luminous glowing aglow overexposed overexposure over overexpose exposed"
                " washed key sunlit sunny sun sunlight sunshine floodlit drenched flooded"
                " bathed airy enough full floods fills fill bathes drenches pours high glows"
                " shines beautiful filled brightened broad",
            ),
        ),
        "dark": (
            rule(
                "lit illuminated exposed lighted light lighting illumination exposure daylight"
                " brightness dim dimly dimness dark darkness darkened gloom gloomy murky murk"
                " shadow shadows shade shadowy dusky sombre underexposure underlit underexposed "
                "unlit key"
                " night nighttime faint weak dusk twilight pitch conditions black lights",
                r"(?:dimly|poorly|badly|barely|hardly|scarcely|weakly|faintly|insufficiently"
                r"|inadequately|sparsely|dully|meagrely|feebly)[- ](?:lit|illuminated|exposed"
                r"|lighted)\b",
                r"(?:under-?(?:lit|expos\w+|illuminated)|unlit|ill-lit|low-key)\b",
                r"(?:dim|poor|weak|low|faint|subdued|insufficient|inadequate|scarce|scant|bad"
                r"|feeble"
                r"|meagre|sparse|lack of|lacks?|too little|not enough|minimal|hardly any"
                r"|barely any|little|not much|gloomy|murky|low-level|failing)"
                rf"(?:,? (?!side)\w+,?)? ?(?:{_LIGHT}|brightness)\b(?! (?:from|variation"
                rf"|contrast))",
                rf"{_LIGHT}{_WHERE} {_IS}(?: (?!neither|too bright)\w+){{0,2}}? (?:dim\b"
                rf"|poor|weak|low|faint"
                r"|insufficient|inadequate|scarce|feeble|lacking|murky|gloomy|scant|meagre|dark\b)",
                rf"{_LIGHT}(?: level)?:\W*(?:\w+ )?(?:dim|weak|poor|low|dark|faint)\b"
                r"|only an? (?:faint|weak|dim) (?:glow|light|gleam|shimmer|lamp)\b",
                r"little light (?:reaches|falls|hits|gets)|low (?:overall )?brightness\b|dimness\b",
                rf"(?:brightness|light level){_OF} {_IS} (?:\w+ )?(?:low|poor|weak)\b",
                rf"{_WHOLE}{_OF} (?:{_IS}|sinks?|disappears?|vanish\w*|sunk|stands?|shown"
                rf"|was taken|taken|lost|drowns?"
                r"|swallowed)(?: (?!neither|no\b|against|bright\w*"
                r"|side)\w+){0,3}? (?:dark\b(?![- ](?:skin\w*|hair\w*|eye\w*|brown|complexion"
                r"|circles|blue|brows?|background|toned?))|gloomy|murky|darkness|the dark|shadowy"
                r"|dim\b|darkened|in (?:deep |heavy |full )?(?:shadow|shade)\b(?! on))",
                rf"(?:dark|dim|gloomy|murky|dusky|sombre)(?:,| and)?(?: (?!hair|eyes?|brown|skin"
                rf"|background|shirt|clothing|circles"
                rf"|brows?|beard)\w+,?){{0,2}}? (?:{_PHOTO}|scene|setting|room|surroundings"
                rf"|conditions|exposure|environment|face)\b(?! shape)",
                r"(?:near|total|complete|deep|almost|semi|half|utter|in|into|in the|into the|such"
                r"|night-?time|the|general|overall)[- ]darkness\b",
                r"darkness (?:covers|hides|surrounds|swallows|falls|dominates|envelops|lies"
                r"|reigns|makes|prevails|obscures|fills)\b|(?:from|in|into|(?<=emerging )out of"
                r"|(?<=emerges )out of"
                r"|(?<=comes )out of|(?<=looms )out of|(?<=peers )out of|(?<=barely )out of) the "
                r"dark\b",
                r"shadows? (?:cover|hide|swallow|fill|obscure|envelop|shroud|lie over|fall over"
                r"|conceal)s? (?:the )?(?:whole|entire|most of the|all of the"
                r"|much of the) (?:face|picture|features)\b",
                r"it is (?:very |too |quite |rather )?(?:dim|dark|gloomy|murky)(?: in| here| "
                r"around| and| on|\W*$)|(?:want|shortage|absence) of light\b",
                r"gloom\b|night-?time|(?:at|by) night\b|twilight|dusk\b|pitch[- ]black|murk\b",
            ),
        ),
    },
    re.compile(
        r"(?<!against the )(?<!against a )(?<!from the )\b(?:background|backdrop)\b|\b(?:clothing"
        r"|shirt|jacket|circles|one (?:side|half)|other (?:side|half)|halves|wall|equally|alike"
        r"|(?:left|right|far|near) (?:side|half|cheek|part)|side of the face|half of the face|below"
        r"|under the|beneath|corners?|neck|eye sockets?|pupils?|irises|iris|areas?|patch\w*|spots?"
        r"|beard|(?:even|soft|diffuse|flat) (?:light\w*|illumination) (?:is|seems|looks) (?:\w+ "
        r")?(?:favou?rable"
        r"|good|ideal|beautiful|helpful)|convey\w*|sorrow|sadness|darker|brighter than|highlights?"
        r"|(?:jaw|ears?|forehead"
        r"|chin|neck|throat|scalp"
        r"|hairline|teeth|nape) (?:is |are |being |left |lies? )?(?:fully|clearly|well"
        r"|completely) exposed)\b|(?<!every )(?<!each )\bparts?\b"
    ),
)
