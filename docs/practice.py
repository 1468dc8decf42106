"""A practice of your own: change every name and number, then run it once with `liaison shell < practice.py`.

It prints a first password for each sign-in, this once.
"""

import secrets

from liaison.people.staffing import add_staff
from liaison.places import actions as places
from liaison.record.actor import machine
from liaison.record.change import change
from liaison.rehearsal.clinic import publish_rules
from liaison.schedule import actions as schedule

setup = machine("set-up", "cli")
with change(setup, "places.manage"):  # all of it, or nothing
    publish_rules(setup)  # the sample clinic's visit types, fees, orders and consents: a start, to be replaced
    places.add_organization(
        setup, kind="practice", name="Elm Street Practice", npi="1234567893", tax_id="361234567",
        taxonomy="261QP2300X", phone="312 555 0100", line="5 Elm Street", city="Fairhaven", state="IL",
        postal_code="606110001",
    )  # fmt: skip
    places.add_organization(setup, kind="payer", name="Sunrise Health Plan", code="SUNCO")
    site = places.add_site(
        setup, name="Elm Street", code="elm", zone="America/Chicago", phone="312 555 0100", line="5 Elm Street",
        city="Fairhaven", state="IL", postal_code="606110001",
    )  # fmt: skip
    for number in (1, 2, 3):
        places.add_room(setup, site_id=site.pk, name=f"Room {number}", position=number)
    for weekday in range(5):
        places.add_hours(setup, site_id=site.pk, weekday=weekday, opens="08:00", closes="18:00")

    sign_ins = []
    for role, family, given, username, more in (
        ("provider", "Rivera", "Ana", "rivera", {"credential": "MD", "npi": "1700000007", "taxonomy": "207Q00000X"}),
        ("medical-assistant", "Cole", "Sam", "cole", {"credential": "CMA"}),
        ("front-desk", "Park", "Jin", "park", {}),
        ("biller", "Novak", "Eva", "novak", {}),
        ("office-manager", "Adler", "Ruth", "adler", {}),
    ):
        password = secrets.token_urlsafe(12)
        staff = add_staff(
            setup, role=role, family=family, given=given, site_id=site.pk, username=username, password=password, **more
        )
        sign_ins.append(f"  {username:<10} {password}")
        if role == "provider":
            hours = [["08:00", "12:00"], ["13:00", "17:00"]]
            schedule.set_hours(setup, staff.pk, site.pk, {str(weekday): hours for weekday in range(5)})

print("The practice is set up. Sign-ins, each with its first password:", *sign_ins, sep="\n")
