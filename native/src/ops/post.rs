//! Proofs of spacetime, window and winning: vanilla proofs where the replicas are, the Groth proof
//! where the processor is, and the check.

use std::collections::BTreeMap;

use anyhow::Result;
use filecoin_proofs_api::{
    post, PoStType, PrivateReplicaInfo, PublicReplicaInfo, RegisteredPoStProof, SectorId,
};
use serde_json::{json, Value};

use crate::call::failed;
use crate::failure::{tagged, Failure, Kind};
use crate::guard::{files, groth, layers};
use crate::progress;
use crate::request::{ProvePost, Replica, VanillaPost, VerifyPost, WinningSectors};
use crate::wire::{Base64, Hex32};

/// PoSt randomness has to lie below the order of the BLS12-381 field; chain randomness need not.
fn below_field_order(randomness: &Hex32) -> [u8; 32] {
    let mut bytes = randomness.0;
    bytes[31] &= 0x3f;
    bytes
}

/// Indexes into the eligible sectors that a winning PoSt has to prove.
pub fn winning_sectors(request: &WinningSectors) -> Result<Value> {
    let indexes = post::generate_winning_post_sector_challenge(
        request.post_type.0,
        &below_field_order(&request.randomness),
        request.eligible,
        request.miner.prover_id(),
    )?;
    Ok(json!({ "indexes": indexes }))
}

/// One outcome per replica: its vanilla proof, or why there is none. Whoever asks decides whether
/// to skip the faulty ones.
pub fn vanilla(request: &VanillaPost) -> Result<Value> {
    progress::begin("vanillaPost");
    let post_type = request.post_type.0;
    // Winning PoSt and the older window PoSt challenge a sector by its place.
    if !request
        .replicas
        .windows(2)
        .all(|pair| pair[0].number < pair[1].number)
    {
        return Err(tagged(
            Kind::BadRequest,
            "replicas have to be in the order of their numbers, each once",
        ));
    }
    let challenges = match &request.challenges {
        Some(given) if given.len() == request.replicas.len() => given.clone(),
        Some(given) => {
            return Err(tagged(
                Kind::BadRequest,
                format!(
                    "{} replicas, but challenges for {}",
                    request.replicas.len(),
                    given.len()
                ),
            ))
        }
        None => draw(request)?,
    };
    if challenges.iter().any(Vec::is_empty) {
        return Err(tagged(Kind::BadRequest, "a replica has no challenges"));
    }
    let total = request.replicas.len() as u64;
    let outcomes: Vec<Value> = request
        .replicas
        .iter()
        .zip(&challenges)
        .enumerate()
        .map(|(i, (replica, challenges))| {
            progress::stage("vanilla", i as u64, total);
            match vanilla_proof(post_type, replica, challenges) {
                Ok(proof) => json!({"ok": true, "result": {"proof": Base64(proof)}}),
                Err(e) => {
                    let mut failure = Failure::of(&e);
                    failure.faulty_sectors = vec![replica.number];
                    failed(&failure)
                }
            }
        })
        .collect();
    Ok(json!({ "sectors": outcomes }))
}

/// The challenges of each replica. They depend on a sector's place among all that are proved,
/// so the whole set is drawn at once.
fn draw(request: &VanillaPost) -> Result<Vec<Vec<u64>>> {
    let ids: Vec<SectorId> = request
        .replicas
        .iter()
        .map(|r| SectorId::from(r.number))
        .collect();
    let drawn = post::generate_fallback_sector_challenges(
        request.post_type.0,
        &below_field_order(&request.randomness),
        &ids,
        request.miner.prover_id(),
    )?;
    Ok(ids.iter().filter_map(|id| drawn.get(id).cloned()).collect())
}

fn vanilla_proof(
    post_type: RegisteredPoStProof,
    replica: &Replica,
    challenges: &[u64],
) -> Result<Vec<u8>> {
    files::existing_file(&replica.sealed, "sealed file")?;
    files::existing_dir(&replica.cache, "cache directory")?;
    let trees = layers::tree_files("tree-r-last", u64::from(post_type.sector_size()));
    for name in ["p_aux", "t_aux"]
        .into_iter()
        .chain(trees.iter().map(String::as_str))
    {
        files::existing_file(&replica.cache.join(name), "cache file")?;
    }
    let info = PrivateReplicaInfo::new(
        post_type,
        replica.comm_r.0,
        replica.cache.clone(),
        replica.sealed.clone(),
    );
    post::generate_single_vanilla_proof(
        post_type,
        SectorId::from(replica.number),
        &info,
        challenges,
    )
}

/// The Groth proof over vanilla proofs. A sector whose vanilla proof is bad is named in
/// `faultySectors` of the failure.
pub fn prove(request: &ProvePost) -> Result<Value> {
    progress::begin("provePost");
    let post_type = request.post_type.0;
    let randomness = below_field_order(&request.randomness);
    let vanilla: Vec<Vec<u8>> = request.vanilla.iter().map(|v| v.0.clone()).collect();
    let prover = request.miner.prover_id();
    let proof = match (post_type.typ(), request.partition) {
        (PoStType::Window, Some(partition)) => {
            post::generate_single_window_post_with_vanilla(
                post_type,
                &randomness,
                prover,
                &vanilla,
                partition,
            )?
            .0
        }
        (PoStType::Window, None) => joined(post::generate_window_post_with_vanilla(
            post_type,
            &randomness,
            prover,
            &vanilla,
        )?),
        (PoStType::Winning, _) => joined(post::generate_winning_post_with_vanilla(
            post_type,
            &randomness,
            prover,
            &vanilla,
        )?),
    };
    Ok(json!({ "proof": Base64(proof) }))
}

fn joined(proofs: Vec<(RegisteredPoStProof, Vec<u8>)>) -> Vec<u8> {
    proofs.into_iter().flat_map(|(_, proof)| proof).collect()
}

/// Whether the PoSt holds over these sectors; bytes that are no proof make it invalid.
pub fn verify(request: &VerifyPost) -> Result<Value> {
    let post_type = request.post_type.0;
    let partitions = match post_type.typ() {
        PoStType::Window => {
            post::get_num_partition_for_fallback_post(post_type, request.replicas.len())?
        }
        PoStType::Winning => 1,
    };
    let unfit = groth::no_proofs(&request.proof.0, partitions).or_else(|| {
        let mut replicas = request.replicas.iter();
        replicas.find_map(|r| groth::no_commitment("commR", &r.comm_r.0))
    });
    if let Some(reason) = unfit {
        return Ok(json!({"valid": false, "reason": reason}));
    }
    let replicas: BTreeMap<SectorId, PublicReplicaInfo> = request
        .replicas
        .iter()
        .map(|r| {
            (
                SectorId::from(r.number),
                PublicReplicaInfo::new(post_type, r.comm_r.0),
            )
        })
        .collect();
    let randomness = below_field_order(&request.randomness);
    let prover = request.miner.prover_id();
    let valid = match post_type.typ() {
        PoStType::Window => post::verify_window_post(
            &randomness,
            &[(post_type, &request.proof.0)],
            &replicas,
            prover,
        )?,
        PoStType::Winning => {
            post::verify_winning_post(&randomness, &request.proof.0, &replicas, prover)?
        }
    };
    Ok(json!({ "valid": valid }))
}
