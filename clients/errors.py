"""What can go wrong in writing clients and people after a form was valid."""


class ClientsError(Exception):
    """Nothing was written."""


class NameTaken(ClientsError):
    """Another client got this name in the meantime."""
