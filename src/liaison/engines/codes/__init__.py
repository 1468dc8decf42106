"""Code sets that may be shipped: ICD-10-CM with its search, questions and notes; HCPCS Level II; places of service.

The classification is public domain (CDC/NCHS, CMS). `make` builds the packaged file from a release, `evaluate` says
how well the search finds what it was built without.
"""

from liaison.engines.codes.checks import Finding, Kind, check
from liaison.engines.codes.icd10cm import Entry, Icd10cm
from liaison.engines.codes.level2 import Hcpcs, Place, hcpcs, places_of_service, search_hcpcs
from liaison.engines.codes.questions import Answer, Question, questions

__all__ = [
    "Answer",
    "Entry",
    "Finding",
    "Hcpcs",
    "Icd10cm",
    "Kind",
    "Place",
    "Question",
    "check",
    "hcpcs",
    "places_of_service",
    "questions",
    "search_hcpcs",
]
