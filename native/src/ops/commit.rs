//! Commit1 (vanilla proofs), Commit2 (Groth proof) and the check of a seal.

use std::fs;
use std::path::Path;

use anyhow::{ensure, Error, Result};
use filecoin_proofs_api::seal::{self, SealCommitPhase1Output, SealPreCommitPhase2Output};
use filecoin_proofs_api::{ApiFeature, SectorId};
use serde_json::{json, Value};

use crate::failure::{tagged, Kind};
use crate::guard::manifest::Record;
use crate::guard::space::Space;
use crate::guard::{files, groth, layers};
use crate::ops::pre_commit::is_damaged;
use crate::progress;
use crate::request::{Commit1, Commit2, VerifySeal};
use crate::wire::{infos, Base64, SealType};

/// Largest output of Commit1 that we make room for, by sector size.
fn output_bytes(sector_bytes: u64) -> u64 {
    if sector_bytes >= 32 << 30 {
        64 << 20
    } else {
        1 << 20
    }
}

/// Writes the vanilla proofs to a file: the bytes that Lotus passes between its workers.
pub fn phase1(request: &Commit1) -> Result<Value> {
    let sealed = files::given(&request.files.sealed, "sealed file")?;
    let cache = files::given(&request.files.cache, "cache directory")?;
    files::existing_file(sealed, "sealed file")?;
    files::existing_dir(cache, "cache directory")?;
    let proof = request.proof_type;
    existing_at_length(sealed, proof.sector_bytes())?;
    let mut needed = vec!["p_aux".to_owned(), "t_aux".to_owned()];
    needed.extend(layers::tree_files("tree-r-last", proof.sector_bytes()));
    if proof.0.feature_enabled(ApiFeature::SyntheticPoRep) {
        needed.push("syn-porep-vanilla-proofs.dat".to_owned());
    } else {
        needed.extend((1..=proof.layers()).map(layers::file_name));
        needed.extend(layers::tree_files("tree-c", proof.sector_bytes()));
        needed.push(layers::TREE_D.to_owned());
    }
    for name in needed {
        files::existing_file(&cache.join(name), "cache file")?;
    }
    // Nobody may label, encode or clear the sector meanwhile.
    let record = match &request.files.manifest {
        Some(manifest) => Some(Record::open(manifest, &request.sector, proof)?),
        None => None,
    };
    Space::new()
        .need(&request.output, output_bytes(proof.sector_bytes()))?
        .admit("Commit1")?;
    progress::stage("challenges", 0, 1);
    let output = seal::seal_commit_phase1(
        cache,
        sealed,
        request.sector.prover_id(),
        SectorId::from(request.sector.number),
        request.ticket.0,
        request.seed.0,
        SealPreCommitPhase2Output {
            registered_proof: proof.0,
            comm_r: request.comm_r.0,
            comm_d: request.comm_d.0,
        },
        &infos(&request.pieces)?,
    )
    .or_else(|failed| Err(blame_files(record.as_ref(), sealed, cache, proof, failed)?))?;
    let bytes = serde_json::to_vec(&output)?;
    files::replace(&request.output, &bytes)?;
    let digest = format!("blake3:{}", blake3::hash(&bytes).to_hex());
    Ok(json!({"path": request.output, "bytes": bytes.len(), "digest": digest}))
}

/// Damaged files are as good as lost: an earlier phase makes them again.
fn blame_files(
    record: Option<&Record>,
    sealed: &Path,
    cache: &Path,
    proof: SealType,
    failed: Error,
) -> Result<Error> {
    Ok(match record {
        Some(record) if is_damaged(record, sealed, cache, proof)? => tagged(
            Kind::Missing,
            format!("files of the sector are damaged: {failed:#}"),
        ),
        _ => failed,
    })
}

fn existing_at_length(sealed: &Path, sector_bytes: u64) -> Result<()> {
    let length = fs::metadata(sealed)?.len();
    if length != sector_bytes {
        return Err(tagged(
            Kind::Missing,
            format!(
                "sealed file {}: {length} of {sector_bytes} bytes",
                sealed.display()
            ),
        ));
    }
    Ok(())
}

/// Makes the Groth proof. The library verifies it before it returns.
pub fn phase2(request: &Commit2) -> Result<Value> {
    let path = files::existing_file(&request.phase1_output, "output of Commit1")?;
    let output: SealCommitPhase1Output = serde_json::from_slice(&fs::read(path)?).map_err(|e| {
        tagged(
            Kind::BadRequest,
            format!("{} is not an output of Commit1: {e}", path.display()),
        )
    })?;
    ensure!(
        output.registered_proof == request.proof_type.0,
        "the output of Commit1 is of another proof type"
    );
    let proved = seal::seal_commit_phase2(
        output,
        request.sector.prover_id(),
        SectorId::from(request.sector.number),
    )?;
    Ok(json!({ "proof": Base64(proved.proof) }))
}

/// Whether the seal holds; values that cannot be what they are called make it invalid, not an error.
pub fn verify(request: &VerifySeal) -> Result<Value> {
    let partitions = usize::from(request.proof_type.0.partitions());
    let unfit = groth::no_proofs(&request.proof.0, partitions)
        .or_else(|| groth::no_commitment("commR", &request.comm_r.0))
        .or_else(|| groth::no_commitment("commD", &request.comm_d.0));
    if let Some(reason) = unfit {
        return Ok(json!({"valid": false, "reason": reason}));
    }
    let valid = seal::verify_seal(
        request.proof_type.0,
        request.comm_r.0,
        request.comm_d.0,
        request.sector.prover_id(),
        SectorId::from(request.sector.number),
        request.ticket.0,
        request.seed.0,
        &request.proof.0,
    )?;
    Ok(json!({ "valid": valid }))
}
