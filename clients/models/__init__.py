from clients.models.audit import AuditEntry
from clients.models.links import PrivateLink
from clients.models.organisations import Client, Team
from clients.models.people import AccountManager, Contact, DayOff, Person

__all__ = ["AccountManager", "AuditEntry", "Client", "Contact", "DayOff", "Person", "PrivateLink", "Team"]
