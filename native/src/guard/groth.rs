//! What a verifier is handed may be anything. The library answers bytes that are no proof or no
//! commitment with an error; here they are simply not valid.

use bellperson::groth16::Proof;
use blstrs::{Bls12, Scalar};

/// Bytes of one Groth proof: two points of G1 and one of G2, compressed.
pub const PROOF_BYTES: usize = 192;

/// Why `bytes` cannot be `count` Groth proofs, if so.
pub fn no_proofs(bytes: &[u8], count: usize) -> Option<String> {
    if bytes.len() != count * PROOF_BYTES {
        return Some(format!(
            "{} bytes are not {count} proofs of {PROOF_BYTES} bytes",
            bytes.len()
        ));
    }
    Proof::<Bls12>::read_many(bytes, count)
        .err()
        .map(|e| format!("not a proof: {e}"))
}

/// Why `bytes` cannot be a commitment, if so.
pub fn no_commitment(name: &str, bytes: &[u8; 32]) -> Option<String> {
    if *bytes == [0; 32] {
        Some(format!("{name} is zero"))
    } else if bool::from(Scalar::from_bytes_le(bytes).is_none()) {
        Some(format!("{name} lies above the order of the field"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_is_no_proof_and_no_commitment() {
        assert!(no_proofs(&[0; 191], 1).is_some());
        assert!(no_proofs(&[0; 192], 1).is_some());
        assert!(no_proofs(&[0xff; 384], 2).is_some());
        assert!(no_commitment("commR", &[0; 32]).is_some());
        assert!(no_commitment("commR", &[0xff; 32]).is_some());
        assert!(no_commitment("commR", &[1; 32]).is_none());
    }
}
