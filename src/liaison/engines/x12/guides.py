"""The transactions this engine knows, each described once (element names and use as in the ASC X12 guides)."""

from __future__ import annotations

from liaison.engines.x12.structure import LoopSpec, describe

# ASC X12N 005010X222A1, claim: professional. Positions are those of the standard's tables.
CLAIM = """
10 BHT R 1 | 01=0019 02=00,18 03! 04! 06=31,CH,RP
loop 1000A 20 R 1
    20 NM1 R 1 | 01==41 02=1,2 03! 08=46 09!
    45 PER R 2 | 01=IC
loop 1000B 20 R 1
    20 NM1 R 1 | 01==40 02=2 03! 08=46 09!
loop 2000A 100 R >1
    1 HL R 1 | 03==20 01!
    3 PRV S 1 | 01=BI 02=PXC 03!
    10 CUR S 1
    loop 2010AA 15 R 1
        15 NM1 R 1 | 01==85 02=1,2 03!
        25 N3 R 1 | 01!
        30 N4 R 1 | 01!
        35 REF R 1 | 01==EI,SY 02!
        35 REF S 4 | 01==0B,1G,G2,LU 02!
        40 PER S 2 | 01=IC
    loop 2010AB 15 S 1
        15 NM1 R 1 | 01==87 02=1,2
        25 N3 R 1 | 01!
        30 N4 R 1 | 01!
    loop 2010AC 15 S 1
        15 NM1 R 1 | 01==PE 02=2 03!
        25 N3 R 1 | 01!
        30 N4 R 1 | 01!
        35 REF S 1 | 01==2U,FY,NF 02!
        35 REF R 1 | 01==EI 02!
    loop 2000B 200 R >1
        1 HL R 1 | 03==22 01! 02!
        5 SBR R 1 | 01=A,B,C,D,E,F,G,H,P,S,T,U 02=18
        7 PAT S 1
        loop 2010BA 15 R 1
            15 NM1 R 1 | 01==IL 02=1,2 03! 08=II,MI
            25 N3 S 1 | 01!
            30 N4 S 1 | 01!
            32 DMG S 1 | 01=D8 02! 02@
            35 REF S 2 | 01==SY,Y4 02!
            40 PER S 1
        loop 2010BB 15 R 1
            15 NM1 R 1 | 01==PR 02=2 03! 08=PI,XV 09!
            25 N3 S 1 | 01!
            30 N4 S 1 | 01!
            35 REF S 3 | 01==2U,EI,FY,NF 02!
            35 REF S 2 | 01==G2,LU 02!
        loop 2300 130 S 100
            130 CLM R 1 | 01! 02! 05! 06=N,Y 07=A,B,C 08=N,W,Y 09=I,Y
            135 DTP S 20 | 01==050,090,091,096,297,304,314,360,361,431,435,439,444,453,454,455,471,484 02=D8,RD8 03!
            155 PWK S 10 | 01!
            160 CN1 S 1
            175 AMT S 1 | 01==F5 02!
            180 REF S 14 | 01==1J,4N,9A,9C,9F,D9,EA,EW,F5,F8,G1,LX,P4,X4 02!
            185 K3 S 10
            190 NTE S 1 | 01=ADD,CER,DCP,DGN,TPO 02!
            195 CR1 S 1
            200 CR2 S 1
            220 CRC S 8
            231 HI R 1 | 01.1==ABK,BK 01.2!
            231 HI S 1 | 01.1==BP 01.2!
            231 HI S 2 | 01.1==BG 01.2!
            241 HCP S 1
            loop 2310A 250 S 2
                250 NM1 R 1 | 01==DN,P3 02=1 03!
                271 REF S 3 | 02!
            loop 2310B 250 S 1
                250 NM1 R 1 | 01==82 02=1,2 03!
                255 PRV S 1 | 01=PE 02=PXC 03!
                271 REF S 4 | 02!
            loop 2310C 250 S 1
                250 NM1 R 1 | 01==77 02=2 03!
                265 N3 R 1 | 01!
                270 N4 R 1 | 01!
                271 REF S 3 | 02!
                275 PER S 1
            loop 2310D 250 S 1
                250 NM1 R 1 | 01==DQ 02=1 03!
                271 REF S 4 | 02!
            loop 2310E 250 S 1
                250 NM1 R 1 | 01==PW 02=2
                265 N3 R 1 | 01!
                270 N4 R 1 | 01!
            loop 2310F 250 S 1
                250 NM1 R 1 | 01==45 02=2
                265 N3 R 1 | 01!
                270 N4 R 1 | 01!
            loop 2320 290 S 10
                290 SBR R 1 | 01! 02!
                295 CAS S 5 | 01=CO,CR,OA,PI,PR 02! 03!
                300 AMT S 3 | 01==A8,D,EAF 02!
                310 OI R 1
                320 MOA S 1
                loop 2330A 325 R 1
                    325 NM1 R 1 | 01==IL 02=1,2 03!
                    332 N3 S 1
                    340 N4 S 1
                    355 REF S 2
                loop 2330B 325 R 1
                    325 NM1 R 1 | 01==PR 02=2 03!
                    332 N3 S 1
                    340 N4 S 1
                    350 DTP S 1 | 01==573
                    355 REF S 8
                loop 2330X 325 S 10
                    325 NM1 R 1 | 01==82,77,85,DN,DQ,P3
                    355 REF R 3
            loop 2400 365 R 50
                365 LX R 1 | 01!
                370 SV1 R 1 | 01.1=ER,HC,IV,WK 01.2! 02! 03=MJ,UN 04!
                400 SV5 S 1
                420 PWK S 11
                425 CR1 S 1
                435 CR3 S 1
                450 CRC S 5
                455 DTP R 1 | 01==472 02=D8,RD8 03!
                455 DTP S 12 | 01==011,304,454,455,461,463,471,607,738,739 02=D8 03!
                460 QTY S 2
                462 MEA S 5
                465 CN1 S 1
                470 REF S 25 | 01==6R,9A,9B,9D,9F,BT,EW,F4,G1,X4 02!
                475 AMT S 2 | 01==F4,T 02!
                480 K3 S 10
                485 NTE S 2 | 01=ADD,DCP,TPO 02!
                488 PS1 S 1
                492 HCP S 1
                loop 2410 494 S 1
                    494 LIN R 1 | 02=EN,EO,HI,N4,ON,UK,UP 03!
                    495 CTP R 1
                    496 REF S 1
                loop 2420 500 S 10
                    500 NM1 R 1 | 01==45,77,82,DK,DN,DQ,P3,PW,QB
                    505 PRV S 1
                    514 N3 S 1
                    520 N4 S 1
                    525 REF S 20
                    530 PER S 1
                loop 2430 540 S 15
                    540 SVD R 1 | 01! 02!
                    545 CAS S 5 | 01=CO,CR,OA,PI,PR 02! 03!
                    550 DTP R 1 | 01==573
                    560 AMT S 1 | 01==EAF
                loop 2440 551 S >1
                    551 LQ R 1
                    552 FRM R 99
        loop 2000C 300 S >1
            1 HL R 1 | 03==23 01! 02!
            7 PAT R 1 | 01=01,19,20,21,39,40,53,G8
            loop 2010CA 15 R 1
                15 NM1 R 1 | 01==QC 02=1 03!
                25 N3 R 1 | 01!
                30 N4 R 1 | 01!
                32 DMG R 1 | 01=D8 02! 02@ 03=F,M,U
                35 REF S 2
                40 PER S 1
            use 2300 130 R 100
"""

# ASC X12N 005010X221A1, claim payment and advice.
REMITTANCE = """
20 BPR R 1 | 01=C,D,H,I,P,U,X 02! 03=C,D 04=ACH,BOP,CHK,FWT,NON 16! 16@
40 TRN R 1 | 01=1 02!
50 CUR S 1
60 REF S 1 | 01==EV 02!
60 REF S 1 | 01==F2 02!
70 DTM S 1 | 01==405 02! 02@
loop 1000A 80 R 1
    80 N1 R 1 | 01==PR 02!
    100 N3 S 1 | 01!
    110 N4 S 1 | 01!
    120 REF S 4 | 01=2U,EO,HI,NF 02!
    130 PER S >1 | 01=BL,CX,IC
loop 1000B 80 R 1
    80 N1 R 1 | 01==PE 03!
    100 N3 S 1 | 01!
    110 N4 S 1 | 01!
    120 REF S >1 | 01=0B,D3,PQ,TJ 02!
    140 RDM S 1
loop 2000 150 S >1
    3 LX R 1 | 01!
    5 TS3 S 1
    7 TS2 S 1
    loop 2100 10 S >1
        10 CLP R 1 | 01! 02=1,19,2,20,21,22,23,25,3,4 03! 04!
        20 CAS S 99 | 01=CO,OA,PI,PR 02! 03!
        30 NM1 R 1 | 01==QC
        30 NM1 S 6 | 01==74,82,GB,IL,PR,TT
        33 MIA S 1
        35 MOA S 1
        40 REF S 15 | 02!
        50 DTM S 4 | 01=036,050,232,233 02! 02@
        60 PER S 2
        62 AMT S 13 | 02!
        64 QTY S 14 | 02!
        loop 2110 70 S 999
            70 SVC R 1 | 01! 02! 03!
            80 DTM S 2 | 01=150,151,472 02! 02@
            90 CAS S 99 | 01=CO,OA,PI,PR 02! 03!
            100 REF S 24 | 02!
            110 AMT S 9 | 02!
            120 QTY S 6 | 02!
            130 LQ S 99 | 01=HE,RX 02!
30010 PLB S >1 | 01! 02! 03! 04!
"""

# ASC X12C 005010X231A1, implementation acknowledgment.
ACKNOWLEDGMENT = """
20 AK1 R 1 | 01! 02!
loop 2000 30 S >1
    30 AK2 R 1 | 01! 02!
    loop 2100 40 S >1
        40 IK3 R 1 | 01! 02! 04!
        50 CTX S 10
        loop 2110 60 S >1
            60 IK4 R 1 | 01! 03!
            70 CTX S 10
    80 IK5 R 1 | 01=A,E,M,R,W,X
90 AK9 R 1 | 01=A,E,M,P,R,W,X 02! 03! 04!
"""

# ASC X12N 005010X214, health care claim acknowledgment.
CLAIM_ACKNOWLEDGMENT = """
20 BHT R 1 | 01=0085 02=08 03! 04! 06=TH
loop 2000A 100 R 1
    10 HL R 1 | 03==20 01!
    loop 2100A 50 R 1
        50 NM1 R 1 | 01=AY,PR 02=2 03!
    90 TRN R 1 | 02!
    120 DTP S 2 | 01=009,050 02=D8 03!
    loop 2000B 200 S >1
        10 HL R 1 | 03==21 01! 02!
        loop 2100B 50 R 1
            50 NM1 R 1 | 01=41 02=1,2 03!
        90 TRN R 1 | 02!
        100 STC R >1 | 01.1! 01.2!
        110 QTY S 2
        115 AMT S 2
        loop 2000C 200 S >1
            10 HL R 1 | 03==19 01! 02!
            loop 2100C 50 R 1
                50 NM1 R 1 | 01=85 02=1,2 03!
            90 TRN S 1
            100 STC S >1 | 01.1! 01.2!
            105 REF S 3
            110 QTY S 2
            115 AMT S 2
            loop 2000D 200 S >1
                10 HL R 1 | 03==PT 01! 02!
                loop 2100D 50 R 1
                    50 NM1 R 1 | 01=QC 02=1,2 03!
                90 TRN R 1 | 02!
                100 STC R >1 | 01.1! 01.2!
                105 REF S 3
                120 DTP R 1 | 01=472 02=D8,RD8 03!
                loop 2220D 180 S >1
                    180 SVC R 1 | 01! 02!
                    190 STC R >1 | 01.1! 01.2!
                    200 REF S 3
                    210 DTP S 1 | 01=472
"""

GUIDES: dict[str, LoopSpec] = {
    "X222": describe("837", CLAIM),
    "X221": describe("835", REMITTANCE),
    "X231": describe("999", ACKNOWLEDGMENT),
    "X214": describe("277", CLAIM_ACKNOWLEDGMENT),
}


def guide_of(version: str) -> LoopSpec | None:
    """The structure for an implementation id such as 005010X222A1, whatever its errata; None where it is not known."""
    return GUIDES.get(version[6:10]) if version.startswith("005010") else None
