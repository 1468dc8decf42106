"""Whatever comes in, the import counts it and never breaks off or writes half."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from liaison.interop.importing import import_bundles, import_paths
from liaison.interop.importing.incoming import opened
from liaison.record.actor import machine
from liaison.record.models import Intake
from liaison.record.promises import broken
from tests.interop.import_support import bundle, encounter, footprint, patient, weight

pytestmark = pytest.mark.django_db
ME = machine("test")
# The rows of one example stay for the next: ids repeat, and that is part of what is tried
USUAL = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
ANY = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)
TYPES = st.sampled_from(
    [
        "Patient",
        "Observation",
        "Encounter",
        "Condition",
        "Coverage",
        "Bundle",
        "Medication",
        "MedicationRequest",
        "MedicationStatement",
        "Immunization",
        "AllergyIntolerance",
        "Procedure",
        "Organization",
        "Location",
        "Practitioner",
        "PractitionerRole",
        "Claim",
        "patient",
        "Nonsense",
    ]
)
NAMES = st.sampled_from(
    [
        "id",
        "name",
        "birthDate",
        "gender",
        "subject",
        "patient",
        "beneficiary",
        "code",
        "status",
        "effectiveDateTime",
        "valueQuantity",
        "component",
        "entry",
        "type",
        "identifier",
        "class",
        "period",
        "payor",
        "vaccineCode",
        "occurrenceDateTime",
        "managingOrganization",
        "practitioner",
        "location",
        "contained",
        "medicationReference",
        "extension",
        "telecom",
        "address",
    ]
)
RESOURCES = st.dictionaries(NAMES, ANY, max_size=6).flatmap(
    lambda body: TYPES.map(lambda kind: {"resourceType": kind, **body})
)


def all_counted(documents: list[Any]) -> None:
    seen = sum(len(list(opened(one, "memory"))) for one in documents)
    report = import_bundles(ME, documents)
    assert report.seen == seen
    before = footprint()
    again = import_bundles(ME, documents)
    assert again.seen == seen
    assert again.stored == 0
    assert footprint() == before


@USUAL
@given(st.lists(ANY | RESOURCES | st.lists(RESOURCES, max_size=4).map(lambda r: bundle(*r)), max_size=4))
def test_anything_that_json_can_say(documents: list[Any]) -> None:
    all_counted(documents)


def places(body: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document, as a path of names and numbers."""
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [path, *(place for key, value in inside for place in places(value, (*path, key)))]


def mutated(body: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(body)
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[path[0]] = mutated(copy[path[0]], path[1:], change)
    return copy


@USUAL
@given(st.data())
def test_good_input_with_something_wrong_in_it(data: st.DataObject) -> None:
    good = bundle(
        patient(), encounter(), weight(encounter={"reference": "Encounter/e1"}), weight("w2", note=[{"text": "x"}])
    )
    spoiled = good
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(spoiled)))
        value = data.draw(ANY)
        spoiled = mutated(spoiled, path, lambda _, value=value: value)
    all_counted([spoiled])


def test_real_bundles_with_something_wrong_in_them(shared: Callable[[str], Path]) -> None:
    chance = random.Random(7)
    documents = sorted(shared("data/fhir/inferno-reference").glob("*.gz"), key=lambda path: path.stat().st_size)[:3]
    wrong: list[Any] = [
        None,
        [],
        {},
        "",
        "x" * 5000,
        -1,
        1e308,
        True,
        "\x00",
        {"reference": "Patient/none"},
        ["a", None],
    ]
    for path in documents:
        body = orjson.loads(gzip.decompress(path.read_bytes()))
        every = places(body)
        for _ in range(6):
            spoiled = mutated(body, chance.choice(every[1:]), lambda _: chance.choice(wrong))
            all_counted([spoiled])
    assert broken() == {}


@USUAL
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_in_a_file(tmp_path: Path, content: bytes) -> None:
    for name, data in (
        ("a.json", content),
        ("b.ndjson.gz", gzip.compress(content)),
        ("c.gz", gzip.compress(content)[:-9]),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        assert import_paths(ME, [path]).seen >= 1


def test_depth_and_size_are_no_way_in(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000)
    nested = '{"resourceType":"Patient","id":"d","extension":[{"url":"x","extension":' * 400
    (tmp_path / "nested.json").write_text(nested)
    inner: dict[str, Any] = {"url": "x"}
    for _ in range(200):
        inner = {"url": "x", "extension": [inner]}
    (tmp_path / "well.json").write_text(json.dumps(patient(extension=[inner])))
    assert import_paths(ME, [tmp_path]).kept == 3
    assert Intake.objects.count() == 3
