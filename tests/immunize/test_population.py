"""The population's vaccines: coverage, measures, recall, doses needed, as the office uses them."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from liaison.immunize import actions, forecasts, population
from liaison.immunize.actions import Told
from liaison.immunize.actions.recalls import recalled
from liaison.immunize.models import Cohort, Need, Recall, Survey, Tally
from liaison.immunize.queries.coverage import Asked, coverage
from liaison.immunize.queries.needed import needed, next_month
from liaison.immunize.queries.recall import Wanted, recall_list
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.people import actions as people
from liaison.people.models import Patient
from liaison.record.models import AuditEntry
from tests.support.practice import MONDAY, Practice
from tests.support.signed_in import client_of

AT = MONDAY + timedelta(hours=8)
ALL_OF_IT = [
    *((vaccine, months) for vaccine in ("Pediarix", "Prevnar 20", "hib", "RotaTeq") for months in (2, 4, 6)),
    ("MMR", 12), ("Varivax", 12), ("hep a", 12), ("hib", 15), ("Infanrix", 15), ("Prevnar 20", 12), ("flu", 7),
    ("flu", 9),
]  # fmt: skip


@pytest.fixture
def counted(practice: Practice) -> Callable[[], None]:
    """Let the needs of everybody be worked out and counted, as the jobs do."""

    def count() -> None:
        with clock.at(AT):
            forecasts.refresh(list(Patient.objects.all()), AT.date())
            population.renew()

    return count


def child(practice: Practice, given: str, doses: list[tuple[str, int]], **more: Any) -> Patient:
    """Somebody who turned two this summer, with doses at so many months of age."""
    patient = practice.patient(**{"given": given, "family": "Little", "birth_date": date(2024, 7, 1), **more})
    told = [Told(vaccine, patient.birth_date + timedelta(days=31 * months)) for vaccine, months in doses]
    added = actions.add_several(practice.ma, patient.pk, told, source="registry")
    assert not added.refused
    return patient


def test_the_childhood_series_is_counted_by_the_document(practice: Practice, counted: Callable[[], None]) -> None:
    child(practice, "Whole", ALL_OF_IT)
    child(practice, "Without", [one for one in ALL_OF_IT if one[0] != "Varivax"])
    child(practice, "Late", [*(one for one in ALL_OF_IT if one[0] != "MMR"), ("MMR", 25)])
    child(practice, "Early", [*(one for one in ALL_OF_IT if one[0] != "MMR"), ("MMR", 10)])
    practice.patient(birth_date=date(2015, 1, 1))  # not of that age
    counted()
    with clock.at(AT):
        (measure,) = coverage(practice.ma, Asked()).measures
    assert (measure["patients"], measure["met"], measure["percent"]) == (4, 1, 25)
    met = {part["group"]: part["met"] for part in measure["parts"]}
    assert (met["MMR"], met["Varicella"], met["DTaP/Tdap/Td"], met["Rotavirus"]) == (2, 3, 4, 4)


def test_coverage_is_told_by_group_and_age_and_narrowed_to_a_cohort(
    practice: Practice, counted: Callable[[], None]
) -> None:
    child(practice, "Whole", ALL_OF_IT)
    child(practice, "Nothing", [])
    practice.patient(birth_date=date(1950, 1, 1))
    counted()
    with clock.at(AT):
        found = coverage(practice.ma, Asked())
        young = coverage(practice.ma, Asked(band="2 to 6"))
    mmr = next(row for row in found.rows if row.vaccine_group == "MMR")
    at = found.bands.index("2 to 6")
    assert (mmr.by_band[at].up_to_date, mmr.by_band[at].overdue, mmr.by_band[at].percent) == (1, 1, 50)
    assert next(row for row in young.rows if row.vaccine_group == "MMR").all == mmr.by_band[at]
    assert Survey.objects.get().patients == 3
    payer = Cohort.objects.values_list("payer_id", flat=True).distinct().get()
    assert payer == practice.payer_id


def test_counting_again_changes_nothing_and_follows_who_leaves(practice: Practice, counted: Callable[[], None]) -> None:
    child(practice, "Whole", ALL_OF_IT)
    leaves = child(practice, "Leaves", [])
    counted()
    before = sorted(Tally.objects.values_list("vaccine_group", "band", "up_to_date", "due", "overdue"))
    counted()
    assert sorted(Tally.objects.values_list("vaccine_group", "band", "up_to_date", "due", "overdue")) == before
    people.update(practice.setup, leaves.pk, active=False)
    counted()
    assert not Cohort.objects.filter(patient=leaves).exists()
    with clock.at(AT):
        assert leaves not in [row.patient for row in recall_list(practice.ma, Wanted()).rows]


def test_who_is_recalled_is_not_recalled_again_for_a_while(practice: Practice, counted: Callable[[], None]) -> None:
    late = child(practice, "Late", [])
    counted()
    with clock.at(AT):
        assert [row.patient for row in recall_list(practice.ma, Wanted()).rows] == [late]
        row = recalled(practice.ma, late.pk, "called", note="Her mother will call back")
        assert row.again_on == AT.date() + timedelta(days=30)
        assert recall_list(practice.ma, Wanted()).total == 0
        (shown,) = recall_list(practice.ma, Wanted(recalled_too=True)).rows
        assert (shown.last, shown.again_on) == (row, row.again_on)
        with pytest.raises(Conflict):
            recalled(practice.ma2, late.pk, "called")
        with pytest.raises(Invalid):
            recalled(practice.ma2, late.pk, "shouted")
        with pytest.raises(Invalid, match="later day"):
            recalled(practice.ma2, late.pk, "message", again_on=AT.date())
    with clock.at(AT + timedelta(days=31)):
        assert [row.patient for row in recall_list(practice.ma, Wanted()).rows] == [late]
    assert AuditEntry.objects.filter(patient_id=late.pk, action="immunize.population", write=True).count() == 1


def test_the_list_is_narrowed_and_leaves_restricted_charts_out(practice: Practice, counted: Callable[[], None]) -> None:
    young = child(practice, "Young", [])
    old = practice.patient(birth_date=date(1950, 1, 1))
    hidden = child(practice, "Hidden", [])
    people.restrict(practice.setup, hidden.pk, True, "Asked for it")
    counted()
    with clock.at(AT):
        assert {row.patient for row in recall_list(practice.ma, Wanted()).rows} == {young, old}
        assert {row.patient for row in recall_list(practice.ma, Wanted(vaccine_group="MMR")).rows} == {young}
        assert {row.patient for row in recall_list(practice.ma, Wanted(Asked(band="65 and older"))).rows} == {old}
        assert hidden in {row.patient for row in recall_list(practice.provider, Wanted()).rows}
    entry = AuditEntry.objects.filter(actor_id=practice.ma.id, action="search").latest("seq")
    assert entry.entities == ["vaccine recall list", f"Patient/{old.pk}"]


def test_the_desk_and_the_biller_see_no_population(practice: Practice) -> None:
    for actor in (practice.desk, practice.biller):
        for query in (lambda a=actor: coverage(a, Asked()), lambda a=actor: recall_list(a, Wanted())):
            with pytest.raises(Forbidden):
                query()
        with pytest.raises(Forbidden):
            needed(actor, date(2026, 12, 1))


def test_doses_needed_next_month_count_who_is_booked_and_what_is_in_stock(
    practice: Practice, counted: Callable[[], None]
) -> None:
    late = child(practice, "Late", [])
    child(practice, "Unbooked", [])
    with clock.at(AT):
        visit = practice.requested(late)
        from liaison.visits import actions as visits

        visits.book(practice.desk, visit.pk, provider_id=practice.dr.pk, starts_at=AT + timedelta(days=10, hours=2))
    counted()
    with clock.at(AT):
        found = needed(practice.ma, next_month(AT.date()))
    mmr = next(line for line in found.lines if line.vaccine_group == "MMR")
    assert (mmr.becoming, mmr.open, mmr.booked, mmr.stock, mmr.short) == (0, 2, 1, 0, 1)


def test_the_pages_are_worked_with_from_count_to_letter(practice: Practice, counted: Callable[[], None]) -> None:
    ma = client_of(practice.ma)
    for name in ("vaccine-coverage", "vaccine-recall", "vaccine-needed"):
        assert ma.get(reverse(name)).status_code == 200  # before anything is counted
    late = child(practice, "Late", [], language="es")
    grown = practice.patient(birth_date=date(1950, 1, 1))
    counted()
    with clock.at(AT):
        page = ma.get(reverse("vaccine-coverage"), {"band": "2 to 6", "site": "nonsense"}).content.decode()
        assert "<svg" in page
        assert "MMR" in page
        assert "knows the seasons of Influenza until 30 Jun 2026" in page
        assert ma.get(reverse("vaccine-recall"), {"group": "MMR\0", "band": "\0"}).status_code == 200
        rows = list(csv.reader(io.StringIO(ma.get(reverse("vaccine-coverage-table")).content.decode())))
        assert rows[0][0] == "vaccine group"
        assert ["MMR", "2 to 6", "1", "0", "0", "1", "0"] in rows
        listed = ma.get(reverse("vaccine-recall")).content.decode()
        assert "Little, Late" in listed
        assert "Spanish" in listed
        answer = ma.post(reverse("vaccine-recall-letters"), {"patient": [str(late.pk), str(grown.pk), "x"]})
        assert answer.content.startswith(b"%PDF")
        assert set(Recall.objects.values_list("patient_id", "how")) == {(late.pk, "letter"), (grown.pk, "letter")}
        assert "Little, Late" not in ma.get(reverse("vaccine-recall")).content.decode()
        assert "Little, Late" in ma.get(reverse("vaccine-recall"), {"recalled": "1"}).content.decode()
        again = ma.post(reverse("vaccine-recall-mark", args=[late.pk]), {"how": "declined", "again_on": "2026-01-01"})
        assert again.status_code == 422
        assert "Choose a later day" in again.content.decode()
        assert ma.post(reverse("vaccine-recall-mark", args=[late.pk]), {"how": "declined"}).status_code == 302
        table = ma.get(reverse("vaccine-recall-table"), {"recalled": "1"}).content.decode()
        assert "Little" in table
        assert ma.get(reverse("vaccine-needed")).status_code == 200
        assert ma.get(reverse("vaccine-needed-table")).content.startswith(b"vaccine group")
        assert ma.post(reverse("vaccine-recall-letters"), {}).status_code == 400


def test_pages_of_the_population_ask_few_questions(
    practice: Practice, counted: Callable[[], None], django_assert_max_num_queries: Any
) -> None:
    for n in range(6):
        child(practice, f"Late{n}", [])
    counted()
    with clock.at(AT):
        with django_assert_max_num_queries(4):
            coverage(practice.ma, Asked())
        with django_assert_max_num_queries(8):
            assert len(recall_list(practice.ma, Wanted()).rows) == 6
        assert Need.objects.filter(vaccine_group="MMR").count() == 6
