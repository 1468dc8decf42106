"""Vaccines in Chromium: from what is due to the observed child, by mouse, keyboard and scanner."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.looked import troubles

if TYPE_CHECKING:
    from tests.support.needle import Needle
    from tests.web.conftest import Served

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def chair(served: "Served") -> "Needle":
    """The child in the room; of MMR there is a lot with its package's code, and one of everything else."""
    from tests.support.needle import needle

    return needle(served.practice)


def each(served: "Served", chair: "Needle", page: Page) -> Iterator[str]:
    served.sign_in(page, "provider")
    patient = f"/patients/{chair.patient.pk}"
    for path in (
        f"{patient}/vaccines/", f"{patient}/vaccines/reaction/", f"/visits/{chair.visit.pk}/", f"{patient}/",
        "/immunizations/standing-order/",
    ):  # fmt: skip
        page.goto(served.url + path)
        page.locator("#page").wait_for()
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        yield path


@pytest.fixture(scope="module")
def planned(chair: "Needle") -> "Needle":
    """Hib is planned and prepared, with a warning in the screening."""
    from tests.support.needle import HIB

    chair.planned(HIB)
    chair.prepare(sick="yes", eligibility="V02")
    return chair


def test_no_barrier_on_any_page_of_vaccines_and_none_wider_than_its_screen(
    served: "Served", planned: "Needle", open_page: OpenPage
) -> None:
    page = open_page()
    assert [(path, found) for path in each(served, planned, page) if (found := troubles(page))] == []


def test_a_vaccine_from_due_to_observed(served: "Served", chair: "Needle", open_page: OpenPage) -> None:
    from liaison.immunize.models import Immunization

    page = served.sign_in(open_page(), "ma")
    page.goto(f"{served.url}/visits/{chair.visit.pk}/")
    page.get_by_role("link", name="Give vaccines").click()
    page.get_by_role("button", name="varicella").click()
    dose = page.locator("form[data-dose]", has_text="varicella")
    page.get_by_label("Who pays for the vaccines").select_option("V01")
    # The button of the new page does its work once that page's script has run
    with page.expect_navigation():
        page.locator("form[action$='eligibility/'] button").click()
    page.evaluate("document.querySelector('details.asks').open = true")
    page.locator("input[name='q-sick'][value='no']").check(force=True)
    page.get_by_role("button", name="No to all that is open").click()
    page.get_by_role("button", name="Keep the answers").click()
    if (handed := page.get_by_role("button", name="Handed over")).count():
        handed.click()
    if (consents := page.get_by_role("button", name="Consents")).count():
        page.get_by_label("Name of who consents").fill("Ada Lind")
        consents.click()
    dose.get_by_label("Site").select_option("LA")
    dose.get_by_role("button", name="Given").click()
    expect(dose.get_by_text("Ask for two identifiers at the chair")).to_be_visible()
    dose.get_by_label("name", exact=True).check()
    dose.get_by_label("birth date").check()
    dose.get_by_role("button", name="Given").click()
    expect(page.get_by_role("heading", name="Observation until")).to_be_visible()
    expect(page.get_by_role("timer")).to_contain_text("14:")
    expect(page.get_by_text("lot L21P")).to_be_visible()
    given = Immunization.objects.get(encounter_id=chair.encounter_id, cvx="21")
    assert (given.route, given.body_site, given.eligibility) == ("SC", "LA", "V01")
    page.get_by_role("button", name="Is well, may go").click()
    expect(page.get_by_text("The observation is not over yet.")).to_be_visible()


def test_sites_follow_the_route(served: "Served", planned: "Needle", open_page: OpenPage) -> None:
    page = served.sign_in(open_page(), "ma")
    page.goto(f"{served.url}/patients/{planned.patient.pk}/vaccines/")
    page.get_by_role("button", name="MMR").first.click()
    dose = page.locator("form[data-dose]", has_text="MMR")
    offered = "[...document.querySelectorAll('form[data-dose]')].find((f) => f.textContent.includes('MMR'))"
    sites = f"[...{offered}.querySelector('[name=body_site]').options].filter((o) => !o.hidden).map((o) => o.value)"
    dose.wait_for()
    page.wait_for_load_state("load")
    assert page.evaluate(sites) == ["", "LA", "RA", "LT", "RT"]
    page.wait_for_load_state("load")
    dose.get_by_label("Route").select_option("IM")
    assert page.evaluate(sites) == ["", "LVL", "RVL", "LD", "RD"]


def test_a_scanned_package_chooses_its_lot(served: "Served", chair: "Needle", open_page: OpenPage) -> None:
    from liaison.supplies import actions as supplies
    from liaison.supplies.models import Stock
    from tests.support.needle import HEP_A

    manager, kept = served.practice.manager, chair.stock[HEP_A, "private"]
    gtin = "00381234567898"
    supplies.tie_code(manager, gtin, kept.lot.item_id)
    other = supplies.receive(
        manager,
        unit_id=kept.unit_id,
        item_id=kept.lot.item_id,
        number="SCAN7",
        expires_on=kept.lot.expires_on,
        funding="private",
        doses=5,
    )
    page = served.sign_in(open_page(), "ma")
    page.goto(f"{served.url}/patients/{chair.patient.pk}/vaccines/")
    page.get_by_role("button", name="Hep A").click()
    page.get_by_label("Scan the package").fill(f"01{gtin}17{kept.lot.expires_on:%y%m%d}10SCAN7")
    page.keyboard.press("Enter")
    dose = page.locator("form[data-dose]", has_text="Hep A")
    expect(dose.locator(f"input[value='{other.pk}']")).to_be_checked()
    page.get_by_label("Scan the package").fill("not a code")
    page.keyboard.press("Enter")
    expect(page.locator(".scan .why")).to_be_visible()
    assert Stock.objects.get(pk=other.pk).on_hand == 5
