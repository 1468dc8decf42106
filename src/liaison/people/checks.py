"""What is taken as a person's data, and what is refused with a sentence."""

from datetime import date
from typing import Any

from django.utils import timezone

from liaison.kernel import clock, names
from liaison.kernel.countries import COUNTRIES
from liaison.kernel.errors import Invalid
from liaison.kernel.phones import e164
from liaison.people.models import Patient
from liaison.record.columns import check, tidy

OLDEST_YEARS = 120
WRITABLE = frozenset(
    {
        "family", "given", "preferred", "prefix", "suffix", "birth_date", "sex", "deceased_on", "phone", "phone_alt",
        "email", "line", "city", "state", "postal_code", "language", "interpreter", "race", "ethnicity", "marital",
        "mother_maiden_name", "birth_country", "multiple_birth_order", "contacts", "identifiers", "active",
    }
)  # fmt: skip


def today() -> date:
    """The calendar day of the practice."""
    return timezone.localdate(clock.now())


def check_patient(patient: Patient) -> None:
    """Tidy and check a patient's columns; raises Invalid for the first that cannot be taken."""
    patient.family = tidy(patient.family)
    if not patient.family or not names.fold(patient.family):
        raise Invalid("no-family-name", "Type the family name; somebody with one name has it here.", "family")
    patient.birth_date = birth_date(patient.birth_date)
    patient.phone, patient.phone_alt = e164(patient.phone), e164(patient.phone_alt, "phone_alt")
    patient.contacts = contacts(patient.contacts)
    patient.birth_country = patient.birth_country.strip().upper()
    if patient.birth_country and patient.birth_country not in COUNTRIES:
        raise Invalid("no-such-country", "Choose the country of birth from the list.", "birth_country")
    patient.multiple_birth_order = birth_order(patient.multiple_birth_order)
    check(patient, WRITABLE)
    if patient.deceased_on and not patient.birth_date <= patient.deceased_on <= today():
        raise Invalid("bad-death-date", "The date of death lies between the birth date and today.", "deceased_on")


def birth_date(value: date | str, field: str = "birth_date") -> date:
    """A birth date, from a date or its ISO form. Raises Invalid for the future and for more than 120 years ago."""
    try:
        born = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise Invalid("bad-birth-date", "Type the birth date as year-month-day, like 1955-03-04.", field)
    if born > today():
        raise Invalid("birth-date-future", "The birth date is in the future. Check the year.", field)
    if names.age_years(born, today()) > OLDEST_YEARS:
        raise Invalid(
            "birth-date-too-old", f"The birth date is more than {OLDEST_YEARS} years ago. Check the year.", field
        )
    return born


def birth_order(value: int | str | None) -> int | None:
    """Which of several born together, from 1; None for who was born alone. Raises Invalid."""
    if value in (None, ""):
        return None
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 3 and 0 < int(text) < 20):
        raise Invalid(
            "bad-birth-order", "Type 1 for the first born of several, 2 for the second.", "multiple_birth_order"
        )
    return int(text)


def contacts(people: Any) -> list[dict[str, str]]:
    """The people to call: each with a name, a relationship and a telephone in E.164."""
    if not isinstance(people, list) or not all(isinstance(one, dict) for one in people):
        raise Invalid("bad-contacts", "Contacts are a list of people with name, relationship and phone.", "contacts")
    checked = []
    for one in people:
        name = tidy(str(one.get("name") or ""))[:200]
        phone = e164(str(one.get("phone") or ""), "contacts")
        if phone and not name:
            raise Invalid("contact-without-name", "Type the name of the person to call.", "contacts")
        if name:
            checked.append(
                {"name": name, "relationship": tidy(str(one.get("relationship") or ""))[:60], "phone": phone}
            )
    return checked
