"""What payers' codes mean and what is done about them: CARC and RARC of remittances, status codes of acknowledgments.

The wording is our own, in the practice's rule document; a practice may load the payers' own words beside it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from liaison.billing.rules import Kind, packaged, rule
from liaison.documents.queries import in_force
from liaison.kernel.errors import NotFound

WORDS = "payers-words"  # the key of the document that holds what a practice has loaded
FORWARDED = ("19", "20", "21")  # CLP02: processed, and sent on to the next payer by this one
# Kinds of reasons that refuse nothing: the contract takes it off, the patient owes it, or it only says something
GRANTED = frozenset({"contract", "share", "information"})

# 277CA: claim status codes, with what to mend.
STATUS = {
    "21": "Something is missing or invalid; compare the claim with the insurance card.",
    "33": "The payer does not know this member ID; check it on the insurance card.",
    "116": "This payer does not take the claim; check the payer on the insurance card.",
    "178": "The charges do not add up; check the claim's lines.",
    "254": "The main diagnosis is not a valid code; correct it.",
    "255": "A diagnosis is not a valid code; correct it.",
    "535": "The payer takes no replaced or voided claims this way; send it as a new claim.",
    "562": "The payer does not know the billing provider's NPI; check the practice's entry.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of a payer: what it says, what kind it is, and what a person does about it."""

    words: str
    kind: str
    do: str = ""


class Reasons:
    """The practice's book of reasons, read once for a file or a page."""

    def __init__(self, body: dict[str, Any], loaded: dict[str, Any] | None = None) -> None:
        self._body, self._loaded = body, loaded or {}
        self.unknown = Reason(**body["unknown"])

    def of(self, carc: str) -> Reason:
        """What a claim adjustment reason code means."""
        found = self._body["carc"].get(carc)
        return Reason(**found) if found else self.unknown

    def told(self, group: str, carc: str) -> str:
        """`CO-45 (above the contract's fee)`."""
        known = self._body["carc"].get(carc)
        words = self._loaded.get("carc", {}).get(carc) or (known["words"] if known else "")
        return f"{group}-{carc} ({words})" if words else f"{group}-{carc}"

    def remark(self, rarc: str) -> str:
        """`N29 (documents are missing)`."""
        words = self._loaded.get("rarc", {}).get(rarc) or self._body["rarc"].get(rarc, "")
        return f"{rarc} ({words})" if words else rarc

    def kinds(self) -> list[tuple[str, str]]:
        """The kinds of denials, as choices."""
        return [(key, kind["title"]) for key, kind in self._body["kinds"].items()]

    def title(self, kind: str) -> str:
        """What must be done with a kind of denial, in two words."""
        found = self._body["kinds"].get(kind)
        return str(found["title"]) if found else kind

    def deadline(self, kind: str, payer_code: str, denied_on: date) -> date:
        """The last day to work a denial: the payer's own number of days, else that of its kind."""
        days = self._body["payers"].get(payer_code, {}).get("days") or self._body["kinds"].get(kind, {}).get("days", 60)
        return denied_on + timedelta(days=int(days))

    @property
    def appeal_answer(self) -> timedelta:
        """How long a payer may take to answer an appeal before somebody asks."""
        return timedelta(days=int(self._body.get("appeal_answer_days", 45)))

    def provider_level(self, code: str) -> tuple[str, str]:
        """The account and the words of a provider-level adjustment (PLB), empty where it is not known."""
        found = self._body["provider_level"].get(code, {})
        return str(found.get("account", "")), str(found.get("words", ""))


def reasons() -> Reasons:
    """The book as it is in force."""
    try:
        loaded: dict[str, Any] = in_force(Kind.REMITTANCE_RULES, WORDS).body
    except NotFound:
        loaded = {}
    return Reasons(rule(Kind.REMITTANCE_RULES), loaded)


def reason(group: str, carc: str) -> str:
    """`CO-45 (above the contract's fee)`, in the words that are packaged: for a record that must not change."""
    return Reasons(packaged(Kind.REMITTANCE_RULES)["body"]).told(group, carc)


def rejection(category: str, code: str) -> str:
    """A sentence on why a claim was rejected."""
    return STATUS.get(
        code, f"The payer rejected the claim with status {category}:{code}; look the code up and mend the claim."
    )
