"""Check-ins by chat: what a real receiver gets, which addresses are refused, and what goes by mail instead."""

import datetime as dt
import io
import logging
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import Settings

from clients.models import AuditEntry, PrivateLink
from config.embedded import LOOPBACK
from scheduling.outreach import channels, reasons
from scheduling.outreach.errors import ChannelFailed
from scheduling.outreach.models import Approval, Enrolment, MailAddress, Message, TeamChannel
from scheduling.outreach.services import deliver
from scheduling.outreach.services.check_ins import NewStep
from scheduling.outreach.services.planning_check_ins import replan
from tests.outreach.check_in_rows import MONDAY_MORNING, make_plan
from tests.outreach.receiver import Receiver, running_receiver
from tests.people import make_account_manager, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

#: Nine on a Monday in Tokyo, and a quarter of an hour.
DUE = dt.datetime(2026, 10, 5, 0, 0, tzinfo=dt.UTC)
LATER = dt.timedelta(minutes=15)
SECRET = "canary-7f3a"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.CHANNELS_MAY_REACH_PRIVATE = True
    with running_receiver() as receiver:
        yield receiver


def by_chat(*addresses: str, **values: Any) -> Enrolment:
    """A plan of somebody who prefers chat, with or without a channel of the team."""
    values = {"language": "ja", "full_name": "Aiko Tanaka", "preferred_channel": "chat", **values}
    enrolment = make_plan(MONDAY_MORNING, **values)
    for address in addresses:
        TeamChannel.objects.create(team=enrolment.contact.client.team, name="#sunrise", address=address)
    return enrolment


def deliver_at(at: dt.datetime) -> None:
    deliver(clock=lambda: at)


def signed_in(enrolment: Enrolment, **values: Any) -> Browser:
    browser = Browser()
    browser.force_login(make_account_manager(enrolment.contact.client.team, **values))
    return browser


def test_a_check_in_goes_to_the_teams_channel_in_its_readers_language_(
    receiver: Receiver, smtp_server: SmtpServer
) -> None:
    enrolment = by_chat(receiver.address())
    deliver_at(DUE)
    deliver_at(DUE)
    [(path, post)] = receiver.posts
    assert path == "/hook"
    assert post["title"].startswith("Aiko Tanaka · ")
    assert "優先" in post["title"] + post["message"]
    message = Message.objects.get()
    assert (message.state, message.channel, message.fallback_reason) == ("sent", "chat", "")
    assert smtp_server.deliveries == []
    page = signed_in(enrolment).get(f"/outbox/{message.pk}/").content.decode()
    assert post["message"].splitlines()[0] in page
    assert "Chat" in page


@pytest.mark.parametrize(
    ("address", "reason"), [(None, reasons.NO_CHANNEL), ("json://10.9.8.7/", reasons.CHANNEL_PRIVATE)]
)
def test_what_can_not_go_by_chat_goes_by_mail_and_says_so(
    address: str | None, reason: str, smtp_server: SmtpServer
) -> None:
    enrolment = by_chat(*filter(None, [address]))
    deliver_at(DUE)
    deliver_at(DUE)
    message = Message.objects.get()
    assert (message.state, message.channel, message.fallback_reason) == ("sent", "email", reason)
    assert len(smtp_server.deliveries) == 1
    browser = signed_in(enrolment)
    assert reason in browser.get("/outbox/").content.decode()
    assert reason in browser.get(f"/outbox/{message.pk}/").content.decode()


def test_the_plan_says_what_went_by_mail_instead() -> None:
    """This week's, as the page shows it."""
    now = timezone.now()
    around = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    steps = [NewStep(day, dt.time(12), "priorities") for day in range(7)]
    enrolment = make_plan(*steps, now=now, working_hours=around, preferred_channel="chat", time_zone="UTC")
    browser, url = signed_in(enrolment), f"/clients/{enrolment.contact.client_id}/check-ins/"
    assert " · Chat" in browser.get(url).content.decode()
    Message.objects.update(channel="email", fallback_reason=reasons.NO_CHANNEL)
    assert reasons.NO_CHANNEL in browser.get(url).content.decode()


def test_a_channel_that_fails_is_tried_three_times_and_once_in_a_batch(
    receiver: Receiver, smtp_server: SmtpServer
) -> None:
    receiver.status = 500
    by_chat(receiver.address())
    first = Message.objects.get()
    for number in (1, 2):
        row = {field.attname: getattr(first, field.attname) for field in Message._meta.concrete_fields}
        Message.objects.create(**{**row, "id": None, "occurrence_key": f"more:{number}", "message_id": f"<{number}@x>"})
    deliver_at(DUE)
    assert len(receiver.posts) == 1
    assert set(Message.objects.values_list("state", "channel", "tries")) == {("pending", "chat", 1)}
    for number in range(1, 4):
        deliver_at(DUE + number * LATER)
    assert len(receiver.posts) == 3
    assert set(Message.objects.values_list("state", "fallback_reason")) == {("sent", reasons.CHANNEL_FAILED)}
    assert len(smtp_server.deliveries) == 3


def test_somebody_without_a_mail_address_is_reached_by_chat_or_told_to_be_unreachable(receiver: Receiver) -> None:
    by_chat(receiver.address(), email="")
    deliver_at(DUE)
    assert Message.objects.get().state == "sent"
    TeamChannel.objects.all().delete()
    by_chat(email="")
    deliver_at(DUE)
    message = Message.objects.latest("pk")
    assert (message.state, message.reason, message.fallback_reason) == (
        "undeliverable",
        reasons.NO_ADDRESS,
        reasons.NO_CHANNEL,
    )


def test_a_chat_quotes_what_is_pending_and_leaves_its_private_link_to_the_contacts_mail(receiver: Receiver) -> None:
    enrolment = by_chat(receiver.address(), language="en")
    asked = {"client": enrolment.contact.client, "contact": enrolment.contact, "title": "New logo"}
    Approval.objects.create(**asked, account_manager=enrolment.plan.account_manager, asked_at=DUE - LATER)
    Message.objects.update(purposes=["approvals"])
    deliver_at(DUE)
    [(_path, post)] = receiver.posts
    assert "New logo" in post["message"]
    assert "http" not in post["message"]
    assert not PrivateLink.objects.exists()


def test_mail_that_came_back_keeps_nobody_from_a_chat(receiver: Receiver) -> None:
    enrolment = by_chat(receiver.address())
    email = enrolment.contact.email.lower()
    MailAddress.objects.create(email=email, bounce_score=5, suppressed_at=DUE - LATER, reason="550")
    deliver_at(DUE)
    assert Message.objects.get().state == "sent"


@pytest.mark.parametrize(("channel", "preferred"), [("email", "chat"), ("preferred", "video")])
def test_a_step_that_is_to_be_a_mail_is_one_and_so_is_one_for_who_prefers_video_calls(
    channel: str, preferred: str
) -> None:
    make_plan(NewStep(0, dt.time(9), "priorities", channel=channel), preferred_channel=preferred)
    assert Message.objects.get().channel == "email"


def test_a_wish_for_another_channel_holds_from_the_next_planning_on() -> None:
    enrolment = by_chat()
    assert Message.objects.get().channel == "chat"
    enrolment.contact.preferred_channel = "email"
    enrolment.contact.save()
    replan(now=DUE - dt.timedelta(hours=30))
    assert Message.objects.get().channel == "email"


def has_ipv6() -> bool:
    try:
        socket.socket(socket.AF_INET6).close()
    except OSError:
        return False
    return True


NOT_PUBLIC = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
]


@pytest.mark.parametrize("ip_address", NOT_PUBLIC)
def test_a_connection_to_an_address_that_is_not_public_is_refused_whatever_a_resolver_said_before(
    ip_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_new = ":" in ip_address

    def resolve(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        family, address = (
            (socket.AF_INET6, (ip_address, port, 0, 0)) if is_new else (socket.AF_INET, (ip_address, port))
        )
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)]

    with running_receiver() as receiver:
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        with pytest.raises(ChannelFailed) as refused:
            channels.send(f"json://channel.example:{receiver.port}/", subject="s", text="t")
        assert receiver.posts == []
    # A machine without IPv6 does not get as far as to a connection.
    has_socket = not is_new or has_ipv6()
    assert refused.value.reason == (reasons.CHANNEL_PRIVATE if has_socket else reasons.CHANNEL_FAILED)


def test_the_guard_is_for_channels_alone() -> None:
    with running_receiver() as receiver:
        with pytest.raises(ChannelFailed):
            channels.send(receiver.address(), subject="s", text="t")
        socket.create_connection(("127.0.0.1", receiver.port)).close()


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    receiver.status = 307
    with pytest.raises(ChannelFailed):
        channels.send(receiver.address(), subject="s", text="t")
    assert [path for path, _post in receiver.posts] == ["/hook"]


def test_a_channel_that_does_not_answer_is_left_in_time(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "SECONDS", 0.2)
    receiver.status = None
    with pytest.raises(ChannelFailed) as silent:
        channels.send(receiver.address(), subject="s", text="t")
    assert (silent.value.reason, silent.value.permanent) == (reasons.CHANNEL_SILENT, False)


@pytest.mark.parametrize("address", ["", "slack://", "mailto://a:b@c.example", "syslog://", "file:///etc/passwd", "x"])
def test_only_addresses_of_chat_services_are_taken(address: str) -> None:
    with pytest.raises(ValidationError):
        channels.validate_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "mmosts://chat.client.example/3ccdd113474722377935511fc85d3dd4",
        "jsons://user:password@hooks.client.example/in",
    ],
)
def test_addresses_of_chat_services_are_taken(address: str) -> None:
    channels.validate_address(address)


def test_an_address_is_written_by_admins_and_shown_to_nobody(
    receiver: Receiver, smtp_server: SmtpServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the console would show of it all.
    [console] = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    shown_there = io.StringIO()
    monkeypatch.setattr(console, "stream", shown_there)
    caplog.set_level(logging.DEBUG)
    admin, team = Browser(), make_team(name="Sunrise")
    admin.force_login(make_account_manager(is_staff=True, is_superuser=True))
    url = "/admin/outreach/teamchannel/"
    wrong = admin.post(f"{url}add/", {"team": team.pk, "name": "#sunrise", "address": f"ftp://{SECRET}.example/"})
    assert wrong.status_code == 200
    added = admin.post(f"{url}add/", {"team": team.pk, "name": "#sunrise", "address": receiver.address(SECRET)})
    assert added.status_code == 302
    channel = TeamChannel.objects.get()
    assert SECRET in channel.address
    renamed = admin.post(f"{url}{channel.pk}/change/", {"team": team.pk, "name": "#dawn", "address": ""})
    assert renamed.status_code == 302
    channel.refresh_from_db()
    assert (channel.name, SECRET in channel.address) == ("#dawn", True)

    enrolment = make_plan(MONDAY_MORNING, preferred_channel="chat")
    TeamChannel.objects.update(team=enrolment.contact.client.team)
    receiver.status = 401
    for number in range(4):
        deliver_at(DUE + number * LATER)
    assert Message.objects.get().fallback_reason == reasons.CHANNEL_FAILED
    assert len(receiver.posts) == 3

    message = Message.objects.get()
    shown = [wrong, *map(admin.get, [url, f"{url}{channel.pk}/change/", "/outbox/", f"/outbox/{message.pk}/"])]
    shown += map(admin.get, ["/admin/clients/auditentry/", "/metrics"])
    assert not [page for page in shown if SECRET in page.content.decode()]
    assert SECRET not in str(list(AuditEntry.objects.values()))
    assert SECRET not in str(list(Message.objects.values()))
    assert "DEBUG" in shown_there.getvalue()
    assert SECRET not in shown_there.getvalue()


@pytest.mark.parametrize(
    ("address", "plugin", "url", "field", "expected"),
    [
        # Telegram refuses what it is told to be HTML and is none.
        (
            "tgram://123456789:abcdefg_hijklmnop/12315544/",
            "apprise.plugins.telegram.NotifyTelegram",
            "notify_url",
            "text",
            "Offer &lt;draft 2&gt;",
        ),
        # Slack takes it for a mention of everybody in the channel.
        (
            "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
            "apprise.plugins.slack.NotifySlack",
            "webhook_url",
            "attachments",
            "&lt;!channel&gt;",
        ),
    ],
    ids=["telegram", "slack"],
)
def test_a_service_is_told_that_a_text_is_plain(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str, plugin: str, url: str, field: str, expected: str
) -> None:
    settings.CHANNELS_MAY_REACH_PRIVATE = True
    with running_receiver() as receiver:
        monkeypatch.setattr(f"{plugin}.{url}", f"http://{LOOPBACK}:{receiver.port}/there")
        with suppress(ChannelFailed):
            channels.send(address, subject="Ana · Approvals", text="• Offer <draft 2>\n• <!channel> \n")
    assert expected in str(receiver.posts[-1][1][field])


def test_a_text_message_goes_to_the_phone_of_each_and_one_wrong_number_holds_up_nobody(
    receiver: Receiver, smtp_server: SmtpServer
) -> None:
    """By a Signal gateway, the one of these services that can be in one's own network."""
    enrolment = by_chat(f"signal://{LOOPBACK}:{receiver.port}/+447700900123/{{phone}}", phone="+442079460018")
    client, plan = enrolment.contact.client, enrolment.plan
    for phone in ("+442079460019", ""):
        other = make_contact(client, preferred_channel="chat", phone=phone, time_zone="Asia/Tokyo")
        Enrolment.objects.create(plan=plan, contact=other, first_week_date=enrolment.first_week_date)
    replan(now=DUE - dt.timedelta(hours=12))
    receiver.status = 400
    deliver_at(DUE)
    assert [post["recipients"] for _path, post in receiver.posts] == [["+442079460018"], ["+442079460019"]]
    receiver.status = 201
    deliver_at(DUE + LATER)
    told = {tuple(post["recipients"]): post["message"] for _path, post in receiver.posts[2:]}
    assert set(told) == {("+442079460018",), ("+442079460019",)}
    assert "優先" in told["+442079460018",]
    # Nobody else reads it.
    assert "Aiko Tanaka ·" not in told["+442079460018",]
    assert sorted(Message.objects.values_list("channel", "state", "fallback_reason")) == [
        ("chat", "sent", ""),
        ("chat", "sent", ""),
        ("email", "sent", reasons.NO_PHONE),
    ]
    assert len(smtp_server.deliveries) == 1


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("twilio://AC735c307c62944b5a9dfabe6f4ac7d1b8:d1b8735c307c62944b5a9dfabe6f4ac7@+15005550006/{phone}", True),
        ("smseagle://token@sms.example/{phone}", True),
        ("smseagle://token@sms.example/", False),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/{phone}", False),
    ],
)
def test_the_number_of_whoever_it_goes_to_has_its_place_in_addresses_of_sms_services_alone(
    address: str, is_one: bool
) -> None:
    if is_one:
        channels.validate_address(address)
    else:
        with pytest.raises(ValidationError, match=r"Write \{phone\} where"):
            channels.validate_address(address)
