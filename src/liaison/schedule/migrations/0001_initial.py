import django.db.models.deletion
import liaison.kernel.clock
import liaison.kernel.ids
from django.db import migrations, models

from liaison.record.triggers import InDatabase


def no_overlap(editor):
    """No two holds of one resource and lane may overlap: an exclusion constraint, or on SQLite a trigger."""
    if editor.connection.vendor == "postgresql":
        editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        editor.execute(
            "ALTER TABLE schedule_hold ADD CONSTRAINT hold_no_overlap "
            "EXCLUDE USING gist (resource_id WITH =, lane WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        )
        return
    overlap = (
        "SELECT 1 FROM schedule_hold h WHERE h.resource_id = NEW.resource_id AND h.lane = NEW.lane AND h.id <> NEW.id "
        "AND h.starts_at < NEW.ends_at AND NEW.starts_at < h.ends_at"
    )
    for verb in ("INSERT", "UPDATE"):
        editor.execute(
            f"CREATE TRIGGER hold_no_overlap_{verb.lower()} BEFORE {verb} ON schedule_hold "
            f"WHEN EXISTS ({overlap}) BEGIN SELECT RAISE(ABORT, 'hold_no_overlap'); END"
        )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0002_people'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('visit_type', models.CharField(max_length=60)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('booked', 'booked'), ('arrived', 'arrived'), ('fulfilled', 'fulfilled'), ('cancelled', 'cancelled'), ('noshow', 'missed')], default='booked', max_length=10)),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('overbooked', models.BooleanField(default=False)),
                ('cancel_reason', models.CharField(blank=True, default='', max_length=200)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='people.patient')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='people.staff')),
                ('room', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.room')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site')),
            ],
            options={
                'indexes': [models.Index(fields=['starts_at', 'provider'], name='appointment_by_time'), models.Index(fields=['provider', 'starts_at'], name='appointment_of_provider'), models.Index(fields=['patient', 'starts_at'], name='appointment_of_patient')],
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='appointment_has_length')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('kind', models.CharField(choices=[('provider', 'provider'), ('room', 'room')], max_length=10)),
                ('resource_id', models.UUIDField()),
                ('lane', models.PositiveSmallIntegerField(default=0)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('appointment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='schedule.appointment')),
            ],
            options={
                'indexes': [models.Index(fields=['resource_id', 'starts_at'], name='hold_of_resource')],
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='hold_has_length')],
            },
        ),
        migrations.CreateModel(
            name='ProviderSchedule',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('weekly', models.JSONField(default=dict)),
                ('active', models.BooleanField(default=True)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='schedules', to='people.staff')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'site'), name='schedule_once')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('reason', models.CharField(default='', max_length=100)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='people.staff')),
            ],
            options={
                'indexes': [models.Index(fields=['provider', 'starts_at'], name='absence_of_provider')],
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='absence_has_length')],
            },
        ),
        InDatabase(no_overlap),
    ]
