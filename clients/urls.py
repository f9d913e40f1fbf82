from django.urls import path

from clients.views import directory

app_name = "clients"

# A client's own page, clients/<pk>/, combines everything and belongs to scheduling.desk.
urlpatterns = [
    path("", directory.client_list, name="list"),
    path("add/", directory.client_create, name="create"),
    path("me/edit/", directory.profile_edit, name="me"),
    path("<int:pk>/edit/", directory.client_edit, name="edit"),
    path("<int:pk>/contacts/add/", directory.contact_create, name="contact_create"),
    path("contacts/<int:pk>/edit/", directory.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/end-links/", directory.end_links, name="end_links"),
]
