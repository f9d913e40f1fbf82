"""Answering a survey, asking for one, and choosing which answers are shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.fields import LinesInput
from clients.forms import PageForm
from clients.models import AccountManager, Client, Team
from clients.selectors import clients_for, teams_for
from scheduling.outreach.models import Survey, SurveyRule


class ScoreForm(forms.Form):
    """One of the numbers of the question's scale."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lowest, highest = survey.scores[0], survey.scores[-1]
        wrong = _("Choose one of the numbers from %(lowest)s to %(highest)s.") % {"lowest": lowest, "highest": highest}
        self.fields["score"] = forms.TypedChoiceField(
            label=_("Your answer"),
            coerce=int,
            choices=[(str(score), str(score)) for score in survey.scores],
            error_messages={"required": wrong, "invalid_choice": wrong},
        )


class CommentForm(forms.Form):
    """In their own words."""

    words = forms.CharField(
        label=_("What was good, or what should be different?"),
        max_length=2000,
        widget=LinesInput(attrs={"rows": 4, "class": "input"}),
    )


class SurveyRuleForm(PageForm[SurveyRule]):
    """How often the contacts of a client are asked."""

    class Meta:
        model = SurveyRule
        fields = ("every", "asks_nps")


class ResultsForm(forms.Form):
    """Which answers are counted; nothing chosen counts those of a year."""

    MONTHS = (("3", _("The last 3 months")), ("12", _("The last 12 months")), ("36", _("The last 3 years")))

    client = forms.ModelChoiceField(label=_("Client"), required=False, queryset=Client.objects.none())
    segment = forms.ChoiceField(
        label=_("Segment"), required=False, choices=[("", _("All segments")), *Client.Segment.choices]
    )
    team = forms.ModelChoiceField(label=_("Team"), required=False, queryset=Team.objects.none())
    months = forms.ChoiceField(label=_("Period"), required=False, choices=[("", MONTHS[1][1]), MONTHS[0], MONTHS[2]])

    def __init__(self, *args: Any, actor: AccountManager, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients, teams = self.fields["client"], self.fields["team"]
        if isinstance(clients, forms.ModelChoiceField) and isinstance(teams, forms.ModelChoiceField):
            clients.queryset, clients.empty_label = clients_for(actor), _("All clients")
            teams.queryset, teams.empty_label = teams_for(actor), _("All teams")
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
