"""Doses as the practice records them, without the steps around the needle."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from liaison.immunize import actions as immunize
from liaison.immunize.models import Immunization
from liaison.people import actions as people
from liaison.people.models import Patient
from liaison.record import outbox
from liaison.record.change import change
from tests.support.practice import Practice

BORN = date(2024, 2, 29)


def child(practice: Practice, **more: Any) -> Patient:
    facts = {
        "family": "Wren", "given": "Ada May", "birth_date": BORN, "sex": "female", "line": "12 Elm St",
        "city": "Chicago", "state": "IL", "postal_code": "60601", "phone": "+13125550142", "race": "2106-3",
        "ethnicity": "2186-5", "mother_maiden_name": "Finch",
        "contacts": [{"name": "Rosa Wren", "relationship": "mother", "phone": "+13125550143"}],
    }  # fmt: skip
    return people.register(practice.desk, despite_duplicates=True, **(facts | more))


def given(practice: Practice, patient: Patient, cvx: str = "20", days: int = 0, **more: Any) -> Immunization:
    """A dose given here, with its event."""
    with change(practice.ma, "immunize.write", patient_id=patient.pk) as this:
        facts = {
            "display": "DTaP", "lot_number": "C4321AA", "expires_on": this.at.date() + timedelta(200), "mvx": "PMC",
            "ndc": "49281-0286-10", "dose_quantity": Decimal("0.5"), "dose_unit": "mL", "route": "IM",
            "body_site": "LT", "funding": "vfc", "eligibility": "V02", "performer_id": practice.ma.id,
            "ordered_by": practice.dr, "recorded_by_id": practice.ma.id,
            "vis": [{"title": "DTaP VIS", "edition": "2021-08-06", "encoded": "253088698300003511210806",
                     "language": "en", "how": "printed", "on": this.at.date().isoformat()}],
        }  # fmt: skip
        row = Immunization(
            patient_id=patient.pk, cvx=cvx, here=True, source="given", occurred_at=this.at - timedelta(days),
            recorded_at=this.at, **(facts | more),
        )  # fmt: skip
        this.save(row)
        this.event("immunize.recorded", immunization=row.pk, patient=patient.pk, source="given")
    outbox.deliver()
    return row


def removed(practice: Practice, row: Immunization) -> None:
    immunize.enter_in_error(practice.ma, row.pk, "wrong chart")
    outbox.deliver()


def corrected(practice: Practice, row: Immunization, **more: Any) -> None:
    immunize.correct(practice.ma, row.pk, reason="typed wrong", **more)
    outbox.deliver()
