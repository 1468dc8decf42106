import django.db.models.deletion
import liaison.kernel.clock
import liaison.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('kind', models.CharField(choices=[('practice', 'Practice'), ('payer', 'Payer'), ('other', 'Other organization')], db_index=True, max_length=10)),
                ('name', models.CharField(max_length=200)),
                ('code', models.CharField(blank=True, default='', max_length=40)),
                ('npi', models.CharField(blank=True, default='', max_length=10)),
                ('tax_id', models.CharField(blank=True, default='', max_length=10)),
                ('taxonomy', models.CharField(blank=True, default='', max_length=10)),
                ('phone', models.CharField(blank=True, default='', max_length=20)),
                ('line', models.CharField(blank=True, default='', max_length=120)),
                ('city', models.CharField(blank=True, default='', max_length=60)),
                ('state', models.CharField(blank=True, default='', max_length=30)),
                ('postal_code', models.CharField(blank=True, default='', max_length=15)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'payer'), models.Q(('code', ''), _negated=True)), fields=('code',), name='payer_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=100)),
                ('code', models.SlugField(max_length=20, unique=True)),
                ('zone', models.CharField(default='America/Chicago', max_length=40)),
                ('phone', models.CharField(blank=True, default='', max_length=20)),
                ('line', models.CharField(blank=True, default='', max_length=120)),
                ('city', models.CharField(blank=True, default='', max_length=60)),
                ('state', models.CharField(blank=True, default='', max_length=30)),
                ('postal_code', models.CharField(blank=True, default='', max_length=15)),
                ('place_of_service', models.CharField(default='11', max_length=2)),
                ('active', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='places.organization')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=40)),
                ('kind', models.CharField(choices=[('exam', 'Exam room'), ('lab', 'Laboratory'), ('procedure', 'Procedure room')], default='exam', max_length=10)),
                ('state', models.CharField(choices=[('ready', 'ready'), ('occupied', 'occupied'), ('dirty', 'to clean'), ('closed', 'closed')], default='ready', max_length=10)),
                ('state_since', models.DateTimeField(null=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('active', models.BooleanField(default=True)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='places.site')),
            ],
            options={
                'ordering': ('site', 'position', 'name'),
                'constraints': [models.UniqueConstraint(fields=('site', 'name'), name='room_name_once_a_site')],
            },
        ),
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('weekday', models.PositiveSmallIntegerField()),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opening_hours', to='places.site')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('opens__lt', models.F('closes'))), name='opens_before_it_closes'), models.CheckConstraint(condition=models.Q(('weekday__lt', 7)), name='opening_weekday'), models.UniqueConstraint(fields=('site', 'weekday', 'opens'), name='opening_once')],
            },
        ),
    ]
