"""The payer that a Coverage names: by reference, by its code, or by its name; made when it is new."""

from uuid import UUID

from liaison.interop.importing.incoming import Incoming, here
from liaison.interop.importing.references import PAYER_CODES, References
from liaison.kernel.names import fold
from liaison.places.models import Organization
from liaison.record.change import current
from liaison.record.forms import Json


class PayerBook:
    """The payers of the practice by code and by name, read once for an import."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._by_code: dict[str, UUID] = {}
        self._by_name: dict[str, UUID] = {}
        self._read = False

    def forget(self) -> None:
        """A change was rolled back: read the book again."""
        self._read = False

    def _load(self) -> None:
        if self._read:
            return
        self._by_code, self._by_name, self._read = {}, {}, True
        for row in Organization.objects.filter(kind=Organization.Kind.PAYER).order_by("created_at"):
            self._by_name.setdefault(fold(row.name), row.pk)
            if row.code:
                self._by_code[row.code] = row.pk

    def find(self, item: Incoming, reference: Json) -> UUID | None:
        """The id of the payer; None when the reference leads nowhere and names nobody, or names the patient."""
        if found := self._references.resolve(item, reference, "Organization"):
            return found
        text = str(reference.get("reference") or "")
        if item.urls.get(text, ("",))[0] in ("Patient", "RelatedPerson") or text.startswith(
            ("Patient/", "RelatedPerson/")
        ):
            return None
        self._load()
        identifier = reference.get("identifier") or {}
        code = str(identifier.get("value") or "") if identifier.get("system") in PAYER_CODES else ""
        name = " ".join(str(reference.get("display") or code).replace("\x00", "").split())[:200]
        if code in self._by_code:
            return self._by_code[code]
        if fold(name) in self._by_name and not code:
            return self._by_name[fold(name)]
        return self._make(code[:40], name) if name else None

    def _make(self, code: str, name: str) -> UUID:
        this = current()
        assert this is not None, "a Coverage is read inside the change that stores it"
        row = Organization(
            id=here("Organization", f"payer:{code or fold(name)}"), kind=Organization.Kind.PAYER, code=code, name=name
        )
        this.save_new([row])
        self._by_name.setdefault(fold(name), row.pk)
        if code:
            self._by_code[code] = row.pk
        return row.pk
