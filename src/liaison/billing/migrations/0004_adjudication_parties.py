from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


def _party(to: str) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0003_promises"),
        ("people", "0001_initial"),
        ("places", "0001_initial"),
    ]
    operations: ClassVar = [
        migrations.AddField("adjudication", "payer", _party("places.organization")),
        migrations.AddField("adjudication", "provider", _party("people.staff")),
        migrations.AddField("adjudication", "coverage", _party("people.coverage")),
    ]
