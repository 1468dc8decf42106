"""ASC X12N 005010X217, services review: the request for an authorization or referral, and its answer (278).

One description serves both: the answer adds what was refused (AAA), what was decided (HCR) and its numbers.
"""

from __future__ import annotations

REVIEW = """
20 BHT R 1 | 01=0007 02=01,11,13 03! 04! 05! 06=18,19,AT,RU
loop 2000A 100 R 1 reviewer_level
    10 HL R 1 | 03==20 01!
    30 AAA S 9 | 01=N,Y 03! 04!=$FOLLOW_UP
    loop 2010A 170 R 1 reviewer
        170 NM1 R 1 | 01=2B,36,PR,X3 02=1,2
        220 PER S 1 | 01=IC
        230 AAA S 9 | 01=N,Y 03! 04!=$FOLLOW_UP
    loop 2000B 200 S 1 requester_level
        10 HL R 1 | 03==21 01! 02!
        30 AAA S 9 | 01=N,Y
        loop 2010B 170 R 2 requester
            170 NM1 R 1 | 01=1P,FA 02=1,2
            180 REF S 8 | 02!
            200 N3 S 1
            210 N4 S 1
            220 PER S 1 | 01=IC
            230 AAA S 9 | 01=N,Y 03! 04!=$FOLLOW_UP
            240 PRV S 1
        loop 2000C 300 S 1 subscriber_level
            10 HL R 1 | 03==22 01! 02!
            20 TRN S 9
            30 AAA S 9 | 01=N,Y
            loop 2010C 170 R 1 subscriber
                170 NM1 R 1 | 01=IL 02=1,2
                180 REF S 9 | 02!
                200 N3 S 1
                210 N4 S 1
                230 AAA S 9 | 01=N,Y 03! 04!=$FOLLOW_UP
                250 DMG S 1 | 01=D8 03=F,M,U
                260 INS S 1 | 01=Y 02=18
            loop 2000D 400 S 1 dependent_level
                10 HL R 1 | 03==23 01! 02!
                20 TRN S 9
                30 AAA S 9 | 01=N,Y
                loop 2010D 170 R 1 dependent
                    170 NM1 R 1 | 01=QC 02=1
                    180 REF S 3 | 02!
                    200 N3 S 1
                    210 N4 S 1
                    230 AAA S 9 | 01=N,Y 03! 04!=$FOLLOW_UP
                    250 DMG S 1 | 01=D8 03=F,M,U
                    260 INS S 1 | 01=N
                use 2000E 500 R 1
            loop 2000E 500 S 1 patient_event
                10 HL R 1 | 03==EV 01! 02!
                20 TRN S 3 | 02!
                30 AAA S 9 | 01=N,Y 03! 04!=$FOLLOW_UP
                40 UM R 1 | 01=AR,HS,IN,SC 02=1,2,3,4,5,6,I,N,R,S
                50 HCR S 1
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
                loop 2010E 170 S 14 event_provider
                    170 NM1 R 1 | 02=1,2
                    180 REF S 8 | 02!
                    200 N3 S 1
                    210 N4 S 1
                    220 PER S 1 | 01=IC
                    230 AAA S 9 | 01=N,Y 03! 04!=$FOLLOW_UP
                    240 PRV S 1
                    250 DTP S 2 | 02=D8,DT,RD8
                loop 2000F 600 S >1 service
                    10 HL R 1 | 03==SS 01! 02!
                    20 TRN S 3 | 02!
                    30 AAA S 9 | 01=N,Y 03! 04!=$FOLLOW_UP
                    40 UM S 1 | 01=AR,HS,IN,SC 02=1,2,3,4,5,6,I,N,R,S
                    50 HCR S 1
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
                    loop 2010F 170 S 12 service_provider
                        170 NM1 R 1 | 02=1,2
                        180 REF S 8 | 02!
                        200 N3 S 1
                        210 N4 S 1
                        220 PER S 1 | 01=IC
                        230 AAA S 9 | 01=N,Y 03! 04!=$FOLLOW_UP
                        240 PRV S 1
"""
