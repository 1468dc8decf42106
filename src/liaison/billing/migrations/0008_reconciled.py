import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import liaison.kernel.clock
import liaison.kernel.ids
from liaison.record.altering import AddColumns


class Migration(migrations.Migration):
    dependencies = (("billing", "0007_charges"),)
    operations = (
        migrations.CreateModel(
            name='Reconciled',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('through', models.DateField()),
                ('opening_cents', models.BigIntegerField()),
                ('matched_cents', models.BigIntegerField()),
                ('ending_cents', models.BigIntegerField()),
                ('closed_by', models.CharField(max_length=120)),
                ('reopened_at', models.DateTimeField(blank=True, null=True)),
                ('reopened_by', models.CharField(blank=True, default='', max_length=120)),
                ('reopen_reason', models.CharField(blank=True, default='', max_length=200)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ending_cents', django.db.models.expressions.CombinedExpression(models.F('opening_cents'), '+', models.F('matched_cents')))), name='reconciled_to_the_cent'), models.UniqueConstraint(condition=models.Q(('reopened_at__isnull', True)), fields=('through',), name='reconciled_once'), models.CheckConstraint(condition=models.Q(('reopened_at__isnull', True), models.Q(('reopen_reason', ''), _negated=True), _connector='OR'), name='reconciled_anew_for_a_reason')],
            },
        ),
        AddColumns(
            "bankline",
            [
                (
                    "reconciled",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="lines",
                        to="billing.reconciled",
                    ),
                )
            ],
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(condition=models.Q(('reconciled__isnull', True)), fields=['on'], name='bank_line_open'),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(fields=['reconciled'], name='bank_line_reconciled'),
        ),
    )
