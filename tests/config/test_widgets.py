"""Widgets that the project draws itself, beside Django's own."""

from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

CHOICES = [("", "None"), (1, "One <1>"), ("Zones", [("Europe/Paris", "Paris & around"), ("Asia/Tokyo", "Tokyo")])]


class Chosen(forms.Form):
    plain = forms.ChoiceField(choices=CHOICES, required=False)
    described = forms.ChoiceField(choices=CHOICES, widget=forms.Select({"aria-describedby": "help", "class": "wide"}))
    many = forms.MultipleChoiceField(choices=CHOICES)


def test_selects_are_as_django_draws_them() -> None:
    values = {"plain": "1", "described": "Asia/Tokyo", "many": ["1", "Europe/Paris"]}
    ours, djangos = Chosen(values), Chosen(values, renderer=DjangoTemplates())
    for name in values:
        assert str(ours[name]).count("<option") == 4
        assert parse_html(str(ours[name])) == parse_html(str(djangos[name]))
