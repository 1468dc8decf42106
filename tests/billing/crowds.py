"""Thousands of rows for the pages of money, written at once as the actions would leave them."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, product

from liaison.billing import ledger
from liaison.billing.models import (
    Account,
    Adjudication,
    BankLine,
    BankStatement,
    Charge,
    Claim,
    Denial,
    Exchange,
    Expense,
    Payment,
    Statement,
    Transfer,
    Unposted,
)
from liaison.chart.models import Encounter
from liaison.kernel import ids
from liaison.people.models import Patient
from liaison.record.change import change
from tests.billing.clinic import TEST, Practice

A, K = Account, Transfer.Kind
NOW = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)
FAMILIES = ("Abernathy-Vandenberghe", "Nguyen", "O’Donnell", "Ibáñez de la Cruz", "Li", "Wojciechowska", "Okonkwo")
GIVEN = ("Maximiliana", "Jo", "Søren", "Ana", "Bartholomew", "Chidi")


def people(practice: Practice, many: int) -> list[Patient]:
    """Patients with names of all lengths, who are not found by search."""
    first = Patient.objects.count()
    rows = [
        Patient(
            mrn=f"9{first + number:06d}", family=f"{family}{number // 42 or ''}", given=given, sex="female",
            birth_date=date(1950, 1, 1) + timedelta(days=97 * number),
        )
        for number, (family, given) in islice(enumerate(product(FAMILIES * (many // 42 + 1), GIVEN)), many)
    ]  # fmt: skip
    with change(TEST, "people.write") as this:
        return this.save_new(rows)


def entries(practice: Practice, patient: Patient, many: int, *, cents: int = 12_345) -> None:
    """An account of `many` entries: visits of four each, of which the patient owes a share."""
    with change(TEST, "billing.post") as this:
        visits = [
            Encounter(
                patient=patient, provider=practice.doctor, site=practice.site, status="finished", here=True,
                type_text="Follow-up", starts_at=NOW - timedelta(days=200 - number),
            )
            for number in range(-(-many // 4))
        ]  # fmt: skip
        this.save_new(visits)
        found = []
        for visit in visits:
            facts = {"at": visit.starts_at, "patient": patient, "encounter": visit, "transaction": ids.new_id()}
            share = cents // 5
            found += [
                ledger.entry(K.CHARGE, A.PAYER_RECEIVABLE, A.SERVICES, cents, **facts),
                ledger.entry(K.PAYMENT, A.BANK, A.PAYER_RECEIVABLE, cents // 2, **facts),
                ledger.entry(K.ADJUSTMENT, A.CONTRACTUAL, A.PAYER_RECEIVABLE, cents - cents // 2 - share, **facts),
                ledger.entry(K.PATIENT_SHARE, A.PATIENT_RECEIVABLE, A.PAYER_RECEIVABLE, share, **facts),
            ]
        this.save_new(found[:many])


def claims(practice: Practice, like: Claim, many: int) -> None:
    """`many` more claims to fix, as many visits to code with two drafted charges, as many files."""
    base = Claim.objects.count()
    with change(TEST, "billing.claim") as this:
        visits = [
            Encounter(
                patient=like.patient, provider=practice.doctor, site=practice.site, status="finished", here=True,
                type_text="Follow-up", starts_at=NOW - timedelta(hours=number),
            )
            for number in range(many)
        ]  # fmt: skip
        this.save_new(visits)
        this.save_new(
            [
                Claim(
                    number=f"C9{base + number:05d}", patient=like.patient, encounter=visit, coverage=like.coverage,
                    payer=like.payer, provider=like.provider, site=like.site, service_date=like.service_date,
                    diagnoses=like.diagnoses, lines=like.lines, total_cents=like.total_cents, status="draft",
                    status_at=NOW - timedelta(minutes=number),
                )
                for number, visit in enumerate(visits)
            ]
        )  # fmt: skip
        this.save_new(
            [
                Charge(
                    patient=like.patient, encounter=visit, provider=practice.doctor, source=code, code=code,
                    display="office visit", cents=cents, service_date=like.service_date,
                )
                for visit in visits
                for code, cents in (("99213", 14_200), ("87880", 2_600))
            ]
        )  # fmt: skip
        this.save_new(
            [
                Exchange(
                    direction="out", kind="837P", payer=like.payer, control_number=f"{base + number:09d}",
                    name=f"{number}.837", sha256=ids.new_id().hex, body=b"-", status="to_send",
                )
                for number in range(many)
            ]
        )  # fmt: skip


def answered(practice: Practice, many: int, *, cents: int) -> Payment:
    """A payment that answers `many` claims with `cents` each."""
    like = practice.claim()
    claims(practice, like, many)
    with change(TEST, "billing.post") as this:
        file = this.save(Exchange(direction="in", kind="835", name="b.835", sha256=ids.new_id().hex, body=b"-"))
        payment = Payment(
            exchange=file, payer=like.payer, payer_name=like.payer.name, number="EFT1", method="ACH",
            cents=many * cents, paid_on=NOW.date(), claims=many, transaction=ids.new_id(),
        )  # fmt: skip
        this.save(payment)
        rows = [
            Adjudication(
                claim=claim, patient=claim.patient, exchange=file, payer=claim.payer, provider=claim.provider,
                coverage=claim.coverage, status_code="1", charge_cents=claim.total_cents, paid_cents=cents,
                adjusted_cents=0, patient_cents=0, adjudicated_on=NOW.date(),
            )
            for claim in Claim.objects.filter(status="draft")
        ]  # fmt: skip
        this.save_new(rows)
        this.save_new(
            [
                ledger.entry(
                    K.PAYMENT, A.BANK, A.PAYER_RECEIVABLE, cents, at=NOW, transaction=payment.transaction,
                    patient=row.patient, claim=row.claim, adjudication=row, exchange=file,
                )
                for row in rows
            ]
        )  # fmt: skip
    return payment


def office(practice: Practice, many: int) -> None:
    """`many` of each: claims, visits to code, files, payments, parts that fit nothing, denials, patients who owe,
    statements, bank lines, expenses.
    """
    claim, base = practice.claim(), Payment.objects.count()
    crowd = people(practice, many)
    for patient in crowd[: min(many, 60)]:
        entries(practice, patient, 4)
    claims(practice, claim, many)
    with change(TEST, "billing.post") as this:
        file = this.save(Exchange(direction="in", kind="835", name="a.835", sha256=ids.new_id().hex, body=b"-"))
        payments = [
            Payment(
                exchange=file, position=number, payer=claim.payer, payer_name=claim.payer.name,
                number=f"EFT{number:05d}", method="ACH", cents=123_456 + number,
                paid_on=NOW.date() - timedelta(days=number % 300), claims=3,
                transaction=ids.new_id(),
            )
            for number in range(many)
        ]  # fmt: skip
        this.save_new(payments)
        this.save_new(
            [
                Unposted(
                    payment=one, place=0, kind="unknown", control_number=f"C{number:06d}", cents=0,
                    why=f"The file answers claim C{number:06d}, which was never sent from here.",
                )
                for number, one in enumerate(payments)
            ]
        )  # fmt: skip
        answer = this.save(
            Adjudication(
                claim=claim, patient=claim.patient, exchange=file, payer=claim.payer, provider=claim.provider,
                coverage=claim.coverage, status_code="4", charge_cents=19_500, paid_cents=0, adjusted_cents=0,
                patient_cents=0, payer_claim_number="P1", adjudicated_on=NOW.date(),
            )
        )  # fmt: skip
        this.save_new(
            [
                Denial(
                    claim=claim, adjudication=answer, payer=claim.payer, patient=claim.patient, line=number,
                    code="99213",
                    group="CO", carc="197", kind="authorization", cents=14_200, denied_on=NOW.date(),
                    deadline=NOW.date() + timedelta(days=number % 120 - 20),
                )
                for number in range(many)
            ]
        )  # fmt: skip
        this.save_new(
            [
                Statement(
                    number=f"S9{base + number:05d}", patient=patient, sequence=1, stage="first", at=NOW, day=NOW.date(),
                    due_on=NOW.date(), language="en", cents=0, visits=[], aging=[0, 0, 0, 0, 0, 0],
                )
                for number, patient in enumerate(crowd[60:])
            ]
        )  # fmt: skip
        bank = this.save(
            BankStatement(
                name="march.ofx", format="OFX", sha256=ids.new_id().hex, body=b"-", first_on=date(2026, 3, 1),
                last_on=date(2026, 3, 31), closing_cents=0, imported_by="test",
            )
        )  # fmt: skip
        this.save_new(
            [
                BankLine(
                    statement=bank, mark=ids.new_id().hex, on=date(2026, 3, 1 + number % 28), cents=-700 - number,
                    words="CARD SERVICES MONTHLY FEE 00023914 SPRINGFIELD IL", reference=f"{number}",
                )
                for number in range(many)
            ]
        )  # fmt: skip
        spent = [ledger.entry(K.EXPENSE, A.POSTAGE, A.BANK, 500, at=NOW, transaction=ids.new_id()) for _ in range(many)]
        this.save_new(spent)
        this.save_new(
            [
                Expense(
                    number=f"E9{base + number:05d}", account="postage", vendor="Post Office of Springfield", cents=500,
                    paid_on=NOW.date(), paid_from="bank", entered_by="test", transfer=one,
                )
                for number, one in enumerate(spent)
            ]
        )  # fmt: skip
