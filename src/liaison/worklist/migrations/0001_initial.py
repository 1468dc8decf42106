import django.db.models.deletion
import liaison.kernel.clock
import liaison.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0002_people'),
        ('places', '0001_initial'),
        ('visits', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('kind', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=200)),
                ('detail', models.CharField(blank=True, default='', max_length=500)),
                ('for_role', models.CharField(max_length=30)),
                ('status', models.CharField(choices=[('requested', 'to do'), ('in-progress', 'in hand'), ('completed', 'done'), ('cancelled', 'not needed')], default='requested', max_length=12)),
                ('priority', models.PositiveSmallIntegerField(default=50)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('source', models.CharField(max_length=120, unique=True)),
                ('link', models.CharField(blank=True, default='', max_length=200)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('patient', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='people.patient')),
                ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site')),
                ('visit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='visits.visit')),
            ],
            options={
                'indexes': [models.Index(fields=['for_role', 'status', 'priority'], name='task_for_role'), models.Index(fields=['visit', 'status'], name='task_of_visit')],
            },
        ),
    ]
