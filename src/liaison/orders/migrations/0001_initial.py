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
            name='Order',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('system', models.CharField(blank=True, default='', max_length=100)),
                ('code', models.CharField(blank=True, default='', max_length=40)),
                ('display', models.CharField(max_length=300)),
                ('key', models.CharField(max_length=60)),
                ('category', models.CharField(max_length=20)),
                ('status', models.CharField(choices=[('active', 'to do'), ('completed', 'done'), ('revoked', 'cancelled')], default='active', max_length=12)),
                ('priority', models.CharField(default='routine', max_length=10)),
                ('instructions', models.CharField(blank=True, default='', max_length=300)),
                ('needs_specimen', models.BooleanField(default=False)),
                ('ordered_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('result', models.CharField(blank=True, default='', max_length=200)),
                ('revoke_reason', models.CharField(blank=True, default='', max_length=200)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='chart.encounter')),
                ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='people.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['encounter', 'status'], name='order_of_encounter'), models.Index(fields=['patient', 'ordered_at'], name='order_of_patient'), models.Index(fields=['status', 'ordered_at'], name='order_by_status')],
            },
        ),
        migrations.CreateModel(
            name='Specimen',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('accession', models.CharField(max_length=16, unique=True)),
                ('kind', models.CharField(max_length=60)),
                ('body_site', models.CharField(blank=True, default='', max_length=60)),
                ('collected_at', models.DateTimeField()),
                ('collected_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='specimens', to='orders.order')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.patient')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
