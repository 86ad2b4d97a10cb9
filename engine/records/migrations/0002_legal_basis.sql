-- Why each recording may be made; a caller's earlier contacts at once; a timeline that nobody rewrites.
ALTER TABLE contacts ADD COLUMN legal_basis TEXT;
CREATE INDEX contacts_by_caller ON contacts (caller, id);
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the timeline of a contact is only appended to'); END;
