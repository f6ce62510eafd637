-- When the station was last heard of: on the line, admitted or refused, or by a disk. 0 is never.
ALTER TABLE station ADD COLUMN seen_ms INTEGER NOT NULL DEFAULT 0;
