"""What can go wrong in writing clients and people after a form was valid."""


class ClientsError(Exception):
    """Nothing was written."""


class NameTaken(ClientsError):
    """Another client got this name in the meantime."""


class KeyReused(ClientsError):
    """The same form came before with other contents."""


class LinkEnded(ClientsError):
    """The private link is mistyped, revoked, past its end, or was sent to an address that its contact no longer has."""
