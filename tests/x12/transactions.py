"""Synthetic eligibility, status and review transactions, as other systems write them."""

from __future__ import annotations

from liaison.engines.x12.dialect import STANDARD
from liaison.engines.x12.segments import write_segments


def interchange(functional_id: str, set_id: str, version: str, body: str) -> bytes:
    """Segments, one a line, in an envelope whose counts are right."""
    lines = [line.strip().split("*") for line in body.strip().splitlines()]
    return write_segments(
        [
            ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "MAPLE01".ljust(15), "ZZ", "SUNCO".ljust(15), "260302",
             "1705", "^", "00501", "000000001", "0", "T", ":"],
            ["GS", functional_id, "MAPLE01", "SUNCO", "20260302", "1705", "1", "X", version],
            ["ST", set_id, "0001", version],
            *lines,
            ["SE", str(len(lines) + 2), "0001"],
            ["GE", "1", "1"],
            ["IEA", "1", "000000001"],
        ],
        STANDARD,
    )  # fmt: skip


ELIGIBILITY = interchange(
    "HB",
    "271",
    "005010X279A1",
    """
    BHT*0022*11*10001234*20260302*1705
    HL*1**20*1
    NM1*PR*2*SUNRISE HEALTH PLAN*****PI*SUNCO
    HL*2*1*21*1
    NM1*1P*2*MAPLE STREET CLINIC*****XX*1234567893
    HL*3*2*22*0
    TRN*2*93175-012547*9877281234
    NM1*IL*1*RIVERA*ANA****MI*SUN000000123
    N3*12 OAK AVE
    N4*SPRINGFIELD*IL*62701
    DMG*D8*19800517*F
    DTP*346*D8*20260101
    EB*1**30**GOLD 123 PLAN
    EB*C*IND*30***29*250
    EB*B**98***27*25**VS*1*N*Y
    MSG*SPECIALISTS NEED A REFERRAL
    LS*2120
    NM1*P3*1*JONES*MARCUS****SV*0202034
    LE*2120
    """,
)

STATUS = interchange(
    "HN",
    "277",
    "005010X212",
    """
    BHT*0010*08*277X212*20260302*1705*DG
    HL*1**20*1
    NM1*PR*2*SUNRISE HEALTH PLAN*****PI*SUNCO
    HL*2*1*21*1
    NM1*41*2*MAPLE STREET CLINIC*****46*MAPLE01
    HL*3*2*19*1
    NM1*1P*2*MAPLE STREET CLINIC*****XX*1234567893
    HL*4*3*22*0
    NM1*IL*1*RIVERA*ANA****MI*SUN000000123
    TRN*2*C1001
    STC*P3:317*20260302**175.5*0
    REF*1K*SUN1
    DTP*472*D8*20260301
    SVC*HC:99213*150*0****1
    STC*P3:317*20260302
    DTP*472*D8*20260301
    """,
)

REVIEW = interchange(
    "HI",
    "278",
    "005010X217",
    """
    BHT*0007*11*200100*20260302*1705*18
    HL*1**20*1
    NM1*X3*2*SUNRISE HEALTH PLAN*****PI*SUNCO
    HL*2*1*21*1
    NM1*1P*1*OKAFOR*NGOZI****XX*1098765432
    HL*3*2*22*1
    NM1*IL*1*RIVERA*ANA****MI*SUN000000123
    HL*4*3*EV*1
    TRN*2*YQ001*9876543210
    UM*SC*I*3*11:B
    HCR*A1*AUTH0001
    DTP*435*D8*20260310
    HI*BF:41090
    HSD*VS*2
    NM1*SJ*1*WATSON*SUSAN****XX*1679576722
    HL*5*4*SS*0
    HCR*A1*AUTH0002
    DTP*472*RD8*20260310-20260410
    SV1*HC:99214
    """,
)
