"""From the record's rows to what the registry's messages say, as plain data of the HL7 engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from liaison.engines import hl7v2
from liaison.engines.hl7v2.tables import ROUTE, SITE
from liaison.engines.vaccines import facts
from liaison.immunize.actions import anaphylaxis_like
from liaison.immunize.models import Immunization, Reaction, Source
from liaison.kernel.names import age_years
from liaison.people.groups import ETHNICITIES, RACES
from liaison.people.models import Patient, Staff
from liaison.registry.models import Connection, Sharing

APPLICATION = "LIAISON"
_SEX = {"female": "F", "male": "M"}
# ISO 639-2 of the languages that a clinic meets
_LANGUAGES = {
    "en": "eng", "es": "spa", "zh": "zho", "vi": "vie", "tl": "tgl", "ar": "ara", "fr": "fra", "ko": "kor",
    "ru": "rus", "pl": "pol", "pt": "por", "de": "deu", "it": "ita", "hi": "hin", "ur": "urd", "gu": "guj",
    "bn": "ben", "fa": "fas", "ja": "jpn", "ht": "hat", "so": "som", "am": "amh", "uk": "ukr", "he": "heb",
    "el": "ell", "tr": "tur", "sw": "swa", "ne": "nep",
}  # fmt: skip
_RELATIONS = {
    "mother": "MTH", "mom": "MTH", "father": "FTH", "dad": "FTH", "parent": "PAR", "guardian": "GRD",
    "grandmother": "GRP", "grandfather": "GRP", "grandparent": "GRP", "husband": "SPO", "wife": "SPO", "spouse": "SPO",
    "partner": "SPO", "brother": "SIB", "sister": "SIB", "sibling": "SIB", "daughter": "CHD", "son": "CHD",
    "child": "CHD", "caregiver": "CGV", "self": "SEL",
}  # fmt: skip
_SOURCES = {Source.CARD: "03", Source.REGISTRY: "05", Source.CLINIC: "02", Source.PATIENT: "04", Source.IMPORT: "01"}
_FUNDING = {"private": "PHC70", "vfc": "VXC51", "state": "VXC52"}
_ANAPHYLAXIS = "39579001"
REFUSED = "refused"


def header(connection: Connection, control_id: str, at: datetime) -> hl7v2.Header:
    """Who sends to whom."""
    return hl7v2.Header(
        control_id=control_id,
        created=at.astimezone(timezone.get_default_timezone()),
        sending_application=APPLICATION,
        sending_facility=connection.facility,
        receiving_application=connection.receiving_application,
        receiving_facility=connection.receiving_facility,
        processing="T" if connection.test_messages else "P",
        responsible=connection.facility,
    )


def name_of(patient: Patient) -> hl7v2.Name:
    """The patient's legal name, given names in first and others."""
    first, _, others = patient.given.partition(" ")
    return hl7v2.Name(patient.family, first, others, patient.suffix)


def person(patient: Patient, connection: Connection, sharing: Sharing | None = None) -> hl7v2.Person:
    """The patient as PID and PD1 tell of one."""
    phones = [_phone(number) for number in (patient.phone, patient.phone_alt)]
    telecoms = [one for one in phones if one is not None]
    if patient.email:
        telecoms.append(hl7v2.Telecom(use="NET", equipment="", email=patient.email))
    decided = sharing.decided_on if sharing else None
    return hl7v2.Person(
        identifiers=(hl7v2.Identifier(patient.mrn, connection.facility),),
        name=name_of(patient),
        birth_date=patient.birth_date,
        sex=_SEX.get(patient.sex, "U"),
        maiden_name=patient.mother_maiden_name,
        alias=hl7v2.Name(patient.family, patient.preferred, kind="A") if patient.preferred else None,
        races=(patient.race,) if patient.race in RACES else (),
        ethnicity=patient.ethnicity if patient.ethnicity in ETHNICITIES else "",
        address=_address(patient),
        birth_country=patient.birth_country,
        phones=tuple(telecoms),
        language=_LANGUAGES.get(patient.language.split("-")[0], ""),
        multiple_birth=True if patient.multiple_birth_order else None,
        birth_order=patient.multiple_birth_order,
        died_on=patient.deceased_on,
        publicity="02" if sharing is None or sharing.reminders else "01",
        publicity_on=decided,
        protection="N",
        protection_on=decided,
        status="P" if patient.deceased_on else "A" if patient.active else "I",
    )


def _address(patient: Patient) -> hl7v2.Address | None:
    if not (patient.line or patient.city or patient.postal_code):
        return None
    return hl7v2.Address(patient.line, "", patient.city, patient.state, patient.postal_code, "USA", "P")


def _phone(number: str) -> hl7v2.Telecom | None:
    """A number of the United States in its parts; one of elsewhere whole."""
    if not number:
        return None
    if number.startswith("+1") and len(number) == 12:
        return hl7v2.Telecom(number[2:5], number[5:])
    return hl7v2.Telecom("", number.lstrip("+"))


def relatives(patient: Patient) -> tuple[hl7v2.Relative, ...]:
    """Next of kin, from the people to call."""
    told = []
    for one in patient.contacts[:3]:
        given, _, family = str(one.get("name", "")).strip().rpartition(" ")
        if not family:
            continue
        word = str(one.get("relationship", "")).lower().split()
        relation = next((_RELATIONS[w] for w in word if w in _RELATIONS), "OTH")
        told.append(hl7v2.Relative(hl7v2.Name(family, given), relation, phone=_phone(str(one.get("phone") or ""))))
    return tuple(told)


def _clinician(staff: Staff | None) -> hl7v2.Clinician | None:
    if staff is None:
        return None
    npi = {"id": staff.npi, "authority": "NPI", "kind": "NPI"} if staff.npi else {}
    return hl7v2.Clinician(family=staff.family, given=staff.given, degree=staff.credential, **npi)


def dose(row: Immunization, connection: Connection, action: str) -> hl7v2.Dose:
    """A dose as its order group tells of it; `row` with performer, ordered_by, recorded_by and patient."""
    day = row.occurred_at.astimezone(timezone.get_default_timezone()).date()
    told = hl7v2.Dose(
        vaccine=_vaccine(row),
        given_on=day,
        id=str(row.pk),
        authority=APPLICATION,
        action=action,
        entered_by=_clinician(row.recorded_by),
        recorded_at=row.recorded_at.astimezone(timezone.get_default_timezone()) if row.recorded_at else None,
    )
    if row.status == "not-done":
        young = age_years(row.patient.birth_date, day) < 18
        return replace(told, completion="RE", source="", refusal="00" if young else "03")
    maker = facts().manufacturer(row.mvx) if row.mvx else None
    told = replace(
        told,
        lot=row.lot_number,
        expires_on=row.expires_on,
        mvx=row.mvx,
        manufacturer=maker.name if maker else "",
    )
    if row.source != Source.GIVEN:
        return replace(told, source=_SOURCES.get(Source(row.source), "01"))
    return replace(
        told,
        quantity=row.dose_quantity,
        unit=row.dose_unit or "mL",
        route=row.route if row.route in ROUTE else "OTH" if row.route else "",
        site=row.body_site if row.body_site in SITE else "",
        ordered_by=_clinician(row.ordered_by),
        given_by=_clinician(row.performer),
        facility=connection.facility,
        eligibility=row.eligibility,
        funding=_FUNDING.get(row.funding, ""),
        vis=tuple(_statement(one) for one in row.vis),
        reactions=_reactions(row.pk),
    )


def _vaccine(row: Immunization) -> hl7v2.Coded:
    """CVX, and the NDC of what was used where it is known (addendum of 2015)."""
    known = facts().vaccine(row.cvx)
    coded = hl7v2.Coded(row.cvx, known.short if known else row.display, "CVX")
    product = facts().product(row.ndc) if row.ndc else None
    if not row.ndc:
        return coded
    return replace(coded, other_code=row.ndc, other_text=product.name if product else "", other_system="NDC")


def _statement(one: dict[str, str]) -> hl7v2.Vis:
    return hl7v2.Vis(
        presented=_day(one.get("on", "")),
        published=_day(one.get("edition", "")),
        document=one.get("encoded", ""),
        title=one.get("title", ""),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _reactions(immunization_id: UUID) -> tuple[str, ...]:
    """What followed a dose, where the registry's list has a word for the signs that were seen."""
    for reaction in Reaction.objects.filter(patient__immunizations=immunization_id):
        if str(immunization_id) in reaction.doses and anaphylaxis_like(reaction.signs):
            return (_ANAPHYLAXIS,)
    return ()
