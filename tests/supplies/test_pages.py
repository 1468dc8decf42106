"""Supplies on the screen: what is shown to whom, what a form does, and what it says when it refuses."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from liaison.kernel import clock
from liaison.supplies import actions
from liaison.supplies.models import Borrowing, Code, Count, Excursion, Item, Movement, Reading, Stock, StorageUnit, Vial
from tests.support.signed_in import client_of

from .conftest import NOW, TODAY, Shelf

GTIN = "00300064681000"


@pytest.fixture
def ma(shelf: Shelf) -> Client:
    return client_of(shelf.ma)


@pytest.fixture
def nurse(shelf: Shelf) -> Client:
    return client_of(shelf.nurse)


def text(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.content.decode()[-500:]
    return answer.content.decode()


def refused(client: Client, name: str, /, *args: object, **data: object) -> str:
    answer = client.post(reverse(name, args=args), data)
    assert answer.status_code == 422, answer.status_code
    return answer.content.decode()


def posted(client: Client, name: str, /, *args: object, **data: object) -> str:
    answer = client.post(reverse(name, args=args), data)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_who_has_no_business_with_supplies_sees_none(shelf: Shelf) -> None:
    stock, desk = shelf.receive(), client_of(shelf.desk)
    for name, *args in (
        ("supplies",), ("storage",), ("supplies-items",), ("supplies-debts",), ("supplies-ledger",),
        ("supplies-receive",), ("supplies-lot", stock.lot_id), ("storage-unit", shelf.fridge.pk),
        ("supplies-waste", stock.pk), ("storage-log", shelf.fridge.pk, 2026, 11),
    ):  # fmt: skip
        assert desk.get(reverse(name, args=args)).status_code == 403, name
    assert desk.post(reverse("supplies-scan"), {"code": GTIN}).status_code == 403
    assert "/supplies/" not in desk.get("/").content.decode()


def test_a_delivery_is_scanned_in(shelf: Shelf, ma: Client) -> None:
    found = ma.post(reverse("supplies-scan"), {"code": f"]d201{GTIN}1727113010X1234\x1d21S1"}).json()
    assert found | {"name": ""} == {
        "gtin": GTIN, "ndc": "00006-4681-00", "cvx": "03", "mvx": "MSD", "vaccine": "MMR", "name": "", "lot": "X1234",
        "expires_on": "2027-11-30", "serial": "S1", "item": str(shelf.mmr.pk), "doses": 10, "sorry": "",
        "unknown": False,
    }  # fmt: skip
    facts = {
        "item": found["item"], "unit": shelf.fridge.pk, "number": found["lot"], "expires_on": found["expires_on"],
        "funding": "vfc", "doses": "10", "note": "slip 7", "serial": "S1",
    }  # fmt: skip
    assert posted(ma, "supplies-receive", **facts) == "/supplies/"
    assert "?unit=" in posted(ma, "supplies-receive", **facts, another="yes")
    assert Stock.objects.get().on_hand == 20
    page = text(ma, "supplies")
    assert "X1234" in page
    assert "30 Nov 2027" in page
    for wrong, sentence in (
        ({"doses": "ten"}, "Type a whole number up to 1,000,000."),
        ({"expires_on": ""}, "Write the expiry date"),
        ({"expires_on": "2026-01-31"}, "known to expire on 30 Nov 2027"),
        ({"item": ""}, "Choose what it is."),
        ({"unit": shelf.freezer.pk}, "is kept in a refrigerator"),
        ({"funding": ""}, "Choose who paid for it"),
    ):
        assert sentence in refused(ma, "supplies-receive", **(facts | wrong)), wrong
    assert Movement.objects.count() == 2


def test_an_unreadable_code_is_told_and_an_unknown_one_remembered(shelf: Shelf, ma: Client) -> None:
    sorry = ma.post(reverse("supplies-scan"), {"code": "hello"})
    assert (sorry.status_code, sorry.json()["sorry"].startswith("This is no code")) == (422, True)
    unknown = ma.post(reverse("supplies-scan"), {"code": "08901234567890"}).json()
    assert (unknown["unknown"], unknown["item"]) == (True, "")
    facts = {"item": shelf.mmr.pk, "unit": shelf.fridge.pk, "number": "Z", "expires_on": "2027-01-31",
             "funding": "private", "doses": "1", "gtin": "08901234567890"}  # fmt: skip
    posted(ma, "supplies-receive", **facts)
    assert Code.objects.count() == 0
    posted(ma, "supplies-receive", **facts, remember="yes")
    assert Code.objects.get().item == shelf.mmr
    assert ma.post(reverse("supplies-scan"), {"code": "08901234567890"}).json()["item"] == str(shelf.mmr.pk)


def test_the_list_is_narrowed_by_words_funding_and_what_wants_somebody(shelf: Shelf, ma: Client) -> None:
    shelf.receive(number="SOON1", expires_on=TODAY + timedelta(days=3))
    shelf.receive(number="VFC1", funding="vfc")
    shelf.receive(shelf.flu, number="FLU1")
    actions.change_item(shelf.ma, shelf.flu.pk, reorder_level=20)
    bad = shelf.receive(number="BAD1")
    actions.quarantine_lot(shelf.ma, bad.lot_id, "Recalled")

    def lots(**query: str) -> set[str]:
        page = text(ma, "supplies", **query)
        return {lot for lot in ("SOON1", "VFC1", "FLU1", "BAD1") if f">{lot}<" in page}

    assert lots() == {"SOON1", "VFC1", "FLU1", "BAD1"}
    assert lots(funding="vfc") == {"VFC1"}
    assert lots(only="soon") == {"SOON1"}
    assert lots(only="held") == {"BAD1"}
    assert lots(only="low") == {"FLU1"}
    assert lots(q="fluz") == {"FLU1"}
    assert lots(q="soon1") == {"SOON1"}
    assert lots(q="0006") == {"SOON1", "VFC1", "BAD1"}
    assert lots(q="nothing like it") == set()
    fragment = client_of(shelf.ma, htmx=True).get(reverse("supplies"), {"q": "fluz"}).content.decode()
    assert "<html" not in fragment
    assert "FLU1" in fragment


def test_the_list_asks_a_fixed_number_of_queries(shelf: Shelf, ma: Client, django_assert_max_num_queries) -> None:
    for number in range(12):
        shelf.receive(number=f"L{number}", funding=["private", "vfc"][number % 2])
    text(ma, "supplies")
    with django_assert_max_num_queries(14):
        text(ma, "supplies")
    with django_assert_max_num_queries(14):
        text(ma, "storage")


def test_doses_are_moved_wasted_borrowed_and_returned(shelf: Shelf, ma: Client) -> None:
    stock = shelf.receive(doses=10)
    other = actions.add_unit(shelf.setup, site_id=shelf.site.pk, name="Refrigerator 2", kind="refrigerator")
    assert "Refrigerator 2" in text(ma, "supplies-move", stock.pk)
    posted(ma, "supplies-move", stock.pk, doses="2", unit=other.pk)
    assert "Only 8 doses" in refused(ma, "supplies-move", stock.pk, doses="9", unit=other.pk)
    assert "Choose where it goes." in refused(ma, "supplies-move", stock.pk, doses="1", unit="")
    posted(ma, "supplies-waste", stock.pk, doses="1", reason="drawn")
    assert "Choose why it is wasted" in refused(ma, "supplies-waste", stock.pk, doses="1", reason="")
    posted(ma, "supplies-borrow", stock.pk, doses="3", funding="vfc", reason="VFC is late")
    debt = Borrowing.objects.get()
    assert "VFC owes private 3 doses" in text(ma, "supplies-debts")
    vfc = Stock.objects.get(funding="vfc")
    assert "Choose the lot" in refused(ma, "supplies-return", debt.pk, doses="1", stock="")
    assert "still owed" in refused(ma, "supplies-return", debt.pk, doses="4", stock=vfc.pk)
    posted(ma, "supplies-return", debt.pk, doses="3", stock=vfc.pk)
    assert "Nothing is owed" in text(ma, "supplies-debts")
    page = text(ma, "supplies-lot", stock.lot_id)
    for words in ("drawn and not given", "VFC is late", "+10", "Dana Whitfield"):
        assert words in page


def test_a_vial_is_opened_on_its_page(shelf: Shelf, ma: Client) -> None:
    stock = shelf.receive(shelf.flu, number="F1")
    assert reverse("supplies-open", args=[stock.pk]) in text(ma, "supplies-lot", stock.lot_id)
    assert "Choose a day" in refused(ma, "supplies-open", stock.pk, use_by="2020-01-01")
    posted(ma, "supplies-open", stock.pk, use_by="")
    assert Vial.objects.get().use_by == TODAY + timedelta(days=28)
    assert "vial open, 10 left" in text(ma, "supplies")


def test_a_recalled_lot_is_held_and_released(shelf: Shelf, ma: Client, nurse: Client) -> None:
    stock = shelf.receive()
    assert "Say why" in refused(ma, "supplies-hold-lot", stock.lot_id, reason="")
    posted(ma, "supplies-hold-lot", stock.lot_id, reason="FDA recall.")
    assert "Recalled: FDA recall. None of it can be given." in text(ma, "supplies-lot", stock.lot_id)
    assert (
        ma.post(reverse("supplies-hold-lot", args=[stock.lot_id]), {"what": "release", "reason": "x"}).status_code
        == 403
    )
    posted(nurse, "supplies-hold-lot", stock.lot_id, what="release", reason="Lifted")
    assert "Recalled:" not in text(ma, "supplies-lot", stock.lot_id)


def test_items_are_added_and_changed(shelf: Shelf, ma: Client) -> None:
    facts = {"ndc": "58160-0819-12", "kind": "vaccine", "storage": "refrigerator", "unit": "dose", "name": ""}
    posted(ma, "supplies-add-item", **facts)
    item = Item.objects.get(cvx="187")
    assert (item.name, item.doses_per_vial, item.reorder_level) == ("Shingrix", 1, 0)
    assert "is the item Shingrix already" in refused(ma, "supplies-add-item", **(facts | {"name": "Other"}))
    assert "no CVX code" in refused(
        ma, "supplies-add-item", kind="vaccine", name="X", cvx="777", unit="dose", storage="room"
    )
    page = text(ma, "supplies-item", item.pk)
    assert 'value="58160-0819-12"' in page
    changed = {name: getattr(item, name) for name in ("kind", "name", "ndc", "cvx", "mvx", "unit", "storage")}
    posted(ma, "supplies-item", item.pk, **changed, doses_per_package="10", doses_per_vial="1", reorder_level="7")
    assert Item.objects.get(pk=item.pk).reorder_level == 7
    posted(ma, "supplies-item", item.pk, active="no")
    assert "out of use" in text(ma, "supplies-items")


def test_a_temperature_is_read_and_shown(shelf: Shelf, ma: Client) -> None:
    shelf.receive()
    unit = shelf.fridge.pk
    assert "Write what the display shows now." in refused(ma, "storage-read", unit, current="")
    assert "Write a temperature" in refused(ma, "storage-read", unit, current="39", low="cold")
    posted(ma, "storage-read", unit, current="39", low="37.5", high="41 F")
    reading = Reading.objects.get()
    assert (reading.current_c, reading.low_c, reading.high_c) == (Decimal("3.89"), Decimal("3.06"), Decimal("5.00"))
    posted(ma, "storage-read", unit, current="38", at="2026-11-23T07:30")
    page = text(ma, "storage-unit", unit)
    assert "39.0 °F" in page
    assert '<svg class="temperatures" role="img"' in page
    assert "39.0 °F" in text(ma, "storage")
    posted(ma, "storage-read", unit, current="55", at="2026-11-23T08:15")
    assert Excursion.objects.count() == 1
    assert "quarantined" in text(ma, "supplies")


def test_a_loggers_file_is_taken_over_with_the_lines_that_could_not_be_read(shelf: Shelf, ma: Client) -> None:
    address = reverse("storage-import", args=[shelf.fridge.pk])
    body = b"Time,Temp (F)\n2026-11-23 06:00,39\n2026-11-23 06:05,warm\n2026-11-23 06:10,39.5\n"
    answer = ma.post(address, {"file": SimpleUploadedFile("log.csv", body)})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2 readings taken over" in page
    assert "Line 3: “warm” is no temperature." in page
    again = ma.post(address, {"file": SimpleUploadedFile("log.csv", b"Time,Temp (F)\n2026-11-23 06:00,39\n")})
    assert again.status_code == 302
    assert Reading.objects.count() == 2
    assert "Choose the file" in refused(ma, "storage-import", shelf.fridge.pk)
    none = ma.post(address, {"file": SimpleUploadedFile("x.csv", b"\xff\xd8\xff\xe0 a picture")})
    assert (none.status_code, "Export the log as CSV" in none.content.decode()) == (422, True)


def test_an_excursion_is_decided_about_on_its_page(shelf: Shelf, ma: Client, nurse: Client) -> None:
    stock = shelf.receive()
    with clock.at(NOW - timedelta(hours=1)):
        actions.record_reading(shelf.ma, shelf.fridge.pk, current_c=Decimal("12.5"))
    actions.record_reading(shelf.ma, shelf.fridge.pk, current_c=Decimal("5"))
    excursion = Excursion.objects.get()
    page = text(nurse, "excursion", excursion.pk)
    for words in ("54.5 °F", "12.5 °C", "1 h 0 min", "X1234"):
        assert words in page
    assert "Choose one of" in refused(nurse, "excursion", excursion.pk, stock=stock.pk, verdict="")
    facts = {"stock": stock.pk, "asked": "Merck, 77", "why": "Stable for 3 hours at 25 °C"}
    assert "Choose a day" in refused(nurse, "excursion", excursion.pk, verdict="until", until="2020-01-01", **facts)
    assert ma.post(reverse("excursion", args=[excursion.pk]), {"verdict": "use", **facts}).status_code == 403
    posted(nurse, "excursion", excursion.pk, verdict="use", **facts)
    page = text(ma, "excursion", excursion.pk)
    assert "Merck, 77: Stable for 3 hours" in page
    assert "Settled" in page
    log = ma.get(reverse("storage-log", args=[shelf.fridge.pk, 2026, 11]))
    assert (log.headers["Content-Type"], log.content[:4]) == ("application/pdf", b"%PDF")
    assert ma.get(reverse("storage-log", args=[shelf.fridge.pk, 2026, 13])).status_code == 404


def test_a_unit_is_quarantined_and_used_again(shelf: Shelf, ma: Client, nurse: Client) -> None:
    shelf.receive()
    assert "Say what happened" in refused(ma, "storage-hold", shelf.fridge.pk, reason="")
    posted(ma, "storage-hold", shelf.fridge.pk, reason="Door open all night")
    assert "Door open all night" in text(ma, "supplies")
    posted(nurse, "storage-hold", shelf.fridge.pk, what="release", reason="Closed, 6 °C")
    assert "to decide about" in text(ma, "storage")


def test_units_are_added_and_changed(shelf: Shelf, ma: Client) -> None:
    facts = {"site": shelf.site.pk, "name": "Ultra 1", "kind": "ultra-cold", "scale": "Cel", "twice_daily": "yes"}
    posted(ma, "storage-add", **facts)
    unit = StorageUnit.objects.get(name="Ultra 1")
    assert (unit.low_c, unit.high_c, unit.scale) == (Decimal(-90), Decimal(-60), "Cel")
    assert "already has a unit" in refused(ma, "storage-add", **facts)
    assert "The lower limit" in refused(ma, "storage-edit", unit.pk, name="Ultra 1", scale="Cel", low="-60", high="-80")
    assert "Choose °F or °C" in refused(ma, "storage-edit", unit.pk, name="Ultra 1", scale="kg", low="-112", high="-76")
    posted(ma, "storage-edit", unit.pk, name="Ultra A", scale="[degF]", low="-112 F", high="-76")
    unit.refresh_from_db()
    assert (unit.name, unit.low_c, unit.high_c, unit.twice_daily) == ("Ultra A", Decimal(-80), Decimal(-60), False)
    posted(ma, "storage-edit", unit.pk, active="no")
    assert "Ultra A" not in text(ma, "storage")


def test_a_unit_is_counted_on_its_page(shelf: Shelf, ma: Client) -> None:
    first, second = shelf.receive(doses=7), shelf.receive(doses=3, number="Y2")
    sheet = {f"expected-{first.pk}": "7", f"expected-{second.pk}": "3", f"counted-{first.pk}": "6"}
    page = refused(ma, "storage-count", shelf.fridge.pk, **sheet)
    assert "Say why lot X1234 differs." in page
    assert 'value="6"' in page
    posted(ma, "storage-count", shelf.fridge.pk, **sheet, **{f"reason-{first.pk}": "lost"})
    assert Count.objects.get().differences == 1
    assert Stock.objects.get(pk=first.pk).on_hand == 6
    assert "were moved since" in refused(ma, "storage-count", shelf.fridge.pk, **sheet)
    assert "Count one lot" in refused(ma, "storage-count", shelf.fridge.pk)


def test_a_dose_of_a_lot_that_was_used_up_may_turn_up_in_a_count(shelf: Shelf, ma: Client) -> None:
    stock = shelf.receive(doses=1)
    actions.waste(shelf.ma, stock.pk, doses=1, reason="lost")
    sheet = {f"expected-{stock.pk}": "0", f"counted-{stock.pk}": "1", f"reason-{stock.pk}": "found"}
    assert "X1234" in text(ma, "storage-count", shelf.fridge.pk)
    posted(ma, "storage-count", shelf.fridge.pk, **sheet)
    assert Stock.objects.get().on_hand == 1
    with clock.at(NOW + timedelta(days=31)):
        actions.waste(shelf.ma, stock.pk, doses=1, reason="broken")
    with clock.at(NOW + timedelta(days=62)):
        assert "X1234" not in text(ma, "storage-count", shelf.fridge.pk)


def test_the_ledger_is_a_file_that_no_spreadsheet_runs(shelf: Shelf, ma: Client) -> None:
    stock = shelf.receive(note="=HYPERLINK(1)")
    actions.waste(shelf.ma, stock.pk, doses=2, reason="broken")
    answer = ma.get(reverse("supplies-ledger"), {"from": "2026-11-01", "to": "2026-11-30", "site": str(shelf.site.pk)})
    body = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [(r["what"], r["doses"], r["after"], r["reason"], r["cvx_name"]) for r in rows] == [
        ("received", "10", "10", "", "MMR"),
        ("wasted", "-2", "8", "broken", "MMR"),
    ]
    assert rows[0]["note"] == "'=HYPERLINK(1)"
    assert rows[0]["by"] == "Dana Whitfield"
    early = ma.get(reverse("supplies-ledger"), {"from": "2026-01-01", "to": "2026-01-31"})
    assert len(b"".join(early).decode().splitlines()) == 1
    assert ma.get(reverse("supplies-ledger"), {"from": "soon"}).status_code == 302
