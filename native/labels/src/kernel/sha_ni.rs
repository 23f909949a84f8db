//! One or two sectors on one core, by the SHA instructions of x86-64.
//!
//! One sector waits for each round of its only digest; the rounds of a second fill the gaps. The
//! memory has the labels of a node side by side, as the words of the digest: two make one cache
//! line, and nothing is swapped in the loop.

use std::arch::x86_64::*;

use super::{Lane, Work, K, START};
use crate::label::HASHED_BITS;

/// Nodes that parents are fetched ahead of their use.
const AHEAD: usize = 6;

/// The words of a state as the instructions want them: a, b, e, f and c, d, g, h.
#[derive(Clone, Copy)]
struct State {
    abef: __m128i,
    cdgh: __m128i,
}

/// Sixteen words, four to a vector.
type Words = [__m128i; 4];

/// What a block adds in its 64 rounds: the message schedule and the constants.
type Rounds = [__m128i; 16];

/// What is the same in the first block of each node of a layer.
#[derive(Clone, Copy)]
struct Header {
    words: Words,
    after_replica_id: State,
}

#[inline(always)]
unsafe fn k(quad: usize) -> __m128i {
    _mm_loadu_si128(K.as_ptr().add(4 * quad).cast())
}

#[inline(always)]
unsafe fn pack(words: &[u32; 8]) -> State {
    let low = _mm_loadu_si128(words.as_ptr().cast());
    let high = _mm_loadu_si128(words.as_ptr().add(4).cast());
    let badc = _mm_shuffle_epi32(low, 0xB1);
    let hgfe = _mm_shuffle_epi32(high, 0x1B);
    State {
        abef: _mm_alignr_epi8(badc, hgfe, 8),
        cdgh: _mm_blend_epi16(hgfe, badc, 0xF0),
    }
}

#[inline(always)]
unsafe fn unpack(state: State) -> (__m128i, __m128i) {
    let feba = _mm_shuffle_epi32(state.abef, 0x1B);
    let dchg = _mm_shuffle_epi32(state.cdgh, 0xB1);
    (
        _mm_blend_epi16(feba, dchg, 0xF0),
        _mm_alignr_epi8(dchg, feba, 8),
    )
}

/// Four rounds.
#[inline(always)]
unsafe fn four(state: &mut State, added: __m128i) {
    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, added);
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(added, 0x0E));
}

/// The next four words of a message schedule, in the place of those that are oldest.
#[inline(always)]
unsafe fn extend(words: &mut Words, quad: usize) {
    let oldest = words[quad % 4];
    let last = words[(quad + 3) % 4];
    let sum = _mm_add_epi32(
        _mm_sha256msg1_epu32(oldest, words[(quad + 1) % 4]),
        _mm_alignr_epi8(last, words[(quad + 2) % 4], 4),
    );
    words[quad % 4] = _mm_sha256msg2_epu32(sum, last);
}

#[inline(always)]
unsafe fn add(state: &mut State, before: State) {
    state.abef = _mm_add_epi32(state.abef, before.abef);
    state.cdgh = _mm_add_epi32(state.cdgh, before.cdgh);
}

/// A block of new words; what its rounds add is kept.
#[inline(always)]
unsafe fn scheduled<const N: usize>(
    state: &mut [State; N],
    words: &mut [Words; N],
    rounds: &mut [Rounds; N],
) {
    let before = *state;
    macro_rules! quads {
        ($($quad:literal)*) => {$(
            for lane in 0..N {
                if $quad >= 4 {
                    extend(&mut words[lane], $quad);
                }
                let added = _mm_add_epi32(words[lane][$quad % 4], k($quad));
                rounds[lane][$quad] = added;
                four(&mut state[lane], added);
            }
        )*};
    }
    quads!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    for lane in 0..N {
        add(&mut state[lane], before[lane]);
    }
}

/// A block that came before in the same label.
#[inline(always)]
unsafe fn again<const N: usize>(state: &mut [State; N], rounds: &[Rounds; N]) {
    let before = *state;
    macro_rules! quads {
        ($($quad:literal)*) => {$(
            for lane in 0..N {
                four(&mut state[lane], rounds[lane][$quad]);
            }
        )*};
    }
    quads!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    for lane in 0..N {
        add(&mut state[lane], before[lane]);
    }
}

/// The first block of a node.
#[inline(always)]
unsafe fn head<const N: usize>(headers: &[Header; N], node: usize) -> [State; N] {
    let number = _mm_set_epi32(0, node as i32, (node as u64 >> 32) as i32, 0);
    let mut state = [State {
        abef: _mm_setzero_si128(),
        cdgh: _mm_setzero_si128(),
    }; N];
    let mut words = [[_mm_setzero_si128(); 4]; N];
    for lane in 0..N {
        state[lane] = headers[lane].after_replica_id;
        words[lane] = headers[lane].words;
        words[lane][2] = _mm_or_si128(words[lane][2], number);
    }
    macro_rules! quads {
        ($($quad:literal)*) => {$(
            for lane in 0..N {
                if $quad >= 4 {
                    extend(&mut words[lane], $quad);
                }
                four(&mut state[lane], _mm_add_epi32(words[lane][$quad % 4], k($quad)));
            }
        )*};
    }
    quads!(2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    let start = pack(&START);
    for lane in &mut state {
        add(lane, start);
    }
    state
}

/// Labels the nodes from `from` up to `to`, in `N` of the `S` lanes of the memory. Node 0 is not for
/// it.
///
/// `lane`: the first of them; `lanes`: what they label.
///
/// # Safety
/// As [`Kernel::label`](super::Kernel::label) says; the processor has the SHA instructions.
#[target_feature(enable = "sha,sse4.1,ssse3")]
pub(crate) unsafe fn label<const N: usize, const S: usize>(
    work: &Work<'_>,
    lane: usize,
    lanes: &[Lane; N],
    from: usize,
    to: usize,
) {
    let mut headers = [Header {
        words: [_mm_setzero_si128(); 4],
        after_replica_id: pack(&START),
    }; N];
    for (header, lane) in headers.iter_mut().zip(lanes) {
        header.words[0] = _mm_loadu_si128(lane.replica_id.as_ptr().cast());
        header.words[1] = _mm_loadu_si128(lane.replica_id.as_ptr().add(4).cast());
        header.words[2] = _mm_set_epi32(0, 0, 0, lane.layer as i32);
        for quad in 0..2 {
            four(
                &mut header.after_replica_id,
                _mm_add_epi32(header.words[quad], k(quad)),
            );
        }
    }
    let work = Work {
        lanes: work.lanes,
        parents: work.parents,
        current: work.current.add(lane * 8),
        previous: work.previous.add(lane * 8),
    };
    if lanes[0].layer == 1 {
        label_first::<N, S>(&work, &headers, from, to);
    } else {
        label_later::<N, S>(&work, &headers, from, to);
    }
}

/// Where a label is.
#[inline(always)]
unsafe fn place<const S: usize>(labels: *const u32, node: u32, lane: usize) -> *const u32 {
    labels.add((node as usize * S + lane) * 8)
}

#[inline(always)]
unsafe fn fetch<const S: usize>(labels: *const u32, node: u32) {
    _mm_prefetch(place::<S>(labels, node, 0).cast(), _MM_HINT_T0);
}

/// The words of two labels.
#[inline(always)]
unsafe fn load<const N: usize, const S: usize>(
    (one, first): (*const u32, u32),
    (two, second): (*const u32, u32),
) -> [Words; N] {
    let mut words = [[_mm_setzero_si128(); 4]; N];
    for (lane, words) in words.iter_mut().enumerate() {
        let (one, two) = (
            place::<S>(one, first, lane).cast::<__m128i>(),
            place::<S>(two, second, lane).cast::<__m128i>(),
        );
        *words = [
            _mm_loadu_si128(one),
            _mm_loadu_si128(one.add(1)),
            _mm_loadu_si128(two),
            _mm_loadu_si128(two.add(1)),
        ];
    }
    words
}

/// The last half block: one label, and where the message ends.
#[inline(always)]
unsafe fn load_last<const N: usize, const S: usize>(labels: *const u32, node: u32) -> [Words; N] {
    let mut words = load::<N, S>((labels, node), (labels, node));
    for words in &mut words {
        words[2] = _mm_set_epi32(0, 0, 0, 0x8000_0000_u32 as i32);
        words[3] = _mm_set_epi32(HASHED_BITS as i32, 0, 0, 0);
    }
    words
}

#[inline(always)]
unsafe fn store<const N: usize, const S: usize>(labels: *mut u32, node: usize, state: &[State; N]) {
    let mask = _mm_set_epi32(0xffff_ff3f_u32 as i32, -1, -1, -1);
    for (lane, state) in state.iter().enumerate() {
        let (low, high) = unpack(*state);
        let at = place::<S>(labels, node as u32, lane)
            .cast_mut()
            .cast::<__m128i>();
        _mm_storeu_si128(at, low);
        _mm_storeu_si128(at.add(1), _mm_and_si128(high, mask));
    }
}

#[inline(always)]
unsafe fn none<const N: usize, const B: usize>() -> [[Rounds; N]; B] {
    [[[_mm_setzero_si128(); 16]; N]; B]
}

#[inline(always)]
unsafe fn label_first<const N: usize, const S: usize>(
    work: &Work<'_>,
    headers: &[Header; N],
    from: usize,
    to: usize,
) {
    let labels: *const u32 = work.current;
    let last_node = work.parents.len() - 1;
    let mut rounds = none::<N, 3>();
    let mut unused = none::<N, 1>();
    let mut state = head(headers, from);
    for node in from..to {
        let parents = work.parents(node);
        let ahead = work.parents((node + AHEAD).min(last_node));
        for block in 0..3 {
            let mut words = load::<N, S>(
                (labels, parents[2 * block]),
                (labels, parents[2 * block + 1]),
            );
            scheduled(&mut state, &mut words, &mut rounds[block]);
            fetch::<S>(labels, ahead[2 * block]);
            fetch::<S>(labels, ahead[2 * block + 1]);
        }
        for _ in 1..6 {
            for rounds in &rounds {
                again(&mut state, rounds);
            }
        }
        let next = head(headers, node + 1);
        let mut words = load_last::<N, S>(labels, parents[0]);
        scheduled(&mut state, &mut words, &mut unused[0]);
        store::<N, S>(work.current, node, &state);
        state = next;
    }
}

#[inline(always)]
unsafe fn label_later<const N: usize, const S: usize>(
    work: &Work<'_>,
    headers: &[Header; N],
    from: usize,
    to: usize,
) {
    let labels: *const u32 = work.current;
    let before = work.previous;
    let last_node = work.parents.len() - 1;
    let mut rounds = none::<N, 7>();
    let mut unused = none::<N, 1>();
    let mut state = head(headers, from);
    for node in from..to {
        let parents = work.parents(node);
        let ahead = work.parents((node + AHEAD).min(last_node));
        macro_rules! blocks {
            ($of:ident: $($block:literal)*) => {$(
                let mut words = load::<N, S>(
                    ($of, parents[2 * $block]),
                    ($of, parents[2 * $block + 1]),
                );
                scheduled(&mut state, &mut words, &mut rounds[$block]);
                fetch::<S>($of, ahead[2 * $block]);
                fetch::<S>($of, ahead[2 * $block + 1]);
            )*};
        }
        blocks!(labels: 0 1 2);
        blocks!(before: 3 4 5 6);
        for rounds in &rounds {
            again(&mut state, rounds);
        }
        for rounds in &rounds[..4] {
            again(&mut state, rounds);
        }
        let next = head(headers, node + 1);
        let mut words = load_last::<N, S>(before, parents[8]);
        scheduled(&mut state, &mut words, &mut unused[0]);
        store::<N, S>(work.current, node, &state);
        state = next;
    }
}
