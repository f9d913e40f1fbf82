"""The answer to a fault that nobody else has answered."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

# Long enough for a server that starts anew, short enough for whoever waits.
RETRY_SECONDS = 5
# The server ends sessions, starts up, or has no connection left.
# Source: PostgreSQL, “Error Codes”, classes 08, 53 and 57P.
_PASSING = ("08", "53", "57P")
#: Pages of contacts and strangers, whom neither today's page nor an administrator can help.
OF_CLIENTS = ("/p/", "/you/", "/with/")


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503, for people or for programs, where the database can't be reached.

    As the handler of last resort it also hears of what happens in middleware, such as while a session is read.
    """
    context = {"is_clients": request.path_info.startswith(OF_CLIENTS)}
    if not is_unreachable(sys.exc_info()[1]):
        return HttpResponseServerError(loader.render_to_string("500.html", context))
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        answer = {"error": _("The database can't be reached. Try again in a few seconds.")}
        return JsonResponse(answer, status=503, headers=headers)
    return HttpResponse(loader.render_to_string("503.html", context), status=503, headers=headers)


def is_unreachable(error: BaseException | None) -> bool:
    """Whether the error says that there is no connection to the database, or none any more."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    # Whoever could not connect has no code: libpq only passes on the server's words.
    code = getattr(error.__cause__, "sqlstate", None)
    return code is None or code.startswith(_PASSING)
