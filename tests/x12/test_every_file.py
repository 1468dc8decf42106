"""Each file of the shared collection on its own: its bytes given back, its faults named, its split parts whole."""

from __future__ import annotations

import csv
import io
import json

import pytest

from liaison.engines.x12 import X12Error, check, iter_check, read_segments, split, tell
from liaison.engines.x12.guides import guide_of
from tests.support import environment
from tests.x12.oracle import complaints

pytestmark = pytest.mark.engine

FOLDER = environment.shared() / "data/x12"


def _rows() -> list[dict[str, str]]:
    if not (FOLDER / "INDEX.tsv").exists():
        return []
    with (FOLDER / "INDEX.tsv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


ROWS = _rows()
EVERY = [pytest.param(row, id=row["file"]) for row in ROWS]
# Without the shared data there is one test that says so.
FILES = EVERY or [pytest.param({}, marks=pytest.mark.skip(reason=f"{FOLDER} is not there: set LIAISON_SHARED"))]

# Files that the index calls good and that break a rule of their guide nonetheless, each with the rules. pyx12 refuses
# those of its own transactions too; linuxforhealth-x12 does not look at separators within composites, nor at lengths.
# Neither adds up what a remittance pays.
FAULTY: dict[str, set[str]] = {
    "277ca/hdi__277CA-all-fields.edi": {"hl-number"},
    "278/oopf__Example_3_3_1_Request.txt": {"element-length"},
    "278/oopf__Example_3_3_2_Response.txt": {"element-length", "elements-together"},
    "835/hdi__835-all-fields.dat": {"segment-order", "claim-balance", "payment-balance"},
    "835/hdi__835-all-fields.edi": {"segment-order", "claim-balance", "payment-balance"},
    "835/hdi__835-minimal.edi": {"segment-order", "payment-balance"},
    "835/hdi__835-provider-level-adjustment.dat": {"payment-balance"},
    "835/lfh__cob-contractural-adjustment.835": {"element-missing", "element-length"},
    "835/lfh__demo.835": {"segment-missing"},
    "835/lfh__managed-care.835": {"date"},
    "835/lfh__tertiary-payment.835": {"element-missing", "element-length"},
    "835/moov__sample1.txt": {"claim-balance"},
    "835/oopf__835_WithMultipleInterchanges.txt": {"code"},
    "835/oopf__ExampleFromNth.txt": {"code"},
    "837p/hdi__837P-all-fields.dat": {"segment-order"},
    "837p/hdi__837P-minimal.dat": {"claim-total"},
    "837p/lfh__demo.cob.2ndary.example4.837": {"element-length", "element-missing", "qualifier"},
    "837p/lfh__demo.cob.example3.A.837": {"loop-missing"},
    "837p/lfh__demo.example9.837": {"element-length", "element-missing", "qualifier"},
    "837p/oopf__Example1_2_And_3_Combined.txt": {"segment-unexpected"},
    "837p/oopf__Example3_COB.txt": {"segment-unexpected"},
    "837p/oopf__MedicaidExample.txt": {"code", "time", "segment-missing"},
}


def _data(row: dict[str, str]) -> bytes:
    return (FOLDER / row["file"]).read_bytes()


@pytest.mark.parametrize("row", FILES)
def test_a_file_is_given_back_byte_for_byte(row: dict[str, str]) -> None:
    data = _data(row)
    for source in (data, io.BytesIO(data)):
        try:
            segments = list(read_segments(source, lambda problem: None))
        except X12Error:
            assert "ISA not 106" in row["envelope"]
            return
        assert b"".join(segment.exact() for segment in segments) == data
        assert [segment.number for segment in segments] == list(range(1, len(segments) + 1))


@pytest.mark.parametrize("row", FILES)
def test_a_good_file_holds_and_any_other_has_its_faults_named(row: dict[str, str]) -> None:
    problems = check(_data(row))
    rules = {problem.rule for problem in problems}
    assert all(problem.segment_number and problem.rule for problem in problems)
    if row["note"] == "ok" and row["envelope"] == "ok":
        assert FAULTY.get(row["file"], set()) <= rules
        assert bool(rules) == (row["file"] in FAULTY), [str(problem) for problem in problems]
    elif row["envelope"] != "ok" or "INVALID" in row["note"]:
        assert rules


@pytest.mark.parametrize("row", FILES)
def test_what_pyx12_finds_valid_holds_here(row: dict[str, str]) -> None:
    if row["pyx12"].startswith("valid") and row["envelope"] == "ok":
        assert check(_data(row)) == []


@pytest.mark.parametrize("row", FILES)
def test_what_linuxforhealth_reads_is_read_here(row: dict[str, str]) -> None:
    if not row["lfh"].startswith("valid") or row["envelope"] != "ok" or row["file"] in FAULTY:
        return
    assert check(_data(row)) == []
    assert "".join(tell(_data(row), as_json=False))


@pytest.mark.parametrize("row", FILES)
def test_a_file_is_told_as_json_with_every_segment_in_it(row: dict[str, str]) -> None:
    data = _data(row)
    if "ISA not 106" in row["envelope"]:
        return
    told = [json.loads(line) for line in "".join(tell(data, as_json=True, anyway=True)).strip().split("\n")]
    assert len(told) == int(row["transactions"])
    body = [s.number for s in read_segments(data, lambda p: None) if s.id not in ("ISA", "GS", "ST", "SE", "GE", "IEA")]
    assert [number for transaction in told for number in _numbers(transaction["content"])] == body


def _numbers(content: list[dict[str, object]]) -> list[int]:
    numbers: list[int] = []
    for item in content:
        inner = item.get("content")
        numbers += _numbers(inner) if isinstance(inner, list) else [int(str(item["number"]))]
    return numbers


@pytest.mark.parametrize("row", FILES)
def test_each_part_of_a_file_is_a_whole_file(row: dict[str, str]) -> None:
    data = _data(row)
    faults: list[X12Error] = []
    try:
        parts = [b"".join(pieces) for _, pieces in split(data, faults.append)]
    except X12Error:
        assert "ISA not 106" in row["envelope"]
        return
    assert len(parts) == int(row["transactions"])
    for part in parts:
        inside = part[part.index(b"ST") : part.rindex(b"GE")].rstrip()
        assert inside in data
        if row["envelope"] == "ok":
            assert not {p.rule for p in check(part)} & {
                "ge-count",
                "gs-control",
                "iea-count",
                "isa-control",
                "se-count",
            }


def _undescribed(data: bytes) -> list[str]:
    versions: list[str] = []
    list(iter_check(data, lambda transaction: versions.append(transaction.version)))
    return versions


@pytest.mark.skipif(not ROWS, reason=f"{FOLDER} is not there: set LIAISON_SHARED")
def test_every_transaction_of_a_practice_is_described() -> None:
    kinds = {"270", "271", "276", "277", "277ca", "278", "835", "837p", "999"}
    seen = set()
    for row in ROWS:
        kind = row["file"].partition("/")[0]
        undescribed = _undescribed(_data(row))
        if kind in kinds and not undescribed:
            seen.add(kind)
        for version in undescribed:
            # Institutional and dental claims, predeterminations and the status of claims that are pending.
            assert version[6:10] in ("X223", "X224", "X291", "X298", "X364"), row["file"]
    assert seen == kinds


def test_a_description_stands_for_all_errata_of_its_guide() -> None:
    assert guide_of("005010X222", "837") is guide_of("005010X222A2", "837")
    assert guide_of("004010X098A1", "837") is None
    assert guide_of("005010X223A2", "837") is None


@pytest.mark.skipif(not ROWS, reason=f"{FOLDER} is not there: set LIAISON_SHARED")
def test_pyx12_agrees_about_the_faults_of_remittances_that_stand_in_order() -> None:
    for name in ("835/hdi__835-minimal.edi", "835/hdi__835-all-fields.edi"):
        data = (FOLDER / name).read_bytes()
        assert any(line.startswith("IK3*REF*5*") for line in complaints(data))
        ours = {(each.rule, each.segment_number) for each in check(data) if not each.rule.endswith("-balance")}
        assert ours == {("segment-order", 7)}


def test_the_collection_is_where_the_tests_look() -> None:
    if not ROWS:
        pytest.skip(f"{FOLDER} is not there: set LIAISON_SHARED")
    assert len(ROWS) > 170
    assert all((FOLDER / row["file"]).is_file() for row in ROWS)
