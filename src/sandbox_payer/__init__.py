"""A payer to practise with: takes claims and questions and answers them by its own rules, and badly when told to.

It is a process of its own and shares nothing with the clinic but `liaison.engines.x12`.

    python -m sandbox_payer --port 8701 [--state payer.sqlite3] [--today 2026-03-02] [--seed 7] [--later 60]
                            [--mischief unbalanced:1,hang=20]

prints `listening on 127.0.0.1:8701` as its first line (`--port 0` chooses a port) and answers on that address alone:

    POST /claims          an 837P file, or a batch of 270, 276 or 278    200 {"file": "1", "answers": ["2", "3", "4"]}
    GET  /files?since=N   answers after number N (&kind=835: of a kind)  200 {"files": [{"id", "kind", ...}], "next": M}
    GET  /files/ID        the bytes of one file                          200 application/edi-x12
    POST /ask             one 270, 276 or 278, answered at once          200 application/edi-x12
    POST /core            the same in the envelope of CAQH CORE vC2.2.0  200 multipart/form-data
    POST /mischief        other mischief from now on, as of --mischief   200 {}
    GET  /health          is it up                                       200 {"payers": [...]}

Claims are answered by 999, 277CA and 835 (that one `--later`), questions by 271, 277 and 278, a broken interchange by a
TA1. Sending the same file again gives the same answer and pays nothing twice; another file under a control number that
its sender used before is refused (409). What cannot be acknowledged at all is refused with one sentence (400). With
`--state` everything that was answered is on disk before the answer leaves.

Three payers live here, `SUNCO` Sunrise Health Plan (commercial), `MEDIB` Medicare Part B and `STCAI` State Medicaid;
all are inventions. Their benefits, and a book of members with something special about them, stand in `rules.json`:
whoever is not in the book is an active member, but for numbers that end in 9906 (inactive), 9942 (the payer cannot
answer), 9967, 9972, 9973, 9975 and 9978 (AAA03 67 to 78). Deductibles, visits and authorizations are used up by claims.
Its calendar day is `--today`, or else the day on which the file says that it was made, so a rehearsal lives on its own
calendar. `adjudicate`, `eligibility`, `status` and `review` are its judgement as functions.

Mischief is of `slow`, `hang` (=SECONDS, without an answer), `cut` (breaks off after all was done) and `error` on the
line; of `unbalanced`, `stranger` (a claim nobody sent), `half` a file, `garbage`, `order` (the wrong way round),
`twice` (the same file) and `again` (the same payment in another file) with remittances; of `trace` (the number of
another question), `half` and `garbage` with answers at once. `KIND[=SECONDS][:TIMES]`, commas between; or a level from
1 to 9: so many of ten go wrong, as `--seed` chooses.
"""
