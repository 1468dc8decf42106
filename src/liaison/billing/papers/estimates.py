"""Good-faith estimates on paper: what 45 CFR 149.610(c)(1) asks for, in our own words, in English or Spanish."""

from collections.abc import Mapping
from typing import Any

from liaison.billing.models import Estimate
from liaison.billing.papers.compiled import compiled, letterhead, town_of
from liaison.billing.papers.estimate_words import SAYS
from liaison.kernel.languages import language_in, said_day
from liaison.kernel.money import dollars
from liaison.kernel.phones import shown
from liaison.places.models import Organization, Site
from liaison.places.queries import practice as the_practice


def estimate_pdf(estimate: Estimate) -> bytes:
    """The estimate as a letter page or two, in the patient's language where we have it; the row is not saved yet."""
    practice, patient, provider = the_practice(), estimate.patient, estimate.provider
    language = language_in(SAYS, patient.language)
    say = SAYS[language]
    facts = {
        "language": language,
        "say": say,
        "practice": letterhead(practice),
        "number": estimate.number,
        "day": said_day(estimate.made_at.date(), language),
        "patient": f"{patient.given} {patient.family}".strip(),
        "born": said_day(patient.birth_date, language),
        "mrn": patient.mrn,
        "to": [part for part in (patient.line, town_of(patient)) if part],
        "service": estimate.service,
        "date": said_day(estimate.service_date, language) if estimate.service_date else say["no_date"],
        "diagnoses": ", ".join(estimate.diagnoses) or say["no_diagnoses"],
        "lines": [[line["code"], line["words"], str(line["units"]), dollars(line["cents"])] for line in estimate.lines],
        "total": dollars(estimate.total_cents),
        "provider": provider.full,
        "npi": provider.npi,
        "group": practice.name,
        "group_npi": practice.npi,
        "tin": _tin(practice.tax_id),
        "place": ", ".join(_place(estimate.site)),
        "later": estimate.later or say["no_later"],
        "keep": say["keep"].format(ask=_ask(estimate.site, practice, say)),
    }
    return compiled("estimate.typ", facts)


def _tin(tax_id: str) -> str:
    digits = "".join(c for c in tax_id if c.isdigit())
    return f"{digits[:2]}-{digits[2:]}" if len(digits) == 9 else tax_id


def _place(site: Site) -> list[str]:
    return [part for part in (site.name, site.line, town_of(site)) if part]


def _ask(site: Site, practice: Organization, say: Mapping[str, Any]) -> str:
    number = site.phone or practice.phone
    return str(say["call"].format(phone=shown(number)) if number else say["ask"])
