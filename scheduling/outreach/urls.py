from django.urls import path

from scheduling.outreach import views

app_name = "outreach"
urlpatterns = [
    path("", views.outbox, name="outbox"),
    path("<int:pk>/", views.message, name="message"),
    path("<int:pk>/preview/", views.preview, name="preview"),
    path("<int:pk>/retry/", views.retry, name="retry"),
]
