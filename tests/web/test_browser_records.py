"""Vaccine records in Chromium: a card typed by keyboard alone, the list with one tick for all, without a barrier."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.looked import barriers, troubles

if TYPE_CHECKING:
    from tests.web.conftest import Served

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]


def late_child(served: "Served", given: str) -> str:
    """A child with one dose; the address of its history."""
    from liaison.immunize import actions, forecasts, population
    from liaison.people.models import Patient

    child = served.practice.patient(given=given, family="Kowalski", birth_date=date(2024, 1, 10))
    actions.add_history(served.practice.ma, child.pk, cvx="hep b", on=date(2024, 1, 11))
    forecasts.refresh(list(Patient.objects.all()), date(2026, 11, 23))
    population.renew()
    return f"{served.url}/patients/{child.pk}/immunizations/"


def test_a_card_is_typed_without_a_mouse(served: "Served", open_page: OpenPage) -> None:
    page = served.sign_in(open_page(viewport={"width": 1280, "height": 800}))
    page.goto(f"{late_child(served, 'Mia')}add/")
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(6)
    for vaccine, day in (("MMR", "01152025"), ("flu", "10012019")):
        page.keyboard.type(vaccine)
        page.keyboard.press("Tab")
        page.keyboard.type(day)
        page.keyboard.press("Tab")  # the picker's own button
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
    page.locator("[data-row]:last-of-type input").first.fill("Pediarix")
    expect(rows).to_have_count(7)
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("1 dose added to the history.")).to_be_visible()
    expect(page.get_by_text("before the birth date")).to_be_visible()
    expect(page.get_by_text("on which day it was given")).to_be_visible()
    expect(page.locator("[name=vaccine]").first).to_have_value("flu")
    assert barriers(page) == []


def test_the_pages_have_no_barrier_and_fit(served: "Served", open_page: OpenPage) -> None:
    page = served.sign_in(open_page(viewport={"width": 1280, "height": 844}))
    history = late_child(served, "Theodora-Maximiliana")
    for address in (
        history,
        f"{history}health-card/",
        *(f"{served.url}/immunizations/{one}" for one in ("", "recall/", "needed/")),
    ):
        page.goto(address)
        assert (address, troubles(page)) == (address, [])


def test_one_tick_chooses_everybody_on_the_page(served: "Served", open_page: OpenPage) -> None:
    late_child(served, "Ada")
    page = served.sign_in(open_page(viewport={"width": 1280, "height": 800}))
    page.goto(f"{served.url}/immunizations/recall/")
    page.get_by_label("All on this page").check()
    for tick in page.locator("input[name=patient]").all():
        expect(tick).to_be_checked()
