from django.urls import path

from scheduling.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.today, name="today"),
    path("clients/<int:pk>/", views.client_profile, name="client"),
    path("off/", views.who_is_off, name="off"),
    path("account/", views.account, name="account"),
]
