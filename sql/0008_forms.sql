-- Forms that were sent: one that shows a key's text does so once, however often
-- a browser sends it.  Kept for a day.
CREATE TABLE IF NOT EXISTS form_sent (
	session_id VARCHAR(32) NOT NULL,
	once VARCHAR(32) NOT NULL,
	sent_at BIGINT NOT NULL,
	PRIMARY KEY (session_id, once),
	KEY form_sent_at (sent_at)
) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- When the session's user last said the password again: asked for before what
-- cannot be undone, if the log-in was a while ago.
ALTER TABLE session ADD COLUMN IF NOT EXISTS proven_at BIGINT NOT NULL DEFAULT 0;
