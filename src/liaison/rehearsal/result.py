"""What a rehearsal came to: its visits, its claims and its money, apart from what was there before."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from uuid import UUID

from liaison.billing.models import Claim, Exchange
from liaison.billing.queries import Totals, totals
from liaison.engines import x12
from liaison.record.models import AuditEntry, Revision
from liaison.visits.machine import DONE, ENDED
from liaison.visits.models import Stage, Visit


@dataclass
class Result:
    """What a rehearsal did. All money in cents; charged = paid + adjusted + patient + open when the ledger balances."""

    visits: int = 0
    closed: int = 0
    cancelled: int = 0
    no_shows: int = 0
    left: int = 0
    claims: int = 0
    claims_valid: int = 0
    claims_paid: int = 0
    claims_denied: int = 0
    charged_cents: int = 0
    paid_cents: int = 0
    adjusted_cents: int = 0
    patient_cents: int = 0
    open_cents: int = 0
    ledger_balanced: bool = False
    audit_entries: int = 0
    revisions: int = 0
    seconds: float = 0.0
    days: list[str] = field(default_factory=list)
    unfinished: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    broken: dict[str, list[str]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether every promise of the house holds."""
        return self.ledger_balanced and not self.broken

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass
class Before:
    """How things stood, so that a rehearsal tells of itself alone."""

    money: Totals
    audit: int
    revisions: int
    claims: set[str]

    @classmethod
    def now(cls) -> "Before":
        claims = set(Claim.objects.values_list("number", flat=True))
        return cls(totals(), AuditEntry.objects.count(), Revision.objects.count(), claims)

    def compare(self, result: Result, played: Iterable[UUID]) -> None:
        """Write into `result` what came of the visits `played`, and what has been added since."""
        stages = list(Visit.objects.filter(pk__in=list(played)).values_list("stage", flat=True))
        result.visits = len(stages)
        result.closed = stages.count(Stage.CLOSED)
        result.cancelled = stages.count(Stage.CANCELLED)
        result.no_shows = stages.count(Stage.NO_SHOW)
        result.left = stages.count(Stage.LEFT)
        result.unfinished = sum(s not in (*DONE, *ENDED) for s in stages)
        self._claims(result)
        after = totals()
        for name in ("charged_cents", "paid_cents", "adjusted_cents", "patient_cents", "open_cents"):
            setattr(result, name, getattr(after, name) - getattr(self.money, name))
        shares = result.paid_cents + result.adjusted_cents + result.patient_cents + result.open_cents
        result.ledger_balanced = result.charged_cents == shares
        result.audit_entries = AuditEntry.objects.count() - self.audit
        result.revisions = Revision.objects.count() - self.revisions

    def _claims(self, result: Result) -> None:
        status = {n: s for n, s in Claim.objects.values_list("number", "status") if n not in self.claims}
        result.claims = len(status)
        result.claims_paid = sum(s in (Claim.Status.PAID, Claim.Status.CLOSED) for s in status.values())
        result.claims_denied = sum(s == Claim.Status.DENIED for s in status.values())
        valid: set[str] = set()
        for claims, body in Exchange.objects.filter(direction="out", kind="837P").values_list("claims", "body"):
            mine = status.keys() & set(claims)
            # A mended claim is sent again
            if mine - valid and not x12.check(bytes(body)):
                valid |= mine
        result.claims_valid = len(valid)
