import django.db.models.deletion
import liaison.kernel.clock
import liaison.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('chart', '0001_initial'),
        ('documents', '0001_initial'),
        ('people', '0002_people'),
        ('places', '0001_initial'),
        ('schedule', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('visit_type', models.CharField(max_length=60)),
                ('stage', models.CharField(choices=[('requested', 'Requested'), ('booked', 'Booked'), ('confirmed', 'Confirmed'), ('arrived', 'Arrived'), ('rooming', 'Rooming'), ('ready', 'Ready'), ('with_provider', 'With provider'), ('orders', 'Orders'), ('checkout', 'Checkout'), ('coding', 'Coding'), ('billed', 'Billed'), ('closed', 'Closed'), ('cancelled', 'Cancelled'), ('no_show', 'No show'), ('left', 'Left')], default='requested', max_length=15)),
                ('stage_since', models.DateTimeField()),
                ('day', models.DateField(db_index=True, null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('priority', models.CharField(default='routine', max_length=10)),
                ('channel', models.CharField(default='phone', max_length=10)),
                ('starts_at', models.DateTimeField(null=True)),
                ('arrived_at', models.DateTimeField(null=True)),
                ('alerts', models.JSONField(blank=True, default=list)),
                ('checkin', models.JSONField(blank=True, default=dict)),
                ('follow_up', models.JSONField(blank=True, default=dict)),
                ('instructions', models.TextField(blank=True, default='')),
                ('appointment', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visit', to='schedule.appointment')),
                ('assistant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('coverage', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.coverage')),
                ('encounter', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visit', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='people.patient')),
                ('protocol', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
                ('provider', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('room', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.room')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site')),
            ],
            options={
                'indexes': [models.Index(fields=['day', 'site', 'stage'], name='visit_of_day'), models.Index(fields=['patient', 'day'], name='visit_of_patient'), models.Index(fields=['stage', 'stage_since'], name='visit_by_stage')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('stage__in', ['rooming', 'ready', 'with_provider', 'orders'])), fields=('room',), name='room_holds_one_visit')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('key', models.CharField(max_length=40)),
                ('status', models.CharField(max_length=10)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('data', models.JSONField(blank=True, default=dict)),
                ('at', models.DateTimeField()),
                ('staff', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='visits.visit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('visit', 'key'), name='step_once')],
            },
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('from_stage', models.CharField(max_length=15)),
                ('to_stage', models.CharField(max_length=15)),
                ('at', models.DateTimeField()),
                ('actor_id', models.CharField(max_length=64)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='visits.visit')),
            ],
            options={
                'indexes': [models.Index(fields=['visit', 'at'], name='move_of_visit')],
            },
        ),
    ]
