"""What claims are checked by, changed: a rule of the practice's own, or how grave what is built in is."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from liaison.billing.actions.claims import judge, locked_claim
from liaison.billing.models import Claim
from liaison.billing.rules import Kind, packaged
from liaison.billing.scrub.rules import DEFAULT
from liaison.documents.actions import publish
from liaison.documents.models import Document
from liaison.engines.scrubber import faults
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.places.queries import practice as the_practice
from liaison.record.actor import Actor
from liaison.record.change import change

Body = dict[str, Any]
_WAITING = (Claim.Status.DRAFT, Claim.Status.READY)
_OF_THE_VISIT = "diagnoses-left"  # found when the claim was made, and not by looking at it again


def put_rule(
    actor: Actor, where: str, rule: Mapping[str, Any], *, was: str = "", based_on: int = 0, title: str = ""
) -> Document:
    """Put an edition in force that holds `rule`, new or in the place of the one whose key is `was`.

    `where` is the key of the document: that of the practice, or of one payer (whose new document is called `title`).
    Raises Invalid for a rule that cannot be used, Conflict where the edition in force is no longer `based_on`.
    """

    def with_rule(body: Body) -> None:
        rules = list(body.get("rules", ()))
        keys = [one["key"] for one in rules]
        if was and was not in keys:
            raise NotFound("no-rule", "There is no such rule any more. Look at the list again.")
        made = dict(rule)
        if was:
            made["key"] = was
            rules[keys.index(was)] = made
        else:
            made["key"] = _key(made, keys)
            rules.append(made)
        body["rules"] = rules

    return _edition(actor, where, with_rule, based_on, title)


def take_rule_away(actor: Actor, where: str, key: str, *, based_on: int) -> Document:
    """Put an edition in force without a rule. Raises NotFound, Conflict."""

    def without(body: Body) -> None:
        left = [one for one in body.get("rules", ()) if one["key"] != key]
        if len(left) == len(body.get("rules", ())):
            raise NotFound("no-rule", "There is no such rule any more. Look at the list again.")
        body["rules"] = left

    return _edition(actor, where, without, based_on, "")


def put_checks(actor: Actor, where: str, wanted: Mapping[str, Any], *, based_on: int, title: str = "") -> Document:
    """Put an edition in force with other checks, codes or days: what is None goes by what stands below it."""

    def with_checks(body: Body) -> None:
        for name, value in wanted.items():
            if value is None:
                body.pop(name, None)
            else:
                body[name] = value

    return _edition(actor, where, with_checks, based_on, title)


def _edition(actor: Actor, where: str, act: Callable[[Body], None], based_on: int, title: str) -> Document:
    with change(actor, "documents.publish"):
        rows = Document.objects.filter(kind=Kind.CLAIM_RULES, key=where, retired_at=None)
        old = rows.select_for_update().first()
        if (old.edition if old else 0) != based_on:
            said = "Somebody has put another edition in force meanwhile. Look at the rules again, then change them."
            raise Conflict("edition-changed", said)
        start = packaged(Kind.CLAIM_RULES)
        body = dict(old.body) if old else dict(start["body"]) if where == DEFAULT else {}
        title = old.title if old else title or start["title"]
        act(body)
        if wrong := faults(body):
            raise Invalid("bad-rule", " ".join(wrong)[:400])
        return publish(actor, kind=Kind.CLAIM_RULES, key=where, title=title[:200], body=body)


def _key(rule: Mapping[str, Any], taken: list[str]) -> str:
    """A key of its own for a new rule, from what it says."""
    words = slugify(str(rule.get("say", "")).replace("{code}", ""))[:40].strip("-") or "rule"
    number, key = 1, words
    while key in taken:
        number += 1
        key = f"{words}-{number}"
    return key


def judge_waiting(actor: Actor) -> int:
    """Look again at every claim that has not gone, by the rules in force now. Gives how many changed."""
    keys = list(Claim.objects.filter(status__in=_WAITING).order_by("pk").values_list("pk", flat=True))
    return sum(_judge_again(actor, key) for key in keys)


def _judge_again(actor: Actor, claim_id: UUID) -> bool:
    """Event billing.claim_to_fix where it must now be mended."""
    with change(actor, "billing.claim") as this:
        claim = locked_claim(claim_id)
        if claim.status not in _WAITING:
            return False
        status, status_at, findings, file_by = claim.status, claim.status_at, claim.findings, claim.file_by
        judge(this, claim, the_practice())
        claim.findings = [one for one in findings if one["rule"] == _OF_THE_VISIT] + claim.findings
        claim.status = Claim.Status.DRAFT if claim.stops else Claim.Status.READY
        if claim.status == status:
            claim.status_at = status_at
        if (claim.status, claim.findings, claim.file_by) == (status, findings, file_by):
            return False
        this.save(claim, "status", "status_at", "findings", "file_by")
        if claim.status == Claim.Status.DRAFT and status != claim.status:
            this.event("billing.claim_to_fix", claim=claim.pk, encounter=claim.encounter_id)
        return True
