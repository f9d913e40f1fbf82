from django.urls import path

from scheduling.meetings.views import fairness, meetings, offers, one_series, propose, series

app_name = "meetings"

urlpatterns = [
    path("", meetings.meeting_list, name="list"),
    path("propose/", propose.propose, name="propose"),
    path("book/", meetings.book, name="book"),
    path("series/", series.series_list, name="series_list"),
    path("series/plan/", series.plan, name="plan_series"),
    path("series/book/", series.book, name="book_series"),
    path("fairness/", fairness.overview, name="fairness_overview"),
    path("fairness/<slug:scope>/<int:pk>/", fairness.circle, name="fairness"),
    path("fairness/<slug:scope>/<int:pk>/<slug:key>/", fairness.person, name="fairness_person"),
    path("series/<int:pk>/", one_series.detail, name="series"),
    path("series/<int:pk>/edit/", one_series.edit, name="edit_series"),
    path("series/<int:pk>/move/", one_series.move, name="move_series"),
    path("series/<int:pk>/series.ics", one_series.calendar_file, name="series_file"),
    path("series/<int:pk>/cancel/", one_series.cancel, name="cancel_series"),
    path("offers/", offers.offer_list, name="offers"),
    path("offers/send/", offers.send, name="send_offer"),
    path("offers/<int:pk>/", offers.detail, name="offer"),
    path("offers/<int:pk>/close/", offers.close, name="close_offer"),
    path("offers/<int:pk>/add/", offers.add, name="add_time"),
    path("offers/<int:pk>/withdraw/", offers.withdraw, name="withdraw_offer"),
    path("<int:pk>/", meetings.detail, name="detail"),
    path("<int:pk>/edit/", meetings.edit, name="edit"),
    path("<int:pk>/keep/", meetings.keep, name="keep"),
    path("<int:pk>/move/", meetings.move, name="move"),
    path("<int:pk>/cancel/", meetings.cancel, name="cancel"),
    path("<int:pk>/invitation.ics", meetings.invitation, name="invitation"),
]
