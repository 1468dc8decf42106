"""`liaison immunize`: cases in, answers out, and a release put in force, without a database."""

import io
import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from liaison.engines.cdsi.schedule_file import PACKAGED, default_schedule
from liaison.immunize import forecasts, schedule

if TYPE_CHECKING:
    from tests.support.practice import Practice

CASE: dict[str, Any] = {
    "id": "one",
    "suite": "ours",
    "dob": "2024-10-10",
    "gender": "F",
    "assessment_date": "2025-11-10",
    "vaccine_group": "MMR",
    "doses": [{"date": "2025-10-10", "cvx": "03", "mvx": "MSD", "expected_status": "Valid"}],
    "expected": {"series_status": "not complete", "forecast_number": 2, "recommended": "2028-10-10"},
}


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    assert tmp_path == configured.HOME
    return tmp_path


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    wrong = CASE | {"id": "two", "expected": {"series_status": "complete"}}
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join([json.dumps(CASE), "", json.dumps(wrong), '{"id": "three"}']) + "\n", "utf-8")
    return path


def run(*arguments: str | Path) -> list[str]:
    out = io.StringIO()
    call_command("immunize", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue().splitlines()


def refusal(*arguments: str | Path) -> str:
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    return str(refused.value)


def test_a_line_in_gives_a_line_out_also_for_a_line_that_is_no_case(cases: Path) -> None:
    answers = [json.loads(line) for line in run("forecast", cases)]

    assert [row["id"] for row in answers] == ["one", "two", "three"]
    assert answers[0]["doses"][0]["status"] == "Valid"
    assert answers[2]["error"].startswith("dob is not a date")


def test_a_line_too_long_or_not_in_utf_8_is_told_and_the_rest_goes_on(home: Path) -> None:
    path = home / "broken.jsonl"
    line = json.dumps(CASE).encode()
    path.write_bytes(b"\n".join([b"\xff\xfe" + line, b" " * 2_500_000 + line, b"\xef\xbb\xbf" + line, line]))
    answers = [json.loads(row) for row in run("forecast", path)]

    assert [row.get("error") for row in answers] == [
        "The line is not UTF-8.",
        "The line is longer than 1,000,000 characters.",
        None,
        None,
    ]
    assert run("verify", path)[-1] == "2 passed, 2 failed"


def test_verify_counts_by_suite_and_group_tells_each_difference_and_ends_with_the_sum(cases: Path) -> None:
    told = run("verify", cases)

    assert "ours        MMR                            1       1" in told
    assert "    series_status: expected complete, got not complete" in told
    assert any(line.startswith("three: dob is not a date") for line in told)
    assert told[-1] == "1 passed, 2 failed"


def test_explain_tells_the_reasoning_of_one_case(cases: Path) -> None:
    told = run("explain", cases, "one")

    assert "MMR (standard): Not Complete, dose 2" in told
    assert not any("two" in line for line in told)
    assert "Polio" not in "\n".join(told)
    assert "Polio" in "\n".join(run("explain", cases, "one", "--all"))


def test_explain_tells_the_reasoning_for_a_patient_and_the_look_is_audited(practice: "Practice") -> None:
    from liaison.chart.models import SNOMED, Condition
    from liaison.immunize.actions import add_history
    from liaison.record.change import change
    from liaison.record.models import AuditEntry

    patient = practice.patient(birth_date=date(1990, 3, 4))
    add_history(practice.ma, patient.pk, cvx="33", display="PPSV23", on=date(2025, 3, 1))
    with change(practice.setup, "chart.write") as this:
        this.save(Condition(patient=patient, system=SNOMED, code="73211009", display="Diabetes"))

    told = run("explain", patient.mrn, "--on", "2025-11-10")

    assert "Observation 014: Diabetes" in told
    assert "Dose of 2025-03-01, at 34 years: CVX 33, pneumococcal polysaccharide PPV23" in told
    assert "Pneumococcal (risk): Not Complete, dose 2" in told
    assert AuditEntry.objects.filter(patient_id=patient.pk, reason="liaison immunize explain").exists()
    assert refusal("explain", "nobody") == "There is neither a file nor a patient nobody."
    assert refusal("explain", "a" * 36).startswith("There is neither a file nor a patient")


def test_what_is_not_there_is_refused_in_one_line(cases: Path, home: Path) -> None:
    assert refusal("explain", cases, "four") == f"There is no case four in {cases}."
    assert "cannot be read" in refusal("forecast", home / "nothing.jsonl")
    assert "has no ScheduleSupportingData.xml" in "\n".join(faults(home))


def faults(folder: Path) -> list[str]:
    err = io.StringIO()
    with pytest.raises(CommandError, match="nothing was put in force"):
        call_command("immunize", "load-schedule", str(folder), stdout=io.StringIO(), stderr=err)
    return err.getvalue().splitlines()


@pytest.mark.django_db
def test_a_release_is_put_in_force_and_its_changes_are_told(shared: Callable[[str], Path], home: Path) -> None:
    told = run("load-schedule", shared("data/cdsi/supporting"), "--release", "9.99")

    assert told[0].startswith("Release 9.99: 30 antigens, 143 series, 484 target doses, 26 vaccine groups")
    assert "  No series differs from release 4.64." in told
    assert "Among 0 patients 0 are forecast otherwise." in told
    assert schedule.in_force().version == "9.99"
    assert sorted(path.name for path in home.iterdir()) == [schedule.NAME]


def test_a_release_tells_for_whom_it_changes_what_before_it_is_in_force(
    shared: Callable[[str], Path], home: Path, practice: "Practice"
) -> None:
    child = practice.patient("Young", birth_date=date.today() - timedelta(days=400))
    practice.patient("Old", birth_date=date(1950, 1, 1))
    release = home / "next"
    shutil.copytree(shared("data/cdsi/supporting"), release)
    varicella = release / "AntigenSupportingData- Varicella-508.xml"
    varicella.chmod(0o644)
    later = varicella.read_text("utf-8").replace("<minAge>12 months</minAge>", "<minAge>18 months</minAge>", 1)
    varicella.write_text(later.replace("<earliestRecAge>12 months<", "<earliestRecAge>18 months<", 1), "utf-8")

    told = run("load-schedule", release, "--release", "5.0", "--check")

    assert "  changed Varicella: Varicella childhood 2-dose series" in told
    assert "Among 2 patients 1 are forecast otherwise." in told
    # The same, where what the boards show has been worked out already
    forecasts.refresh_stale()
    assert run("load-schedule", release, "--release", "5.0", "--check") == told
    assert f"  Varicella, no longer due: 1 (MRN {child.mrn})" in told
    assert told[-1] == "Nothing was put in force."
    assert schedule.in_force() is default_schedule()


def test_a_broken_release_changes_nothing(home: Path) -> None:
    (home / "ScheduleSupportingData.xml").write_text("<scheduleSupportingData>", "utf-8")
    (home / "AntigenSupportingData- Mumps.xml").write_text("<antigenSupportingData>", "utf-8")

    assert [line.partition(":")[0] for line in faults(home)] == [
        "ScheduleSupportingData.xml",
        "AntigenSupportingData- Mumps.xml",
    ]
    assert schedule.in_force() is default_schedule()


def test_another_schedule_file_can_be_used_and_nonsense_is_refused(cases: Path, home: Path) -> None:
    broken = home / PACKAGED
    broken.write_bytes(b"nonsense")
    assert "not a schedule file" in refusal("forecast", cases, "--schedule", broken)
    assert "cannot be read" in refusal("forecast", cases, "--schedule", home / "nothing.gz")
