"""How an account manager signs in."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator

from clients.models import AccountManager


@dataclass(frozen=True)
class SignInMeans:
    """What is set up beside the password."""

    has_app: bool
    passkeys: int
    recovery_codes: int


def sign_in_means(actor: AccountManager) -> SignInMeans:
    """The actor's second factors, in one query."""
    rows = list(Authenticator.objects.filter(user=actor))
    codes = [row.wrap() for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    return SignInMeans(
        has_app=any(row.type == Authenticator.Type.TOTP for row in rows),
        passkeys=sum(row.type == Authenticator.Type.WEBAUTHN for row in rows),
        recovery_codes=sum(len(each.get_unused_codes()) for each in codes),
    )
