"""The pages in Chromium: live, by keyboard, at every size, in light and dark, without a barrier."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.support.looked import barriers

if TYPE_CHECKING:
    from tests.web.conftest import Served

OpenPage = Callable[..., Page]
SIZES = {"phone": (360, 740), "tablet": (820, 1180), "desk": (1280, 800), "wall": (1920, 1080)}


def expected_now(served: "Served", family: str, given: str = "Ana") -> str:
    """A visit whose time is now; its page's path."""
    from liaison.kernel import clock
    from liaison.visits import actions

    practice = served.practice
    visit = practice.requested(practice.patient(family, given, copay=0))
    at = (clock.now() + timedelta(minutes=5)).replace(second=0, microsecond=0)
    actions.book(practice.setup, visit.pk, provider_id=practice.dr.pk, starts_at=at, overbook=True)
    return f"/visits/{visit.pk}/"


def rooming(served: "Served", family: str) -> str:
    """A visit that waits for its vital signs."""
    from liaison.visits import actions
    from liaison.visits.models import Visit

    path = expected_now(served, family)
    visit = Visit.objects.get(pk=path.split("/")[2])
    served.practice.check_in(visit)
    room = next(r for r in _ready_rooms(served))
    actions.room(served.practice.ma, visit.pk, room)
    actions.do_step(served.practice.ma, visit.pk, "reason", {"text": "Dizzy"})
    return path


def _ready_rooms(served: "Served") -> list[object]:
    from liaison.places import actions as places
    from liaison.places.models import Room
    from liaison.record.actor import machine

    extra = places.add_room(machine("test"), site_id=served.practice.site.pk, name=f"Bay {Room.objects.count()}")
    return [extra.pk]


def test_the_board_follows_what_another_person_does_without_reload(served: "Served", open_page: OpenPage) -> None:
    path = expected_now(served, "Livewell")
    watching = served.sign_in(open_page(), "provider")
    acting = served.sign_in(open_page(), "ma")
    card = watching.locator("#lane-expected").get_by_text("Livewell, Ana")
    expect(card).to_be_visible()
    watching.evaluate("window.untouched = true")
    acting.goto(served.url + path)
    acting.get_by_label("name", exact=True).check()
    acting.get_by_label("birth date", exact=True).check()
    acting.get_by_label("Gone through with the patient").check()
    acting.get_by_label("Signed by").fill("Ana Livewell")
    acting.keyboard.press("Control+Enter")
    expect(acting.get_by_role("heading", name="Bring Ana to a room")).to_be_visible()
    expect(watching.locator("#lane-arrived").get_by_text("Livewell, Ana")).to_be_visible()
    assert watching.evaluate("window.untouched") is True
    expect(watching.locator(".rail [data-live-sign]")).to_have_attribute("data-state", "live")


def test_focus_stays_where_it_was_when_the_board_changes(served: "Served", open_page: OpenPage) -> None:
    from liaison.visits import actions

    path = expected_now(served, "Staying")
    page = served.sign_in(open_page(), "desk")
    page.get_by_role("link", name="Staying, Ana", exact=True).focus()
    expect(page.locator("#board")).not_to_contain_text("Newcomer")
    expected_now(served, "Newcomer")
    expect(page.locator("#board")).to_contain_text("Newcomer")
    assert page.evaluate("document.activeElement.textContent") == "Staying, Ana"
    actions.confirm(served.practice.setup, UUID(path.split("/")[2]))


def test_vital_signs_by_keyboard_with_a_wrong_value_said_beside_it(served: "Served", open_page: OpenPage) -> None:
    path = rooming(served, "Pressure")
    page = served.sign_in(open_page(), "ma")
    page.goto(served.url + path)
    page.get_by_label("Blood pressure", exact=False).first.fill("172/98")
    page.get_by_label("Pulse").fill("84")
    expect(page.locator("#bp-said")).to_contain_text("high")
    page.get_by_label("Weight", exact=False).first.fill("1800")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#weight-said")).to_contain_text("Check number and unit.")
    expect(page.get_by_label("Weight", exact=False).first).to_be_focused()
    expect(page.get_by_label("Blood pressure", exact=False).first).to_have_value("172/98")
    page.get_by_label("Weight", exact=False).first.fill("180")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Medications").first).to_be_visible()
    expect(page.locator("#stand")).to_contain_text("BP 172/98")


def test_the_keyboard_finds_a_patient_and_goes_places(served: "Served", open_page: OpenPage) -> None:
    served.practice.patient("Keyes", "Wanda")
    page = served.sign_in(open_page(), "ma")
    page.keyboard.press("/")
    page.keyboard.type("keyes")
    expect(page.get_by_role("option").first).to_contain_text("Keyes, Wanda")
    expect(page.get_by_role("combobox").first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Tasks", exact=True)).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next card, card before")


def test_the_theme_is_kept(served: "Served", open_page: OpenPage) -> None:
    page = served.sign_in(open_page(), "ma")
    page.locator(".who").click()
    page.get_by_text("Dark", exact=True).click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 26)"


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_its_screen(served: "Served", open_page: OpenPage, size: str) -> None:
    width, height = SIZES[size]
    paths = ["/", "/tasks/", expected_now(served, f"Wide{size}"), rooming(served, f"Narrow{size}")]
    page = served.sign_in(open_page(viewport={"width": width, "height": height}), "ma")
    for path in paths:
        page.goto(served.url + path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (path, over)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_no_barrier_on_any_page(served: "Served", open_page: OpenPage, look: str) -> None:
    page = open_page(color_scheme=look)
    page.goto(f"{served.url}/accounts/login/")
    assert barriers(page) == []
    paths = ["/", "/tasks/", expected_now(served, f"Fair{look}"), rooming(served, f"Rare{look}"), "/accounts/2fa/"]
    served.sign_in(page, "ma")
    for path in paths:
        page.goto(served.url + path)
        found = barriers(page)
        assert found == [], (path, found)
