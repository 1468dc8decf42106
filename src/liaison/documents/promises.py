"""What holds of rule documents at all times."""

from collections.abc import Iterable

from django.db.models import Count

from liaison.documents.models import Document
from liaison.record.promises import promise


@promise("one edition of each document is in force")
def one_edition_in_force() -> Iterable[str]:
    """Each document that was ever published has exactly one edition that is not retired, and it is the newest."""
    newest = {}
    for document in Document.objects.order_by("edition").defer("body"):
        newest[(document.kind, document.key)] = document
    for document in newest.values():
        if document.retired_at is not None:
            yield f"The newest edition of {document.kind} {document.key} is retired."
    in_force = Document.objects.filter(retired_at=None).values("kind", "key").annotate(editions=Count("pk"))
    for group in in_force.exclude(editions=1):
        yield f"{group['editions']} editions of {group['kind']} {group['key']} are in force."
