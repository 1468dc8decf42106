"""ASC X12N 005010X212, claim status: the question (276) and the answer (277)."""

from __future__ import annotations

_HEAD = """
loop 2000A 100 R >1 payer_level
    10 HL R 1 | 03==20 01! 04!=0,1
    loop 2100A 50 R 1 payer
        50 NM1 R 1 | 01=PR 02=2 03! 08!=PI,XV 09!
        80 PER S 1 | 01=IC 03!=$REACH 04!
    loop 2000B 200 R >1 receiver_level
        10 HL R 1 | 03==21 01! 02! 04!=0,1
        loop 2100B 50 R 1 receiver
            50 NM1 R 1 | 01=41 02=1,2 08!=46 09!
        {receiver}
        loop 2000C 300 {use} >1 provider_level
            10 HL R 1 | 03==19 01! 02! 04!=0,1
            loop 2100C 50 R 2 provider
                50 NM1 R 1 | 01=1P 02=1,2 08!=FI,SV,XX 09!
            {provider}
"""

_TRACE = """loop 2200{x} 90 S 1 {name}_trace
{pad}    90 TRN R 1 | 01=1,2 02!
{pad}    100 STC R >1 | 02!"""

_QUESTION = """
        {pad}loop 2200{x} 90 {use} >1 {name}
        {pad}    90 TRN R 1 | 01=1 02!
        {pad}    100 REF S 1 | 01=@1K,6P,BLT,D9,EA,EJ,LU,VV,XZ 02!
        {pad}    110 AMT S 1 | 01=T3
        {pad}    120 DTP S 1 | 01=472 02=D8,RD8
        {pad}    loop 2210{x} 130 S >1 {name}_line
        {pad}        130 SVC R 1 | 01.1=$PROC 07!
        {pad}        140 REF S 1 | 01=FJ 02!
        {pad}        150 DTP R 1 | 01=472 02=D8,RD8
"""

_STATUS = """
        {pad}loop 2200{x} 90 {use} >1 {name}
        {pad}    90 TRN R 1 | 01=2 02!
        {pad}    100 STC R >1 | 02!
        {pad}    110 REF S 1 | 01=@1K,BLT,D9,EJ,VV,XZ 02!
        {pad}    120 DTP S 1 | 01=472 02=D8,RD8
        {pad}    loop 2220{x} 180 S >1 {name}_line
        {pad}        180 SVC R 1 | 01.1=$PROC 03! 07!
        {pad}        190 STC R >1 | 02!
        {pad}        200 REF S 1 | 01=FJ 02!
        {pad}        210 DTP R 1 | 01=472 02=D8,RD8
"""

_SUBSCRIBER = """
            loop 2000D 400 S >1 subscriber_level
                10 HL R 1 | 03==22 01! 02! 04!=0,1
                40 DMG S 1 | 01=D8 03=F,M,U
                loop 2100D 50 R 1 subscriber
                    50 NM1 R 1 | 01=IL 02=1,2 03! 08!=24,II,MI 09!
"""

_DEPENDENT = """
                loop 2000E 500 S >1 dependent_level
                    10 HL R 1 | 03==23 01! 02!
                    40 DMG {use} 1 | 01=D8 03=F,M,U
                    loop 2100E 50 R 1 dependent
                        50 NM1 R 1 | 01=QC 02=1 03!
"""

_UNUSED = """unused NM1 06 10-12
unused PER 09
unused REF 03-04
unused TRN 03-04
unused SVC {svc} 01.08
"""

INQUIRY = (
    _UNUSED.format(svc="03-06")
    + "20 BHT R 1 | 01=0010 02=13 03! 04! 05!\n"
    + _HEAD.format(use="R", receiver="", provider="")
    + _SUBSCRIBER
    + _QUESTION.format(x="D", pad="        ", use="S", name="claim")
    + _DEPENDENT.format(use="R")
    + _QUESTION.format(x="E", pad="            ", use="R", name="dependent_claim")
)

ANSWER = (
    _UNUSED.format(svc="05-06")
    + "unused STC 03 07 12\n"
    + "20 BHT R 1 | 01=0010 02=08 03! 04! 05! 06!=DG\n"
    + _HEAD.format(
        use="S",
        receiver=_TRACE.format(x="B", pad=" " * 8, name="receiver"),
        provider=_TRACE.format(x="C", pad=" " * 12, name="provider"),
    )
    + _SUBSCRIBER
    + _STATUS.format(x="D", pad="        ", use="S", name="claim")
    + _DEPENDENT.format(use="S")
    + _STATUS.format(x="E", pad="            ", use="R", name="dependent_claim")
)
