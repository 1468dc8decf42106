"""HCPCS Level II and places of service: packaged as CMS publishes them, found by code and by words."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from liaison.engines.codes import hcpcs, places_of_service, search_hcpcs
from liaison.engines.codes.cpt import NotCpt, read_cpt
from liaison.engines.codes.level2 import NotTheTables, make, sources

pytestmark = pytest.mark.engine


def test_a_code_has_its_words_and_its_days() -> None:
    found = hcpcs(" j1885 ")
    assert found is not None
    assert found.long == "Injection, ketorolac tromethamine, per 15 mg"
    assert found.holds_on(date(2025, 1, 1))
    assert hcpcs("99213") is None
    assert "hcpcs_level2_2025-10.tsv" in sources()


def test_a_code_that_ended_is_told_from_one_that_holds() -> None:
    ended = hcpcs("C9447")
    assert ended is not None
    assert ended.ended_on is not None
    assert not ended.holds_on(date(2026, 1, 1))


def test_codes_are_found_by_words_in_any_order_and_by_their_beginning() -> None:
    assert search_hcpcs("ketorolac injection", 1)[0].code == "J1885"
    assert search_hcpcs("vitamin b12 inject", 3)[0].code == "J3420"
    assert {one.code for one in search_hcpcs("G000", 20)} >= {"G0008", "G0009"}
    assert search_hcpcs("zzzzqq", 5) == []


def test_modifiers_are_there_but_are_no_services() -> None:
    modifier = hcpcs("RT")
    assert modifier is not None
    assert modifier.is_modifier
    assert all(not one.is_modifier for one in search_hcpcs("right side", 50))


def test_the_places_of_service() -> None:
    places = places_of_service()
    assert places["11"].name == "Office"
    assert not places["11"].is_facility
    assert places["21"].is_facility


def test_the_packaged_files_are_what_the_tables_give(shared: Callable[[str], Path], tmp_path: Path) -> None:
    _, places, count = make(shared("data/codes"))
    assert count == 8_846
    assert b"Office" in places
    with pytest.raises(NotTheTables, match="lacks"):
        make(tmp_path)


@pytest.mark.parametrize(
    "text", ["code\tdescription\n99213\tA visit\n", "99213,A visit\n", "\ufeff99213\tA  visit \r\n\n"]
)
def test_a_licensed_cpt_file_is_read_with_tabs_or_commas(text: str) -> None:
    assert read_cpt(text) == {"99213": "A visit"}


@pytest.mark.parametrize("text", ["", "code,words\n", "99213,A visit\n9921,Too short\n", "99213\n99214\n"])
def test_what_is_no_cpt_file_is_refused(text: str) -> None:
    with pytest.raises(NotCpt):
        read_cpt(text)
