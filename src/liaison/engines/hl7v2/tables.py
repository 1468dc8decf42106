"""Code tables of the immunization guide (CDC HL7 2.5.1 release 1.5, appendix A), in short words."""

from __future__ import annotations

SEX = {
    "F": "Female",
    "M": "Male",
    "U": "Unknown",
    "X": "Not listed",
    "O": "Other",
    "A": "Ambiguous",
    "N": "Not applicable",
}

SOURCE = {
    "00": "New immunization record",
    "01": "Historical, source unspecified",
    "02": "Historical, from another provider",
    "03": "Historical, from the parent's written record",
    "04": "Historical, from the parent's recall",
    "05": "Historical, from another registry",
    "06": "Historical, from the birth certificate",
    "07": "Historical, from the school's record",
    "08": "Historical, from a public agency",
}
"""NIP001: where the information on a dose comes from."""

REFUSAL = {
    "00": "Parental decision",
    "01": "Religious exemption",
    "02": "Other",
    "03": "Patient decision",
}
"""NIP002: why a vaccine was refused."""

COMPLETION = {"CP": "Complete", "RE": "Refused", "NA": "Not administered", "PA": "Partially administered"}
"""HL70322."""

ACTION = {"A": "Add", "U": "Update", "D": "Delete"}
"""HL70323."""

ELIGIBILITY = {
    "V00": "Eligibility unknown",
    "V01": "Not VFC eligible",
    "V02": "VFC eligible, Medicaid",
    "V03": "VFC eligible, uninsured",
    "V04": "VFC eligible, American Indian or Alaska Native",
    "V05": "VFC eligible, underinsured at a qualified health center",
    "V06": "VFC eligible, state specific",
    "V07": "Local specific eligibility",
    "V08": "Not VFC eligible, underinsured",
}
"""HL70064."""

FUNDING = {
    "PHC70": "Private",
    "VXC50": "Public",
    "VXC51": "Public VFC",
    "VXC52": "Public non-VFC",
    "VXC1": "Federal funds",
    "VXC2": "State funds",
    "VXC3": "Military funds",
    "OTH": "Other",
    "UNK": "Unknown",
}
"""CDCPHINVS: who paid for the dose."""

ROUTE = {
    "ID": ("C38238", "Intradermal"),
    "IM": ("C28161", "Intramuscular"),
    "NS": ("C38284", "Nasal"),
    "IN": ("C38284", "Nasal"),
    "IV": ("C38276", "Intravenous"),
    "PO": ("C38288", "Oral"),
    "SC": ("C38299", "Subcutaneous"),
    "TD": ("C38305", "Transdermal"),
    "MP": ("C38676", "Percutaneous"),
    "OTH": ("OTH", "Other"),
}
"""HL70162 and the NCI thesaurus code that the guide prefers."""
ROUTE_OF_NCIT = {ncit: code for code, (ncit, _) in ROUTE.items() if code != "IN"}

SITE = {
    "LT": "Left thigh",
    "RT": "Right thigh",
    "LVL": "Left vastus lateralis",
    "RVL": "Right vastus lateralis",
    "LG": "Left gluteus medius",
    "RG": "Right gluteus medius",
    "LA": "Left arm",
    "RA": "Right arm",
    "LD": "Left deltoid",
    "RD": "Right deltoid",
    "LLFA": "Left lower forearm",
    "RLFA": "Right lower forearm",
    "BN": "Both nares",
    "BU": "Buttock",
    "NASAL": "Nose",
    "ORAL": "Mouth",
}
"""HL70163."""

RACE = {
    "1002-5": "American Indian or Alaska Native",
    "2028-9": "Asian",
    "2054-5": "Black or African American",
    "2076-8": "Native Hawaiian or Other Pacific Islander",
    "2106-3": "White",
    "2131-1": "Other Race",
}
ETHNICITY = {"2135-2": "Hispanic or Latino", "2186-5": "Not Hispanic or Latino"}

RELATIONSHIP = {
    "MTH": "Mother",
    "FTH": "Father",
    "PAR": "Parent",
    "GRD": "Guardian",
    "GRP": "Grandparent",
    "SPO": "Spouse",
    "SEL": "Self",
    "SIB": "Sibling",
    "CHD": "Child",
    "FCH": "Foster child",
    "SCH": "Stepchild",
    "BRO": "Brother",
    "SIS": "Sister",
    "CGV": "Care giver",
    "OTH": "Other",
}
"""HL70063."""

PUBLICITY = {
    "01": "No reminder or recall",
    "02": "Reminder or recall, any method",
    "03": "Reminder or recall, no calls",
    "04": "Reminder only, any method",
    "05": "Reminder only, no calls",
    "06": "Recall only, any method",
    "07": "Recall only, no calls",
    "08": "Reminder or recall, to the provider",
    "09": "Reminder to the provider",
    "10": "Only reminder to the provider, no recall",
    "11": "Recall to the provider",
    "12": "Only recall to the provider, no reminder",
}
"""HL70215."""

REGISTRY_STATUS = {
    "A": "Active",
    "I": "Inactive",
    "L": "Inactive, lost to follow-up",
    "M": "Inactive, moved or gone elsewhere",
    "P": "Inactive, permanently",
    "U": "Unknown",
}
"""HL70441."""

ERROR = {
    "0": "message accepted",
    "100": "a segment is out of order or missing",
    "101": "it is required and missing",
    "102": "it is not of the right kind",
    "103": "its code is not one the registry knows",
    "104": "it is too long",
    "198": "it is not as agreed",
    "199": "it is wrong",
    "200": "this kind of message is not supported",
    "201": "this event is not supported",
    "202": "this processing id is not supported",
    "203": "this version of HL7 is not supported",
    "204": "the registry does not know this identifier",
    "205": "the registry has this already",
    "206": "somebody else is working on this record",
    "207": "the registry has a fault of its own",
}
"""HL70357 and what it means of the place that ERR-2 names, in words of our own."""

QUERY_STATUS = {
    "OK": "found",
    "NF": "not found",
    "TM": "too many match",
    "PD": "not shared with this practice",
    "AE": "the query has an error",
    "AR": "the query was rejected",
}
"""HL70208 with the guide's additions: QAK-2."""

SERIES_STATUS = {
    "LA13421-4": "complete",
    "LA13422-2": "on schedule",
    "LA13423-1": "overdue",
    "LA13424-9": "too old",
    "LA27183-5": "immune",
    "LA4216-3": "contraindicated",
    "LA4695-8": "recommended, not required",
}
"""LOINC answers to 59783-1."""

REACTION = {
    "39579001": "Anaphylaxis",
    "81308009": "Disorder of brain (encephalopathy)",
    "VXC9": "Persistent, inconsolable crying within 48 hours",
    "VXC10": "Collapse or shock-like state within 48 hours",
    "VXC11": "Convulsions within 3 days",
    "VXC12": "Fever of 40.5 °C or more within 48 hours",
    "VXC13": "Guillain-Barré syndrome within 6 weeks",
    "VXC14": "Rash within 14 days",
    "VXC15": "Intussusception within 30 days",
}
"""The value set of 31044-1."""
