"""Acknowledgments: ASC X12C 005010X231A1 (999) and ASC X12N 005010X214 (277CA)."""

from __future__ import annotations

FILE = """
20 AK1 R 1 | 01=BE,HB,HC,HI,HN,HP,HR,HS,RA 03!
loop 2000 30 S >1 transaction_set
    30 AK2 R 1
    loop 2100 40 S >1 segment_error
        40 IK3 R 1 | 04!=1,2,3,4,5,6,7,8,I4,I6,I7,I8,I9
        50 CTX S 10
        loop 2110 60 S >1 element_error
            60 IK4 R 1 | 03=1,2,3,4,5,6,7,8,9,10,11,12,13,I10,I11,I12,I13,I6,I9
            70 CTX S 10
    80 IK5 R 1 | 01=A,E,M,R,W,X 02=$SET_ERROR 03=$SET_ERROR 04=$SET_ERROR 05=$SET_ERROR 06=$SET_ERROR
90 AK9 R 1 | 01=A,E,M,P,R,W,X 05-09=$GROUP_ERROR
"""

CLAIMS = """
unused AMT 03
unused NM1 10-12
unused QTY 03-04
unused REF 03-04
unused STC 05-09
unused SVC 05-06
unused TRN 03-04
20 BHT R 1 | 01=0085 02=08 03! 04! 05! 06!=TH
loop 2000A 100 R 1 source_level
    10 HL R 1 | 03==20 01! 04!=0,1
    loop 2100A 50 R 1 source
        50 NM1 R 1 | 01=AY,PR 02=2 03! 08!=46,FI,PI,XV 09!
    loop 2200A 90 R 1 transmission
        90 TRN R 1 | 01=1 02!
        120 DTP S 1 | 01=@009,050 02=D8
    loop 2000B 200 S >1 receiver_level
        10 HL R 1 | 03==21 01! 02! 04!=0,1
        loop 2100B 50 R 1 receiver
            50 NM1 R 1 | 01=41 02=1,2 03! 08!=46 09!
        loop 2200B 90 R 1 receiver_trace
            90 TRN R 1 | 01=2 02!
            100 STC R >1 | 02! 03!=U,WQ
            110 QTY S 1 | 01=@90,AA 02!
            115 AMT S 1 | 01=@YU,YY
        loop 2000C 200 S >1 provider_level
            10 HL R 1 | 03==19 01! 02! 04!=0,1
            loop 2100C 50 R 1 provider
                50 NM1 R 1 | 01=85 02=1,2 03! 08!=FI,SV,XX 09!
            loop 2200C 90 S 1 provider_trace
                90 TRN R 1 | 01=1 02!
                100 STC S >1 | 03!=U,WQ
                105 REF S 3 | 01=0B,1G,G2,LU,SY,TJ 02!
                110 QTY S 1 | 01=@QA,QC 02!
                115 AMT S 1 | 01=@YU,YY
            loop 2000D 200 S >1 claim_level
                10 HL R 1 | 03==PT 01! 02!
                loop 2100D 50 R 1 patient
                    50 NM1 R 1 | 01=QC 02=1,2 03! 08=II,MI
                loop 2200D 90 R >1 claim_answer
                    90 TRN R 1 | 01=2 02!
                    100 STC R >1 | 02! 03!=U,WQ
                    105 REF S 1 | 01=@1K,BLT,D9 02!
                    120 DTP R 1 | 01=472 02=D8,RD8
                    loop 2220D 180 S >1 service_line
                        180 SVC R 1 | 01.1=$PROC 02!
                        190 STC R >1 | 02! 03!=U,WQ
                        200 REF S 1 | 01=@FJ,XZ 02!
                        210 DTP S 1 | 01=472 02=D8,RD8
"""
