"""Django's `flush`, which runs after each test that commits, at a small part of its cost.

Django's own gives every table and index new files, and then makes all content types and permissions anew.
"""

from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction
from psycopg import sql

# What migrations fill, and no test changes.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
# More is not worth deleting row by row, nor keeping as dead rows, which nothing here vacuums.
MANY_BYTES = 2_000_000


class Command(flush.Command):
    help = "Empties all tables but those that migrations fill, that of the cache among them."

    def handle(self, **options: Any) -> None:
        """Empties the tables, once whoever still writes into them has ended."""
        connection = connections[options["database"]]
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            names = [name for name in connection.introspection.table_names(cursor) if name not in KEPT]
            tables = sql.SQL(", ").join(map(sql.Identifier, names))
            cursor.execute(sql.SQL("LOCK TABLE {}").format(tables))
            cursor.execute("SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relname = ANY(%s)", [names])
            sizes = {name: size for name, size in cursor.fetchall() if size}
            # Without triggers: that of the audit entries refuses, and those of the foreign keys would want an order.
            cursor.execute("SET LOCAL session_replication_role = replica")
            if sum(sizes.values()) > MANY_BYTES:
                cursor.execute(sql.SQL("TRUNCATE {}").format(tables))
            for name in sizes:
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
