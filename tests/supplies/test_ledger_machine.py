"""However stock is worked on: what is on hand is what was put there, sources are never mixed silently, debts stand."""

from collections import Counter
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from liaison.kernel.errors import Conflict, Invalid
from liaison.record.promises import broken
from liaison.supplies import actions
from liaison.supplies.models import Borrowing, Funding, Movement, Stock

from .conftest import Shelf

FUNDING = st.sampled_from(Funding.values)
DOSES = st.integers(1, 6)
LOTS = {"EARLY": date(2027, 1, 31), "LATE": date(2028, 1, 31)}


def test_whatever_happens_to_doses_none_is_lost_made_or_mixed(shelf: Shelf) -> None:
    second = actions.add_unit(shelf.setup, site_id=shelf.site.pk, name="Refrigerator 2", kind="refrigerator")
    units = (shelf.fridge.pk, second.pk)

    class Clinic(RuleBasedStateMachine):
        """What a clinic does with doses, beside a plain list of where they must be."""

        def __init__(self) -> None:
            super().__init__()
            self.undo = transaction.atomic()
            self.undo.__enter__()
            self.there: Counter[tuple[UUID, str, str]] = Counter()
            self.given: dict[UUID, tuple[tuple[UUID, str, str], str]] = {}
            self.debts: dict[UUID, tuple[str, str, int]] = {}

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

        def any_stock(self, data: st.DataObject) -> Stock:
            return data.draw(st.sampled_from(sorted(Stock.objects.select_related("lot"), key=self.key)))

        @staticmethod
        def key(stock: Stock) -> tuple[UUID, str, str]:
            return stock.unit_id, stock.lot.number, stock.funding

        @rule(unit=st.sampled_from(units), lot=st.sampled_from(sorted(LOTS)), funding=FUNDING, doses=DOSES)
        def receive(self, unit: UUID, lot: str, funding: str, doses: int) -> None:
            shelf.receive(doses=doses, unit_id=unit, number=lot, expires_on=LOTS[lot], funding=funding)
            self.there[unit, lot, funding] += doses

        @precondition(lambda self: self.there)
        @rule(data=st.data(), funding=FUNDING, borrows=st.booleans())
        def use(self, data: st.DataObject, funding: str, borrows: bool) -> None:
            stock, for_id = self.any_stock(data), uuid4()
            key = self.key(stock)
            try:
                used = actions.use(
                    shelf.ma, stock.pk, for_id=for_id, funding=funding, borrow_reason="late" if borrows else ""
                )
            except Conflict as refusal:
                told = refusal.code
                assert told == ("none-left" if not self.there[key] else "other-funding")
                assert told == "none-left" or (funding != stock.funding and not borrows)
                return
            assert funding == stock.funding or borrows
            self.there[key] -= 1
            self.given[for_id] = key, funding
            if used.borrowing_id:
                self.debts[used.borrowing_id] = stock.funding, funding, 1

        @precondition(lambda self: self.given)
        @rule(data=st.data())
        def put_back(self, data: st.DataObject) -> None:
            for_id = data.draw(st.sampled_from(sorted(self.given)))
            (unit, lot, funding), borrower = self.given.pop(for_id)
            debt = Borrowing.objects.filter(for_id=for_id).first()
            actions.put_back(shelf.ma, for_id, "in error")
            if debt is not None and self.debts.get(debt.pk):
                del self.debts[debt.pk]
                self.there[unit, lot, funding] += 1
            else:
                self.there[unit, lot, borrower] += 1

        @precondition(lambda self: self.there)
        @rule(data=st.data(), doses=DOSES)
        def waste(self, data: st.DataObject, doses: int) -> None:
            stock = self.any_stock(data)
            if self.fits(stock, doses, lambda: actions.waste(shelf.ma, stock.pk, doses=doses, reason="broken")):
                self.there[self.key(stock)] -= doses

        @precondition(lambda self: self.there)
        @rule(data=st.data(), doses=DOSES)
        def transfer(self, data: st.DataObject, doses: int) -> None:
            stock = self.any_stock(data)
            unit = next(each for each in units if each != stock.unit_id)
            if self.fits(stock, doses, lambda: actions.transfer(shelf.ma, stock.pk, unit_id=unit, doses=doses)):
                self.there[self.key(stock)] -= doses
                self.there[unit, stock.lot.number, stock.funding] += doses

        @precondition(lambda self: self.there)
        @rule(data=st.data(), doses=DOSES, funding=FUNDING)
        def borrow(self, data: st.DataObject, doses: int, funding: str) -> None:
            stock = self.any_stock(data)
            if stock.funding == funding:
                return
            act = lambda: actions.borrow(shelf.ma, stock.pk, doses=doses, funding=funding, reason="late")  # noqa: E731
            if debt := self.fits(stock, doses, act):
                self.there[self.key(stock)] -= doses
                self.there[stock.unit_id, stock.lot.number, funding] += doses
                self.debts[debt.pk] = stock.funding, funding, doses

        @precondition(lambda self: self.debts)
        @rule(data=st.data(), doses=DOSES)
        def give_back(self, data: st.DataObject, doses: int) -> None:
            debt = data.draw(st.sampled_from(sorted(self.debts)))
            lender, borrower, owed = self.debts[debt]
            stock = self.any_stock(data)
            try:
                actions.give_back(shelf.ma, debt, stock_id=stock.pk, doses=doses)
            except (Conflict, Invalid):
                assert doses > owed or stock.funding != borrower or doses > self.there[self.key(stock)]
                return
            assert doses <= owed
            assert stock.funding == borrower
            self.there[self.key(stock)] -= doses
            self.there[stock.unit_id, stock.lot.number, lender] += doses
            self.debts[debt] = lender, borrower, owed - doses
            if owed == doses:
                del self.debts[debt]

        @precondition(lambda self: self.there)
        @rule(data=st.data(), counted=st.integers(0, 8))
        def count(self, data: st.DataObject, counted: int) -> None:
            stock = self.any_stock(data)
            line = actions.Counted(stock.pk, counted, self.there[self.key(stock)], "miscount")
            done = actions.count(shelf.ma, stock.unit_id, [line])
            assert done.differences == (counted != self.there[self.key(stock)])
            self.there[self.key(stock)] = counted

        def fits(self, stock: Stock, doses: int, act):
            """Whether the act went well; it does exactly when there are as many doses."""
            try:
                done = act()
            except Conflict as refusal:
                told = refusal.code
                assert told == "too-few"
                assert doses > self.there[self.key(stock)]
                return None
            assert doses <= self.there[self.key(stock)]
            return done

        @invariant()
        def the_shelves_hold_what_they_must(self) -> None:
            rows = Stock.objects.select_related("lot")
            assert {self.key(row): row.on_hand for row in rows if row.on_hand} == {
                k: n for k, n in self.there.items() if n
            }
            owed = {row.pk: (row.lender, row.borrower, row.owed) for row in Borrowing.objects.all() if row.owed}
            assert owed == self.debts
            for row in rows:
                afters = list(row.movements.order_by("created_at", "id").values_list("doses", "after"))
                total = 0
                for doses, after in afters:
                    total += doses
                    assert total == after

    run_state_machine_as_test(
        Clinic,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert Movement.objects.count() == 0
    assert broken() == {}
