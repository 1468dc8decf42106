"""A child, a dose and an update made up for tests."""

from datetime import UTC, date, datetime
from decimal import Decimal

from liaison.engines.hl7v2 import (
    Address,
    Clinician,
    Coded,
    Dose,
    Header,
    Identifier,
    Name,
    Person,
    Query,
    Relative,
    Telecom,
    VaccineUpdate,
    Vis,
)

HEADER = Header(
    control_id="LIA-000001",
    created=datetime(2026, 11, 22, 14, 30, 5, tzinfo=UTC),
    sending_application="LIAISON",
    sending_facility="1255",
    receiving_application="IIS",
    receiving_facility="STATE",
)
MOTHER = Relative(Name("Wren", "Ada"), "MTH", phone=Telecom("406", "5550123"))
CHILD = Person(
    identifiers=(Identifier("000123", "LIAISON"),),
    name=Name("O'Neil & Sons|^~\\", "Zoë"),
    birth_date=date(2024, 2, 29),
    sex="F",
    maiden_name="Wren",
    mother_given="Ada",
    races=("2106-3", "2028-9"),
    ethnicity="2186-5",
    address=Address("12 Elm St", "", "Bozeman", "MT", "59715", "USA"),
    birth_country="MX",
    phones=(Telecom("406", "5550123"), Telecom(use="NET", equipment="", email="ada@example.org")),
    multiple_birth=True,
    birth_order=2,
    publicity="02",
    publicity_on=date(2026, 1, 2),
    protection="N",
    protection_on=date(2026, 1, 2),
    status="A",
    status_on=date(2026, 1, 2),
)
NURSE = Clinician("1234567893", "Sticker", "Nan", "NPI", "NPI", "RN")
GIVEN = Dose(
    vaccine=Coded("20", "DTaP", "CVX", "49281-0286-10", "DAPTACEL", "NDC"),
    given_on=date(2026, 11, 22),
    id="b2c7",
    authority="LIAISON",
    quantity=Decimal("0.5"),
    unit="mL",
    lot="C4321AA",
    expires_on=date(2027, 6, 30),
    mvx="PMC",
    manufacturer="Sanofi Pasteur",
    route="IM",
    site="LT",
    entered_by=NURSE,
    ordered_by=NURSE,
    given_by=NURSE,
    facility="1255",
    recorded_at=datetime(2026, 11, 22, 14, 29, tzinfo=UTC),
    eligibility="V02",
    funding="VXC51",
    vis=(Vis(date(2026, 11, 22), None, "253088698300003511070517", "", "DTaP VIS"),),
    reactions=("VXC12",),
)
OLD = Dose(Coded("08", "Hep B, ped/adol", "CVX"), date(2024, 3, 1), "a1", "LIAISON", source="01")
REFUSED = Dose(Coded("10", "IPV", "CVX"), date(2026, 11, 22), "c3", "LIAISON", source="", completion="RE", refusal="00")
UPDATE = VaccineUpdate(HEADER, CHILD, (GIVEN, OLD, REFUSED), (MOTHER,))
QUERY = Query(HEADER, CHILD, "ask-1")
