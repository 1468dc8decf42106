"""The books with a million entries: day sheet and aging in milliseconds on the server, the queries and the folding."""

import json
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from itertools import islice
from statistics import median
from typing import Any
from uuid import UUID

from bench.support import on_both

ENTRIES, DAYS, TIMES, AT_ONCE = (
    int(os.environ.get("ENTRIES", "1000000")),
    int(os.environ.get("DAYS", "780")),
    11,
    20_000,
)
PATIENTS = 20_000
LAST = date(2026, 11, 20)


def main() -> dict[str, object]:
    """Figures on both databases."""
    return {"entries": ENTRIES, **on_both("-m", "bench.bench_books")}


def measure() -> dict[str, object]:
    """Fill this process's clinic with entries of three years and ask for its books."""
    from django.db import connection

    from liaison.billing.promises import balances_agree
    from liaison.billing.queries import aging, daysheet
    from liaison.kernel import clock
    from liaison.record.actor import machine
    from liaison.rehearsal import clinic as sample

    who = machine("bench")
    sample.set_up(who, patients=120)
    started = time.perf_counter()
    fill()
    figures: dict[str, object] = {"filled_s": round(time.perf_counter() - started, 1)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    old = LAST - timedelta(days=520)
    with clock.at(datetime.combine(LAST, clock_time(22), UTC)):
        figures |= timed("day_sheet_today", lambda: daysheet.day_sheet(who, LAST))
        figures |= timed("day_sheet_old_day_nothing_closed", lambda: daysheet.day_sheet(who, old))
        close_each_month()
        figures |= timed("day_sheet_old_day", lambda: daysheet.day_sheet(who, old))
        figures |= timed("aging_by_payer", lambda: aging.by_payer(who))
        figures |= timed("aging_by_patient", lambda: aging.by_patient(who))
        past = LAST - timedelta(days=20)
        figures |= timed("aging_by_payer_of_a_past_day", lambda: aging.by_payer(who, past))
        figures |= timed("aging_by_patient_of_a_past_day", lambda: aging.by_patient(who, past))
        begun = time.perf_counter()
        assert list(balances_agree()) == []
        figures["balances_proved_s"] = round(time.perf_counter() - begun, 1)
    return figures


def timed(name: str, work: Callable[[], object]) -> dict[str, object]:
    """The median of some runs, in milliseconds: by the wall's clock, and of this process's processor time."""
    wall, processor = [], []
    for _ in range(TIMES):
        begun, used = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - begun) * 1000)
        processor.append((time.process_time() - used) * 1000)
    return {f"{name}_ms": round(median(wall), 1), f"{name}_processor_ms": round(median(processor), 1)}


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
    from liaison.kernel import ids
    from liaison.people.models import Coverage, Patient, Staff
    from liaison.places.models import Site

    chance = random.Random(4)  # the same books each time, nothing secret
    patients = [ids.new_id() for _ in range(PATIENTS)]
    born = date(1980, 1, 1)
    write(
        Patient(family="Bench", sex="female", birth_date=born),
        ({"id": key, "mrn": f"B{number:06d}"} for number, key in enumerate(patients)),
    )
    providers = list(Staff.objects.filter(role="provider").values_list("pk", flat=True))
    coverages = list(Coverage.objects.values_list("pk", "payer_id"))
    site = Site.objects.values_list("pk", flat=True)[0]
    moments = [
        datetime.combine(LAST - timedelta(days=back), clock_time(15 + chance.randrange(6), chance.randrange(60)), UTC)
        for back in sorted((one * 7 // 5 for one in range(DAYS)), reverse=True)
        for _ in range(ENTRIES // 5 // DAYS + 1)
    ]
    encounters, claims = [], []
    for number, at in enumerate(moments):
        coverage, payer = coverages[number % len(coverages)]
        person = {"patient_id": patients[number % len(patients)], "provider_id": providers[number % len(providers)]}
        encounters.append({"id": ids.new_id(), "site_id": site, "starts_at": at, **person})
        claims.append(
            {
                "id": ids.new_id(), "number": f"B{number:07d}", "encounter_id": encounters[-1]["id"], "site_id": site,
                "coverage_id": coverage, "payer_id": payer, "service_date": at.date(), "status_at": at, **person,
            }
        )  # fmt: skip
    write(Encounter(type_text="Follow-up", status="finished"), encounters)
    write(Claim(status="paid", total_cents=20_000), claims)
    write(Transfer(version=1), entries(claims, chance))


def entries(claims: Sequence[dict[str, Any]], chance: random.Random) -> Iterator[dict[str, Any]]:
    """Charge, and in time what the payer paid and took off, the patient's share and its payment; some stay open."""
    from liaison.kernel import ids

    last = claims[-1]["status_at"] + timedelta(hours=1)
    for claim in claims:
        cents = chance.randrange(8_000, 40_000)
        paid, off = cents * 6 // 10, cents * 3 // 10
        share = cents - paid - off
        unpaid = chance.random() < 0.03
        for later, kind, debit, credit, amount, method in (
            (0, "charge", "payer-receivable", "services", cents, ""),
            (18, "payment", "bank", "payer-receivable", paid, ""),
            (18, "adjustment", "contractual", "payer-receivable", off, ""),
            (18, "patient-share", "patient-receivable", "payer-receivable", share, ""),
            (30, "patient-payment", "drawer", "patient-receivable", share, "card"),
        ):
            at = claim["status_at"] + timedelta(days=later)
            one = {
                "id": ids.new_id(), "transaction": ids.new_id(), "patient_id": claim["patient_id"],
                "encounter_id": claim["encounter_id"], "claim_id": claim["id"],
            }  # fmt: skip
            if at > last or (unpaid and method):
                # What has not happened yet: another small charge keeps the count
                at, kind, debit, credit, amount, method = (
                    claim["status_at"], "charge", "payer-receivable", "services", 100, ""
                )  # fmt: skip
            receipt = "R1" if method else ""
            yield one | {
                "at": at, "kind": kind, "debit": debit, "credit": credit, "cents": amount, "method": method,
                "receipt": receipt,
            }  # fmt: skip


def write(like: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows like one of the model, with other values, many at once; the database's own triggers run as always."""
    from django.db import connection, transaction

    columns = list(like._meta.concrete_fields)
    names = ", ".join(f'"{column.column}"' for column in columns)
    usual = [column.get_db_prep_save(getattr(like, column.attname), connection) for column in columns]
    place = {column.attname: number for number, column in enumerate(columns)}
    sqlite, table, left = connection.vendor == "sqlite", like._meta.db_table, iter(rows)

    def stored(value: Any) -> Any:
        if not sqlite or isinstance(value, str | int):
            return value
        if isinstance(value, UUID):
            return value.hex
        return value.strftime("%Y-%m-%d %H:%M:%S" if isinstance(value, datetime) else "%Y-%m-%d")

    with connection.cursor() as cursor:
        if sqlite:
            # To fill, not to measure: the pages in memory, and no look at the other end of each key
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("PRAGMA cache_size = -900000")
    with transaction.atomic(), connection.cursor() as cursor:
        while batch := list(islice(left, AT_ONCE)):
            values = []
            for row in batch:
                one = list(usual)
                for name, value in row.items():
                    one[place[name]] = stored(value)
                values.append(one)
            if sqlite:
                places = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", values)  # our names
            else:
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for one in values:
                        copy.write_row(one)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure()))
