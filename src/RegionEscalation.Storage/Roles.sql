-- Run once per cluster by a superuser, before any migration. Roles are cluster-wide, so this tolerates that they exist.
-- The passwords are set by whoever runs it (ALTER ROLE ... PASSWORD), never here.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'escalation_owner') THEN
        CREATE ROLE escalation_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'escalation_app') THEN
        CREATE ROLE escalation_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'escalation_national') THEN
        CREATE ROLE escalation_national LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
END
$$;
