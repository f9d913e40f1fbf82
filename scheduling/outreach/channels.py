"""The one door to Apprise: a text for a team's chat or SMS service, or for a receiver of one's own.

Apprise's services connect on their own, each in its way. Which addresses they may reach is therefore asked where none
of them gets around it: in an audit hook of Python's, at the moment in which a socket connects. By then names are
resolved and redirects followed, so nothing can be swapped between the check and the connection.
Source: PEP 578; Python's table of audit events.
"""

import contextvars
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scheduling.outreach.errors import ChannelFailed
from scheduling.outreach.reasons import CHANNEL_FAILED, CHANNEL_PRIVATE, CHANNEL_SILENT, CHANNEL_WRONG, NO_PHONE

if TYPE_CHECKING:
    from apprise import Apprise

#: Services that people read, and JSON for a receiver of one's own. All of them speak HTTP.
SCHEMES = frozenset(
    (
        *("slack", "msteams", "workflows", "discord", "gchat", "wxteams", "webex", "zulip", "tgram", "telegram"),
        *("mmost", "mmosts", "rocket", "rockets", "nctalk", "nctalks", "json", "jsons"),
    )
)
#: Services that write to somebody's phone; their address says where its number belongs.
TO_A_PHONE = frozenset(
    (
        *("twilio", "vonage", "plivo", "sinch", "msgbird", "clicksend", "telnyx", "seven", "bulksms"),
        *("smseagle", "smseagles", "signal", "signals"),
    )
)
PHONE = "{phone}"
#: A number that nobody has, to see whether an address is one. Source: Ofcom, numbers for use in drama.
_NOBODYS_PHONE = "+447700900000"
#: From the beginning to the end, whatever a service does in between.
SECONDS = 10.0


@dataclass
class _Watch:
    """Whether a connection was refused in the course of one sending."""

    refused: bool = False


class PrivateAddress(OSError):
    """A connection to a private, local or otherwise not public address; libraries take it for any other failure."""


_watch: contextvars.ContextVar[_Watch | None] = contextvars.ContextVar("watch", default=None)


def address_of(address: str, *, phone: str) -> str:
    """The address with the number of whoever it goes to, where one belongs into it. Raises: ChannelFailed."""
    if PHONE in address and not phone:
        raise ChannelFailed(NO_PHONE, permanent=True)
    return address.replace(PHONE, phone)


def send(address: str, *, subject: str, text: str) -> None:
    """Returns once the service has taken the text, within `SECONDS`. Raises: ChannelFailed."""
    service = _service(address)
    if service is None:
        raise ChannelFailed(CHANNEL_WRONG, permanent=True)
    watch, context = _Watch(), contextvars.copy_context()
    if not settings.CHANNELS_MAY_REACH_PRIVATE:
        _install_hook()
        context.run(_watch.set, watch)
    # An exception's words may quote the address, and with it the secrets in it.
    taken = _within(SECONDS, lambda: context.run(service.notify, body=text, title=subject, body_format="text"))
    if watch.refused:
        raise ChannelFailed(CHANNEL_PRIVATE, permanent=True)
    if taken is None:
        raise ChannelFailed(CHANNEL_SILENT, permanent=False)
    if not taken:
        raise ChannelFailed(CHANNEL_FAILED, permanent=False)


def validate_address(address: str) -> None:
    """Raises: ValidationError where it is no address of a service that is allowed; it is not quoted."""
    scheme = address.partition("://")[0].lower()
    if (PHONE in address) != (scheme in TO_A_PHONE):
        raise ValidationError(
            _(
                "Write %(phone)s where the number of whoever it goes to belongs, in the address of an SMS service and "
                "in no other."
            ),
            code="phone",
            params={"phone": PHONE},
        )
    if _service(address_of(address, phone=_NOBODYS_PHONE)) is None:
        raise ValidationError(
            _(
                "This is not the address of a chat or SMS service that can be used here. Take one that begins with "
                "%(schemes)s; appriseit.com says how each is made."
            ),
            code="channel",
            params={"schemes": ", ".join(f"{scheme}://" for scheme in sorted(SCHEMES | TO_A_PHONE))},
        )


def _service(address: str) -> "Apprise | None":
    """What Apprise makes of an address, where that is allowed."""
    # Imported when it is needed: it takes as long as all of Django, and few processes send anything.
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415

    # Many services are also known by the https address that they themselves hand out.
    if address.partition("://")[0].lower() not in SCHEMES | TO_A_PHONE | {"https"}:
        return None
    asset = AppriseAsset(app_id="Dayband", app_desc="Dayband", http_redirects=False, async_mode=False)
    try:
        service = Apprise.instantiate(address, asset=asset)
    except Exception:  # noqa: BLE001  (of any service, about any address)
        return None
    schemes = _schemes(service.protocol) | _schemes(service.secure_protocol) if service is not None else frozenset()
    if service is None or not schemes & (SCHEMES | TO_A_PHONE):
        return None
    # A text that each service is told to be one: by itself a service takes it for HTML or Markdown of its own.
    door = Apprise(asset=asset)
    door.add(service)
    return door


def _schemes(named: Any) -> frozenset[str]:
    """A service names one scheme, several or none."""
    return frozenset([named] if isinstance(named, str) else named or ())


def _within(seconds: float, act: Callable[[], object]) -> bool | None:
    """Whether `act` returns what is true, False where it raises, or None where it takes longer and is left behind."""
    answer: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def run() -> None:
        try:
            answer.put(bool(act()))
        except Exception:  # noqa: BLE001  (of any service; its words may hold secrets)
            answer.put(False)

    threading.Thread(target=run, name="channel", daemon=True).start()
    try:
        return answer.get(timeout=seconds)
    except queue.Empty:
        return None


@cache
def _install_hook() -> None:
    """Has Python ask before each connection from now on; outside of `send` the answer is always yes."""
    from apprise.utils.http import is_public_ip_address  # noqa: PLC0415

    # Published without its types.
    is_public: Callable[[Any], bool] = is_public_ip_address

    def before_connecting(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "socket.connect" or (watch := _watch.get()) is None:
            return
        _socket, address = arguments
        # What is no IP address, such as a path of a Unix socket, is not public either.
        if not (isinstance(address, tuple) and is_public(address[0])):
            watch.refused = True
            raise PrivateAddress("not a public address")

    sys.addaudithook(before_connecting)
