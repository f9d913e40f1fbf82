import clients.validators
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('clients', '0001_initial'),
        ('clients', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='series', to='clients.client', verbose_name='client')),
                ('organizer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='organized_series', to=settings.AUTH_USER_MODEL, verbose_name='organizer')),
                ('title', models.CharField(max_length=120, validators=[clients.validators.validate_plain_text], verbose_name='title')),
                ('agenda', models.TextField(blank=True, max_length=4000, verbose_name='agenda')),
                ('channel', models.CharField(max_length=10, verbose_name='channel')),
                ('location', models.CharField(blank=True, max_length=500, validators=[clients.validators.validate_plain_text], verbose_name='link, number or place')),
                ('policy', models.CharField(default='client_first', max_length=12, verbose_name='policy')),
                ('uid', models.CharField(editable=False, max_length=255, unique=True)),
                ('sequence', models.PositiveIntegerField(default=0, editable=False)),
                ('start_date', models.DateField(verbose_name='first week')),
                ('weeks', models.PositiveSmallIntegerField(verbose_name='weeks')),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(6)]), size=None, verbose_name='days')),
                ('max_times', models.PositiveSmallIntegerField(verbose_name='different times')),
                ('time_zone', models.CharField(max_length=64, validators=[clients.validators.validate_time_zone], verbose_name='time zone')),
                ('duration_minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('weekly_times', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=9), size=None, verbose_name='weekly times')),
                ('rule_time', models.CharField(blank=True, editable=False, max_length=9)),
                ('created_at', models.DateTimeField(verbose_name='created')),
            ],
            options={
                'verbose_name': 'series',
                'verbose_name_plural': 'series',
                'ordering': ['start_date', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='clients.client', verbose_name='client')),
                ('organizer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='organized_meetings', to=settings.AUTH_USER_MODEL, verbose_name='organizer')),
                ('title', models.CharField(max_length=120, validators=[clients.validators.validate_plain_text], verbose_name='title')),
                ('agenda', models.TextField(blank=True, max_length=4000, verbose_name='agenda')),
                ('channel', models.CharField(choices=[('video', 'Video call'), ('phone', 'Phone'), ('in_person', 'In person'), ('chat', 'Chat')], default='video', max_length=10, verbose_name='channel')),
                ('location', models.CharField(blank=True, max_length=500, validators=[clients.validators.validate_plain_text], verbose_name='link, number or place')),
                ('policy', models.CharField(choices=[('client_first', 'Clients first'), ('shared', 'Shared evenly'), ('least_total', 'Least in total')], default='client_first', max_length=12, verbose_name='policy')),
                ('status', models.CharField(choices=[('held', 'held'), ('confirmed', 'confirmed'), ('cancelled', 'cancelled')], default='confirmed', max_length=10, verbose_name='status')),
                ('held_until_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='held until')),
                ('uid', models.CharField(editable=False, max_length=255, unique=True)),
                ('sequence', models.PositiveIntegerField(default=0, editable=False)),
                ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='meetings.series', verbose_name='series')),
                ('series_week_date', models.DateField(blank=True, editable=False, null=True)),
                ('start_date', models.DateField(verbose_name='date')),
                ('start_wall', models.TimeField(verbose_name='wall time')),
                ('fold', models.PositiveSmallIntegerField(default=0)),
                ('time_zone', models.CharField(max_length=64, validators=[clients.validators.validate_time_zone], verbose_name='time zone')),
                ('duration_minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('start_at', models.DateTimeField(db_index=True, verbose_name='start')),
                ('end_at', models.DateTimeField(verbose_name='end')),
                ('utc_offset_minutes', models.SmallIntegerField()),
                ('tzdata_version', models.CharField(max_length=16)),
                ('created_at', models.DateTimeField(verbose_name='created')),
            ],
            options={
                'verbose_name': 'meeting',
                'verbose_name_plural': 'meetings',
                'ordering': ['start_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('held_until_at__isnull', False)), fields=['held_until_at'], name='meeting_holds')],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_at__gt', models.F('start_at'))), name='meeting_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('series__isnull', True), ('series_week_date__isnull', True)), models.Q(('series__isnull', False), ('series_week_date__isnull', False)), _connector='OR'), name='meeting_has_its_week_of_the_series'), models.CheckConstraint(condition=models.Q(('status', 'held'), ('held_until_at__isnull', True), _connector='XOR'), name='meeting_held_until_an_hour'), models.UniqueConstraint(condition=models.Q(('status__in', ('held', 'confirmed'))), fields=('series', 'series_week_date'), name='meeting_once_per_week_of_the_series')],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendances', to='meetings.meeting')),
                ('account_manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='clients.contact')),
                ('role', models.CharField(choices=[('client', 'client'), ('staff', 'staff')], max_length=6)),
                ('is_optional', models.BooleanField(default=False, verbose_name='optional')),
                ('partstat', models.CharField(choices=[('NEEDS-ACTION', 'not answered'), ('ACCEPTED', 'accepted'), ('DECLINED', 'declined'), ('TENTATIVE', 'tentative')], default='NEEDS-ACTION', max_length=12)),
                ('answer_words', models.CharField(blank=True, max_length=500, verbose_name='words with the answer')),
                ('answered_at', models.DateTimeField(null=True)),
                ('cost', models.DecimalField(decimal_places=6, max_digits=12)),
                ('band', models.CharField(choices=[('ideal', 'ideal'), ('good', 'good'), ('stretch', 'stretch'), ('hard', 'hard'), ('very_hard', 'very_hard')], max_length=10)),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('time_zone', models.CharField(blank=True, max_length=64)),
                ('utc_offset_minutes', models.SmallIntegerField(null=True)),
                ('blockers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('busy', 'busy'), ('day_off', 'day_off'), ('unreachable', 'unreachable')], max_length=11), blank=True, default=list, size=None)),
                ('status', models.CharField(choices=[('held', 'held'), ('confirmed', 'confirmed'), ('cancelled', 'cancelled')], default='confirmed', max_length=10)),
            ],
            options={
                'verbose_name': 'attendance',
                'verbose_name_plural': 'attendances',
                'ordering': ['pk'],
                'indexes': [models.Index(models.F('account_manager'), models.Func(models.F('during'), function='upper'), models.Func(models.F('during'), template='timestamptz_send(lower(%(expressions)s)) || timestamptz_send(upper(%(expressions)s))'), condition=models.Q(('account_manager__isnull', False), ('status__in', ('held', 'confirmed'))), include=('during', 'meeting'), name='busy_times_of_account_managers'), models.Index(models.F('contact'), models.Func(models.F('during'), function='upper'), models.Func(models.F('during'), template='timestamptz_send(lower(%(expressions)s)) || timestamptz_send(upper(%(expressions)s))'), condition=models.Q(('contact__isnull', False), ('status__in', ('held', 'confirmed'))), include=('during', 'meeting'), name='busy_times_of_contacts')],
                'constraints': [models.CheckConstraint(condition=models.Q(('contact__isnull', True), ('account_manager__isnull', True), _connector='XOR'), name='attendance_of_one_person'), models.UniqueConstraint(condition=models.Q(('account_manager__isnull', False)), fields=('meeting', 'account_manager'), name='attendance_once_per_account_manager'), models.UniqueConstraint(condition=models.Q(('contact__isnull', False)), fields=('meeting', 'contact'), name='attendance_once_per_contact'), models.CheckConstraint(condition=models.Q(('during__isempty', False), ('during__lower_inc', True), ('during__lower_inf', False), ('during__upper_inc', False), ('during__upper_inf', False), models.Func(models.Func(models.F('during'), function='lower'), function='isfinite', output_field=models.BooleanField()), models.Func(models.Func(models.F('during'), function='upper'), function='isfinite', output_field=models.BooleanField())), name='attendance_during_is_finite'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('account_manager__isnull', False), ('status__in', ('held', 'confirmed')), models.Q(('blockers__contains', ['busy']), _negated=True)), expressions=[(models.Func(models.F('account_manager_id'), models.F('account_manager_id'), models.Value('[]'), function='int8range'), '&&'), ('during', '&&')], name='account_manager_in_one_meeting'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('contact__isnull', False), ('status__in', ('held', 'confirmed')), models.Q(('blockers__contains', ['busy']), _negated=True)), expressions=[(models.Func(models.F('contact_id'), models.F('contact_id'), models.Value('[]'), function='int8range'), '&&'), ('during', '&&')], name='contact_in_one_meeting')],
            },
        ),
        migrations.CreateModel(
            name='MeetingChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='meetings.meeting')),
                ('kind', models.CharField(choices=[('booked', 'booked'), ('moved', 'moved'), ('edited', 'edited'), ('cancelled', 'cancelled'), ('clocks', 'new rules for clocks')], max_length=10)),
                ('sequence', models.PositiveIntegerField()),
                ('at', models.DateTimeField(db_index=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.contact')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('previous_start_at', models.DateTimeField(null=True)),
                ('previous_offsets', models.JSONField(blank=True, default=dict)),
                ('series_sequence', models.PositiveIntegerField(null=True)),
            ],
            options={
                'verbose_name': 'meeting change',
                'verbose_name_plural': 'meeting changes',
                'ordering': ['sequence', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('meeting', 'sequence'), name='meeting_change_once_per_sequence'), models.CheckConstraint(condition=models.Q(('actor__isnull', True), ('contact__isnull', True), _connector='OR'), name='meeting_change_by_one_person')],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='clients.client', verbose_name='client')),
                ('account_manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to=settings.AUTH_USER_MODEL, verbose_name='account manager')),
                ('title', models.CharField(max_length=120, validators=[clients.validators.validate_plain_text], verbose_name='title')),
                ('agenda', models.TextField(blank=True, max_length=4000, verbose_name='agenda')),
                ('channel', models.CharField(choices=[('video', 'Video call'), ('phone', 'Phone'), ('in_person', 'In person'), ('chat', 'Chat')], default='video', max_length=10, verbose_name='channel')),
                ('location', models.CharField(blank=True, max_length=500, validators=[clients.validators.validate_plain_text], verbose_name='link, number or place')),
                ('policy', models.CharField(choices=[('client_first', 'Clients first'), ('shared', 'Shared evenly'), ('least_total', 'Least in total')], max_length=12, verbose_name='policy')),
                ('duration_minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('take', models.PositiveSmallIntegerField(default=1, verbose_name='how many of “any of these” come')),
                ('words', models.TextField(blank=True, max_length=1000, verbose_name='words for the client')),
                ('closing', models.CharField(choices=[('choice', 'with the contact’s choice'), ('by_hand', 'when I choose'), ('all_answered', 'when all have answered'), ('deadline', 'at a time that I set')], default='choice', max_length=12, verbose_name='closes')),
                ('time_zone', models.CharField(max_length=64, validators=[clients.validators.validate_time_zone], verbose_name='time zone')),
                ('answer_by_at', models.DateTimeField(blank=True, null=True, verbose_name='answers wanted by')),
                ('hold_until_at', models.DateTimeField(blank=True, null=True, verbose_name='times are kept until')),
                ('created_at', models.DateTimeField(verbose_name='sent')),
                ('meeting', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offer', to='meetings.meeting', verbose_name='meeting')),
                ('booked_at', models.DateTimeField(blank=True, null=True, verbose_name='booked')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                ('is_withdrawn_silently', models.BooleanField(default=False, verbose_name='withdrawn silently')),
            ],
            options={
                'verbose_name': 'offer',
                'verbose_name_plural': 'offers',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('meeting__isnull', True), ('booked_at__isnull', False), _connector='XOR'), name='offer_booked_with_its_meeting'), models.CheckConstraint(condition=models.Q(('meeting__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='offer_booked_or_withdrawn'), models.CheckConstraint(condition=models.Q(models.Q(('closing', 'deadline'), _negated=True), ('answer_by_at__isnull', False), _connector='OR'), name='offer_with_a_deadline_where_that_closes_it')],
            },
        ),
        migrations.CreateModel(
            name='Invitee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitees', to='meetings.offer')),
                ('account_manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invited_by', to='clients.contact')),
                ('is_optional', models.BooleanField(default=False, verbose_name='optional')),
                ('is_any_of', models.BooleanField(default=False, verbose_name='any of these')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
            ],
            options={
                'verbose_name': 'invitee',
                'verbose_name_plural': 'invitees',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('contact__isnull', True), ('account_manager__isnull', True), _connector='XOR'), name='invitee_is_one_person'), models.UniqueConstraint(fields=('offer', 'contact', 'account_manager'), name='invitee_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='OfferedTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='times', to='meetings.offer')),
                ('start_at', models.DateTimeField(verbose_name='start')),
                ('hold', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='held_for', to='meetings.meeting')),
                ('found_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.contact')),
            ],
            options={
                'verbose_name': 'offered time',
                'verbose_name_plural': 'offered times',
                'ordering': ['start_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('offer', 'start_at', 'found_by'), name='offered_time_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('invitee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='meetings.invitee')),
                ('time', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='meetings.offeredtime')),
                ('answer', models.CharField(choices=[('yes', 'yes'), ('if_need_be', 'if need be'), ('no', 'no')], max_length=10, verbose_name='answer')),
            ],
            options={
                'verbose_name': 'vote',
                'verbose_name_plural': 'votes',
                'constraints': [models.UniqueConstraint(fields=('invitee', 'time'), name='vote_once')],
            },
        ),
        migrations.CreateModel(
            name='OfferEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='meetings.offer')),
                ('kind', models.CharField(choices=[('sent', 'sent'), ('chosen', 'time chosen'), ('undone', 'choice undone'), ('answered', 'answered'), ('none_suits', 'none suits'), ('wished', 'another time wished for'), ('added', 'time added'), ('kept', 'another time kept'), ('let_go', 'time let go'), ('all_answered', 'all have answered'), ('closed', 'closed and booked'), ('undecided', 'no time to book'), ('withdrawn', 'withdrawn')], max_length=12)),
                ('at', models.DateTimeField(db_index=True)),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.contact')),
                ('start_at', models.DateTimeField(blank=True, null=True)),
                ('words', models.CharField(blank=True, max_length=1000, verbose_name='words')),
            ],
            options={
                'verbose_name': 'event of an offer',
                'verbose_name_plural': 'events of offers',
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('actor__isnull', True), ('contact__isnull', True), _connector='OR'), name='offer_event_by_one_person')],
            },
        ),
        migrations.CreateModel(
            name='IdempotentReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.contact')),
                ('request_digest', models.CharField(max_length=64)),
                ('location', models.CharField(max_length=500)),
                ('created_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('actor', 'contact', 'key'), name='idempotent_reply_once_per_person', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('actor__isnull', True), ('contact__isnull', True), _connector='XOR'), name='idempotent_reply_to_one_person')],
            },
        ),
    ]
