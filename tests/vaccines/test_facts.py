"""The CDC's code tables answer by CVX, MVX and any spelling of an NDC."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.engines.vaccines import NotCodes, Product, facts, read_from
from liaison.engines.vaccines.file import FORMAT, pack, read
from liaison.engines.vaccines.ndc import candidates, hyphened
from liaison.engines.vaccines.packages import doses_in
from liaison.engines.vaccines.tables import BrokenTables, read_tables

pytestmark = pytest.mark.engine
CODES = "data/cdsi/codes"


def test_the_packaged_tables_are_the_release_they_name(shared: Callable[[str], Path]) -> None:
    made = read(pack(read_tables(shared(CODES))))

    assert made == facts()
    assert made.version == "2025-11-19"
    assert (len(made.vaccines), len(made.manufacturers), len(made.products)) == (288, 89, 1006)
    assert len({each.ndc11 for each in made.products}) == 1000


def test_a_vaccine_has_its_names_groups_and_statements() -> None:
    mmr = facts().vaccine("3")

    assert mmr is not None
    assert mmr == facts().vaccine("03")
    assert (mmr.short, mmr.active, mmr.groups) == ("MMR", True, ("MMR",))
    assert facts().vaccine("102") is not None
    assert not facts().vaccines["102"].active
    assert {"HIB", "DTAP", "HepB"} == set(facts().vaccines["102"].groups)
    assert {"M-M-R II", "Priorix"} == {each.name for each in facts().trade_names("03")}
    told = facts().vis("03")
    assert [(each.title, each.edition) for each in told] == [
        ("MMR Vaccine (Measles, Mumps, and Rubella) VIS", date(2025, 1, 31))
    ]
    assert told[0].pdf.endswith("mmr.pdf")
    assert told[0].encoded == "253088698300012711250131"
    assert len(facts().vis("20")) == 2
    assert facts().vis("999") == ()
    assert facts().vaccine("777") is None


def test_a_manufacturer_is_found_by_its_code() -> None:
    merck = facts().manufacturer("msd")

    assert merck is not None
    assert merck.active
    assert "Merck" in merck.name
    assert facts().manufacturer("ZZZ") is None


@pytest.mark.parametrize("spelling", ["49281-0425-50", "49281-425-50", "4928142550", "49281042550", " 49281-425-50 "])
def test_every_spelling_of_an_ndc_is_the_same_package(spelling: str) -> None:
    product = facts().product(spelling)

    assert product is not None
    assert (product.ndc, product.cvx, product.mvx, product.doses) == ("49281-0425-50", "140", "PMC", 10)
    assert facts().product(product.uses[0]) is not None


@pytest.mark.parametrize("text", ["", "MMR", "123", "49281-0425-5000", "492810425501", "49281/0425/50", "1-2-3"])
def test_what_is_no_ndc_has_no_package(text: str) -> None:
    assert facts().product(text) is None
    assert candidates(text) == ()


@given(st.from_regex(r"\A[0-9]{11}\Z"))
def test_eleven_digits_and_their_hyphened_form_are_one_code(code: str) -> None:
    assert candidates(code) == candidates(hyphened(code)) == (code,)


@given(st.sampled_from(facts().products))
def test_ten_digits_without_hyphens_lead_back_to_the_package(product: Product) -> None:
    code = product.ndc11
    short = [code[1:]] if code[0] == "0" else [code[:5] + code[6:]] if code[5] == "0" else []
    for spelled in short:
        assert code in {each.ndc11 for each in facts().spelled(spelled)}


def test_one_ndc_may_stand_for_two_vaccines() -> None:
    found = facts().spelled("58160-0821-52")

    assert [each.cvx for each in found] == ["43", "44"]
    assert facts().product("58160-0821-52") == found[0]


def test_packages_of_a_vaccine_in_use_come_before_those_no_longer_sold() -> None:
    packages = facts().products_of("03")

    assert packages
    assert {each.cvx for each in packages} == {"03"}
    ended = [(each.of_use, each.ended_on is not None) for each in packages]
    assert ended == sorted(ended)


@pytest.mark.parametrize(
    ("words", "of_use", "inside", "doses"),
    [
        ("CARTON, 10 SYRINGE", False, [], 10),
        ("PACKAGE,10 SYRINGES", False, [], 10),
        ("Package of 10, single dose syringe", False, [], 10),
        ("10 SYRINGE, GLASS in 1 CARTON", False, [], 10),
        ("CARTON, 1 KIT, 10 DOSES", False, [], 10),
        ("carton of one vial", False, [], 1),
        ("CARTON, 10 VIALS", False, ["VIAL, SINGLE-DOSE"], 10),
        ("CARTON, 10 VIALS", False, ["VIAL, 5 mL, MULTI-DOSE"], None),
        ("CARTON, 195 VIALS", False, ["VIAL"], None),
        ("CARTON, 10 VIAL, MULTI-DOSE", False, [], None),
        ("CARTON", False, [], None),
        ("CASE, 8 CARTON", False, [], None),
        ("SYRINGE, .5 mL", True, [], 1),
        ("VIAL, 0.5 mL", True, [], 1),
        ("VIAL, 5 mL, MULTI-DOSE", True, [], None),
        ("VIAL, MULTI-DOSE, 5 DOSES, 5 mcg/0.5 mL ", True, [], 5),
        ("BLISTER PACK, 4 CAPSULE, COATED", True, [], None),
        ("", True, [], None),
    ],
)
def test_doses_are_read_only_where_the_words_tell_them(
    words: str, of_use: bool, inside: list[str], doses: int | None
) -> None:
    assert doses_in(words, of_use=of_use, inside=inside) == doses


def test_tables_with_faults_are_refused_with_each_of_them(shared: Callable[[str], Path], tmp_path: Path) -> None:
    for table in shared(CODES).glob("*.csv"):
        shutil.copyfile(table, tmp_path / table.name)
    with (tmp_path / "ndc_cvx.csv").open("a") as file:
        file.write("sale,1,X,123,Made up,,Nobody,,,CARTON,03,,MSD,2025-01-01,\n")
        file.write("sale,1,X,12345678901,Made up,,Nobody,,,CARTON,,7777,MSD,2025-01-01,\n")
    (tmp_path / "mvx.csv").write_text("code,name\nMSD,Merck\n")

    with pytest.raises(BrokenTables) as broken:
        read_tables(tmp_path)
    assert broken.value.faults == ["mvx.csv: lacks the column mvx, status."]

    shutil.copyfile(shared(CODES) / "mvx.csv", tmp_path / "mvx.csv")
    with pytest.raises(BrokenTables) as broken:
        read_tables(tmp_path)
    assert [fault for fault in broken.value.faults if "line 1072" in fault] == [
        "ndc_cvx.csv, line 1072: '123' is no NDC of eleven digits."
    ]
    assert any("line 1073: '' is no CVX code" in fault for fault in broken.value.faults)


def test_a_file_that_is_no_codes_file_is_refused() -> None:
    with pytest.raises(NotCodes):
        read(b"not gzip")
    with pytest.raises(NotCodes, match="another form"):
        read(pack({"format": FORMAT + 1}))


def test_a_loaded_release_is_read_while_its_file_is_there(shared: Callable[[str], Path], tmp_path: Path) -> None:
    loaded = tmp_path / "codes.json.gz"
    loaded.write_bytes(pack(read_tables(shared(CODES)) | {"version": "2030-01-01"}))
    read_from(loaded)
    try:
        assert facts().version == "2030-01-01"
        loaded.unlink()
        assert facts().version == "2025-11-19"
    finally:
        read_from(None)
