"""The books in Chromium: no barrier, no page wider than its screen, the drawer's count added up while it is typed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.looked import troubles

if TYPE_CHECKING:
    from tests.web.conftest import Served

OpenPage = Callable[..., Page]
_LONG = "Donaudampfschifffahrtsgesellschaftsfundamentalgenossenschaft"  # 60 letters without a break


@pytest.fixture(scope="module")
def paths(served: "Served") -> dict[str, str]:
    """A month of work: visits of patients who owe, pay, pay ahead and do not pay; a deposit, the bank, expenses."""
    from liaison.billing import actions
    from liaison.billing.actions.books import bank, collecting, drawer, expenses, periods, statements
    from liaison.billing.books import days
    from liaison.billing.models import Statement
    from liaison.chart.actions import diagnose, finish_encounter, start_encounter
    from liaison.kernel import clock
    from liaison.record.change import change

    place, now = served.practice, clock.now()
    setup = place.setup

    def visit(number: int, back: int, *, pays: int = 0, method: str = "card"):  # type: ignore[no-untyped-def]  # models
        family = _LONG if number == 3 else f"Patient{chr(65 + number % 26)}{chr(97 + number // 26)}"
        at = now - timedelta(days=back)
        patient = place.patient(family, "Annamaria" if number % 2 else "Otto", language="es" if number == 2 else "en")
        with clock.at(at):
            with change(setup, "visits.room") as this:
                encounter = start_encounter(
                    this, patient_id=patient.pk, provider_id=place.dr.pk, site_id=place.site.pk, type_text="Follow-up",
                    reason="Cough", appointment_id=None, starts_at=at,
                )  # fmt: skip
            diagnose(setup, encounter.pk, ["I10"])
            with change(setup, "visits.room") as this:
                finish_encounter(this, encounter, at + timedelta(minutes=20))
            actions.add_charge(setup, encounter.pk, code="99213")
            actions.confirm_charges(setup, encounter.pk, self_pay=number % 3 != 0)
            if pays:
                actions.take_payment(setup, patient.pk, cents=pays, method=method, encounter_id=encounter.pk)
        return patient

    people = [
        visit(number, back, pays=pays, method=("cash", "check", "card")[number % 3])
        for number, back, pays in [(n, (n * 7) % 150 + 60 * (n % 3 == 1), (0, 2_500, 14_200)[n % 3]) for n in range(16)]
    ]
    drawer.open_drawer(setup, place.site.pk, 10_000)
    ahead = people[4]
    actions.take_payment(setup, ahead.pk, cents=90_000, method="check")
    collecting.agree_plan(setup, people[7].pk, cents=3_000, first_on=days.today())
    for later in (95, 60, 30):
        with clock.at(now - timedelta(days=later)):
            statements.make_due(setup)
    collecting.place(setup, Statement.objects.filter(stage="final").earliest("day").patient_id, "Fair Recovery LLC")
    waiting = [one.pk for one in drawer.undeposited() if one.method != "card"]
    made = drawer.deposit(setup, waiting[:3])
    today = days.today()
    expenses.enter_expense(
        setup, account="supplies", vendor="Gauze and Bandage Company of the Upper Midwest", cents=123_450,
        paid_on=today, paid_from="bank", reference="1009", papers=[expenses.Paper("receipt.pdf", b"%PDF-1.7 x")],
    )  # fmt: skip
    lines = [(made.cents, "DEPOSIT"), (-800, "MONTHLY SERVICE FEE"), (-123_450, "CHECK 1009"), (5, "INTEREST")]
    body = "Date,Description,Amount,Balance\n" + "".join(
        f"{today:%m/%d/%Y},{words},{cents / 100:.2f},100.00\n" for cents, words in lines
    )
    bank.take_in_statement(setup, "checking-november.csv", body.encode())
    periods.close_books(setup, date(2020, 1, 31), "what was before")
    return {
        "day": "/books/", "empty-day": "/books/?day=2019-01-02", "drawer": "/books/drawer/",
        "due": "/books/statements/", "sent": "/books/statements/?show=sent",
        "credits": "/books/statements/?show=credits",
        "plans": "/books/statements/?show=plans", "agency": "/books/statements/?show=agency",
        "payers": "/books/aging/", "patients": "/books/aging/?by=patient", "rates": "/books/rates/?begin=2020-01-01",
        "bank": "/books/bank/", "expenses": "/books/expenses/", "periods": "/books/periods/",
        "settle": f"/patients/{people[1].pk}/account/settle/", "ahead": f"/patients/{ahead.pk}/account/settle/",
        "plan": f"/patients/{people[7].pk}/account/settle/", "account": f"/patients/{ahead.pk}/account/",
        "link": "/statement/nothing/",
    }  # fmt: skip


def test_no_barrier_on_any_page_of_the_books_and_none_wider_than_its_screen(
    served: "Served", open_page: OpenPage, paths: dict[str, str]
) -> None:
    page = served.sign_in(open_page(), "manager")
    for name, path in paths.items():
        page.goto(served.url + path)
        assert (name, troubles(page)) == (name, [])


@pytest.mark.usefixtures("paths")
def test_the_count_adds_up_while_it_is_typed(served: "Served", open_page: OpenPage) -> None:
    page = served.sign_in(open_page(), "manager")
    page.goto(f"{served.url}/books/drawer/")
    page.get_by_label("$20", exact=True).fill("5")
    page.get_by_label("25¢").fill("4")
    expect(page.locator("[data-counted]")).to_contain_text("$101.00")
    page.get_by_label("Why it is over or short").fill("change was given wrongly")
    page.get_by_role("button", name="Close the drawer").click()
    expect(page.get_by_text("The drawer is closed.")).to_be_visible()
    expect(page.get_by_role("heading", name="Open the drawer")).to_be_visible()
