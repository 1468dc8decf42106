"""What the engine sees of a chart: doses that were given, problems by either code, allergies, reactions, birthplace."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from liaison.people.models import Patient
    from tests.support.practice import Practice

TODAY = date(2025, 11, 10)


def seen(patient: "Patient") -> Any:
    from liaison.immunize.queries import as_the_engine_sees

    return as_the_engine_sees([patient], TODAY)[0]


def codes(patient: "Patient") -> set[str]:
    return {each.code for each in seen(patient).observations}


def save(practice: "Practice", *rows: Any) -> None:
    from liaison.record.change import change

    with change(practice.setup, "chart.write") as this:
        for row in rows:
            this.save(row)


def problem(patient: "Patient", code: str, **more: Any) -> Any:
    from liaison.chart.models import ICD10CM, Condition

    return Condition(patient=patient, system=ICD10CM, code=code, display=code, **more)


def test_doses_come_with_maker_expiry_and_volume_and_those_not_given_do_not_come(practice: "Practice") -> None:
    from liaison.immunize.models import Immunization

    patient = practice.patient(birth_date=date(2024, 10, 10))
    at = datetime(2025, 10, 10, 15, tzinfo=UTC)
    common = {"patient": patient, "occurred_at": at, "display": "MMR"}
    save(
        practice,
        Immunization(
            cvx="03", mvx="MSD", expires_on=date(2025, 9, 30), dose_quantity=Decimal("0.5"), dose_unit="mL", **common
        ),
        Immunization(cvx="21", status="not-done", **common),
        Immunization(cvx="83", status="entered-in-error", **common),
    )
    [dose] = seen(patient).doses
    assert (dose.date, dose.cvx, dose.mvx) == (date(2025, 10, 10), "03", "MSD")
    assert (dose.lot_expiration, dose.volume_ml) == (date(2025, 9, 30), 0.5)


def test_problems_by_icd_10_cm_are_observations_until_they_end(practice: "Practice") -> None:
    patient = practice.patient(birth_date=date(1990, 3, 4))
    save(
        practice,
        problem(patient, "E11.22"),
        problem(patient, "B20", error=True),
        problem(patient, "Z90.81", status="resolved"),
        problem(patient, "N04.9", abated=TODAY - timedelta(days=1)),
        problem(patient, "J44.9", abated=TODAY + timedelta(days=1)),
        problem(patient, "B01.9", status="resolved"),
    )
    assert codes(patient) == {"014", "161", "256", "265", "017", "214", "024"}


def test_a_pregnancy_counts_while_it_lasts_and_its_weeks_date_it(practice: "Practice") -> None:
    from liaison.chart.models import Encounter

    patient = practice.patient(birth_date=date(1995, 3, 4))
    visit = Encounter(
        patient=patient, status="finished", starts_at=datetime(2025, 9, 1, 15, tzinfo=UTC), type_text="Prenatal"
    )
    save(practice, visit)
    save(practice, problem(patient, "Z34.90"), problem(patient, "Z3A.20", encounter=visit))
    assert codes(patient) == {"007", "170"}
    assert date(2025, 4, 14) in {each.date for each in seen(patient).observations if each.code == "170"}

    ended = practice.patient("Ended", birth_date=date(1995, 3, 4))
    save(practice, problem(ended, "Z34.90", onset=date(2025, 1, 1), abated=date(2025, 10, 1)))
    assert codes(ended) == set()


def test_severe_allergies_to_vaccines_and_reactions_here_are_contraindications(practice: "Practice") -> None:
    from liaison.chart.models import SNOMED, Allergy
    from liaison.immunize.actions import add_history
    from liaison.immunize.models import CVX, Reaction

    patient = practice.patient(birth_date=date(1990, 3, 4))
    given = add_history(practice.ma, patient.pk, cvx="33", display="PPSV23", on=date(2025, 3, 1))
    save(
        practice,
        Allergy(patient=patient, system=CVX, code="43", display="Hepatitis B vaccine", criticality="high"),
        Allergy(patient=patient, system=CVX, code="10", display="Polio vaccine", criticality="low"),
        Allergy(patient=patient, system=SNOMED, code="300916003", display="Latex"),
    )
    assert codes(patient) == {"097", "104"}
    common = {"patient": patient, "doses": [str(given.pk)], "description": "minutes after", "outcome": "recovered"}
    at = datetime(2025, 3, 1, 15, tzinfo=UTC)
    mild = Reaction(signs=["local"], onset_at=at, reported_at=at, reported_by=practice.dr, **common)
    save(practice, mild)
    assert "094" not in codes(patient)
    save(
        practice,
        Reaction(signs=["hives", "breathing"], onset_at=at, reported_at=at, reported_by=practice.dr, **common),
    )
    assert "094" in codes(patient)


def test_birthplace_and_race_are_passed_on(practice: "Practice") -> None:
    patient = practice.patient(birth_date=date(1970, 3, 4), birth_country="US", race="1002-5")
    assert seen(patient).country_of_birth == "US"
    assert codes(patient) == {"245"}


@pytest.mark.parametrize("number", [1, 12])
def test_however_many_patients_the_queries_are_four(
    practice: "Practice", number: int, django_assert_num_queries: Any
) -> None:
    from liaison.immunize.queries import as_the_engine_sees

    patients = [practice.patient(f"P{n}", birth_date=date(1990, 3, 4)) for n in range(number)]
    with django_assert_num_queries(4):
        as_the_engine_sees(patients, TODAY)
