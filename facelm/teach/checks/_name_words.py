"""Words that are capitalised in a description of a face and are nobody's name."""

from __future__ import annotations

import re

PARTICLES = "de|da|del|della|di|van|von|der|den|la|le|bin|ibn|bint|al|el|dos|du|of|ten|ter|zu|y"

_WORDS = """
gen generation millennial millennials boomer boomers victorian edwardian renaissance baroque
anybody anyone anything anywhere everybody everyone everything everywhere nobody nothing nowhere
somebody something sometimes whoever whatever whichever whenever wherever himself herself itself
themselves oneself yourself myself neither whose mine yours theirs ours hers each either many few
a about above according across action additionally adult after age ai all alone along also although
among an and annotators another any apparent appearance are around artistic as at at attention away
back background balanced based beard because before behind below beneath besides between beyond big
black blond blonde blue both bright brightness broad brow brows brown but by calm camera can centre
chance cheek cheekbones cheeks chin classic clean clear close close-up clothing cold color colour
combined common compared complexion composed concerning considering contrast cool could crisp curly
dark deep defined demographic describing description despite detail details diffuse dim direct do
down due during each early ears east eastern either emotion emotional even evenly every evidence
examiners expression eye eyebrow eyebrows eyelids eyes face facial fair far features few field
final finally fine first five flat focus following for forehead forensic four freckles from front
frontal full further furthermore gaze gender general generally gentle given glasses good great
green grey gray group hair half hands hard harsh hat he head heavy hence her here high his history
horizontal how however human i if image impression in indeed individual indoor inner inside instead
is it its jaw jawline judging just key large last late left less let level light lighting like
likely lips little long looking low lower made makeup male female man many mark marks maybe me
medium men mid middle might mild minor minus modern moderate moreover most mouth much muscles my
narrow natural near neck neither neutral next no noise none nor normal north northern nose not note
notable notably nothing now observable observation observers of off old older on once one only open
or other our outer outside oval over overall pale part people perhaps person photo photograph
physical picture pitch pixel plain please point portrait pose position possibly posture presumably
probably profile quality quite race rather red regarding relaxed resolution rich right roll round
rough scene score second see seen sex shadow shadows shape sharp sharpness she short shot should
side similarly simple since single six skin slight slightly small smile smooth so soft softly some
someone somewhat source south southern southeast sparse square still straight strong structure
studio style subject subtle such summary sure sources surprise symmetry taken taking tension
texture than that the their them then there therefore these they thick thin third this those though
three through thus tilt to together tone top toward towards turn two type under uneven unit unlike
unlined until up upper upward upwards us various vertical very view viewed viewer visible visually
warm was watch we well were west western what when where whereas whether which while white who
whole why wide wider with within without woman women would wrinkles yaw yes yet you young younger
your youth zero additional adding aside beginning central comparing conversely dull during elderly
elongated ending equally examining faint fully going gradual hardly having healthy hidden identity
inspecting interestingly keeping lastly laughing leaning lines looks measured morph more nearly
observing of otherwise partly partial possible pronounced resting seeing several smiling speaking
starting technically temporal tilted turned unfortunately using viewing wearing zoomed title
section answer question note conclusion introduction caption label output response result step
figure table monday tuesday wednesday thursday friday saturday sunday january february march april
june july august september october november december spring summer autumn winter christmas easter
halloween asian asians african africans american americans european europeans caucasian caucasians
latino latina latinx latine latin hispanic hispanics indian indians arab arabs arabic persian
iranian turkish chinese japanese korean thai vietnamese filipino filipina indonesian malay mexican
brazilian mediterranean nordic scandinavian slavic germanic celtic british english french german
italian spanish greek roman russian irish scottish polish dutch swedish norwegian danish finnish
portuguese hungarian romanian ukrainian jewish muslim christian buddhist hindu sikh mongolian
tibetan nepali pakistani bangladeshi sri lankan lanka tamil punjabi afro negroid mongoloid
australian aboriginal polynesian maori hawaiian pacific islander native indigenous oceanian saharan
sub-saharan nigerian kenyan ethiopian somali ghanaian egyptian moroccan lebanese syrian iraqi
afghan kurdish israeli levantine anglo saxon african-american afro-caribbean caribbean jamaican
cuban puerto rican colombian peruvian argentinian chilean venezuelan mestizo eurasian multiracial
biracial africa asia europe america americas china japan korea india mexico brazil france germany
italy spain greece russia england britain ireland scotland turkey iran iraq egypt morocco nigeria
kenya ethiopia ghana thailand vietnam philippines indonesia malaysia pakistan bangladesh canada
australia london paris york los angeles hollywood bollywood tokyo berlin rome madrid moscow beijing
delhi mumbai united states kingdom uk usa us eu new city country rembrandt vermeer caravaggio
renaissance baroque victorian edwardian gothic impressionist impressionism duchenne fitzpatrick
munsell cupid adam's adam mona lisa botox ekman facs frankfurt frankfort gaussian laplacian kelvin
sobel mohawk mohican dutch bertillon monk sclera t-zone gibson paramount chiaroscuro bokeh
instagram facebook tiktok snapchat youtube zoom skype photoshop adobe lightroom canon nikon sony
leica fuji fujifilm kodak polaroid iphone android samsung apple google nike adidas puma gucci prada
chanel dior levi ray-ban ray ban wayfarer oakley reebok lacoste zara uniqlo disney pixar marvel
netflix nasa nba nfl fifa facellm fairface fairfacegpt affectnet makehuman heads mediapipe openai
gpt jpeg png led hdr rgb cctv id ct au aus dslr ai cgi vr fps dna god lord jesus buddha santa claus
bible internet web wi-fi celsius fahrenheit latino_hispanic van dyke balbo fu manchu nehru mandarin
blood pores video videos signs hairstyle everything edges finer context posed grown frames blur
children's children men's women's people's adults babies boys girls teenagers infants passport
editing lenses noise sharpening compression bright poor weak dimly anger fear sadness happiness joy
disgust contempt lids irises pupils teeth tongue ears outline outlines hints traces cues labels
shades contours wrinkled lined lamp lamps sunlight daylight darkness brighter darker nobody somebody
peter pan windsor oxford henley breton bantu fulani
"""
NO_NAMES = frozenset(_WORDS.split())
# What follows a name that is a kind of light, beard, collar, smile or test.
THINGS_OF_A_NAME = re.compile(
    r"(?:['\u2019]s?)?[- ](?:style\b|type\b|inspired|like\b|light\w*|triangle|patch|beard"
    r"|moustache|mustache|goatee|collar|smile|nose|bow\b|apple|knot\w*|scale|plane|horizontal"
    r"|angle|haircut|crop\b|curl\w*|wave\w*|effect|jacket|shirt|coat|hat\b|cap\b|dress|sweater"
    r"|t-shirt|logo|glasses|sunglasses|frames?\b|camera|lens|filter|test|chart|palsy|syndrome"
    r"|muscles?|lines?\b|ligament|spots?|fold|braids?|hairstyle|palette|painting|portraiture"
    r"|era\b|period|art|school|setup|set-up|pattern|noise|blur|curve|unit)"
)
