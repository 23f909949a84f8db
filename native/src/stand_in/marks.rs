//! The values that stand for real ones. Each is made from all that a real one depends on, so that a
//! mix-up of sectors, tickets or seeds is noticed as with real proofs.

use serde::Serialize;
use serde_json::{json, Value};

use crate::guard::groth::PROOF_BYTES;
use crate::ops::pre_commit::LOTUS_TICKET;
use crate::request::{Commit1, VerifySeal};
use crate::wire::{Base64, Hex32, SealType, Sector};

/// How a proof that is none begins. A real verifier refuses it: the first byte lacks the flag of a
/// compressed point.
pub const PROOF: &[u8] = b"stand-in proof";

/// The replica of a sector: what commR depends on.
#[derive(Clone, Copy)]
pub struct Replica<'a> {
    pub sector: &'a Sector,
    pub proof_type: SealType,
    pub ticket: &'a Hex32,
    pub comm_d: &'a Hex32,
}

impl Replica<'_> {
    pub fn comm_r(&self) -> Hex32 {
        let mut bytes = *hash("commR", &self.description()).as_bytes();
        // A commitment lies below the order of the field.
        bytes[31] &= 0x3f;
        Hex32(bytes)
    }

    /// What the library's replica id is for: another value for every replica.
    pub fn id(&self) -> Hex32 {
        Hex32(*hash("replica id", &self.description()).as_bytes())
    }

    /// Encodes data in place, and decodes it.
    pub fn encode(&self, data: &mut [u8]) {
        let mut key = vec![0; data.len()];
        hasher("key", &self.description())
            .finalize_xof()
            .fill(&mut key);
        for (byte, key) in data.iter_mut().zip(key) {
            *byte ^= key;
        }
    }

    /// The content of a file that sealing makes beside the replica.
    pub fn file(&self, name: &str) -> Vec<u8> {
        let mut content = vec![0; 64];
        hasher("file", &json!([name, self.description()]))
            .finalize_xof()
            .fill(&mut content);
        content
    }

    /// What PreCommit1 hands to PreCommit2; ticket and commD stand where Lotus's workers look.
    pub fn phase1_output(&self) -> Value {
        json!({
            "standIn": "PreCommit1",
            "of": self.description(),
            "comm_d": self.comm_d.0,
            LOTUS_TICKET: Base64(self.ticket.0.to_vec()),
        })
    }

    fn description(&self) -> Value {
        json!({
            "sector": self.sector.to_string(),
            "proofType": self.proof_type,
            "ticket": self.ticket,
            "commD": self.comm_d,
        })
    }
}

/// A seal: what a proof depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seal {
    pub sector: String,
    pub proof_type: SealType,
    pub comm_r: Hex32,
    pub comm_d: Hex32,
    pub ticket: Hex32,
    pub seed: Hex32,
}

impl Seal {
    pub fn of(request: &Commit1) -> Seal {
        Seal {
            sector: request.sector.to_string(),
            proof_type: request.proof_type,
            comm_r: request.comm_r,
            comm_d: request.comm_d,
            ticket: request.ticket,
            seed: request.seed,
        }
    }

    pub fn verified(request: &VerifySeal) -> Seal {
        Seal {
            sector: request.sector.to_string(),
            proof_type: request.proof_type,
            comm_r: request.comm_r,
            comm_d: request.comm_d,
            ticket: request.ticket,
            seed: request.seed,
        }
    }

    /// What Commit1 writes.
    pub fn phase1_output(&self) -> Value {
        json!({ "standIn": "Commit1", "of": self })
    }

    /// The proof that is none, of the length of a real one.
    pub fn proof(&self) -> Vec<u8> {
        proof_of(self.proof_type, &self.phase1_output())
    }
}

/// The proof for what Commit1 wrote.
pub fn proof_of(proof_type: SealType, phase1_output: &Value) -> Vec<u8> {
    let mut one = [0; PROOF_BYTES];
    one[..PROOF.len()].copy_from_slice(PROOF);
    hasher("proof", phase1_output)
        .finalize_xof()
        .fill(&mut one[PROOF.len()..]);
    one.repeat(usize::from(proof_type.0.partitions()))
}

fn hash(what: &str, of: &Value) -> blake3::Hash {
    hasher(what, of).finalize()
}

fn hasher(what: &str, of: &Value) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    // Objects have their keys sorted, so a value has one spelling.
    hasher.update(
        json!(["Selkie's stand-in", what, of])
            .to_string()
            .as_bytes(),
    );
    hasher
}
