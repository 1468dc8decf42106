"""Roles and capabilities: who may do what, as one table. A practice reads it here; `Actor.may` asks it."""

from dataclasses import dataclass

CAPABILITIES: dict[str, str] = {
    "people.search": "Find patients",
    "people.read": "See a patient's demographics, coverage and account holder data",
    "people.write": "Register patients and change their demographics, coverage and consents",
    "people.restricted": "Open restricted charts without breaking the glass",
    "people.break_glass": "Open a restricted chart with a reason",
    "people.restrict": "Restrict a chart",
    "people.staff": "Manage staff, roles and sign-ins",
    "places.rooms": "Say that a room is clean, dirty or closed",
    "places.manage": "Manage sites, rooms and opening hours",
    "documents.publish": "Put a new edition of a rule document in force",
    "schedule.read": "See the schedule",
    "schedule.book": "Book, move and cancel appointments",
    "schedule.overbook": "Book over a taken time, deliberately",
    "schedule.manage": "Change providers' hours and absences",
    "visits.read": "See the board and visits",
    "visits.request": "Take a request for an appointment",
    "visits.check_in": "Check a patient in",
    "visits.room": "Bring a patient to a room and do the protocol's steps",
    "visits.hand_off": "Hand a roomed patient to the provider",
    "visits.examine": "See the patient as the provider",
    "visits.check_out": "Check a patient out",
    "visits.cancel": "Cancel a visit, note a no-show or that a patient left",
    "chart.read": "Read charts",
    "chart.vitals": "Record measurements",
    "chart.review": "Review and update medications, allergies and history with the patient",
    "chart.note": "Write and sign notes",
    "chart.diagnose": "Record diagnoses and problems",
    "immunize.read": "See immunizations",
    "immunize.write": "Record immunizations",
    "immunize.population": "See vaccine coverage, recall overdue patients",
    "supplies.read": "See stock, storage units and their temperatures",
    "supplies.use": "Use and waste doses, open vials, read temperatures",
    "supplies.manage": "Receive, move, count and borrow stock, keep items and storage units",
    "supplies.decide": "Decide about quarantined stock",
    "orders.read": "See orders",
    "orders.place": "Place and cancel orders",
    "orders.collect": "Collect specimens and carry out orders",
    "billing.read": "See charges, claims and accounts",
    "billing.coverage": "Check coverage with payers, keep authorizations and referrals, make estimates",
    "billing.charge": "Code charges",
    "billing.claim": "Make, mend and send claims",
    "billing.post": "Post payments and remittances",
    "billing.collect": "Take payments from patients",
    "billing.write_off": "Write off a balance",
    "books.read": "See the day sheet, aging, statements and the other books",
    "books.drawer": "Count the cash drawer and make deposits",
    "books.statements": "Send statements, agree payment plans, place balances with a collection agency",
    "books.adjust": "Write off patients' balances and refund credits, within the limits of one's role",
    "books.bank": "Enter expenses and reconcile the bank",
    "books.close": "Close and reopen periods",
    "registry.read": "See what the immunization registry was told",
    "registry.query": "Ask the immunization registry, take over history, send messages again, note who shares",
    "registry.manage": "Connect the practice to the immunization registry",
    "worklist.read": "See tasks",
    "worklist.work": "Take and finish tasks",
    "interop.import": "Import records from files",
    "interop.clients": "Connect other systems",
    "interop.read": "Read through the FHIR interface",
    "record.audit": "Read the audit log",
    "record.intake": "Deal with input that was not taken in",
}

_EVERYONE = frozenset(
    {"people.search", "people.read", "schedule.read", "visits.read", "worklist.read", "worklist.work"}
)
_CHART = frozenset({"chart.read", "immunize.read", "orders.read"})
# What the front office and the clinic share
_FRONT = frozenset(
    {
        "people.write",
        "people.break_glass",
        "schedule.book",
        "visits.request",
        "visits.check_in",
        "visits.check_out",
        "visits.cancel",
        "billing.collect",
        "billing.coverage",
        "registry.read",
        "registry.query",
    }
)
_CLINICAL = (
    _FRONT
    | _CHART
    | {
        "places.rooms",
        "visits.room",
        "visits.hand_off",
        "chart.vitals",
        "chart.review",
        "immunize.write",
        "immunize.population",
        "orders.collect",
        "supplies.read",
        "supplies.use",
        "supplies.manage",
    }
)
_PROVIDING = frozenset({"visits.examine", "chart.note", "chart.diagnose", "orders.place"})
_BILLING = frozenset(
    {"billing.read", "billing.coverage", "billing.charge", "billing.claim", "billing.post", "billing.collect"}
)
_BOOKS = frozenset({"books.read", "books.drawer", "books.statements", "books.adjust", "books.bank"})
_READING = frozenset({"interop.read", "people.search", "people.read", "schedule.read"})


@dataclass(frozen=True)
class Role:
    """A role as a clinic knows it, and what it may do."""

    title: str
    capabilities: frozenset[str]


ROLES: dict[str, Role] = {
    "medical-assistant": Role("Medical assistant", _EVERYONE | _CLINICAL),
    "front-desk": Role("Front desk", _EVERYONE | _FRONT | {"billing.read", "books.drawer"}),
    "nurse": Role("Nurse", _EVERYONE | _CLINICAL | {"schedule.overbook", "chart.note", "supplies.decide"}),
    "provider": Role(
        "Provider",
        _EVERYONE
        | _CLINICAL
        | _PROVIDING
        | {"schedule.overbook", "billing.charge", "people.restrict", "people.restricted", "supplies.decide"},
    ),
    "biller": Role(
        "Biller",
        _EVERYONE
        | _BILLING
        | _BOOKS
        | {"people.write", "people.break_glass", "chart.read", "orders.read", "record.intake"},
    ),
    "office-manager": Role("Office manager", frozenset(CAPABILITIES) - _PROVIDING - {"people.restricted"}),
    # Connected systems
    "system-reader": Role(
        "Connected system, all records",
        _READING | _CHART | {"visits.read", "worklist.read", "billing.read", "record.audit"},
    ),
    "system-scheduling": Role("Connected system, schedule only", _READING),
}

# The roles that a person can have, by title
STAFF_ROLES: dict[str, str] = {key: role.title for key, role in ROLES.items() if not key.startswith("system-")}
