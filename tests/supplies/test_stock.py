"""Doses: received, given, wasted, moved, borrowed and returned; what may not be given, and what the ledger says."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from liaison.record.models import AuditEntry, OutboxEvent
from liaison.record.promises import broken
from liaison.supplies import actions, queries
from liaison.supplies.models import Borrowing, Lot, Movement, Stock, Vial

from .conftest import NEXT_YEAR, NOW, TODAY, Shelf


def ledger(stock: Stock) -> list[tuple[str, int, int]]:
    return list(stock.movements.order_by("created_at", "id").values_list("kind", "doses", "after"))


def on_hand(stock: Stock) -> int:
    return Stock.objects.get(pk=stock.pk).on_hand


def refusal(act) -> Refused:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


def test_what_is_received_is_in_stock_and_the_same_lot_is_added_to(shelf: Shelf) -> None:
    stock = shelf.receive(doses=10, number=" x1234 ")
    again = shelf.receive(doses=5)

    assert again.pk == stock.pk
    assert (again.on_hand, again.lot.number) == (15, "X1234")
    assert ledger(stock) == [("received", 10, 10), ("received", 5, 15)]
    assert shelf.receive(funding="vfc").pk != stock.pk
    assert Lot.objects.count() == 1
    assert OutboxEvent.objects.filter(name="supplies.received").count() == 3
    assert broken() == {}


def test_a_lot_has_one_expiry_and_what_has_expired_is_not_received(shelf: Shelf) -> None:
    shelf.receive()

    assert refusal(lambda: shelf.receive(expires_on=date(2027, 12, 31))).field == "expires_on"
    assert refusal(lambda: shelf.receive(number="OLD", expires_on=TODAY - timedelta(days=1))).code == "expired"
    assert shelf.receive(number="TODAY", expires_on=TODAY).on_hand == 10
    assert refusal(lambda: shelf.receive(number=" ")).field == "number"
    assert refusal(lambda: shelf.receive(doses=0)).field == "doses"
    assert refusal(lambda: shelf.receive(funding="lottery")).field == "funding"
    assert refusal(lambda: shelf.receive(unit_id=shelf.freezer.pk)).field == "unit"
    assert refusal(lambda: shelf.receive(unit_id=uuid4())).status == 404
    assert Movement.objects.count() == 2


def test_a_dose_is_given_once_and_put_back_once(shelf: Shelf) -> None:
    stock, given = shelf.receive(doses=2), uuid4()

    used = actions.use(shelf.ma, stock.pk, for_id=given, funding="private")
    assert (used.doses, used.after, used.for_id) == (-1, 1, given)
    back = actions.put_back(shelf.ma, given, "Recorded for the wrong patient")
    assert back is not None
    assert (back.doses, back.after, back.reverses_id) == (1, 2, used.pk)
    assert actions.put_back(shelf.ma, given, "again") is None
    assert actions.put_back(shelf.ma, uuid4(), "never given") is None
    assert on_hand(stock) == 2
    assert broken() == {}


def test_what_may_not_be_given_is_refused_with_what_to_do(shelf: Shelf) -> None:
    old = shelf.receive(number="OLD", expires_on=TODAY)
    recalled, one = shelf.receive(number="BAD"), shelf.receive(number="ONE", doses=1)
    actions.quarantine_lot(shelf.ma, recalled.lot_id, "Recalled by Merck.")
    give = lambda stock, **more: actions.use(  # noqa: E731  # read beside what is refused
        shelf.ma, stock.pk, for_id=uuid4(), **{"funding": "private", **more}
    )

    with clock.at(NOW + timedelta(days=1)):
        told = refusal(lambda: give(old))
    assert (told.code, told.field) == ("expired", "stock")
    assert "expired on 23 Nov 2026" in told.sentence
    assert refusal(lambda: give(recalled)).sentence == "Lot BAD is recalled: Recalled by Merck. Use another lot."
    assert refusal(lambda: give(one, funding="vfc")).code == "other-funding"
    give(one)
    assert refusal(lambda: give(one)).code == "none-left"
    assert refusal(lambda: give(Stock(pk=uuid4()))).status == 404
    actions.release_lot(shelf.nurse, recalled.lot_id, "Merck took it back")
    assert give(recalled).after == 9
    assert give(old).after == 9


def test_a_dose_of_another_source_is_a_debt_until_it_is_returned(shelf: Shelf) -> None:
    private, vfc, given = shelf.receive(doses=3), shelf.receive(funding="vfc", number="V1", doses=3), uuid4()

    used = actions.use(shelf.ma, private.pk, for_id=given, funding="vfc", borrow_reason="VFC delivery is late")
    debt = used.borrowing
    assert debt is not None
    assert (debt.lender, debt.borrower, debt.owed, debt.for_id) == ("private", "vfc", 1, given)
    assert refusal(lambda: actions.give_back(shelf.ma, debt.pk, stock_id=private.pk, doses=1)).field == "stock"
    assert refusal(lambda: actions.give_back(shelf.ma, debt.pk, stock_id=vfc.pk, doses=2)).code == "not-owed"
    done = actions.give_back(shelf.ma, debt.pk, stock_id=vfc.pk, doses=1)

    assert (done.owed, done.settled_at) == (0, NOW)
    assert (on_hand(private), on_hand(vfc)) == (2, 2)
    returned = Stock.objects.get(lot=vfc.lot, funding="private")
    assert returned.on_hand == 1
    assert refusal(lambda: actions.give_back(shelf.ma, debt.pk, stock_id=vfc.pk, doses=1)).code == "not-owed"
    back = actions.put_back(shelf.ma, given, "Entered for a sister")
    assert back is not None
    # The private shelf has its dose again: this one is VFC's
    assert (back.stock.funding, back.stock.lot.number) == ("vfc", "X1234")
    assert broken() == {}


def test_a_debt_of_a_use_in_error_is_cancelled(shelf: Shelf) -> None:
    private, given = shelf.receive(doses=3), uuid4()
    actions.use(shelf.ma, private.pk, for_id=given, funding="vfc", borrow_reason="late")

    actions.put_back(shelf.ma, given, "wrong patient")
    debt = Borrowing.objects.get()
    assert (debt.owed, debt.cancelled, debt.settled_at) == (0, True, NOW)
    assert on_hand(private) == 3
    assert broken() == {}


def test_doses_are_borrowed_by_the_box_and_returned_in_parts(shelf: Shelf) -> None:
    private = shelf.receive(doses=10)
    debt = actions.borrow(shelf.ma, private.pk, doses=4, funding="state", reason="Outbreak clinic")
    state = Stock.objects.get(funding="state")

    assert (on_hand(private), state.on_hand, debt.owed) == (6, 4, 4)
    actions.give_back(shelf.ma, debt.pk, stock_id=state.pk, doses=1)
    assert Borrowing.objects.get().owed == 3
    assert refusal(lambda: actions.borrow(shelf.ma, private.pk, doses=1, funding="private", reason="x")).code
    assert refusal(lambda: actions.borrow(shelf.ma, private.pk, doses=99, funding="vfc", reason="x")).code == "too-few"
    assert refusal(lambda: actions.borrow(shelf.ma, private.pk, doses=1, funding="vfc", reason=" ")).field == "reason"
    other = shelf.receive(shelf.flu, funding="state", number="F1")
    assert refusal(lambda: actions.give_back(shelf.ma, debt.pk, stock_id=other.pk, doses=1)).code == "other-vaccine"
    assert broken() == {}


def test_doses_are_wasted_with_a_reason(shelf: Shelf) -> None:
    stock = shelf.receive(doses=3)
    given = uuid4()

    wasted = actions.waste(shelf.ma, stock.pk, doses=1, reason="drawn", note="Mother changed her mind", for_id=given)
    assert (wasted.doses, wasted.reason, wasted.for_id, wasted.after) == (-1, "drawn", given, 2)
    assert refusal(lambda: actions.waste(shelf.ma, stock.pk, doses=1, reason="bored")).field == "reason"
    assert refusal(lambda: actions.waste(shelf.ma, stock.pk, doses=1, reason="other")).field == "note"
    assert refusal(lambda: actions.waste(shelf.ma, stock.pk, doses=3, reason="broken")).code == "too-few"
    actions.waste(shelf.ma, stock.pk, doses=2, reason="broken")
    assert "supplies.emptied" in set(OutboxEvent.objects.values_list("name", flat=True))
    assert AuditEntry.objects.filter(action="supplies.use", reason="drawn").count() == 1


def test_doses_move_between_units_and_stay_what_they_are(shelf: Shelf) -> None:
    stock = shelf.receive(doses=10)
    other = actions.add_unit(shelf.setup, site_id=shelf.site.pk, name="Refrigerator 2", kind="refrigerator")

    arrived = actions.transfer(shelf.ma, stock.pk, unit_id=other.pk, doses=4)
    assert (arrived.stock.unit_id, arrived.stock.funding, arrived.stock.on_hand) == (other.pk, "private", 4)
    assert ledger(stock)[-1] == ("moved", -4, 6)
    back = actions.transfer(shelf.ma, arrived.stock_id, unit_id=shelf.fridge.pk, doses=4)
    assert back.stock_id == stock.pk
    assert refusal(lambda: actions.transfer(shelf.ma, stock.pk, unit_id=shelf.freezer.pk, doses=1)).field == "unit"
    assert refusal(lambda: actions.transfer(shelf.ma, stock.pk, unit_id=shelf.fridge.pk, doses=1)).code == "same-unit"
    assert refusal(lambda: actions.transfer(shelf.ma, stock.pk, unit_id=other.pk, doses=11)).code == "too-few"
    assert broken() == {}


def test_a_multi_dose_vial_is_opened_and_used_until_its_day(shelf: Shelf) -> None:
    stock = shelf.receive(shelf.flu, doses=20, number="F1")
    actions.use(shelf.ma, stock.pk, for_id=uuid4(), funding="private")
    vial = Vial.objects.get()

    assert (vial.doses, vial.left, vial.use_by) == (10, 9, TODAY + timedelta(days=28))
    assert refusal(lambda: actions.open_vial(shelf.ma, stock.pk)).code == "vial-open"
    with clock.at(NOW + timedelta(days=29)):
        told = refusal(lambda: actions.use(shelf.ma, stock.pk, for_id=uuid4(), funding="private"))
        assert told.code == "vial-past-use"
        actions.waste(shelf.ma, stock.pk, doses=9, reason="left-over")
        opened = actions.open_vial(shelf.ma, stock.pk, use_by=TODAY + timedelta(days=35))
        assert (opened.left, on_hand(stock)) == (10, 10)
        actions.waste(shelf.ma, stock.pk, doses=4, reason="broken")
    assert Vial.objects.get(pk=opened.pk).left == 6
    single = shelf.receive()
    assert refusal(lambda: actions.open_vial(shelf.ma, single.pk)).code == "single-dose"
    assert broken() == {}


def test_what_a_site_holds_is_listed_first_expiry_first_with_why_not(shelf: Shelf, django_assert_num_queries) -> None:
    late = shelf.receive(number="LATE", expires_on=NEXT_YEAR)
    soon = shelf.receive(number="SOON", expires_on=TODAY + timedelta(days=9), funding="vfc")
    bad = shelf.receive(number="BAD", expires_on=TODAY + timedelta(days=5))
    actions.quarantine_lot(shelf.ma, bad.lot_id, "Recalled")
    shelf.receive(shelf.flu, number="F1")

    with django_assert_num_queries(3):
        found = queries.stock_at(shelf.site.pk, ["03"], funding="private")
        assert [(s.lot.number, s.refused and s.refused.code, s.unit.site.name) for s in found] == [
            ("BAD", "lot-quarantined", "Maple Street"),
            ("SOON", "other-funding", "Maple Street"),
            ("LATE", None, "Maple Street"),
        ]
    assert [s.pk for s in queries.stock_at(shelf.site.pk, ["03"]) if not s.refused] == [soon.pk, late.pk]
    assert queries.stock_at(uuid4(), ["03"]) == []


def test_whoever_may_not_is_refused_and_nothing_is_posted(shelf: Shelf) -> None:
    stock = shelf.receive()
    acts = [
        lambda: actions.receive(
            shelf.desk, unit_id=shelf.fridge.pk, item_id=shelf.mmr.pk, number="A", expires_on=NEXT_YEAR,
            funding="vfc", doses=1,
        ),
        lambda: actions.use(shelf.desk, stock.pk, for_id=uuid4(), funding="private"),
        lambda: actions.waste(shelf.desk, stock.pk, doses=1, reason="lost"),
        lambda: actions.release_lot(shelf.ma, stock.lot_id, "it is fine"),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert Movement.objects.count() == 1


def test_the_database_itself_keeps_the_ledger(shelf: Shelf) -> None:
    stock = shelf.receive()
    for statement in (
        "UPDATE supplies_movement SET doses = 99",
        "DELETE FROM supplies_movement",
        "UPDATE supplies_stock SET on_hand = -1",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE supplies_stock SET on_hand = 7")
    assert broken() == {"stock is the sum of its movements": [
        "Lot X1234 in Refrigerator 1 holds 7, its movements sum up to 10."
    ]}  # fmt: skip
    assert on_hand(stock) == 7


def test_a_use_costs_few_queries(shelf: Shelf, django_assert_max_num_queries) -> None:
    stock = shelf.receive()
    actions.use(shelf.ma, stock.pk, for_id=uuid4(), funding="private")
    with django_assert_max_num_queries(8):
        actions.use(shelf.ma, stock.pk, for_id=uuid4(), funding="private")


def race(act: Callable[[int], object]) -> list[str]:
    """Let `act(number)` run in 32 threads at once; the codes of those that were refused."""
    together = threading.Barrier(32)
    refused: list[str] = []

    def run(number: int) -> None:
        together.wait()
        try:
            with clock.at(NOW):
                act(number)
        except Conflict as told:
            refused.append(told.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_of_32_who_want_the_last_five_doses_exactly_five_get_one(own_database, make_shelf) -> None:
    with clock.at(NOW):
        shelf = make_shelf()
        stock = shelf.receive(doses=5)
    refused = race(lambda _: actions.use(shelf.ma, stock.pk, for_id=uuid4(), funding="private"))
    assert refused == ["none-left"] * 27
    assert on_hand(stock) == 0
    assert sorted(stock.movements.filter(kind="used").values_list("after", flat=True)) == [0, 1, 2, 3, 4]
    assert broken() == {}


def test_32_who_receive_one_new_lot_at_once_fill_one_stock(own_database, make_shelf) -> None:
    with clock.at(NOW):
        shelf = make_shelf()
    assert race(lambda number: shelf.receive(doses=number + 1, number="NEW")) == []
    assert Stock.objects.get().on_hand == sum(range(1, 33))
    assert broken() == {}


def test_doses_that_go_both_ways_at_once_stop_nobody(own_database, make_shelf) -> None:
    with clock.at(NOW):
        shelf = make_shelf()
        other = actions.add_unit(shelf.setup, site_id=shelf.site.pk, name="Refrigerator 2", kind="refrigerator")
        here, there = shelf.receive(doses=40), shelf.receive(doses=40, unit_id=other.pk)
    ways = [(here.pk, other.pk), (there.pk, shelf.fridge.pk)]

    def move(number: int) -> None:
        stock, unit = ways[number % 2]
        actions.transfer(shelf.ma, stock, unit_id=unit, doses=2)

    assert race(move) == []
    assert (on_hand(here), on_hand(there)) == (40, 40)
    assert broken() == {}


def test_goods_are_set_up_with_facts_of_the_crosswalk(shelf: Shelf) -> None:
    assert (shelf.mmr.cvx, shelf.mmr.mvx, shelf.mmr.ndc) == ("03", "MSD", "00006-4681-00")
    item = actions.add_item(shelf.setup, ndc="58160-0819-12")
    assert (item.name, item.cvx, item.mvx) == ("Shingrix", "187", "SKB")
    assert refusal(lambda: actions.add_item(shelf.setup, name="X", cvx="777")).field == "cvx"
    assert refusal(lambda: actions.add_item(shelf.setup, name="X", cvx="03", mvx="ZZZ")).field == "mvx"
    assert refusal(lambda: actions.add_item(shelf.setup, name="X")).field == "cvx"
    assert refusal(lambda: actions.add_item(shelf.setup, name="X", cvx="03", ndc="12")).field == "ndc"
    assert refusal(lambda: actions.add_item(shelf.setup, name="MMR II", cvx="03")).field == "name"
    assert refusal(lambda: actions.add_item(shelf.setup, name="Again", ndc="0006-4681-00")).field == "ndc"
    assert actions.add_item(shelf.setup, name="Gauze", kind="supply", storage="room").cvx == ""
    assert actions.change_item(shelf.ma, item.pk, reorder_level=20).reorder_level == 20
    shelf.receive()
    assert refusal(lambda: actions.change_item(shelf.ma, shelf.mmr.pk, active=False)).code == "in-stock"
    assert refusal(lambda: actions.change_item(shelf.ma, shelf.mmr.pk, cvx="94")).code == "in-stock"
    assert refusal(lambda: actions.change_unit(shelf.ma, shelf.fridge.pk, active=False)).code == "in-stock"
    assert refusal(lambda: actions.add_unit(shelf.setup, site_id=shelf.site.pk, name="Freezer 1", kind="freezer")).field
    with pytest.raises(NotFound):
        actions.tie_code(shelf.ma, "00300064681008", uuid4())
    with pytest.raises(Invalid):
        actions.tie_code(shelf.ma, "abc", shelf.mmr.pk)
    assert actions.tie_code(shelf.ma, "300064681008", shelf.mmr.pk).gtin == "00300064681008"
