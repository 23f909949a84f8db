//! Eight or sixteen sectors on one core, each in a place of every vector: AVX2 and AVX-512.
//!
//! The memory has the words of a node's labels one after the other, each of all sectors: a word
//! is a vector, and nothing is moved between the places. There are too many sectors for a message
//! schedule to be kept; it is made anew for each block.

/// Written out sixteen times, so that arrays become registers.
macro_rules! sixteen {
    (|$at:ident| $body:expr) => {
        sixteen!(@ $at $body; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
    };
    (@ $at:ident $body:expr; $($number:literal)*) => {
        $({
            const $at: usize = $number;
            $body
        };)*
    };
}

/// The kernel for vectors of one kind.
macro_rules! kernel {
    (
        $name:ident, $features:literal, $lanes:literal, $vector:ident,
        $load:ident, $store:ident, $set:ident, $add:ident, $and:ident, $shift:ident,
        |$x:ident| $rotate:expr,
        |$a:ident, $b:ident, $c:ident| ($xor3:expr, $choose:expr, $majority:expr)
    ) => {
        pub(crate) mod $name {
            use std::arch::x86_64::*;

            use crate::kernel::{Work, K, START};
            use crate::label::HASHED_BITS;

            /// Nodes that parents are fetched ahead of their use.
            const AHEAD: usize = 2;
            const LANES: usize = $lanes;
            const WORDS: usize = 8;
            const LINE_WORDS: usize = 16;

            type Vector = $vector;
            type State = [Vector; 8];
            type Words = [Vector; 16];

            #[inline(always)]
            unsafe fn rotate<const RIGHT: i32, const LEFT: i32>($x: Vector) -> Vector {
                $rotate
            }

            #[inline(always)]
            unsafe fn xor3($a: Vector, $b: Vector, $c: Vector) -> Vector {
                $xor3
            }

            /// The bits of `b` where `a` has ones, else those of `c`.
            #[inline(always)]
            unsafe fn choose($a: Vector, $b: Vector, $c: Vector) -> Vector {
                $choose
            }

            #[inline(always)]
            unsafe fn majority($a: Vector, $b: Vector, $c: Vector) -> Vector {
                $majority
            }

            #[inline(always)]
            unsafe fn same(word: u32) -> Vector {
                $set(word as i32)
            }

            /// The words that come after the sixteen of a block, one in the place of the oldest.
            #[inline(always)]
            unsafe fn extend(words: &mut Words, at: usize) {
                let (two, fifteen) = (words[(at + 14) % 16], words[(at + 1) % 16]);
                let small_0 = xor3(
                    rotate::<7, 25>(fifteen),
                    rotate::<18, 14>(fifteen),
                    $shift::<3>(fifteen),
                );
                let small_1 = xor3(
                    rotate::<17, 15>(two),
                    rotate::<19, 13>(two),
                    $shift::<10>(two),
                );
                words[at % 16] = $add(
                    $add(words[at % 16], small_0),
                    $add(words[(at + 9) % 16], small_1),
                );
            }

            /// One round; the roles of the state's words move on by one.
            #[inline(always)]
            unsafe fn round(state: &mut State, at: usize, added: Vector) {
                let role = |word: usize| (word + 64 - at) % 8;
                let (a, e) = (state[role(0)], state[role(4)]);
                let big_1 = xor3(rotate::<6, 26>(e), rotate::<11, 21>(e), rotate::<25, 7>(e));
                let big_0 = xor3(rotate::<2, 30>(a), rotate::<13, 19>(a), rotate::<22, 10>(a));
                let first = $add(
                    $add(state[role(7)], added),
                    $add(big_1, choose(e, state[role(5)], state[role(6)])),
                );
                let second = $add(big_0, majority(a, state[role(1)], state[role(2)]));
                state[role(3)] = $add(state[role(3)], first);
                state[role(7)] = $add(first, second);
            }

            #[inline(always)]
            unsafe fn block(state: &mut State, words: &mut Words) {
                let before = *state;
                sixteen!(|AT| round(state, AT, $add(words[AT], same(K[AT]))));
                for first in [16, 32, 48] {
                    sixteen!(|AT| {
                        extend(words, AT);
                        round(state, AT, $add(words[AT], same(K[first + AT])));
                    });
                }
                for (word, before) in state.iter_mut().zip(before) {
                    *word = $add(*word, before);
                }
            }

            #[inline(always)]
            unsafe fn head(work: &Work<'_>, ids: &State, node: usize) -> State {
                let zero = same(0);
                let mut words = [zero; 16];
                words[..8].copy_from_slice(ids);
                let layers: [u32; LANES] =
                    std::array::from_fn(|lane| work.lanes[lane].map_or(0, |lane| lane.layer));
                words[8] = $load(layers.as_ptr().cast());
                words[9] = same((node as u64 >> 32) as u32);
                words[10] = same(node as u32);
                let mut state = START.map(|word| same(word));
                block(&mut state, &mut words);
                state
            }

            #[inline(always)]
            unsafe fn place(labels: *const u32, node: u32) -> *const u32 {
                labels.add(node as usize * WORDS * LANES)
            }

            #[inline(always)]
            unsafe fn load(labels: *const u32, node: u32, words: &mut [Vector]) {
                let from = place(labels, node);
                for (word, vector) in words.iter_mut().enumerate() {
                    *vector = $load(from.add(word * LANES).cast());
                }
            }

            #[inline(always)]
            unsafe fn fetch(labels: *const u32, node: u32) {
                let from = place(labels, node);
                for line in 0..WORDS * LANES / LINE_WORDS {
                    _mm_prefetch::<_MM_HINT_T0>(from.add(line * LINE_WORDS).cast());
                }
            }

            /// Labels the nodes from `from` up to `to`. Node 0 is not for it.
            ///
            /// # Safety
            /// As [`Work`] says; the processor has the instructions.
            #[target_feature(enable = $features)]
            pub(crate) unsafe fn label(work: &Work<'_>, from: usize, to: usize) {
                let mut ids = [same(0); 8];
                for (word, vector) in ids.iter_mut().enumerate() {
                    // What a lane without a sector makes is nobody's.
                    let words: [u32; LANES] = std::array::from_fn(|lane| {
                        work.lanes[lane].map_or(0, |lane| lane.replica_id[word])
                    });
                    *vector = $load(words.as_ptr().cast());
                }
                let labels: *const u32 = work.current;
                let first = work.any_lane().layer == 1;
                let last_node = work.parents.len() - 1;
                // Where the labels of the parents are, in the order in which they are hashed.
                let count = if first { 6 } else { 14 };
                let of = |place: usize| if place < 6 { labels } else { work.previous };
                for node in from..to {
                    let parents = work.parents(node);
                    let ahead = work.parents((node + AHEAD).min(last_node));
                    let mut state = head(work, &ids, node);
                    let mut at = 0;
                    for pair in 0..18 {
                        let mut words = [same(0); 16];
                        let (one, two) = (at, at + 1);
                        at = if at + 2 == count { 0 } else { at + 2 };
                        load(of(one), parents[one], &mut words[..8]);
                        load(of(two), parents[two], &mut words[8..]);
                        block(&mut state, &mut words);
                        if pair < count {
                            fetch(of(pair), ahead[pair]);
                        }
                    }
                    let mut words = [same(0); 16];
                    load(of(at), parents[at], &mut words[..8]);
                    words[8] = same(0x8000_0000);
                    words[15] = same(HASHED_BITS);
                    block(&mut state, &mut words);
                    state[7] = $and(state[7], same(0xffff_ff3f));
                    let to = place(work.current, node as u32).cast_mut();
                    for (word, vector) in state.iter().enumerate() {
                        $store(to.add(word * LANES).cast(), *vector);
                    }
                }
            }
        }
    };
}

kernel!(
    avx512,
    "avx512f",
    16,
    __m512i,
    _mm512_loadu_si512,
    _mm512_storeu_si512,
    _mm512_set1_epi32,
    _mm512_add_epi32,
    _mm512_and_si512,
    _mm512_srli_epi32,
    |x| _mm512_ror_epi32::<RIGHT>(x),
    |a, b, c| (
        _mm512_ternarylogic_epi32::<0x96>(a, b, c),
        _mm512_ternarylogic_epi32::<0xCA>(a, b, c),
        _mm512_ternarylogic_epi32::<0xE8>(a, b, c)
    )
);

kernel!(
    avx2,
    "avx2",
    8,
    __m256i,
    _mm256_loadu_si256,
    _mm256_storeu_si256,
    _mm256_set1_epi32,
    _mm256_add_epi32,
    _mm256_and_si256,
    _mm256_srli_epi32,
    |x| _mm256_or_si256(_mm256_srli_epi32::<RIGHT>(x), _mm256_slli_epi32::<LEFT>(x)),
    |a, b, c| (
        _mm256_xor_si256(_mm256_xor_si256(a, b), c),
        _mm256_xor_si256(c, _mm256_and_si256(a, _mm256_xor_si256(b, c))),
        _mm256_or_si256(
            _mm256_and_si256(a, b),
            _mm256_and_si256(c, _mm256_or_si256(a, b))
        )
    )
);
