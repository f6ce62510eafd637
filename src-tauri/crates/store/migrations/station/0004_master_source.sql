-- The day an edition was made, and which regions it lists only in part.

ALTER TABLE region_edition ADD COLUMN made_on TEXT NOT NULL DEFAULT '';
ALTER TABLE region ADD COLUMN partial INTEGER NOT NULL DEFAULT 0 CHECK (partial IN (0, 1));
ALTER TABLE profile_version ADD COLUMN made_on TEXT NOT NULL DEFAULT '';
