from django.urls import path

from clients import views

app_name = "clients"

# A client's own page, clients/<pk>/, combines everything and belongs to scheduling.desk.
urlpatterns = [
    path("", views.client_list, name="list"),
    path("add/", views.client_create, name="create"),
    path("me/edit/", views.profile_edit, name="me"),
    path("<int:pk>/edit/", views.client_edit, name="edit"),
    path("<int:pk>/contacts/add/", views.contact_create, name="contact_create"),
    path("contacts/<int:pk>/edit/", views.contact_edit, name="contact_edit"),
]
