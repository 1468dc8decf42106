"""Counts: shelf and ledger agree afterwards, differences are explained, and a stale sheet is not taken."""

from uuid import uuid4

import pytest

from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.record.promises import broken
from liaison.supplies import actions
from liaison.supplies.actions import Counted
from liaison.supplies.models import Count, Movement, Stock

from .conftest import Shelf


def test_a_count_that_agrees_is_noted_and_posts_nothing(shelf: Shelf) -> None:
    stock = shelf.receive(doses=7)
    done = actions.count(shelf.ma, shelf.fridge.pk, [Counted(stock.pk, 7, 7)])

    assert done.differences == 0
    assert done.lines[0] | {"stock": ""} == {
        "stock": "", "item": "MMR II", "lot": "X1234", "funding": "private", "expected": 7, "counted": 7,
        "reason": "", "note": "",
    }  # fmt: skip
    assert Movement.objects.count() == 1


def test_a_difference_is_explained_and_posted(shelf: Shelf) -> None:
    first, second = shelf.receive(doses=7), shelf.receive(doses=3, number="Y2")
    lines = [Counted(first.pk, 5, 7, "not-recorded", "two on Friday"), Counted(second.pk, 4, 3)]
    with pytest.raises(Invalid) as refused:
        actions.count(shelf.ma, shelf.fridge.pk, lines)
    assert refused.value.field == f"reason-{second.pk}"
    assert Count.objects.count() == 0

    done = actions.count(shelf.ma, shelf.fridge.pk, [lines[0], Counted(second.pk, 4, 3, "found")])
    assert done.differences == 2
    posted = Movement.objects.filter(count=done).order_by("doses").values_list("doses", "after", "reason", "note")
    assert list(posted) == [(-2, 5, "not-recorded", "two on Friday"), (1, 4, "found", "")]
    assert broken() == {}


def test_a_sheet_drawn_up_before_a_dose_was_given_is_not_taken(shelf: Shelf) -> None:
    stock = shelf.receive(doses=7)
    actions.use(shelf.ma, stock.pk, for_id=uuid4(), funding="private")
    with pytest.raises(Conflict) as refused:
        actions.count(shelf.ma, shelf.fridge.pk, [Counted(stock.pk, 7, 7)])
    assert refused.value.field == f"counted-{stock.pk}"
    assert Stock.objects.get().on_hand == 6


def test_what_cannot_be_counted_is_refused(shelf: Shelf) -> None:
    stock = shelf.receive()
    for lines in (
        [],
        [Counted(stock.pk, -1, 10, "found")],
        [Counted(stock.pk, 1, 10, "just so")],
        [Counted(stock.pk, 10), Counted(stock.pk, 10)],
    ):
        with pytest.raises(Invalid):
            actions.count(shelf.ma, shelf.fridge.pk, lines)
    with pytest.raises(Invalid, match="does not lie in"):
        actions.count(shelf.ma, shelf.freezer.pk, [Counted(stock.pk, 10)])
    with pytest.raises(Forbidden):
        actions.count(shelf.desk, shelf.fridge.pk, [Counted(stock.pk, 10)])
