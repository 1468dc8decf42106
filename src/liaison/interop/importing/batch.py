"""Some resources into the record, in one transaction: each is stored, is already here, or is kept in the intake."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from liaison.interop.importing import intake, shapes
from liaison.interop.importing.earlier import CAPABILITY, changes, said_before
from liaison.interop.importing.incoming import Incoming
from liaison.interop.importing.payers import PayerBook
from liaison.interop.importing.readers import RANK, READERS, Columns, Context, patient_of
from liaison.interop.importing.references import MRN, References
from liaison.interop.importing.report import Report
from liaison.kernel.errors import Conflict, Invalid, Refused
from liaison.people.actions import index_names, mrn
from liaison.people.models import Coverage, Patient
from liaison.places.models import Organization, Site
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.models import Counter, Recorded
from liaison.record.numbers import next_number

Key = tuple[type[Recorded], UUID]
_NOT_HELD = "Liaison does not hold this kind of resource yet."
_OTHER_KINDS = {"Medication": "Its name is stored with each prescription that refers to it."}


@dataclass
class Outcome:
    """What is to become of the items of one change; nothing of it counts before the change is written."""

    new: dict[Key, Recorded] = field(default_factory=dict)
    changed: list[tuple[Recorded, tuple[str, ...]]] = field(default_factory=list)
    stored: int = 0
    already: int = 0
    kept: list[tuple[Incoming, str]] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)
    seen: set[UUID] = field(default_factory=set)


def _practice_npi() -> str:
    practices = Organization.objects.filter(kind=Organization.Kind.PRACTICE).exclude(npi="")
    return practices.values_list("npi", flat=True).first() or ""


class Batches:
    """Writes batches one after the other, and knows what the earlier ones brought."""

    def __init__(self, actor: Actor, report: Report, *, keeping: bool = True, practice_npi: str = "") -> None:
        self._actor, self.report, self._keeping = actor, report, keeping
        self.references = References()
        self._payers = PayerBook(self.references)
        self._context = Context(self.references, self._payers.find, practice_npi or _practice_npi())
        self._here: dict[Key, Recorded] = {}
        self._seen: set[UUID] = set()

    def take(self, items: Sequence[Incoming]) -> None:
        """Write a batch: one transaction, with one audited change for each patient that it is about."""
        if not items:
            return
        groups: dict[UUID | None, list[Incoming]] = {}
        kept: list[tuple[Incoming, str]] = []
        for item in items:
            self.references.note(item)
            if reason := _refusal(item):
                kept.append((item, reason))
            else:
                groups.setdefault(patient_of(item), []).append(item)
        outcomes = [Outcome(kept=kept)]
        with transaction.atomic():
            self._look_up(item for group in groups.values() for item in group)
            # What belongs to nobody comes first: others refer to it
            for patient_id in sorted(groups, key=lambda key: key is not None):
                outcomes += self._written(patient_id, sorted(groups[patient_id], key=lambda one: RANK[one.type]))
            if self._keeping:
                intake.keep(pair for outcome in outcomes for pair in outcome.kept)
        self._here = {}
        self._count(outcomes)

    def _count(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            self.report.stored += outcome.stored
            self.report.already += outcome.already
            for item, reason in outcome.kept:
                self.report.keep(f"{item.type}: {reason}" if item.type else reason)

    def _look_up(self, items: Iterable[Incoming]) -> None:
        """Read the rows that are here already, one query a kind."""
        wanted: dict[type[Recorded], set[UUID]] = {}
        types: dict[Key, str] = {}
        for item in items:
            model = READERS[item.type][0]
            wanted.setdefault(model, set()).add(item.id)
            types[model, item.id] = item.type
        for model, ids in wanted.items():
            for row in model._base_manager.filter(pk__in=ids):
                self._here[model, row.pk] = row
                self.references.present(types[model, row.pk], row.pk)

    def _written(self, patient_id: UUID | None, items: list[Incoming]) -> list[Outcome]:
        """Write what is one patient's, all together; one by one when the database refuses a part of it."""
        outcome = Outcome()
        try:
            with change(self._actor, CAPABILITY, patient_id=patient_id) as this:
                for item in items:
                    self._plan(this, item, outcome)
                self._save(this, outcome)
        except (IntegrityError, DataError, Conflict) as problem:
            self.references.settle(False)
            self._payers.forget()
            for key in [(READERS[item.type][0], item.id) for item in items]:
                if row := self._here.get(key):
                    row.refresh_from_db()
            if len(items) > 1:
                return [one for item in items for one in self._written(patient_id, [item])]
            return [Outcome(kept=[(items[0], _why(problem))])]
        self.references.settle(True)
        self._here |= outcome.new
        self._seen |= outcome.seen
        return [outcome]

    def _plan(self, this: Change, item: Incoming, outcome: Outcome) -> None:
        model, read = READERS[item.type]
        key = (model, item.id)
        try:
            shapes.check(item.resource)
            columns = read(item, self._context)
            row = outcome.new.get(key) or self._here.get(key)
            if row is None:
                row = outcome.new[key] = _new(model, item, columns)
                self.references.expect(item)
                outcome.stored += 1
            elif changed := self._news(row, columns, outcome):
                for name, value in changed.items():
                    setattr(row, name, value)
                outcome.changed.append((row, tuple(changed)))
                if isinstance(row, Patient):
                    outcome.patients.append(row)
                outcome.stored += 1
            else:
                outcome.already += 1
        except Refused as problem:
            outcome.kept.append((item, problem.sentence))
        else:
            outcome.seen.add(item.id)

    def _news(self, row: Recorded, columns: Columns, outcome: Outcome) -> Columns:
        """What the input says otherwise than the row. Raises Invalid when it is not for the input alone to say."""
        if isinstance(row, Coverage):
            columns.pop("position", None)
        changed = changes(row, columns)
        if not changed:
            return {}
        if row.version == 0 or row.pk in self._seen or row.pk in outcome.seen:
            raise Invalid("said-twice", "It comes more than once in this input, with different content.")
        said = said_before(row, changed)
        if said is False:
            raise Invalid("changed-on-both-sides", "It was changed here and at its source. Compare the two by hand.")
        return {} if said else changed

    def _save(self, this: Change, outcome: Outcome) -> None:
        by_model: dict[type[Recorded], list[Any]] = {}
        for (model, _), row in outcome.new.items():
            by_model.setdefault(model, []).append(row)
        if patients := by_model.get(Patient):
            _number(patients)
            outcome.patients += patients
        if coverages := by_model.get(Coverage):
            _position(coverages)
        for rows in by_model.values():
            this.save_new(rows)
        for row, columns in outcome.changed:
            this.save(row, *columns)
        if outcome.patients:
            index_names(outcome.patients)


def _refusal(item: Incoming) -> str:
    """Why an item cannot be read at all; empty when it may be."""
    if item.problem:
        return item.problem
    if not item.type:
        return "It is not a FHIR resource: it has no resource type."
    if item.type not in READERS:
        return _OTHER_KINDS.get(item.type, _NOT_HELD)
    if not item.storable:
        return "Its text has characters that no record can hold."
    return ""


def _why(problem: Exception) -> str:
    if isinstance(problem, Conflict):
        return problem.sentence
    if isinstance(problem, IntegrityError):
        return "It contradicts what is here already: only one of the two can stand."
    return "It has a value that the record cannot hold."


def _new(model: type[Recorded], item: Incoming, columns: Columns) -> Recorded:
    row = model(id=item.id, **columns)
    if isinstance(row, Site):
        row.code = f"x-{item.id.hex[:16]}"
    if isinstance(row, Patient):
        row.mrn = _our_mrn(item)
    return row


def _our_mrn(item: Incoming) -> str:
    """The MRN that a record brings back which left here. Raises Invalid when somebody has it."""
    for one in item.resource.get("identifier") or ():
        value = str(one.get("value") or "")
        if one.get("system") == MRN and value.isascii() and value.isdigit() and len(value) <= 10:
            if Patient.objects.filter(mrn=value).exists():
                raise Invalid("mrn-taken", "A patient here has its MRN. Compare the two by hand.")
            Counter.objects.filter(name="mrn", value__lt=int(value)).update(value=int(value))
            return value
    return ""


def _number(patients: list[Patient]) -> None:
    without = [patient for patient in patients if not patient.mrn]
    if without:
        first = next_number("mrn", len(without))
        for number, patient in enumerate(without, start=first):
            patient.mrn = mrn(number)


def _position(coverages: list[Coverage]) -> None:
    """Give each active coverage the place that it asks for, or the next that is free."""
    taken: dict[UUID, set[int]] = {}
    mine = {coverage.patient_id for coverage in coverages}
    for patient_id, position in Coverage.objects.filter(patient_id__in=mine, active=True).values_list(
        "patient_id", "position"
    ):
        taken.setdefault(patient_id, set()).add(position)
    for coverage in coverages:
        used = taken.setdefault(coverage.patient_id, set())
        while coverage.active and coverage.position in used:
            coverage.position += 1
        if coverage.active:
            used.add(coverage.position)
