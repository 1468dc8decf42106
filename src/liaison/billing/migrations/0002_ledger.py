import django.db.models.deletion
from django.db import migrations, models

from liaison.record.altering import AddColumns
from liaison.record.triggers import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0001_initial'),
        ('people', '0003_births'),
    ]

    operations = [
        AddColumns(
            "transfer",
            [
                ("exchange", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="billing.exchange")),
                ("reference", models.CharField(blank=True, default="", max_length=60)),
            ],
        ),
        migrations.AlterField(
            model_name='transfer',
            name='credit',
            field=models.CharField(choices=[('payer-receivable', 'Payers owe'), ('patient-receivable', 'Patients owe'), ('bank', 'Bank'), ('drawer', 'Cash drawer and cards'), ('services', 'Income from services'), ('contractual', 'Contractual adjustments'), ('write-off', 'Write-offs'), ('other-adjustment', 'Other adjustments'), ('bad-debt', 'Bad debt'), ('collections', 'With the collection agency'), ('interest', 'Interest from payers'), ('capitation', 'Capitation'), ('payer-offset', 'Advanced or taken back by payers'), ('unapplied', 'Not yet applied'), ('over-short', 'Cash over and short'), ('supplies', 'Supplies'), ('postage', 'Postage'), ('repairs', 'Repairs'), ('fees', 'Bank and card fees'), ('other-expense', 'Other expenses')], max_length=24),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='debit',
            field=models.CharField(choices=[('payer-receivable', 'Payers owe'), ('patient-receivable', 'Patients owe'), ('bank', 'Bank'), ('drawer', 'Cash drawer and cards'), ('services', 'Income from services'), ('contractual', 'Contractual adjustments'), ('write-off', 'Write-offs'), ('other-adjustment', 'Other adjustments'), ('bad-debt', 'Bad debt'), ('collections', 'With the collection agency'), ('interest', 'Interest from payers'), ('capitation', 'Capitation'), ('payer-offset', 'Advanced or taken back by payers'), ('unapplied', 'Not yet applied'), ('over-short', 'Cash over and short'), ('supplies', 'Supplies'), ('postage', 'Postage'), ('repairs', 'Repairs'), ('fees', 'Bank and card fees'), ('other-expense', 'Other expenses')], max_length=24),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='kind',
            field=models.CharField(choices=[('charge', 'Charge'), ('payment', 'Payer payment'), ('adjustment', 'Adjustment'), ('patient-share', "Patient's share"), ('copay', 'Copayment'), ('patient-payment', 'Patient payment'), ('reversal', 'Reversal'), ('next-payer', 'Billed to the next payer'), ('patient-adjust', "Patient's balance adjusted"), ('refund', 'Refund'), ('collections', 'To or from collections'), ('interest', 'Interest'), ('capitation', 'Capitation'), ('provider-level', "Payer's other adjustment"), ('unapplied', 'Received, not yet applied'), ('deposit', 'Deposit'), ('over-short', 'Cash over or short'), ('expense', 'Expense')], max_length=16),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='patient',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.patient'),
        ),
        append_only("billing_transfer", remade=True),
    ]
