import django.db.models.deletion
import liaison.kernel.clock
import liaison.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0002_people'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Encounter',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('status', models.CharField(choices=[('planned', 'planned'), ('arrived', 'arrived'), ('in-progress', 'in progress'), ('finished', 'finished'), ('cancelled', 'cancelled')], max_length=12)),
                ('klass', models.CharField(default='AMB', max_length=10)),
                ('type_text', models.CharField(blank=True, default='', max_length=200)),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('appointment_id', models.UUIDField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('here', models.BooleanField(default=False)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='encounters', to='people.patient')),
                ('provider', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='encounters', to='people.staff')),
                ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'starts_at'], name='encounter_of_patient')],
            },
        ),
        migrations.CreateModel(
            name='Condition',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('system', models.CharField(blank=True, default='', max_length=100)),
                ('code', models.CharField(blank=True, default='', max_length=40)),
                ('display', models.CharField(max_length=300)),
                ('category', models.CharField(default='problem-list-item', max_length=25)),
                ('status', models.CharField(default='active', max_length=12)),
                ('rank', models.PositiveSmallIntegerField(default=0)),
                ('onset', models.DateField(blank=True, null=True)),
                ('abated', models.DateField(blank=True, null=True)),
                ('error', models.BooleanField(default=False)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='people.patient')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('encounter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='chart.encounter')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'status'], name='condition_of_patient'), models.Index(fields=['code'], name='condition_by_code')],
            },
        ),
        migrations.CreateModel(
            name='Medication',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('system', models.CharField(blank=True, default='', max_length=100)),
                ('code', models.CharField(blank=True, default='', max_length=40)),
                ('display', models.CharField(max_length=300)),
                ('dosage', models.CharField(blank=True, default='', max_length=300)),
                ('status', models.CharField(default='active', max_length=16)),
                ('reported', models.BooleanField(default=False)),
                ('authored_at', models.DateTimeField(blank=True, null=True)),
                ('encounter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='medications', to='people.patient')),
                ('prescriber', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'status'], name='medication_of_patient')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('kind', models.CharField(default='progress', max_length=20)),
                ('text', models.TextField()),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='people.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['encounter', 'kind'], name='note_of_encounter')],
            },
        ),
        migrations.CreateModel(
            name='Observation',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('system', models.CharField(blank=True, default='', max_length=100)),
                ('code', models.CharField(blank=True, default='', max_length=40)),
                ('display', models.CharField(max_length=300)),
                ('category', models.CharField(default='vital-signs', max_length=20)),
                ('status', models.CharField(default='final', max_length=16)),
                ('effective_at', models.DateTimeField()),
                ('value', models.DecimalField(blank=True, decimal_places=6, max_digits=16, null=True)),
                ('unit', models.CharField(blank=True, default='', max_length=30)),
                ('text_value', models.CharField(blank=True, default='', max_length=300)),
                ('value_code', models.CharField(blank=True, default='', max_length=40)),
                ('value_system', models.CharField(blank=True, default='', max_length=100)),
                ('parts', models.JSONField(blank=True, default=list)),
                ('interpretation', models.CharField(blank=True, default='', max_length=4)),
                ('site', models.CharField(blank=True, default='', max_length=40)),
                ('position', models.CharField(blank=True, default='', max_length=20)),
                ('method', models.CharField(blank=True, default='', max_length=40)),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('encounter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='observations', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='observations', to='people.patient')),
                ('performer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'code', 'effective_at'], name='observation_of_patient'), models.Index(fields=['patient', 'category', 'effective_at'], name='observation_by_category'), models.Index(fields=['encounter'], name='observation_of_encounter')],
            },
        ),
        migrations.CreateModel(
            name='Procedure',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('system', models.CharField(blank=True, default='', max_length=100)),
                ('code', models.CharField(blank=True, default='', max_length=40)),
                ('display', models.CharField(max_length=300)),
                ('status', models.CharField(default='completed', max_length=16)),
                ('performed_at', models.DateTimeField(blank=True, null=True)),
                ('encounter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='people.patient')),
                ('performer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'performed_at'], name='procedure_of_patient')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('what', models.CharField(max_length=20)),
                ('none_known', models.BooleanField(default=False)),
                ('reviewed_at', models.DateTimeField()),
                ('encounter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='people.patient')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'what', 'reviewed_at'], name='review_of_patient')],
            },
        ),
        migrations.CreateModel(
            name='Allergy',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('system', models.CharField(blank=True, default='', max_length=100)),
                ('code', models.CharField(blank=True, default='', max_length=40)),
                ('display', models.CharField(max_length=300)),
                ('category', models.CharField(blank=True, default='', max_length=12)),
                ('criticality', models.CharField(blank=True, default='', max_length=20)),
                ('reaction', models.CharField(blank=True, default='', max_length=200)),
                ('status', models.CharField(default='active', max_length=12)),
                ('onset', models.DateField(blank=True, null=True)),
                ('error', models.BooleanField(default=False)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allergies', to='people.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'status'], name='allergy_of_patient')],
            },
        ),
    ]
