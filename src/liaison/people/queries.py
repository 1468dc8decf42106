"""What may be asked about people: the doors to a patient, the search, coverage, consents and staff."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q
from rapidfuzz import fuzz

from liaison.documents import queries as documents
from liaison.documents.models import Document
from liaison.kernel import clock
from liaison.kernel.errors import Forbidden, NotFound
from liaison.kernel.names import fold
from liaison.people import search as searching
from liaison.people.checks import today
from liaison.people.models import Consent, Coverage, CoverageCard, GlassBreak, Patient, Staff
from liaison.record.actor import Actor
from liaison.record.audit import looked
from liaison.record.prepared import Prepared

_SAME_NAME = 84.0  # of 100


def search(actor: Actor, text: str, limit: int = 20) -> list[Patient]:
    """Patients by names (any order, beginnings, misspelled), birth date, telephone, MRN or a mixture; best first.

    The audit log notes by what was searched, never the text.
    """
    actor.require("people.search")
    terms = searching.parse(text)
    if not terms.kinds:
        return []
    found = searching.find(terms, limit)
    looked(actor, None, terms.kinds, action="search")
    return found


def patient_for(actor: Actor, patient_id: UUID, *, why: str = "") -> Patient:
    """A patient, for somebody who may see them; the look is audited. Raises Forbidden (`restricted`), NotFound."""
    actor.require("people.read")
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("no-patient", "There is no such patient. Search again by name and birth date.")
    may_open(actor, patient)
    looked(actor, patient.pk, [f"Patient/{patient.pk}/_history/{patient.version}"], reason=why)
    return patient


def may_open(actor: Actor, patient: Patient) -> None:
    """Raises Forbidden (`restricted`) when the chart is restricted and this actor has not broken the glass."""
    if not patient.restricted or actor.may("people.restricted"):
        return
    if not GlassBreak.objects.filter(patient_id=patient.pk, actor_id=actor.id, until__gt=clock.now()).exists():
        raise Forbidden("restricted", "This chart is restricted. If you need it for care now, open it with a reason.")


def possible_duplicates(
    *, family: str, given: str = "", birth_date: date, phone: str = "", besides: UUID | None = None
) -> list[tuple[Patient, str]]:
    """Patients who may be the same person, each with why: same birth date or telephone (E.164), and a name alike."""
    same = Q(birth_date=birth_date)
    if phone:
        same |= Q(phone=phone) | Q(phone_alt=phone)
    rows, found = Patient.objects.filter(same), []
    if besides is not None:
        rows = rows.exclude(pk=besides)
    for patient in rows[:300]:
        score = _same_name(family, given, patient)
        if score >= _SAME_NAME:
            why = "same birth date" if patient.birth_date == birth_date else "same telephone"
            found.append((score, patient, f"{why}, {'same' if score >= 99.5 else 'similar'} name"))
    found.sort(key=lambda one: -one[0])
    return [(patient, why) for _, patient, why in found]


def _same_name(family: str, given: str, patient: Patient) -> float:
    """How alike two full names are, of 100: in any order, and with the preferred name for the given one."""
    mine = fold(f"{given} {family}")
    others = {
        fold(f"{first} {patient.family}") for first in (patient.given, patient.preferred) if first or not patient.given
    }
    return max(float(fuzz.token_sort_ratio(mine, other)) for other in others)


def coverages_of(patient_id: UUID, on: date | None = None) -> list[Coverage]:
    """A patient's coverage in force on a day (today), in the order it is billed, payers selected."""
    day = on or today()
    return _coverages(patient_id, day)


_coverages = Prepared(
    lambda patient, day: (
        Coverage.objects.filter(
            Q(starts=None) | Q(starts__lte=day), Q(ends=None) | Q(ends__gte=day), patient_id=patient, active=True
        )
        .select_related("payer")
        .order_by("position")
    )
)


def coverages_in_force(patient_ids: Collection[UUID]) -> dict[UUID, list[Coverage]]:
    """The active coverages of some patients in the order they are billed, payers selected. One query for 500."""
    found: dict[UUID, list[Coverage]] = {}
    ids = sorted(patient_ids)
    for some in (ids[at : at + 500] for at in range(0, len(ids), 500)):
        rows = Coverage.objects.filter(patient_id__in=some, active=True).select_related("payer").order_by("position")
        for coverage in rows:
            found.setdefault(coverage.patient_id, []).append(coverage)
    return found


def all_coverages(patient_id: UUID) -> list[Coverage]:
    """All of a patient's coverage, what is billed first, then what has ended; payers selected."""
    rows = Coverage.objects.filter(patient_id=patient_id).select_related("payer")
    return list(rows.order_by("-active", "position", "-ends", "created_at"))


def cards_of(patient_id: UUID) -> dict[UUID, dict[str, CoverageCard]]:
    """The newest photograph of each side of each insurance card of a patient, without its bytes."""
    found: dict[UUID, dict[str, CoverageCard]] = {}
    for card in CoverageCard.objects.filter(patient_id=patient_id).defer("body").order_by("created_at", "id"):
        found.setdefault(card.coverage_id, {})[card.side] = card
    return found


def card_of(coverage_id: UUID, side: str) -> CoverageCard:
    """The newest photograph of a side, with its bytes; for who has opened the patient. Raises NotFound."""
    kept = CoverageCard.objects.filter(coverage_id=coverage_id, side=side).order_by("-created_at", "-id").first()
    if kept is None:
        raise NotFound("no-card", "This side of the card was not photographed.")
    return kept


_signed = Prepared(lambda patient: Consent.objects.filter(patient_id=patient).values_list("key", "edition"))


def missing_consents(patient_id: UUID) -> list[Document]:
    """The consent forms in force whose edition the patient has not signed."""
    forms = documents.all_in_force("consent")
    signed = set(_signed(patient_id))
    return [form for form in forms if (form.key, form.edition) not in signed]


def consents_of(patient_id: UUID) -> list[Consent]:
    """What a patient has signed, newest first."""
    return list(Consent.objects.filter(patient_id=patient_id).order_by("-signed_at"))


def staff_in(roles: Sequence[str], site_id: UUID | None = None) -> list[Staff]:
    """The active staff of some roles (of one site, when named), by name."""
    found = Staff.objects.filter(role__in=roles, active=True)
    if site_id is not None:
        found = found.filter(Q(site_id=site_id) | Q(roles__site_id=site_id, roles__active=True)).distinct()
    return list(found.select_related("site").order_by("family", "given"))


def providers(site_id: UUID | None = None) -> list[Staff]:
    """The active providers, by name."""
    return staff_in(["provider"], site_id)


def staff(staff_id: UUID) -> Staff:
    """A member of staff. Raises NotFound."""
    found = Staff.objects.select_related("site").filter(pk=staff_id).first()
    if found is None:
        raise NotFound("no-staff", "There is nobody like that on the staff list.")
    return found
