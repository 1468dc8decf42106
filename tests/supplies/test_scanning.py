"""What scanners type is read: whatever they do to separators, and from whichever code of the package it comes."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.engines.vaccines import facts
from liaison.kernel.errors import Invalid
from liaison.supplies import actions, queries, scanning

from .conftest import Shelf

GTIN = "00300064681000"  # MMR II, carton of ten: NDC 0006-4681-00
WHOLE = [
    f"]d201{GTIN}1727113010X1234\x1d21000123",
    f"01{GTIN}1727113010X1234\x1d21000123",
    f"\x1d01{GTIN}21000123\x1d1727113010X1234",
    f"01{GTIN}21000123{{GS}}1727113010X1234\r",
    f"01{GTIN}21000123|10X1234~17271130",
    f"(01){GTIN}(17)271130(10)X1234(21)000123",
    f"(01) {GTIN} (17) 271100 (10) x1234 (21) 000123",
    f"https://id.gs1.org/01/{GTIN}/10/X1234/21/000123?17=271130",
]


@pytest.mark.parametrize("text", WHOLE)
def test_a_data_matrix_says_product_lot_expiry_and_serial(text: str) -> None:
    assert scanning.read(text) == (
        scanning.Reading(
            gtin=GTIN,
            ndcs=scanning.candidates("0006468100"),
            lot="X1234",
            expires_on=date(2027, 11, 30),
            serial="000123",
        ),
    )


@pytest.mark.parametrize(
    ("text", "lot", "serial"),
    [
        (f"01{GTIN}1727113010X1234", "X1234", ""),
        (f"01{GTIN}1727113010AB21C", "AB21C", ""),
        (f"01{GTIN}210000123456789" + "17271130" + "10X1234", "X1234", "0000123456789"),
        (f"01{GTIN}21ABC123" + "17271130" + "10X1", "X1", "ABC123"),
        (f"]d201{GTIN}172711301012345678", "12345678", ""),
    ],
)
def test_a_scanner_that_leaves_the_separators_out_is_understood(text: str, lot: str, serial: str) -> None:
    first = scanning.read(text)[0]
    assert (first.gtin, first.lot, first.serial, first.expires_on) == (GTIN, lot, serial, date(2027, 11, 30))


@given(
    lot=st.from_regex(r"\A[A-Z0-9]{1,12}\Z"),
    serial=st.from_regex(r"\A[0-9A-Z]{1,12}\Z"),
    on=st.dates(date(2025, 1, 1), date(2049, 12, 31)),
)
def test_what_was_written_into_a_code_comes_out_of_it(lot: str, serial: str, on: date) -> None:
    head, day = f"01{GTIN}", f"17{on:%y%m%d}"
    whole = scanning.Reading(GTIN, scanning.candidates("0006468100"), lot, on, serial)

    assert scanning.read(f"{head}21{serial}\x1d{day}10{lot}") == (whole,)
    # Without the separator it is one of the ways to cut the text at least
    assert whole in scanning.read(f"{head}21{serial}{day}10{lot}")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(text: str) -> None:
    with suppress(Invalid):
        assert scanning.read(text)


@pytest.mark.parametrize("text", ["", "hello", "12345", "(01)123", f"01{GTIN}99", "10X1234\x1d17271130", "x" * 300])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        scanning.read(text)


@pytest.mark.parametrize("text", ["00300064681001", "300064681001", f"01{GTIN[:-1]}71727113010X1234"])
def test_a_misread_digit_is_noticed(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        scanning.read(text)
    assert refused.value.code == "bad-check-digit"


@pytest.mark.parametrize("text", [GTIN, GTIN[1:], GTIN[2:], "0006-4681-00", "00006-4681-00", "0006468100"])
def test_every_code_of_a_package_leads_to_its_item(shelf: Shelf, text: str) -> None:
    found = queries.read_code(text)
    assert (found.item, found.cvx, found.mvx, found.ndc) == (shelf.mmr, "03", "MSD", "00006-4681-00")
    assert found.sorry == ""


def test_the_vial_leads_to_the_carton_that_it_came_in(shelf: Shelf) -> None:
    vial = facts().product(facts().product(shelf.mmr.ndc).uses[0])
    found = queries.read_code(vial.ndc)
    assert (found.item, found.doses) == (shelf.mmr, vial.doses)


def test_a_package_that_is_not_kept_here_is_named(shelf: Shelf) -> None:
    found = queries.read_code("58160-0819-12")
    assert (found.item, found.cvx, found.mvx) == (None, "187", "SKB")
    assert found.sorry.startswith("Shingrix is not among the items")


def test_an_unknown_code_is_tied_to_an_item_once(shelf: Shelf) -> None:
    unknown = "08901234567890"
    found = queries.read_code(f"01{unknown}1727113010ZZ9")
    assert (found.item, found.cvx, found.lot) == (None, "", "ZZ9")
    assert "Choose the item once" in found.sorry

    actions.tie_code(shelf.ma, unknown, shelf.flu.pk)
    again = queries.read_code(f"01{unknown}1727113010ZZ9")
    assert (again.item, again.cvx, again.mvx) == (shelf.flu, "141", "PMC")
    actions.tie_code(shelf.ma, unknown, shelf.mmr.pk)
    assert queries.read_code(unknown).item == shelf.mmr


def test_a_lot_that_was_received_decides_how_a_code_without_separators_is_cut(shelf: Shelf) -> None:
    text = f"01{GTIN}1727113010AB21C"
    assert queries.read_code(text).lot == "AB21C"
    shelf.receive(number="AB")
    found = queries.read_code(text)
    assert (found.lot, found.serial) == ("AB", "C")
