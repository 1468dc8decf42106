import django.db.models.deletion
from django.db import migrations, models

import liaison.kernel.clock
import liaison.kernel.ids
from liaison.record.altering import AddColumns


class Migration(migrations.Migration):
    dependencies = (("billing", "0006_payments"), ("chart", "0001_initial"), ("people", "0003_births"))
    operations = (
        AddColumns(
            "charge",
            [
                ("proposals", models.JSONField(blank=True, default=list)),
                ("void_reason", models.CharField(blank=True, default="", max_length=200)),
                ("voided_by", models.CharField(blank=True, default="", max_length=6)),
            ],
        ),
        migrations.CreateModel(
            name='VisitCoding',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('counselled', models.BooleanField(blank=True, null=True)),
                ('facts', models.JSONField(blank=True, default=dict)),
                ('proposed', models.CharField(blank=True, default='', max_length=5)),
                ('code', models.CharField(blank=True, default='', max_length=5)),
                ('word', models.CharField(blank=True, default='', max_length=300)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('encounter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='coding', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.patient')),
            ],
            options={
                'abstract': False,
            },
        ),
    )
