-- The read model: made from the journal alone, so it may be emptied and made again.
CREATE TABLE IF NOT EXISTS sector_summary (
  sector VARCHAR(64) NOT NULL PRIMARY KEY,
  miner BIGINT NOT NULL,
  number BIGINT NOT NULL,
  created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  proof_type INTEGER,
  sector_size BIGINT,
  state VARCHAR DEFAULT 'unknown' NOT NULL,
  phase VARCHAR,
  phase_number INTEGER,
  generation INTEGER DEFAULT 1 NOT NULL,
  tasks INTEGER DEFAULT 0 NOT NULL,
  task_kind VARCHAR,
  attempt INTEGER DEFAULT 0 NOT NULL,
  attempts INTEGER DEFAULT 0 NOT NULL,
  failures INTEGER DEFAULT 0 NOT NULL,
  failure_code VARCHAR,
  failure_message VARCHAR,
  next_attempt_at TIMESTAMP(6) WITH TIME ZONE,
  host VARCHAR,
  pieces INTEGER DEFAULT 0 NOT NULL,
  comm_r VARCHAR,
  bytes BIGINT DEFAULT 0 NOT NULL,
  driver_state VARCHAR,
  driver_message VARCHAR,
  driver_finished BOOLEAN DEFAULT FALSE NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS sector_summary_number ON sector_summary (miner, number);

-- One row per event; its id is the event's place in the journal.
CREATE TABLE IF NOT EXISTS sector_history (
  id BIGINT NOT NULL PRIMARY KEY,
  sector VARCHAR(64) NOT NULL,
  source VARCHAR NOT NULL,
  sequence BIGINT NOT NULL,
  at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  event VARCHAR NOT NULL,
  phase VARCHAR,
  generation INTEGER,
  task INTEGER,
  attempt INTEGER,
  host VARCHAR,
  duration_ms BIGINT,
  bytes BIGINT,
  cause VARCHAR,
  detail VARCHAR NOT NULL
);

CREATE INDEX IF NOT EXISTS sector_history_sector ON sector_history (sector, id);

CREATE TABLE IF NOT EXISTS projection_offset (
  name VARCHAR(64) NOT NULL PRIMARY KEY,
  event_offset BIGINT NOT NULL
);
