"""A vaccine history that the patient brings: doses noted, corrected, entered in error, told with what counts."""

from datetime import date, timedelta

import orjson
import pytest

from liaison.immunize import actions, choosing, queries
from liaison.immunize.actions import Told
from liaison.immunize.models import Immunization
from liaison.immunize.queries import history_for
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.record.models import OutboxEvent, Revision
from tests.support.practice import Practice

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "cvx"),
    [
        ("MMR", "03"), ("mmr", "03"), ("flu", "88"), ("DTaP", "107"), ("Tdap", "115"), ("hep b", "45"),
        ("Hep B, adult", "43"), ("Gardasil 9", "165"), ("Pediarix", "110"), ("M-M-R II", "03"), ("115", "115"),
        ("CVX 3", "03"), ("3", "03"), ("chickenpox", "21"), ("Shingrix", "187"), ("COVID-19", "213"),
    ],
)  # fmt: skip
def test_a_vaccine_is_found_by_what_people_call_it(typed: str, cvx: str) -> None:
    assert choosing.choose(typed).vaccine.cvx == cvx


def test_a_line_of_the_list_is_understood_with_its_maker() -> None:
    line = next(one.value for one in choosing.choices() if one.value.startswith("M-M-R II"))
    chosen = choosing.choose(line)
    assert (chosen.vaccine.cvx, chosen.mvx) == ("03", "MSD")


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "Say which"), ("777", "no vaccine with the CVX code 777"), ("Fluzzone", "Perhaps"), ("zzqq", "no vaccine")],
)
def test_what_is_no_vaccine_is_refused_with_a_way_on(typed: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        choosing.choose(typed)
    assert refused.value.field == "cvx"


def test_a_dose_from_elsewhere_is_noted_once(practice: Practice) -> None:
    patient = practice.patient()
    dose = actions.add_history(practice.ma, patient.pk, cvx="115", display="Tdap", on=date(2019, 5, 2))
    with pytest.raises(Conflict):
        actions.add_history(practice.ma, patient.pk, cvx="115", display="Tdap", on=date(2019, 5, 2))
    assert [d.pk for d in queries.history_of(patient.pk)] == [dose.pk]
    assert not dose.here
    assert (dose.source, str(dose.recorded_by_id)) == ("card", practice.ma.id)
    assert b'"primarySource":false' in bytes(Revision.objects.get(resource_id=dose.pk).body)
    assert OutboxEvent.objects.get(name="immunize.recorded").payload["source"] == "card"


@pytest.mark.parametrize("on", [date(1950, 1, 1), date.today() + timedelta(days=400), None])
def test_a_dose_is_given_between_birth_and_today(practice: Practice, on: date | None) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_history(practice.ma, practice.patient().pk, cvx="115", display="Tdap", on=on)
    assert refused.value.field == "on"


def test_the_desk_does_not_note_doses(practice: Practice) -> None:
    patient = practice.patient()
    with pytest.raises(Forbidden):
        actions.add_history(practice.desk, patient.pk, cvx="115", display="Tdap", on=date(2019, 5, 2))
    assert not Immunization.objects.exists()


def test_what_is_wrong_on_a_card_is_refused_row_by_row_and_the_rest_goes_on(practice: Practice) -> None:
    patient = practice.patient(birth_date=date(2020, 1, 10))
    told = [
        Told("MMR", date(2021, 1, 20), "M1"),
        Told("MMR", date(2021, 1, 20)),  # the same again
        Told("flu", date(2019, 10, 1)),  # before birth
        Told("Varivax", date(2999, 1, 1)),  # not yet
        Told("snake oil", date(2021, 1, 20)),
        Told("hib", date(2020, 3, 10), "", "ZZZ"),
        Told("Pediarix", date(2020, 3, 10), "P7"),
    ]
    added = actions.add_several(practice.ma, patient.pk, told, source="card", note="Yellow card")

    assert [(dose.cvx, dose.lot_number, dose.mvx) for dose in added.doses] == [("03", "M1", ""), ("110", "P7", "SKB")]
    assert {at: refusal.field for at, refusal in added.refused.items()} == {
        1: "on", 2: "on", 3: "on", 4: "cvx", 5: "mvx",
    }  # fmt: skip
    assert Immunization.objects.filter(patient=patient, note="Yellow card").count() == 2
    assert Revision.objects.filter(resource_type="Immunization").count() == 2
    assert OutboxEvent.objects.filter(name="immunize.recorded").count() == 2


def test_a_correction_is_a_new_version_and_the_old_one_stays(practice: Practice) -> None:
    patient = practice.patient()
    dose = actions.add_history(practice.ma, patient.pk, cvx="115", on=date(2019, 5, 2), lot_number="X1")
    actions.correct(practice.ma, dose.pk, reason="Misread", on=date(2019, 5, 12), lot_number="X7", vaccine="td")

    row = Immunization.objects.get(pk=dose.pk)
    assert (row.version, row.cvx, row.lot_number, row.occurred_at.date()) == (2, "139", "X7", date(2019, 5, 12))
    first, second = (
        orjson.loads(bytes(r.body)) for r in Revision.objects.filter(resource_id=dose.pk).order_by("version")
    )
    assert (first["lotNumber"], second["lotNumber"]) == ("X1", "X7")
    assert OutboxEvent.objects.filter(name="immunize.corrected").count() == 1


def test_a_correction_that_changes_nothing_makes_no_version(practice: Practice) -> None:
    dose = actions.add_history(practice.ma, practice.patient().pk, cvx="115", on=date(2019, 5, 2))
    actions.correct(practice.ma, dose.pk, reason="Looked", on=date(2019, 5, 2))
    assert Immunization.objects.get(pk=dose.pk).version == 1


def test_a_correction_needs_a_reason_and_stays_in_life(practice: Practice) -> None:
    dose = actions.add_history(practice.ma, practice.patient().pk, cvx="115", on=date(2019, 5, 2))
    with pytest.raises(Invalid, match="why"):
        actions.correct(practice.ma, dose.pk, reason=" ", on=date(2019, 5, 3))
    with pytest.raises(Invalid, match="birth"):
        actions.correct(practice.ma, dose.pk, reason="Misread", on=date(1900, 5, 3))
    assert Immunization.objects.get(pk=dose.pk).version == 1


def test_what_was_entered_in_error_counts_no_longer_and_stays_readable(practice: Practice) -> None:
    patient = practice.patient()
    dose = actions.add_history(practice.ma, patient.pk, cvx="115", on=date(2019, 5, 2))
    with pytest.raises(Invalid, match="why"):
        actions.enter_in_error(practice.ma, dose.pk, "")
    actions.enter_in_error(practice.ma, dose.pk, "Her sister’s card")

    assert queries.history_of(patient.pk) == []
    told = history_for(practice.ma, patient.pk, TODAY)
    assert [(row.pk, row.error_reason) for row in told.in_error] == [(dose.pk, "Her sister’s card")]
    with pytest.raises(Conflict):
        actions.enter_in_error(practice.ma, dose.pk, "Again")
    again = actions.add_history(practice.ma, patient.pk, cvx="115", on=date(2019, 5, 2))
    assert again.pk != dose.pk


def test_the_history_says_of_each_dose_whether_it_counts_and_why(practice: Practice) -> None:
    child = practice.patient(given="Mia", birth_date=date(2024, 1, 10))
    for vaccine, on in (("MMR", date(2024, 9, 1)), ("MMR", date(2025, 1, 15)), ("Pediarix", date(2024, 3, 12))):
        actions.add_history(practice.ma, child.pk, cvx=vaccine, on=on)
    told = history_for(practice.ma, child.pk, TODAY)

    groups = {group.name: group for group in told.groups}
    early, valid = groups["MMR"].lines
    assert (early.counts, early.number) == (False, None)
    assert "too young" in early.why
    assert (valid.counts, valid.number, valid.why) == (True, 1, "Counts.")
    assert {"DTaP/Tdap/Td", "HepB", "Polio"} <= set(groups)  # the combination stands in each of its groups
    assert told.elsewhere == told.doses == 3
    assert told.picture.of("MMR") is not None


def test_a_history_of_sixty_doses_is_told_in_few_queries(
    practice: Practice, django_assert_max_num_queries: object
) -> None:
    patient = practice.patient(birth_date=date(1950, 1, 1))
    told = [Told("flu", date(1965 + n, 10, 3), f"L{n}") for n in range(60)]
    assert len(actions.add_several(practice.ma, patient.pk, told, source="clinic").doses) == 60
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # a fixture without a type
        assert history_for(practice.ma, patient.pk, TODAY).doses == 60
