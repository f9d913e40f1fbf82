from django.urls import path

from scheduling.outreach.views import (
    answers,
    approvals,
    asking,
    bounces,
    check_ins,
    enquiries,
    holidays,
    offers,
    outbox,
    own_page,
    personal_data,
    public_pages,
    surveys,
    switch,
    texts,
    visits,
    wishes,
)

app_name = "outreach"
urlpatterns = [
    path("", outbox.outbox, name="outbox"),
    path("<int:pk>/", outbox.message, name="message"),
    path("<int:pk>/preview/", outbox.preview, name="preview"),
    path("<int:pk>/retry/", outbox.retry, name="retry"),
    path("<int:pk>/said/", outbox.said, name="said"),
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

enquiry_patterns = [
    path("", enquiries.enquiries, name="list"),
    path("<int:pk>/accept/", enquiries.accept, name="accept"),
    path("<int:pk>/decline/", enquiries.decline, name="decline"),
]

# Account managers' public pages, with/<name>/. No name is “-”.
public_patterns = [
    path("-/", public_pages.confirm, name="confirm"),
    path("-/<str:token>/", public_pages.link, name="link"),
    path("<slug:name>/", public_pages.page, name="page"),
    path("<slug:name>/client/", public_pages.recognise, name="recognise"),
    path("<slug:name>/code/", public_pages.code, name="code"),
    path("<slug:name>/ask/", public_pages.ask, name="ask"),
    path("<slug:name>/asked/", public_pages.asked, name="asked"),
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

# Below a contact's form, clients/contacts/<pk>/data/: for admins.
personal_data_patterns = [
    path("", personal_data.erase_contact, name="erase"),
    path("export/", personal_data.export_of_contact, name="export"),
]

# Behind private links, but for the ways to see a page differently and back in; `you` is their namespace.
you_patterns = [
    path("", own_page.home, name="home"),
    path("zone/", visits.zone, name="zone"),
    path("language/", visits.language, name="language"),
    path("lost/", visits.lost, name="lost"),
    path("lost/asked/", visits.asked, name="asked"),
    path("data/", personal_data.data, name="data"),
    path("data/export/", personal_data.export, name="export"),
    path("data/erase/", personal_data.erase, name="erase"),
    path("wishes/", wishes.wishes, name="wishes"),
    path("wishes/holidays/", holidays.holidays, name="holidays"),
    path("unsubscribe/", wishes.unsubscribe, name="unsubscribe"),
    path("approvals/<int:pk>/", approvals.decide, name="approval"),
    path("approvals/<int:pk>/file/", approvals.file_for_contact, name="approval_file"),
    path("survey/<int:pk>/", surveys.answer, name="survey"),
    path("times/<slug:name>/", asking.ask_times, name="ask_times"),
    path("offers/<int:pk>/", offers.offer, name="offer"),
    path("offers/<int:pk>/times/", offers.times, name="offer_times"),
    path("meetings/<int:pk>/", answers.answer, name="meeting"),
    path("meetings/<int:pk>/move/", own_page.move, name="move"),
    path("meetings/<int:pk>/cancel/", own_page.cancel, name="cancel"),
    path("meetings/<int:pk>/meeting.ics", own_page.calendar_file, name="calendar_file"),
]
