"""`liaison import` and `liaison intake` as an operator uses them, and the import of what Synthea and others write."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from liaison.chart.models import Condition, Encounter, Observation
from liaison.chart.queries import chart_for
from liaison.interop.importing import import_paths
from liaison.people.models import Patient
from liaison.record.actor import machine
from liaison.record.models import Intake
from liaison.record.promises import broken
from tests.interop.import_support import bundle, footprint, patient, weight, write

pytestmark = pytest.mark.django_db


def liaison(*arguments: object) -> str:
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue().strip()


def test_the_last_line_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json.gz", bundle(patient(), weight(), {"resourceType": "Goal", "id": "g"}))
    last = liaison("import", "fhir", path).splitlines()[-1]
    assert last.startswith("2 stored, 0 already here, 1 kept for review (reasons: 1 × Goal: ")


def test_a_wrong_path_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file or folder"):
        liaison("import", "fhir", tmp_path / "nothing")


def test_what_waits_is_listed_mended_and_replayed(tmp_path: Path) -> None:
    wrong = patient("p7")
    del wrong["birthDate"]
    liaison("import", "fhir", write(tmp_path / "a.json", bundle(wrong, weight("w7", of="p7"))))
    assert liaison("intake", "list").splitlines()[-1] == "2 waiting"
    assert liaison("intake", "replay").endswith("0 taken in, 2 still waiting")
    row = Intake.objects.get(kind="fhir:Patient")
    assert str(row.pk) in liaison("intake", "list", "--kind", "fhir:Patient")
    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps({**wrong, "birthDate": "1980-02-03"}))
    assert liaison("intake", "replay", row.pk, "--with", mended) == "1 taken in, 0 still waiting"
    assert liaison("intake", "replay") == "1 taken in, 0 still waiting", "what waited for the patient follows"
    assert Observation.objects.get().patient_id == Patient.objects.get().pk
    assert set(Intake.objects.values_list("state", flat=True)) == {"replayed"}


def test_what_will_not_be_taken_in_is_dismissed_with_a_reason(tmp_path: Path) -> None:
    liaison("import", "fhir", write(tmp_path / "a.json", {"resourceType": "Goal", "id": "g"}))
    with pytest.raises(CommandError, match="Name the input"):
        liaison("intake", "dismiss", "--reason", "not ours")
    assert liaison("intake", "dismiss", "--kind", "fhir:Goal", "--reason", "not ours") == "1 dismissed"
    assert liaison("intake", "list") == "0 waiting"
    assert Intake.objects.get().state == "dismissed", "it stays on file"


@pytest.mark.once
@pytest.mark.parametrize(
    ("folder", "patterns"),
    [
        ("synthea-r4-2019", ["[A-B]*.gz"]),
        ("synthea-uscore-2021", ["*Information*.gz", "Angelique*"]),
        ("inferno-reference", ["*"]),
        ("synthea-bulk-2025/10-patients", ["*"]),
    ],
)
def test_what_others_write(shared: Callable[[str], Path], folder: str, patterns: list[str]) -> None:
    paths = [path for pattern in patterns for path in shared(f"data/fhir/{folder}").glob(pattern)]
    assert paths
    report = import_paths(machine("test"), paths)
    not_held = sum(n for reason, n in report.reasons.items() if "does not hold this kind" in reason)
    others = report.kept - not_held
    assert report.stored > 100
    assert others <= max(12, report.stored // 100), report.reasons
    before = footprint()
    again = import_paths(machine("test"), paths)
    assert (again.stored, again.already, again.kept) == (0, report.stored + report.already, report.kept)
    assert footprint() == before
    assert broken() == {}


def test_a_synthea_patient_has_a_chart(shared: Callable[[str], Path]) -> None:
    (path,) = shared("data/fhir/synthea-r4-2019").glob("Alberto_Atencio*.gz")
    import_paths(machine("test"), [path])
    person = Patient.objects.get()
    chart = chart_for(machine("test"), person.pk)
    assert person.mrn == "000001"
    assert {trend.code for trend in chart.vitals} >= {"29463-7", "8302-2"}
    assert chart.encounters
    assert chart.immunizations
    assert Encounter.objects.filter(provider=None).count() == 0, "the practitioners are in the bundle"
    assert Condition.objects.exclude(patient=person).count() == 0
    assert isinstance(person.pk, UUID)
