"""A small practice made through the actions: one site, three rooms, a provider, two assistants, a desk, a biller."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.documents import actions as documents
from liaison.kernel import clock
from liaison.people import actions as people
from liaison.people.actors import of_staff
from liaison.people.models import Coverage, Patient, Staff
from liaison.people.staffing import add_staff
from liaison.places import actions as places
from liaison.places.models import Room, Site
from liaison.record.actor import Actor, machine
from liaison.schedule import actions as schedule
from liaison.visits import actions as visits
from liaison.visits.models import Visit

ZONE = ZoneInfo("America/Chicago")
MONDAY = datetime(2026, 11, 23, tzinfo=ZONE)
LOINC = "http://loinc.org"
PROTOCOL = [
    {"key": "reason", "title": "Reason for visit", "kind": "reason"},
    {
        "key": "vitals",
        "title": "Vital signs",
        "kind": "vitals",
        "measures": ["bp", "pulse", "temperature", "weight", "height"],
        "required": ["bp", "pulse"],
    },
    {"key": "medications", "title": "Medications", "kind": "medications"},
    {"key": "allergies", "title": "Allergies", "kind": "allergies"},
    {
        "key": "phq2",
        "title": "Screening: PHQ-2",
        "kind": "questions",
        "positive": 3,
        "questions": [
            {"key": key, "text": f"How often: {key}?", "options": [{"value": n, "text": str(n)} for n in range(4)]}
            for key in ("interest", "mood")
        ],
    },
]
VISIT_TYPES: dict[str, tuple[str, dict[str, Any]]] = {
    "follow-up": ("Follow-up", {"minutes": 20, "roles": ["provider"], "protocol": PROTOCOL, "color": "green"}),
    "nurse-visit": (
        "Nurse visit",
        {"minutes": 15, "roles": ["nurse"], "protocol": PROTOCOL[:2], "diagnoses": ["Z01.30", "Z23"]},
    ),
}
ORDERS = [
    {"key": "a1c", "display": "Hemoglobin A1c", "category": "lab", "system": LOINC, "code": "4548-4",
     "needs_specimen": True, "container": "lavender top, 3 mL",
     "charge": {"code": "83036", "display": "A1c", "cents": 2500}},
    {"key": "ekg", "display": "EKG", "category": "procedure",
     "charge": {"code": "93000", "display": "EKG", "cents": 6000}},
]  # fmt: skip
FEES = {"fees": {"99203": {"cents": 21000, "display": "new"}, "99213": {"cents": 14200, "display": "established"}}}


@dataclass
class Practice:
    """What a test needs to let a day happen. Actors are staff as they sign in."""

    site: Site
    rooms: list[Room]
    dr: Staff
    payer_id: UUID
    desk: Actor
    ma: Actor
    ma2: Actor
    provider: Actor
    biller: Actor
    manager: Actor
    setup: Actor
    patients: list[Patient] = field(default_factory=list)
    coverages: dict[UUID, Coverage] = field(default_factory=dict)

    def at(self, text: str) -> datetime:
        """`"9:20"` on the practice's Monday."""
        hours, minutes = text.split(":")
        return MONDAY + timedelta(hours=int(hours), minutes=int(minutes))

    def patient(self, family: str = "Brandt", given: str = "Otto", *, copay: int = 2000, **more: Any) -> Patient:
        """A patient with coverage."""
        facts = {
            "birth_date": date(1955, 3, 4),
            "sex": "male",
            "phone": "312-555-0142",
            "line": "14 Willow Street",
            "city": "Chicago",
            "state": "IL",
            "postal_code": "60614",
            "despite_duplicates": True,
            **more,
        }
        patient = people.register(self.setup, family=family, given=given, **facts)
        self.coverages[patient.pk] = people.add_coverage(
            self.setup, patient.pk, payer_id=self.payer_id, member_id=f"M{patient.mrn}", copay_cents=copay
        )
        self.patients.append(patient)
        return patient

    def requested(self, patient: Patient | None = None, visit_type: str = "follow-up", **more: Any) -> Visit:
        patient = patient or self.patient()
        facts = {"reason": "Blood pressure check", **more}
        return visits.request(self.desk, patient_id=patient.pk, site_id=self.site.pk, visit_type=visit_type, **facts)

    def booked(self, time: str = "9:20", patient: Patient | None = None, **more: Any) -> Visit:
        with clock.at(self.at("7:30")):
            visit = self.requested(patient, **more)
            return visits.book(self.desk, visit.pk, provider_id=self.dr.pk, starts_at=self.at(time))

    def check_in(self, visit: Visit, **changed: Any) -> Visit:
        coverage = self.coverages.get(visit.patient_id)
        given: dict[str, Any] = {
            "identifiers": ["name", "birth_date"],
            "demographics_confirmed": True,
            "coverage_id": coverage.pk if coverage else None,
            "consents": [{"key": "treatment", "signed_by": "Otto Brandt", "relationship": "self"}],
            "copay_cents": coverage.copay_cents if coverage else 0,
            "copay_method": "card",
            **changed,
        }
        return visits.check_in(self.desk, visit.pk, **given)

    def arrived(self, time: str = "9:20", patient: Patient | None = None, **more: Any) -> Visit:
        visit = self.booked(time, patient, **more)
        with clock.at(self.at(time)):
            return self.check_in(visit)

    def rooming(self, time: str = "9:20", room: int = 0, patient: Patient | None = None, **more: Any) -> Visit:
        visit = self.arrived(time, patient, **more)
        with clock.at(self.at(time) + timedelta(minutes=7)):
            return visits.room(self.ma, visit.pk, self.rooms[room].pk)

    def all_steps(self, visit: Visit) -> None:
        """Every step of the protocol, with nothing remarkable."""
        data: dict[str, dict[str, Any]] = {
            "reason": {"text": "My pressure"},
            "vitals": {"readings": [bp(122, 76), {"kind": "pulse", "value": 72}]},
            "medications": {},
            "allergies": {"none_known": True},
            "phq2": {"answers": {"interest": 0, "mood": 1}},
        }
        for rule in VISIT_TYPES[visit.visit_type][1]["protocol"]:
            visits.do_step(self.ma, visit.pk, rule["key"], data[rule["key"]])

    def ready(self, time: str = "9:20", room: int = 0, **more: Any) -> Visit:
        visit = self.rooming(time, room, **more)
        with clock.at(self.at(time) + timedelta(minutes=15)):
            self.all_steps(visit)
            return visits.hand_off(self.ma, visit.pk)

    def examined(self, time: str = "9:20", room: int = 0, patient: Patient | None = None, **exam: Any) -> Visit:
        visit = self.ready(time, room, patient=patient)
        given: dict[str, Any] = {"note": "Doing well.", "diagnoses": ["I10"], "orders": [], "follow_up": None, **exam}
        with clock.at(self.at(time) + timedelta(minutes=20)):
            visits.begin_exam(self.provider, visit.pk)
            return visits.finish_exam(self.provider, visit.pk, **given)


def bp(systolic: int, diastolic: int) -> dict[str, Any]:
    return {"kind": "bp", "systolic": systolic, "diastolic": diastolic, "site": "left-arm", "position": "sitting"}


def small_practice() -> Practice:
    """Set the practice up in an empty database."""
    setup = machine("test")
    for key, (title, body) in VISIT_TYPES.items():
        filled = {"room_kind": "exam", "holds_room": False, "em": {"new": "99203", "established": "99213"}, **body}
        documents.publish(setup, kind="visit-type", key=key, title=title, body=filled)
    documents.publish(setup, kind="order-catalog", key="default", title="Orders", body={"orders": ORDERS})
    documents.publish(setup, kind="fee-schedule", key="default", title="Fees", body=FEES)
    documents.publish(setup, kind="consent", key="treatment", title="Consent to treatment", body={"text": "I agree."})
    practice = places.add_organization(
        setup, kind="practice", name="Maple Street Clinic", npi="1234567893", tax_id="123456789",
        line="1 Maple Street", city="Chicago", state="IL", postal_code="60601", phone="312-555-0100",
    )  # fmt: skip
    site = places.add_site(
        setup, name="Maple Street", code="maple", organization_id=practice.pk, zone=str(ZONE), phone="312-555-0100",
        clia="14D0123456",
    )  # fmt: skip
    rooms = [places.add_room(setup, site_id=site.pk, name=f"Room {n}", position=n) for n in (1, 2, 3)]
    payer = places.add_organization(setup, kind="payer", name="Prairie Health", code="PRAIRIE1")

    def staff(role: str, family: str, given: str, **more: Any) -> Staff:
        return add_staff(setup, role=role, family=family, given=given, site_id=site.pk, **more)

    dr = staff("provider", "Osei", "Abena", credential="MD", npi="1245319599", taxonomy="207Q00000X")
    schedule.set_hours(setup, dr.pk, site.pk, {str(day): [["08:00", "17:00"]] for day in range(7)})
    return Practice(
        site=site,
        rooms=rooms,
        dr=dr,
        payer_id=payer.pk,
        desk=of_staff(staff("front-desk", "Marsh", "Nina")),
        ma=of_staff(staff("medical-assistant", "Whitfield", "Dana", credential="CMA")),
        ma2=of_staff(staff("medical-assistant", "Ruiz", "Leo", credential="CMA")),
        provider=of_staff(dr),
        biller=of_staff(staff("biller", "Quist", "Hanne")),
        manager=of_staff(staff("office-manager", "Abara", "Ife")),
        setup=setup,
    )
