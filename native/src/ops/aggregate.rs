//! Aggregates of seal proofs (SnarkPack).

use anyhow::{Context, Result};
use bellperson::groth16::aggregate::AggregateProof;
use blstrs::Bls12;
use filecoin_proofs_api::seal::{self, SealCommitPhase2Output};
use filecoin_proofs_api::{RegisteredAggregationProof, SectorId};
use serde_json::{json, Value};

use crate::failure::{tagged, Kind};
use crate::guard::groth;
use crate::progress;
use crate::request::{Aggregate, Proved, VerifyAggregate};
use crate::wire::{Base64, SealType};

fn aggregation(number: u8) -> Result<RegisteredAggregationProof> {
    match number {
        0 => Ok(RegisteredAggregationProof::SnarkPackV1),
        1 => Ok(RegisteredAggregationProof::SnarkPackV2),
        _ => Err(tagged(
            Kind::BadRequest,
            format!("aggregation type {number} is not known (0, 1)"),
        )),
    }
}

/// One proof for all, in the order given.
pub fn aggregate(request: &Aggregate) -> Result<Value> {
    progress::begin("aggregate");
    let comm_rs: Vec<_> = request.proved.iter().map(|p| p.comm_r.0).collect();
    let seeds: Vec<_> = request.proved.iter().map(|p| p.seed.0).collect();
    let outputs = request
        .proved
        .iter()
        .map(|p| {
            let proof = p
                .proof
                .as_ref()
                .with_context(|| format!("{} has no proof", p.sector))?;
            Ok(SealCommitPhase2Output {
                proof: proof.0.clone(),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let proof = seal::aggregate_seal_commit_proofs(
        request.proof_type.0,
        aggregation(request.aggregation_type)?,
        &comm_rs,
        &seeds,
        &outputs,
    )?;
    Ok(json!({ "proof": Base64(proof) }))
}

/// Whether the aggregate holds over these sectors; bytes that are no aggregate of so many make it
/// invalid. The library panics on a count that it has no key for.
pub fn verify(request: &VerifyAggregate) -> Result<Value> {
    if let Some(reason) = no_aggregate(request) {
        return Ok(json!({"valid": false, "reason": reason}));
    }
    let comm_rs: Vec<_> = request.proved.iter().map(|p| p.comm_r.0).collect();
    let seeds: Vec<_> = request.proved.iter().map(|p| p.seed.0).collect();
    let mut inputs = Vec::new();
    for proved in &request.proved {
        inputs.extend(seal_inputs(request.proof_type, proved)?);
    }
    let valid = seal::verify_aggregate_seal_commit_proofs(
        request.proof_type.0,
        aggregation(request.aggregation_type)?,
        request.proof.0.clone(),
        &comm_rs,
        &seeds,
        inputs,
    )?;
    Ok(json!({ "valid": valid }))
}

/// Why the bytes cannot be an aggregate of the proofs of these sectors, if so.
fn no_aggregate(request: &VerifyAggregate) -> Option<String> {
    let bad_commitment = request.proved.iter().find_map(|p| {
        groth::no_commitment("commR", &p.comm_r.0)
            .or_else(|| groth::no_commitment("commD", &p.comm_d.0))
    });
    if bad_commitment.is_some() {
        return bad_commitment;
    }
    let mut rest = request.proof.0.as_slice();
    let parsed = match AggregateProof::<Bls12>::read(&mut rest) {
        Ok(parsed) if rest.is_empty() => parsed,
        Ok(_) => return Some(format!("{} bytes follow the aggregate", rest.len())),
        Err(e) => return Some(format!("not an aggregate: {e}")),
    };
    let proofs = request.proved.len() * usize::from(request.proof_type.0.partitions());
    let expected = proofs.max(2).next_power_of_two();
    let found = parsed.tmipp.gipa.nproofs as usize;
    (found != expected).then(|| format!("an aggregate of {found} proofs, expected {expected}"))
}

fn seal_inputs(proof: SealType, proved: &Proved) -> Result<Vec<Vec<blstrs::Scalar>>> {
    seal::get_seal_inputs(
        proof.0,
        proved.comm_r.0,
        proved.comm_d.0,
        proved.sector.prover_id(),
        SectorId::from(proved.sector.number),
        proved.ticket.0,
        proved.seed.0,
    )
}
