"""The books with a million entries: day sheet and aging in milliseconds on the server, the queries and the folding."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from bench.support import DATABASES, clinic

ENTRIES, DAYS, TIMES, AT_ONCE = 1_000_000, 780, 15, 20_000
LAST = date(2026, 11, 20)


def main() -> dict[str, object]:
    """Figures on both databases."""
    figures: dict[str, object] = {"entries": ENTRIES}
    for database in DATABASES:
        with clinic(database) as home:
            done = subprocess.run(
                [sys.executable, "-m", "bench.bench_books"],
                env=home.env | {"DJANGO_SETTINGS_MODULE": "liaison.settings"},
                cwd=Path(__file__).resolve().parents[1],
                stdout=subprocess.PIPE,
                check=True,
            )
        inside: dict[str, object] = json.loads(done.stdout)
        figures |= {f"{database}_{name}": value for name, value in inside.items()}
    return figures


def measure() -> dict[str, object]:
    """Fill this process's clinic with entries of three years and ask for its books."""
    from django.db import connection

    from liaison.billing.promises import balances_agree
    from liaison.billing.queries import aging, daysheet
    from liaison.kernel import clock
    from liaison.record.actor import machine
    from liaison.rehearsal import clinic as sample

    who = machine("bench")
    sample.set_up(who, patients=400)
    started = time.perf_counter()
    fill()
    figures: dict[str, object] = {"filled_s": round(time.perf_counter() - started, 1)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    old = LAST - timedelta(days=520)
    with clock.at(datetime.combine(LAST, clock_time(22), UTC)):
        figures["day_sheet_today_ms"] = timed(lambda: daysheet.day_sheet(who, LAST))
        figures["day_sheet_old_day_nothing_closed_ms"] = timed(lambda: daysheet.day_sheet(who, old))
        close_each_month()
        figures["day_sheet_old_day_ms"] = timed(lambda: daysheet.day_sheet(who, old))
        figures["aging_by_payer_ms"] = timed(lambda: aging.by_payer(who))
        figures["aging_by_patient_ms"] = timed(lambda: aging.by_patient(who))
        begun = time.perf_counter()
        assert list(balances_agree()) == []
        figures["balances_proved_s"] = round(time.perf_counter() - begun, 1)
    return figures


def timed(work: Callable[[], object]) -> float:
    """The median of some runs, in milliseconds."""
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return round(median(times), 1)


def close_each_month() -> None:
    """Close every month, the oldest first: each sum begins where the one before ended."""
    from liaison.billing.actions.books.periods import close_books
    from liaison.record.actor import machine

    day = (LAST - timedelta(days=DAYS * 7 // 5)).replace(day=1)
    while (end := (day + timedelta(days=32)).replace(day=1)) < LAST:
        close_books(machine("bench"), end - timedelta(days=1))
        day = end


def fill() -> None:
    """Visits with a claim and five entries each, as SQL: a thousand times as fast as the actions would."""
    from liaison.billing.models import Claim, Transfer
    from liaison.chart.models import Encounter
    from liaison.people.models import Coverage, Patient, Staff
    from liaison.places.models import Site

    chance = random.Random(4)  # the same books each time, nothing secret
    patients = list(Patient.objects.values_list("pk", flat=True))
    providers = list(Staff.objects.filter(role="provider").values_list("pk", flat=True))
    coverages = list(Coverage.objects.values_list("pk", "payer_id"))
    site = Site.objects.values_list("pk", flat=True)[0]
    moments = [
        datetime.combine(LAST - timedelta(days=back), clock_time(15 + chance.randrange(6), chance.randrange(60)), UTC)
        for back in sorted((one * 7 // 5 for one in range(DAYS)), reverse=True)
        for _ in range(ENTRIES // 5 // DAYS + 1)
    ]
    visits: list[tuple[Encounter, Claim, datetime]] = []
    for number, at in enumerate(moments):
        coverage, payer = coverages[number % len(coverages)]
        encounter = Encounter(
            patient_id=patients[number % len(patients)], provider_id=providers[number % len(providers)], site_id=site,
            type_text="Follow-up", starts_at=at, status="finished",
        )  # fmt: skip
        claim = Claim(
            number=f"B{number:07d}", patient_id=encounter.patient_id, encounter=encounter, coverage_id=coverage,
            payer_id=payer, provider_id=providers[number % len(providers)], site_id=site, service_date=at.date(), total_cents=20_000,
            status="paid", status_at=at,
        )  # fmt: skip
        visits.append((encounter, claim, at))
    write(Encounter, (visit for visit, _, _ in visits))
    write(Claim, (claim for _, claim, _ in visits))
    write(Transfer, entries(visits, chance))


def entries(visits: Sequence[tuple[Any, Any, datetime]], chance: random.Random) -> Iterator[Any]:
    """Charge, and in time what the payer paid and took off, the patient's share and its payment; some stay open."""
    from liaison.billing import ledger
    from liaison.billing.models import Account, Transfer
    from liaison.kernel import ids

    kinds, last = Transfer.Kind, visits[-1][2] + timedelta(hours=1)
    for encounter, claim, at in visits:
        cents = chance.randrange(8_000, 40_000)
        paid, off = cents * 6 // 10, cents * 3 // 10
        share = cents - paid - off
        plan = [
            (0, kinds.CHARGE, Account.PAYER_RECEIVABLE, Account.SERVICES, cents, ""),
            (18, kinds.PAYMENT, Account.BANK, Account.PAYER_RECEIVABLE, paid, ""),
            (18, kinds.ADJUSTMENT, Account.CONTRACTUAL, Account.PAYER_RECEIVABLE, off, ""),
            (18, kinds.PATIENT_SHARE, Account.PATIENT_RECEIVABLE, Account.PAYER_RECEIVABLE, share, ""),
            (30, kinds.PATIENT_PAYMENT, Account.DRAWER, Account.PATIENT_RECEIVABLE, share, "card"),
        ]
        unpaid = chance.random() < 0.03
        for later, kind, debit, credit, amount, method in plan:
            moment = at + timedelta(days=later)
            if moment > last or (unpaid and method):
                # What has not happened yet: another small charge keeps the count
                kind, debit, credit, amount, method = kinds.CHARGE, Account.PAYER_RECEIVABLE, Account.SERVICES, 100, ""
                moment = at
            yield ledger.entry(
                kind, debit, credit, amount, transaction=ids.new_id(), at=moment, patient_id=encounter.patient_id,
                encounter_id=encounter.pk, claim_id=claim.pk, method=method, version=1,
                receipt=f"R{amount}" if method else "",
            )  # fmt: skip


def write(model: Any, rows: Iterator[Any]) -> None:
    """Insert rows as they are, many at once; the database's own triggers run as always."""
    from django.db import connection, transaction

    columns = list(model._meta.concrete_fields)
    names = ", ".join(f'"{column.column}"' for column in columns)
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        while batch := list(islice(rows, AT_ONCE)):
            values = [
                [column.get_db_prep_save(getattr(row, column.attname), connection) for column in columns]
                for row in batch
            ]
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for one in values:
                        copy.write_row(one)
            else:
                places = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", values)  # our names


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure()))
