"""What time brings becomes a task, once, and is settled by itself when it is done."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from liaison.kernel import clock
from liaison.record import outbox
from liaison.record.promises import broken
from liaison.supplies import actions
from liaison.supplies.models import Excursion
from liaison.worklist.models import Task

from .conftest import NOW, TODAY, Shelf


def tasks(status: str = "requested") -> list[str]:
    outbox.deliver()
    return sorted(Task.objects.filter(status=status).values_list("title", flat=True))


def watch(shelf: Shelf, at: datetime = NOW) -> int:
    with clock.at(at):
        return actions.look_over(shelf.setup)


def read(shelf: Shelf, unit, current: str, at: datetime) -> None:
    with clock.at(at):
        actions.record_reading(shelf.ma, unit.pk, current_c=Decimal(current))


def test_a_lot_that_expires_is_told_of_when_it_is_soon_and_when_it_is_over(shelf: Shelf) -> None:
    soon = shelf.receive(number="SOON", expires_on=TODAY + timedelta(days=30))
    shelf.receive(number="LATER", expires_on=TODAY + timedelta(days=31))
    assert (watch(shelf), watch(shelf)) == (1, 0)
    assert tasks() == ["Use or move before it expires: MMR II, lot SOON"]

    over = NOW + timedelta(days=31)
    assert watch(shelf, over.replace(hour=12)) == 2
    assert "Take out expired MMR II, lot SOON" in tasks()
    with clock.at(over):
        actions.waste(shelf.ma, soon.pk, doses=10, reason="expired")
    assert [title for title in tasks() if "SOON" in title] == []
    assert broken() == {}


@pytest.mark.parametrize(
    ("hour", "missing"),
    [(13, 0), (16, 2), (19, 0), (22, 2)],  # UTC: 7:00, 10:00, 13:00 and 16:00 in Chicago
)
def test_a_reading_is_asked_for_in_the_morning_and_in_the_afternoon(shelf: Shelf, hour: int, missing: int) -> None:
    assert watch(shelf, NOW.replace(hour=hour)) == missing


def test_a_missing_reading_is_a_task_until_it_is_read(shelf: Shelf) -> None:
    ten = NOW.replace(hour=16)
    read(shelf, shelf.freezer, "-20", ten)
    assert (watch(shelf, ten), watch(shelf, ten)) == (1, 0)
    assert tasks() == ["Read the temperature of Refrigerator 1"]
    read(shelf, shelf.fridge, "4", ten + timedelta(minutes=5))
    assert tasks() == []
    assert watch(shelf, ten + timedelta(hours=6)) == 2
    # Saturday: the site is closed
    assert watch(shelf, ten + timedelta(days=5)) == 0


def test_an_excursion_is_seen_to_and_decided_about(shelf: Shelf) -> None:
    stock = shelf.receive()
    read(shelf, shelf.fridge, "12", NOW)
    assert tasks() == ["Decide about what is in Refrigerator 1", "See to Refrigerator 1: it is out of its limits"]
    read(shelf, shelf.fridge, "5", NOW + timedelta(minutes=30))
    assert tasks() == ["Decide about what is in Refrigerator 1"]
    excursion = Excursion.objects.get()
    assert Task.objects.get(kind="excursion").link == f"/supplies/excursions/{excursion.pk}/"
    actions.decide(shelf.nurse, excursion.pk, stock.pk, verdict="use", asked="Merck", why="Stable")
    assert tasks() == []


def test_an_item_below_its_level_is_to_be_ordered(shelf: Shelf) -> None:
    actions.change_item(shelf.ma, shelf.mmr.pk, reorder_level=5)
    stock = shelf.receive(doses=5)
    assert tasks() == []
    actions.use(shelf.ma, stock.pk, for_id=uuid4(), funding="private")
    actions.use(shelf.ma, stock.pk, for_id=uuid4(), funding="private")
    assert tasks() == ["Order MMR II"]
    shelf.receive(doses=2)
    assert tasks() == []
