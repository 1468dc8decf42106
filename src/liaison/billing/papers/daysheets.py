"""The day sheet on paper and as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterator

from django.utils import timezone

from liaison.billing.papers.compiled import compiled, letterhead
from liaison.billing.queries.daysheet import Day, DaySheet
from liaison.kernel import clock, money
from liaison.places.queries import practice as the_practice

_HEADS = ("Charges", "Payers paid", "Patients paid", "Adjusted", "Refunded", "Other", "Change")


def figures(day: Day) -> tuple[int, ...]:
    """The columns of a day sheet, in cents."""
    return (
        day.charges, day.payer_payments, day.patient_payments, day.adjustments, day.refunds, day.other, day.change
    )  # fmt: skip


def day_sheet_pdf(sheet: DaySheet) -> bytes:
    """The day sheet, to print and sign."""
    now = clock.now().astimezone(timezone.get_current_timezone())
    return compiled(
        "daysheet.typ",
        {
            "practice": letterhead(the_practice()),
            "title": f"Day sheet, {sheet.on:%A, %B} {sheet.on.day}, {sheet.on.year}",
            "where": sheet.site.name if sheet.site else "All sites",
            "printed": f"printed {now:%Y-%m-%d %H:%M}",
            "summary": [
                ("Owed before", money.dollars(sheet.opening)),
                ("Owed after", money.dollars(sheet.closing)),
                *((f"Patients paid, {method}", money.dollars(cents)) for method, cents in sheet.methods.items()),
                ("Entries", f"{sheet.entries:,}"),
            ],
            "heads": ["Provider", "Site", *_HEADS],
            "rows": [
                [row.provider or "No visit", row.site, *map(money.dollars, figures(row.day))] for row in sheet.rows
            ],
            "total": ["Total", "", *map(money.dollars, figures(sheet.total))],
            "receipts": [
                [one.receipt, one.patient.mrn, one.patient.listed, one.method, money.dollars(one.cents)]
                for one in sheet.receipts
                if one.patient is not None
            ],
        },
    )


def day_sheet_csv(sheet: DaySheet) -> str:
    """The day sheet for a spreadsheet: rows by provider and site, in dollars; no patient's name."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Day", "Provider", "Site", *_HEADS])
    writer.writerows(_lines(sheet))
    return out.getvalue()


def _lines(sheet: DaySheet) -> Iterator[list[str]]:
    for row in sheet.rows:
        yield [f"{sheet.on}", row.provider, row.site, *(str(money.decimal(cents)) for cents in figures(row.day))]
    yield [f"{sheet.on}", "Total", "", *(str(money.decimal(cents)) for cents in figures(sheet.total))]
    for method, cents in sheet.methods.items():
        yield [f"{sheet.on}", "Patients paid", method, "", "", str(money.decimal(cents))]
    yield [f"{sheet.on}", "Owed before", "", str(money.decimal(sheet.opening))]
    yield [f"{sheet.on}", "Owed after", "", str(money.decimal(sheet.closing))]
