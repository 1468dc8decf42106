"""Code sets that may be shipped: ICD-10-CM."""

from liaison.engines.codes.icd10cm import Entry, Icd10cm

__all__ = ["Entry", "Icd10cm"]
