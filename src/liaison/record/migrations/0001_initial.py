import liaison.kernel.clock
import liaison.kernel.ids
from django.db import migrations, models

from liaison.record.triggers import append_only, notify


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('first_seq', models.BigIntegerField()),
                ('last_seq', models.BigIntegerField(unique=True)),
                ('seqs', models.BinaryField()),
                ('leaves', models.BinaryField()),
                ('previous', models.BinaryField()),
                ('digest', models.BinaryField()),
                ('at', models.DateTimeField(default=liaison.kernel.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('name', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('value', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, unique=True)),
                ('at', models.DateTimeField(default=liaison.kernel.clock.now)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=120)),
                ('role', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=10)),
                ('where', models.CharField(max_length=64)),
                ('action', models.CharField(max_length=60)),
                ('write', models.BooleanField(default=False)),
                ('patient_id', models.UUIDField(null=True)),
                ('entities', models.JSONField(default=list)),
                ('reason', models.TextField(default='')),
                ('change_id', models.UUIDField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['patient_id', 'seq'], name='audit_by_patient'), models.Index(fields=['actor_id', 'seq'], name='audit_by_actor'), models.Index(fields=['at'], name='audit_by_time')],
            },
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=60)),
                ('reference', models.CharField(default='', max_length=200)),
                ('received_at', models.DateTimeField(default=liaison.kernel.clock.now)),
                ('sha256', models.CharField(max_length=64)),
                ('body', models.BinaryField()),
                ('reason', models.TextField()),
                ('state', models.CharField(default='waiting', max_length=12)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'received_at'], name='intake_waiting')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'sha256'), name='intake_once')],
            },
        ),
        migrations.CreateModel(
            name='OutboxEvent',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('change_id', models.UUIDField()),
                ('payload', models.JSONField(default=dict)),
                ('handled_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('retry_at', models.DateTimeField(null=True)),
                ('error', models.TextField(default='')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('handled_at', None)), fields=['seq'], name='outbox_waiting')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('resource_type', models.CharField(max_length=40)),
                ('resource_id', models.UUIDField()),
                ('version', models.PositiveIntegerField()),
                ('patient_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
                ('change_id', models.UUIDField()),
                ('body', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['patient_id', 'resource_type'], name='revision_by_patient'), models.Index(fields=['change_id'], name='revision_by_change')],
                'constraints': [models.UniqueConstraint(fields=('resource_type', 'resource_id', 'version'), name='revision_once')],
            },
        ),
        append_only('record_revision'),
        append_only('record_auditentry'),
        append_only('record_auditseal'),
        notify('record_outboxevent', 'liaison'),
    ]
