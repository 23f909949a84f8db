//! The labels of one layer of the sectors that are labelled together.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::graph::Parents;
use crate::kernel::{Kernel, Lane, Work};
use crate::label;
use crate::memory::Memory;

/// Bytes of a label in a file.
pub const LABEL_BYTES: usize = 32;
const WORDS: usize = 8;

/// Labels of the nodes from 0 up to [`Labels::done`]: one thread makes more while others read.
///
/// Its lanes change between two layers, while nobody else looks ([`Labels::keep`]).
pub struct Labels {
    kernel: Kernel,
    lanes: AtomicUsize,
    nodes: usize,
    memory: Memory,
    done: Mutex<Done>,
    more: Condvar,
    writer: Mutex<()>,
}

#[derive(Default)]
struct Done {
    nodes: usize,
    /// Nobody makes more.
    over: bool,
}

impl Labels {
    /// None yet, of so many lanes.
    pub fn new(kernel: Kernel, lanes: usize, nodes: usize) -> io::Result<Labels> {
        let labels = Labels {
            kernel,
            lanes: AtomicUsize::new(lanes),
            nodes,
            memory: Memory::new(nodes * kernel.room() * WORDS)?,
            done: Mutex::default(),
            more: Condvar::new(),
            writer: Mutex::new(()),
        };
        labels.memory.populate(nodes * lanes * WORDS)?;
        Ok(labels)
    }

    /// How many lanes it has.
    pub fn lanes(&self) -> usize {
        self.lanes.load(Ordering::Relaxed)
    }

    /// How many nodes have their labels.
    pub fn done(&self) -> usize {
        lock(&self.done).nodes
    }

    /// Waits until so many have, and gives how many have then; fewer if nobody makes more.
    pub fn wait(&self, nodes: usize) -> usize {
        let done = self
            .more
            .wait_while(lock(&self.done), |done| done.nodes < nodes && !done.over)
            .unwrap_or_else(PoisonError::into_inner);
        done.nodes
    }

    /// Nobody makes more: who waits is told.
    pub fn end(&self) {
        lock(&self.done).over = true;
        self.more.notify_all();
    }

    fn set_done(&self, nodes: usize) {
        lock(&self.done).nodes = nodes;
        self.more.notify_all();
    }

    /// Makes the labels up to the node `to`. What stands in a lane that is none is nobody's.
    ///
    /// `previous`: of the layer before, whole; not looked at in a first layer.
    pub fn label(&self, lanes: &[Option<Lane>], parents: &[Parents], previous: &Labels, to: usize) {
        let _only = lock(&self.writer);
        let mut alive = lanes.iter().flatten();
        let first = alive.next().expect("a lane to label").layer == 1;
        assert!(alive.all(|lane| (lane.layer == 1) == first));
        assert!(lanes.len() == self.lanes() && (first || previous.lanes() == self.lanes()));
        assert!(parents.len() == self.nodes && to <= self.nodes && self.nodes.is_power_of_two());
        assert!(first || previous.done() == self.nodes);
        let mut from = self.done();
        if from == 0 {
            for (at, lane) in lanes.iter().enumerate() {
                let Some(lane) = lane else { continue };
                // SAFETY: the node has a place in the memory, and nobody reads it yet.
                unsafe { self.put(at, 0, &label::of_node_0(lane)) };
            }
            from = 1;
        }
        let work = Work {
            lanes,
            parents,
            current: self.memory.words(),
            previous: previous.memory.words(),
        };
        // SAFETY: asserted above; the mutex keeps other writers away, and readers below `done`.
        unsafe { self.kernel.label(&work, from, to) };
        self.set_done(to);
    }

    unsafe fn put(&self, lane: usize, node: usize, label: &[u32; WORDS]) {
        for (word, value) in label.iter().enumerate() {
            *self
                .memory
                .words()
                .add(self.kernel.place(self.lanes(), lane, node, word)) = *value;
        }
    }

    /// Copies labels as they are in a file; they are done.
    pub fn read(&self, lane: usize, from: usize, out: &mut [u8]) {
        let nodes = out.len() / LABEL_BYTES;
        let lanes = self.lanes();
        assert!(lane < lanes && from + nodes <= self.done());
        let words = self.memory.words();
        for (node, label) in (from..).zip(out.chunks_exact_mut(LABEL_BYTES)) {
            for (word, bytes) in label.chunks_exact_mut(4).enumerate() {
                // SAFETY: below `done`, which is within the memory and is not written any more.
                let value = unsafe { *words.add(self.kernel.place(lanes, lane, node, word)) };
                bytes.copy_from_slice(&value.to_be_bytes());
            }
        }
    }

    /// One label that is done.
    pub(crate) fn label_of(&self, lane: usize, node: usize) -> [u8; LABEL_BYTES] {
        let mut label = [0; LABEL_BYTES];
        self.read(lane, node, &mut label);
        label
    }

    /// Takes labels of a sector that were made before. They count once [`Labels::loaded`] says so;
    /// nobody may be reading the lane.
    pub(crate) fn load(&self, lane: usize, from: usize, bytes: &[u8]) {
        let _only = lock(&self.writer);
        let nodes = bytes.len() / LABEL_BYTES;
        assert!(lane < self.lanes() && from + nodes <= self.nodes);
        for (node, label) in (from..).zip(bytes.chunks_exact(LABEL_BYTES)) {
            let mut words = [0; WORDS];
            for (word, bytes) in words.iter_mut().zip(label.as_chunks().0) {
                *word = u32::from_be_bytes(*bytes);
            }
            // SAFETY: within the memory, and nobody reads the lane.
            unsafe { self.put(lane, node, &words) };
        }
    }

    /// So many labels of every sector were loaded.
    pub(crate) fn loaded(&self, nodes: usize) {
        self.set_done(nodes);
    }

    /// Forgets all. Nobody may be reading any more.
    pub(crate) fn clear(&self) {
        let _only = lock(&self.writer);
        *lock(&self.done) = Done::default();
    }

    /// Moves those lanes that are kept to the front, and has `lanes` of them; the labels of the others
    /// are of nobody. A kernel with a fixed number of lanes leaves all where they are.
    ///
    /// `kept`: in rising order. Nobody may be reading or writing.
    pub(crate) fn keep(&self, kept: &[usize], lanes: usize) -> io::Result<()> {
        let _only = lock(&self.writer);
        let before = self.lanes();
        assert!(kept.len() <= lanes && kept.iter().all(|&lane| lane < before));
        assert!(kept.is_sorted() && lanes == self.kernel.lanes(lanes));
        let stay = lanes == before && kept.iter().copied().eq(0..kept.len());
        if stay || !self.kernel.moves_lanes() {
            return Ok(());
        }
        self.memory
            .populate(self.nodes * lanes * WORDS)
            .inspect_err(|_| self.memory.give_back_behind(self.nodes * before * WORDS))?;
        let words = self.memory.words();
        let copy = |node: usize| {
            for (to, &from) in kept.iter().enumerate() {
                // SAFETY: both places are within the memory; they may be the same.
                unsafe {
                    std::ptr::copy(
                        words.add((node * before + from) * WORDS),
                        words.add((node * lanes + to) * WORDS),
                        WORDS,
                    );
                }
            }
        };
        // In an order in which nothing is written over before it was moved.
        if lanes > before {
            (0..self.nodes).rev().for_each(copy);
        } else if !kept.is_empty() {
            (0..self.nodes).for_each(copy);
        }
        self.lanes.store(lanes, Ordering::Relaxed);
        self.memory.give_back_behind(self.nodes * lanes * WORDS);
        Ok(())
    }
}

/// What is kept under these locks is whole at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
