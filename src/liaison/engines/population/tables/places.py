"""Where the sample people live and who pays for them: two invented towns, three invented payers' plans."""

from typing import NamedTuple

PAYER_SYSTEM = "urn:liaison:payer"


class Town(NamedTuple):
    """A town with its postal code (of a shape that Illinois uses) and streets."""

    city: str
    postal_code: str
    streets: tuple[str, ...]


TOWNS = (
    Town(
        "Willow Bend",
        "61391",
        (
            "Maple Street",
            "Prairie Avenue",
            "Old Mill Road",
            "N. Lincoln Avenue",
            "Heron Court",
            "County Road 12",
            "Church Street",
            "Sycamore Lane",
        ),
    ),
    Town(
        "Harlan Grove",
        "61392",
        (
            "Main Street",
            "W. Orchard Drive",
            "Depot Street",
            "Kickapoo Trail",
            "Second Avenue",
            "Quarry Road",
            "Bluebird Lane",
            "S. Jackson Street",
        ),
    ),
)

# Illinois area codes; with the exchange 555 and the lines 0100-0199, which are kept free for fiction.
AREA_CODES = ("217", "224", "309", "312", "331", "618", "630", "708", "773", "779", "815", "847", "872", "447")


class Plan(NamedTuple):
    """A payer's plan. `prefix` opens every subscriber number of the payer; `kind` is a v3 ActCode coverage type.

    The next digit is one of `numbers`, where the payer tells its plans apart by them.
    """

    payer: str
    payer_name: str
    prefix: str
    kind: tuple[str, str]
    plan: str
    plan_name: str
    copay: int = 0  # dollars for an office visit ...
    copay_from_age: int = 0  # ... from this age on
    numbers: str = "123456789"


_SUNRISE = ("SUNCO", "Sunrise Health Plan", "SUN", ("EHCPOL", "extended healthcare"))
COMMERCIAL = (
    Plan(*_SUNRISE, "SUN-PPO-1500", "Sunrise PPO 1500", 25, numbers="147"),
    Plan(*_SUNRISE, "SUN-HMO-20", "Sunrise HMO 20", 20, numbers="258"),
    Plan(*_SUNRISE, "SUN-HDHP", "Sunrise Saver 3000", numbers="369"),
)
MEDICARE = Plan("MEDIB", "Medicare Part B", "MED", ("PUBLICPOL", "public healthcare"), "PART-B", "Medicare Part B")
MEDICAID = Plan(
    "STCAI",
    "State Medicaid",
    "STC",
    ("PUBLICPOL", "public healthcare"),
    "STC-STD",
    "State Medicaid",
    copay=3,
    copay_from_age=21,
)
# Cards that are out of date, one of so many: the sandbox payer says of numbers that end so that the coverage has
# ended, or that it knows no such member.
OLD_CARDS = ((41, "9906"), (67, "9975"))

EMPLOYERS = (
    "Harlan Grove School District",
    "Prairie Grain Cooperative",
    "Willow Bend Tool and Die",
    "County Highway Department",
    "Lakeside Foods",
    "Two Rivers Hospital",
    "Midland Freight",
)
