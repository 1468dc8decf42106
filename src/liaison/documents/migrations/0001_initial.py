import liaison.kernel.clock
import liaison.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('kind', models.CharField(choices=[('visit-type', 'Visit type and rooming protocol'), ('fee-schedule', 'Fee schedule'), ('reference-ranges', 'Reference ranges of vital signs'), ('order-catalog', 'Orders that can be placed'), ('consent', 'Consent form'), ('charge-rules', 'What is charged for what was done')], max_length=30)),
                ('key', models.SlugField(max_length=60)),
                ('edition', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('body', models.JSONField()),
                ('in_force_from', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'key', 'edition'), name='document_edition_once'), models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('kind', 'key'), name='one_document_edition_in_force')],
            },
        ),
    ]
