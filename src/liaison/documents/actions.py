"""What may be done with rule documents: put a new edition in force."""

from typing import Any

from django.db.models import Max

from liaison.documents.models import Document
from liaison.kernel.errors import Invalid
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.columns import check


def publish(actor: Actor, *, kind: str, key: str, title: str, body: dict[str, Any]) -> Document:
    """Put a new edition of a rule document in force and retire the one before. The same once more changes nothing."""
    with change(actor, "documents.publish") as this:
        if not isinstance(body, dict):
            raise Invalid("bad-body", "The document's body must be a JSON object.", "body")
        editions = Document.objects.filter(kind=kind, key=key)
        old = editions.filter(retired_at=None).select_for_update().first()
        if old is not None:
            if old.body == body and old.title == title:
                return old
            old.retired_at = this.at
            this.save(old, "retired_at")
        last = editions.aggregate(last=Max("edition"))["last"] or 0
        new = Document(kind=kind, key=key, edition=last + 1, title=title, body=body, in_force_from=this.at)
        check(new)
        this.save(new)
        this.event("documents.published", document=new.pk, kind=kind, key=key, edition=new.edition)
        return new
