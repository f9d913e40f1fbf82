"""Audit entries can be added and nothing else, whoever asks the database."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clients.audit import audit
from clients.models import AuditEntry
from tests.people import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> AuditEntry:
    return audit(actor=None, action="create", subject=make_client(), now=timezone.now())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clients_auditentry SET action = 'forged'",
        "UPDATE clients_auditentry SET action = 'forged' WHERE false",
        "DELETE FROM clients_auditentry",
        "TRUNCATE clients_auditentry",
        "TRUNCATE clients_auditentry CASCADE",
        "INSERT INTO clients_auditentry TABLE clients_auditentry ON CONFLICT (id) DO UPDATE SET action = 'forged'",
        "MERGE INTO clients_auditentry a USING (SELECT 1) b ON true WHEN MATCHED THEN DELETE",
    ],
)
def test_the_database_refuses_to_change_an_entry(entry: AuditEntry, statement: str) -> None:
    before = AuditEntry.objects.values().get()
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        cursor.execute(statement)
    assert AuditEntry.objects.values().get() == before


def test_the_orm_is_refused_too(entry: AuditEntry) -> None:
    entry.action = "forged"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        entry.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        entry.delete()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_an_entry_outlives_what_it_speaks_of(entry: AuditEntry) -> None:
    client = make_client()
    audit(actor=None, action="create", subject=client, now=timezone.now())
    client.delete()
    assert AuditEntry.objects.count() == 2
