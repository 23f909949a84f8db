//! The graph that labels are made along: each node has six parents close by in its own layer
//! (a depth robust graph) and eight anywhere in the layer before (an expander).
//!
//! Rules: the Filecoin specification, "Stacked DRG PoRep", and `storage-proofs-porep` 19.1.0 for
//! API versions from 1.1 on, where the node before is the first base parent.

use blake2b_simd::Params;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// Parents in the same layer.
pub const BASE_DEGREE: usize = 6;
/// Parents in the layer before.
pub const EXPANSION_DEGREE: usize = 8;
/// All parents of a node: those in the same layer come first.
pub const DEGREE: usize = BASE_DEGREE + EXPANSION_DEGREE;

/// The parents of one node, as a parent cache has them on a little-endian machine.
pub type Parents = [u32; DEGREE];

/// Base parents are drawn from a graph of this many buckets for each node.
const BUCKETS: u64 = (BASE_DEGREE - 1) as u64;

/// The parents of every node of a sector of one size and proof type.
pub struct Graph {
    nodes: u32,
    base_seed: [u8; 28],
    expander: Expander,
}

impl Graph {
    /// `nodes`: a power of two from 2 on, the sector's size by 32 bytes.
    pub fn new(nodes: u32, porep_id: &[u8; 32]) -> Graph {
        assert!(nodes.is_power_of_two() && nodes >= 2, "{nodes} nodes");
        let seed = seed_for(b"Filecoin_DRSample", porep_id);
        let mut base_seed = [0; 28];
        base_seed.copy_from_slice(&seed[..28]);
        Graph {
            nodes,
            base_seed,
            expander: Expander::new(
                u64::from(nodes) * EXPANSION_DEGREE as u64,
                &seed_for(b"Filecoin_Feistel", porep_id),
            ),
        }
    }

    /// How many nodes each layer has.
    pub fn nodes(&self) -> u32 {
        self.nodes
    }

    /// The parents of a node.
    pub fn parents(&self, node: u32) -> Parents {
        let mut parents = [0; DEGREE];
        self.base_parents(node, &mut parents[..BASE_DEGREE]);
        let first = u64::from(node) * EXPANSION_DEGREE as u64;
        for (place, parent) in (first..).zip(&mut parents[BASE_DEGREE..]) {
            *parent = (self.expander.permute(place) / EXPANSION_DEGREE as u64) as u32;
        }
        parents
    }

    /// The first two nodes have node 0 for all of theirs.
    fn base_parents(&self, node: u32, parents: &mut [u32]) {
        if node < 2 {
            parents.fill(0);
            return;
        }
        let mut seed = [0; 32];
        seed[..28].copy_from_slice(&self.base_seed);
        seed[28..].copy_from_slice(&node.to_le_bytes());
        let mut random = ChaCha8Rng::from_seed(seed);
        let bucket = u64::from(node) * BUCKETS;
        let scales = u64::from(u64::BITS - (bucket - 1).leading_zeros());
        parents[0] = node - 1;
        for parent in &mut parents[1..] {
            let scale = random.next_u64() % scales + 1;
            let far = bucket.min(1 << scale);
            let near = (far >> 1).max(2);
            let distance = near + random.next_u64() % (far - near + 1);
            let drawn = ((bucket - distance) / BUCKETS) as u32;
            *parent = if drawn == node { node - 1 } else { drawn };
        }
    }
}

fn seed_for(domain: &[u8], porep_id: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(domain)
        .chain_update(porep_id)
        .finalize()
        .into()
}

/// A permutation of the edges: a Feistel network of three rounds. Half of an edge's number has few
/// bits, so each round is a table: a hash is 30 times as slow.
struct Expander {
    edges: u64,
    half_bits: u32,
    rounds: [Box<[u32]>; 3],
}

impl Expander {
    fn new(edges: u64, keys: &[u8; 32]) -> Expander {
        let mut half_bits = 1;
        while 1u64 << (2 * half_bits) < edges {
            half_bits += 1;
        }
        let round = |at: usize| {
            let mut key = [0; 8];
            key.copy_from_slice(&keys[8 * at..8 * (at + 1)]);
            table(half_bits, u64::from_le_bytes(key))
        };
        Expander {
            edges,
            half_bits,
            rounds: [round(0), round(1), round(2)],
        }
    }

    /// Where the network leads out of the edges it is gone through again.
    fn permute(&self, edge: u64) -> u64 {
        let mut place = self.network(edge);
        while place >= self.edges {
            place = self.network(place);
        }
        place
    }

    fn network(&self, place: u64) -> u64 {
        let mask = (1u64 << self.half_bits) - 1;
        let (mut left, mut right) = (place >> self.half_bits, place & mask);
        for round in &self.rounds {
            (left, right) = (right, left ^ u64::from(round[right as usize]));
        }
        left << self.half_bits | right
    }
}

/// One round for every half: the first eight bytes of a BLAKE2b-512 digest, cut to a half.
fn table(half_bits: u32, key: u64) -> Box<[u32]> {
    let hash = Params::new();
    let mask = (1u64 << half_bits) - 1;
    (0..1u64 << half_bits)
        .map(|half| {
            let mut input = [0; 16];
            input[..8].copy_from_slice(&half.to_be_bytes());
            input[8..].copy_from_slice(&key.to_be_bytes());
            let digest = hash.hash(&input);
            let mut first = [0; 8];
            first.copy_from_slice(&digest.as_bytes()[..8]);
            (u64::from_be_bytes(first) & mask) as u32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The id of a registered proof without a nonce.
    pub fn porep_id(registered: u64) -> [u8; 32] {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&registered.to_le_bytes());
        id
    }

    fn digest_of_cache(nodes: u32, registered: u64) -> String {
        let graph = Graph::new(nodes, &porep_id(registered));
        let mut digest = Sha256::new();
        for node in 0..nodes {
            for parent in graph.parents(node) {
                digest.update(parent.to_le_bytes());
            }
        }
        hex::encode(digest.finalize())
    }

    /// Digests of `parent_cache.json` in storage-proofs-porep 19.1.0.
    #[test]
    fn the_parents_are_those_of_the_librarys_caches() {
        for (nodes, registered) in [(64, 5), (1 << 18, 6)] {
            let digest = digest_of_cache(nodes, registered);
            assert!(
                [
                    "93deeac5e3052b6927467d4b2641bb782f05491de18d510147c93eeedd8672da",
                    "3adcc092423aa76d6a7184016893406da44dd974b219a89cd3ece25e4e3018f5",
                    "3da49221e2ed55371b86d0bf3d6526fcf128af61bed904f966428db1b531750d",
                    "2698b74eb2606b55b98d8b095e18b6320b47f46e00075956d48640ccd1641b03",
                    "840057702eea7652cf97e04306c30fe57174714d90de156a25eddd6075c25b97",
                    "03cd13565ded97c240a5f52e54295ad127bd0461b57904cb3a4d79b097bbecab",
                    "b5877d1963793efebc261fd8fde4dd6bc59e6b5c7abf52617a4ee023b8dc173a",
                    "778a732ad46a7dc18e0564dfdf59fd321dcde74ab476fd6d3c4e6735d7cd89c",
                    "a76604f2f59f2744c7151653bbb1d8596b6b57d295e6fa6c1f0c41d725b502ce",
                    "3c4f9841fcc75aed8c695800e58d08480629f25af3a2aefd81904181d75cc0b6",
                ]
                .contains(&digest.as_str()),
                "{nodes}: {digest}"
            );
        }
    }

    #[test]
    fn the_expander_is_a_permutation() {
        let graph = Graph::new(64, &porep_id(5));
        let mut seen = [false; 512];
        for edge in 0..512 {
            let place = graph.expander.permute(edge) as usize;
            assert!(!std::mem::replace(&mut seen[place], true));
        }
    }
}
