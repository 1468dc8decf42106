"""CMS's edits, loaded from files as they are published, and asked when a claim is scrubbed."""

import json
import zipfile
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from liaison.billing.actions import pass_warning
from liaison.billing.scrub import ncci
from liaison.kernel.errors import Conflict, Invalid
from tests.billing.clinic import TEST, Practice
from tests.scrubber.test_scrub import MUE, PTP

DAY = date(2026, 3, 2)


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def sheet(path: Path, rows: list[list[str]]) -> Path:
    """A spreadsheet as CMS makes them: what looks like a number is one."""
    book = Workbook(write_only=True)
    page = book.create_sheet("PTP")
    for row in rows:
        page.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(path)
    return path


def test_text_csv_zip_and_spreadsheets_say_the_same(home: Path) -> None:
    text, table = written(home, "ptp.txt", PTP), written(home, "mue.csv", MUE)
    with zipfile.ZipFile(home / "ptp.zip", "w") as packed:
        packed.write(text, "ccipra.txt")
    first, second = ["11111", "22222", "", "20200101", "*", "1"], ["11111", "33333", "*", "19960101", "*", "0"]
    rows = [["A notice", "", ""], first, second]
    found = []
    for pairs in (text, home / "ptp.zip", sheet(home / "ptp.xlsx", rows)):
        ncci.load([pairs, table], DAY)
        found.append(ncci.edits().pairs(["11111", "22222", "33333"], DAY))
        assert {code: one.units for code, one in ncci.edits().limits(["11111", "22222"], DAY).items()} == {
            "11111": 1,
            "22222": 2,
        }
    assert found[0] == found[1] == found[2]
    assert [(one.second, one.modifier) for one in found[0]] == [("22222", "1"), ("33333", "0")]


def test_days_count_and_limits_of_an_earlier_quarter_stay(home: Path) -> None:
    ncci.load([written(home, "ptp.txt", PTP), written(home, "mue.csv", MUE)], DAY, date(2026, 1, 1))
    edits = ncci.edits()
    assert [one.second for one in edits.pairs(["11111", "44444"], date(2023, 12, 31))] == ["44444"]
    assert list(edits.pairs(["11111", "44444"], date(2024, 1, 1))) == []
    assert list(edits.pairs(["11111", "55555"], DAY)) == []
    assert edits.limits(["11111"], date(2025, 12, 31)) == {}
    ncci.load([written(home, "mue-2.csv", MUE.replace("11111,1,", "11111,3,"))], DAY, date(2026, 4, 1))
    assert ncci.edits().limits(["11111"], DAY)["11111"].units == 1
    assert ncci.edits().limits(["11111"], date(2026, 4, 1))["11111"].units == 3
    assert len(list(ncci.edits().pairs(["11111", "22222"], DAY))) == 1


def test_a_file_of_something_else_changes_nothing(home: Path) -> None:
    ncci.load([written(home, "ptp.txt", PTP)], DAY)
    before = ncci.path().read_bytes()
    for name, text in (("notes.txt", "Dear practice,\nthis is a letter.\n"), ("broken.xlsx", "PK no"), ("x.zip", "PK")):
        with pytest.raises(Invalid):
            ncci.load([written(home, name, text)], DAY)
    with pytest.raises(Invalid, match="cannot be read"):
        ncci.load([home / "missing.txt"], DAY)
    assert ncci.path().read_bytes() == before
    assert list(home.glob("*.new")) == []


@pytest.mark.django_db
def test_a_claim_with_a_pair_is_held_back_until_it_is_mended(home: Path, practice: Practice) -> None:
    pairs = PTP.replace("11111\t33333", "99203\t87880")
    out = StringIO()
    call_command("claims", "load-ncci", str(written(home, "ptp.txt", pairs)), stdout=out)
    assert "5 pairs and 0 unit limits in force" in out.getvalue()
    claim = practice.claim(orders=["strep"])
    (found,) = claim.stops
    assert (claim.status, found["rule"], found["line"]) == ("draft", "pairs", 2)
    with pytest.raises(Conflict, match="must be mended"):
        pass_warning(TEST, claim.pk, "pairs", 2, "please")


@pytest.mark.django_db
def test_rules_are_checked_and_put_in_force_for_one_payer(home: Path, practice: Practice) -> None:
    rule = {"key": "strep", "severity": "warn", "when": {"codes": ["87880"]}, "needs": ["referral"], "say": "Who?"}
    file = written(home, "rules.json", json.dumps({"rules": [rule], "timely_filing_days": 900}))
    out = StringIO()
    call_command("claims", "check-rules", str(file), stdout=out)
    call_command("claims", "publish-rules", str(file), "--payer", "STCAI", stdout=out)
    assert "1 rule, no faults." in out.getvalue()
    ours, theirs = practice.claim(orders=["strep"]), practice.claim(practice.patient(member="STC1"), orders=["strep"])
    assert (ours.status, theirs.status) == ("ready", "draft")
    assert (theirs.file_by - theirs.service_date).days == 900 if theirs.file_by else False
    passed = pass_warning(TEST, theirs.pk, "strep", 2, "The mother asked")
    assert (passed.status, passed.findings[0]["passed"]["reason"]) == ("ready", "The mother asked")
    bad = written(home, "bad.json", json.dumps({"rules": [{"key": "x", "when": {"moon": "full"}}]}))
    with pytest.raises((CommandError, Invalid)):
        call_command("claims", "publish-rules", str(bad))


# As CMS publishes them (typed by hand, codes of nobody's): notices and headings over several lines, signs of Windows
AS_PUBLISHED = (
    b"CPT only copyright 2025 American Medical Association.  All rights reserved. CPT\xae\r\n"
    b"Column1/Column2 Edits\r\n"
    b"Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    b"\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    b"\t\t\t\t*=no data\t1=allowed\t\r\n"
    b"\t\t\t\t\t9=not applicable\t\r\n"
    b"11111\t22222\t \t20260101\t*\t1\tMisuse of column two code with column one code\r\n"
    b"11111\t22222\t \t20200101\t20241231\t0\tMisuse of column two code with column one code\r\n"
    b"11111\t33333\t*\t19960101\t*\t0\tMore extensive procedure\r\n"
    b"11111\t44444\t \t20200101\t20200101\t9\tStandards of medical / surgical practice\r\n"
    b"0001U\tJ1885\t \t20210401\t*\t1\tCPT Manual or CMS manual coding instruction\r\n"
)
MUE_AS_PUBLISHED = (
    b'"CPT codes, descriptions and other data only are copyright 2025 American Medical Association.\r\n'
    b'All rights reserved. CPT\xae is a registered trademark, and so on, and on.",,,\r\n'
    b'"HCPCS/\r\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n'
    b"11111,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction\r\n"
    b"22222,0,3 Date of Service Edit: Clinical,Clinical: CMS Workgroup\r\n"
    b"J7192,22000,3 Date of Service Edit: Clinical,Prescribing Information\r\n"
    b"J1885,8,1 Line Edit,Clinical: Data\r\n"
)


def published(folder: Path) -> list[Path]:
    """The two ZIPs of a quarter: each table in them as text and as a spreadsheet."""
    rows = [["HCPCS/CPT Code", "Practitioner Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"],
            ["J7192", "22000", "3 Date of Service Edit: Clinical", "Prescribing Information"]]  # fmt: skip
    pairs, limits = folder / "ccipra-v321r0-f1.zip", folder / "practitioner-services-mue-table.zip"
    with zipfile.ZipFile(pairs, "w") as packed:
        packed.writestr("ccipra-v321r0-f1.TXT", AS_PUBLISHED)
        packed.write(
            sheet(folder / "pairs.xlsx", [["11111", "99999", "", "20200101", "*", "1"]]), "ccipra-v321r0-f1.xlsx"
        )
    with zipfile.ZipFile(limits, "w") as packed:
        packed.writestr("MCR_MUE_PractitionerServices.csv", MUE_AS_PUBLISHED)
        packed.write(sheet(folder / "limits.xlsx", rows), "MCR_MUE_PractitionerServices.xlsx")
    return [pairs, limits]


def test_the_files_of_a_quarter_are_loaded_as_they_come(home: Path) -> None:
    loaded = ncci.load(published(home), DAY)
    assert (loaded.pairs, loaded.limits) == (5, 4)
    edits = ncci.edits()
    limits = edits.limits(["11111", "22222", "J7192", "J1885"], DAY)
    assert {code: (one.units, one.by) for code, one in limits.items()} == {
        "11111": (1, "2"),
        "22222": (0, "3"),
        "J7192": (22_000, "3"),
        "J1885": (8, "1"),
    }
    assert [one.modifier for one in edits.pairs(["11111", "22222"], DAY)] == ["1"]
    assert list(edits.pairs(["11111", "44444", "99999"], DAY)) == []
    assert [one.second for one in edits.pairs(["0001U", "J1885"], DAY)] == ["J1885"]


def test_a_pair_that_was_deleted_and_came_back_holds_on_its_days(home: Path) -> None:
    ncci.load(published(home), DAY)
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2024, 12, 31), date(2025, 1, 1), date(2026, 1, 1))
    found = [[one.modifier for one in ncci.edits().pairs(["11111", "22222"], day)] for day in days]
    assert found == [[], ["0"], ["0"], [], ["1"]]


def test_a_spreadsheet_alone_in_its_zip_is_read(home: Path) -> None:
    with zipfile.ZipFile(home / "mue.zip", "w") as packed:
        packed.write(sheet(home / "mue.xlsx", [["11111", "3", "1 Line Edit", "Words"]]), "mue.xlsx")
    ncci.load([home / "mue.zip"], DAY)
    assert ncci.edits().limits(["11111"], DAY)["11111"].units == 3
