//! Makes labels of several sectors in lock step, which share the parents of each node.

mod sha_ni;
mod wide;

use crate::graph::Parents;

pub(crate) const K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/// The state that SHA-256 begins with (FIPS 180-4, 5.3.3).
pub(crate) const START: [u32; 8] = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/// A way to make labels that some processors have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// One or two sectors by the SHA instructions.
    ShaNi,
    /// Eight sectors.
    Avx2,
    /// Sixteen sectors.
    Avx512,
}

/// What a kernel works on. All lanes are in their first layer, or none is; at least one is there.
pub(crate) struct Work<'a> {
    pub lanes: &'a [Option<Lane>],
    /// Of every node.
    pub parents: &'a [Parents],
    /// Labels of this layer.
    pub current: *mut u32,
    /// Labels of the layer before.
    pub previous: *const u32,
}

impl Work<'_> {
    /// One of those that are there.
    fn any_lane(&self) -> Lane {
        *self.lanes.iter().flatten().next().expect("a lane to label")
    }

    /// The parents of a node. They come from a file: whatever it holds, they are nodes.
    ///
    /// # Safety
    /// The node is one, and there is a power of two of them.
    #[inline(always)]
    unsafe fn parents(&self, node: usize) -> Parents {
        let mask = (self.parents.len() - 1) as u32;
        self.parents.get_unchecked(node).map(|parent| parent & mask)
    }
}

/// Where a sector is that is labelled.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
    /// As the words of a digest.
    pub(crate) replica_id: [u32; 8],
    pub(crate) layer: u32,
}

impl Lane {
    /// `layer`: from 1 on.
    pub fn new(replica_id: &[u8; 32], layer: u32) -> Lane {
        let mut words = [0; 8];
        for (word, bytes) in words.iter_mut().zip(replica_id.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        Lane {
            replica_id: words,
            layer,
        }
    }
}

impl Kernel {
    /// Whether this processor can do it.
    pub fn is_there(self) -> bool {
        match self {
            Kernel::ShaNi => {
                is_x86_feature_detected!("sha")
                    && is_x86_feature_detected!("sse4.1")
                    && is_x86_feature_detected!("ssse3")
            }
            Kernel::Avx2 => is_x86_feature_detected!("avx2"),
            Kernel::Avx512 => is_x86_feature_detected!("avx512f"),
        }
    }

    /// How many sectors it labels at once, at most.
    pub fn room(self) -> usize {
        match self {
            Kernel::ShaNi => 2,
            Kernel::Avx2 => 8,
            Kernel::Avx512 => 16,
        }
    }

    /// How many lanes the memory has for so many sectors: some are there anyway.
    pub fn lanes(self, sectors: usize) -> usize {
        match self {
            Kernel::ShaNi => sectors,
            Kernel::Avx2 | Kernel::Avx512 => self.room(),
        }
    }

    /// Whether a sector has another place in the memory when others come or go.
    pub(crate) fn moves_lanes(self) -> bool {
        self == Kernel::ShaNi
    }

    /// Where in the memory a word of a label is.
    #[inline(always)]
    pub(crate) fn place(self, lanes: usize, lane: usize, node: usize, word: usize) -> usize {
        match self {
            Kernel::ShaNi => (node * lanes + lane) * 8 + word,
            Kernel::Avx2 | Kernel::Avx512 => (node * 8 + word) * lanes + lane,
        }
    }

    /// # Safety
    /// The processor can do it; `current` and `previous` hold labels of all nodes and lanes in its
    /// layout; `previous` and the nodes of `current` below
    /// `from` are made, nobody else writes there, and nobody reads from `from` on; `from` is not 0.
    pub(crate) unsafe fn label(self, work: &Work<'_>, from: usize, to: usize) {
        match (self, work.lanes) {
            (Kernel::ShaNi, [Some(lane)]) => sha_ni::label::<1, 1>(work, 0, &[*lane], from, to),
            (Kernel::ShaNi, [Some(one), Some(two)]) => {
                sha_ni::label::<2, 2>(work, 0, &[*one, *two], from, to);
            }
            (Kernel::ShaNi, [Some(lane), None]) => {
                sha_ni::label::<1, 2>(work, 0, &[*lane], from, to);
            }
            (Kernel::ShaNi, [None, Some(lane)]) => {
                sha_ni::label::<1, 2>(work, 1, &[*lane], from, to);
            }
            (Kernel::Avx2, lanes) if lanes.len() == 8 => wide::avx2::label(work, from, to),
            (Kernel::Avx512, lanes) if lanes.len() == 16 => wide::avx512::label(work, from, to),
            (kernel, lanes) => unreachable!("{} lanes by {kernel:?}", lanes.len()),
        }
    }
}
