-- What the hosts of a farm sign tokens and tickets with, made by the first of them: one row.
CREATE TABLE IF NOT EXISTS farm_secret (
  id INTEGER NOT NULL PRIMARY KEY,
  secret ${binary} NOT NULL
);
