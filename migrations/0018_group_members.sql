-- Who is in which group, in the order of ids: whoever asks is told who would be asked, for hundreds of entitlements at once. The
-- groups of `people` stay what rights are judged on; this follows them.

CREATE TABLE group_members (
  group_name text NOT NULL,
  person_id text NOT NULL CONSTRAINT group_members_person REFERENCES people (id),
  CONSTRAINT group_members_pkey PRIMARY KEY (group_name, person_id)
);
CREATE INDEX group_members_by_person ON group_members (person_id);

INSERT INTO group_members (group_name, person_id)
SELECT DISTINCT name, p.id FROM people p CROSS JOIN LATERAL unnest(p.groups) AS name WHERE p.deactivated_at IS NULL;

-- As the owner: the application reads it, and cannot make it say anything else than `people` does.
CREATE FUNCTION people_in_groups() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM group_members
    WHERE person_id = NEW.id AND (NEW.deactivated_at IS NOT NULL OR group_name <> ALL (NEW.groups));
  END IF;
  IF NEW.deactivated_at IS NULL THEN
    INSERT INTO group_members (group_name, person_id)
    SELECT DISTINCT name, NEW.id FROM unnest(NEW.groups) AS name
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER people_in_groups AFTER INSERT ON people
  FOR EACH ROW EXECUTE FUNCTION people_in_groups();
CREATE TRIGGER people_in_other_groups AFTER UPDATE ON people
  FOR EACH ROW WHEN (NEW.groups IS DISTINCT FROM OLD.groups OR NEW.deactivated_at IS DISTINCT FROM OLD.deactivated_at)
  EXECUTE FUNCTION people_in_groups();

GRANT SELECT ON group_members TO daypass_app;
