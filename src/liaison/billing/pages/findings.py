"""What the scrubber found, as pages show it: each with the key to where it is mended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Where:
    """The rows that a claim, or what becomes one, is made of."""

    encounter: UUID
    patient: UUID
    coverage: UUID
    payer: UUID
    provider: UUID | None
    site: UUID | None


def grouped(findings: Sequence[Mapping[str, Any]], where: Where) -> list[dict[str, Any]]:
    """Findings with where each is mended; what a rule finds on several lines is told of the first, and for how many."""
    found: dict[tuple[object, ...], dict[str, Any]] = {}
    for one in findings:
        key = (one["rule"], one["severity"], "passed" in one, None if one.get("line") else one["sentence"])
        if key in found:
            found[key]["lines"].append(one["line"])
        else:
            found[key] = {**one, "lines": [one.get("line", 0)], "address": _address(one.get("link", "claim"), where)}
    return list(found.values())


def _address(link: str, where: Where) -> tuple[str, str]:
    """Where a finding is mended, and what the key to it says; empty on the claim itself."""
    pages: dict[str, tuple[str, str, list[Any]]] = {
        "coding": ("Charges", "coding", [where.encounter]),
        "patient": ("Demographics", "patient-edit", [where.patient]),
        "coverage": ("Coverage", "coverage-edit", [where.patient, where.coverage]),
        "staff": ("Staff entry", "edit-staff", [where.provider]),
        "practice": ("Practice", "practice-edit", []),
        "site": ("Site", "edit-site", [where.site]),
        "payer": ("Payer", "edit-payer", [where.payer]),
        "rules": ("Rules", "rules", []),
    }
    words, name, keys = pages.get(link, ("", "", []))
    try:
        return (words, reverse(name, args=keys)) if name else ("", "")
    except NoReverseMatch:
        return ("", "")
