import django.db.models.deletion
import liaison.kernel.clock
import liaison.kernel.ids
from django.conf import settings
from django.db import migrations, models

from liaison.record.triggers import InDatabase

COLUMNS = (("people_namekey", "word"), ("people_namevariant", "variant"), ("people_namevariant", "word"))


def words_in_byte_order(editor):
    """Let the search's words sort by their bytes, as on SQLite: what begins with a prefix is then one range of the index."""
    if editor.connection.vendor == "postgresql":
        for table, column in COLUMNS:
            editor.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(60) COLLATE "C"')


class Migration(migrations.Migration):

    dependencies = [
        # Before the rooms: see 0001
        ('account', '0009_emailaddress_unique_primary_email'),
        ('axes', '0010_accessattemptexpiration'),
        ('django_tasks_database', '0021_conditional_partial_index_ordering'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('oauth2_provider', '0022_refreshtoken_token_family_index'),
        ('people', '0001_users'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='NameVariant',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('variant', models.CharField(max_length=60)),
                ('word', models.CharField(db_index=True, max_length=60)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('variant', 'word'), name='name_variant_once')],
            },
        ),
        migrations.CreateModel(
            name='Patient',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('mrn', models.CharField(max_length=12, unique=True)),
                ('family', models.CharField(max_length=100)),
                ('given', models.CharField(blank=True, default='', max_length=100)),
                ('preferred', models.CharField(blank=True, default='', max_length=60)),
                ('prefix', models.CharField(blank=True, default='', max_length=20)),
                ('suffix', models.CharField(blank=True, default='', max_length=20)),
                ('birth_date', models.DateField()),
                ('sex', models.CharField(choices=[('female', 'female'), ('male', 'male'), ('other', 'other'), ('unknown', 'unknown')], max_length=10)),
                ('deceased_on', models.DateField(blank=True, null=True)),
                ('phone', models.CharField(blank=True, db_index=True, default='', max_length=20)),
                ('phone_alt', models.CharField(blank=True, db_index=True, default='', max_length=20)),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
                ('line', models.CharField(blank=True, default='', max_length=120)),
                ('city', models.CharField(blank=True, default='', max_length=60)),
                ('state', models.CharField(blank=True, default='', max_length=30)),
                ('postal_code', models.CharField(blank=True, default='', max_length=15)),
                ('language', models.CharField(blank=True, default='en', max_length=10)),
                ('interpreter', models.BooleanField(default=False)),
                ('race', models.CharField(blank=True, default='', max_length=40)),
                ('ethnicity', models.CharField(blank=True, default='', max_length=40)),
                ('marital', models.CharField(blank=True, default='', max_length=10)),
                ('contacts', models.JSONField(blank=True, default=list)),
                ('identifiers', models.JSONField(blank=True, default=list)),
                ('restricted', models.BooleanField(default=False)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'indexes': [models.Index(fields=['birth_date'], name='patient_by_birth_date'), models.Index(fields=['family', 'given'], name='patient_by_name'), models.Index(condition=models.Q(('restricted', True)), fields=['id'], name='patient_restricted')],
            },
        ),
        migrations.CreateModel(
            name='Staff',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('role', models.CharField(max_length=30)),
                ('family', models.CharField(max_length=100)),
                ('given', models.CharField(max_length=100)),
                ('credential', models.CharField(blank=True, default='', max_length=30)),
                ('npi', models.CharField(blank=True, default='', max_length=10)),
                ('taxonomy', models.CharField(blank=True, default='', max_length=10)),
                ('active', models.BooleanField(default=True)),
                ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='places.site')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='staff', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['role', 'active'], name='staff_by_role')],
            },
        ),
        migrations.CreateModel(
            name='StaffRole',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('role', models.CharField(max_length=30)),
                ('active', models.BooleanField(default=True)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roles', to='people.staff')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('staff', 'site', 'role'), name='staff_role_once')],
            },
        ),
        migrations.CreateModel(
            name='NameKey',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('word', models.CharField(max_length=60)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_keys', to='people.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['word', 'patient'], name='name_key_by_word')],
            },
        ),
        migrations.CreateModel(
            name='GlassBreak',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('actor_id', models.CharField(max_length=64)),
                ('reason', models.TextField()),
                ('until', models.DateTimeField()),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'actor_id', 'until'], name='glass_break_of_actor')],
            },
        ),
        migrations.CreateModel(
            name='Coverage',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('member_id', models.CharField(max_length=60)),
                ('group_number', models.CharField(blank=True, default='', max_length=60)),
                ('plan', models.CharField(blank=True, default='', max_length=100)),
                ('relationship', models.CharField(choices=[('self', 'self'), ('spouse', 'spouse'), ('child', 'child'), ('other', 'other')], default='self', max_length=10)),
                ('subscriber_family', models.CharField(blank=True, default='', max_length=100)),
                ('subscriber_given', models.CharField(blank=True, default='', max_length=100)),
                ('subscriber_birth_date', models.DateField(blank=True, null=True)),
                ('subscriber_sex', models.CharField(blank=True, choices=[('female', 'female'), ('male', 'male'), ('other', 'other'), ('unknown', 'unknown')], default='', max_length=10)),
                ('copay_cents', models.PositiveIntegerField(default=0)),
                ('starts', models.DateField(blank=True, null=True)),
                ('ends', models.DateField(blank=True, null=True)),
                ('active', models.BooleanField(default=True)),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.organization')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coverages', to='people.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'active', 'position'], name='coverage_of_patient')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('active', True)), fields=('patient', 'position'), name='coverage_position_once')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=liaison.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=liaison.kernel.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('key', models.CharField(max_length=60)),
                ('edition', models.PositiveIntegerField()),
                ('signed_at', models.DateTimeField()),
                ('signed_by', models.CharField(max_length=120)),
                ('relationship', models.CharField(default='self', max_length=40)),
                ('witness', models.CharField(blank=True, default='', max_length=120)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='people.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'key'], name='consent_of_patient')],
            },
        ),
        InDatabase(words_in_byte_order),
    ]
