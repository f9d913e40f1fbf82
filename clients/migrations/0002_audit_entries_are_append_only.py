from django.db import migrations

# A trigger and not a privilege, because the application owns its tables. TRUNCATE is what the tests empty tables
# with: a connection that asks for it by name may, and no connection of the application does.
FORWARDS = """
CREATE FUNCTION refuse_to_change_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('dayband.may_truncate_audit', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'audit entries are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_entries_are_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON clients_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit_entries();
"""

BACKWARDS = """
DROP TRIGGER audit_entries_are_append_only ON clients_auditentry;
DROP FUNCTION refuse_to_change_audit_entries();
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
