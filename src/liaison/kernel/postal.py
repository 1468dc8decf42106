"""Postal addresses of the United States, as they are written on paper."""


def shown(code: str) -> str:
    """A ZIP code with its hyphen: 606110001 is 60611-0001. Others stay as they are."""
    return f"{code[:5]}-{code[5:]}" if len(code) == 9 and code.isdigit() else code


def town(city: str, state: str, code: str) -> str:
    """The last line of an address: Fairhaven, IL 60611-0001, with as much of it as is known."""
    return ", ".join(part for part in (city, f"{state} {shown(code)}".strip()) if part)
