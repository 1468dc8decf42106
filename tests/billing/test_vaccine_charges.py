"""The codes of vaccines: products, and administration by component, by way, by payer and by programme."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.billing.charging.vaccines import Dose, Person, charged
from liaison.billing.rules import packaged

RULES: dict[str, Any] = packaged("charge-rules")["body"]["vaccines"]
CHILD, ADULT = Person(years=1, counselled=True), Person(years=40, counselled=True)
MEDICARE = Person(years=70, counselled=True, medicare=True)

MMR = Dose("1", "03", "MMR", "SC", antigens=("Measles", "Mumps", "Rubella"), groups=("MMR",))
FLU = Dose("2", "140", "Influenza", "IM", antigens=("Influenza",), groups=("Influenza",))
FLU_NASAL = Dose("3", "111", "Influenza, live", "NS", antigens=("Influenza",), groups=("Influenza",))
PEDIARIX = Dose("4", "110", "DTaP-HepB-IPV", "IM", antigens=("D", "T", "P", "HepB", "Polio"), groups=("HepB",))
ROTA = Dose("5", "119", "Rotavirus", "PO", antigens=("Rotavirus",), groups=("Rotavirus",))
ROTA_AGAIN = Dose("6", "116", "Rotavirus", "PO", antigens=("Rotavirus",), groups=("Rotavirus",))
COVID = Dose("7", "309", "COVID-19", "IM", antigens=("COVID-19",), groups=("COVID-19",))
HEP_B = Dose("8", "43", "Hepatitis B", "IM", antigens=("HepB",), groups=("HepB",))
PNEUMO = Dose("9", "216", "PCV20", "IM", antigens=("Pneumococcal",), groups=("Pneumococcal",))
ANTIBODY = Dose("10", "306", "Nirsevimab", "IM", antigens=("RSV",), groups=("RSV",))
MEN_ACWY = Dose("11", "114", "MenACWY", "IM", antigens=("Meningococcal",), groups=("Meningococcal",))


def administration(doses: list[Dose], person: Person) -> dict[str, int]:
    return {line.code: line.units for line in charged(doses, person, RULES, lambda _: "").lines}


@pytest.mark.parametrize(
    ("doses", "person", "codes"),
    [
        ([MMR], CHILD, {"90460": 1, "90461": 2}),
        ([MMR, PEDIARIX, ROTA], CHILD, {"90460": 3, "90461": 6}),
        ([MEN_ACWY], Person(18, counselled=True), {"90460": 1}),
        ([MEN_ACWY], Person(19, counselled=True), {"90471": 1}),
        ([MMR, PEDIARIX], Person(1, counselled=False), {"90471": 1, "90472": 1}),
        ([MMR], ADULT, {"90471": 1}),
        ([MMR, FLU, HEP_B], ADULT, {"90471": 1, "90472": 2}),
        ([FLU_NASAL], ADULT, {"90473": 1}),
        ([ROTA, ROTA_AGAIN], Person(0, counselled=False), {"90473": 1, "90474": 1}),
        ([MMR, FLU_NASAL], ADULT, {"90471": 1, "90474": 1}),
        ([FLU_NASAL, MMR, FLU], ADULT, {"90471": 1, "90472": 1, "90474": 1}),
        ([COVID], ADULT, {"90480": 1}),
        ([COVID, FLU], ADULT, {"90480": 1, "90471": 1}),
        ([FLU, PNEUMO, HEP_B], MEDICARE, {"G0008": 1, "G0009": 1, "G0010": 1}),
        ([FLU, MMR], MEDICARE, {"G0008": 1, "90471": 1}),
        ([COVID], MEDICARE, {"90480": 1}),
        ([ANTIBODY], CHILD, {"96380": 1}),
        ([ANTIBODY], Person(0, counselled=False), {"96381": 1}),
        ([], ADULT, {}),
    ],
)
def test_administration_goes_by_component_way_and_payer(
    doses: list[Dose], person: Person, codes: dict[str, int]
) -> None:
    assert administration(doses, person) == codes


def funded(**by_payer: dict[str, str]) -> dict[str, Any]:
    return {**RULES, "funded_by_payer": by_payer}


def test_a_programmes_dose_charges_no_product_but_its_administration() -> None:
    vfc = Dose("1", "03", "MMR", "SC", "vfc", antigens=("Measles", "Mumps", "Rubella"))
    lines = charged([vfc], CHILD, RULES, lambda _: "90707").lines
    assert [(line.code, line.units, line.modifier) for line in lines] == [("90460", 1, ""), ("90461", 2, "")]


def test_a_payer_may_want_the_product_at_nothing_with_its_modifier() -> None:
    vfc = Dose("1", "03", "MMR", "SC", "vfc", antigens=("Measles", "Mumps", "Rubella"))
    medicaid = Person(1, counselled=False, payer="STCAI")
    rules = funded(STCAI={"product": "zero", "modifier": "SL"})
    lines = charged([vfc], medicaid, rules, lambda _: "90707").lines
    assert [(line.code, line.free, line.modifier) for line in lines] == [("90707", True, "SL"), ("90471", False, "SL")]
    own = Dose("2", "03", "MMR", "SC", "private")
    assert [line.modifier for line in charged([own], medicaid, rules, lambda _: "90707").lines] == ["", ""]


def test_a_product_without_a_code_is_told_and_its_administration_charged() -> None:
    found = charged([MMR, FLU], ADULT, RULES, {"03": "90707"}.get)  # type: ignore[arg-type]  # every CVX asked has one, or None
    assert next((line.code, line.dose) for line in found.lines) == ("90707", MMR)
    assert [dose.cvx for dose in found.without_code] == ["140"]


def test_the_rules_may_count_components_otherwise() -> None:
    rules = {**RULES, "components": {"03": 1}}
    assert [line.code for line in charged([MMR], CHILD, rules, lambda _: "").lines] == ["90460"]


anything = st.lists(st.sampled_from([MMR, FLU, FLU_NASAL, PEDIARIX, ROTA, COVID, HEP_B, PNEUMO, MEN_ACWY]), max_size=9)
FIRST_OR_WHOLE = {"90460", "90471", "90472", "90473", "90474", "90480", "G0008", "G0009", "G0010"}


@given(anything, st.integers(0, 90), st.booleans(), st.booleans())
def test_every_dose_is_administered_once(doses: list[Dose], years: int, counselled: bool, medicare: bool) -> None:
    codes = administration(doses, Person(years, counselled, medicare))
    assert sum(units for code, units in codes.items() if code in FIRST_OR_WHOLE) == len(doses)
    assert codes.get("90471", 0) + codes.get("90473", 0) <= 1
    assert all(units > 0 for units in codes.values())
