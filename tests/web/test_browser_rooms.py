"""Patients, charts, schedule, orders and money in Chromium: by keyboard, at every size, without a barrier."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.looked import troubles
from tests.support.practice import MONDAY

if TYPE_CHECKING:
    from tests.support.practice import Practice
    from tests.web.conftest import Served

OpenPage = Callable[..., Page]
# A card in every lane, as on a busy day
BUSY = """() => {
  const card = document.querySelector(".visit");
  for (const lane of document.querySelectorAll(".lane")) {
    lane.classList.remove("bare");
    lane.append(card.cloneNode(true));
  }
}"""
BEYOND_THE_LANES = """() => {
  const lanes = document.querySelector(".lanes");
  return lanes.scrollWidth - lanes.clientWidth;
}"""
OUT_OF_THE_CARDS = """() => {
  const edge = (one) => one.getBoundingClientRect().right;
  const out = [...document.querySelectorAll(".visit *")].filter((one) => edge(one) > edge(one.closest(".visit")) + 1);
  return out.map((one) => one.outerHTML.slice(0, 120));
}"""
PAGES = {
    "desk": (
        "patients",
        "register",
        "details",
        "edit",
        "coverage",
        "find",
        "find_for",
        "schedule",
        "account",
        "booking",
    ),
    "ma": ("chart", "orders", "check_in", "hand_off", "ready", "doing", "check_out"),
    "provider": ("orders", "rules", "closed", "chart", "exam", "doing"),
    "biller": ("claims", "code", "coding", "uncoded"),
    "manager": ("looked", "week", "claim", "closed"),
}


@pytest.fixture(scope="module")
def paths(served: "Served") -> dict[str, str]:
    """A day with something on every page."""
    from liaison.billing import actions as billing
    from liaison.kernel import clock
    from liaison.orders import actions as orders
    from liaison.people import actions as people
    from liaison.visits import actions as visits

    place = served.practice
    address = {"line": "1 Elm Street", "city": "Chicago", "state": "IL"}
    billed = place.examined("9:20", patient=place.patient("Winterbottom-Featherstonehaugh", "Alexandrina", **address))
    coded = place.examined("10:20", 1, patient=place.patient("Reyes", "Amalia"))
    for visit in (billed, coded):
        visits.check_out(place.desk, visit.pk, follow_up_declined=True)
        billing.draft_charges(place.setup, visit.encounter_id, visit_type=visit.visit_type)
    people.update(place.setup, billed.patient_id, postal_code="")  # so that the claim has something to mend
    claim = billing.confirm_charges(place.biller, billed.encounter_id)
    ready = place.ready("11:20", 2, patient=place.patient("Tran", "Minh"))
    orders.place(place.provider, ready.encounter_id, "a1c", priority="stat")
    # After the practice's Monday, whose times are taken below
    soon = max(clock.now().replace(second=0, microsecond=0), MONDAY) + timedelta(days=1)
    booked = place.requested(place.patient("Okafor", "Theo"))
    visits.book(place.setup, booked.pk, provider_id=place.dr.pk, starts_at=soon, overbook=True)
    hidden = place.patient("Secret", "Sue")
    people.restrict(place.setup, hidden.pk, True, "asked for")
    of = f"/patients/{billed.patient_id}"
    assert claim is not None
    return {
        **stages(place),
        "patients": "/patients/", "register": "/patients/new/", "details": f"{of}/details/", "edit": f"{of}/edit/",
        "coverage": f"{of}/coverage/", "chart": f"{of}/", "account": f"{of}/account/", "looked": f"{of}/looked/",
        "schedule": f"/schedule/?day={soon:%Y-%m-%d}", "week": f"/schedule/week/{place.dr.pk}/",
        "find": "/schedule/find/",
        "find_for": f"/schedule/find/?patient={booked.patient_id}", "booking": f"/visits/{booked.pk}/booking/",
        "orders": "/orders/?site=all", "claims": "/claims/", "code": "/claims/?show=code",
        "claim": f"/claims/{claim.pk}/",
        "coding": f"/coding/{coded.encounter_id}/", "rules": "/rules/", "closed": f"/patients/{hidden.pk}/",
        "day": str(ready.day),
    }  # fmt: skip


def stages(place: "Practice") -> dict[str, str]:
    """A visit at each of its stages, and one that was checked out without a diagnosis."""
    from liaison.billing import actions as billing
    from liaison.places import actions as places
    from liaison.visits import actions as visits

    for n in range(4, 10):
        place.rooms.append(places.add_room(place.setup, site_id=place.site.pk, name=f"Room {n}", position=n))
    homeless = place.patient("Abernathy", "Cornelius", line="", city="", state="", postal_code="")
    handing = place.rooming("13:00", 3, patient=place.patient("Nurse", "Nell"), visit_type="nurse-visit")
    place.all_steps(handing)
    exam = place.ready("13:20", 4, patient=place.patient("Iversen", "Ulrik"))
    visits.begin_exam(place.provider, exam.pk)
    doing = place.examined("13:40", 5, patient=place.patient("Castellanos", "Ximena"), orders=["a1c", "ekg"])
    leaving = place.examined("14:00", 6, patient=place.patient("Mbeki", "Thandiwe"), follow_up={"interval_days": 30})
    uncoded = place.rooming("14:20", 7, patient=place.patient("Plain", "Pia"), visit_type="nurse-visit")
    place.all_steps(uncoded)
    visits.hand_off(place.ma, uncoded.pk)
    visits.check_out(place.desk, uncoded.pk)
    billing.draft_charges(place.setup, uncoded.encounter_id, visit_type=uncoded.visit_type)
    rows = {
        "check_in": place.booked("14:40", homeless),
        "hand_off": handing,
        "ready": place.ready("15:00", 8, patient=place.patient("Quill", "Ada")),
        "exam": exam,
        "doing": doing,
        "check_out": leaving,
    }
    uncoded_page = {"uncoded": f"/coding/{uncoded.encounter_id}/"}
    return {name: f"/visits/{visit.pk}/" for name, visit in rows.items()} | uncoded_page


def each(served: "Served", page: Page, role: str, paths: dict[str, str]) -> Iterator[str]:
    served.sign_in(page, role)
    for name in PAGES[role]:
        page.goto(served.url + paths[name])
        page.locator("#page").wait_for()
        yield name


@pytest.mark.parametrize("role", PAGES)
def test_no_barrier_on_any_page_and_none_wider_than_its_screen(
    served: "Served", open_page: OpenPage, paths: dict[str, str], role: str
) -> None:
    page = open_page()
    assert [(name, found) for name in each(served, page, role, paths) if (found := troubles(page))] == []


def test_all_seven_lanes_stand_side_by_side_at_1280_pixels(
    served: "Served", open_page: OpenPage, paths: dict[str, str]
) -> None:
    page = served.sign_in(open_page(viewport={"width": 1280, "height": 800}), "ma")
    page.goto(f"{served.url}/?day={paths['day']}")
    expect(page.locator(".lane")).to_have_count(7)
    page.evaluate(BUSY)
    assert page.evaluate(BEYOND_THE_LANES) <= 0
    assert page.evaluate(OUT_OF_THE_CARDS) == []


def test_a_patient_is_found_as_one_types_and_opened_from_the_keyboard(served: "Served", open_page: OpenPage) -> None:
    served.practice.patient("Zabriskie", "Tove")
    page = served.sign_in(open_page(), "ma")
    page.goto(f"{served.url}/patients/")
    expect(page.get_by_role("searchbox", name="Name, birth date")).to_be_focused()
    page.keyboard.type("zabriski tove")
    expect(page.locator("#people")).to_contain_text("Zabriskie, Tove")
    assert "zabriski" not in page.url
    page.get_by_role("link", name="Zabriskie, Tove").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Zabriskie, Tove")).to_be_visible()
    expect(page.get_by_role("heading", name="Visits")).to_be_visible()


def test_a_visit_is_booked_by_keyboard_alone(served: "Served", open_page: OpenPage) -> None:
    from liaison.visits.models import Visit

    patient = served.practice.patient("Keyboard", "Kim")
    page = served.sign_in(open_page(), "desk")
    page.goto(f"{served.url}/schedule/find/?patient={patient.pk}")
    page.get_by_label("Visit type").focus()
    page.keyboard.type("Follow")
    page.keyboard.press("Tab")
    first = page.locator("[name=time]").first
    first.wait_for(state="attached")
    page.get_by_label("Reason").focus()
    page.keyboard.type("knee pain")
    first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice.done")).to_contain_text("Booked with Dr Osei")
    visit = Visit.objects.get(patient=patient)
    assert (visit.stage, visit.reason) == ("booked", "knee pain")


def test_the_schedule_follows_what_another_person_books(served: "Served", open_page: OpenPage) -> None:
    from liaison.kernel import clock
    from liaison.visits import actions

    place = served.practice
    at = clock.now().replace(second=0, microsecond=0) + timedelta(days=2)
    visit = place.requested(place.patient("Livingstone", "Ada"))
    visit = actions.book(place.setup, visit.pk, provider_id=place.dr.pk, starts_at=at, overbook=True)
    page = served.sign_in(open_page(), "desk")
    page.goto(f"{served.url}/schedule/?day={visit.day}")
    expect(page.locator("#calendar")).to_contain_text("Livingstone, Ada")
    expect(page.locator(".rail [data-live-sign]")).to_have_attribute("data-state", "live")
    actions.cancel(place.setup, visit.pk, "a cold")
    expect(page.locator("#calendar")).not_to_contain_text("Livingstone")


def test_long_lists_of_a_chart_begin_folded_on_a_phone(
    served: "Served", open_page: OpenPage, paths: dict[str, str]
) -> None:
    page = served.sign_in(open_page(viewport={"width": 390, "height": 844}), "ma")
    page.goto(served.url + paths["chart"])
    fold = page.locator("details.fold").first
    expect(fold).not_to_have_attribute("open", "")
    fold.locator("summary").click()
    expect(fold).to_have_attribute("open", "")
    expect(page.get_by_role("heading", name="Allergies")).to_be_visible()


def test_a_refused_form_puts_the_cursor_where_the_cause_is(served: "Served", open_page: OpenPage) -> None:
    page = served.sign_in(open_page(), "desk")
    page.goto(f"{served.url}/patients/new/")
    page.get_by_label("Family name").fill("Half")
    page.get_by_role("textbox", name="Birth date", exact=True).fill("1980-01-01")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_label("Sex")).to_be_focused()
    expect(page.locator("#sex-said")).to_have_text("Choose the sex, or “unknown”.")
    expect(page.get_by_label("Family name")).to_have_value("Half")
