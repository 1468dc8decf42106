"""Temperatures: read and imported, and what happens to goods when a unit was out of its limits."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid, Refused
from liaison.record.models import OutboxEvent
from liaison.record.promises import broken
from liaison.supplies import actions, queries
from liaison.supplies.models import Decision, Excursion, Lot, Reading, Stock
from liaison.supplies.temperatures import both, celsius, shown

from .conftest import NOW, TODAY, Shelf

C = Decimal


def read(shelf: Shelf, current: str, minutes: int = 0, low: str = "", high: str = "", unit=None) -> Reading:
    with clock.at(NOW + timedelta(minutes=minutes)):
        return actions.record_reading(
            shelf.ma,
            (unit or shelf.fridge).pk,
            current_c=C(current),
            low_c=C(low) if low else None,
            high_c=C(high) if high else None,
        )


def decide(shelf: Shelf, excursion: Excursion, stock: Stock, verdict: str = "use", **more) -> Decision:
    facts = {"asked": "Merck, case 1234", "why": "Stable for 2 hours at 12 °C", **more}
    return actions.decide(shelf.nurse, excursion.pk, stock.pk, verdict=verdict, **facts)


def status(stock: Stock) -> str:
    return Stock.objects.get(pk=stock.pk).status


@pytest.mark.parametrize(
    ("typed", "scale", "stored"),
    [
        ("38.5", "[degF]", "3.61"),
        ("38.5 F", "Cel", "3.61"),
        ("4,2 °C", "[degF]", "4.20"),
        ("-18", "Cel", "-18.00"),
        ("−0.4°F", "Cel", "-18.00"),
        ("46 °F", "Cel", "7.78"),
        (" 5 c ", "[degF]", "5.00"),
    ],
)
def test_temperatures_are_typed_with_their_unit_and_kept_in_celsius(typed: str, scale: str, stored: str) -> None:
    assert celsius(typed, scale) == C(stored)


def test_temperatures_are_shown_as_the_display_has_them() -> None:
    assert (shown(C("3.61"), "[degF]"), shown(C("-18"), "Cel")) == ("38.5 °F", "−18.0 °C")
    assert both(C("9.40")) == "9.4 °C (48.9 °F)"
    for typed in ("", "warm", "98.6.1", "300 F", "1234"):
        with pytest.raises(Invalid):
            celsius(typed, "[degF]")


@pytest.mark.parametrize(("current", "out"), [("2", False), ("8", False), ("1.99", True), ("8.01", True)])
def test_the_limits_themselves_are_well(shelf: Shelf, current: str, out: bool) -> None:
    reading = read(shelf, current)
    assert reading.out is out
    assert Excursion.objects.exists() is out
    assert reading.initials == "DW"


def test_an_excursion_quarantines_everything_inside_until_it_is_decided_about(shelf: Shelf) -> None:
    mmr, flu = shelf.receive(), shelf.receive(shelf.flu, number="F1", funding="vfc")
    read(shelf, "4")
    read(shelf, "12.5", 60)
    excursion = Excursion.objects.get()

    assert (excursion.last_good_at, excursion.began_at) == (NOW, NOW + timedelta(minutes=60))
    assert {status(mmr), status(flu)} == {"quarantined"}
    with clock.at(NOW + timedelta(minutes=61)), pytest.raises(Refused) as refused:
        actions.use(shelf.ma, mmr.pk, for_id=uuid4(), funding="private")
    assert refused.value.code == "quarantined"
    with pytest.raises(Refused) as full:
        shelf.receive(number="NEW")
    assert full.value.code == "unit-out"
    with pytest.raises(Conflict, match="still out"):
        decide(shelf, excursion, mmr)

    read(shelf, "14", 90)
    read(shelf, "5", 150, low="4", high="14.2")
    excursion.refresh_from_db()
    assert (excursion.high_c, excursion.ended_at) == (C("14.2"), NOW + timedelta(minutes=150))
    assert status(mmr) == "quarantined"
    assert Excursion.objects.count() == 1

    with pytest.raises(Forbidden):
        actions.decide(shelf.ma, excursion.pk, mmr.pk, verdict="use", asked="x", why="y")
    for wrong in ({"verdict": "hope"}, {"asked": " "}, {"why": ""}, {"verdict": "until"}):
        with pytest.raises(Invalid):
            decide(shelf, excursion, mmr, **wrong)
    decide(shelf, excursion, mmr, "until", until=TODAY + timedelta(days=30))
    assert OutboxEvent.objects.filter(name="supplies.excursion_decided").count() == 0
    decide(shelf, excursion, flu, "discard")

    mmr.refresh_from_db()
    flu.refresh_from_db()
    assert (mmr.status, mmr.use_until) == ("usable", TODAY + timedelta(days=30))
    assert (flu.on_hand, flu.movements.get(kind="wasted").reason) == (0, "spoiled")
    assert OutboxEvent.objects.filter(name="supplies.excursion_decided").count() == 1
    with pytest.raises(Conflict):
        decide(shelf, excursion, mmr)
    actions.use(shelf.ma, mmr.pk, for_id=uuid4(), funding="private")
    with clock.at(NOW + timedelta(days=31)), pytest.raises(Refused, match="was to be used until"):
        actions.use(shelf.ma, mmr.pk, for_id=uuid4(), funding="private")
    assert broken() == {}


def test_what_the_display_tells_of_the_night_is_an_excursion_too(shelf: Shelf) -> None:
    stock = shelf.receive()
    read(shelf, "4", -16 * 60)
    read(shelf, "5", 0, low="0.5", high="6")
    excursion = Excursion.objects.get()

    assert (excursion.began_at, excursion.ended_at) == (NOW - timedelta(hours=16), NOW)
    assert (excursion.low_c, status(stock)) == (C("0.5"), "quarantined")
    decide(shelf, excursion, stock)
    stock.refresh_from_db()
    assert (stock.status, stock.excursion_id) == ("usable", None)


def test_doses_that_went_through_an_excursion_stay_apart(shelf: Shelf) -> None:
    stock = shelf.receive(doses=4)
    read(shelf, "12")
    read(shelf, "5", 30)
    fresh = shelf.receive(doses=6)
    assert fresh.pk != stock.pk
    other = actions.add_unit(shelf.setup, site_id=shelf.site.pk, name="Refrigerator 2", kind="refrigerator")
    moved = actions.transfer(shelf.ma, stock.pk, unit_id=other.pk, doses=4).stock
    assert (moved.status, moved.excursion_id) == ("quarantined", Excursion.objects.get().pk)
    assert [s.refused and s.refused.code for s in queries.stock_at(shelf.site.pk, ["03"])].count("quarantined") == 1
    decide(shelf, Excursion.objects.get(), moved)
    assert Excursion.objects.get().decided_at is not None


def test_the_last_wasted_dose_settles_an_excursion(shelf: Shelf) -> None:
    stock = shelf.receive(doses=1)
    read(shelf, "12")
    read(shelf, "5", 30)
    actions.waste(shelf.ma, stock.pk, doses=1, reason="spoiled")
    assert Excursion.objects.get().decided_at is not None


def test_an_empty_unit_that_was_out_needs_no_decision(shelf: Shelf) -> None:
    read(shelf, "-10", unit=shelf.freezer)
    read(shelf, "-20", 20, unit=shelf.freezer)
    assert Excursion.objects.get().decided_at == NOW + timedelta(minutes=20)


def test_a_unit_is_quarantined_by_hand(shelf: Shelf) -> None:
    stock = shelf.receive()
    excursion = actions.quarantine_unit(shelf.ma, shelf.fridge.pk, "Power failed at six")
    assert (status(stock), excursion.low_c) == ("quarantined", None)
    with pytest.raises(Conflict):
        actions.quarantine_unit(shelf.ma, shelf.fridge.pk, "again")
    read(shelf, "5", 10)
    assert Excursion.objects.get().ended_at is None
    actions.release_unit(shelf.nurse, shelf.fridge.pk, "Power is back, 7.1 °C at most")
    assert status(stock) == "quarantined"
    decide(shelf, excursion, stock)
    assert (status(stock), Excursion.objects.get().decided_at is not None) == ("usable", True)


def test_readings_that_cannot_be_are_refused(shelf: Shelf) -> None:
    read(shelf, "4")
    for act in (
        lambda: read(shelf, "4"),
        lambda: read(shelf, "4", 1, low="6", high="5"),
        lambda: read(shelf, "80", 2),
        lambda: actions.record_reading(shelf.ma, shelf.fridge.pk, current_c=C(4), at=NOW + timedelta(hours=1)),
        lambda: actions.record_reading(shelf.ma, uuid4(), current_c=C(4)),
        lambda: actions.record_reading(shelf.desk, shelf.fridge.pk, current_c=C(4)),
    ):
        with pytest.raises(Refused):
            act()
    assert Reading.objects.count() == 1


FILES = {
    "comma, Fahrenheit, lines before": """Device,LogTag
Serial,123

No.,Date/Time,Temperature (°F)
1,11/23/2026 7:00 AM,39.0
2,11/23/2026 7:05 AM,39.2
""".encode(),
    "UTF-8 with its mark, ISO with zones": b"""\xef\xbb\xbftimestamp,temp_c
2026-11-23T13:00:00Z,3.89
2026-11-23T13:05:00+00:00,4.00
""",
    "semicolon, decimal comma, UTF-16": """Datum;Zeit;Temperatur °C
23.11.2026;07:00;3,89
23.11.2026;07:05:00;4,00
""".encode("utf-16"),
    "Windows, unit beside the number": """Date;Time;Probe 1 temp;Status
11/23/26;07:00:00;3.89 °C;ok
11/23/26;07:05:00;39.2 °F;ok
""".encode("cp1252"),
    "tab, UTC in the heading": b"""Time (UTC)\tTemperature (C)\tHumidity (%)
2026-11-23 13:00\t3.89\t40
2026-11-23 13:05\t4.0001\t41
""",
}


@pytest.mark.parametrize("name", FILES)
def test_loggers_write_in_many_ways(shelf: Shelf, name: str) -> None:
    done = actions.import_readings(shelf.ma, shelf.fridge.pk, FILES[name])
    seven = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)

    assert (done.new, done.unread) == (2, ())
    assert list(Reading.objects.order_by("at").values_list("at", "current_c", "source")) == [
        (seven, C("3.89"), "logger"),
        (seven + timedelta(minutes=5), C("4.00"), "logger"),
    ]
    again = actions.import_readings(shelf.ma, shelf.fridge.pk, FILES[name])
    assert (again.new, again.known) == (0, 2)


def test_lines_that_cannot_be_read_are_told_one_by_one_and_the_rest_goes_on(shelf: Shelf) -> None:
    body = """Time,Temp (C)
2026-11-23 06:00,4.1
2026-11-23 06:05,--
battery low
,4.0
2026-02-30 06:00,4
2027-01-01 00:00,4
2026-11-23 06:10,900

2026-11-23 06:15,4.2
"""
    done = actions.import_readings(shelf.ma, shelf.fridge.pk, body.encode())

    assert done.new == 2
    assert [str(line) for line in done.unread] == [
        "Line 3: “--” is no temperature.",
        "Line 4: “battery low” is no date with a time.",
        "Line 5: there is no time.",
        "Line 6: “2026-02-30 06:00” is no date with a time.",
        "Line 7: 2027-01-01 00:00 is in the future.",
        "Line 8: “900” cannot be the temperature of a unit.",
    ]
    for body in (b"", b"\x00\x01", b"a,b\n1,2\n", b"Time,Temp\nx,y\n", b"Time,Note\n2026-11-23 06:00,4\n"):
        with pytest.raises(Invalid):
            actions.import_readings(shelf.ma, shelf.fridge.pk, body)


def log(*temperatures: str, start: int = 6) -> bytes:
    lines = [f"2026-11-23 {start:02}:{5 * n:02},{t}" for n, t in enumerate(temperatures)]
    return "\n".join(["Time,Temp (C)", *lines]).encode()


def test_a_log_tells_of_excursions_with_their_length_and_extremes(shelf: Shelf) -> None:
    stock = shelf.receive()
    with clock.at(NOW + timedelta(days=1)):
        done = actions.import_readings(shelf.ma, shelf.fridge.pk, log("4", "9", "11", "9", "5", "1", "4"))
    warm, cold = sorted(done.excursions, key=lambda e: e.began_at)
    six = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    assert (warm.last_good_at, warm.began_at) == (six, six + timedelta(minutes=5))
    assert (warm.ended_at, warm.high_c) == (six + timedelta(minutes=20), C(11))
    assert (cold.low_c, cold.ended_at) == (C(1), six + timedelta(minutes=30))
    # It came after both were over
    assert status(stock) == "usable"


def test_a_log_found_later_belongs_to_the_excursion_that_is_known(shelf: Shelf) -> None:
    with clock.at(NOW - timedelta(hours=9)):
        stock = shelf.receive()
    read(shelf, "4", -4 * 60)
    read(shelf, "5", 0, high="10")
    excursion = Excursion.objects.get()
    decide(shelf, excursion, stock)

    actions.import_readings(shelf.ma, shelf.fridge.pk, log("4", "9", "10", "5"))
    assert (Excursion.objects.count(), status(stock)) == (1, "usable")
    # Worse than what was decided about: it is looked at again
    actions.import_readings(shelf.ma, shelf.fridge.pk, log("4", "14", "5", start=7))
    excursion.refresh_from_db()
    assert (Excursion.objects.count(), excursion.high_c, excursion.decided_at) == (1, C(14), None)
    assert status(stock) == "quarantined"
    decide(shelf, excursion, stock, "discard")
    assert broken() == {}


def test_a_month_of_a_logger_is_taken_over_in_few_queries(shelf: Shelf, django_assert_max_num_queries) -> None:
    start = datetime(2026, 10, 20, tzinfo=UTC)
    lines = [f"{start + timedelta(minutes=5 * n):%Y-%m-%d %H:%M},4.0" for n in range(30 * 288)]
    body = "\n".join(["Time (UTC),Temp (C)", *lines]).encode()
    with django_assert_max_num_queries(60):
        assert actions.import_readings(shelf.ma, shelf.fridge.pk, body).new == 8640


def test_a_recalled_lot_is_held_wherever_it_lies(shelf: Shelf) -> None:
    stock = shelf.receive()
    lot = actions.quarantine_lot(shelf.ma, stock.lot_id, "FDA recall 2026-11")
    assert lot.status == Lot.Status.QUARANTINED
    assert queries.why_not(Stock.objects.select_related("lot__item", "unit").get(), date(2026, 11, 23)).code
    with pytest.raises(Invalid):
        actions.quarantine_lot(shelf.ma, stock.lot_id, "")
    with pytest.raises(Conflict):
        actions.release_lot(shelf.nurse, actions.release_lot(shelf.nurse, lot.pk, "lifted").pk, "again")
