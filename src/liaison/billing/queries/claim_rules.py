"""What claims are checked by, as a person reads it: by payer and kind, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from liaison.billing.models import Claim
from liaison.billing.rules import Kind, packaged
from liaison.billing.scrub.rules import DEFAULT, key_of
from liaison.documents.queries import all_in_force
from liaison.engines.scrubber import CHECKS, words
from liaison.kernel.errors import NotFound
from liaison.places import queries as places
from liaison.record.actor import Actor

Body = Mapping[str, Any]
_FIXED = ("address", "subscriber")  # without them no file can be written


@dataclass(frozen=True, slots=True)
class Read:
    """A rule in words; `own` says that the practice has written or changed it."""

    rule: Body
    told: str
    own: bool

    @property
    def severity(self) -> str:
        return str(self.rule.get("severity", "stop"))

    @property
    def say(self) -> str:
        return str(self.rule.get("say", "")).replace("{code}", "The code")


@dataclass(frozen=True, slots=True)
class Book:
    """The document for the claims to all payers or to one, as it is in force; `edition` 0 before there is one."""

    key: str
    name: str
    body: Body
    edition: int
    groups: list[tuple[str, list[Read]]] = field(default_factory=list)

    @property
    def for_all(self) -> bool:
        return self.key == DEFAULT

    @property
    def count(self) -> int:
        return len(self.body.get("rules", ()))

    def rule(self, key: str) -> Body:
        """One of its rules. Raises NotFound."""
        for one in self.body.get("rules", ()):
            if one["key"] == key:
                found: Body = one
                return found
        raise NotFound("no-rule", "There is no such rule any more. Look at the list again.")

    @property
    def open_checks(self) -> list[tuple[str, str, str]]:
        """Those of `checks` whose gravity a practice may set."""
        return [one for one in self.checks if one[0] not in _FIXED]

    @property
    def checks(self) -> list[tuple[str, str, str]]:
        """What is checked without a rule: name, words, and stop, warn, off or (of a payer) empty."""
        said = self.body.get("checks", {})
        return [
            (name, words.CHECKED[name], said.get(name, usual if self.for_all else "")) for name, usual in CHECKS.items()
        ]


def books(actor: Actor) -> list[Book]:
    """The document for all payers, then those of single payers by name. Two queries."""
    actor.require("billing.read")
    found = {one.key: one for one in all_in_force(Kind.CLAIM_RULES)}
    ours = found.pop(DEFAULT, None)
    names = _payer_names()
    made = [_book(DEFAULT, "All payers", ours.body if ours else packaged(Kind.CLAIM_RULES)["body"],
                  ours.edition if ours else 0)]  # fmt: skip
    made += sorted(
        (_book(key, names.get(key, one.title), one.body, one.edition) for key, one in found.items()),
        key=lambda book: book.name,
    )
    return made


def book(actor: Actor, key: str) -> Book:
    """One document; of a payer that has none yet an empty one. Raises NotFound for what is no payer's."""
    for one in books(actor):
        if one.key == key:
            return one
    name = _payer_names().get(key)
    if name is None:
        raise NotFound("no-rules", "There are no rules of that payer. Choose one from the list.")
    return _book(key, name, {}, 0)


def _payer_names() -> dict[str, str]:
    return {key_of(one.code): one.name for one in places.payers() if key_of(one.code)}


def choices() -> list[tuple[str, str]]:
    """Whom a new rule can be for: all payers, or one that has an electronic ID."""
    return [(DEFAULT, "All payers"), *_payer_names().items()]


def _book(key: str, name: str, body: Body, edition: int) -> Book:
    came = {one["key"]: one for one in packaged(Kind.CLAIM_RULES)["body"]["rules"]}
    by_kind: dict[str, list[Read]] = {}
    for one in body.get("rules", ()):
        by_kind.setdefault(words.kind(one), []).append(Read(one, words.told(one), came.get(one["key"]) != one))
    return Book(key, name, body, edition, [(kind, by_kind[kind]) for kind in words.KINDS if kind in by_kind])


def waiting() -> int:
    """How many claims have not gone yet and are looked at again by a new edition."""
    return Claim.objects.filter(status__in=(Claim.Status.DRAFT, Claim.Status.READY)).count()
