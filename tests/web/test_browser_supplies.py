"""Supplies in Chromium: a carton scanned in by a keyboard wedge, no barrier, no page wider than its screen."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.looked import troubles

if TYPE_CHECKING:
    from tests.web.conftest import Served

OpenPage = Callable[..., Page]
GTIN = "00300064681000"


@pytest.fixture(scope="module")
def paths(served: "Served") -> dict[str, str]:
    """Stock of every state, a unit that is out of its limits, a debt."""
    from liaison.kernel import clock
    from liaison.supplies import actions
    from liaison.supplies.models import Borrowing, Excursion

    place, now = served.practice, clock.now()
    setup, today = place.setup, clock.now().date()
    fridge = actions.add_unit(setup, site_id=place.site.pk, name="Refrigerator 1", kind="refrigerator")
    other = actions.add_unit(setup, site_id=place.site.pk, name="Refrigerator behind the door", kind="refrigerator")
    mmr = actions.add_item(setup, name="M-M-R II", ndc="00006-4681-00", doses_per_package=10, reorder_level=500)
    flu = actions.add_item(setup, name="Fluzone, multi-dose", ndc="49281-0643-15", doses_per_vial=10)

    def receive(unit, item, number: str, days: int, funding: str = "private"):  # type: ignore[no-untyped-def]  # models
        expires = today + timedelta(days=days)
        return actions.receive(
            setup, unit_id=unit.pk, item_id=item.pk, number=number, expires_on=expires, funding=funding, doses=12
        )

    stock = receive(fridge, mmr, "A-VERY-LONG-LOT-NUMBER-0001-AB", 300)
    receive(fridge, mmr, "SOON1", 9, "vfc")
    actions.open_vial(setup, receive(fridge, flu, "F1", 90, "state").pk)
    receive(other, flu, "F2", 90)
    actions.quarantine_lot(setup, receive(fridge, flu, "BAD", 90).lot_id, "Recalled by its maker")
    actions.borrow(setup, stock.pk, doses=2, funding="vfc", reason="The delivery is late")
    actions.record_reading(setup, other.pk, current_c=Decimal(5), at=now - timedelta(hours=9))
    actions.record_reading(setup, other.pk, current_c=Decimal("11.5"), low_c=Decimal(4), high_c=Decimal(12))
    excursion, debt = Excursion.objects.get(), Borrowing.objects.get()
    return {
        "stock": "/supplies/", "held": "/supplies/?only=held", "nothing": "/supplies/?q=zzz",
        "lot": f"/supplies/lots/{stock.lot_id}/", "waste": f"/supplies/stock/{stock.pk}/waste/",
        "receive": "/supplies/receive/", "debts": "/supplies/borrowed/", "return": f"/supplies/borrowed/{debt.pk}/",
        "items": "/supplies/items/", "item": f"/supplies/items/{mmr.pk}/", "units": "/supplies/storage/",
        "unit": f"/supplies/storage/{other.pk}/", "edit": f"/supplies/storage/{other.pk}/edit/",
        "count": f"/supplies/storage/{fridge.pk}/count/", "excursion": f"/supplies/excursions/{excursion.pk}/",
    }  # fmt: skip


def test_no_barrier_on_any_page_and_none_wider_than_its_screen(
    served: "Served", open_page: OpenPage, paths: dict[str, str]
) -> None:
    page = served.sign_in(open_page(), "manager")
    for name, path in paths.items():
        page.goto(served.url + path)
        assert (name, troubles(page)) == (name, [])


@pytest.mark.usefixtures("paths")
def test_a_carton_is_scanned_in_without_the_mouse(served: "Served", open_page: OpenPage) -> None:
    from liaison.supplies.models import Stock

    page = served.sign_in(open_page(), "ma")
    page.goto(f"{served.url}/supplies/receive/")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(f"]d201{GTIN}21S123")
    # A scanner's separator has no key: it comes as Ctrl and a bracket
    page.keyboard.press("Control+]")
    page.keyboard.type("1729113010X1234")
    page.keyboard.press("Enter")
    expect(page.locator("[data-scan-said]")).to_contain_text("M-M-R II, lot X1234")
    # What the code does not say is asked for next
    expect(page.get_by_label("Funding")).to_be_focused()
    page.keyboard.type("VFC")
    page.get_by_label("Goes into").select_option(label="Refrigerator 1")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice.done")).to_contain_text("lot X1234 holds 10 now")
    stock = Stock.objects.get(lot__number="X1234")
    assert (stock.funding, stock.on_hand, str(stock.lot.expires_on)) == ("vfc", 10, "2029-11-30")
    assert stock.movements.get().serial == "S123"


@pytest.mark.usefixtures("paths")
def test_what_cannot_be_read_is_said_and_the_field_is_ready_for_another_scan(
    served: "Served", open_page: OpenPage
) -> None:
    page = served.sign_in(open_page(), "ma")
    page.goto(f"{served.url}/supplies/receive/")
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    expect(page.locator("[data-scan-said]")).to_contain_text("This is no code of a package.")
    page.keyboard.type(GTIN)
    page.keyboard.press("Enter")
    expect(page.locator("[data-scan-said]")).to_contain_text("M-M-R II")


@pytest.mark.usefixtures("paths")
def test_the_list_is_narrowed_as_one_types(served: "Served", open_page: OpenPage) -> None:
    page = served.sign_in(open_page(), "ma")
    page.goto(f"{served.url}/supplies/")
    expect(page.get_by_role("heading", name="Fluzone")).to_be_visible()
    page.get_by_label("Find by name, lot, NDC or CVX").fill("soon1")
    expect(page.get_by_role("heading", name="Fluzone")).to_be_hidden()
    expect(page.locator("table.lots a[data-opener]")).to_have_text(["SOON1"])


@pytest.mark.usefixtures("paths")
def test_the_list_follows_what_another_person_does(served: "Served", open_page: OpenPage) -> None:
    from liaison.supplies import actions
    from liaison.supplies.models import Stock

    stock = Stock.objects.get(lot__number="SOON1", unit__name="Refrigerator 1")
    page = served.sign_in(open_page(), "ma")
    page.goto(f"{served.url}/supplies/?q=soon1")
    row = page.locator("table.lots tr", has_text="SOON1")
    expect(row.locator("td.n")).to_have_text("12")
    expect(page.locator(".rail [data-live-sign]")).to_have_attribute("data-state", "live")
    actions.waste(served.practice.setup, stock.pk, doses=5, reason="broken")
    expect(row.locator("td.n")).to_have_text("7")
