"""The promises of the house: what `liaison check` and a rehearsal prove. Each room adds its own in `promises.py`."""

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

import orjson
from django.db import DatabaseError, connection, transaction

from liaison.record import jobs, outbox, seals
from liaison.record.forms import Json, plain_json, registry, told
from liaison.record.models import Guarded, OutboxEvent, Revision

Promise = Callable[[], Iterable[str]]
_promises: dict[str, Promise] = {}


def promise(name: str) -> Callable[[Promise], Promise]:
    """Register a function that yields a sentence for each place where the promise `name` is broken."""

    def register(function: Promise) -> Promise:
        _promises[name] = function
        return function

    return register


def broken() -> dict[str, list[str]]:
    """Every promise that does not hold, by name, with up to 20 sentences each."""
    found: dict[str, list[str]] = {}
    for name, function in sorted(_promises.items()):
        for sentence in function():
            found.setdefault(name, []).append(sentence)
            if len(found[name]) == 20:
                break
    return found


def names() -> list[str]:
    return sorted(_promises)


def alterable(model: type[Guarded]) -> Iterator[str]:
    """How the database lets somebody alter rows that it should keep: asked of one, and rolled back whatever it says."""
    first = model.objects.order_by("created_at").values_list("pk", flat=True).first()
    if first is None:
        return
    table, pk = model._meta.db_table, first.hex if connection.vendor == "sqlite" else first
    for verb, statement in (
        ("change", f"UPDATE {table} SET version = version WHERE id = %s"),  # noqa: S608  # our own models' names
        ("remove", f"DELETE FROM {table} WHERE id = %s"),  # noqa: S608  # our own models' names
    ):
        if _allowed(statement, pk):
            yield f"The database lets somebody {verb} a {model._meta.verbose_name}."


def _allowed(statement: str, pk: str | UUID) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [pk])
            transaction.set_rollback(True)
            return bool(cursor.rowcount)
    except DatabaseError:
        return False


@promise("revisions match rows")
def revisions_match_rows() -> Iterable[str]:
    """Every recorded row's version is its resource's newest revision, and that revision says what the row says."""
    for model, form in registry.by_model.items():
        newest = _newest(model.FHIR_TYPE)
        for row in model._base_manager.all().iterator():
            version, body = newest.get(row.pk, (0, b"{}"))
            if version != row.version:
                yield f"{model.FHIR_TYPE}/{row.pk} is at version {row.version}, its newest revision is {version}."
            elif _differ(orjson.loads(body), form.to_fhir(row)):
                yield f"{model.FHIR_TYPE}/{row.pk} differs from its revision {version}."


def _newest(resource_type: str) -> dict[UUID, tuple[int, bytes]]:
    revisions = Revision.objects.filter(resource_type=resource_type).order_by("version")
    said = revisions.values_list("resource_id", "version", "body").iterator()
    return {identifier: (version, bytes(body)) for identifier, version, body in said}


def _differ(said: Json, row: Json) -> bool:
    """Whether the row says something else than the revision, apart from what the revision has of its own (id, meta)."""
    again = orjson.loads(orjson.dumps(told(row), default=plain_json, option=orjson.OPT_UTC_Z))
    return bool(again != {k: v for k, v in said.items() if k not in ("resourceType", "id", "meta")})


@promise("audit seals verify")
def seals_verify() -> Iterable[str]:
    for finding in seals.verify():
        yield finding.sentence


@promise("no orphan jobs")
def no_orphan_jobs() -> Iterable[str]:
    """No event was given up in silence, and no job runs for a worker that is dead."""
    for event in OutboxEvent.objects.filter(attempts__gte=outbox.ATTEMPTS, name=outbox.FAILED):
        yield f"Event {event.seq} ({event.name}) failed and nobody was told."
    for job in jobs.orphans():
        yield f"Job {job.pk} ({job.task_path}) runs for a worker that is dead. Start `liaison serve` or `liaison work`."
