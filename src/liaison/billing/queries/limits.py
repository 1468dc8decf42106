"""What a role may write off and refund at a time: the rule document `money-limits`."""

from typing import Any

from liaison.billing.rules import rule
from liaison.kernel import money
from liaison.kernel.errors import Forbidden
from liaison.record.actor import Actor

KIND = "money-limits"
_DOING = {"write_off": "write off", "refund": "refund"}


def limit_of(actor: Actor, act: str) -> int | None:
    """How much somebody may write off (`write_off`) or `refund` at a time, in cents; None is without limit."""
    if actor.kind == "machine":
        return None
    limits: dict[str, int | None] = rule(KIND)[act]
    return limits.get(actor.role, 0)


def within_limit(actor: Actor, act: str, cents: int) -> None:
    """Raises Forbidden where the amount is over what the role may do."""
    limit = limit_of(actor, act)
    if limit is not None and cents > limit:
        raise Forbidden(
            "over-the-limit",
            f"Your role ({actor.role}) may {_DOING[act]} up to {money.dollars(limit)} at a time. "
            "Ask the office manager to do it.",
        )


def reasons() -> list[dict[str, Any]]:
    """Why a patient's balance is written off: {key, title, account}."""
    found: list[dict[str, Any]] = rule(KIND)["reasons"]
    return found
