"""ASC X12N 005010X217, services review: the request for an authorization or referral, and its answer (278).

One description serves both: the answer adds what was refused (AAA), what was decided (HCR) and its numbers.
"""

from __future__ import annotations

_REFUSED = "AAA S 9 | 01=N,Y 03! 04!=$FOLLOW_UP"

# A patient: NM1 to DMG, below their level.
_PERSON = """
        {pad}loop 2010{x} 170 R 1 {who}
        {pad}    170 NM1 R 1 | {entity}
        {pad}    180 REF S {numbers} | 02!
        {pad}    200 N3 S 1
        {pad}    210 N4 S 1
        {pad}    230 {refused}
        {pad}    250 DMG S 1 | 01=D8 03=F,M,U
        {pad}    260 INS S 1 | {ins}
"""

# Who asks, or who will do it: NM1 to PRV.
_PROVIDER = """
        {pad}loop 2010{x} 170 {use} {who}
        {pad}    170 NM1 R 1 | {entity}02=1,2
        {pad}    180 REF S 8 | 02!
        {pad}    200 N3 S 1
        {pad}    210 N4 S 1
        {pad}    220 PER S 1 | 01=IC
        {pad}    230 {refused}
        {pad}    240 PRV S 1
"""


def _person(x: str, pad: int, who: str, entity: str, numbers: int, ins: str) -> str:
    return _PERSON.format(x=x, pad=" " * pad, who=who, entity=entity, numbers=numbers, ins=ins, refused=_REFUSED)


def _provider(x: str, pad: int, use: str, who: str, entity: str = "") -> str:
    return _PROVIDER.format(x=x, pad=" " * pad, use=use, who=who, entity=entity, refused=_REFUSED)


REVIEW = (
    f"""
20 BHT R 1 | 01=0007 02=01,11,13 03! 04! 05! 06=18,19,AT,RU
loop 2000A 100 R 1 reviewer_level
    10 HL R 1 | 03==20 01! 04!=0,1
    30 {_REFUSED}
    loop 2010A 170 R 1 reviewer
        170 NM1 R 1 | 01=2B,36,PR,X3 02=1,2
        220 PER S 1 | 01=IC
        230 {_REFUSED}
    loop 2000B 200 S 1 requester_level
        10 HL R 1 | 03==21 01! 02! 04!=0,1
        30 AAA S 9 | 01=N,Y
"""
    + _provider("B", 0, "R 2", "requester", "01=1P,FA ")
    + """
        loop 2000C 300 S 1 subscriber_level
            10 HL R 1 | 03==22 01! 02! 04!=0,1
            20 TRN S 9
            30 AAA S 9 | 01=N,Y
"""
    + _person("C", 4, "subscriber", "01=IL 02=1,2", 9, "01=Y 02=18")
    + """
            loop 2000D 400 S 1 dependent_level
                10 HL R 1 | 03==23 01! 02! 04!=0,1
                20 TRN S 9
                30 AAA S 9 | 01=N,Y
"""
    + _person("D", 8, "dependent", "01=QC 02=1", 3, "01=N")
    + f"""
                use 2000E 500 R 1
            loop 2000E 500 S 1 patient_event
                10 HL R 1 | 03==EV 01! 02! 04!=0,1
                20 TRN S 3 | 02!
                30 {_REFUSED}
                40 UM R 1 | 01=AR,HS,IN,SC 02=1,2,3,4,5,6,I,N,R,S
                50 HCR S 1 | 01=$ACTION
                60 REF S 9 | 02!
                70 DTP S 9 | 02=D8,DT,RD8
                80 HI S 1
                90 HSD S 1
                100 CRC S 9
                110 CL1 S 1
                120 CR1 S 1
                130 CR2 S 1
                140 CR5 S 1
                145 CR6 S 1
                155 PWK S 10
                160 MSG S 1
"""
    + _provider("E", 8, "S 14", "event_provider")
    + f"""
                    250 DTP S 2 | 02=D8,DT,RD8
                loop 2000F 600 S >1 service
                    10 HL R 1 | 03==SS 01! 02! 04!=0,1
                    20 TRN S 3 | 02!
                    30 {_REFUSED}
                    40 UM S 1 | 01=AR,HS,IN,SC 02=1,2,3,4,5,6,I,N,R,S
                    50 HCR S 1 | 01=$ACTION
                    60 REF S 9 | 02!
                    70 DTP S 3 | 02=D8,DT,RD8
                    80 HI S 1
                    82 SV1 S 1
                    84 SV2 S 1
                    86 SV3 S 1
                    88 TOO S 32
                    90 HSD S 1
                    155 PWK S 10
                    160 MSG S 1
"""
    + _provider("F", 12, "S 12", "service_provider")
)
