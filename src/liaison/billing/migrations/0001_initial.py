import django.db.models.deletion
import liaison.kernel.clock
import liaison.kernel.ids
from django.db import migrations, models

from liaison.record.triggers import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('chart', '0001_initial'),
        ('people', '0002_people'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('service_date', models.DateField()),
                ('diagnoses', models.JSONField(default=list)),
                ('lines', models.JSONField(default=list)),
                ('total_cents', models.PositiveIntegerField()),
                ('status', models.CharField(choices=[('draft', 'to check'), ('ready', 'ready to send'), ('sent', 'sent'), ('accepted', 'accepted by payer'), ('rejected', 'rejected'), ('paid', 'paid'), ('denied', 'denied'), ('closed', 'closed')], default='draft', max_length=10)),
                ('status_at', models.DateTimeField()),
                ('findings', models.JSONField(blank=True, default=list)),
                ('payer_claim_number', models.CharField(blank=True, default='', max_length=60)),
                ('answer', models.CharField(blank=True, default='', max_length=300)),
                ('coverage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.coverage')),
                ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='people.patient')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.organization')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site')),
            ],
            options={
                'indexes': [models.Index(fields=['status', 'status_at'], name='claim_by_status'), models.Index(fields=['patient', 'service_date'], name='claim_of_patient')],
            },
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('source', models.CharField(max_length=80)),
                ('code', models.CharField(max_length=10)),
                ('modifiers', models.JSONField(blank=True, default=list)),
                ('display', models.CharField(max_length=200)),
                ('units', models.PositiveSmallIntegerField(default=1)),
                ('cents', models.PositiveIntegerField()),
                ('pointers', models.JSONField(default=list)),
                ('service_date', models.DateField()),
                ('status', models.CharField(choices=[('open', 'open'), ('billed', 'billed'), ('void', 'void')], default='open', max_length=8)),
                ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='people.patient')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('claim', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='billing.claim')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'status'], name='charge_of_patient')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'void'), _negated=True), fields=('encounter', 'source', 'code'), name='charge_once')],
            },
        ),
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('direction', models.CharField(max_length=3)),
                ('kind', models.CharField(max_length=8)),
                ('control_number', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('sha256', models.CharField(max_length=64)),
                ('body', models.BinaryField()),
                ('status', models.CharField(choices=[('to_send', 'to send'), ('sent', 'sent'), ('accepted', 'accepted'), ('refused', 'refused'), ('received', 'received'), ('posted', 'posted'), ('held', 'held for a person')], max_length=10)),
                ('note', models.TextField(blank=True, default='')),
                ('claims', models.JSONField(default=list)),
                ('payer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['status', 'created_at'], name='exchange_by_status')],
                'constraints': [models.UniqueConstraint(fields=('direction', 'kind', 'sha256'), name='exchange_file_once'), models.UniqueConstraint(condition=models.Q(('direction', 'out')), fields=('control_number',), name='control_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Adjudication',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('status_code', models.CharField(max_length=3)),
                ('charge_cents', models.IntegerField()),
                ('paid_cents', models.IntegerField()),
                ('adjusted_cents', models.IntegerField()),
                ('patient_cents', models.IntegerField()),
                ('payer_claim_number', models.CharField(blank=True, default='', max_length=60)),
                ('lines', models.JSONField(default=list)),
                ('adjudicated_on', models.DateField()),
                ('coverage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.coverage')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.patient')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.organization')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjudications', to='billing.claim')),
                ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjudications', to='billing.exchange')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('exchange', 'claim', 'status_code'), name='adjudicated_once')],
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('transaction', models.UUIDField(db_index=True)),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('charge', 'Charge'), ('payment', 'Payer payment'), ('adjustment', 'Adjustment'), ('patient-share', "Patient's share"), ('copay', 'Copayment'), ('patient-payment', 'Patient payment'), ('reversal', 'Reversal')], max_length=16)),
                ('debit', models.CharField(choices=[('payer-receivable', 'Payers owe'), ('patient-receivable', 'Patients owe'), ('bank', 'Bank'), ('drawer', 'Cash drawer and cards'), ('services', 'Income from services'), ('contractual', 'Contractual adjustments'), ('write-off', 'Write-offs'), ('other-adjustment', 'Other adjustments')], max_length=24)),
                ('credit', models.CharField(choices=[('payer-receivable', 'Payers owe'), ('patient-receivable', 'Patients owe'), ('bank', 'Bank'), ('drawer', 'Cash drawer and cards'), ('services', 'Income from services'), ('contractual', 'Contractual adjustments'), ('write-off', 'Write-offs'), ('other-adjustment', 'Other adjustments')], max_length=24)),
                ('cents', models.PositiveIntegerField()),
                ('code', models.CharField(blank=True, default='', max_length=12)),
                ('method', models.CharField(blank=True, default='', max_length=12)),
                ('receipt', models.CharField(blank=True, db_index=True, default='', max_length=16)),
                ('memo', models.CharField(blank=True, default='', max_length=200)),
                ('adjudication', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='billing.adjudication')),
                ('charge', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='billing.charge')),
                ('claim', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='billing.claim')),
                ('encounter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='chart.encounter')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.patient')),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='billing.transfer')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'at'], name='transfer_of_patient'), models.Index(fields=['debit', 'at'], name='transfer_by_debit'), models.Index(fields=['credit', 'at'], name='transfer_by_credit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('cents__gt', 0)), name='transfer_moves_something'), models.CheckConstraint(condition=models.Q(('debit', models.F('credit')), _negated=True), name='transfer_between_two_accounts')],
            },
        ),
        append_only('billing_transfer'),
    ]
