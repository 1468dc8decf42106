"""The promises of the house: what `liaison check` and a rehearsal prove. Each room adds its own in `promises.py`."""

from collections.abc import Callable, Iterable

import orjson

from liaison.record import jobs, outbox, seals
from liaison.record.forms import plain_json, registry
from liaison.record.models import OutboxEvent, Revision

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


@promise("revisions match rows")
def revisions_match_rows() -> Iterable[str]:
    """Every recorded row's version is its resource's newest revision, and that revision says what the row says."""
    for model, form in registry.by_model.items():
        newest = {}
        for rid, version, body in (
            Revision.objects.filter(resource_type=model.FHIR_TYPE).order_by("version").values_list("resource_id", "version", "body").iterator()
        ):
            newest[rid] = (version, body)
        for row in model._base_manager.all().iterator():
            version, body = newest.get(row.pk, (0, b"{}"))
            if version != row.version:
                yield f"{model.FHIR_TYPE}/{row.pk} is at version {row.version}, its newest revision is {version}."
                continue
            said = orjson.loads(bytes(body))
            again = orjson.loads(orjson.dumps({k: v for k, v in form.to_fhir(row).items() if v not in (None, [], {}, "")}, default=plain_json, option=orjson.OPT_UTC_Z))
            if any(said.get(key) != value for key, value in again.items()):
                yield f"{model.FHIR_TYPE}/{row.pk} differs from its revision {version}."


@promise("audit seals verify")
def seals_verify() -> Iterable[str]:
    for finding in seals.verify():
        yield finding.sentence


@promise("no orphan jobs")
def no_orphan_jobs() -> Iterable[str]:
    """No event was given up in silence, and no job runs for a worker that is dead."""
    for event in OutboxEvent.objects.filter(attempts__gte=outbox.ATTEMPTS, handled_at=None):
        yield f"Event {event.seq} ({event.name}) failed and nobody was told."
    for job in jobs.orphans():
        yield f"Job {job.pk} ({job.task_path}) is running for a worker that no longer lives. Start `liaison serve` or `liaison work`."

