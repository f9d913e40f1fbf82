from django.urls import path

from scheduling.meetings.views import meetings, propose

app_name = "meetings"

urlpatterns = [
    path("", meetings.meeting_list, name="list"),
    path("propose/", propose.propose, name="propose"),
    path("book/", meetings.book, name="book"),
    path("<int:pk>/", meetings.detail, name="detail"),
    path("<int:pk>/edit/", meetings.edit, name="edit"),
    path("<int:pk>/move/", meetings.move, name="move"),
    path("<int:pk>/cancel/", meetings.cancel, name="cancel"),
    path("<int:pk>/invitation.ics", meetings.invitation, name="invitation"),
]
