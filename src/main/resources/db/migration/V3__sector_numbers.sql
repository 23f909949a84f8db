-- Which request got which sector number. A number is never given twice, whatever became of it.
CREATE TABLE IF NOT EXISTS sector_number (
  miner BIGINT NOT NULL,
  number BIGINT NOT NULL,
  request VARCHAR(36) NOT NULL,
  PRIMARY KEY (miner, number),
  CONSTRAINT sector_number_request UNIQUE (miner, request)
);
