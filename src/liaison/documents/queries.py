"""What may be asked of rule documents. An edition never changes, so a process keeps those it has read, by id."""

from collections.abc import Iterable
from uuid import UUID

from liaison.documents.models import Document
from liaison.kernel.errors import NotFound
from liaison.record.prepared import Prepared

_KEPT = 400
_read: dict[UUID, Document] = {}


_in_force = Prepared(
    lambda kind, key: Document.objects.filter(kind=kind, key=key, retired_at=None).values_list("pk", flat=True)
)
_all_in_force = Prepared(lambda kind: Document.objects.filter(kind=kind, retired_at=None).values_list("pk", flat=True))


def in_force(kind: str, key: str) -> Document:
    """The edition in force. Raises NotFound. Shared within the process: do not change its body."""
    found = _documents(_in_force(kind, key))
    if not found:
        raise NotFound("no-document", f"There is no {kind.replace('-', ' ')} “{key}” in force.", "key")
    return found[0]


def all_in_force(kind: str) -> list[Document]:
    """Every document of a kind that is in force, by title."""
    found = _documents(_all_in_force(kind))
    return sorted(found, key=lambda document: document.title)


def edition(kind: str, key: str, number: int) -> Document:
    """One edition, in force or retired: what somebody signed, or by which rules a visit began. Raises NotFound."""
    found = _documents(Document.objects.filter(kind=kind, key=key, edition=number).values_list("pk", flat=True))
    if not found:
        raise NotFound("no-document", f"There is no edition {number} of the {kind.replace('-', ' ')} “{key}”.", "key")
    return found[0]


def document(document_id: UUID) -> Document:
    """An edition by its id, in force or retired; no query once this process has read it. Raises NotFound."""
    found = _documents([document_id])
    if not found:
        raise NotFound("no-document", "There is no such document.", "document")
    return found[0]


def _documents(ids: Iterable[UUID]) -> list[Document]:
    wanted = list(ids)
    found = {pk: _read[pk] for pk in wanted if pk in _read}
    missing = [pk for pk in wanted if pk not in found]
    if missing:
        fresh = Document.objects.in_bulk(missing)
        if len(_read) > _KEPT:
            _read.clear()
        _read.update(fresh)
        found |= fresh
    return [found[pk] for pk in wanted if pk in found]
