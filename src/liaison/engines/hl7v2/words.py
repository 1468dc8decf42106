"""What fields are called in a clinic, and where a person mends them."""

from __future__ import annotations

SEGMENTS = {
    "MSH": "the message’s header",
    "PID": "the patient",
    "PD1": "the patient’s registry settings",
    "NK1": "the next of kin",
    "PV1": "the visit",
    "ORC": "the order",
    "RXA": "the dose",
    "RXR": "route and site",
    "OBX": "an observation on the dose",
    "NTE": "a note",
    "QPD": "the question",
    "RCP": "how the answer is wanted",
    "MSA": "the answer",
    "ERR": "a problem",
    "QAK": "what was found",
}

FIELDS: dict[str, dict[int, str]] = {
    "MSH": {
        3: "sending application",
        4: "sending facility",
        5: "receiving application",
        6: "receiving facility",
        7: "time of the message",
        9: "kind of message",
        10: "number of the message",
        11: "processing id",
        12: "version of HL7",
        15: "accept acknowledgment",
        16: "application acknowledgment",
        21: "profile",
        22: "responsible organization",
    },
    "PID": {
        3: "patient’s number",
        5: "patient’s name",
        6: "mother’s maiden name",
        7: "birth date",
        8: "sex",
        9: "alias",
        10: "race",
        11: "address",
        13: "telephone",
        14: "telephone at work",
        15: "language",
        22: "ethnicity",
        23: "birth place",
        24: "multiple birth",
        25: "birth order",
        29: "date of death",
        30: "death",
    },
    "PD1": {
        4: "primary care provider",
        11: "reminders and recalls",
        12: "sharing with others",
        13: "date of the sharing decision",
        16: "registry status",
        17: "date of the registry status",
        18: "date of the decision on reminders",
    },
    "NK1": {
        2: "name of the next of kin",
        3: "relationship",
        4: "address of the next of kin",
        5: "telephone of the next of kin",
    },
    "ORC": {
        1: "order control",
        2: "placer’s number of the dose",
        3: "number of the dose",
        10: "who entered the dose",
        12: "who ordered the dose",
        17: "organization that entered the dose",
    },
    "RXA": {
        3: "day of the dose",
        4: "end of the dose",
        5: "vaccine",
        6: "amount",
        7: "unit of the amount",
        9: "source of the information",
        10: "who gave the dose",
        11: "where the dose was given",
        15: "lot number",
        16: "expiry date",
        17: "manufacturer",
        18: "reason for refusal",
        20: "completion status",
        21: "add, update or delete",
        22: "time of entry",
    },
    "RXR": {1: "route", 2: "site on the body"},
    "OBX": {
        2: "kind of value",
        3: "what was observed",
        4: "group of observations",
        5: "value observed",
        11: "status of the observation",
        14: "day of the observation",
    },
    "QPD": {
        1: "kind of question",
        2: "number of the question",
        3: "patient’s number",
        4: "patient’s name",
        5: "mother’s maiden name",
        6: "birth date",
        7: "sex",
        8: "address",
        9: "telephone",
        10: "multiple birth",
        11: "birth order",
    },
    "RCP": {1: "how soon", 2: "number of answers wanted"},
    "MSA": {1: "what became of it", 2: "number of the message", 3: "words"},
    "ERR": {
        1: "place",
        2: "place",
        3: "error",
        4: "severity",
        5: "the registry’s own code",
        7: "diagnostics",
        8: "words",
    },
    "QAK": {1: "number of the question", 2: "found or not", 3: "kind of question", 4: "how many"},
}

OBSERVATIONS = {
    "64994-7": "program eligibility",
    "30963-3": "funding source",
    "69764-9": "VIS document",
    "30956-7": "VIS vaccine",
    "29768-9": "VIS edition",
    "29769-7": "day the VIS was given",
    "31044-1": "reaction",
    "59784-9": "evidence of immunity",
    "30945-0": "contraindication",
}


def words_for(segment: str, field: int = 0) -> str:
    """`vaccine` for RXA-5, `the dose` for RXA alone; the position itself where we have no word."""
    if not segment:
        return "the message"
    if not field:
        return SEGMENTS.get(segment, segment)
    return FIELDS.get(segment, {}).get(field, f"{segment}-{field}")


def mended_at(segment: str) -> str:
    """Where a person mends a fault of a segment: patient, dose or connection."""
    if segment in ("PID", "PD1", "NK1", "QPD"):
        return "patient"
    return "dose" if segment in ("ORC", "RXA", "RXR", "OBX", "NTE") else "connection"
