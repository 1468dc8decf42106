"""Claims, and charges before they are one, as the scrubber sees them; its findings as a claim keeps them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from liaison.billing.models import Charge, Claim
from liaison.billing.scrub import ncci
from liaison.billing.scrub.rules import rules_for
from liaison.billing.x12 import claims as x12
from liaison.billing.x12 import parties
from liaison.chart.models import Encounter
from liaison.engines.scrubber import Drug, Facts, Finding, Line, Provider, Severity, scrub
from liaison.engines.scrubber.scrub import file_by
from liaison.engines.x12 import X12Error
from liaison.people.models import Coverage, Patient
from liaison.places.models import Organization, Site

_SEX = {"female": "F", "male": "M"}
_NO_CONTROL = 1


def findings(claim: Claim, practice: Organization, today: date) -> list[dict[str, Any]]:
    """What must be mended before the claim is sent, or be let pass; empty when it is ready."""
    rules = rules_for(claim.payer.code)
    found = [*_people(claim.coverage, claim.patient, practice), *scrub(facts_of(claim, practice, today), rules,
                                                                         ncci.edits())]  # fmt: skip
    if not any(one.severity is Severity.STOP for one in found):
        try:
            x12.batch([claim], claim.payer, practice, claim.status_at, _NO_CONTROL, rules)
        except X12Error as problem:
            said = f"The claim cannot be written to a file: {problem.message}"
            found.append(Finding("unwritable", Severity.STOP, said, "Correct what it names."))
    claim.file_by = file_by(claim.service_date, rules.timely_filing_days)
    return _kept(found, claim.passed)


def before(
    encounter: Encounter,
    coverage: Coverage,
    charges: Sequence[Charge],
    diagnoses: Sequence[str],
    practice: Organization,
    today: date,
) -> list[dict[str, Any]]:
    """What would be found of a claim that these charges became now."""
    assert encounter.site is not None
    assert encounter.provider is not None
    place = {code: number for number, code in enumerate(diagnoses, 1)}
    lines = [
        {
            "code": one.code,
            "modifiers": one.modifiers,
            "units": one.units,
            "cents": one.cents,
            "pointers": [place[code] for code in one.pointers if code in place] or list(place.values())[:4],
            "drug": one.drug,
            "note": one.note,
        }
        for one in charges
    ]
    day = charges[0].service_date if charges else today
    facts = _facts(encounter.patient, coverage, coverage.payer, encounter.site, practice, day, today, lines, diagnoses,
                   encounter.provider)  # fmt: skip
    found = scrub(facts, rules_for(coverage.payer.code), ncci.edits())
    return _kept([*_people(coverage, encounter.patient, practice), *found], [])


def facts_of(claim: Claim, practice: Organization, today: date) -> Facts:
    """A claim as the scrubber sees it; its patient, coverage, payer, provider and site are read from the row."""
    return _facts(
        claim.patient,
        claim.coverage,
        claim.payer,
        claim.site,
        practice,
        claim.service_date,
        today,
        claim.lines,
        claim.diagnoses,
        claim.provider,
        authorization=claim.authorization,
        referral=claim.referral,
        note=claim.note,
        has_accident=bool(claim.accident.get("causes")) or claim.coverage.of_an_injury,
        frequency=claim.frequency,
        original_number=claim.original_number,
        responsibility=claim.responsibility,
        first_sent=claim.first_sent_at.date() if claim.first_sent_at else None,
        **{role: _named(facts) for role, facts in claim.providers.items()},
    )


def _facts(
    patient: Patient,
    coverage: Coverage,
    payer: Organization,
    site: Site,
    practice: Organization,
    day: date,
    today: date,
    lines: Sequence[Mapping[str, Any]],
    diagnoses: Sequence[str],
    provider: Any,
    **more: Any,
) -> Facts:
    born = patient.birth_date
    return Facts(
        payer=payer.code,
        payer_name=payer.name,
        day=day,
        today=today,
        lines=tuple(_line(one, day) for one in lines),
        diagnoses=tuple(diagnoses),
        age=day.year - born.year - ((day.month, day.day) < (born.month, born.day)),
        sex=_SEX.get(patient.sex, "U"),
        place=site.place_of_service,
        member_id=coverage.number,
        coverage_kind=coverage.kind,
        billing=Provider("the practice", practice.npi, practice.taxonomy),
        tax_id=practice.tax_id,
        rendering=Provider(provider.short, provider.npi, provider.taxonomy),
        clia=site.clia,
        **more,
    )


def _line(line: Mapping[str, Any], day: date) -> Line:
    drug = line.get("drug") or {}
    return Line(
        code=line["code"],
        day=day,
        modifiers=tuple(line["modifiers"]),
        units=line["units"],
        cents=line["cents"],
        pointers=tuple(line["pointers"]),
        drug=Drug(drug.get("ndc", ""), str(drug.get("quantity", "")), drug.get("unit", "")) if drug else None,
        note=line.get("note", ""),
    )


def _named(facts: Mapping[str, str]) -> Provider:
    name = f"{facts.get('given', '')} {facts.get('family', '')}".strip()
    return Provider(name, facts.get("npi", ""), facts.get("taxonomy", ""))


def _people(coverage: Coverage, patient: Patient, practice: Organization) -> Iterator[Finding]:
    """What addresses and subscribers lack; the scrubber does not see them."""
    if patient.address_gap:
        said, mend = "The patient's address is not complete.", "Add street, city, state and ZIP code."
        yield Finding("address", Severity.STOP, said, mend, patient.address_gap, "patient")
    if coverage.relationship != Coverage.Relationship.SELF:
        if not coverage.subscriber_family:
            said, mend = "The coverage does not say who the subscriber is.", "Add the subscriber's name."
            yield Finding("subscriber", Severity.STOP, said, mend, "subscriber_family", "coverage")
        if coverage.subscriber_birth_date is None:
            said, mend = "The subscriber's birth date is missing.", "Add it to the coverage."
            yield Finding("subscriber", Severity.STOP, said, mend, "subscriber_birth_date", "coverage")
    if parties.address(practice) is None or not practice.phone:
        said = "The practice's address or telephone number is missing."
        yield Finding("practice", Severity.STOP, said, "Add it to the practice's entry.", link="practice")


def _kept(found: Sequence[Finding], passed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    let = {(one["rule"], one["line"]): dict(one) for one in passed}
    return [kept(one, let.get((one.rule, one.line))) for one in found]


def kept(finding: Finding, passed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A finding as a claim keeps it, with who let it pass and why."""
    facts: dict[str, Any] = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "mend": finding.mend,
        "field": finding.field,
        "link": finding.link,
        "line": finding.line,
    }
    if passed and finding.severity is Severity.WARN:
        facts["passed"] = {"reason": passed["reason"], "by": passed["by"]}
    return facts
