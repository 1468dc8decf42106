from django.db import migrations, models

from liaison.record.altering import AddColumns

FILINGS = [
    ("CI", "commercial insurance"), ("BL", "Blue Cross or Blue Shield"), ("HM", "HMO"), ("12", "PPO"),
    ("13", "point of service plan"), ("14", "exclusive provider plan (EPO)"), ("15", "indemnity plan"),
    ("16", "Medicare Advantage (HMO at risk)"), ("MB", "Medicare Part B"), ("MA", "Medicare Part A"),
    ("MC", "Medicaid"), ("CH", "TRICARE or CHAMPVA"), ("VA", "Veterans Affairs"), ("FI", "federal employees’ plan"),
    ("OF", "another federal program"), ("11", "another public program, not federal"),
    ("TV", "Title V, mothers and children"), ("WC", "workers’ compensation"), ("AM", "car insurance"),
    ("LM", "liability"), ("DS", "disability"), ("ZZ", "as agreed with the payer"),
]  # fmt: skip
REASONS = [
    ("12", "65 or older and works, or the spouse does: group plan first"),
    ("13", "end-stage renal disease: group plan first, for 30 months"),
    ("14", "no-fault or car insurance first"),
    ("15", "workers’ compensation first"),
    ("16", "Public Health Service or another federal agency first"),
    ("41", "black lung program first"),
    ("42", "Veterans Affairs first"),
    ("43", "under 65 and disabled: large group plan first"),
    ("47", "liability insurance first"),
]


class Migration(migrations.Migration):
    dependencies = (("people", "0004_coverage"),)
    operations = (
        AddColumns(
            "coverage",
            [
                ("filing", models.CharField(blank=True, choices=FILINGS, default="", max_length=2)),
                ("second_reason", models.CharField(blank=True, choices=REASONS, default="", max_length=2)),
            ],
        ),
    )
