import datetime

import clients.validators
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import scheduling.outreach.channels
import scheduling.outreach.models.approvals
import uuid
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# The database in which Dayband is set up is the one that sends; a copy of it does not until somebody says so.
THIS_DATABASE_SENDS = """
    INSERT INTO outreach_outreachswitch (id, reason, database_identity)
    SELECT 1, '', concat_ws(
        '/',
        system_identifier,
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        'outreach_outreachswitch'::regclass::oid
    )
    FROM pg_control_system()
"""


def make_the_standard_template(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The cadence of good long-distance relations, for admins to change."""
    template = apps.get_model("outreach", "PlanTemplate").objects.create(name="Standard")
    Step = apps.get_model("outreach", "TemplateStep")
    Step.objects.create(template=template, weekday=0, at_wall=datetime.time(9), purpose="priorities")
    Step.objects.create(template=template, weekday=2, at_wall=datetime.time(10), purpose="approvals")
    Step.objects.create(template=template, weekday=4, at_wall=datetime.time(14), purpose="dates")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('clients', '0001_initial'),
        ('clients', '__first__'),
        ('meetings', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.CharField(max_length=254, unique=True, verbose_name='mail address')),
                ('bounce_score', models.PositiveSmallIntegerField(default=0, verbose_name='bounces')),
                ('suppressed_at', models.DateTimeField(blank=True, null=True, verbose_name='not used since')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'mail address',
                'verbose_name_plural': 'mail addresses',
                'ordering': ['email'],
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower(models.F('email')))), name='mail_address_in_lower_case')],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='clients.client', verbose_name='client')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='clients.contact', verbose_name='who decides')),
                ('account_manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals_asked', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('title', models.CharField(max_length=160, validators=[clients.validators.validate_plain_text], verbose_name='what')),
                ('details', models.TextField(blank=True, max_length=4000, verbose_name='details')),
                ('needed_by_date', models.DateField(blank=True, null=True, verbose_name='needed by')),
                ('link', models.URLField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(['http', 'https'])], verbose_name='link')),
                ('file', models.FileField(blank=True, upload_to=scheduling.outreach.models.approvals.stored_name, verbose_name='file')),
                ('file_name', models.CharField(blank=True, max_length=120)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('approved', 'Approved'), ('not_yet', 'Not yet'), ('withdrawn', 'Withdrawn')], default='pending', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('creation_key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            ],
            options={
                'verbose_name': 'approval',
                'verbose_name_plural': 'approvals',
                'ordering': [models.OrderBy(models.F('needed_by_date'), nulls_last=True), 'asked_at', 'pk'],
                'indexes': [models.Index(fields=['client', '-asked_at'], name='approval_of_client'), models.Index(condition=models.Q(('state', 'pending')), fields=['contact'], name='approval_pending')],
            },
        ),
        migrations.CreateModel(
            name='ApprovalEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='outreach.approval', verbose_name='approval')),
                ('kind', models.CharField(choices=[('asked', 'Asked'), ('handed_on', 'Handed on'), ('named', 'Somebody else decides'), ('approved', 'Approved'), ('not_yet', 'Not yet'), ('withdrawn', 'Withdrawn')], max_length=10, verbose_name='kind')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clients.contact', verbose_name='contact')),
                ('account_manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account manager')),
                ('decider', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clients.contact', verbose_name='who decides')),
                ('words', models.TextField(blank=True, max_length=2000, verbose_name='words')),
            ],
            options={
                'verbose_name': 'event of an approval',
                'verbose_name_plural': 'events of approvals',
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['not_yet', 'named']), _negated=True), models.Q(('words', ''), _negated=True), _connector='OR'), name='approval_event_says_why'), models.UniqueConstraint(condition=models.Q(('kind__in', ['approved', 'not_yet', 'withdrawn'])), fields=('approval',), name='approval_decided_once')],
            },
        ),
        migrations.CreateModel(
            name='PlanTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, validators=[clients.validators.validate_plain_text], verbose_name='name')),
            ],
            options={
                'verbose_name': 'check-in template',
                'verbose_name_plural': 'check-in templates',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='TemplateStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='weekday')),
                ('at_wall', models.TimeField(verbose_name='local time')),
                ('purpose', models.CharField(choices=[('priorities', 'Priorities of the week'), ('approvals', 'Pending approvals'), ('dates', 'Dates agreed, and what comes next')], max_length=12, verbose_name='purpose')),
                ('channel', models.CharField(choices=[('preferred', 'as the contact prefers'), ('email', 'mail')], default='preferred', max_length=10, verbose_name='channel')),
                ('on_day_off', models.CharField(choices=[('next', 'the next working day'), ('previous', 'the working day before'), ('skip', 'not that week')], default='next', max_length=10, verbose_name='on a day off')),
                ('even_if_nothing_pending', models.BooleanField(default=False, verbose_name='also when nothing is pending')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='outreach.plantemplate')),
            ],
            options={
                'verbose_name': 'step',
                'verbose_name_plural': 'steps',
                'ordering': ['weekday', 'at_wall', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('template', 'weekday', 'at_wall', 'purpose'), name='template_step_once')],
            },
        ),
        migrations.CreateModel(
            name='CheckInPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='check_in_plan', to='clients.client', verbose_name='client')),
                ('account_manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='check_in_plans', to=settings.AUTH_USER_MODEL, verbose_name='account manager')),
                ('quiet_days', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MaxValueValidator(60)], verbose_name='silent for so many days after a talk')),
                ('is_approved_first', models.BooleanField(default=False, help_text="Drafts wait for you; one that you don't open is not sent.", verbose_name='I read each check-in before it goes')),
                ('is_paused', models.BooleanField(default=False, verbose_name='paused')),
                ('rhythm', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                ('created_at', models.DateTimeField(verbose_name='created')),
            ],
            options={
                'verbose_name': 'check-in plan',
                'verbose_name_plural': 'check-in plans',
                'ordering': ['client__name'],
            },
        ),
        migrations.CreateModel(
            name='PlanStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='weekday')),
                ('at_wall', models.TimeField(verbose_name='local time')),
                ('purpose', models.CharField(choices=[('priorities', 'Priorities of the week'), ('approvals', 'Pending approvals'), ('dates', 'Dates agreed, and what comes next')], max_length=12, verbose_name='purpose')),
                ('channel', models.CharField(choices=[('preferred', 'as the contact prefers'), ('email', 'mail')], default='preferred', max_length=10, verbose_name='channel')),
                ('on_day_off', models.CharField(choices=[('next', 'the next working day'), ('previous', 'the working day before'), ('skip', 'not that week')], default='next', max_length=10, verbose_name='on a day off')),
                ('even_if_nothing_pending', models.BooleanField(default=False, verbose_name='also when nothing is pending')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='outreach.checkinplan')),
            ],
            options={
                'verbose_name': 'step',
                'verbose_name_plural': 'steps',
                'ordering': ['weekday', 'at_wall', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='outreach.checkinplan')),
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='enrolment', to='clients.contact', verbose_name='contact')),
                ('frequency', models.CharField(choices=[('weekly', 'every week'), ('fortnightly', 'every two weeks'), ('monthly', 'in the first full week of the month'), ('none', 'never')], default='weekly', max_length=12, verbose_name='frequency')),
                ('first_week_date', models.DateField(verbose_name='first week')),
            ],
            options={
                'verbose_name': 'contact of a plan',
                'verbose_name_plural': 'contacts of a plan',
                'ordering': ['contact__full_name', 'pk'],
                'constraints': [models.CheckConstraint(condition=django.db.models.lookups.Exact(models.Func(models.F('first_week_date'), output_field=models.IntegerField(), template="mod(%(expressions)s - DATE '2001-01-01', 7)"), 0), name='enrolment_begins_on_a_monday')],
            },
        ),
        migrations.CreateModel(
            name='LoggedTalk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='logged_talks', to='clients.client', verbose_name='client')),
                ('account_manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account manager')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('note', models.CharField(blank=True, max_length=500, validators=[clients.validators.validate_plain_text], verbose_name='note')),
            ],
            options={
                'verbose_name': 'logged talk',
                'verbose_name_plural': 'logged talks',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['client', 'at'], name='logged_talk_of_client')],
            },
        ),
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account_manager', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enquiries', to=settings.AUTH_USER_MODEL, verbose_name='account manager')),
                ('full_name', models.CharField(max_length=120, validators=[clients.validators.validate_plain_text, clients.validators.validate_no_address], verbose_name='name')),
                ('company', models.CharField(blank=True, max_length=120, validators=[clients.validators.validate_plain_text, clients.validators.validate_no_address], verbose_name='company')),
                ('email', models.EmailField(max_length=254, verbose_name='mail address')),
                ('language', models.CharField(max_length=35, validators=[clients.validators.validate_language], verbose_name='language')),
                ('time_zone', models.CharField(max_length=64, validators=[clients.validators.validate_time_zone], verbose_name='time zone')),
                ('about', models.TextField(max_length=2000, verbose_name='what it is about')),
                ('wishes', models.TextField(blank=True, max_length=1000, verbose_name='wishes')),
                ('state', models.CharField(choices=[('unconfirmed', 'Address not confirmed'), ('waiting', 'Waiting for an answer'), ('accepted', 'Became a client'), ('declined', 'Declined')], default='unconfirmed', max_length=12, verbose_name='state')),
                ('seed', models.BinaryField(max_length=32)),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('creation_key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('client', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clients.client', verbose_name='client')),
            ],
            options={
                'verbose_name': 'request',
                'verbose_name_plural': 'requests',
                'ordering': ['-confirmed_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state', 'unconfirmed'), ('confirmed_at__isnull', False), _connector='XOR'), name='enquiry_is_told_once_confirmed')],
            },
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='surveys', to='clients.contact', verbose_name='contact')),
                ('question', models.CharField(choices=[('csat', 'How satisfied they were with a meeting'), ('nps', 'Whether they would recommend us')], max_length=4, verbose_name='question')),
                ('meeting', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='surveys', to='meetings.meeting', verbose_name='meeting')),
                ('local_hour', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='hour there')),
                ('account_manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='surveys', to=settings.AUTH_USER_MODEL, verbose_name='account manager')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('asked_date', models.DateField(verbose_name='date there')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='answer')),
                ('comment', models.TextField(blank=True, max_length=2000, verbose_name='comment')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('hint_dismissed_at', models.DateTimeField(blank=True, null=True, verbose_name='hint dismissed')),
            ],
            options={
                'verbose_name': 'survey',
                'verbose_name_plural': 'surveys',
                'ordering': ['-asked_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('score__isnull', False)), fields=['contact', 'question', 'asked_date'], name='survey_answered'), models.Index(condition=models.Q(('score__isnull', False)), fields=['answered_at'], name='survey_by_answer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('score', None), models.Q(('question', 'csat'), ('score__gte', 1), ('score__lte', 5)), models.Q(('question', 'nps'), ('score__gte', 0), ('score__lte', 10)), _connector='OR'), name='survey_score_on_its_scale'), models.CheckConstraint(condition=models.Q(models.Q(('local_hour__isnull', False), ('local_hour__lte', 23), ('meeting__isnull', False), ('question', 'csat')), models.Q(('local_hour', None), ('meeting', None), ('question', 'nps')), _connector='OR'), name='survey_about_a_meeting_or_not'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('comment', ''), ('score', None)), models.Q(('answered_at__isnull', False), ('score__isnull', False)), _connector='OR'), name='survey_answered_at_a_time'), models.UniqueConstraint(fields=('contact', 'meeting'), name='survey_once_per_meeting'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('contact_id'), models.F('contact_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('asked_date'), output_field=django.contrib.postgres.fields.ranges.DateRangeField(), template='daterange(%(expressions)s, %(expressions)s + 30)'), '&&')], name='survey_never_two_in_30_days')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('occurrence_key', models.CharField(editable=False, max_length=120)),
                ('kind', models.CharField(choices=[('confirmation', 'Confirmation'), ('update', 'Update'), ('cancellation', 'Cancellation'), ('reminder', 'Reminder'), ('clock_change', 'Clock change'), ('check_in', 'Check-in'), ('test', 'Test of a check-in'), ('approval', 'Request for approval'), ('answer', 'Answer to a request for approval'), ('survey', 'Survey'), ('suits', 'Still suits you?'), ('reply', 'Wish for another time'), ('offer', 'Times to choose from'), ('offer_remind', 'Reminder of times to choose from'), ('offer_added', 'Another time to choose from'), ('offer_ended', 'End of an offer'), ('offer_news', 'News of an offer'), ('link', 'New private link'), ('code', 'Code for a public page'), ('enquiry', 'Question whether a request is meant'), ('declined', 'Answer to a request'), ('request', 'New request')], max_length=12, verbose_name='kind')),
                ('meeting', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='meetings.meeting', verbose_name='meeting')),
                ('attendance', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='meetings.attendance', verbose_name='attendee')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='clients.contact', verbose_name='contact')),
                ('account_manager', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to=settings.AUTH_USER_MODEL, verbose_name='account manager')),
                ('change', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='meetings.meetingchange', verbose_name='change')),
                ('sequence', models.PositiveIntegerField(blank=True, null=True, verbose_name='sequence')),
                ('enrolment', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to='outreach.enrolment', verbose_name='contact of a plan')),
                ('purposes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('priorities', 'Priorities of the week'), ('approvals', 'Pending approvals'), ('dates', 'Dates agreed, and what comes next')], max_length=12), blank=True, default=list, size=None, verbose_name='purposes')),
                ('local_date', models.DateField(blank=True, null=True, verbose_name='date there')),
                ('approval_event', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='outreach.approvalevent', verbose_name='approval')),
                ('survey', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='outreach.survey', verbose_name='survey')),
                ('offer', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='meetings.offer', verbose_name='offer')),
                ('offer_event', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='meetings.offerevent')),
                ('enquiry', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='outreach.enquiry')),
                ('own_subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                ('own_text', models.TextField(blank=True, max_length=8000, verbose_name='text')),
                ('goes_anyway', models.BooleanField(db_default=False, default=False, verbose_name='goes anyway')),
                ('channel', models.CharField(choices=[('email', 'Mail'), ('chat', 'Chat'), ('phone', 'Phone'), ('in_person', 'In person')], db_default='email', default='email', max_length=10, verbose_name='channel')),
                ('fallback_reason', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='why by mail')),
                ('lead_minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes before')),
                ('address', models.CharField(blank=True, max_length=254, verbose_name='mail address')),
                ('message_id', models.CharField(editable=False, max_length=255, verbose_name='Message-ID')),
                ('created_at', models.DateTimeField(verbose_name='planned')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('expires_at', models.DateTimeField(verbose_name='not sent after')),
                ('state', models.CharField(choices=[('pending', 'Waiting'), ('claimed', 'Being sent'), ('sent', 'Sent'), ('dead', 'Failed'), ('expired', 'Too late to send'), ('superseded', 'Overtaken'), ('undeliverable', 'No mail address'), ('draft', 'To be read first'), ('suppressed', 'Left out'), ('to_say', 'To be said'), ('said', 'Said')], default='pending', max_length=13, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('next_try_at', models.DateTimeField(verbose_name='next try')),
                ('fencing_token', models.PositiveIntegerField(default=0, editable=False)),
                ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='claimed')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('raw', models.BinaryField(null=True)),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'ordering': ['-due_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['pending', 'claimed'])), fields=['next_try_at', 'id'], name='message_queue'), models.Index(fields=['due_at', 'id'], name='message_by_due'), models.Index(fields=['state', 'due_at'], name='message_by_state'), models.Index(condition=models.Q(('channel__in', ['phone', 'in_person']), ('state__in', ['pending', 'claimed', 'to_say'])), fields=['due_at'], name='message_to_say'), models.Index(fields=['enrolment', 'due_at'], name='message_of_enrolment'), models.Index(condition=models.Q(('meeting__isnull', False)), fields=['meeting'], name='message_of_meeting'), models.Index(condition=models.Q(('attendance__isnull', False)), fields=['attendance'], name='message_of_attendance'), models.Index(condition=models.Q(('account_manager__isnull', False)), fields=['account_manager'], name='message_of_account_manager'), models.Index(condition=models.Q(('change__isnull', False)), fields=['change'], name='message_of_change'), models.Index(condition=models.Q(('approval_event__isnull', False)), fields=['approval_event'], name='message_of_approval_event'), models.Index(condition=models.Q(('survey__isnull', False)), fields=['survey'], name='message_of_survey'), models.Index(condition=models.Q(('offer__isnull', False)), fields=['offer'], name='message_of_offer'), models.Index(condition=models.Q(('offer_event__isnull', False)), fields=['offer_event'], name='message_of_offer_event'), models.Index(condition=models.Q(('enquiry__isnull', False)), fields=['enquiry'], name='message_of_enquiry')],
                'constraints': [models.UniqueConstraint(fields=('occurrence_key',), name='message_once_an_occasion'), models.UniqueConstraint(fields=('message_id',), name='message_id_is_its_own'), models.CheckConstraint(condition=models.Q(('channel', 'email'), ('kind', 'check_in'), _connector='OR'), name='message_other_than_mail_is_check_in'), models.CheckConstraint(condition=models.Q(models.Q(('raw__isnull', False), ('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('raw__isnull', True), ('sent_at__isnull', True)), _connector='OR'), name='message_sent_with_its_bytes'), models.CheckConstraint(condition=models.Q(('state__in', ['undeliverable', 'suppressed']), models.Q(('channel', 'email'), _negated=True), models.Q(('address', ''), _negated=True), _connector='OR'), name='message_has_an_address'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'claimed'), _negated=True), models.Q(('claimed_at__isnull', False), ('fencing_token__gt', 0)), _connector='OR'), name='message_claimed_by_a_token'), models.CheckConstraint(condition=models.Q(('kind', 'reminder'), ('lead_minutes__isnull', True), _connector='XOR'), name='message_reminds_with_a_lead'), models.CheckConstraint(condition=models.Q(models.Q(('account_manager', None), ('attendance__isnull', False), ('contact', None), ('meeting__isnull', False)), models.Q(('account_manager', None), ('attendance', None), ('contact__isnull', False)), models.Q(('account_manager__isnull', False), ('attendance', None), ('contact', None)), models.Q(('account_manager', None), ('attendance', None), ('contact', None), ('enquiry__isnull', False)), _connector='OR'), name='message_to_one_person')],
            },
        ),
        migrations.CreateModel(
            name='EntryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account_manager', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entry_codes', to=settings.AUTH_USER_MODEL)),
                ('email', models.CharField(max_length=254)),
                ('seed', models.BinaryField(max_length=32)),
                ('asked_at', models.DateTimeField()),
                ('is_planned', models.BooleanField(default=False)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('message', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='entry_code', to='outreach.message')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_planned', False)), fields=['id'], name='entry_code_to_plan')],
            },
        ),
        migrations.CreateModel(
            name='SurveyRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='survey_rule', to='clients.client', verbose_name='client')),
                ('every', models.PositiveSmallIntegerField(default=0, help_text='1 is after each meeting, 3 after each third one, 0 never.', validators=[django.core.validators.MaxValueValidator(50)], verbose_name='ask after every so many meetings')),
                ('asks_nps', models.BooleanField(default=False, verbose_name='ask each quarter whether they would recommend us')),
            ],
            options={
                'verbose_name': 'rule for surveys',
                'verbose_name_plural': 'rules for surveys',
            },
        ),
        migrations.CreateModel(
            name='BounceReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report_key', models.CharField(editable=False, max_length=64, unique=True)),
                ('address', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='outreach.mailaddress', verbose_name='mail address')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bounce_reports', to='outreach.message', verbose_name='message')),
                ('kind', models.CharField(choices=[('hard', 'for good'), ('soft', 'for now'), ('complaint', 'reported as unwanted')], max_length=9, verbose_name='kind')),
                ('status', models.CharField(blank=True, max_length=12, verbose_name='status')),
                ('diagnostic', models.CharField(blank=True, max_length=500, verbose_name="the server's words")),
                ('reported_at', models.DateTimeField(verbose_name='reported')),
            ],
            options={
                'verbose_name': 'bounce report',
                'verbose_name_plural': 'bounce reports',
                'ordering': ['-reported_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='TeamChannel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('team', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='channel', to='clients.team', verbose_name='team')),
                ('name', models.CharField(help_text='What the outbox calls it, for example “#sunrise in Slack”.', max_length=80, validators=[clients.validators.validate_plain_text], verbose_name='name')),
                ('address', models.CharField(max_length=2000, validators=[scheduling.outreach.channels.validate_address], verbose_name='address')),
            ],
            options={
                'verbose_name': 'chat channel of a team',
                'verbose_name_plural': 'chat channels of teams',
                'ordering': ['team__name'],
            },
        ),
        migrations.CreateModel(
            name='LinkRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.CharField(max_length=254)),
                ('asked_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='OutreachSwitch',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused')),
                ('paused_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('database_identity', models.CharField(editable=False, max_length=80)),
            ],
            options={
                'verbose_name': 'switch',
                'verbose_name_plural': 'switches',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='outreach_has_one_switch'), models.CheckConstraint(condition=models.Q(('paused_at__isnull', False), models.Q(('paused_by', None), ('reason', '')), _connector='OR'), name='switch_paused_by_when')],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('count', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='MessageText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('priorities', 'Priorities of the week'), ('approvals', 'Pending approvals'), ('nothing_pending', 'A hello when nothing is pending'), ('dates', 'Dates agreed, and what comes next'), ('no_dates', 'What comes next when no date is agreed'), ('approval_request', 'A new request for approval'), ('confirm_time', '“Still suits you?” the working day before'), ('satisfaction', 'Survey after a meeting (CSAT)'), ('recommendation', 'Survey each quarter (NPS)'), ('offer', 'Times to choose from'), ('offer_reminder', 'A reminder of times to choose from'), ('offer_added', 'Another time to choose from'), ('offer_ended', 'Times that can’t be chosen any more'), ('offer_without', 'A vote has ended with a time at which the reader can’t come'), ('new_link', 'A new link to the contact’s own page'), ('entry_code', 'A code for a public page'), ('enquiry_check', 'Question to somebody unknown whether a request is meant'), ('enquiry_declined', 'A polite no to somebody unknown')], max_length=20, verbose_name='purpose')),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Español'), ('ro', 'Română'), ('hu', 'Magyar'), ('de', 'Deutsch'), ('fr', 'Français'), ('ja', '日本語'), ('ar', 'العربية')], max_length=35, verbose_name='language')),
                ('formality', models.CharField(choices=[('formal', 'formal'), ('neutral', 'neutral'), ('familiar', 'familiar')], max_length=10, verbose_name='form of address')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('body', models.TextField(max_length=8000, verbose_name='text')),
            ],
            options={
                'verbose_name': 'own text',
                'verbose_name_plural': 'own texts',
                'ordering': ['purpose', 'language', 'formality'],
                'constraints': [models.UniqueConstraint(fields=('purpose', 'language', 'formality'), name='message_text_once')],
            },
        ),
        migrations.CreateModel(
            name='FrameText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Español'), ('ro', 'Română'), ('hu', 'Magyar'), ('de', 'Deutsch'), ('fr', 'Français'), ('ja', '日本語'), ('ar', 'العربية')], max_length=35, verbose_name='language')),
                ('formality', models.CharField(choices=[('formal', 'formal'), ('neutral', 'neutral'), ('familiar', 'familiar')], max_length=10, verbose_name='form of address')),
                ('greeting', models.CharField(help_text='Of those who told us how they want to be addressed.', max_length=200, verbose_name='greeting')),
                ('greeting_by_name', models.CharField(help_text='Of those of whom we know only the full name.', max_length=200, verbose_name='greeting by the full name')),
                ('opening', models.CharField(blank=True, help_text='Before what the mail is about; often none.', max_length=500, verbose_name='first sentence')),
                ('closing', models.CharField(help_text='Before the sender’s name.', max_length=200, verbose_name='closing')),
            ],
            options={
                'verbose_name': 'own greeting and closing',
                'verbose_name_plural': 'own greetings and closings',
                'ordering': ['language', 'formality'],
                'constraints': [models.UniqueConstraint(fields=('language', 'formality'), name='frame_text_once')],
            },
        ),
        migrations.CreateModel(
            name='MailWishes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mail_wishes', to='clients.contact', verbose_name='contact')),
                ('unwanted', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('check_ins', 'Check-ins'), ('surveys', 'Questions about how it went')], max_length=10), blank=True, default=list, size=None, verbose_name='not wanted')),
                ('paused_until_date', models.DateField(blank=True, null=True, verbose_name='paused until')),
            ],
            options={
                'verbose_name': 'wishes about mail',
                'verbose_name_plural': 'wishes about mail',
            },
        ),
        migrations.RunSQL(THIS_DATABASE_SENDS, migrations.RunSQL.noop),
        migrations.RunPython(make_the_standard_template, migrations.RunPython.noop),
    ]
