-- Who may go on alone when hosts of a farm lose each other, and until when.
CREATE TABLE IF NOT EXISTS cluster_lease (
  name VARCHAR(255) NOT NULL PRIMARY KEY,
  owner VARCHAR(255) NOT NULL,
  expires_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

-- The development chain that the hosts of a farm share: one row.
CREATE TABLE IF NOT EXISTS dev_chain (
  id INTEGER NOT NULL PRIMARY KEY,
  revision BIGINT NOT NULL,
  state ${binary} NOT NULL
);
