"""A payer to practise with: takes 837P claim files over HTTP and answers with 999, 277CA and 835 by its own rules.

It is a process of its own and shares nothing with the clinic but `liaison.engines.x12`.

    python -m sandbox_payer --port 8701 [--state payer.sqlite3] [--today 2026-03-02] [--seed 7]

prints `listening on 127.0.0.1:8701` as its first line (`--port 0` chooses a port) and answers on that address alone:

    POST /claims          an 837P file            200 {"file": "1", "answers": ["2", "3", "4"]}
    GET  /files?since=N   answers after number N  200 {"files": [{"id", "kind", "control", "size"}, ...], "next": M}
    GET  /files/ID        the bytes of one file   200 application/edi-x12
    GET  /health          is it up                200 {"payers": [...]}

Sending the same file again gives the same answer and pays nothing twice; another file under a control number that its
sender used before is refused (409). What cannot be acknowledged at all is refused with one sentence (400). With
`--state` everything that was answered is on disk before the answer leaves.

Three payers live here, `SUNCO` Sunrise Health Plan (commercial), `MEDIB` Medicare Part B and `STCAI` State Medicaid;
all are inventions, and their benefits stand in `rules.json`. Its calendar day is `--today`, or else the day on which
the file says that it was made, so a rehearsal lives on its own calendar. `adjudicate` is the same judgement as a
function.
"""
