//! What one label is: the digest of where it stands and of its parents' labels, without the two
//! highest bits. The slow and plain way, for checks; [`crate::kernel`] makes many.

use std::convert::Infallible;

use sha2::{Digest, Sha256};

use crate::graph::{Parents, BASE_DEGREE, DEGREE};
use crate::kernel::Lane;

/// Parents' labels that are hashed for each label: they come again and again, in order.
pub const HASHED_PARENTS: usize = 37;

/// Bits that a label is hashed of: 64 bytes of where it stands, and its parents.
pub const HASHED_BITS: u32 = 8 * (64 + 32 * HASHED_PARENTS as u32);

/// How many parents a node of the layer has: the first layer has none before it.
pub fn parents_in(layer: u32) -> usize {
    if layer == 1 {
        BASE_DEGREE
    } else {
        DEGREE
    }
}

/// The first label of a layer, as the words of its digest: it has no parents.
pub(crate) fn of_node_0(lane: &Lane) -> [u32; 8] {
    let mut replica_id = [0; 32];
    for (bytes, word) in replica_id.chunks_exact_mut(4).zip(lane.replica_id) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    let none = |_, _| Ok::<_, Infallible>([0; 32]);
    let Ok(label) = compute(&replica_id, lane.layer, 0, &[0; DEGREE], none);
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(label.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    words
}

/// The label of a node, computed anew.
///
/// `label`: gives the label of a parent; of the layer before if its second argument says so.
pub fn compute<E>(
    replica_id: &[u8; 32],
    layer: u32,
    node: u32,
    parents: &Parents,
    mut label: impl FnMut(u32, bool) -> Result<[u8; 32], E>,
) -> Result<[u8; 32], E> {
    let mut hash = Sha256::new()
        .chain_update(replica_id)
        .chain_update(layer.to_be_bytes())
        .chain_update(u64::from(node).to_be_bytes())
        .chain_update([0; 20]);
    if node > 0 {
        let mut labels = Vec::with_capacity(DEGREE);
        for (place, parent) in parents[..parents_in(layer)].iter().enumerate() {
            labels.push(label(*parent, place >= BASE_DEGREE)?);
        }
        for parent in labels.iter().cycle().take(HASHED_PARENTS) {
            hash.update(parent);
        }
    }
    let mut digest: [u8; 32] = hash.finalize().into();
    digest[31] &= 0x3f;
    Ok(digest)
}
