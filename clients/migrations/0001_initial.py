import clients.models.people
import clients.validators
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import phonenumber_field.modelfields
import uuid
from django.conf import settings
from django.db import migrations, models

# A trigger and not a privilege, because the application owns its tables.
AUDIT_ENTRIES_ARE_APPEND_ONLY = """
CREATE FUNCTION refuse_to_change_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_entries_are_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON clients_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit_entries();
"""

# Of Django's database cache, as `createcachetable` makes it, but unlogged: a crash may forget what is in it.
TABLE_OF_THE_SHARED_CACHE = """
CREATE UNLOGGED TABLE cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX cache_expires ON cache (expires);
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('holidays_app', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('actor_id', models.BigIntegerField(null=True, verbose_name='actor')),
                ('action', models.CharField(max_length=40, verbose_name='action')),
                ('subject_type', models.CharField(max_length=40, verbose_name='kind of row')),
                ('subject_id', models.BigIntegerField(verbose_name='row')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['subject_type', 'subject_id'], name='audit_subject')],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, validators=[clients.validators.validate_plain_text], verbose_name='name')),
                ('contact_moves', models.PositiveSmallIntegerField(default=2, help_text='So often the contacts of one meeting move it by themselves, on their own page; 0 is never.', validators=[django.core.validators.MaxValueValidator(20)], verbose_name='how often contacts may move a meeting')),
                ('contact_notice_hours', models.PositiveSmallIntegerField(default=24, help_text='They may cancel until it begins. Times that they choose lie no nearer than this either.', validators=[django.core.validators.MaxValueValidator(720)], verbose_name='hours before a meeting until which they may')),
            ],
            options={
                'verbose_name': 'team',
                'verbose_name_plural': 'teams',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Client',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, validators=[clients.validators.validate_plain_text], verbose_name='name')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clients', to='clients.team', verbose_name='team')),
                ('segment', models.CharField(choices=[('key', 'Key account'), ('growth', 'Growth'), ('standard', 'Standard'), ('partner', 'Partner')], db_index=True, default='standard', max_length=20, verbose_name='segment')),
                ('industry', models.CharField(blank=True, max_length=80, validators=[clients.validators.validate_plain_text], verbose_name='industry')),
                ('size', models.CharField(blank=True, choices=[('micro', '1–9 people'), ('small', '10–49 people'), ('medium', '50–249 people'), ('large', '250 people or more')], max_length=20, verbose_name='size')),
                ('country', models.CharField(db_index=True, max_length=2, validators=[clients.validators.validate_country], verbose_name='country')),
                ('city', models.CharField(blank=True, max_length=80, validators=[clients.validators.validate_plain_text], verbose_name='city')),
                ('superior_decides', models.BooleanField(default=False, help_text='Whoever is asked for an approval passes it up; leave time for that, and ask in writing.', verbose_name='decisions are taken by a superior')),
                ('notes', models.TextField(blank=True, max_length=4000, verbose_name='notes')),
                ('creation_key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            ],
            options={
                'verbose_name': 'client',
                'verbose_name_plural': 'clients',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='AccountManager',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('full_name', models.CharField(max_length=120, validators=[clients.validators.validate_plain_text], verbose_name='full name')),
                ('address_as', models.CharField(blank=True, help_text='How a message greets this person, for example “Ms Okafor” or “Maya”.', max_length=120, validators=[clients.validators.validate_plain_text], verbose_name='addressed as')),
                ('native_name', models.CharField(blank=True, max_length=120, validators=[clients.validators.validate_plain_text], verbose_name='name in native script')),
                ('phone', phonenumber_field.modelfields.PhoneNumberField(blank=True, help_text='With country code, for example +40 21 555 0100.', max_length=128, region=None, verbose_name='phone')),
                ('language', models.CharField(default='en', help_text='A BCP 47 tag, for example en-GB or es-CO.', max_length=35, validators=[clients.validators.validate_language], verbose_name='language')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[clients.validators.validate_time_zone], verbose_name='time zone')),
                ('clock', models.CharField(blank=True, choices=[('', 'as usual in the language'), ('12', '12 hours (2:30 pm)'), ('24', '24 hours (14:30)')], max_length=2, verbose_name='clock')),
                ('week_start', models.CharField(blank=True, choices=[('', 'as usual in the language'), ('mon', 'Monday'), ('sat', 'Saturday'), ('sun', 'Sunday')], max_length=3, verbose_name='week starts on')),
                ('working_hours', models.JSONField(blank=True, default=clients.models.people.default_working_hours, validators=[clients.validators.validate_weekly_hours], verbose_name='working hours')),
                ('preferred_hours', models.JSONField(blank=True, default=dict, validators=[clients.validators.validate_weekly_hours], verbose_name='preferred hours')),
                ('reachable_hours', models.JSONField(blank=True, default=clients.models.people.default_reachable_hours, validators=[clients.validators.validate_weekly_hours], verbose_name='reachable hours')),
                ('buffer_minutes', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240)], verbose_name='minutes free between meetings')),
                ('calendar', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='holidays_app.holidaycalendar', verbose_name='holiday calendar')),
                ('reminder_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(20160)]), blank=True, default=clients.models.people.default_reminder_minutes, help_text='1440 is a day and 60 an hour before a meeting; leave empty for none.', size=5, verbose_name='reminders, minutes before')),
                ('email', models.EmailField(error_messages={'unique': 'There is an account manager with this mail address already.'}, max_length=254, unique=True, verbose_name='mail address')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, help_text='Sees every client and may use the administration.', verbose_name='admin')),
                ('has_page', models.BooleanField(default=False, verbose_name='a public page')),
                ('page_name', models.CharField(blank=True, default='', max_length=30, validators=[clients.validators.validate_page_name], verbose_name='name of the page')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('teams', models.ManyToManyField(blank=True, related_name='members', to='clients.team', verbose_name='teams')),
            ],
            options={
                'verbose_name': 'account manager',
                'verbose_name_plural': 'account managers',
                'ordering': ['full_name', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='account_manager_email_lower_case'), models.UniqueConstraint(condition=models.Q(('page_name', ''), _negated=True), fields=('page_name',), name='account_manager_page_name', violation_error_message='Another public page has this name already.'), models.CheckConstraint(condition=models.Q(('has_page', False), models.Q(('page_name', ''), _negated=True), _connector='OR'), name='account_manager_page_is_named', violation_error_message='Give the public page a name.')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('full_name', models.CharField(max_length=120, validators=[clients.validators.validate_plain_text], verbose_name='full name')),
                ('address_as', models.CharField(blank=True, help_text='How a message greets this person, for example “Ms Okafor” or “Maya”.', max_length=120, validators=[clients.validators.validate_plain_text], verbose_name='addressed as')),
                ('native_name', models.CharField(blank=True, max_length=120, validators=[clients.validators.validate_plain_text], verbose_name='name in native script')),
                ('phone', phonenumber_field.modelfields.PhoneNumberField(blank=True, help_text='With country code, for example +40 21 555 0100.', max_length=128, region=None, verbose_name='phone')),
                ('language', models.CharField(default='en', help_text='A BCP 47 tag, for example en-GB or es-CO.', max_length=35, validators=[clients.validators.validate_language], verbose_name='language')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[clients.validators.validate_time_zone], verbose_name='time zone')),
                ('clock', models.CharField(blank=True, choices=[('', 'as usual in the language'), ('12', '12 hours (2:30 pm)'), ('24', '24 hours (14:30)')], max_length=2, verbose_name='clock')),
                ('week_start', models.CharField(blank=True, choices=[('', 'as usual in the language'), ('mon', 'Monday'), ('sat', 'Saturday'), ('sun', 'Sunday')], max_length=3, verbose_name='week starts on')),
                ('working_hours', models.JSONField(blank=True, default=clients.models.people.default_working_hours, validators=[clients.validators.validate_weekly_hours], verbose_name='working hours')),
                ('preferred_hours', models.JSONField(blank=True, default=dict, validators=[clients.validators.validate_weekly_hours], verbose_name='preferred hours')),
                ('reachable_hours', models.JSONField(blank=True, default=clients.models.people.default_reachable_hours, validators=[clients.validators.validate_weekly_hours], verbose_name='reachable hours')),
                ('buffer_minutes', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240)], verbose_name='minutes free between meetings')),
                ('calendar', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='holidays_app.holidaycalendar', verbose_name='holiday calendar')),
                ('reminder_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(20160)]), blank=True, default=clients.models.people.default_reminder_minutes, help_text='1440 is a day and 60 an hour before a meeting; leave empty for none.', size=5, verbose_name='reminders, minutes before')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='clients.client', verbose_name='client')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='mail address')),
                ('formality', models.CharField(choices=[('formal', 'formal'), ('neutral', 'neutral'), ('familiar', 'familiar')], default='neutral', max_length=10, verbose_name='form of address')),
                ('job_title', models.CharField(blank=True, max_length=80, validators=[clients.validators.validate_plain_text], verbose_name='role')),
                ('preferred_channel', models.CharField(choices=[('email', 'Mail'), ('phone', 'Phone'), ('video', 'Video call'), ('chat', 'Chat or text message'), ('in_person', 'In person')], default='email', max_length=10, verbose_name='preferred channel')),
                ('notes', models.TextField(blank=True, max_length=4000, verbose_name='notes')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased')),
                ('creation_key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'ordering': ['full_name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DayOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='days_off', to='clients.contact')),
                ('account_manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='days_off', to=settings.AUTH_USER_MODEL)),
                ('first_date', models.DateField(verbose_name='first day')),
                ('last_date', models.DateField(verbose_name='last day')),
                ('reason', models.CharField(blank=True, max_length=80, validators=[clients.validators.validate_plain_text], verbose_name='reason')),
            ],
            options={
                'verbose_name': 'days off',
                'verbose_name_plural': 'days off',
                'ordering': ['first_date'],
                'constraints': [models.CheckConstraint(condition=models.Q(('contact__isnull', True), ('account_manager__isnull', True), _connector='XOR'), name='day_off_of_one_person', violation_error_message='Choose one person, either a contact or an account manager.'), models.CheckConstraint(condition=models.Q(('last_date__gte', models.F('first_date'))), name='day_off_in_order', violation_error_message='The last day comes before the first day.')],
            },
        ),
        migrations.CreateModel(
            name='PrivateLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='private_links', to='clients.contact', verbose_name='contact')),
                ('purpose', models.CharField(choices=[('home', 'Their own page, and all that leads on from it'), ('wishes', 'Wishes about mail'), ('unsubscribe', 'Unsubscribe'), ('approval', 'Approval'), ('survey', 'Survey'), ('meeting', 'Answer to a meeting'), ('offer', 'Offered times')], max_length=12, verbose_name='purpose')),
                ('subject_id', models.BigIntegerField(blank=True, null=True, verbose_name='row')),
                ('seed', models.BinaryField(max_length=32)),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('email', models.CharField(blank=True, max_length=254, verbose_name='mail address')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
            ],
            options={
                'verbose_name': 'private link',
                'verbose_name_plural': 'private links',
                'ordering': ['contact', 'purpose', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('contact', 'purpose', 'subject_id'), name='private_link_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('seed', b''), _negated=True), name='private_link_has_a_seed')],
            },
        ),
        migrations.RunSQL(AUDIT_ENTRIES_ARE_APPEND_ONLY, "DROP FUNCTION refuse_to_change_audit_entries CASCADE"),
        migrations.RunSQL(TABLE_OF_THE_SHARED_CACHE, "DROP TABLE cache"),
    ]
