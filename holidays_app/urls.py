from django.urls import path

from holidays_app import views

app_name = "holidays_app"
urlpatterns = [
    path("", views.calendar_list, name="list"),
    path("<int:pk>/", views.calendar_now, name="calendar"),
    path("<int:pk>/<int:year>/", views.calendar_year, name="year"),
    path("country/", views.country_picker, name="picker"),
    path("country/<str:country>/<int:year>/", views.country_year, name="country_year"),
    path("country/<str:country>/<str:subdivision>/<int:year>/", views.country_year, name="subdivision_year"),
]
