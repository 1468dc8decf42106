"""ASC X12N 005010X221A1, claim payment and advice (835)."""

from __future__ import annotations

REMITTANCE = """
unused AMT 03
unused BPR 17-21
unused CLP 10 14
unused CUR 03-21
unused DTM 03-06
unused N1 05-06
unused N4 05-06
unused NM1 06 10-12
unused PER 09
unused QTY 03-04
unused RDM 04-05
unused REF 03-04
unused SVC 01.08 06.08
unused TS3 06-12 14 16 19
20 BPR R 1 | 01=C,D,H,I,P,U,X 03=C,D 04=ACH,BOP,CHK,FWT,NON 05=CCP,CTX 06=01,04 08=DA 12=01,04 14=DA,SG 16!
40 TRN R 1 | 01=1 02! 03!
50 CUR S 1 | 01=PR
60 REF S 1 | 01=@EV,F2 02!
70 DTM S 1 | 01==405 02!
loop 1000A 80 R 1 payer
    80 N1 R 1 | 01==PR 02! 03=XV
    100 N3 R 1 | 01!
    110 N4 R 1 | 01!
    120 REF S 4 | 01=2U,EO,HI,NF 02!
    130 PER S 1 | 01==CX 03=$CALL 05=$CALL_MORE 07=EX
    130 PER R >1 | 01==BL 03=EM,TE,UR 05=EM,EX,FX,TE,UR 07=EM,EX,FX,UR
    130 PER S 1 | 01==IC 03!=UR 04!
loop 1000B 80 R 1 payee
    80 N1 R 1 | 01==PE 02! 03!=FI,XV,XX 04!
    100 N3 S 1 | 01!
    110 N4 S 1 | 01!
    120 REF S >1 | 01=0B,D3,PQ,TJ 02!
    140 RDM S 1 | 01=BM,EM,FT,OL
loop 2000 150 S >1 claim_group
    3 LX R 1
    5 TS3 S 1
    7 TS2 S 1
    loop 2100 10 S >1 claim_payment
        10 CLP R 1 | 02=1,19,2,20,21,22,23,25,3,4 06!=$CLP_FILING 07!
        20 CAS S 99 | 01=$REMIT_GROUP
        30 NM1 R 1 | 01==QC 02=1 08=34,HN,II,MI,MR
        30 NM1 S 1 | 01==IL 02=1,2 08!=FI,II,MI 09!
        30 NM1 S 1 | 01==74 02=1,2 08=C
        30 NM1 S 1 | 01==82 02=1,2 08!=BD,BS,FI,MC,PC,SL,UP,XX 09!
        30 NM1 S 1 | 01=@TT,PR 02=2 03! 08!=AD,FI,NI,PI,PP,XV 09!
        30 NM1 S 1 | 01==GB 02=1,2 08=FI,II,MI
        33 MIA S 1
        35 MOA S 1
        40 REF S 5 | 01==1L,1W,28,6P,9A,9C,BB,CE,EA,F8,G1,G3,IG,SY 02!
        40 REF S 10 | 01==0B,1A,1B,1C,1D,1G,1H,1J,D3,G2,LU 02!
        50 DTM S 2 | 01==232,233 02!
        50 DTM S 1 | 01=@036,050 02!
        60 PER S 2 | 01=CX 03!=$CALL 04! 05=$CALL_MORE 07=EX
        62 AMT S 13 | 01=AU,D8,DY,F5,I,NL,T,T2,ZK,ZL,ZM,ZN,ZO
        64 QTY S 14 | 01=CA,CD,LA,LE,NE,NR,OU,PS,VS,ZK,ZL,ZM,ZN,ZO 02!
        loop 2110 70 S 999 service_payment
            70 SVC R 1 | 01.1=$PROC 03! 06.1=$PROC
            80 DTM S 2 | 01=150,151,472 02!
            90 CAS S 99 | 01=$REMIT_GROUP
            100 REF S 8 | 01==1S,APC,BB,E9,G1,G3,LU,RB 02!
            100 REF S 1 | 01==6R 02!
            100 REF S 10 | 01==0B,1A,1B,1C,1D,1G,1H,1J,D3,G2,HPI,SY,TJ 02!
            100 REF S 5 | 01==0K 02!
            110 AMT S 9 | 01=B6,KH,T,T2,ZK,ZL,ZM,ZN,ZO
            120 QTY S 6 | 01=ZK,ZL,ZM,ZN,ZO 02!
            130 LQ S 99 | 01!=HE,RX 02!
30010 PLB S >1 | 03.1=$PLB 05.1=$PLB 07.1=$PLB 09.1=$PLB 11.1=$PLB 13.1=$PLB
"""
