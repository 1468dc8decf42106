"""Telephone numbers: as people write them on the way in, E.164 in storage."""

import phonenumbers

from liaison.kernel.errors import Invalid


def e164(typed: str, field: str = "phone", region: str = "US") -> str:
    """`(312) 555-0142` as `+13125550142`; empty stays empty. Raises Invalid for what cannot be a telephone number."""
    if not typed.strip():
        return ""
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        number = None
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    if number is None or phonenumbers.is_possible_number_with_reason(number) != possible:
        raise Invalid(
            "bad-phone", "That is no complete telephone number. Type it with its area code, like 312 555 0142.", field
        )
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def shown(stored: str, region: str = "US") -> str:
    """`+13125550142` as a person of the region reads it: `(312) 555-0142`; one of another country with its code."""
    try:
        number = phonenumbers.parse(stored, region)
    except phonenumbers.NumberParseException:
        return stored
    home = number.country_code == phonenumbers.country_code_for_region(region)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))
