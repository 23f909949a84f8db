//! The phases without proofs. Every file is replaced as a whole, so a kill anywhere leaves nothing
//! that the next attempt could stumble over.

use std::fs;
use std::path::Path;

use anyhow::{anyhow, bail, ensure, Context, Result};
use filecoin_proofs_api::{seal, UnpaddedBytesAmount};
use serde_json::{json, Value};

use super::marks::{self, Replica, Seal};
use crate::failure::{tagged, Kind};
use crate::guard::manifest::{self, CacheFile, Labelled, Layer, Record};
use crate::guard::{files, layers};
use crate::ops::{pieces, pre_commit, unseal as real};
use crate::progress;
use crate::request::{Commit1, Commit2, PreCommit1, PreCommit2, Unseal, VerifySeal};
use crate::wire::{unpadded, Base64, Files, Hex32, SealType, Sector};

pub fn pre_commit1(request: &PreCommit1) -> Result<Value> {
    let proof = request.proof_type;
    let unsealed = files::given(&request.files.unsealed, "unsealed file")?;
    let sealed = files::given(&request.files.sealed, "sealed file")?;
    let cache = files::given(&request.files.cache, "cache directory")?;
    let mut record = open(&request.files, &request.sector, proof)?;
    pre_commit::require_own(&record, sealed, cache, &request.sector)?;
    let comm_d = Hex32(pieces::whole_comm_d(proof, &request.pieces)?);
    let replica = Replica {
        sector: &request.sector,
        proof_type: proof,
        ticket: &request.ticket,
        comm_d: &comm_d,
    };
    files::existing_file(unsealed, "unsealed file")?;
    let data = whole_sector(unsealed, proof)?;
    check_data(&data, proof, &comm_d)
        .with_context(|| format!("{} is not what the pieces say", unsealed.display()))?;

    // The record first, as the real phase does: the sector takes no more pieces from here on.
    record.manifest.pre_commit2 = None;
    record.manifest.pre_commit1 = Some(manifest::PreCommit1 {
        ticket: request.ticket,
        comm_d,
        replica_id: replica.id(),
        layers: Vec::new(),
        partial: None,
        done: None,
        failed_trials: 0,
    });
    record.save()?;
    fs::create_dir_all(cache).with_context(|| format!("cannot make {}", cache.display()))?;
    files::remove_where(cache, layers::is_made_by_sealing)?;
    let mut recorded = Vec::new();
    for layer in 1..=proof.layers() {
        progress::stage("layer", layer as u64 - 1, proof.layers() as u64);
        let digest = make(&replica, cache, &layers::file_name(layer))?;
        // Of no length, so that the real prover makes it again.
        recorded.push(Layer {
            layer,
            bytes: 0,
            digest,
        });
    }
    let tree_d = make(&replica, cache, layers::TREE_D)?;
    files::replace(sealed, &data)?;
    let output = Base64(replica.phase1_output().to_string().into_bytes());
    let labels = record.manifest.pre_commit1.as_mut();
    let labels = labels.context("the record lost PreCommit1")?;
    labels.layers = recorded;
    labels.done = Some(Labelled {
        output: output.clone(),
        tree_d,
        data: digest_of(&data),
    });
    record.save()?;
    Ok(json!({"output": output, "commD": comm_d, "keptLayers": 0}))
}

pub fn pre_commit2(request: &PreCommit2) -> Result<Value> {
    let proof = request.proof_type;
    let sealed = files::given(&request.files.sealed, "sealed file")?;
    let cache = files::given(&request.files.cache, "cache directory")?;
    files::existing_file(sealed, "sealed file")?;
    files::existing_dir(cache, "cache directory")?;
    let mut record = open(&request.files, &request.sector, proof)?;
    let comm_d = Hex32(pieces::whole_comm_d(proof, &request.pieces)?);
    let replica = Replica {
        sector: &request.sector,
        proof_type: proof,
        ticket: &request.ticket,
        comm_d: &comm_d,
    };
    let output: Value = serde_json::from_slice(&request.phase1_output.0).unwrap_or_default();
    if output != replica.phase1_output() {
        return Err(tagged(
            Kind::BadRequest,
            "not an output of the stand-in's PreCommit1 for this sector, ticket and data",
        ));
    }
    let expected = labelled_data(&record, &replica, cache)?;

    // An earlier attempt may have encoded the replica, but never a part of it.
    let mut bytes = whole_sector(sealed, proof)?;
    if digest_of(&bytes) == expected {
        replica.encode(&mut bytes);
        files::replace(sealed, &bytes)?;
    }
    let sealed_digest = digest_of(&bytes);
    replica.encode(&mut bytes);
    if digest_of(&bytes) != expected {
        return Err(tagged(
            Kind::RedoPreCommit1,
            format!(
                "{} holds neither the data nor the replica",
                sealed.display()
            ),
        ));
    }
    for name in layers::tree_files("tree-c", proof.sector_bytes()) {
        make(&replica, cache, &name)?;
    }
    let mut beside = Vec::new();
    for name in needed_by_proofs(proof) {
        let digest = make(&replica, cache, &name)?;
        beside.push(CacheFile { name, digest });
    }
    let comm_r = replica.comm_r();
    record.manifest.pre_commit2 = Some(manifest::PreCommit2::Done {
        ticket: request.ticket,
        data: expected,
        comm_r,
        comm_d,
        sealed: sealed_digest,
        files: beside,
    });
    record.save()?;
    Ok(json!({"commR": comm_r, "commD": comm_d, "rebuilt": false, "kept": false}))
}

/// The digest of the data that PreCommit1 of this replica put into the sealed file.
fn labelled_data(record: &Record, replica: &Replica<'_>, cache: &Path) -> Result<String> {
    let done = record
        .manifest
        .pre_commit1
        .as_ref()
        .filter(|found| found.replica_id == replica.id())
        .and_then(|found| found.done.as_ref());
    let there = (1..=replica.proof_type.layers())
        .all(|layer| cache.join(layers::file_name(layer)).is_file());
    match done {
        Some(done) if there => Ok(done.data.clone()),
        _ => Err(tagged(
            Kind::RedoPreCommit1,
            format!(
                "the layers of {} are incomplete or of another ticket",
                replica.sector
            ),
        )),
    }
}

pub fn commit1(request: &Commit1) -> Result<Value> {
    let proof = request.proof_type;
    let sealed = files::given(&request.files.sealed, "sealed file")?;
    let cache = files::given(&request.files.cache, "cache directory")?;
    let length = fs::metadata(files::existing_file(sealed, "sealed file")?)?.len();
    ensure!(
        length == proof.sector_bytes(),
        "{} has {length} bytes",
        sealed.display()
    );
    let mut needed = needed_by_proofs(proof);
    needed.extend((1..=proof.layers()).map(layers::file_name));
    for name in needed {
        files::existing_file(&cache.join(name), "cache file")?;
    }
    let _record = open(&request.files, &request.sector, proof)?;
    let comm_d = Hex32(pieces::whole_comm_d(proof, &request.pieces)?);
    let replica = Replica {
        sector: &request.sector,
        proof_type: proof,
        ticket: &request.ticket,
        comm_d: &comm_d,
    };
    ensure!(comm_d == request.comm_d, "the pieces have another commD");
    ensure!(
        replica.comm_r() == request.comm_r,
        "commR is of another sector, ticket or data"
    );
    let bytes = Seal::of(request).phase1_output().to_string().into_bytes();
    files::replace(&request.output, &bytes)?;
    Ok(json!({"path": request.output, "bytes": bytes.len(), "digest": digest_of(&bytes)}))
}

pub fn commit2(request: &Commit2) -> Result<Value> {
    let path = files::existing_file(&request.phase1_output, "output of Commit1")?;
    let output: Value = serde_json::from_slice(&fs::read(path)?).unwrap_or_default();
    let of = &output["of"];
    let ours = output["standIn"] == "Commit1"
        && of["sector"] == request.sector.to_string()
        && of["proofType"] == json!(request.proof_type);
    if !ours {
        return Err(tagged(
            Kind::BadRequest,
            format!(
                "{} is not an output of the stand-in's Commit1 for {}",
                path.display(),
                request.sector
            ),
        ));
    }
    Ok(json!({ "proof": Base64(marks::proof_of(request.proof_type, &output)) }))
}

pub fn verify(request: &VerifySeal) -> Value {
    if !request.proof.0.starts_with(marks::PROOF) {
        return json!({"valid": false, "reason": "not a proof of the stand-in"});
    }
    let valid = Seal::verified(request).proof() == request.proof.0;
    json!({ "valid": valid })
}

pub fn unseal(request: &Unseal) -> Result<Value> {
    let proof = request.proof_type;
    let sealed = files::given(&request.files.sealed, "sealed file")?;
    files::existing_file(sealed, "sealed file")?;
    files::existing_dir(&request.scratch, "scratch directory")?;
    real::check_range(request)?;
    let replica = Replica {
        sector: &request.sector,
        proof_type: proof,
        ticket: &request.ticket,
        comm_d: &request.comm_d,
    };
    let mut data = whole_sector(sealed, proof)?;
    replica.encode(&mut data);
    check_data(&data, proof, &request.comm_d)
        .with_context(|| format!("{} does not unseal", sealed.display()))?;
    let whole = request.scratch.join(format!("{}-unseal", request.sector));
    files::replace(&whole, &without_padding(&data)?)?;
    let bytes = real::write_range(request, &whole)?;
    files::remove_if_there(&whole)?;
    Ok(json!({ "bytes": bytes }))
}

fn open(paths: &Files, sector: &Sector, proof: SealType) -> Result<Record> {
    Record::open(files::given(&paths.manifest, "manifest")?, sector, proof)
}

/// The content of a file, with zeros up to the size of the sector.
fn whole_sector(path: &Path, proof: SealType) -> Result<Vec<u8>> {
    let mut bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let size = usize::try_from(proof.sector_bytes())?;
    if bytes.len() > size {
        bail!("{} is longer than the sector", path.display());
    }
    bytes.resize(size, 0);
    Ok(bytes)
}

/// Fails if padded data has another commitment.
fn check_data(data: &[u8], proof: SealType, comm_d: &Hex32) -> Result<()> {
    let found = seal::generate_piece_commitment(
        proof.0,
        without_padding(data)?.as_slice(),
        UnpaddedBytesAmount(unpadded(proof.sector_bytes())?),
    )?;
    ensure!(
        found.commitment == comm_d.0,
        "its data has commD {}, not {}",
        hex::encode(found.commitment),
        hex::encode(comm_d.0)
    );
    Ok(())
}

fn without_padding(data: &[u8]) -> Result<Vec<u8>> {
    let length = data.len() / 128 * 127;
    let mut bytes = Vec::with_capacity(length);
    fr32::write_unpadded(data, &mut bytes, 0, length)
        .map_err(|e| anyhow!("cannot take the padding out: {e}"))?;
    Ok(bytes)
}

/// Makes a file in the cache directory and gives its digest.
fn make(replica: &Replica<'_>, cache: &Path, name: &str) -> Result<String> {
    let content = replica.file(name);
    files::replace(&cache.join(name), &content)?;
    Ok(digest_of(&content))
}

fn needed_by_proofs(proof: SealType) -> Vec<String> {
    let mut names = vec!["p_aux".to_owned(), "t_aux".to_owned()];
    names.extend(layers::tree_files("tree-r-last", proof.sector_bytes()));
    names
}

fn digest_of(bytes: &[u8]) -> String {
    format!("blake3:{}", blake3::hash(bytes).to_hex())
}
