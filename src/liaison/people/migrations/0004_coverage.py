import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import liaison.kernel.clock
import liaison.kernel.ids
from liaison.record.altering import AddColumns
from liaison.record.triggers import InDatabase


def kinds_by_name(editor: BaseDatabaseSchemaEditor) -> None:
    """Say of coverage on file what its payer's name says, as claims did so far."""
    for kind in ("medicare", "medicaid", "tricare"):
        editor.execute(
            "UPDATE people_coverage SET kind = %s WHERE payer_id IN "
            "(SELECT id FROM places_organization WHERE lower(name) LIKE %s)",
            [kind, f"%{kind}%"],
        )


class Migration(migrations.Migration):
    dependencies = (("people", "0003_births"),)
    operations = (
        AddColumns(
            "coverage",
            [
                ("claim_number", models.CharField(blank=True, default="", max_length=60)),
                ("coinsurance_percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("deductible_cents", models.PositiveIntegerField(blank=True, null=True)),
                ("employer", models.CharField(blank=True, default="", max_length=100)),
                ("injured_on", models.DateField(blank=True, null=True)),
                ("kind", models.CharField(choices=[("commercial", "Commercial plan"), ("medicare", "Medicare"), ("medicaid", "Medicaid"), ("tricare", "TRICARE"), ("workers-comp", "Workers’ compensation"), ("auto", "Car insurance"), ("other", "Other")], default="commercial", max_length=12)),
            ],
        ),
        migrations.AlterField("coverage", "member_id", models.CharField(blank=True, max_length=60)),
        migrations.CreateModel(
            name="CoverageCard",
            fields=[
                ("id", models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("side", models.CharField(choices=[("front", "front"), ("back", "back")], max_length=5)),
                ("media_type", models.CharField(max_length=20)),
                ("sha256", models.CharField(max_length=64)),
                ("body", models.BinaryField()),
                ("taken_by", models.CharField(max_length=120)),
                ("coverage", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="cards", to="people.coverage")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.patient")),
            ],
            options={"indexes": [models.Index(fields=["coverage", "side", "created_at"], name="card_of_coverage")]},
        ),
        InDatabase(kinds_by_name),
    )
