"""Coverage on the screen: a patient's page, the card's photographs, the day's list, check-in, the board."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liaison.billing.actions.eligibility import check_coverage
from liaison.billing.models import Authorization, EligibilityCheck, Estimate
from liaison.kernel import clock
from liaison.people import actions as people
from liaison.people.models import Coverage, CoverageCard, Patient
from liaison.places.actions import update_organization
from liaison.places.queries import practice as the_practice
from liaison.visits.queries import board
from tests.billing.desk import Desk, ended, open_desk
from tests.kernel.test_pictures import HERE, SIZE, opened, photograph
from tests.support.practice import MONDAY, Practice, small_practice
from tests.support.signed_in import client_of

JPEG = photograph(turn=6)  # as a telephone takes it: on its side, and telling where
SIDES = {"front": JPEG, "back": photograph("WEBP", turn=8)}
TODAY = MONDAY.date()


@pytest.fixture
def desk(settings: Any) -> Iterator[Desk]:
    with open_desk() as opened:
        settings.REALTIME_URL = opened.url
        yield opened


@pytest.fixture
def place(db: None) -> Iterator[Practice]:
    with clock.at(MONDAY + timedelta(hours=8)):
        made = small_practice()
        update_organization(made.setup, the_practice().pk, npi="1234567893")
        yield made


def insured(place: Practice, family: str = "Brandt") -> tuple[Patient, Coverage]:
    patient = place.patient(family, "Otto")
    return patient, Coverage.objects.get(patient=patient)


def page(place: Practice, name: str, *args: Any) -> str:
    answer = client_of(place.desk).get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_patients_coverage_is_checked_from_its_page(place: Practice, desk: Desk) -> None:
    patient, coverage = insured(place)
    assert "not checked" in page(place, "patient-coverage", patient.pk)
    answer = client_of(place.desk).post(reverse("check-coverage", args=[patient.pk, coverage.pk]), follow=True)
    text = answer.content.decode()
    assert "Deductible left" in text
    assert "$412.50" in text
    assert "OTHER MUTUAL" in text
    assert 'value="take"' in text
    check = EligibilityCheck.objects.get()
    whole = page(place, "coverage-check", check.pk)
    assert "office visit" in whole
    assert check.trace in whole


def test_a_difference_is_taken_over_or_let_stand(place: Practice, desk: Desk) -> None:
    patient, coverage = insured(place)
    desk.reply = desk.well(member={"member_id": "NEW-1"})
    check = check_coverage(place.setup, coverage.pk, TODAY)
    client = client_of(place.desk)
    client.post(reverse("coverage-difference", args=[check.pk, "member_id"]), {"how": "take"})
    client.post(reverse("coverage-difference", args=[check.pk, "copay"]), {"how": "keep"})
    coverage.refresh_from_db()
    assert coverage.member_id == "NEW-1"
    again = client.post(reverse("coverage-difference", args=[check.pk, "member_id"]), {"how": "take"})
    assert (again.status_code, "does not differ any more" in again.content.decode()) == (422, True)
    assert patient.pk == coverage.patient_id


def test_the_payers_no_is_settled_with_a_reason(place: Practice, desk: Desk) -> None:
    patient, coverage = insured(place)
    desk.reply = desk.well(**ended(date(2026, 1, 31)))
    check = check_coverage(place.setup, coverage.pk, TODAY)
    client, url = client_of(place.desk), reverse("settle-coverage", args=[check.pk])
    refused = client.post(url, {"reason": ""})
    assert (refused.status_code, "how it was settled" in refused.content.decode()) == (422, True)
    client.post(url, {"reason": "called, active"})
    assert "called, active" in page(place, "patient-coverage", patient.pk)


def test_both_sides_of_the_card_are_kept_and_shown(place: Practice) -> None:
    patient, coverage = insured(place)
    client = client_of(place.desk)
    for side, media_type in (("front", "image/jpeg"), ("back", "image/webp")):
        url = reverse("coverage-card", args=[patient.pk, coverage.pk, side])
        client.post(url, {"picture": SimpleUploadedFile("IMG.JPG", SIDES[side])})
        shown = client.get(url)
        assert (shown["Content-Type"], opened(shown.content).size) == (media_type, SIZE[::-1])
        assert HERE not in shown.content
        assert shown["X-Content-Type-Options"] == "nosniff"
    client.post(url, {"picture": SimpleUploadedFile("IMG.JPG", SIDES["back"])})
    assert CoverageCard.objects.count() == 2
    assert page(place, "patient-coverage", patient.pk).count("<img") == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Take the photograph"),
        (b"<svg onload=alert(1)>", "no JPEG, PNG or WebP"),
        (b"GIF89a....", "no JPEG, PNG or WebP"),
        (JPEG[:-300], "only a part of it came"),
        (JPEG + b"x" * (8 * 1024 * 1024), "larger than 8 MB"),
    ],
)
def test_what_is_no_picture_of_a_card_is_not_kept(place: Practice, body: bytes, words: str) -> None:
    patient, coverage = insured(place)
    url = reverse("coverage-card", args=[patient.pk, coverage.pk, "front"])
    answer = client_of(place.desk).post(url, {"picture": SimpleUploadedFile("card.jpg", body)})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert CoverageCard.objects.count() == 0


def test_anothers_card_is_not_shown_here(place: Practice) -> None:
    patient, _ = insured(place)
    _, theirs = insured(place, "Haddad")
    people.keep_card(place.setup, theirs.pk, "front", JPEG)
    url = reverse("coverage-card", args=[patient.pk, theirs.pk, "front"])
    assert client_of(place.desk).get(url).status_code == 404


def test_coverage_is_corrected_put_in_order_and_of_an_injury(place: Practice) -> None:
    patient, first = insured(place)
    client = client_of(place.desk)
    hurt = {
        "payer": str(place.payer_id), "kind": "workers-comp", "relationship": "self", "claim_number": "WC-77",
        "injured_on": "2026-11-01", "employer": "",
    }  # fmt: skip
    refused = client.post(reverse("add-coverage", args=[patient.pk]), hurt)
    assert (refused.status_code, "at whose work it happened" in refused.content.decode()) == (422, True)
    client.post(reverse("add-coverage", args=[patient.pk]), hurt | {"employer": "Mill"})
    second = Coverage.objects.get(kind="workers-comp")
    assert (second.position, second.employer, second.number) == (2, "Mill", "WC-77")
    client.post(reverse("coverage-order", args=[patient.pk]), {"earlier": str(second.pk)})
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.position, first.position) == (1, 2)
    edit = reverse("coverage-edit", args=[patient.pk, first.pk])
    facts = {"payer": str(place.payer_id), "kind": "commercial", "member_id": "N2", "relationship": "self",
             "coinsurance": "20 %", "deductible": "1,500"}  # fmt: skip
    assert client.post(edit, facts | {"coinsurance": "many"}).status_code == 422
    client.post(edit, facts)
    first.refresh_from_db()
    assert (first.member_id, first.coinsurance_percent, first.deductible_cents) == ("N2", 20, 150_000)


def test_the_day_shows_problems_first_and_asks_about_all(place: Practice, desk: Desk) -> None:
    for family in ("Adler", "Brandt"):
        place.booked("10:00" if family == "Adler" else "11:00", patient=place.patient(family, "Otto"))
    desk.reply = desk.well(**ended(date(2026, 1, 31)))
    theirs = Coverage.objects.get(patient__family="Brandt")
    check_coverage(place.setup, theirs.pk, TODAY)
    client = client_of(place.desk)
    text = client.get(reverse("coverage-day"), {"day": TODAY.isoformat()}).content.decode()
    assert text.index("Brandt, Otto") < text.index("Adler, Otto")
    assert "1 to see to" in text
    client.post(reverse("ask-coverage-day"), {"day": TODAY.isoformat()})
    assert EligibilityCheck.objects.filter(status="asked").count() == 1
    text = client.get(reverse("coverage-day"), {"day": TODAY.isoformat()}).content.decode()
    assert "1 being asked" in text
    assert "not checked" not in text


def test_check_in_and_the_board_say_where_it_stands(place: Practice, desk: Desk) -> None:
    patient, coverage = insured(place)
    visit = place.booked("8:20", patient=patient)
    check_coverage(place.setup, coverage.pk, TODAY)
    text = page(place, "visit", visit.pk)
    assert "copayment $20" in text
    assert "deductible left $412.50" in text
    desk.reply = desk.well(**ended(date(2026, 1, 31)))
    url = reverse("check-coverage", args=[patient.pk, coverage.pk])
    fragment = client_of(place.desk, htmx=True).post(url).content.decode()
    assert "<html" not in fragment
    assert "not active" in fragment
    cards = board(place.desk, visit.site_id, TODAY).cards()
    assert [tag.text for tag in cards[0].tags if "coverage" in tag.text] == ["coverage not active"]


def test_an_authorization_is_written_down_and_decided(place: Practice) -> None:
    patient, coverage = insured(place)
    client, add = client_of(place.desk), reverse("add-authorization", args=[patient.pk])
    facts = {"coverage": str(coverage.pk), "kind": "referral", "service": "Therapy", "quantity": "6", "how": "note",
             "starts": TODAY.isoformat(), "counted": "visits"}  # fmt: skip
    assert client.post(add, facts).status_code == 422
    client.post(add, facts | {"number": "R-9", "codes": "97110, 97140"})
    row = Authorization.objects.get()
    assert (row.codes, row.left) == (["97110", "97140"], 6)
    assert "R-9" in page(place, "patient-coverage", patient.pk)
    decide = reverse("decide-authorization", args=[row.pk])
    assert client.post(decide, {"status": "certified", "number": "R-9", "quantity": "-1"}).status_code == 422
    client.post(decide, {"status": "cancelled", "number": "R-9", "quantity": "6"})
    assert "cancelled" in page(place, "authorization", row.pk)


def test_an_estimate_is_begun_from_the_visit_added_up_and_made(place: Practice) -> None:
    patient = place.patient("Adler", "Otto")
    visit = place.booked("10:00", patient=patient)
    client, url = client_of(place.desk), reverse("make-estimate", args=[patient.pk])
    text = client.get(url).content.decode()
    assert "Follow-up" in text
    facts = {"appointment": str(visit.appointment_id), "service": "Follow-up", "provider": str(visit.provider_id),
             "site": str(visit.site_id), "line_code": ["99213", ""], "line_words": ["office visit", ""],
             "line_units": ["1", ""], "line_amount": ["120.00", ""]}  # fmt: skip
    assert "$120.00 in all" in client.post(url, facts | {"how": "look"}).content.decode()
    wrong = client.post(url, facts | {"how": "make", "line_amount": ["many", ""]})
    assert (wrong.status_code, "is not an amount" in wrong.content.decode()) == (422, True)
    assert 'value="many"' in wrong.content.decode()
    client.post(url, facts | {"how": "make"})
    estimate = Estimate.objects.get()
    paper = client.get(reverse("estimate", args=[estimate.pk]))
    assert (paper["Content-Type"], paper.content[:4]) == ("application/pdf", b"%PDF")
    assert patient.family not in paper["Content-Disposition"]


def test_who_may_not_check_does_not(place: Practice, desk: Desk) -> None:
    patient, coverage = insured(place)
    client = client_of(place.biller)
    assert client.get(reverse("patient-coverage", args=[patient.pk])).status_code == 200
    people.restrict(place.setup, patient.pk, True, "staff")
    assert client.post(reverse("check-coverage", args=[patient.pk, coverage.pk])).status_code == 403
    assert desk.asked == []
