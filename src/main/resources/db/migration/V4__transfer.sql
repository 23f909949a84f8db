-- Where a sealed sector is on its way to long-term storage.
ALTER TABLE sector_summary ADD COLUMN IF NOT EXISTS transfer VARCHAR;
ALTER TABLE sector_summary ADD COLUMN IF NOT EXISTS transfer_detail VARCHAR;
