"""The segments of the transactions, each described once: their elements by names of our own, with type and length.

A line is `ID NOTES | ELEMENTS`. An element is `name:TYPE` with a trailing `!` where the standard demands it and `^N`
where it may repeat. Types are those of X12.6 with shortest and longest length (`ID2` is both): ID a code, AN text, R a
decimal, N0 a count, DT CCYYMMDD or YYMMDD, TM a time, PD a day or period in the form that the element before names;
`@PROC` is a composite of its own line; `-` is an element that nothing here uses. Notes are the standard's relations of
elements: P0304 both or neither, R0203 at least one, E0203 not both, C0504 the first needs the others, L050607 the first
needs one of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

COMPOSITES = """
PLACE | place_of_service:AN1-2 qualifier:ID1-2 frequency:ID1
CAUSE | cause1:ID2-3! cause2:ID2-3 cause3:ID2-3 state:ID2 country:ID2-3
PROC | qualifier:ID2! code:AN1-48! modifier1:AN2 modifier2:AN2 modifier3:AN2 modifier4:AN2 description:AN1-80 \
last:AN1-48
POINT | first:N01-2 second:N01-2 third:N01-2 fourth:N01-2
HEALTH | qualifier:ID1-3! code:AN1-30! format:ID2-3 period:AN1-35 amount:R1-18 quantity:R1-15 version:AN1-30 \
end:AN1-30 poa:ID1
STATUS | category:AN1-30! code:AN1-30! entity:ID2-3 list:ID1-3
ADJ | reason:ID2! reference:AN1-50
REFID | qualifier:ID2-3! value:AN1-50! qualifier2:ID2-3 value2:AN1-50 qualifier3:ID2-3 value3:AN1-50
SPOT | element:N01-2! component:N01-2 repetition:N01-4
FIELD | number:N01-4! number2:N01-4
CONTEXT | name:AN1-35! value:AN1-35
UNIT | unit:ID2! exponent:R1-15 multiplier:R1-10 unit2:ID2 exponent2:R1-15 multiplier2:R1-10
RACE | race:ID1 qualifier:ID1-3 code:AN1-30
DXPOINT | first:N01-2! second:N01-2 third:N01-2 fourth:N01-2
TOOTH | surface1:ID1-2! surface2:ID1-2 surface3:ID1-2 surface4:ID1-2 surface5:ID1-2
AREA | place1:ID1-3! place2:ID1-3 place3:ID1-3 place4:ID1-3 place5:ID1-3
"""

SEGMENTS = """
AAA | valid:ID1! agency:ID2 reason:ID2 action:ID1
ACT C0506 C0705 P0304 | number:AN1-35! name:AN1-60 id_qualifier:ID1-2 id:AN2-80 number_qualifier:ID1-3 \
account:AN1-35 -:AN1-80 -:ID1-2 -:ID1
AK1 | functional_id:ID2! group_control:N01-9! version:AN1-12
AK2 | set_id:ID3! control:AN4-9! version:AN1-35
AK9 | code:ID1! included:N01-6! received:N01-6! accepted:N01-6! error1:ID1-3 error2:ID1-3 error3:ID1-3 error4:ID1-3 \
error5:ID1-3
AMT | qualifier:ID1-3! amount:R1-18! credit_or_debit:ID1
BHT | structure:ID4! purpose:ID2! reference:AN1-50 date:DT8 time:TM4-8 type:ID2
BPR P0607 C0809 P1213 C1415 P1819 C2021 | handling:ID1-2! amount:R1-18! credit_or_debit:ID1! method:ID3! \
format:ID1-10 sender_bank_qualifier:ID2 sender_bank:AN3-12 sender_account_qualifier:ID1-3 sender_account:AN1-35 \
originator:AN10 originator_code:AN9 receiver_bank_qualifier:ID2 receiver_bank:AN3-12 \
receiver_account_qualifier:ID1-3 receiver_account:AN1-35 date:DT8 -:ID1-3 -:ID2 -:AN3-12 -:ID1-3 -:AN1-35
CAS L050607 C0605 C0705 L080910 C0908 C1008 L111213 C1211 C1311 L141516 C1514 C1614 L171819 C1817 C1917 | \
group:ID1-2! reason1:ID1-5! amount1:R1-18! quantity1:R1-15 reason2:ID1-5 amount2:R1-18 quantity2:R1-15 \
reason3:ID1-5 amount3:R1-18 quantity3:R1-15 reason4:ID1-5 amount4:R1-18 quantity4:R1-15 reason5:ID1-5 amount5:R1-18 \
quantity5:R1-15 reason6:ID1-5 amount6:R1-18 quantity6:R1-15
CL1 | admission_type:ID1 admission_source:ID1 patient_status:ID1-2 residence:ID1
CLM | control:AN1-38! charge:R1-18! -:ID1-2 -:ID1-2 place:@PLACE signature:ID1 assignment:ID1 benefits_assigned:ID1 \
release:ID1 patient_signature:ID1 cause:@CAUSE special_program:ID2-3 -:ID1 -:ID1-3 -:ID1 -:ID1 -:ID1-2 -:ID1 -:ID2 \
delay_reason:ID1-2
CLP | control:AN1-38! status:ID1-2! charge:R1-18! paid:R1-18! patient_share:R1-18 filing_indicator:ID1-2 \
payer_control:AN1-50 place_of_service:AN1-2 frequency:ID1 patient_status:ID1-2 drg:ID1-4 drg_weight:R1-15 \
discharge_fraction:R1-10 -:ID1
CN1 | type:ID2! amount:R1-18 percent:R1-6 code:AN1-50 discount_percent:R1-6 version:AN1-30
CR1 P0102 P0506 | weight_unit:ID2 weight:R1-10 transport:ID1 reason:ID1 distance_unit:ID2 distance:R1-15 -:AN1-55 \
-:AN1-55 round_trip:AN1-80 stretcher:AN1-80
CR2 P0102 C0403 P0506 | treatment:N01-9 treatments:R1-15 from_level:ID2-3 to_level:ID2-3 unit:ID2 months:R1-15 \
visits:R1-15 condition:ID1 complication:ID1 description1:AN1-80 description2:AN1-80 x_ray:ID1
CR3 P0203 | certification:ID1 unit:ID2 months:R1-15 insulin:ID1 description:AN1-80
CR5 | certification:ID1 months:R1-15 equipment:ID1 equipment2:ID1 description:AN1-80 flow:R1-15 uses:R1-15 \
hours:R1-15 order:AN1-80 gas:R1-15 saturation:R1-15 condition:ID1 finding1:ID1 finding2:ID1 finding3:ID1 \
portable_flow:R1-15 delivery:ID1 equipment3:ID1
CR6 | prognosis:ID1! start:DT8! format:ID2-3 period:AN1-35 diagnosis_date:DT8 skilled_nursing:ID1 medicare:ID1! \
certification:ID1! surgery_date:DT8 procedure_qualifier:ID2 procedure:AN1-15 order_date:DT8 last_visit:DT8 \
physician_contact:DT8 admission_format:ID2-3 admission:AN1-35 discharged_from:ID1 diagnosis1:DT8 diagnosis2:DT8 \
diagnosis3:DT8 diagnosis4:DT8
CRC | category:ID2! applies:ID1! condition1:ID2-3! condition2:ID2-3 condition3:ID2-3 condition4:ID2-3 condition5:ID2-3
CTP P0405 C0607 C0902 C1002 C1103 | class:ID2 price_kind:ID3 price:R1-17 quantity:R1-15 unit:@UNIT \
multiplier_kind:ID3 multiplier:R1-10 amount:R1-18 basis:ID2 condition:AN1-10 multiple:N01-2
CTX | context:@CONTEXT!^10 segment:ID2-3 position:N01-6 loop:AN1-4 spot:@SPOT data_element:@FIELD
CUR | entity:ID2-3! currency:ID3! rate:R4-10 entity2:ID2-3 currency2:ID3 market:ID3 qualifier:ID3 date:DT8 \
time:TM4-8 -:ID3 -:DT8 -:TM4-8 -:ID3 -:DT8 -:TM4-8 -:ID3 -:DT8 -:TM4-8 -:ID3 -:DT8 -:TM4-8
DMG P0102 P1011 C1105 | format:ID2-3 birth_date:PD1-35 sex:ID1 marital:ID1 race:@RACE^10 citizenship:ID1-2 \
country:ID2-3 verified:ID1-2 quantity:R1-15 list:ID1-3 code:AN1-30
DTM R020305 C0403 P0506 | qualifier:ID3! date:DT8 time:TM4-8 zone:ID2 format:ID2-3 period:PD1-35
DTP | qualifier:ID3! format:ID2-3! period:PD1-35!
EB P0910 | information:ID1-3! coverage_level:ID3 service_types:ID1-2^99 insurance_type:ID1-3 plan:AN1-50 \
time_period:ID1-2 amount:R1-18 percent:R1-10 quantity_qualifier:ID2 quantity:R1-15 authorization_required:ID1 \
in_network:ID1 procedure:@PROC diagnosis_pointers:@DXPOINT
EQ R0102 | service_types:ID1-2^99 procedure:@PROC coverage_level:ID3 insurance_type:ID1-3 diagnosis_pointers:@DXPOINT
FRM R02030405 | question:AN1-20! answer:ID1 text:AN1-50 date:DT8 percent:R1-6
GE | sets:N01-6! control:N01-9!
GS | functional_id:ID2! sender:AN2-15! receiver:AN2-15! date:DT8! time:TM4-8! control:N01-9! agency:ID1-2! \
version:AN1-12!
HCP R0113 P0910 P1112 | method:ID2 allowed:R1-18 saving:R1-18 organization:AN1-50 rate:R1-9 drg:AN1-50 \
drg_amount:R1-18 revenue:AN1-48 procedure_qualifier:ID2 procedure:AN1-48 unit:ID2 quantity:R1-15 rejection:ID2 \
compliance:ID1-2 exception:ID1-2
HCR | action:ID1-2! number:AN1-50 reason:ID2^5 second_surgery:ID1
HI | code1:@HEALTH! code2:@HEALTH code3:@HEALTH code4:@HEALTH code5:@HEALTH code6:@HEALTH code7:@HEALTH \
code8:@HEALTH code9:@HEALTH code10:@HEALTH code11:@HEALTH code12:@HEALTH
HL | number:AN1-12! parent:AN1-12 level:ID1-2! has_children:ID1
HSD P0102 C0605 | quantity_qualifier:ID2 quantity:R1-15 unit:ID2 sample:R1-6 period_qualifier:ID1-2 periods:N01-3 \
delivery:ID1-2 pattern:ID1
IEA | groups:N01-5! control:N09!
III P0102 L030405 | qualifier:ID1-3 code:AN1-30 category:ID2 text:AN1-264 quantity:R1-15 unit:@UNIT surface1:ID2 \
surface2:ID2 surface3:ID2
ISA | authorization:ID2! authorization_information:AN1-10 security:ID2! security_information:AN1-10 \
sender_qualifier:ID2! sender:AN1-15! receiver_qualifier:ID2! receiver:AN1-15! date:DT6! time:TM4! repetition:AN1 \
version:ID5! control:N09! acknowledge:ID1! usage:ID1! component:AN1
IK3 | segment:ID2-3! position:N01-10! loop:AN1-4 error:ID1-3
IK4 | spot:@SPOT! data_element:N01-4 error:ID1-3! value:AN1-99
IK5 | code:ID1! error1:ID1-3 error2:ID1-3 error3:ID1-3 error4:ID1-3 error5:ID1-3
INS P1112 | is_subscriber:ID1! relationship:ID2! maintenance:ID3 reason:ID2-3 benefit_status:ID1 medicare:@TOOTH \
cobra:ID1-2 employment:ID2 student:ID1 handicap:ID1 death_format:ID2-3 death:PD1-35 confidentiality:ID1 city:AN2-30 \
state:ID2 country:ID2-3 birth_order:N01-9
K3 | text:AN1-80! -:ID1-2 -:@UNIT
LE | loop:AN1-4!
LIN P0405 P0607 P0809 P1011 | line:AN1-20 qualifier:ID2! product:AN1-48! qualifier2:ID2 product2:AN1-48 \
qualifier3:ID2 product3:AN1-48 qualifier4:ID2 product4:AN1-48 qualifier5:ID2 product5:AN1-48
LQ C0102 | qualifier:ID1-3 code:AN1-30
LS | loop:AN1-4!
LX | number:N01-6!
MEA R03050608 E0412 L050412 L060412 L07030506 E0803 P1112 | category:ID2 qualifier:ID1-3 value:R1-20 unit:@UNIT \
low:R1-20 high:R1-20 significance:ID2 attribute:ID2 surface:ID2 method:ID2-4 list:ID1-3 code:AN1-30
MIA | covered_days:R1-15! pps_outlier:R1-18 lifetime_days:R1-15 drg_amount:R1-18 remark1:AN1-50 \
disproportionate_share:R1-18 msp_pass_through:R1-18 pps_capital:R1-18 capital_federal:R1-18 capital_hospital:R1-18 \
capital_disproportionate:R1-18 old_capital:R1-18 capital_teaching:R1-18 operating_hospital:R1-18 report_days:R1-15 \
operating_federal:R1-18 capital_outlier:R1-18 indirect_teaching:R1-18 professional:R1-18 remark2:AN1-50 \
remark3:AN1-50 remark4:AN1-50 remark5:AN1-50 capital_exception:R1-18
MOA | reimbursement_rate:R1-10 hcpcs_payable:R1-18 remark1:AN1-50 remark2:AN1-50 remark3:AN1-50 remark4:AN1-50 \
remark5:AN1-50 esrd:R1-18 professional:R1-18
MPI P0607 | status:ID1! employment:ID2! service:ID1! description:AN1-80 rank:ID2 format:ID2-3 period:PD1-35
MSG C0302 | text:AN1-264! carriage:ID2 lines:N01-9
N1 R0203 P0304 | entity:ID2-3! name:AN1-60 id_qualifier:ID1-2 id:AN2-80 -:ID2 -:ID2-3
N3 | line1:AN1-55! line2:AN1-55
N4 E0207 C0605 C0704 | city:AN2-30 state:ID2 postal_code:ID3-15 country:ID2-3 location_qualifier:ID1-2 \
location:AN1-30 subdivision:ID1-3
NM1 P0809 C1110 C1203 | entity:ID2-3! kind:ID1! last_name:AN1-60 first_name:AN1-35 middle_name:AN1-25 prefix:AN1-10 \
suffix:AN1-10 id_qualifier:ID1-2 id:AN2-80 relationship:ID2 entity2:ID2-3 second_name:AN1-60
NTE | qualifier:ID3 text:AN1-80!
OI | -:ID1-2 -:ID2 benefits_assigned:ID1 patient_signature:ID1 -:ID1 release:ID1
PAT P0506 P0708 | relationship:ID2 location:ID1 employment:ID2 student:ID1 death_format:ID2-3 death:PD1-35 \
weight_unit:ID2 weight:R1-10 pregnant:ID1
PER P0304 P0506 P0708 | function:ID2! name:AN1-60 kind1:ID2 number1:AN1-256 kind2:ID2 number2:AN1-256 kind3:ID2 \
number3:AN1-256 -:AN1-20
PLB P0506 P0708 P0910 P1112 P1314 | provider:AN1-50! fiscal_date:DT8! reason1:@ADJ! amount1:R1-18! reason2:@ADJ \
amount2:R1-18 reason3:@ADJ amount3:R1-18 reason4:@ADJ amount4:R1-18 reason5:@ADJ amount5:R1-18 reason6:@ADJ \
amount6:R1-18
PRV P0203 | role:ID1-3! qualifier:ID2-3 taxonomy:AN1-50 state:ID2 -:@UNIT organization:ID3
PS1 | provider:AN1-50! charge:R1-18! state:ID2
PWK P0506 | report:ID2! transmission:ID1-2 copies:N01-2 entity:ID2-3 id_qualifier:ID1-2 control:AN2-80 \
description:AN1-80 actions:@UNIT category:ID1-2
QTY R0204 E0204 | qualifier:ID2! quantity:R1-15 unit:@UNIT text:AN1-30
RDM | transmission:ID1-2! name:AN1-60 number:AN1-256 -:@REFID -:@REFID
REF R0203 | qualifier:ID2-3! value:AN1-50 description:AN1-80 more:@REFID
SBR | sequence:ID1! relationship:ID2 group:AN1-50 group_name:AN1-60 insurance_type:ID1-3 coordination:ID1 -:ID1 \
employment:ID2 filing_indicator:ID1-2
SE | segments:N01-10! control:AN4-9!
ST | set_id:ID3! control:AN4-9! version:AN1-35
STC | status:@STATUS! date:DT8 action:ID1-2 charge:R1-18 paid:R1-18 adjudicated:DT8 method:ID3 issued:DT8 \
check:AN1-16 status2:@STATUS status3:@STATUS message:AN1-264
SV1 P0304 | procedure:@PROC! charge:R1-18 unit:ID2 quantity:R1-15 place_of_service:AN1-2 -:ID1-2 pointers:@POINT \
-:R1-18 emergency:ID1 -:ID1-2 epsdt:ID1 family_planning:ID1 -:ID1-2 -:AN1-2 copay:ID1 -:ID1 -:AN1-50 -:ID3-15 \
-:R1-18 level_of_care:ID1 -:ID1
SV2 R0102 P0405 | revenue:AN1-48 procedure:@PROC charge:R1-18 unit:ID2 quantity:R1-15 rate:R1-10 noncovered:R1-18 \
-:ID1 residence:ID1 level_of_care:ID1
SV3 | procedure:@PROC! charge:R1-18 place_of_service:AN1-2 area:@AREA prosthesis:ID1 quantity:R1-15 \
description:AN1-80 copay:ID1 agreement:ID1 -:ID1-2 pointers:@POINT
SV5 R0405 C0604 | procedure:@PROC! unit:ID2! months:R1-15! rental:R1-18 purchase:R1-18 frequency:ID1 prognosis:ID1
SVC | procedure:@PROC! charge:R1-18! paid:R1-18 revenue:AN1-48 paid_quantity:R1-15 submitted_procedure:@PROC \
quantity:R1-15
SVD | payer:AN2-80! paid:R1-18! procedure:@PROC revenue:AN1-48 quantity:R1-15 bundled_line:N01-6
TA1 | control:N09! date:DT6! time:TM4! code:ID1! note:ID3!
TOO P0102 | qualifier:ID1-3 code:AN1-30 surfaces:@TOOTH
TRN | kind:ID1-2! number:AN1-50! originator:AN10 more:AN1-50
TS2 | -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-15 -:R1-18 -:R1-18 -:R1-15 -:R1-15 -:R1-15 -:R1-15 \
-:R1-15 -:R1-18 -:R1-15 -:R1-18 -:R1-18 -:R1-18
TS3 | provider:AN1-50! facility:AN1-2! fiscal_date:DT8! claims:R1-15! charge:R1-18! -:R1-18 -:R1-18 -:R1-18 -:R1-18 \
-:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-18 -:R1-15 \
-:R1-18
UM | category:ID1-2! certification:ID1 service_type:ID1-2 place:@PLACE cause:@CAUSE urgency:ID1-3 health:ID1 \
prognosis:ID1 release:ID1 delay_reason:ID1-2
"""


@dataclass(frozen=True, slots=True)
class ElementSpec:
    """An element or component: `parts` are those of a composite, `repeat` how often it may stand."""

    name: str
    type: str
    shortest: int
    longest: int
    required: bool = False
    repeat: int = 1
    parts: tuple[ElementSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentSpec:
    """A segment: element n of the standard is `elements[n - 1]`; `notes` are relations such as ("P", (3, 4))."""

    id: str
    elements: tuple[ElementSpec, ...]
    notes: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def position(self, name: str) -> int:
        """The number of an element by its name; KeyError where there is none."""
        for number, element in enumerate(self.elements, 1):
            if element.name == name:
                return number
        raise KeyError(f"{self.id} has no element {name}.")


@cache
def segments() -> dict[str, SegmentSpec]:
    """Every segment by its id."""
    composites: dict[str, tuple[ElementSpec, ...]] = {}
    for line in COMPOSITES.strip().splitlines():
        name, _, parts = line.partition("|")
        composites[name.strip()] = tuple(_element(word, {}) for word in parts.split())
    found: dict[str, SegmentSpec] = {}
    for line in SEGMENTS.strip().splitlines():
        head, _, elements = line.partition("|")
        id, *notes = head.split()
        found[id] = SegmentSpec(
            id, tuple(_element(word, composites) for word in elements.split()), tuple(_note(note) for note in notes)
        )
    return found


def _note(word: str) -> tuple[str, tuple[int, ...]]:
    return word[0], tuple(int(word[at : at + 2]) for at in range(1, len(word), 2))


def _element(word: str, composites: dict[str, tuple[ElementSpec, ...]]) -> ElementSpec:
    name, _, kind = word.partition(":")
    kind, _, repeat = kind.partition("^")
    required = kind.endswith("!")
    kind = kind.rstrip("!")
    if kind.startswith("@"):
        return ElementSpec(name, "", 0, 0, required, int(repeat or 1), composites[kind[1:]])
    letters = 1 if kind[0] == "R" else 2
    shortest, _, longest = kind[letters:].partition("-")
    return ElementSpec(name, kind[:letters], int(shortest), int(longest or shortest), required, int(repeat or 1))
