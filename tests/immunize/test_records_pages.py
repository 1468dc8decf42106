"""The pages of a vaccine history, as an assistant uses them, and the papers that come from them."""

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from liaison.immunize import actions, health_cards
from liaison.immunize.actions import Told
from liaison.immunize.models import Immunization
from liaison.kernel.errors import Invalid
from liaison.people.models import Patient
from liaison.record.models import AuditEntry
from tests.healthcards import verifier
from tests.support.practice import Practice
from tests.support.signed_in import client_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ma(practice: Practice) -> Client:
    return client_of(practice.ma)


@pytest.fixture
def child(practice: Practice) -> Patient:
    return practice.patient(given="Mia", family="Kowalski", birth_date=date(2024, 1, 10))


def card(rows: list[tuple[str, str, str, str]], source: str = "card") -> dict[str, object]:
    columns = list(zip(*rows, strict=True))
    names = ("vaccine", "on", "lot_number", "mvx")
    return {"source": source, "note": "", **{name: list(column) for name, column in zip(names, columns, strict=True)}}


def test_doses_are_typed_from_a_card_and_what_is_wrong_stays_with_its_sentence(ma: Client, child: Patient) -> None:
    add = reverse("immunizations-add", args=[child.pk])
    assert ma.get(add).status_code == 200
    page = ma.post(
        add,
        card(
            [
                ("MMR", "2025-01-15", "M123", ""),
                ("Pediarix", "2024-03-12", "", ""),
                ("Pediarix", "2023-03-12", "P9", ""),
                ("", "", "", ""),
                ("hib", "not a day", "", ""),
            ]
        ),
    )
    assert page.status_code == 422
    said = page.content.decode()
    assert "2 doses added" in said
    assert "before the birth date, 10 Jan 2024" in said
    assert "Choose a day" in said
    assert 'value="P9"' in said
    assert 'value="M123"' not in said  # it is in the history, and no longer on the form
    assert sorted(Immunization.objects.values_list("cvx", flat=True)) == ["03", "110"]

    again = ma.post(add, card([("hib", "2024-03-12", "", "")], source="clinic"))
    assert again.status_code == 302
    assert Immunization.objects.get(cvx="17").source == "clinic"


def test_an_empty_card_is_answered_with_what_to_do(ma: Client, child: Patient) -> None:
    page = ma.post(reverse("immunizations-add", args=[child.pk]), card([("", "", "", "")]))
    assert page.status_code == 422
    assert "Type a vaccine and its date first." in page.content.decode()


def test_the_whole_history_stands_on_a_page_with_source_and_verdict(
    ma: Client, practice: Practice, child: Patient
) -> None:
    actions.add_history(practice.ma, child.pk, cvx="MMR", on=date(2024, 9, 1), source="card")
    actions.add_history(practice.ma, child.pk, cvx="MMR", on=date(2025, 1, 15), source="patient")
    said = ma.get(reverse("immunizations", args=[child.pk])).content.decode()
    assert "from a card" in said
    assert "as told" in said
    assert "does not count" in said
    assert "too young" in said
    assert "✓ dose 1" in said


def test_a_dose_is_corrected_and_taken_out_on_its_page(ma: Client, practice: Practice, child: Patient) -> None:
    dose = actions.add_history(practice.ma, child.pk, cvx="MMR", on=date(2025, 1, 15))
    place = [child.pk, dose.pk]
    assert ma.get(reverse("immunization", args=place)).status_code == 200
    typed = {"vaccine": "MMR [CVX 03]", "on": "2025-01-25", "lot_number": "L5", "mvx": "Merck", "source": "card"}
    refused = ma.post(reverse("immunization-correct", args=place), typed | {"reason": ""})
    assert refused.status_code == 422
    assert "Say why it is corrected" in refused.content.decode()
    ma.post(reverse("immunization-correct", args=place), typed | {"reason": "Misread", "mvx": "MSD"})
    row = Immunization.objects.get(pk=dose.pk)
    assert (row.occurred_at.date(), row.lot_number, row.mvx, row.version) == (date(2025, 1, 25), "L5", "MSD", 2)

    assert ma.post(reverse("immunization-remove", args=place), {"reason": ""}).status_code == 422
    ma.post(reverse("immunization-remove", args=place), {"reason": "Her sister’s"})
    assert Immunization.objects.get(pk=dose.pk).status == "entered-in-error"
    assert "1 entered in error" in ma.get(reverse("immunizations", args=[child.pk])).content.decode()


def test_a_dose_is_found_under_its_own_patient_only(ma: Client, practice: Practice, child: Patient) -> None:
    dose = actions.add_history(practice.ma, child.pk, cvx="MMR", on=date(2025, 1, 15))
    other = practice.patient()
    assert ma.get(reverse("immunization", args=[other.pk, dose.pk])).status_code == 404
    assert ma.post(reverse("immunization-remove", args=[other.pk, dose.pk]), {"reason": "x"}).status_code == 404
    assert Immunization.objects.get(pk=dose.pk).status == "completed"


def test_the_desk_sees_no_vaccines(practice: Practice, child: Patient) -> None:
    desk = client_of(practice.desk)
    for name in ("immunizations", "immunizations-add", "immunization-certificate", "school-form", "health-card"):
        assert desk.get(reverse(name, args=[child.pk])).status_code == 403


@pytest.mark.parametrize("language", ["en", "es", "so"])
@pytest.mark.parametrize("count", [0, 1, 60])
def test_papers_are_printed_for_short_and_long_histories(
    ma: Client, practice: Practice, language: str, count: int
) -> None:
    patient = practice.patient(birth_date=date(1950, 1, 1), language=language)
    told = [Told("flu", date(1965, 10, 3) + timedelta(days=365 * n), f"L{n}") for n in range(count)]
    actions.add_several(practice.ma, patient.pk, told, source="clinic", note="Riverside Clinic")
    for name in ("immunization-certificate", "school-form"):
        answer = ma.get(reverse(name, args=[patient.pk]))
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")


def test_the_health_card_has_what_the_practice_answers_for_and_an_independent_verifier_accepts_it(
    ma: Client, practice: Practice, child: Patient, settings: Settings, tmp_path: "Path"
) -> None:
    settings.HOME, settings.ADDRESS = tmp_path, "https://liaison.example.org"
    told = actions.add_history(practice.ma, child.pk, cvx="MMR", on=date(2025, 1, 15), source="card")
    known = actions.add_history(practice.ma, child.pk, cvx="hib", on=date(2024, 5, 2), source="registry")
    page = ma.get(reverse("health-card", args=[child.pk]))
    assert page.status_code == 200
    assert b"<svg" in page.content

    def downloaded(*doses: Immunization) -> list[str]:
        answer = ma.post(reverse("health-card-file", args=[child.pk]), {"dose": [str(one.pk) for one in doses]})
        assert answer["Content-Type"] == "application/smart-health-card"
        assert answer["Content-Disposition"].endswith('.smart-health-card"')
        return json.loads(answer.content)["verifiableCredential"]

    keys = Client().get("/.well-known/jwks.json")  # anybody may
    assert keys["Access-Control-Allow-Origin"] == "*"
    (default,) = page.context["issued"].cards
    read = verifier.verify(default, keys.json())
    assert read.payload["iss"] == "https://liaison.example.org"
    assert [dose["occurrenceDateTime"] for dose in read.doses] == ["2024-05-02"]
    (both,) = downloaded(told, known)
    assert len(verifier.verify(both, keys.json()).doses) == 2
    assert AuditEntry.objects.filter(patient_id=child.pk, reason="health card").count() >= 2
    printed = ma.post(reverse("health-card-print", args=[child.pk]), {"dose": [str(known.pk)]})
    assert printed.content.startswith(b"%PDF")

    health_cards.rotate()
    later = Client().get("/.well-known/jwks.json").json()
    assert len(later["keys"]) == 2
    assert verifier.verify(both, later)
    assert (tmp_path / health_cards.NAME).stat().st_mode & 0o777 == 0o600


def test_a_card_of_no_dose_or_of_somebody_elses_is_refused(
    ma: Client, practice: Practice, child: Patient, settings: Settings, tmp_path: "Path"
) -> None:
    settings.HOME = tmp_path
    other = actions.add_history(practice.ma, practice.patient().pk, cvx="MMR", on=date(2015, 1, 15))
    page = ma.post(reverse("health-card", args=[child.pk]), {"dose": [str(other.pk), "x"]})
    assert page.status_code == 422
    assert "Choose a dose at least" in page.content.decode()
    assert ma.post(reverse("health-card-file", args=[child.pk]), {"dose": [str(other.pk)]}).status_code == 409


def test_the_command_says_which_key_signs_and_lets_a_new_one_sign(settings: Settings, tmp_path: "Path") -> None:
    from io import StringIO

    from liaison.immunize.management.commands.immunize import Command

    settings.HOME = tmp_path

    def run(*, rotate: bool) -> list[str]:
        said = StringIO()
        Command(stdout=said).health_card_key(rotate=rotate)
        return said.getvalue().splitlines()

    first = run(rotate=False)[0].removeprefix("Signing now: ")
    assert run(rotate=False)[0] == f"Signing now: {first}"
    now, before, kept = run(rotate=True)
    assert before == f"Signed before: {first}"
    assert first not in now
    assert str(tmp_path) in kept
    (tmp_path / health_cards.NAME).write_text("{}")
    with pytest.raises(Invalid, match="backup"):
        run(rotate=True)
