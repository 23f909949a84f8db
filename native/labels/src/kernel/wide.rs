//! Eight or sixteen sectors on one core, each in a place of every vector: AVX2 and AVX-512.
//!
//! The memory has the words of a node's labels one after the other, each of all sectors: a word
//! is a vector, and nothing is moved between the places. What a block adds in its rounds is kept for
//! when it comes again in the same label.

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

            use crate::graph::{BASE_DEGREE, DEGREE};
            use crate::kernel::{Lane, Work, K, START};
            use crate::label::{parents_in, HASHED_BITS, HASHED_PARENTS};

            /// Nodes that parents are fetched ahead of their use.
            const AHEAD: usize = 2;
            const LANES: usize = $lanes;
            const WORDS: usize = 8;
            const LINE_WORDS: usize = 16;

            type Vector = $vector;
            type State = [Vector; 8];
            type Words = [Vector; 16];
            /// What a block adds in its 64 rounds: the message schedule and the constants.
            type Rounds = [Words; 4];

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

            /// A block of new words; what its rounds add is kept.
            ///
            /// Sixteen rounds are written out, not all: the compiler would store the sums of all
            /// rounds twice.
            #[inline(always)]
            unsafe fn scheduled(state: &mut State, mut words: Words, rounds: &mut Rounds) {
                let before = *state;
                let (constants, _) = K.as_chunks::<16>();
                sixteen!(|AT| {
                    rounds[0][AT] = $add(words[AT], same(constants[0][AT]));
                    round(state, AT, rounds[0][AT]);
                });
                for (added, constants) in rounds[1..].iter_mut().zip(&constants[1..]) {
                    sixteen!(|AT| {
                        extend(&mut words, AT);
                        added[AT] = $add(words[AT], same(constants[AT]));
                        round(state, AT, added[AT]);
                    });
                }
                add(state, &before);
            }

            /// A block that came before in the same label.
            #[inline(always)]
            unsafe fn again(state: &mut State, rounds: &Rounds) {
                let before = *state;
                for added in rounds {
                    sixteen!(|AT| round(state, AT, added[AT]));
                }
                add(state, &before);
            }

            #[inline(always)]
            unsafe fn add(state: &mut State, before: &State) {
                for (word, before) in state.iter_mut().zip(before) {
                    *word = $add(*word, *before);
                }
            }

            #[inline(always)]
            unsafe fn none() -> Rounds {
                [[same(0); 16]; 4]
            }

            /// A word of every lane. What a lane without a sector makes is nobody's.
            #[inline(always)]
            unsafe fn word(work: &Work<'_>, of: impl Fn(&Lane) -> u32) -> Vector {
                let words: [u32; LANES] =
                    std::array::from_fn(|lane| work.lanes[lane].as_ref().map_or(0, &of));
                $load(words.as_ptr().cast())
            }

            /// The first block of a node, whose number is less than 2^32, as in [`Parents`].
            ///
            /// [`Parents`]: crate::graph::Parents
            #[inline(always)]
            unsafe fn head(ids: &State, layers: Vector, node: usize) -> State {
                let mut words = [same(0); 16];
                words[..8].copy_from_slice(ids);
                words[8] = layers;
                words[10] = same(node as u32);
                let mut state = START.map(|word| same(word));
                scheduled(&mut state, words, &mut none());
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
                for (at, id) in ids.iter_mut().enumerate() {
                    *id = word(work, |lane| lane.replica_id[at]);
                }
                let layers = word(work, |lane| lane.layer);
                let labels: *const u32 = work.current;
                let last_node = work.parents.len() - 1;
                // Blocks of two parents come again and again in this order.
                let blocks = parents_in(work.any_lane().layer) / 2;
                // Where the labels of a block are.
                let of = |block: usize| {
                    if block < BASE_DEGREE / 2 {
                        labels
                    } else {
                        work.previous
                    }
                };
                let mut kept = [none(); DEGREE / 2];
                for node in from..to {
                    let parents = work.parents(node);
                    let ahead = work.parents((node + AHEAD).min(last_node));
                    let mut state = head(&ids, layers, node);
                    for (block, kept) in kept[..blocks].iter_mut().enumerate() {
                        let mut words = [same(0); 16];
                        load(of(block), parents[2 * block], &mut words[..8]);
                        load(of(block), parents[2 * block + 1], &mut words[8..]);
                        scheduled(&mut state, words, kept);
                        fetch(of(block / 2), ahead[block]);
                    }
                    for block in blocks..HASHED_PARENTS / 2 {
                        again(&mut state, &kept[block % blocks]);
                        if block < 2 * blocks {
                            fetch(of(block / 2), ahead[block]);
                        }
                    }
                    let at = (HASHED_PARENTS - 1) % (2 * blocks);
                    let mut words = [same(0); 16];
                    load(of(at / 2), parents[at], &mut words[..8]);
                    words[8] = same(0x8000_0000);
                    words[15] = same(HASHED_BITS);
                    scheduled(&mut state, words, &mut none());
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
