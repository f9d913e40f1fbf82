import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import holidays_app.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='HolidayCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, help_text='Leave empty for the calendar of the place itself, which new contacts there are given.', max_length=120, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029<>]', 'Remove line breaks, other control characters, and the characters < and >.', code='plain_text', inverse_match=True)], verbose_name='name')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('subdivision', models.CharField(blank=True, max_length=40, verbose_name='subdivision')),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=holidays_app.models.default_categories, size=None, verbose_name='kinds of holiday')),
                ('is_personal', models.BooleanField(default=False, editable=False, verbose_name='personal')),
            ],
            options={
                'verbose_name': 'holiday calendar',
                'verbose_name_plural': 'holiday calendars',
                'ordering': ['country', 'subdivision', 'name'],
                'constraints': [models.UniqueConstraint(fields=('country', 'subdivision', 'name'), name='holiday_calendar_once_per_place_and_name', violation_error_message='There is a calendar of this name for this place already.')],
            },
        ),
        migrations.CreateModel(
            name='CalendarChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='holidays_app.holidaycalendar', verbose_name='calendar')),
                ('kind', models.CharField(choices=[('closure', 'Day off'), ('half_day', 'Half day'), ('workday', 'Extra working day'), ('removed', 'Holiday not kept')], default='closure', max_length=10, verbose_name='kind')),
                ('first_date', models.DateField(verbose_name='first day')),
                ('last_date', models.DateField(blank=True, help_text='Leave empty for a single day.', verbose_name='last day')),
                ('name', models.CharField(blank=True, max_length=120, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029<>]', 'Remove line breaks, other control characters, and the characters < and >.', code='plain_text', inverse_match=True)], verbose_name='name')),
            ],
            options={
                'verbose_name': 'local change',
                'verbose_name_plural': 'local changes',
                'ordering': ['first_date', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_date__gte', models.F('first_date'))), name='calendar_change_in_order', violation_error_message='The last day comes before the first day.'), models.CheckConstraint(condition=models.Q(('kind__in', ['workday', 'removed']), models.Q(('name', ''), _negated=True), _connector='OR'), name='calendar_change_named_where_shown', violation_error_message='A day off and a half day need a name.')],
            },
        ),
    ]
