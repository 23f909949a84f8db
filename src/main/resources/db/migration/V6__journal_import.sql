-- Which journal of a single host was moved here, and whether all of it.
CREATE TABLE IF NOT EXISTS journal_import (
  source VARCHAR(255) NOT NULL PRIMARY KEY,
  finished BOOLEAN NOT NULL
);
