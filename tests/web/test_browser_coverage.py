"""Coverage in Chromium: without a barrier at every size, checked by key, a card photographed, with awkward data."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.looked import troubles

if TYPE_CHECKING:
    from tests.billing.desk import Desk
    from tests.web.conftest import Served

OpenPage = Callable[..., Page]
# A picture of one grey dot, as a PNG
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6368000000820081770cc1640000000049454e44ae426082"
)


@pytest.fixture(scope="module", autouse=True)
def desk() -> Iterator["Desk"]:
    """A payer that the served clinic and this process ask."""
    from django.conf import settings

    from tests.billing.desk import open_desk

    with open_desk() as opened:
        os.environ["LIAISON_REALTIME_URL"] = settings.REALTIME_URL = opened.url
        yield opened
        del os.environ["LIAISON_REALTIME_URL"]
        settings.REALTIME_URL = ""


@pytest.fixture(scope="module")
def paths(served: "Served", desk: "Desk") -> dict[str, str]:
    """Patients: with everything, with a payer that says no, with two long payers, with none; a day; an estimate."""
    from liaison.billing.actions.authorizations import note_authorization
    from liaison.billing.actions.eligibility import check_coverage
    from liaison.billing.actions.estimates import make_estimate
    from liaison.billing.coverage.estimating import Line
    from liaison.kernel import clock
    from liaison.people import actions as people
    from liaison.people.models import Coverage
    from liaison.places.actions import add_organization, update_organization
    from liaison.places.queries import practice as the_practice
    from tests.billing.desk import BENEFITS, ended, refused

    place, today = served.practice, clock.now().date()
    update_organization(place.setup, the_practice().pk, npi="1234567893")
    long_payer = add_organization(
        place.setup,
        kind="payer",
        name="Blue Ridge & Shenandoah Valley Employees’ Mutual Benefit Association",
        code="BR",
    )

    def patient(family: str, time: str) -> Any:
        found = place.patient(family, "Alexandrina")
        place.booked(time, patient=found)
        return found, Coverage.objects.get(patient=found)

    whole, first = patient("Winterbottom-Featherstonehaugh-Cholmondeley", "9:20")
    second = people.add_coverage(
        place.setup, whole.pk, payer_id=long_payer.pk, member_id="BRSV-000-111-222-333-444", kind="commercial",
        plan="High Deductible Health Plan with Health Savings Account, Family, Silver 4500", group_number="G-1",
        relationship="child", subscriber_family="Featherstonehaugh", subscriber_given="Bartholomew Maximilian",
        subscriber_birth_date=date(1950, 1, 1), copay_cents=3500,
    )  # fmt: skip
    people.add_coverage(
        place.setup, whole.pk, payer_id=long_payer.pk, kind="workers-comp", claim_number="WC-2026-0000123",
        injured_on=today - timedelta(days=9), employer="Prairie Grain Elevator and Feed Company",
    )  # fmt: skip
    for side in ("front", "back"):
        people.keep_card(place.setup, first.pk, side, DOT)
    message = replace(BENEFITS[1], messages=("NO REFERRAL REQUIRED FOR SPECIALISTS IN THE PLAN'S OWN NETWORK",))
    desk.reply = desk.well(
        benefits=(*BENEFITS, message),
        member={"last_name": "WINTERBOTTOM", "birth_date": date(1955, 4, 3), "group_number": "PPO-77"},
    )
    checked = check_coverage(place.setup, first.pk, today)
    desk.reply = desk.well(**refused("75", "C"))
    check_coverage(place.setup, second.pk, today)
    for kind, number, quantity in (("authorization", "PA-2026-000123", 12), ("referral", "R-9", 2)):
        row = note_authorization(
            place.setup, first.pk, kind=kind, number=number, service="Physical therapy after surgery of the knee",
            codes=["97110", "97140"], quantity=quantity, starts=today, ends=today + timedelta(days=90),
        )  # fmt: skip
    line = Line("99213", "Office visit of a patient who is known here", 1, 14_200)
    booked = place.booked("10:00", patient=(nobody := place.patient("Ng", "Li")))
    for old in Coverage.objects.filter(patient=nobody):
        people.end_coverage(place.setup, old.pk, today - timedelta(days=1))
    for _ in range(3):
        make_estimate(
            place.setup, nobody.pk, service="Office visit", lines=[line, line], provider_id=booked.provider_id,
            site_id=booked.site_id, appointment_id=booked.appointment_id,
        )  # fmt: skip
    gone, theirs = patient("Okafor", "11:20")
    desk.reply = desk.well(**ended(date(2026, 1, 31)))
    check_coverage(place.setup, theirs.pk, today)
    new, _ = patient("Reyes", "13:00")
    visit = place.booked("8:40", patient=whole)
    desk.reply = desk.well()
    return {
        "coverage-whole": f"/patients/{whole.pk}/insurance/",
        "coverage-none": f"/patients/{nobody.pk}/insurance/",
        "coverage-ended": f"/patients/{gone.pk}/insurance/",
        "coverage-new": f"/patients/{new.pk}/insurance/",
        "coverage-edit": f"/patients/{whole.pk}/coverage/{first.pk}/",
        "coverage-add": f"/patients/{whole.pk}/coverage/",
        "coverage-answer": f"/coverage/checks/{checked.pk}/",
        "coverage-day": f"/coverage/?day={visit.day.isoformat()}",
        "coverage-day-empty": "/coverage/?day=2026-01-01",
        "authorize": f"/patients/{whole.pk}/authorizations/",
        "authorization": f"/authorizations/{row.pk}/",
        "estimate": f"/patients/{whole.pk}/estimate/",
        "details": f"/patients/{whole.pk}/details/",
        "check-in": f"/visits/{visit.pk}/",
        "today": "/",
    }


def test_coverage_is_without_a_barrier(served: "Served", open_page: OpenPage, paths: dict[str, str]) -> None:
    page = open_page(viewport={"width": 1280, "height": 900})
    served.sign_in(page, "desk")
    found = {}
    for name, path in paths.items():
        page.goto(served.url + path)
        if folder := os.environ.get("LOOK_AT"):
            _photograph(page, Path(folder), name)
            continue
        found[name] = troubles(page)
    assert {name: said for name, said in found.items() if said} == {}


def _photograph(page: Page, folder: Path, name: str) -> None:
    for width, look in ((1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce")
        page.screenshot(path=folder / f"{name}-{width}-{look}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_the_key_c_asks_the_payer_and_a_row_is_taken_over(
    served: "Served", open_page: OpenPage, paths: dict[str, str]
) -> None:
    page = open_page(viewport={"width": 1280, "height": 900})
    served.sign_in(page, "desk")
    page.goto(served.url + paths["coverage-new"])
    page.keyboard.press("c")
    expect(page.locator("#notices")).to_contain_text("What the payer has differs")
    page.get_by_role("button", name="Take over: Plan").click()
    expect(page.get_by_text("Taken over from the payer.")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Plan")).to_have_count(0)


def test_a_card_is_photographed_and_an_injury_asks_for_its_own_facts(
    served: "Served", open_page: OpenPage, paths: dict[str, str], tmp_path: Path
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    served.sign_in(page, "desk")
    page.goto(served.url + paths["coverage-add"])
    expect(page.get_by_label("Employer")).to_be_hidden()
    page.get_by_label("Kind", exact=True).select_option("workers-comp")
    expect(page.get_by_label("Employer")).to_be_visible()
    page.goto(served.url + paths["coverage-edit"])
    card = tmp_path / "card.png"
    card.write_bytes(DOT + b"\x00")
    page.get_by_label("Front of the card").set_input_files(card)
    page.get_by_role("button", name="Keep the front").click()
    expect(page.get_by_text("The front of the card is kept.")).to_be_visible()
    expect(page.get_by_alt_text("The front of the card")).to_be_visible()


def test_at_check_in_the_payer_is_asked_in_place(served: "Served", open_page: OpenPage, paths: dict[str, str]) -> None:
    page = open_page(viewport={"width": 1280, "height": 900})
    served.sign_in(page, "desk")
    page.goto(served.url + paths["check-in"])
    page.get_by_label("Street").fill("typed and kept")
    page.get_by_role("button", name="Check now").first.click()
    expect(page.get_by_text("copayment $20").first).to_be_visible()
    expect(page.get_by_label("Street")).to_have_value("typed and kept")
