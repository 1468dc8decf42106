"""The sample clinic: two sites, staff, rooms, rules, and people who are made up (or imported)."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.auth.hashers import make_password

from liaison.billing.rules import Kind, packaged
from liaison.documents import actions as documents
from liaison.engines.population import generate
from liaison.immunize.actions import sign_standing_order
from liaison.interop.importing import Report, import_bundles, import_paths
from liaison.interop.importing.files import found
from liaison.kernel import clock
from liaison.kernel.errors import Conflict
from liaison.people import staffing
from liaison.people.actors import of_staff
from liaison.people.models import Coverage, Patient, Staff
from liaison.places import actions as places
from liaison.places.models import Organization, Site
from liaison.practice.start import SAMPLE_FAMILY, is_sample, start_rules
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.registry import actions as registry
from liaison.rehearsal.shelves import stock_up
from liaison.schedule import actions as schedule

PASSWORD = "maple-street"  # noqa: S105  # the demo's, printed at its start; a practice has none of these people
REGISTRY_PASSWORD = "sandbox"  # noqa: S105  # of the sandbox registry, which knows nobody real
SEED = 1
PATIENTS = 420
YEAR = timedelta(days=365)
ENOUGH = 60  # people of other origin with whom a day can be played

Progress = Callable[[int, int], None]  # how much is done, of how much


def sample(name: str) -> Any:
    """A packaged JSON file of the sample clinic; its rules are those that every clinic starts with."""
    return json.loads((resources.files(__package__) / "sample" / f"{name}.json").read_text("utf-8"))


def is_set_up() -> bool:
    """Whether there is a clinic here, sample or real. Of the sample one, the practice is set up last."""
    return Organization.objects.filter(kind=Organization.Kind.PRACTICE).exists()


def refuse_a_practice() -> None:
    """Raise Conflict where there is a clinic that is not the sample one: nobody plays with its patients."""
    if is_set_up() and not is_sample():
        raise Conflict(
            "real-practice",
            f"{settings.HOME} holds a practice that is not the sample clinic. Set LIAISON_HOME to another folder.",
        )


def set_up(
    actor: Actor,
    *,
    paths: Sequence[Path] = (),
    patients: int = PATIENTS,
    seed: int = SEED,
    progress: Progress | None = None,
) -> Report:
    """Set up the sample clinic, with people imported from `paths`, or those who are here, or else made by `seed`.

    Safe to repeat after an interruption: what is there stays. Raises NotFound for a path that is not there.
    """
    found(paths)
    others = not is_sample() and Patient.objects.count() >= ENOUGH
    start_rules(actor)
    facts = sample("clinic")
    _payers(actor, facts)
    report = Report()
    if paths:
        report = import_paths(actor, paths, progress)
    elif not others:
        ours = facts["practice"]["npi"]
        report = import_bundles(actor, _made_up(patients, seed, ours, progress), practice_npi=ours)
    _cover_the_uncovered(actor)
    if not is_set_up():
        with change(actor, "places.manage"):
            _places_and_staff(actor, facts)
    return report


def npi(number: int) -> str:
    """A made-up NPI with a right check digit (Luhn over 80840 and nine digits, 45 CFR 162.406)."""
    digits = f"80840{number:09d}"
    total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(digits)))
    return f"{number:09d}{-total % 10}"


def _payers(actor: Actor, facts: dict[str, Any]) -> None:
    for payer in facts["payers"]:
        if not Organization.objects.filter(kind="payer", code=payer["code"]).exists():
            ours = uuid5(SAMPLE_FAMILY, payer["code"])
            places.add_organization(actor, kind="payer", id=ours, name=payer["name"], code=payer["code"])


def _places_and_staff(actor: Actor, facts: dict[str, Any]) -> None:
    places.add_organization(actor, kind="practice", id=uuid5(SAMPLE_FAMILY, "practice"), **facts["practice"])
    sites = {site["code"]: _site(actor, site, facts["open"]) for site in facts["sites"]}
    signs_in = {"password": PASSWORD, "encoded": make_password(PASSWORD)}
    staff = []
    for number, person in enumerate(facts["staff"]):
        more = signs_in | ({"npi": npi(170000000 + number)} if person["role"] == "provider" else {})
        staff.append(_staff(actor, person | more, sites[person["site"]], facts["hours"]))
    signer = of_staff(next(one for one in staff if one.role == "provider"))
    sign_standing_order(signer, facts["standing_order"], clock.now().date() + YEAR)
    stock = sample("stock")
    stock_up(actor, stock)
    _charge_goods(actor, stock["charged"])
    # The demo and the rehearsal start it; a day before, for a played morning is earlier than its preparation
    registry.connect(actor, since=clock.now() - timedelta(days=1), **facts["registry"])


def _charge_goods(actor: Actor, codes: dict[str, Any]) -> None:
    """Charge goods by these codes, as a practice does that keeps some."""
    rules = packaged(Kind.CHARGE_RULES)
    documents.publish(actor, kind=Kind.CHARGE_RULES, **(rules | {"body": rules["body"] | {"supplies": codes}}))


def _site(actor: Actor, facts: dict[str, Any], hours: list[list[str]]) -> Site:
    site = places.add_site(actor, **{k: v for k, v in facts.items() if k != "rooms"})
    for position, (name, kind) in enumerate(facts["rooms"]):
        places.add_room(actor, site_id=site.pk, name=name, kind=kind, position=position)
    for weekday in range(7):
        for opens, closes in hours:
            places.add_hours(actor, site_id=site.pk, weekday=weekday, opens=opens, closes=closes)
    return site


def _staff(actor: Actor, facts: dict[str, Any], site: Site, weekly: dict[str, Any]) -> Staff:
    staff = staffing.add_staff(actor, site_id=site.pk, **{k: v for k, v in facts.items() if k != "site"})
    if staff.role == "provider":
        schedule.set_hours(actor, staff.pk, site.pk, weekly)
    return staff


def _made_up(patients: int, seed: int, practice: str, progress: Progress | None) -> Iterator[dict[str, Any]]:
    here = {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": practice}}
    # The same ids every day: people of an interrupted set-up are not made twice
    for number, bundle in enumerate(generate(seed, patients, clock.now().date()), 1):
        for entry in bundle["entry"]:
            if entry["resource"]["resourceType"] == "Encounter":
                entry["resource"]["serviceProvider"] = here
        yield bundle
        if progress:
            progress(number, patients)


def _cover_the_uncovered(actor: Actor) -> None:
    """Most people who came without insurance data get a policy of one of the clinic's payers."""
    payers = {p.code: p.pk for p in Organization.objects.filter(kind="payer").exclude(code="")}
    if Coverage.objects.filter(payer_id__in=payers.values()).exists():
        return
    year = clock.now().year
    rows: list[Coverage] = []
    people = Patient.objects.filter(active=True).order_by("mrn").prefetch_related("coverages")
    for number, patient in enumerate(people):
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
        kind={"MEDIB": "medicare", "STCAI": "medicaid", "SUNCO": "commercial"}[code],
        position=position,
        member_id=f"{prefix}{700000000 + number}",
        plan={"MEDIB": "Part B", "STCAI": "Family care", "SUNCO": "Sunrise PPO"}[code],
        copay_cents=2500 if code == "SUNCO" else 0,
        active=True,
    )
