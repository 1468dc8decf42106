"""A child of fifteen months in the room, with a refrigerator, a freezer and lots, a standing order signed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from liaison.immunize import actions
from liaison.immunize.actions.giving import give
from liaison.immunize.models import Immunization, PlannedDose
from liaison.immunize.queries.encounter import day_of
from liaison.kernel import clock
from liaison.people.models import Patient
from liaison.supplies import actions as supplies
from liaison.supplies.models import Stock
from liaison.visits.models import Visit
from tests.support.practice import MONDAY, Practice

MMR, VARICELLA, HEP_A, HIB = "03", "21", "83", "48"
BORN = date(2025, 8, 20)


@dataclass
class Needle:
    """A visit in which vaccines are given; times are minutes after the patient came to the room."""

    practice: Practice
    patient: Patient
    visit: Visit
    stock: dict[tuple[str, str], Stock]

    @property
    def encounter_id(self) -> UUID:
        assert self.visit.encounter_id is not None
        return self.visit.encounter_id

    @contextmanager
    def later(self, minutes: int = 0) -> Iterator[datetime]:
        """Let it be so many minutes after the patient came to the room."""
        moment = self.practice.at("9:30") + timedelta(minutes=minutes)
        with clock.at(moment):
            yield moment

    def prepare(self, *, eligibility: str = "V01", **answers: str) -> None:
        """Settle everything before the needle: every answer no, but those named."""
        ma, encounter = self.practice.ma, self.visit.encounter
        assert encounter is not None
        asked = day_of(encounter, self.patient).questions
        actions.say_eligibility(ma, encounter.pk, eligibility)
        actions.screen(ma, encounter.pk, {one.key: answers.get(one.key, "no") for one in asked})
        actions.hand_over_vis(ma, encounter.pk)
        actions.consent(ma, encounter.pk, "Ada Lind", "parent")

    def planned(self, cvx: str) -> PlannedDose:
        return actions.plan(self.practice.ma, self.encounter_id, cvx)

    def give(self, planned: PlannedDose, **changed: Any) -> Immunization:
        """Give a planned dose as it should be: subcutaneous vaccines into the arm, others into the thigh."""
        under_the_skin = planned.cvx in (MMR, VARICELLA)
        facts: dict[str, Any] = {
            "stock_id": self.stock[planned.cvx, "private"].pk,
            "identifiers": ["name", "birth_date"],
            "dose_ml": Decimal("0.5"),
            "route": "SC" if under_the_skin else "IM",
            "body_site": "LA" if under_the_skin else "LVL",
            **changed,
        }
        return give(self.practice.ma, planned.pk, **facts)

    def on_hand(self, cvx: str, funding: str = "private") -> int:
        return Stock.objects.get(pk=self.stock[cvx, funding].pk).on_hand


def needle(practice: Practice, *, visit_type: str = "follow-up") -> Needle:
    """The child is in the room at 9:27; nothing has been given since the doses of six months."""
    patient = practice.patient(
        "Lind", "Mio", birth_date=BORN, sex="male", phone="312-555-0177", line="3 Elm Street", copay=0
    )
    infant = [("08", 1), ("08", 61), ("110", 62), ("110", 124), ("110", 186), ("133", 62), ("133", 124), ("133", 186)]
    for cvx, days in [*infant, (HIB, 62), (HIB, 124)]:
        on = BORN + timedelta(days=days)
        if not patient.immunizations.filter(cvx=cvx, occurred_at__date=on).exists():
            actions.add_history(practice.ma, patient.pk, cvx=cvx, on=on, source="card")
    visit = practice.rooming("9:20", patient=patient, visit_type=visit_type)
    with clock.at(practice.at("7:00")):
        actions.sign_standing_order(
            practice.provider,
            {group: {} for group in ("MMR", "Varicella", "HepA", "Hib", "Pneumococcal", "DTaP/Tdap/Td")},
            MONDAY.date() + timedelta(days=365),
        )
        stock = lots(practice)
    return Needle(practice, patient, Visit.objects.select_related("encounter").get(pk=visit.pk), stock)


def lots(practice: Practice) -> dict[tuple[str, str], Stock]:
    """Private doses of four vaccines, and VFC doses of MMR, by CVX and funding."""
    manager = practice.manager
    cold = supplies.add_unit(manager, site_id=practice.site.pk, name="Vaccine refrigerator", kind="refrigerator")
    found = {}
    for cvx, name in ((MMR, "M-M-R II"), (VARICELLA, "Varicella"), (HEP_A, "Hepatitis A child"), (HIB, "Hib")):
        item = supplies.add_item(manager, name=name, kind="vaccine", cvx=cvx, mvx="MSD", storage="refrigerator")
        for funding in ("private", "vfc") if cvx == MMR else ("private",):
            found[cvx, funding] = supplies.receive(
                manager,
                unit_id=cold.pk,
                item_id=item.pk,
                number=f"L{cvx}{funding[0].upper()}",
                expires_on=MONDAY.date() + timedelta(days=200),
                funding=funding,
                doses=10,
            )
    return found
