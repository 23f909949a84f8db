//! The phases of a 2 KiB sector by bare calls of the proofs library: what Selkie's own way of
//! calling it (`mvn -Pbench`) is compared with. Prints milliseconds, the mean of several runs.

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use filecoin_proofs_api::{seal, RegisteredSealProof, SectorId, UnpaddedBytesAmount};

const PROOF: RegisteredSealProof = RegisteredSealProof::StackedDrg2KiBV1_1;
const RUNS: u32 = 20;

fn main() -> Result<()> {
    let root = std::env::temp_dir().join(format!("selkie-bare-{}", std::process::id()));
    let mut totals = [0.0; 4];
    for run in 0..=RUNS {
        fs::create_dir_all(root.join("cache"))?;
        let times = phases(&root)?;
        fs::remove_dir_all(&root)?;
        // The first run fills the library's own caches.
        if run > 0 {
            totals
                .iter_mut()
                .zip(times)
                .for_each(|(total, time)| *total += time);
        }
    }
    for (name, total) in ["addPiece", "preCommit1", "preCommit2", "commit1"]
        .iter()
        .zip(totals)
    {
        println!("{name:<12} {:8.2} ms", total / f64::from(RUNS));
    }
    Ok(())
}

fn phases(root: &Path) -> Result<[f64; 4]> {
    let (unsealed, sealed, cache) = (
        root.join("unsealed"),
        root.join("sealed"),
        root.join("cache"),
    );
    let (prover, sector, ticket, seed) = ([1; 32], SectorId::from(1), [1; 32], [2; 32]);
    File::create(&sealed)?;
    let target = OpenOptions::new()
        .create(true)
        .truncate(true)
        .read(true)
        .write(true)
        .open(&unsealed)?;

    let start = Instant::now();
    let zeros = std::io::Read::take(std::io::repeat(0), 2032);
    let (piece, _) = seal::add_piece(PROOF, zeros, target, UnpaddedBytesAmount(2032), &[])?;
    let add_piece = millis(start);

    let pieces = [piece];
    let start = Instant::now();
    let labels = seal::seal_pre_commit_phase1(
        PROOF, &cache, &unsealed, &sealed, prover, sector, ticket, &pieces,
    )?;
    let pre_commit1 = millis(start);

    let start = Instant::now();
    let replica = seal::seal_pre_commit_phase2(labels, &cache, &sealed)?;
    let pre_commit2 = millis(start);

    let start = Instant::now();
    let proofs = seal::seal_commit_phase1(
        &cache, &sealed, prover, sector, ticket, seed, replica, &pieces,
    )?;
    serde_json::to_vec(&proofs)?;
    Ok([add_piece, pre_commit1, pre_commit2, millis(start)])
}

fn millis(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
