"""A state immunization registry to practise with: takes doses, answers questions, by HL7 2.5.1 over SOAP or plain POST.

It is a process of its own and shares nothing with the clinic but the engines hl7v2, cdsi and vaccines.

    python -m sandbox_registry --port 8702 [--state registry.sqlite3] [--today 2026-03-02] [--user liaison:sandbox]
                               [--begin others.hl7] [--invent] [--mischief garbage:1]

prints `listening on 127.0.0.1:8702` as its first line (`--port 0` chooses a port) and answers on that address alone:

    POST /soap      the CDC's web service (2011 and 2014): connectivityTest, submitSingleMessage
    POST /hl7       one message as it is, with name and password by HTTP Basic
    GET  /health    is it up
    GET  /doses     {"people", "doses", "messages", "received"}: for tests
    POST /mischief  its next moods, as `--mischief`

A VXU is checked by the guide and the CDC's code tables and answered by an ACK with an ERR for each fault; what has no
error is kept, a dose under its own number, so that the same dose again is the same dose. The same message again gives
the same answer. A Z34 or Z44 is answered with Z31, Z32, Z33 or Z42, the latter evaluated and forecast by the CDC's
rules. `--begin` names a batch of VXU that it knows from the start. With `--invent` whoever is asked for and not known
gets a past: doses elsewhere, made from name and birth date.

`--mischief` KIND[:TIMES]: slow, hang, cut (keeps, then breaks off), ae, ar, garbage, stranger (somebody else's
history), duplicates, fault, locked (SecurityFault), error (HTTP 500).
"""
