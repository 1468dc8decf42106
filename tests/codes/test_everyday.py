"""What is typed at a front desk, slips of the finger too: the code is among the first five.

The codes behind a word are those that the words could be billed by in an outpatient clinic, or how they begin.
"""

import pytest

from liaison.engines.codes import Icd10cm

pytestmark = pytest.mark.engine

ASKED = """
broken wrist left: S62.1 S52.5 S62.102
brokn wrist left: S62.1 S52.5
broken left wrist: S62.1 S52.5
high blood pressure: I10
high blood pressure pregnancy: O13 O16 O10
gestational diabetes: O24.4
runny nose: J34.89 R09.8
stuffy nose: R09.81
sore throat: J02.9 R07.0
strep throat: J02.0
ear infection: H66.9
swimmers ear: H60.33
pink eye: H10
stye: H00.01
stomach flu: A08.4
flu: J11 J10
cold: J00
chest cold: J20 J40 J00
walking pneumonia: J15.7 J18
bladder infection: N30 N39.0
kidney stone: N20.0
heart attack: I21
mini stroke: G45.9
stroke: I63.9
chf: I50.9 I50
afib: I48
copd: J44
copd with flare up: J44.1
dm2: E11
type 2 diabetes with neuropathy: E11.4
dm2 with ckd 3: E11.22
uti: N39.0
gerd: K21
heartburn: R12
low back pain: M54.5
sciatica: M54.3
left knee pain: M25.562
right shoulder pain: M25.511
sprained ankle right: S93.401
ankle sprain: S93.40
broken toe: S92.9 S92.5 S92.91
cut finger: S61.2
laceration left hand: S61.412
dog bite hand: S61.4 W54 S61.45
bee sting: T63.44
tick bite: W57
poison ivy: L23.7
hives: L50
eczema: L20 L30
acne: L70
shingles: B02
cold sore: B00.1
warts: B07
athletes foot: B35.3
ringworm: B35
jock itch: B35.6
ingrown toenail: L60.0
boil: L02
bloody stool: K92.1
black stool: K92.1
diarrhea: R19.7
constipation: K59.0
vomiting: R11
morning sickness: O21
hemorrhoids: K64
gallstones: K80
headache: R51
migraine: G43
dizziness: R42
fainting: R55
seizure: R56.9 G40
cough: R05
shortness of breath: R06.02
wheezing: R06.2
asthma: J45
fever: R50.9
fatigue: R53.83
weight loss: R63.4
obesity: E66
high cholesterol: E78.0 E78.5
low thyroid: E03.9
overactive thyroid: E05
anemia iron deficiency: D50
gout: M10
arthritis knee: M17 M13
ra: M06.9
osteoporosis: M81
depression: F32
anxiety: F41
adhd: F90
insomnia: G47.0
panic attack: F41.0
alcoholic: F10
smoker: F17.2 Z72.0
physical exam: Z00.0
annual exam adult: Z00.0
well child: Z00.12
sports physical: Z02.5
flu shot: Z23
pap smear: Z12.4 Z01.4
mammogram: Z12.31
colonoscopy screening: Z12.11
pregnancy test positive: Z32.01
prenatal visit: Z34
birth control: Z30
medication refill: Z76.0
bronchitis: J20 J40
sinus infection: J01 J32
pnuemonia: J18
hypertenion: I10
diabetis: E11 E10 E14
astma: J45
appendicitus: K35 K37
concussion: S06.0
whiplash: S13.4
carpal tunnel: G56.0
tennis elbow: M77.1
plantar fasciitis: M72.2
heel pain: M79.67 M77.3
rotator cuff tear: M75.1 S46.0
torn acl: S83.51
frozen shoulder: M75.0
hip fracture: S72.0
fall from ladder: W11
car accident: V89.2 V49 V43
burn hand: T23.0
sunburn: L55
frostbite: T33 T34
heat stroke: T67.0
allergic reaction: T78.40
peanut allergy: Z91.010
penicillin allergy: Z88.0
std check: Z11.3
hiv: B20 Z21
chlamydia: A56 A74
yeast infection: B37
bv: N76.0 B96
menopause: N95.1 N95
heavy periods: N92
painful periods: N94.6
ed: N52
enlarged prostate: N40
bph: N40
kidney failure: N17 N18 N19
ckd stage 4: N18.4
sleep apnea: G47.3
snoring: R06.83
hearing loss: H91.9 H90
ear wax: H61.2
cataract: H26 H25
glaucoma: H40
blurry vision: H53.8
nose bleed: R04.0
tooth ache: K08.8
canker sore: K12.0
swollen lymph nodes: R59
lump in breast: N63
breast cancer: C50
skin cancer: C44
prostate cancer: C61
covid: U07.1
long covid: U09.9
exposure to covid: Z20.822
lyme: A69.2
mono: B27
chickenpox: B01
measles: B05
whooping cough: A37
hand foot mouth: B08.4
head lice: B85.0
scabies: B86
diaper rash: L22
colic: R10.83
cradle cap: L21.0
thrush: B37.0 P37.5
croup: J05.0
rsv: J21.0 B97.4
jaundice newborn: P59
bedwetting: N39.44 F98.0
suture removal: Z48.02
wound check: Z48
dvt: I82.4
blood clot leg: I82.4
varicose veins: I83
swollen legs: R60.0 M79.89
pad: I73.9
abdominal pain: R10
rlq pain: R10.31
chest pain: R07.9
palpitations: R00.2
preop clearance: Z01.81
tb test: Z11.1 R76.1
b12 deficiency: E53.8 D51
vitamin d deficiency: E55.9
low potassium: E87.6
abnormal lab: R79 R89 R94
hematuria: R31
protein in urine: R80
ringing in ears: H93.1
swollen knee right: M25.46
rolled ankle: S93.4
bit by a dog: W54.0
cant pee: R33
flat feet: M21.4
hammertoe: M20.4
fell down stairs: W10
dry eyes: H04.12
lupus: M32.9
wheezng: R06.2
sprainned anckle: S93.40
apendicitis: K35 K36 K37
diabetic foot ulcer: E11.621
crohns: K50.9
bunion: M21.61
sunburnt: L55.9
hair loss: L65.9
menstrul cramps: N94.6
broken left toe: S92.91
knee pian: M25.56
hip pian: M25.55
backpain: M54.5
sorethroat: J02.9
haed ache: R51.9
"""


def test_a_word_that_many_texts_hold_is_no_slip() -> None:
    """Pain of a root is not of a foot, though a letter is all that parts them."""
    assert "M79.67" not in Icd10cm.load().search("root pain", 1)[0].code


@pytest.mark.parametrize("row", ASKED.strip().splitlines())
def test_what_is_typed_finds_its_code(row: str) -> None:
    words, _, wanted = row.partition(": ")
    found = [entry.code for entry in Icd10cm.load().search(words, 5)]
    assert any(code.startswith(tuple(wanted.split())) for code in found), found
