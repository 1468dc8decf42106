"""Patients' statements on paper, in English and Spanish."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from liaison.billing.actions.books.statements import in_language
from liaison.billing.models import Statement
from liaison.billing.papers.compiled import compiled, letterhead, town_of
from liaison.billing.queries.statements import KIND
from liaison.billing.rules import rule
from liaison.kernel.languages import SPANISH_MONTHS, said_day
from liaison.kernel.money import dollars
from liaison.kernel.phones import shown
from liaison.places.models import Organization
from liaison.places.queries import practice as the_practice

_SAYS: dict[str, dict[str, Any]] = {
    "en": {
        "account": "Account", "due": "Amount due", "by": "Please pay by", "number": "Statement",
        "total": "Total due", "on_account": "On account", "enclosed": "Amount enclosed",
        "heads": ["Date", "Visit", "Charged", "Insurance paid", "Adjusted", "Your share", "You paid", "Due"],
        "legend": "Adjusted is what you and your insurance do not have to pay by our agreement. What your insurance "
        "still has to answer is not asked of you.",
        "ages": ["up to 30 days", "31–60", "61–90", "91–120", "over 120", "Paid ahead"],
        "how": "How to pay:", "cut": "Please send this part back with your payment.",
        "ways": "by check to the address below with the account number on it, by card on the telephone, or at our "
        "front desk. If something is wrong, or is too much at once, call us at {phone}.",
        "ways_no_phone": "by check to the address below with the account number on it, or at our front desk. If "
        "something is wrong, or is too much at once, tell us.",
    },
    "es": {
        "account": "Cuenta", "due": "Total a pagar", "by": "Pague antes del", "number": "Estado de cuenta",
        "total": "Total a pagar", "on_account": "A cuenta", "enclosed": "Cantidad adjunta",
        "heads": ["Fecha", "Visita", "Cargo", "Pagó el seguro", "Ajuste", "Su parte", "Usted pagó", "Debe"],
        "legend": "El ajuste es lo que ni usted ni su seguro tienen que pagar por nuestro acuerdo. Lo que su seguro "
        "todavía debe responder no se le cobra.",
        "ages": ["hasta 30 días", "31–60", "61–90", "91–120", "más de 120", "Pagado de más"],
        "how": "Cómo pagar:", "cut": "Envíe esta parte con su pago.",
        "ways": "con cheque a la dirección de abajo y su número de cuenta, con tarjeta por teléfono, o en recepción. "
        "Si algo no está bien, o es demasiado de una vez, llámenos al {phone}.",
        "ways_no_phone": "con cheque a la dirección de abajo y su número de cuenta, o en recepción. Si algo no está "
        "bien, o es demasiado de una vez, díganoslo.",
    },
}  # fmt: skip
_COLUMNS = ("charged", "paid", "adjusted", "share", "received", "due")


def statements_pdf(statements: Sequence[Statement]) -> bytes:
    """Statements as one PDF, each beginning a page; as they were made, whatever has happened since."""
    practice = the_practice()
    title = statements[0].number if len(statements) == 1 else f"{len(statements)} statements"
    facts = {
        "title": title,
        "practice": letterhead(practice),
        "statements": [_facts(one, practice) for one in statements],
    }
    return compiled("statement.typ", facts)


def stage_titles(stages: Iterable[str], language: str = "en") -> list[str]:
    """What statements of some stages are called: `Second notice`. The rule document is read once."""
    every = rule(KIND)["stages"]
    titles = {one["key"]: in_language(one["title"], language) for one in every}
    first = in_language(every[0]["title"], language)
    return [titles.get(stage, first) for stage in stages]


def _facts(one: Statement, practice: Organization) -> dict[str, Any]:
    patient, language = one.patient, one.language if one.language in _SAYS else "en"
    say = dict(_SAYS[language])
    phone = shown(practice.phone)
    say["ways"] = say["ways"].format(phone=phone) if phone else say["ways_no_phone"]
    return {
        "language": language,
        "say": say,
        "title": stage_titles([one.stage], language)[0],
        "number": one.number,
        "day": _day(one.day, language),
        "due_on": _day(one.due_on, language),
        "mrn": patient.mrn,
        "to": [part for part in (f"{patient.given} {patient.family}".strip(), patient.line, town_of(patient)) if part],
        "total": dollars(one.cents),
        "visits": [
            [
                _day(date.fromisoformat(visit["day"]), language, short=True),
                visit["title"] or say["on_account"],
                *(dollars(visit[name]) for name in _COLUMNS),
            ]
            for visit in one.visits
        ],
        "aging": [dollars(cents) for cents in one.aging],
        "message": one.message,
    }


def _day(day: date, language: str, *, short: bool = False) -> str:
    if language == "es":
        return said_day(day, language) if short else f"{day.day} de {SPANISH_MONTHS[day.month - 1]} de {day.year}"
    return f"{day:%m/%d/%Y}" if short else f"{day:%B} {day.day}, {day.year}"
