"""The sample clinic: two sites, staff, rooms, rules, and people who are made up (or imported)."""

import json
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

from liaison.documents import actions as documents
from liaison.engines.population import generate
from liaison.engines.vitals.ranges import default_document
from liaison.interop.importing import Report, import_bundles, import_paths
from liaison.kernel import clock
from liaison.people import staffing
from liaison.people.models import Coverage, Patient, Staff
from liaison.places import actions as places
from liaison.places.models import Organization, Site
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.schedule import actions as schedule

PASSWORD = "maple-street"  # noqa: S105  # the demo's, printed at its start; a practice has none of these people
SEED = 1
PATIENTS = 420


def sample(name: str) -> Any:
    """A packaged JSON file of the sample clinic."""
    return json.loads((resources.files(__package__) / "sample" / f"{name}.json").read_text("utf-8"))


def is_set_up() -> bool:
    """Whether this home has a clinic already, sample or real."""
    return Organization.objects.filter(kind=Organization.Kind.PRACTICE).exists()


def set_up(actor: Actor, *, paths: Sequence[Path] = (), patients: int = PATIENTS, seed: int = SEED) -> Report:
    """Set up the sample clinic in an empty home, with people made by `seed` or imported from `paths`.

    Safe to repeat after an interruption: what is there stays.
    """
    publish_rules(actor)
    if not is_set_up():
        with change(actor, "places.manage"):
            _places_and_staff(actor)
    report = import_paths(actor, list(paths)) if paths else _made_up(actor, patients, seed)
    _cover_the_uncovered(actor)
    return report


def publish_rules(actor: Actor) -> None:
    """Put the sample clinic's rule documents in force."""
    for kind, name in (
        ("visit-type", "visit_types"),
        ("fee-schedule", "fee_schedule"),
        ("order-catalog", "order_catalog"),
        ("consent", "consents"),
    ):
        for document in sample(name):
            documents.publish(actor, kind=kind, **document)
    title = "Reference ranges of vital signs"
    documents.publish(actor, kind="reference-ranges", key="default", title=title, body=default_document())


def npi(number: int) -> str:
    """A made-up NPI with a right check digit (Luhn over 80840 and nine digits, 45 CFR 162.406)."""
    digits = f"80840{number:09d}"
    total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(digits)))
    return f"{number:09d}{-total % 10}"


def _places_and_staff(actor: Actor) -> None:
    facts = sample("clinic")
    places.add_organization(actor, kind="practice", **facts["practice"])
    for payer in facts["payers"]:
        if not Organization.objects.filter(kind="payer", code=payer["code"]).exists():
            places.add_organization(actor, kind="payer", name=payer["name"], code=payer["code"])
    sites = {site["code"]: _site(actor, site, facts["open"]) for site in facts["sites"]}
    for number, person in enumerate(facts["staff"]):
        _staff(actor, person, sites[person["site"]], npi(170000000 + number), facts["hours"])


def _site(actor: Actor, facts: dict[str, Any], hours: list[list[str]]) -> Site:
    site = places.add_site(actor, **{k: v for k, v in facts.items() if k != "rooms"})
    for position, (name, kind) in enumerate(facts["rooms"]):
        places.add_room(actor, site_id=site.pk, name=name, kind=kind, position=position)
    for weekday in range(7):
        for opens, closes in hours:
            places.add_hours(actor, site_id=site.pk, weekday=weekday, opens=opens, closes=closes)
    return site


def _staff(actor: Actor, facts: dict[str, Any], site: Site, number: str, weekly: dict[str, Any]) -> Staff:
    provider = facts["role"] == "provider"
    told = {k: v for k, v in facts.items() if k != "site"}
    staff = staffing.add_staff(actor, **told, npi=number if provider else "", site_id=site.pk, password=PASSWORD)
    if provider:
        schedule.set_hours(actor, staff.pk, site.pk, weekly)
    return staff


def _made_up(actor: Actor, patients: int, seed: int) -> Report:
    # The same ids every day: people of an interrupted set-up are not made twice
    bundles: Iterable[dict[str, Any]] = generate(seed, patients, clock.now().date())
    return import_bundles(actor, bundles)


def _cover_the_uncovered(actor: Actor) -> None:
    """People who came without insurance data (Synthea's do) get a policy of one of the clinic's payers; most of them."""
    payers = {p.code: p.pk for p in Organization.objects.filter(kind="payer").exclude(code="")}
    if Coverage.objects.filter(payer_id__in=payers.values()).exists():
        return
    year = clock.now().year
    rows: list[Coverage] = []
    for number, patient in enumerate(Patient.objects.filter(active=True).order_by("mrn")):
        if number % 16 == 15:
            continue
        code = "MEDIB" if year - patient.birth_date.year >= 65 else "STCAI" if number % 4 == 3 else "SUNCO"
        rows.append(_policy(patient, payers[code], code, number))
    with change(actor, "people.write") as this:
        this.save_new(rows)


def _policy(patient: Patient, payer_id: UUID, code: str, number: int) -> Coverage:
    prefix = {"MEDIB": "MED", "STCAI": "STC", "SUNCO": "SUN"}[code]
    position = 1 + max((c.position for c in patient.coverages.all()), default=0)
    return Coverage(
        patient=patient,
        payer_id=payer_id,
        position=position,
        member_id=f"{prefix}{700000000 + number}",
        plan={"MEDIB": "Part B", "STCAI": "Family care", "SUNCO": "Sunrise PPO"}[code],
        copay_cents=2500 if code == "SUNCO" else 0,
        active=True,
    )
