"""What made-up strangers ask at the first account manager's public page."""

import datetime as dt
import secrets

from clients.models import AccountManager
from scheduling.outreach.models import Enquiry


def leave_requests(*, manager: AccountManager, now: dt.datetime) -> None:
    """One request whose address is confirmed."""
    enquiry = Enquiry(
        account_manager=manager,
        full_name="Tomás Arrabal",
        company="Faro y Marea",
        email="tomas@faroymarea.example",
        language="es",
        time_zone="America/Montevideo",
        about="Necesitamos un catálogo nuevo para la temporada de verano, en español y en inglés.",
        wishes="Mejor por la mañana, por videollamada.",
        state=Enquiry.State.WAITING,
        seed=secrets.token_bytes(32),
        token_hash=secrets.token_bytes(32),
        created_at=now - dt.timedelta(hours=5),
        confirmed_at=now - dt.timedelta(hours=4),
    )
    enquiry.full_clean()
    enquiry.save()
