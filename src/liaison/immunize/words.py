"""Words of what is chosen when vaccines are given: routes, sites, reasons, signs. Keys are the field's codes."""

# HL7 table 0162; SNOMED CT and NCI Thesaurus codes are the registry's and FHIR's affair
ROUTES = {
    "IM": "into the muscle",
    "SC": "under the skin",
    "ID": "into the skin",
    "PO": "by mouth",
    "NS": "into the nose",
    "PC": "by scratching the skin",
}
# HL7 table 0163
SITES = {
    "LD": "left deltoid",
    "RD": "right deltoid",
    "LVL": "left thigh, vastus lateralis",
    "RVL": "right thigh, vastus lateralis",
    "LT": "left outer thigh",
    "RT": "right outer thigh",
    "LA": "left upper arm",
    "RA": "right upper arm",
    "LLFA": "left forearm",
    "RLFA": "right forearm",
}
NOT_GIVEN = {
    "refused": "Patient or parent refuses",
    "contraindicated": "Contraindicated",
    "sick": "Sick today, put off",
    "immune": "Immune already",
    "elsewhere": "Will get it elsewhere",
    "no-stock": "Not in stock",
    "other": "Another reason",
}
LANGUAGES = {"en": "English", "es": "Spanish"}
EMAILED = "emailed"
VIS_HOW = {"printed": "printed", EMAILED: "sent by e-mail", "shown": "read on a screen", "sent": "sent another way"}
IDENTIFIERS = {"name": "name", "birth_date": "birth date", "mrn": "MRN", "photo_id": "photo ID"}
RELATIONSHIPS = {"self": "the patient", "parent": "a parent", "guardian": "a guardian", "other": "somebody else"}

SIGNS = {
    "faint": "fainted or nearly fainted",
    "hives": "hives",
    "swelling-face": "swelling of face, lips or tongue",
    "breathing": "trouble breathing or wheezing",
    "vomiting": "vomiting or cramps",
    "pressure": "low blood pressure, weak pulse",
    "local": "pain, redness or swelling at the place",
    "fever": "fever",
    "seizure": "seizure",
    "other": "something else",
}
# Two of these together within hours of a vaccine are treated as anaphylaxis until shown otherwise
ANAPHYLAXIS = frozenset({"hives", "swelling-face", "breathing", "vomiting", "pressure"})
OUTCOMES = {
    "recovered": "recovered",
    "recovering": "recovering",
    "not-recovered": "not recovered",
    "unknown": "not known",
    "died": "died",
}
# VAERS 2.0, item 21
RESULTS = {
    "office": "Doctor or other healthcare professional office or clinic visit",
    "emergency": "Emergency room or emergency department visit",
    "hospital": "Hospitalization",
    "prolonged": "Prolongation of existing hospitalization",
    "life-threatening": "Life threatening illness",
    "disability": "Disability or permanent damage",
    "birth-defect": "Congenital anomaly or birth defect",
    "died": "Patient died",
}
SERIOUS = frozenset(RESULTS) - {"office"}
