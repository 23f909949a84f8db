//! Labels sectors from where an earlier run was stopped, and writes the layers while they are made.
//!
//! One thread makes labels and another one writes them, a layer behind at most. What is written is
//! synced and told every few MiB ([`Watch::checkpoint`]): that is what a kill costs.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::thread;

use crate::graph::Parents;
use crate::kernel::{Kernel, Lane};
use crate::label;
use crate::labels::{Labels, LABEL_BYTES};
use crate::layer_file::{self, Buffer, LayerFile, CHUNK_BYTES};

const CHUNK_NODES: usize = CHUNK_BYTES / LABEL_BYTES;

/// Labels of a resumed layer that are made anew and compared.
const TRIALS: usize = 64;

/// A sector to label.
#[derive(Clone, Debug)]
pub struct Sector {
    pub replica_id: [u8; 32],
    /// Where its layers are, by their names ([`file_name`]).
    pub cache: PathBuf,
    /// Of the labels of [`Job::begin`]'s layer that are there, as [`Watch::checkpoint`] gave it.
    pub begun: Option<blake3::Hash>,
}

/// A place in the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1 on; those before it are whole.
    pub layer: u32,
    /// So many labels of it are there.
    pub nodes: usize,
}

/// Sectors of one size that are labelled in lock step.
pub struct Job<'a> {
    pub kernel: Kernel,
    /// Of every node.
    pub parents: &'a [Parents],
    pub layers: u32,
    pub sectors: &'a [Sector],
    /// The same for all sectors.
    pub begin: Place,
    /// Bytes of a layer that are lost at most: whole chunks of 2 MiB.
    pub checkpoint_bytes: usize,
}

/// Who hears how a run gets on. An error is one of the sector.
pub trait Watch: Sync {
    /// So many labels of the layer are on disk, with this digest; all, before the file has its name.
    fn checkpoint(&self, sector: usize, at: Place, digest: blake3::Hash) -> io::Result<()>;

    /// The layer has its name.
    fn completed(&self, sector: usize, layer: u32, digest: blake3::Hash) -> io::Result<()>;

    /// So many labels are made.
    fn progress(&self, at: Place);
}

/// Name of a layer in a cache directory (storage-proofs-core, `CacheKey`).
pub fn file_name(layer: u32) -> String {
    format!("sc-02-data-layer-{layer}.dat")
}

fn path(sector: &Sector, layer: u32) -> PathBuf {
    sector.cache.join(file_name(layer))
}

impl Job<'_> {
    fn nodes(&self) -> usize {
        self.parents.len()
    }

    fn lanes(&self, layer: u32) -> Vec<Lane> {
        let count = self.kernel.lanes(self.sectors.len());
        (0..count)
            .map(|at| {
                let id = self.sectors.get(at).map_or([0; 32], |s| s.replica_id);
                Lane::new(&id, layer)
            })
            .collect()
    }

    /// Labels all layers. One outcome for each sector, in order; fails as a whole where there is
    /// too little memory, or what was there before cannot be read.
    pub fn run(&self, watch: &dyn Watch) -> io::Result<Vec<io::Result<()>>> {
        let lanes = self.kernel.lanes(self.sectors.len());
        let buffers = [
            Labels::new(self.kernel, lanes, self.nodes())?,
            Labels::new(self.kernel, lanes, self.nodes())?,
        ];
        let hashers = self.load(&buffers)?;
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let (layers, to_write) = channel();
            let (written, is_written) = channel();
            let writer = Writer {
                job: self,
                watch,
                buffers: &buffers,
                stop: &stop,
                outcomes: self.sectors.iter().map(|_| Ok(())).collect(),
            };
            let writer = scope.spawn(move || writer.run(&to_write, &written, hashers));
            self.make(&buffers, watch, &stop, &layers, &is_written);
            drop(layers);
            Ok(writer
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }

    fn make(
        &self,
        buffers: &[Labels; 2],
        watch: &dyn Watch,
        stop: &AtomicBool,
        layers: &Sender<u32>,
        is_written: &Receiver<u32>,
    ) {
        for layer in self.begin.layer..=self.layers {
            let current = &buffers[layer as usize % 2];
            let previous = &buffers[(layer as usize + 1) % 2];
            // The layer before the last stands here until it is written.
            if layer >= self.begin.layer + 2 && is_written.recv().is_err() {
                return;
            }
            if layer > self.begin.layer {
                current.clear();
            }
            if layers.send(layer).is_err() {
                return;
            }
            let lanes = self.lanes(layer);
            watch.progress(Place {
                layer,
                nodes: current.done(),
            });
            while current.done() < self.nodes() {
                if stop.load(Ordering::Relaxed) {
                    current.end();
                    return;
                }
                let to = (current.done() / CHUNK_NODES + 1) * CHUNK_NODES;
                current.label(&lanes, self.parents, previous, to.min(self.nodes()));
                watch.progress(Place {
                    layer,
                    nodes: current.done(),
                });
            }
        }
    }

    /// Reads what is there; what is begun counts only if it is right in every sector.
    fn load(&self, buffers: &[Labels; 2]) -> io::Result<Vec<blake3::Hasher>> {
        let layer = self.begin.layer;
        let current = &buffers[layer as usize % 2];
        if layer > 1 {
            let previous = &buffers[(layer as usize + 1) % 2];
            self.load_layer(previous, self.nodes(), |sector| path(sector, layer - 1))?;
        }
        let fresh = || self.sectors.iter().map(|_| blake3::Hasher::new()).collect();
        if self.begin.nodes == 0 {
            return Ok(fresh());
        }
        let hashers = self.load_layer(current, self.begin.nodes, |sector| self.begun_path(sector));
        match hashers {
            Ok(hashers) if self.is_right(buffers, &hashers) => Ok(hashers),
            _ => {
                current.clear();
                Ok(fresh())
            }
        }
    }

    /// A layer may have its name already, and nobody heard of it.
    fn begun_path(&self, sector: &Sector) -> PathBuf {
        let path = path(sector, self.begin.layer);
        let partial = LayerFile::partial(&path);
        if partial.exists() {
            partial
        } else {
            path
        }
    }

    fn load_layer(
        &self,
        labels: &Labels,
        nodes: usize,
        path: impl Fn(&Sector) -> PathBuf,
    ) -> io::Result<Vec<blake3::Hasher>> {
        let mut hashers = Vec::new();
        for (lane, sector) in self.sectors.iter().enumerate() {
            let mut hasher = blake3::Hasher::new();
            let mut from = 0;
            layer_file::read(&path(sector), nodes, |bytes| {
                hasher.update(bytes);
                labels.load(lane, from, bytes);
                from += bytes.len() / LABEL_BYTES;
                Ok(())
            })?;
            hashers.push(hasher);
        }
        labels.loaded(nodes);
        Ok(hashers)
    }

    fn is_right(&self, buffers: &[Labels; 2], hashers: &[blake3::Hasher]) -> bool {
        self.sectors
            .iter()
            .zip(hashers)
            .enumerate()
            .all(|(lane, (sector, hasher))| {
                sector.begun == Some(hasher.finalize()) && self.trials_pass(buffers, lane)
            })
    }

    /// Digests tell what the disk changed; this tells what a processor did.
    fn trials_pass(&self, buffers: &[Labels; 2], lane: usize) -> bool {
        let layer = self.begin.layer;
        let current = &buffers[layer as usize % 2];
        let previous = &buffers[(layer as usize + 1) % 2];
        let random = RandomState::new();
        (0..TRIALS).all(|trial| {
            let node = (random.hash_one(trial) % self.begin.nodes as u64) as usize;
            let made = label::compute(
                &self.sectors[lane].replica_id,
                layer,
                node as u32,
                &self.parents[node],
                |parent, before| {
                    let from = if before { previous } else { current };
                    if parent as usize >= from.done() {
                        return Err(());
                    }
                    Ok(from.label_of(lane, parent as usize))
                },
            );
            made == Ok(current.label_of(lane, node))
        })
    }
}

struct Writer<'a> {
    job: &'a Job<'a>,
    watch: &'a dyn Watch,
    buffers: &'a [Labels; 2],
    stop: &'a AtomicBool,
    outcomes: Vec<io::Result<()>>,
}

impl Writer<'_> {
    fn run(
        mut self,
        layers: &Receiver<u32>,
        written: &Sender<u32>,
        mut hashers: Vec<blake3::Hasher>,
    ) -> Vec<io::Result<()>> {
        let mut buffer = Buffer::new(CHUNK_BYTES);
        for layer in layers {
            let begun = std::mem::replace(
                &mut hashers,
                self.job
                    .sectors
                    .iter()
                    .map(|_| blake3::Hasher::new())
                    .collect(),
            );
            self.write(layer, begun, &mut buffer);
            // Whoever makes labels has ended if nobody hears this.
            let _ = written.send(layer);
        }
        self.outcomes
    }

    fn write(&mut self, layer: u32, begun: Vec<blake3::Hasher>, buffer: &mut Buffer) {
        let labels = &self.buffers[layer as usize % 2];
        let nodes = self.job.nodes();
        let mut files: Vec<Option<LayerFile>> = begun
            .into_iter()
            .enumerate()
            .map(|(sector, hasher)| {
                self.of(sector, |job| {
                    open(&job.sectors[sector], layer, nodes, hasher)
                })
            })
            .collect();
        let mut at = files
            .iter()
            .flatten()
            .map(|file| file.bytes() as usize / LABEL_BYTES)
            .next()
            .unwrap_or(0);
        while at < nodes {
            let to = (at + CHUNK_NODES).min(nodes);
            if labels.wait(to) < to {
                return; // all have failed
            }
            let place = Place { layer, nodes: to };
            let due = to == nodes || to * LABEL_BYTES % self.job.checkpoint_bytes == 0;
            for (sector, file) in files.iter_mut().enumerate() {
                let Some(open) = file else { continue };
                let chunk = buffer.bytes((to - at) * LABEL_BYTES);
                labels.read(sector, at, chunk);
                let done = append(open, chunk, due).and_then(|digest| match digest {
                    Some(digest) => self.watch.checkpoint(sector, place, digest),
                    None => Ok(()),
                });
                if done.is_err() {
                    *file = None;
                    self.fail(sector, done);
                }
            }
            at = to;
        }
        for (sector, file) in files.into_iter().enumerate() {
            if let Some(file) = file {
                let digest = file.digest();
                let done = file
                    .finish()
                    .and_then(|()| self.watch.completed(sector, layer, digest));
                self.fail(sector, done);
            }
        }
    }

    /// Does something for a sector that has not failed.
    fn of<T>(&mut self, sector: usize, make: impl FnOnce(&Job<'_>) -> io::Result<T>) -> Option<T> {
        if self.outcomes[sector].is_err() {
            return None;
        }
        match make(self.job) {
            Ok(made) => Some(made),
            Err(e) => {
                self.fail(sector, Err(e));
                None
            }
        }
    }

    /// The others go on; with nobody left there is nothing to label for.
    fn fail(&mut self, sector: usize, outcome: io::Result<()>) {
        if outcome.is_err() {
            self.outcomes[sector] = outcome;
            if self.outcomes.iter().all(Result::is_err) {
                self.stop.store(true, Ordering::Relaxed);
            }
        }
    }
}

fn append(file: &mut LayerFile, bytes: &[u8], due: bool) -> io::Result<Option<blake3::Hash>> {
    file.append(bytes)?;
    due.then(|| file.sync()).transpose()
}

/// The file of a layer, at the end of what the hasher has seen of it.
fn open(
    sector: &Sector,
    layer: u32,
    nodes: usize,
    hasher: blake3::Hasher,
) -> io::Result<LayerFile> {
    let path = path(sector, layer);
    let partial = LayerFile::partial(&path);
    if hasher.count() > 0 && !partial.exists() {
        fs::rename(&path, &partial)?;
    }
    LayerFile::open(&path, (nodes * LABEL_BYTES) as u64, hasher)
}

/// Whether files in a cache directory are of labelling that is under way.
pub fn is_partial(name: &str) -> bool {
    name.starts_with("sc-02-data-layer-")
        && Path::new(name).extension().is_some_and(|e| e == "partial")
}
