import django.db.models.deletion
import liaison.kernel.clock
import liaison.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0005_claims'),
        ('people', '0003_births'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('payer_name', models.CharField(max_length=60)),
                ('number', models.CharField(max_length=50)),
                ('method', models.CharField(max_length=3)),
                ('cents', models.BigIntegerField()),
                ('paid_on', models.DateField()),
                ('claims', models.PositiveIntegerField(default=0)),
                ('transaction', models.UUIDField(unique=True)),
                ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.exchange')),
                ('payer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.organization')),
            ],
        ),
        migrations.CreateModel(
            name='Unposted',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('place', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('unknown', 'Never sent from here'), ('amount', 'Another charge than ours'), ('answered', 'Answered before'), ('taken-back', 'Takes back what was not posted'), ('contradiction', 'Says two things'), ('provider-level', 'For no claim')], max_length=16)),
                ('control_number', models.CharField(blank=True, default='', max_length=38)),
                ('payer_claim_number', models.CharField(blank=True, default='', max_length=60)),
                ('cents', models.IntegerField()),
                ('why', models.CharField(max_length=300)),
                ('facts', models.JSONField(blank=True, default=dict)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('how', models.CharField(blank=True, choices=[('matched', 'posted to a claim'), ('overpaid', 'kept on a claim as an overpayment'), ('returned', 'sent back to the payer'), ('set-aside', 'nothing to post')], default='', max_length=10)),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('claim', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.claim')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unposted', to='billing.payment')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
        ),
        migrations.CreateModel(
            name='Denial',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('line', models.PositiveSmallIntegerField(default=0)),
                ('code', models.CharField(blank=True, default='', max_length=10)),
                ('group', models.CharField(max_length=2)),
                ('carc', models.CharField(max_length=5)),
                ('rarcs', models.JSONField(blank=True, default=list)),
                ('kind', models.CharField(max_length=20)),
                ('cents', models.PositiveIntegerField()),
                ('denied_on', models.DateField()),
                ('deadline', models.DateField()),
                ('outcome', models.CharField(blank=True, choices=[('', 'to work'), ('sent-again', 'sent again'), ('appealed', 'appealed'), ('paid', 'paid after all'), ('billed', 'the patient owes it'), ('written-off', 'written off'), ('denied-again', 'denied again')], default='', max_length=12)),
                ('outcome_at', models.DateTimeField(blank=True, null=True)),
                ('adjudication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='denials', to='billing.adjudication')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='denials', to='billing.claim')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.patient')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.organization')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('outcome', '')), fields=['deadline'], name='denial_to_work'), models.Index(fields=['claim'], name='denial_of_claim'), models.Index(fields=['denied_on'], name='denial_by_day')],
                'constraints': [models.UniqueConstraint(fields=('adjudication', 'line'), name='denial_once_for_each_line')],
            },
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['paid_on'], name='payment_by_day'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('exchange', 'position'), name='payment_once'),
        ),
        migrations.AddIndex(
            model_name='unposted',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['created_at'], name='unposted_open'),
        ),
        migrations.AddConstraint(
            model_name='unposted',
            constraint=models.UniqueConstraint(fields=('payment', 'place'), name='unposted_once'),
        ),
    ]
