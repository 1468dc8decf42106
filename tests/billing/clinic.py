"""A small practice with payers, prices and people, and visits of theirs that are ready to be billed."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from liaison.billing.actions import confirm_charges, draft_charges
from liaison.billing.models import Claim
from liaison.chart.actions import diagnose, finish_encounter, start_encounter
from liaison.chart.models import Encounter
from liaison.documents.actions import publish
from liaison.orders.models import Order
from liaison.people.actions import add_coverage, register
from liaison.people.models import Coverage, Patient, Staff
from liaison.people.staffing import add_staff
from liaison.places.actions import add_organization, add_site
from liaison.places.models import Organization, Site
from liaison.record.actor import machine
from liaison.record.change import change
from liaison.schedule.models import Appointment

TEST = machine("test")
BEGAN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ADDRESS = {"line": "12 Oak Ave", "city": "Springfield", "state": "IL", "postal_code": "62701"}
FEES = {
    "99203": {"cents": 19_500, "display": "office visit, new, low complexity"},
    "99213": {"cents": 14_200, "display": "office visit, established, low complexity"},
    "87880": {"cents": 2_600, "display": "strep test"},
    "99080": {"cents": 4_000, "display": "special report"},
}
ORDERS = [
    {"key": "strep", "display": "Rapid strep test", "category": "lab", "charge": {"code": "87880", "cents": 9_900}},
    {
        "key": "a1c",
        "display": "Hemoglobin A1c",
        "category": "lab",
        "charge": {"code": "83036", "display": "A1c", "cents": 3_100},
    },
    {"key": "form", "display": "Special report", "category": "procedure", "charge": {"code": "99080"}},
]


@dataclass
class Practice:
    """The practice and what its visits need."""

    site: Site
    doctor: Staff
    sunrise: Organization
    medicaid: Organization
    people: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def patient(self, *, covered: bool = True, member: str = "", **more: Any) -> Patient:
        """A patient, covered by Sunrise (an HMO without deductible) unless said otherwise."""
        number = next(self.people)
        facts: dict[str, Any] = {"birth_date": date(1980, 1, 1) + timedelta(days=37 * number), "sex": "female"}
        facts |= (
            ADDRESS | {"family": f"Rivera{chr(64 + number % 26)}", "given": "Ana", "despite_duplicates": True} | more
        )
        patient = register(TEST, **facts)
        if covered:
            self.cover(patient, member=member or f"SUN{number:09d}")
        return patient

    def cover(self, patient: Patient, *, member: str, **more: Any) -> None:
        payer = {"SUN": self.sunrise, "STC": self.medicaid}.get(member[:3], self.sunrise)
        group = {"group_number": "SUN-HMO-20"} if payer is self.sunrise else {}
        add_coverage(TEST, patient.pk, payer_id=payer.pk, member_id=member, **(group | more))

    def visit(
        self,
        patient: Patient,
        *,
        orders: Sequence[str] = (),
        diagnoses: Sequence[str] = ("J02.9",),
        at: datetime = BEGAN,
    ) -> Encounter:
        """A finished visit of type follow-up, with its diagnoses and done orders."""
        with change(TEST, "visits.room") as this:
            encounter = start_encounter(
                this, patient_id=patient.pk, provider_id=self.doctor.pk, site_id=self.site.pk, type_text="Follow-up",
                reason="Sore throat", appointment_id=None, starts_at=at,
            )  # fmt: skip
            for key in orders:
                done = Order(
                    patient=patient, encounter=encounter, key=key, display=key, category="lab", status="completed",
                    ordered_by=self.doctor, ordered_at=at,
                )  # fmt: skip
                this.save(done)
        diagnose(TEST, encounter.pk, list(diagnoses))
        with change(TEST, "visits.room") as this:
            finish_encounter(this, encounter, at + timedelta(minutes=30))
        return encounter

    def booked(self, patient: Patient, starts: datetime) -> Appointment:
        """An appointment for a follow-up."""
        with change(TEST, "schedule.book") as this:
            appointment = Appointment(
                patient=patient, provider=self.doctor, site=self.site, visit_type="follow-up", starts_at=starts,
                ends_at=starts + timedelta(minutes=20),
            )  # fmt: skip
            this.event("schedule.booked", appointment=appointment.pk, patient=patient.pk, site=self.site.pk)
            return this.save(appointment)

    def claim(self, patient: Patient | None = None, **visit: Any) -> Claim:
        """A claim for a visit, ready to be sent."""
        encounter = self.visit(patient or self.patient(), **visit)
        draft_charges(TEST, encounter.pk, visit_type="follow-up")
        claim = confirm_charges(TEST, encounter.pk)
        assert claim is not None
        return claim


def coverage_of(patient: Patient) -> Coverage:
    """The only coverage of a patient."""
    return Coverage.objects.get(patient=patient)


def open_practice() -> Practice:
    """A practice with one doctor, two payers, a visit type, an order catalogue and a fee schedule."""
    place: dict[str, Any] = {"line": "100 Main St", "city": "Springfield", "state": "IL", "postal_code": "627010001"}
    facts = {"npi": "1234567893", "tax_id": "371234567", "taxonomy": "261QP2300X", "phone": "217 555 0100"}
    add_organization(TEST, kind="practice", name="Maple Street Clinic", **facts, **place)
    payers = [
        add_organization(TEST, kind="payer", name=name, code=code)
        for name, code in (("Sunrise Health Plan", "SUNCO"), ("State Medicaid", "STCAI"))
    ]
    site = add_site(TEST, name="Maple Street", code="maple", clia="14D0123456", **place)
    doctor = add_staff(
        TEST, role="provider", family="Okafor", given="Ngozi", credential="MD", npi="1679576722", taxonomy="207Q00000X"
    )
    body = {
        "minutes": 20,
        "room_kind": "exam",
        "roles": ["provider"],
        "protocol": [],
        "em": {"new": "99203", "established": "99213"},
    }
    publish(TEST, kind="visit-type", key="follow-up", title="Follow-up", body=body)
    publish(TEST, kind="order-catalog", key="default", title="Orders", body={"orders": ORDERS})
    publish(TEST, kind="fee-schedule", key="default", title="Fees", body={"fees": FEES})
    return Practice(site, doctor, *payers)
