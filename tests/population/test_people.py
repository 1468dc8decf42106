"""The sample clinic's people: who they are, who belongs together, what the front desk knows of them."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from fhirclient.models.bundle import Bundle

import liaison
from liaison.engines.population import generate

TODAY = date(2026, 11, 21)
SEED = 7
Json = dict[str, Any]


@pytest.fixture(scope="module")
def bundles() -> list[Json]:
    return list(generate(SEED, 400, TODAY))


def kind(bundle: Json, name: str) -> list[Json]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == name]


def patient(bundle: Json) -> Json:
    (found,) = kind(bundle, "Patient")
    return found


def age(resource: Json) -> int:
    born = date.fromisoformat(resource["birthDate"])
    return TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))


def test_every_bundle_is_valid_r4_of_one_patient(bundles: list[Json]) -> None:
    for bundle in bundles:
        Bundle(bundle, strict=True)
        assert len(kind(bundle, "Patient")) == 1
        for entry in bundle["entry"]:
            assert entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}"
            assert entry["request"] == {"method": "POST", "url": entry["resource"]["resourceType"]}


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if "reference" in value else []
        return own + [found for inner in value.values() for found in references(inner)]
    if isinstance(value, list):
        return [found for inner in value for found in references(inner)]
    return []


def test_every_reference_leads_to_an_earlier_entry_or_a_contained_resource(bundles: list[Json]) -> None:
    for bundle in bundles:
        known: set[str] = set()
        for entry in bundle["entry"]:
            resource = entry["resource"]
            known.add(entry["fullUrl"])
            inside = {f"#{inner['id']}" for inner in resource.get("contained", [])}
            assert set(references(resource)) <= known | inside


def test_the_same_arguments_give_the_same_people_and_ids_are_never_shared(bundles: list[Json]) -> None:
    assert list(generate(SEED, 60, TODAY)) == bundles[:60]
    assert list(generate(SEED + 1, 60, TODAY)) != bundles[:60]
    ids = Counter(entry["fullUrl"] for bundle in bundles for entry in bundle["entry"])
    assert max(ids.values()) == 1
    other = {entry["fullUrl"] for bundle in generate(SEED + 1, 60, TODAY) for entry in bundle["entry"]}
    assert not other & set(ids)


def test_another_process_makes_the_same_people(bundles: list[Json]) -> None:
    script = (
        "import datetime, hashlib, json; from liaison.engines.population import generate;"
        f"people = list(generate({SEED}, 60, datetime.date.fromisoformat('{TODAY}')));"
        "print(hashlib.sha256(json.dumps(people).encode()).hexdigest())"
    )
    here = hashlib.sha256(json.dumps(bundles[:60]).encode()).hexdigest()
    for salt in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": salt, "PYTHONPATH": str(Path(liaison.__path__[0]).parent)}
        ran = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True
        )
        assert ran.stdout.strip() == here


def test_a_person_keeps_the_id_from_day_to_day(bundles: list[Json]) -> None:
    tomorrow = [patient(bundle)["id"] for bundle in generate(SEED, 60, TODAY + timedelta(days=1))]
    assert tomorrow == [patient(bundle)["id"] for bundle in bundles[:60]]


def test_as_many_patients_as_asked_for() -> None:
    assert [len(list(generate(SEED, count, TODAY))) for count in (0, 1, 17)] == [0, 1, 17]
    with pytest.raises(ValueError, match="negative"):
        list(generate(SEED, -1, TODAY))


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2025, 1, 1), date(2031, 12, 31)])
def test_any_day_will_do(today: date) -> None:
    people = [Bundle(bundle, strict=True) for bundle in generate(3, 60, today)]
    assert max(person.entry[0].resource.birthDate.date for person in people) < today


def test_a_clinic_of_all_ages(bundles: list[Json]) -> None:
    ages = [age(patient(bundle)) for bundle in bundles]
    assert min(ages) == 0
    assert max(ages) == 101
    shares = {
        "infants": (0, 1),
        "children": (2, 12),
        "teenagers": (13, 17),
        "young": (18, 39),
        "middle": (40, 64),
        "old": (65, 101),
    }
    counted = {name: sum(low <= age <= high for age in ages) / len(ages) for name, (low, high) in shares.items()}
    assert all(0.02 < share < 0.4 for share in counted.values()), counted
    assert sum(patient(bundle)["gender"] == "female" for bundle in bundles) / len(bundles) == pytest.approx(
        0.55, abs=0.1
    )


def test_bundles_are_small_enough_to_import_in_seconds(bundles: list[Json]) -> None:
    sizes = [len(bundle["entry"]) for bundle in bundles]
    assert 40 <= sum(sizes) / len(sizes) <= 56
    assert max(sizes) < 150


def test_names_come_from_many_places(bundles: list[Json]) -> None:
    people = [patient(bundle) for bundle in bundles]
    languages = {person["communication"][0]["language"]["coding"][0]["code"] for person in people}
    assert len(languages) >= 10
    families = [person["name"][0]["family"] for person in people]
    assert any("'" in family for family in families)
    assert any("-" in family for family in families)
    assert any(" " in family for family in families)
    assert sum(not family.isascii() for family in families) > 20
    assert any(name["use"] == "usual" for person in people for name in person["name"])
    interpreters = [person for person in people if "interpreterRequired" in str(person["extension"])]
    assert 5 < len(interpreters) < 80
    assert all(person["communication"][0]["language"]["coding"][0]["code"] != "en" for person in interpreters)


def test_telephones_are_fictional_and_plausible(bundles: list[Json]) -> None:
    values = {
        contact["value"]
        for bundle in bundles
        for holder in (patient(bundle), *patient(bundle).get("contact", []))
        for contact in holder.get("telecom", [])
        if contact["system"] == "phone"
    }
    assert len(values) > 200
    for value in values:
        number = phonenumbers.parse(value, "US")
        assert phonenumbers.is_valid_number(number), value
        assert 5550100 <= number.national_number % 10**7 <= 5550199


def test_a_household_shares_address_and_children_have_guardians(bundles: list[Json]) -> None:
    homes: dict[str, list[Json]] = defaultdict(list)
    for bundle in bundles[:-5]:  # the last household may be cut
        homes[str(patient(bundle)["address"])].append(patient(bundle))
    assert sum(len(people) > 1 for people in homes.values()) > 60
    for people in homes.values():
        grown = {person["name"][0]["text"] for person in people if age(person) >= 18}
        for child in (person for person in people if age(person) < 18):
            guardians = {contact["name"]["text"] for contact in child["contact"]}
            assert guardians & grown
    twins = [people for people in homes.values() if len({p["birthDate"] for p in people}) < len(people)]
    assert twins


def test_payers_are_the_clinics_three_and_medicare_begins_at_65(bundles: list[Json]) -> None:
    payers: Counter[str] = Counter()
    for bundle in bundles:
        coverages = kind(bundle, "Coverage")
        old = age(patient(bundle)) >= 65
        for coverage in coverages:
            payor = coverage["payor"][0]
            code = payor["identifier"]["value"]
            payers[code] += 1
            assert payor["identifier"]["system"] == "urn:liaison:payer"
            assert coverage["subscriberId"].startswith({"SUNCO": "SUN", "MEDIB": "MED", "STCAI": "STC"}[code])
            assert (code == "MEDIB") == old
            assert (payor["display"], code) in {
                ("Sunrise Health Plan", "SUNCO"),
                ("Medicare Part B", "MEDIB"),
                ("State Medicaid", "STCAI"),
            }
        assert coverages or not old
    assert set(payers) == {"SUNCO", "MEDIB", "STCAI"}
    uncovered = sum(not kind(bundle, "Coverage") for bundle in bundles) / len(bundles)
    assert 0.02 < uncovered < 0.11


def test_dependents_are_on_the_policy_of_the_subscriber(bundles: list[Json]) -> None:
    holders: dict[str, Json] = {}
    dependents = []
    for bundle in bundles:
        for coverage in kind(bundle, "Coverage"):
            if coverage["relationship"]["coding"][0]["code"] == "self":
                assert coverage["subscriber"] == {"reference": f"urn:uuid:{patient(bundle)['id']}"}
                assert coverage["subscriberId"] not in holders
                holders[coverage["subscriberId"]] = patient(bundle)
            else:
                dependents.append((coverage, patient(bundle)))
    with_holder_here = 0
    for coverage, person in dependents:
        (subscriber,) = coverage["contained"]
        assert coverage["subscriber"]["reference"] == f"#{subscriber['id']}"
        if coverage["relationship"]["coding"][0]["code"] == "child":
            assert age(person) < 18 <= age(subscriber)
        holder = holders.get(coverage["subscriberId"])
        if holder:
            with_holder_here += 1
            assert subscriber["birthDate"] == holder["birthDate"]
            assert subscriber["name"] == holder["name"][:1]
            assert subscriber["address"] == holder["address"] == person["address"]
    numbers = Counter((coverage["subscriberId"], coverage["dependent"]) for coverage, _ in dependents)
    assert max(numbers.values()) == 1
    assert with_holder_here > 60
    assert len(dependents) - with_holder_here > 5


def test_the_awkward_ones_are_in_every_sample_of_sixty() -> None:
    for seed in (1, 2, 3):
        found = list(generate(seed, 60, TODAY))
        people = [patient(bundle) for bundle in found]
        assert any(len(person["name"][0]["text"]) == 60 for person in people)
        assert any("given" not in person["name"][0] for person in people)
        assert any("telecom" not in person for person in people)
        assert 40 in {len(kind(bundle, "AllergyIntolerance")) for bundle in found}
        assert (TODAY - timedelta(days=3)).isoformat() in {person["birthDate"] for person in people}
        assert 101 in {age(person) for person in people}
        same = Counter((person["name"][0]["text"], person["birthDate"]) for person in people)
        ((namesake, count),) = [(key, n) for key, n in same.items() if n > 1]
        assert count == 2
        homes = {str(p["address"]) for p in people if (p["name"][0]["text"], p["birthDate"]) == namesake}
        assert len(homes) == 2


def test_nobody_has_died(bundles: list[Json]) -> None:
    assert not [bundle for bundle in bundles if {"deceasedBoolean", "deceasedDateTime"} & set(patient(bundle))]


def test_grown_ups_who_speak_another_language_were_born_there_and_the_rest_here(bundles: list[Json]) -> None:
    people = [patient(bundle) for bundle in bundles]

    def born_in(person: Json) -> str:
        (found,) = [one for one in person["extension"] if one["url"].endswith("patient-birthPlace")]
        return str(found["valueAddress"]["country"])

    def speaks(person: Json) -> str:
        return str(person["communication"][0]["language"]["coding"][0]["code"])

    assert {born_in(one) for one in people if speaks(one) == "en" or age(one) < 18} == {"US"}
    assert {born_in(one) for one in people if speaks(one) == "vi" and age(one) >= 18} == {"VN"}
