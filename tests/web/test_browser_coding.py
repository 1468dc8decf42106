"""A visit coded in Chromium: by keyboard, one next action, at every size, with a short and with a long visit."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.support.looked import troubles

if TYPE_CHECKING:
    from tests.web.conftest import Served

OpenPage = Callable[..., Page]
LONG = "Injection of a corticosteroid into the left shoulder under ultrasound, with a name as long as catalogues write"


@pytest.fixture(scope="module")
def paths(served: "Served") -> dict[str, str]:
    """A visit with a test, an injection and a vaccine; one with forty charges; one that nobody charged."""
    from liaison.billing.actions import add_charge, draft_charges
    from liaison.chart.models import Procedure
    from liaison.documents.actions import publish
    from liaison.immunize.models import Immunization
    from liaison.kernel import clock
    from liaison.record.change import change
    from liaison.visits import actions as visits

    place = served.practice
    publish(place.setup, kind="order-catalog", key="default", title="Orders", body={"orders": [
        {"key": "strep", "display": "Strep A, rapid", "category": "point-of-care",
         "charge": {"code": "87880", "display": "Strep test, rapid", "cents": 3100}},
        {"key": "joint", "display": LONG, "category": "procedure",
         "charge": {"code": "20610", "display": LONG, "cents": 18_000, "also": [
             {"code": "J1100", "display": "Dexamethasone, 1 mg", "cents": 150, "units": 4,
              "drug": {"ndc": "00641036725", "quantity": "1", "unit": "ML"}}]}},
    ]})  # fmt: skip

    def left(time: str, room: int, family: str, orders: list[str]) -> UUID:
        visit = place.examined(
            time, room, patient=place.patient(family, "Alexandrina"), orders=orders, diagnoses=["E11.65", "I10"]
        )
        assert visit.encounter_id is not None
        if orders:
            for order in visit.encounter.orders.all() if visit.encounter else ():
                from liaison.orders import actions

                actions.complete(place.ma, order.pk)
            visits.orders_done(place.ma, visit.pk)
        visits.check_out(place.desk, visit.pk, follow_up_declined=True)
        return visit.encounter_id

    rich = left("9:20", 0, "Winterbottom-Featherstonehaugh", ["strep", "joint"])
    many = left("10:20", 1, "Reyes", [])
    bare = left("11:20", 2, "Okafor", [])
    with change(place.setup, "immunize.write") as this:
        facts = {"patient_id": place.patients[0].pk, "encounter_id": rich, "occurred_at": clock.now(), "here": True}
        for cvx, name in (("140", "Influenza, trivalent, preservative free"), ("33", "Pneumococcal polysaccharide")):
            this.save(Immunization(cvx=cvx, display=name, route="IM", ndc="49281-0425-50", **facts))
        this.save(
            Procedure(
                patient_id=place.patients[0].pk, encounter_id=rich, system="urn:x", code="1", display="Ear lavage"
            )
        )
    for encounter in (rich, many):
        draft_charges(place.setup, encounter, visit_type="follow-up")
    for n in range(40):
        add_charge(place.biller, many, code=f"J{1000 + n}", cents=100 * n + 1, units=n + 1)
    return {name: f"/coding/{key}/" for name, key in (("rich", rich), ("many", many), ("bare", bare))} | {
        "uncharged": f"/uncharged/?since={place.at('9:00'):%Y-%m-%d}&until={place.at('9:00'):%Y-%m-%d}",
        "nothing": "/uncharged/?since=2020-01-01&until=2020-01-02",
    }


def test_coding_is_without_a_barrier(served: "Served", open_page: OpenPage, paths: dict[str, str]) -> None:
    page = open_page(viewport={"width": 1280, "height": 900})
    served.sign_in(page, "biller")
    found = {}
    for name, path in paths.items():
        page.goto(served.url + path)
        if (facts := page.get_by_text("Change the facts")).count():
            facts.click()
        found[name] = troubles(page)
    assert {name: what for name, what in found.items() if what} == {}


def test_a_visit_is_coded_by_keyboard(served: "Served", open_page: OpenPage, paths: dict[str, str]) -> None:
    page = open_page(viewport={"width": 1280, "height": 900})
    served.sign_in(page, "biller")
    page.goto(served.url + paths["rich"])
    expect(page.locator(".btn.go")).to_have_count(1)
    expect(page.locator("#worked")).to_contain_text("99203")
    page.get_by_text("Change the facts").click()
    page.get_by_label("Prescription drugs managed").check()
    expect(page.locator("#worked")).to_contain_text("99204")
    page.get_by_label("Prescription drugs managed").press("Control+Enter")
    expect(page.get_by_text("The visit is coded 99204.")).to_be_visible()
    proposals = page.locator(".proposal:not(.decided)")
    waiting = proposals.count()
    assert waiting >= 3, "25, LT and QW are proposed"
    for n in range(waiting):
        expect(page.locator(".btn.go")).not_to_have_count(0)
        page.keyboard.press("a" if n else "r")
        expect(proposals).to_have_count(waiting - n - 1)
    expect(page.get_by_text("Pneumococcal polysaccharide", exact=False)).to_be_visible()
    page.locator("body").press("c")
    page.wait_for_url("**/claims/**")
    page.goto(served.url + paths["uncharged"])
    expect(page.locator(".undone")).to_contain_text("Ear lavage")


def test_a_charge_is_searched_added_and_changed_by_keyboard_on_a_phone(
    served: "Served", open_page: OpenPage, paths: dict[str, str]
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    served.sign_in(page, "biller")
    page.goto(served.url + paths["bare"])
    words = page.get_by_label("CPT or HCPCS code")
    words.fill("dexamethasone injection")
    expect(page.locator("#services [data-picks=J1100]")).to_be_visible()
    assert troubles(page) == []
    words.fill("J1100")
    expect(page.locator("#services [data-picks]")).to_have_count(1)
    words.press("Enter")
    expect(page.locator("[data-name=code] .pickedone")).to_contain_text("J1100")
    page.get_by_label("Amount").last.fill("6.00")
    page.get_by_label("Amount").last.press("Enter")
    expect(page.get_by_text("Charge added.")).to_be_visible()
    line = page.locator(".charges > li", has_text="J1100")
    page.get_by_label("Change J1100").click()
    line.get_by_label("Units").fill("4")
    line.get_by_label("Units").press("Enter")
    expect(page.locator(".charges")).to_contain_text("4 units")
    expect(page.locator(".charges")).to_contain_text("$24.00")
    page.get_by_label("Change J1100").click()
    line.get_by_label("Amount").fill("20")
    line.get_by_label("Amount").press("Enter")
    expect(page.get_by_text("Say why the price is not the list’s.")).to_be_visible()
    assert troubles(page) == []


def test_a_diagnosis_is_searched_and_its_side_and_encounter_answered(
    served: "Served", open_page: OpenPage, paths: dict[str, str]
) -> None:
    page = open_page(viewport={"width": 1280, "height": 900})
    served.sign_in(page, "biller")
    page.goto(served.url + paths["bare"])
    words = page.get_by_label("What the visit was for")
    words.fill("sprained ankle")
    expect(page.locator("#hits [data-picks]").first).to_be_visible()
    words.press("Enter")
    answers = page.locator("[data-swaps]")
    expect(answers.first).to_be_visible()
    page.locator("[data-swaps]", has_text="left").first.click()
    expect(page.locator(".pickedone").last).to_contain_text("left")
    page.locator("[data-swaps]", has_text="subsequent").first.click()
    expect(page.locator(".pickedone").last).to_contain_text("subsequent encounter")
    page.get_by_role("button", name="Set the diagnoses").click()
    expect(page.get_by_text("The diagnoses are set.")).to_be_visible()


def test_goods_are_searched_used_and_put_back(served: "Served", open_page: OpenPage) -> None:
    from datetime import timedelta

    from liaison.kernel import clock
    from liaison.places import actions as places
    from liaison.supplies import actions as supplies

    place = served.practice
    room = places.add_room(place.setup, site_id=place.site.pk, name="Room 14", position=14)
    place.rooms.append(room)
    unit = supplies.add_unit(place.setup, site_id=place.site.pk, name="Cupboard", kind="room")
    facts = {"unit_id": unit.pk, "funding": "private", "expires_on": clock.now().date() + timedelta(days=300)}
    for name, pieces in (("Gauze, 4 by 4", 5), (LONG, 2), ("Elastic bandage", 0)):
        item = supplies.add_item(place.setup, kind="supply", name=name[:100], unit="piece", storage="room")
        if pieces:
            supplies.receive(place.setup, item_id=item.pk, number=f"L{pieces}", doses=pieces, **facts)
    visit = place.ready("14:20", len(place.rooms) - 1, patient=place.patient("Lindqvist", "Astrid"))
    page = open_page(viewport={"width": 390, "height": 844})
    served.sign_in(page, "ma")
    page.goto(f"{served.url}/visits/{visit.pk}/")
    page.get_by_role("link", name="Goods used").click()
    page.get_by_label("Search by name or NDC").fill("gauze")
    expect(page.locator("#on-the-shelf li")).to_have_count(1)
    page.get_by_label("How many of Gauze, 4 by 4").fill("9")
    page.get_by_label("How many of Gauze, 4 by 4").press("Enter")
    expect(page.get_by_text("Only 5 pieces of Gauze, 4 by 4 may be used here.")).to_be_visible()
    assert troubles(page) == []
    page.get_by_label("How many of Gauze, 4 by 4").fill("2")
    page.get_by_label("How many of Gauze, 4 by 4").press("Enter")
    expect(page.get_by_text("2 of Gauze, 4 by 4 used.")).to_be_visible()
    assert troubles(page) == []
    page.get_by_role("button", name="Put Gauze, 4 by 4 back").click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()


def test_the_provider_sees_the_level_follow_what_is_picked(served: "Served", open_page: OpenPage) -> None:
    from liaison.places import actions as places
    from liaison.visits import actions as visits

    place = served.practice
    room = places.add_room(place.setup, site_id=place.site.pk, name="Room 12", position=12)
    place.rooms.append(room)
    visit = place.ready("15:20", len(place.rooms) - 1, patient=place.patient("Iversen", "Ulrik"))
    visits.begin_exam(place.provider, visit.pk)
    page = open_page(viewport={"width": 1280, "height": 900})
    served.sign_in(page, "provider")
    page.goto(f"{served.url}/visits/{visit.pk}/")
    expect(page.locator("#level")).to_contain_text("99202")
    page.get_by_label("Note").fill("Doing well.")
    page.get_by_label("Your minutes today").fill("47")
    page.get_by_label("Your minutes today").press("Tab")
    expect(page.locator("#level .worked")).to_contain_text("99204")
    expect(page.get_by_label("Note")).to_have_value("Doing well.")
    assert troubles(page) == []
