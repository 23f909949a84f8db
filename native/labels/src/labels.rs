//! The labels of one layer of the sectors that are labelled together.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use crate::graph::Parents;
use crate::kernel::{Kernel, Lane, Work};
use crate::label;
use crate::memory::Memory;

/// Bytes of a label in a file.
pub const LABEL_BYTES: usize = 32;
const WORDS: usize = 8;

/// Labels of the nodes from 0 up to [`Labels::done`]: one thread makes more while others read.
pub struct Labels {
    kernel: Kernel,
    lanes: usize,
    nodes: usize,
    memory: Memory,
    done: AtomicUsize,
    writer: Mutex<()>,
}

impl Labels {
    /// None yet.
    pub fn new(kernel: Kernel, lanes: usize, nodes: usize) -> io::Result<Labels> {
        Ok(Labels {
            kernel,
            lanes,
            nodes,
            memory: Memory::new(nodes * lanes * WORDS)?,
            done: AtomicUsize::new(0),
            writer: Mutex::new(()),
        })
    }

    /// How many nodes have their labels.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Acquire)
    }

    /// Makes the labels up to the node `to`.
    ///
    /// `previous`: of the layer before, whole; not looked at in a first layer.
    pub fn label(&self, lanes: &[Lane], parents: &[Parents], previous: &Labels, to: usize) {
        let _only = self.writer.lock().expect("no writer panics");
        let first = lanes[0].layer == 1;
        assert!(lanes.len() == self.lanes && previous.lanes == self.lanes);
        assert!(lanes.iter().all(|lane| (lane.layer == 1) == first));
        assert!(parents.len() == self.nodes && to <= self.nodes);
        assert!(first || previous.done() == self.nodes);
        let mut from = self.done();
        if from == 0 {
            for (at, lane) in lanes.iter().enumerate() {
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
        // SAFETY: asserted above, and by who makes `Parents`; the mutex keeps other writers away,
        // and readers stay below `done`.
        unsafe { self.kernel.label(&work, from, to) };
        self.done.store(to, Ordering::Release);
    }

    unsafe fn put(&self, lane: usize, node: usize, label: &[u32; WORDS]) {
        for (word, value) in label.iter().enumerate() {
            *self.memory.words().add(self.kernel.place(self.lanes, lane, node, word)) = *value;
        }
    }

    /// Copies labels as they are in a file; they are done.
    pub fn read(&self, lane: usize, from: usize, out: &mut [u8]) {
        let nodes = out.len() / LABEL_BYTES;
        assert!(lane < self.lanes && from + nodes <= self.done());
        let words = self.memory.words();
        for (node, label) in (from..).zip(out.chunks_exact_mut(LABEL_BYTES)) {
            for (word, bytes) in label.chunks_exact_mut(4).enumerate() {
                // SAFETY: below `done`, which is within the memory and is not written any more.
                let value = unsafe { *words.add(self.kernel.place(self.lanes, lane, node, word)) };
                bytes.copy_from_slice(&value.to_be_bytes());
            }
        }
    }

    /// Takes labels that were made before, of every lane, from [`Labels::done`] on.
    pub fn load(&self, labels: &[&[u8]]) {
        let _only = self.writer.lock().expect("no writer panics");
        let from = self.done();
        let nodes = labels[0].len() / LABEL_BYTES;
        assert!(labels.len() == self.lanes && from + nodes <= self.nodes);
        assert!(labels.iter().all(|lane| lane.len() == nodes * LABEL_BYTES));
        for (lane, bytes) in labels.iter().enumerate() {
            for (node, label) in (from..).zip(bytes.chunks_exact(LABEL_BYTES)) {
                let mut words = [0; WORDS];
                for (word, bytes) in words.iter_mut().zip(label.as_chunks().0) {
                    *word = u32::from_be_bytes(*bytes);
                }
                // SAFETY: within the memory, and from `done` on nobody reads.
                unsafe { self.put(lane, node, &words) };
            }
        }
        self.done.store(from + nodes, Ordering::Release);
    }

    /// Forgets all: nobody reads any more.
    pub fn clear(&mut self) {
        *self.done.get_mut() = 0;
    }
}
