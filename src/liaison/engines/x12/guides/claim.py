"""ASC X12N 005010X222A1, claim: professional (837P). Positions are those of the standard's tables."""

from __future__ import annotations

CLAIM = """
unused AMT 03
unused CLM 03-04 13-19 11.03
unused CR1 03 07-08
unused CR2 01-07 09 12
unused CR3 04-05
unused CTP 01-03 06-11
unused CUR 03-21
unused DMG 04-11
unused HCP 08
unused HI 01.03-09 02.03-09 03.03-09 04.03-09 05.03-09 06.03-09 07.03-09 08.03-09 09.03-09 10.03-09 11.03-09 12.03-09
unused K3 02-03
unused LIN 04-11
unused MEA 04-12
unused N4 05-06
unused NM1 06 10-12
unused OI 01-02 05
unused PAT 02-04
unused PER 09
unused PRV 04-06
unused PS1 03
unused PWK 03-04 07-09
unused QTY 03-04
unused REF 03
unused SBR 06-08
unused SV1 06 08 10 13-14 16-21 01.08
unused SV5 07
unused SVD 04 03.08
10 BHT R 1 | 01=0019 02=00,18 03! 04! 05! 06!=31,CH,RP
loop 1000A 20 R 1 submitter
    20 NM1 R 1 | 01==41 02=1,2 03! 08!=46 09!
    45 PER R 2 | 01=IC 03!=$CALL 04! 05=$CALL_MORE 07=$CALL_MORE
loop 1000B 20 R 1 receiver
    20 NM1 R 1 | 01==40 02=2 03! 08!=46 09!
loop 2000A 100 R >1 billing_level
    1 HL R 1 | 03==20 01! 04!=1
    3 PRV S 1 | 01=BI 02!=PXC 03!
    10 CUR S 1 | 01=85
    loop 2010AA 15 R 1 billing_provider
        15 NM1 R 1 | 01==85 02=1,2 03! 08=XX
        25 N3 R 1 | 01!
        30 N4 R 1 | 01!
        35 REF R 1 | 01==EI,SY 02!
        35 REF S 2 | 01==0B,1G 02!
        40 PER S 2 | 01=IC 03!=$CALL 04! 05=$CALL_MORE 07=$CALL_MORE
    loop 2010AB 15 S 1 pay_to_address
        15 NM1 R 1 | 01==87 02=1,2
        25 N3 R 1 | 01!
        30 N4 R 1 | 01!
    loop 2010AC 15 S 1 pay_to_plan
        15 NM1 R 1 | 01==PE 02=2 03! 08!=PI,XV 09!
        25 N3 R 1 | 01!
        30 N4 R 1 | 01!
        35 REF S 1 | 01==2U,FY,NF 02!
        35 REF R 1 | 01==EI 02!
    loop 2000B 200 R >1 subscriber_level
        1 HL R 1 | 03==22 01! 02! 04!=0,1
        5 SBR R 1 | 01=$SEQUENCE 02=18 05=$MSP 09=$FILING
        7 PAT S 1 | 05=D8 07=01 09=Y
        loop 2010BA 15 R 1 subscriber
            15 NM1 R 1 | 01==IL 02=1,2 03! 08=II,MI
            25 N3 S 1 | 01!
            30 N4 S 1 | 01!
            32 DMG S 1 | 01!=D8 02! 03!=F,M,U
            35 REF S 1 | 01=@SY,Y4 02!
            40 PER S 1 | 01=IC 03!=TE 04! 05=EX
        loop 2010BB 15 R 1 payer
            15 NM1 R 1 | 01==PR 02=2 03! 08!=PI,XV 09!
            25 N3 S 1 | 01!
            30 N4 S 1 | 01!
            35 REF S 3 | 01==2U,EI,FY,NF 02!
            35 REF S 2 | 01==G2,LU 02!
        loop 2300 130 S 100 claim
            130 CLM R 1 | 05! 05.1! 05.2!=B 05.3! 06!=N,Y 07!=A,B,C 08!=N,W,Y 09!=I,Y 10=P 11.1=AA,EM,OA \
11.2=AA,EM,OA 12=02,03,05,09 20=$DELAY
            135 DTP S 1 | 01=@050,096,296,297,304,431,435,439,444,453,454,455,471,484 02=D8
            135 DTP S 2 | 01==090,091 02=D8
            135 DTP S 1 | 01==314,360,361 02=D8,RD8
            155 PWK S 10 | 01=$REPORT 02!=AA,BM,EL,EM,FT,FX 05=AC
            160 CN1 S 1 | 01=$CONTRACT
            175 AMT S 1 | 01==F5
            180 REF S 1 | 01=@1J,4N,9A,9C,9F,D9,EA,EW,F5,F8,G1,LX,P4,X4 02!
            185 K3 S 10
            190 NTE S 1 | 01!=ADD,CER,DCP,DGN,TPO
            195 CR1 S 1 | 01=LB 04!=A,B,C,D,E 05!=DH 06!
            200 CR2 S 1 | 08!=A,C,D,E,F,G,M
            220 CRC S 3 | 01==07 02=N,Y 03-07=$AMBULANCE
            220 CRC S 3 | 01==E1,E2,E3 02=N,Y 03-07=$SYMPTOM
            220 CRC S 1 | 01==75 02=Y 03=IH
            220 CRC S 1 | 01==ZZ 02=N,Y 03-05=$EPSDT
            231 HI R 1 diagnoses | 01.1==ABK,BK 02.1=ABF,BF 03.1=ABF,BF 04.1=ABF,BF 05.1=ABF,BF 06.1=ABF,BF \
07.1=ABF,BF 08.1=ABF,BF 09.1=ABF,BF 10.1=ABF,BF 11.1=ABF,BF 12.1=ABF,BF
            231 HI S 1 anesthesia | 01.1==BP 02.1=BO
            231 HI S 2 conditions | 01.1==BG 02.1=BG 03.1=BG 04.1=BG 05.1=BG 06.1=BG 07.1=BG 08.1=BG 09.1=BG \
10.1=BG 11.1=BG 12.1=BG
            241 HCP S 1 | 01!=$PRICING 02! 13=$PRICING_REJECTION 14=$PRICE_POLICY 15=$PRICE_EXCEPTION
            loop 2310A 250 S 2 referring_provider
                250 NM1 R 1 | 01==DN,P3 02=1 03! 08=XX
                271 REF S 3 | 01=0B,1G,G2 02!
            loop 2310B 250 S 1 rendering_provider
                250 NM1 R 1 | 01==82 02=1,2 03! 08=XX
                255 PRV S 1 | 01=PE 02!=PXC 03!
                271 REF S 4 | 01=0B,1G,G2,LU 02!
            loop 2310C 250 S 1 service_facility
                250 NM1 R 1 | 01==77 02=2 03! 08=XX
                265 N3 R 1 | 01!
                270 N4 R 1 | 01!
                271 REF S 3 | 01=0B,G2,LU 02!
                275 PER S 1 | 01=IC 03!=TE 04! 05=EX
            loop 2310D 250 S 1 supervising_provider
                250 NM1 R 1 | 01==DQ 02=1 03! 08=XX
                271 REF S 4 | 01=0B,1G,G2,LU 02!
            loop 2310E 250 S 1 ambulance_pick_up
                250 NM1 R 1 | 01==PW 02=2
                265 N3 R 1 | 01!
                270 N4 R 1 | 01!
            loop 2310F 250 S 1 ambulance_drop_off
                250 NM1 R 1 | 01==45 02=2
                265 N3 R 1 | 01!
                270 N4 R 1 | 01!
            loop 2320 290 S 10 other_subscriber
                290 SBR R 1 | 01=$SEQUENCE 02!=$RELATION 05=$MSP 09=$FILING
                295 CAS S 5 | 01=$GROUP
                300 AMT S 1 | 01=@D,A8,EAF
                310 OI R 1 | 03!=N,W,Y 04=P 06!=I,Y
                320 MOA S 1
                loop 2330A 325 R 1 other_insured
                    325 NM1 R 1 | 01==IL 02=1,2 03! 08!=II,MI 09!
                    332 N3 S 1 | 01!
                    340 N4 S 1 | 01!
                    355 REF S 1 | 01=SY 02!
                loop 2330B 325 R 1 other_payer
                    325 NM1 R 1 | 01==PR 02=2 03! 08!=PI,XV 09!
                    332 N3 S 1 | 01!
                    340 N4 S 1 | 01!
                    350 DTP S 1 | 01=573 02=D8
                    355 REF S 2 | 01==2U,EI,FY,NF 02!
                    355 REF S 1 | 01=@G1,9F,T4,F8 02!
                loop 2330C 325 S 2 other_payer_referring
                    325 NM1 R 1 | 01==DN,P3 02=1
                    355 REF R 3 | 01=0B,1G,G2 02!
                loop 2330D 325 S 1 other_payer_rendering
                    325 NM1 R 1 | 01==82 02=1,2
                    355 REF R 3 | 01=0B,1G,G2,LU 02!
                loop 2330E 325 S 1 other_payer_facility
                    325 NM1 R 1 | 01==77 02=2
                    355 REF R 3 | 01=0B,G2,LU 02!
                loop 2330F 325 S 1 other_payer_supervising
                    325 NM1 R 1 | 01==DQ 02=1
                    355 REF R 3 | 01=0B,1G,G2,LU 02!
                loop 2330G 325 S 1 other_payer_billing
                    325 NM1 R 1 | 01==85 02=1,2
                    355 REF R 2 | 01=G2,LU 02!
            loop 2400 365 R 50 service_line
                365 LX R 1
                370 SV1 R 1 | 01.1=$CLAIM_PROC 02! 03!=MJ,UN 04! 07! 07.1!=$POINT 07.2=$POINT 07.3=$POINT \
07.4=$POINT 09=Y 11=Y 12=Y 15=0
                400 SV5 S 1 | 01.1=HC 02=DA 04! 05! 06!=1,4,6
                420 PWK S 10 | 01=$REPORT 02!=AA,AB,AD,AF,AG,BM,EL,EM,FT,FX,NS 05=AC
                425 CR1 S 1 | 01=LB 04!=A,B,C,D,E 05!=DH 06!
                435 CR3 S 1 | 01!=I,R,S 02!=MO 03!
                450 CRC S 3 | 01==07 02=N,Y 03-07=$AMBULANCE
                450 CRC S 1 | 01==70 02=N,Y 03=65
                450 CRC S 1 | 01==09 02=N,Y 03-04=38,ZV
                455 DTP R 1 | 01==472 02=D8,RD8
                455 DTP S 1 | 01=@011,304,454,455,461,463,471,607 02=D8
                455 DTP S 2 | 01==738,739 02=D8
                460 QTY S 1 | 01=@PT,FL 02!
                462 MEA S 5 | 01!=OG,TR 02!=HT,R1,R2,R3,R4 03!
                465 CN1 S 1 | 01=$CONTRACT
                470 REF S 1 | 01=@6R,9B,9D,BT,EW,F4,X4 02!
                470 REF S 5 | 01=@9F,G1 02! 04.1=2U
                475 AMT S 1 | 01=@T,F4
                480 K3 S 10
                485 NTE S 1 | 01==ADD,DCP
                485 NTE S 1 | 01==TPO
                488 PS1 S 1
                492 HCP S 1 | 01!=$PRICING 02! 09=$CLAIM_PROC 11=MJ,UN 13=$PRICING_REJECTION 14=$PRICE_POLICY \
15=$PRICE_EXCEPTION
                loop 2410 494 S 1 drug
                    493 LIN R 1 | 02=EN,EO,HI,N4,ON,UK,UP
                    494 CTP R 1 | 04! 05! 05.1=F2,GR,ME,ML,UN
                    495 REF S 1 | 01=VY,XZ 02!
                loop 2420A 500 S 1 line_rendering_provider
                    500 NM1 R 1 | 01==82 02=1,2 03! 08=XX
                    505 PRV S 1 | 01=PE 02!=PXC 03!
                    525 REF S 20 | 01=0B,1G,G2,LU 02! 04.1=2U
                loop 2420B 500 S 1 purchased_service_provider
                    500 NM1 R 1 | 01==QB 02=1,2 08=XX
                    525 REF S 20 | 01=0B,1G,G2 02! 04.1=2U
                loop 2420C 500 S 1 line_facility
                    500 NM1 R 1 | 01==77 02=2 03! 08=XX
                    514 N3 R 1 | 01!
                    520 N4 R 1 | 01!
                    525 REF S 3 | 01=G2,LU 02! 04.1=2U
                loop 2420D 500 S 1 line_supervising_provider
                    500 NM1 R 1 | 01==DQ 02=1 03! 08=XX
                    525 REF S 20 | 01=0B,1G,G2,LU 02! 04.1=2U
                loop 2420E 500 S 1 ordering_provider
                    500 NM1 R 1 | 01==DK 02=1 03! 08=XX
                    514 N3 S 1 | 01!
                    520 N4 S 1 | 01!
                    525 REF S 20 | 01=0B,1G,G2 02! 04.1=2U
                    530 PER S 1 | 01=IC 03!=$CALL 04! 05=$CALL_MORE 07=$CALL_MORE
                loop 2420F 500 S 2 line_referring_provider
                    500 NM1 R 1 | 01==DN,P3 02=1 03! 08=XX
                    525 REF S 20 | 01=0B,1G,G2 02! 04.1=2U
                loop 2420G 500 S 1 line_ambulance_pick_up
                    500 NM1 R 1 | 01==PW 02=2
                    514 N3 R 1 | 01!
                    520 N4 R 1 | 01!
                loop 2420H 500 S 1 line_ambulance_drop_off
                    500 NM1 R 1 | 01==45 02=2
                    514 N3 R 1 | 01!
                    520 N4 R 1 | 01!
                loop 2430 540 S 15 line_adjudication
                    540 SVD R 1 | 03! 03.1=$CLAIM_PROC 05!
                    545 CAS S 5 | 01=$GROUP
                    550 DTP R 1 | 01==573 02=D8
                    560 AMT S 1 | 01==EAF
                loop 2440 551 S >1 form
                    551 LQ R 1 | 01!=AS,UT 02!
                    552 FRM R 99 | 02=N,W,Y
        loop 2000C 300 S >1 patient_level
            1 HL R 1 | 03==23 01! 02! 04!=0
            7 PAT R 1 | 01!=01,19,20,21,39,40,53,G8 05=D8 07=01 09=Y
            loop 2010CA 15 R 1 patient
                15 NM1 R 1 | 01==QC 02=1 03!
                25 N3 R 1 | 01!
                30 N4 R 1 | 01!
                32 DMG R 1 | 01!=D8 02! 03!=F,M,U
                35 REF S 1 | 01==1W,SY 02!
                35 REF S 1 | 01==Y4 02!
                40 PER S 1 | 01=IC 03!=TE 04! 05=EX
            use 2300 130 R 100
"""
