"""What the sample clinic keeps: lots in their units, readings of the last days, and everything holds."""

from collections import Counter

import pytest

from liaison.record.actor import machine
from liaison.record.promises import broken
from liaison.supplies import queries
from liaison.supplies.models import Borrowing, Excursion, Reading, Stock
from liaison.supplies.queries import shelf, storage


@pytest.mark.usefixtures("sample_clinic")
def test_the_shelves_are_full_and_every_promise_holds() -> None:
    actor = machine("test")
    whole = shelf.overview(actor, None)
    kinds = Counter(one.item.kind for one in whole.shelves)
    assert kinds == {"vaccine": 25, "medication": 4, "supply": 4}
    assert (whole.expired, whole.held, whole.owed, whole.open_excursions) == (0, 0, 2, [])
    assert whole.soon == 2
    for line in storage.unit_lines(actor, None):
        assert (line.latest is not None) == line.unit.twice_daily
        assert line.latest is None or not line.latest.out
    assert Excursion.objects.get().decided_at is not None
    assert Borrowing.objects.get().owed == 2
    assert Reading.objects.filter(out=True).count() == 2
    for stock in Stock.objects.select_related("lot__item", "unit__site"):
        item = stock.lot.item
        assert bool(item.cvx) == (item.kind == "vaccine")
        assert stock.unit.kind == item.storage
        assert not item.ndc or queries.read_code(item.ndc).item == item
    assert broken() == {}
