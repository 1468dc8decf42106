import json

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import liaison.kernel.clock
import liaison.kernel.ids
from liaison.record.altering import AddColumns
from liaison.record.triggers import InDatabase


def findings_with_their_mending(editor: BaseDatabaseSchemaEditor) -> None:
    """Turn findings, which were sentences, into findings of the scrubber that stop a claim."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, findings FROM billing_claim")
        for key, stored in cursor.fetchall():
            found = json.loads(stored) if isinstance(stored, str) else stored
            if found and isinstance(found[0], str):
                told = [{"rule": "before", "severity": "stop", "sentence": said, "field": ""} for said in found]
                cursor.execute("UPDATE billing_claim SET findings = %s WHERE id = %s", [json.dumps(told), key])


class Migration(migrations.Migration):
    dependencies = (("billing", "0004_books"), ("people", "0003_births"))
    operations = (
        AddColumns(
            "charge",
            [
                ("drug", models.JSONField(blank=True, default=dict)),
                ("note", models.CharField(blank=True, default='', max_length=80)),
            ],
        ),
        AddColumns(
            "claim",
            [
                ("accident", models.JSONField(blank=True, default=dict)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("authorization", models.CharField(blank=True, default='', max_length=50)),
                ("file_by", models.DateField(blank=True, null=True)),
                ("first_sent_at", models.DateTimeField(blank=True, null=True)),
                ("frequency", models.CharField(choices=[('1', 'original'), ('7', 'replacement'), ('8', 'void')], default='1', max_length=1)),
                ("initial_date", models.DateField(blank=True, null=True)),
                ("note", models.CharField(blank=True, default='', max_length=80)),
                ("onset_date", models.DateField(blank=True, null=True)),
                ("original_number", models.CharField(blank=True, default='', max_length=60)),
                ("passed", models.JSONField(blank=True, default=list)),
                ("previous", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='next_claims', to='billing.claim')),
                ("providers", models.JSONField(blank=True, default=dict)),
                ("referral", models.CharField(blank=True, default='', max_length=50)),
                ("responsibility", models.CharField(choices=[('P', 'primary'), ('S', 'secondary'), ('T', 'tertiary')], default='P', max_length=1)),
            ],
        ),
        AddColumns(
            "exchange",
            [
                ("line", models.CharField(blank=True, default='', max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='Acknowledgment',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('category', models.CharField(max_length=3)),
                ('code', models.CharField(blank=True, default='', max_length=5)),
                ('sentence', models.CharField(max_length=300)),
                ('payer_claim_number', models.CharField(blank=True, default='', max_length=60)),
                ('at', models.DateTimeField()),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgments', to='billing.claim')),
                ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgments', to='billing.exchange')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['claim', 'at'], name='acknowledgment_of_claim')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('line', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('again', models.BooleanField(default=False)),
                ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='billing.exchange')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('line', 'name'), name='delivery_once')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('key', models.CharField(max_length=60)),
                ('edition', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('pdf', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('by', models.CharField(max_length=120)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='billing.claim')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['claim', 'created_at'], name='letter_of_claim')],
            },
        ),
        InDatabase(findings_with_their_mending),
    )
