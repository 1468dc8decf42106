"""The report of an adverse event by the items of the VAERS 2.0 form: as a PDF to copy or fax from, and as JSON."""

from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import typst

from liaison.chart.models import Allergy, Condition, Medication
from liaison.engines.vaccines import facts
from liaison.immunize.models import Immunization, Reaction
from liaison.immunize.rules import Age
from liaison.immunize.words import OUTCOMES, RESULTS, ROUTES, SERIOUS, SIGNS, SITES
from liaison.kernel import postal
from liaison.kernel.errors import NotFound
from liaison.people.models import Patient, Staff
from liaison.people.queries import may_open
from liaison.places.models import Site
from liaison.record import audit
from liaison.record.actor import Actor

RECENT_DAYS = 28  # item 22: other vaccines within a month before


@dataclass(frozen=True, slots=True)
class Report:
    """The items of the form, each (number, what is asked, the answer); vaccines as rows of item 17 and 22."""

    items: list[tuple[str, str, str]]
    vaccines: list[dict[str, str]]
    earlier: list[dict[str, str]]
    serious: bool


def report_for(actor: Actor, patient_id: Any, reaction_id: Any) -> Report:
    """A reaction as VAERS asks for it: audited. Raises Forbidden, NotFound."""
    actor.require("immunize.read")
    reaction = (
        Reaction.objects.filter(pk=reaction_id, patient_id=patient_id)
        .select_related("patient", "reported_by", "encounter__site", "encounter__provider")
        .first()
    )
    if reaction is None:
        raise NotFound("no-reaction", "There is no such reaction. Look at the patient’s vaccines again.")
    may_open(actor, reaction.patient)
    audit.looked(actor, reaction.patient_id, [f"Patient/{reaction.patient_id}", "VAERS report"])
    return _report(reaction)


def _report(reaction: Reaction) -> Report:
    patient = reaction.patient
    site = reaction.encounter.site if reaction.encounter else None
    zone = ZoneInfo(site.zone) if site else ZoneInfo("UTC")
    doses = list(Immunization.objects.filter(pk__in=reaction.doses).order_by("occurred_at"))
    first = doses[0].occurred_at.astimezone(zone)
    onset = reaction.onset_at.astimezone(zone)
    before = (
        Immunization.objects.filter(
            patient_id=patient.pk, status="completed", occurred_at__lt=doses[0].occurred_at,
        ).exclude(pk__in=reaction.doses).order_by("-occurred_at")
    )  # fmt: skip
    earlier = [one for one in before if (doses[0].occurred_at - one.occurred_at).days <= RECENT_DAYS]
    age = Age.on(patient.birth_date, first.date())
    items = [
        ("1", "Patient", f"{patient.given} {patient.family}, {_address(patient)}"),
        ("2", "Date of birth", _day(patient.birth_date)),
        ("3", "Sex", patient.get_sex_display()),
        ("4", "Date and time of vaccination", f"{_day(first.date())} {first:%H:%M}"),
        ("5", "Date and time the event began", f"{_day(onset.date())} {onset:%H:%M}"),
        ("6", "Age at vaccination", f"{age.years} years {age.months % 12} months"),
        ("7", "Today’s date", _day(reaction.reported_at.astimezone(zone).date())),
        ("8", "Pregnant at the time of vaccination", "unknown" if patient.sex == "female" else "no"),
        ("9", "Medicines at the time", _listed(Medication.objects.filter(patient_id=patient.pk, status="active"))),
        ("10", "Allergies", _listed(Allergy.objects.filter(patient_id=patient.pk, status="active", error=False))),
        ("11", "Other illnesses at the time and a month before", ""),
        ("12", "Chronic conditions", _listed(_problems(patient))),
        ("13", "Form completed by", _staff(reaction.reported_by)),
        ("14", "Best doctor or clinic to contact", _staff(reaction.encounter.provider if reaction.encounter else None)),
        ("15", "Facility", _site(site)),
        ("16", "Type of facility", "Doctor’s office or clinic"),
        ("18", "The event, treatment and outcome", _told(reaction)),
        ("19", "Tests and results", reaction.tests),
        ("20", "Recovered", OUTCOMES[reaction.outcome]),
        ("21", "Result or outcome of the event", "; ".join(RESULTS[key] for key in reaction.results_in) or "none"),
        ("23", "Race", patient.race),
        ("24", "Ethnicity", patient.ethnicity),
    ]
    return Report(
        items,
        [_vaccine(one, zone) for one in doses],
        [_vaccine(one, zone) for one in earlier],
        bool(SERIOUS & set(reaction.results_in)),
    )


def _vaccine(dose: Immunization, zone: ZoneInfo) -> dict[str, str]:
    maker = facts().manufacturer(dose.mvx)
    return {
        "vaccine": dose.display,
        "manufacturer": maker.name if maker else dose.mvx,
        "lot": dose.lot_number,
        "route": ROUTES.get(dose.route, dose.route),
        "site": SITES.get(dose.body_site, dose.body_site),
        "given": _day(dose.occurred_at.astimezone(zone).date()),
    }


def _problems(patient: Patient) -> Any:
    return Condition.objects.filter(
        patient_id=patient.pk, category="problem-list-item", status="active", error=False
    ).order_by("display")


def _listed(rows: Any) -> str:
    return "; ".join(row.display for row in rows) or "none on record"


def _told(reaction: Reaction) -> str:
    signs = ", ".join(SIGNS[key] for key in reaction.signs)
    parts = (
        signs and f"Signs: {signs}.",
        reaction.description,
        reaction.treatment and f"Treatment: {reaction.treatment}",
    )
    return "\n".join(part for part in parts if part)


def _address(patient: Patient) -> str:
    return ", ".join(
        filter(None, (patient.line, postal.town(patient.city, patient.state, patient.postal_code), patient.phone))
    )


def _staff(staff: Staff | None) -> str:
    return staff.full if staff else ""


def _site(site: Site | None) -> str:
    if site is None:
        return ""
    town = postal.town(site.city, site.state, site.postal_code)
    return ", ".join(filter(None, (site.name, site.line, town, site.phone)))


def _day(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def pdf(report: Report) -> bytes:
    """The report as a PDF, its items numbered as on the form."""
    data = {"items": report.items, "vaccines": report.vaccines, "earlier": report.earlier, "serious": report.serious}
    template = (resources.files(__package__) / "vaers.typ").read_bytes()
    return bytes(typst.compile(template, sys_inputs={"data": orjson.dumps(data).decode()}, format="pdf"))


def as_json(report: Report) -> bytes:
    """The report as JSON: items by number, vaccines of item 17, earlier ones of item 22."""
    return orjson.dumps(
        {
            "form": "VAERS 2.0",
            "items": {number: {"asked": asked, "answer": answer} for number, asked, answer in report.items},
            "17": report.vaccines,
            "22": report.earlier,
        },
        option=orjson.OPT_INDENT_2,
    )
