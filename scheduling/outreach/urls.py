from django.urls import path

from scheduling.outreach.views import answers, approvals, bounces, check_ins, outbox, surveys, switch, texts, wishes

app_name = "outreach"
urlpatterns = [
    path("", outbox.outbox, name="outbox"),
    path("<int:pk>/", outbox.message, name="message"),
    path("<int:pk>/preview/", outbox.preview, name="preview"),
    path("<int:pk>/retry/", outbox.retry, name="retry"),
    path("texts/", texts.texts, name="texts"),
    path("texts/<str:purpose>/<str:language>/<str:formality>/", texts.text, name="text"),
    path("texts/<str:purpose>/<str:language>/<str:formality>/preview/", texts.preview_text, name="preview_text"),
    path("texts/<str:purpose>/<str:language>/<str:formality>/reset/", texts.reset_text, name="reset_text"),
    path("<int:pk>/trust-address/", bounces.trust_recipient, name="trust_recipient"),
    path("contacts/<int:pk>/trust-address/", bounces.trust_contact, name="trust_contact"),
    path("reports/<slug:provider>/", bounces.provider_report, name="provider_report"),
    path("retry-all/", outbox.retry_all, name="retry_all"),
    path("switch/", switch.switch, name="switch"),
    path("switch/pause/", switch.pause, name="pause"),
    path("switch/resume/", switch.resume, name="resume"),
]

approval_patterns = [
    path("ask/<int:pk>/", approvals.ask, name="ask"),
    path("<int:pk>/", approvals.detail, name="detail"),
    path("<int:pk>/withdraw/", approvals.withdraw, name="withdraw"),
    path("<int:pk>/file/", approvals.file, name="file"),
]

survey_patterns = [
    path("", surveys.results, name="results"),
    path("<int:pk>/dismiss/", surveys.dismiss, name="dismiss"),
    path("rules/<int:pk>/", surveys.rule, name="rule"),
]

# Below a client's own page, clients/<pk>/check-ins/.
check_in_patterns = [
    path("", check_ins.plan, name="plan"),
    path("start/", check_ins.start, name="start"),
    path("edit/", check_ins.edit, name="edit"),
    path("pause/", check_ins.pause, name="pause"),
    path("resume/", check_ins.resume, name="resume"),
    path("talk/", check_ins.talk, name="talk"),
    path("drafts/<int:message>/", check_ins.draft, name="draft"),
    path("<int:enrolment>/<str:date>/", check_ins.mail, name="mail"),
    path("<int:enrolment>/<str:date>/frame/", check_ins.frame, name="frame"),
    path("<int:enrolment>/<str:date>/test/", check_ins.test, name="test"),
]

# Behind private links; `you` is their namespace.
you_patterns = [
    path("wishes/", wishes.wishes, name="wishes"),
    path("unsubscribe/", wishes.unsubscribe, name="unsubscribe"),
    path("approvals/<int:pk>/", approvals.decide, name="approval"),
    path("approvals/<int:pk>/file/", approvals.file_for_contact, name="approval_file"),
    path("survey/<int:pk>/", surveys.answer, name="survey"),
    path("meetings/<int:pk>/", answers.answer, name="meeting"),
]
