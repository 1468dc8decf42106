import django.db.models.deletion
import liaison.kernel.clock
import liaison.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('chart', '0001_initial'),
        ('people', '0002_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='Immunization',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('cvx', models.CharField(max_length=5)),
                ('display', models.CharField(max_length=200)),
                ('status', models.CharField(default='completed', max_length=16)),
                ('occurred_at', models.DateTimeField()),
                ('here', models.BooleanField(default=False)),
                ('lot_number', models.CharField(blank=True, default='', max_length=40)),
                ('encounter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='immunizations', to='people.patient')),
                ('performer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'occurred_at'], name='immunization_of_patient')],
            },
        ),
    ]
