"""ASC X12N 005010X279A1, eligibility and benefits: the question (270) and the answer (271)."""

from __future__ import annotations

# Whom the question is about, and what is asked.
_QUESTION = """
        {pad}loop 2100{x} 30 R 1 {who}
        {pad}    30 NM1 R 1 | {entity}
        {pad}    40 REF S 9 | 01=$MEMBER_ID 02!
        {pad}    60 N3 S 1
        {pad}    70 N4 S 1
        {pad}    90 PRV S 1 | 01=$PROVIDER_ROLE
        {pad}    100 DMG S 1 | 01=D8 03=F,M,U
        {pad}    110 INS S 1 | {ins}
        {pad}    115 HI S 1
        {pad}    120 DTP S 2 | 01=102,291 02=D8,RD8
        {pad}    loop 2110{x} 130 {use} 99 {name}question
        {pad}        130 EQ R 1 | 01=$SERVICE 03=$COVERED
        {pad}        135 AMT S 1 | 01=@R,PB
        {pad}        170 III S 1 | 01=ZZ
        {pad}        190 REF S 1 | 01=9F,G1 02!
        {pad}        200 DTP S 1 | 01=291 02=D8,RD8
"""

INQUIRY = (
    """
20 BHT R 1 | 01=0022 02=01,13 04! 05! 06=RT
loop 2000A 100 R >1 source_level
    10 HL R 1 | 03==20 01! 04!=1
    loop 2100A 30 R 1 source
        30 NM1 R 1 | 01=2B,36,GP,P5,PR 02=1,2 08!=$ID_KIND 09!
    loop 2000B 200 R >1 receiver_level
        10 HL R 1 | 03==21 01! 02! 04!=0,1
        loop 2100B 30 R 1 receiver
            30 NM1 R 1 | 01=$ASKED_PARTY 02=1,2 08!=$ID_KIND 09!
            40 REF S 9 | 01=$ASKER_ID 02!
            60 N3 S 1
            70 N4 S 1
            90 PRV S 1 | 01=$PROVIDER_ROLE
        loop 2000C 300 R >1 subscriber_level
            10 HL R 1 | 03==22 01! 02! 04!=0,1
            20 TRN S 2 | 01=1 02! 03!
"""
    + _QUESTION.format(
        x="C", pad="    ", who="subscriber", entity="01=IL 02=1,2 08=II,MI", ins="01=Y 02=18", use="S", name=""
    )
    + """
            loop 2000D 400 S >1 dependent_level
                10 HL R 1 | 03==23 01! 02! 04!=0
                20 TRN S 2 | 01=1 02! 03!
"""
    + _QUESTION.format(
        x="D", pad="        ", who="dependent", entity="01=03 02=1", ins="01=N 02=01,19,34", use="R", name="dependent_"
    )
)

_BENEFIT = """
        {pad}loop 2110{x} 130 S >1 {name}benefit
        {pad}    130 EB R 1 | 01=$BENEFIT 02=$COVERED 03=$SERVICE 06=$PERIOD 11=N,U,Y 12=N,U,W,Y
        {pad}    135 HSD S 9
        {pad}    140 REF S 9 | 01=$BENEFIT_ID 02!
        {pad}    150 DTP S 20 | 01=$BENEFIT_DAY 02=D8,RD8
        {pad}    160 AAA S 9 | 01=N,Y 03!=$BENEFIT_REJECTION 04!=$FOLLOW_UP
        {pad}    250 MSG S 10
        {pad}    loop 2115{x} 260 S 10 {name}benefit_detail
        {pad}        260 III R 1
        {pad}    330 LS S 1 | 01=2120
        {pad}    loop 2120{x} 340 S 23 {name}benefit_entity
        {pad}        340 NM1 R 1 | 01=$BENEFIT_PARTY 02=1,2
        {pad}        360 N3 S 1
        {pad}        370 N4 S 1
        {pad}        380 PER S 3 | 01=IC
        {pad}        390 PRV S 1
        {pad}    400 LE S 1 | 01=2120
"""

_MEMBER = """
        {pad}loop 2100{x} 30 R 1 {who}
        {pad}    30 NM1 R 1 | 01={entity} 02=1,2
        {pad}    40 REF S 9 | 01=$MEMBER_ID 02!
        {pad}    60 N3 S 1
        {pad}    70 N4 S 1
        {pad}    85 AAA S 9 | 01=N,Y 03!=$MEMBER_REJECTION 04!=$FOLLOW_UP
        {pad}    90 PRV S 1 | 01=$PROVIDER_ROLE
        {pad}    100 DMG S 1 | 01=D8 03=F,M,U
        {pad}    110 INS S 1
        {pad}    115 HI S 1
        {pad}    120 DTP S 9 | 01=$PLAN_DAY 02=D8,RD8
        {pad}    127 MPI S 9
"""

ANSWER = (
    """
20 BHT R 1 | 01=0022 02=06,11 04! 05!
loop 2000A 100 R 1 source_level
    10 HL R 1 | 03==20 01! 04!=0,1
    25 AAA S 9 | 01=N,Y 03!=$SOURCE_REJECTION 04!=$FOLLOW_UP
    loop 2100A 30 R 1 source
        30 NM1 R 1 | 01=2B,36,GP,P5,PR 02=1,2 08!=$ID_KIND 09!
        80 PER S 3 | 01=IC 03=$REACH 05=$REACH 07=$REACH
        85 AAA S 9 | 01=N,Y 03!=$SOURCE_REJECTION 04!=$FOLLOW_UP
    loop 2000B 200 S >1 receiver_level
        10 HL R 1 | 03==21 01! 02! 04!=0,1
        loop 2100B 30 R 1 receiver
            30 NM1 R 1 | 01=$ASKED_PARTY 02=1,2 08!=$ID_KIND 09!
            40 REF S 9 | 01=$ASKER_ID 02!
            60 N3 S 1
            70 N4 S 1
            85 AAA S 9 | 01=N,Y 03!=$ASKER_REJECTION 04!=$FOLLOW_UP
            90 PRV S 1 | 01=$PROVIDER_ROLE
        loop 2000C 300 S >1 subscriber_level
            10 HL R 1 | 03==22 01! 02! 04!=0,1
            20 TRN S 3 | 01=1,2 02! 03!
"""
    + _MEMBER.format(x="C", pad="    ", who="subscriber", entity="IL")
    + _BENEFIT.format(x="C", pad="        ", name="")
    + """
            loop 2000D 400 S >1 dependent_level
                10 HL R 1 | 03==23 01! 02! 04!=0
                20 TRN S 3 | 01=1,2 02! 03!
"""
    + _MEMBER.format(x="D", pad="        ", who="dependent", entity="03")
    + _BENEFIT.format(x="D", pad="            ", name="dependent_")
)
