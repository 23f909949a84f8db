//! The thread that makes labels, layer by layer.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::Arc;

use crate::kernel;
use crate::label;
use crate::labels::{Labels, LABEL_BYTES};
use crate::layer_file::{self, LayerFile};
use crate::run::{Begun, Company, Job, Member, Place, Turn, FIRST_LAYER_AGAIN};
use crate::seat::Seat;
use crate::writer::{Lane, Step, CHUNK_NODES};

/// Labels of a resumed layer that are made anew and compared.
const TRIALS: usize = 64;

/// A sector in its lane.
pub(crate) struct Seated<'a> {
    pub seat: Arc<Seat<'a>>,
    /// That it makes, or makes next.
    layer: u32,
}

impl<'a> Seated<'a> {
    pub fn new(member: Member<'a>, own: bool) -> Seated<'a> {
        Seated {
            layer: member.sector.layer,
            seat: Arc::new(Seat::new(member, own)),
        }
    }
}

pub(crate) struct Maker<'r, 'a> {
    job: &'r Job<'r>,
    buffers: &'r [Labels; 2],
    company: &'r dyn Company<'a>,
    steps: Sender<Step<'a>>,
    is_written: Receiver<()>,
    lanes: Vec<Option<Seated<'a>>>,
    /// Steps that were begun, and those of them that are written.
    begun: usize,
    written: usize,
}

/// However it ends, nobody waits for labels that are never made.
impl Drop for Maker<'_, '_> {
    fn drop(&mut self) {
        self.buffers.iter().for_each(Labels::end);
    }
}

enum Layer {
    Made,
    /// It is to be begun again, with others.
    Again,
    /// Nobody is left to label for.
    Over,
}

impl<'r, 'a> Maker<'r, 'a> {
    pub fn new(
        job: &'r Job<'r>,
        buffers: &'r [Labels; 2],
        company: &'r dyn Company<'a>,
        steps: Sender<Step<'a>>,
        is_written: Receiver<()>,
    ) -> Maker<'r, 'a> {
        Maker {
            job,
            buffers,
            company,
            steps,
            is_written,
            lanes: (0..buffers[0].lanes()).map(|_| None).collect(),
            begun: 0,
            written: 0,
        }
    }

    /// Each step makes a layer of every sector in one buffer, out of those in the other.
    pub fn make(mut self, own: Vec<Seated<'a>>, begun: Option<Vec<Begun>>) -> io::Result<()> {
        let mut arrivals = own;
        let mut begun = begun;
        loop {
            self.seat(arrivals)?;
            let hashers = self.load_begun(begun.take());
            match self.layer(hashers) {
                Layer::Made => self.advance(),
                Layer::Again => (),
                Layer::Over => return Ok(()),
            }
            self.begun += 1;
            let Some(own) = self.present().find(|one| one.seat.own) else {
                return Ok(());
            };
            let room = self.job.kernel.room() - self.present().count();
            arrivals = match self.company.turn(own.layer, room) {
                Turn::GoOn(members) => members
                    .into_iter()
                    .map(|member| Seated::new(member, false))
                    .collect(),
                Turn::Stop => return Ok(()),
            };
        }
    }

    fn current(&self) -> &'r Labels {
        &self.buffers[self.begun % 2]
    }

    fn previous(&self) -> &'r Labels {
        &self.buffers[(self.begun + 1) % 2]
    }

    fn present(&self) -> impl Iterator<Item = &Seated<'a>> {
        self.lanes.iter().flatten()
    }

    fn advance(&mut self) {
        for lane in &mut self.lanes {
            if let Some(one) = lane {
                one.layer += 1;
                if one.seat.is_over() || one.layer > self.job.layers {
                    *lane = None;
                }
            }
        }
    }

    fn await_written(&mut self, steps: usize) {
        while self.written < steps && self.is_written.recv().is_ok() {
            self.written += 1;
        }
    }

    /// Gives those who come a lane, and those who are there the places that suit the kernel.
    fn seat(&mut self, mut arrivals: Vec<Seated<'a>>) -> io::Result<()> {
        let first = self.begun == 0;
        let kept: Vec<usize> = (0..self.lanes.len())
            .filter(|&lane| self.lanes[lane].is_some())
            .collect();
        let changes = !arrivals.is_empty() || kept.len() < self.lanes.len();
        // What is moved must not be read; else the layer before the last stands here until then.
        self.await_written(if changes {
            self.begun
        } else {
            self.begun.saturating_sub(1)
        });
        let (current, previous) = (self.current(), self.previous());
        let arrange = |kept: &[usize], sectors: usize| {
            let lanes = self.job.kernel.lanes(sectors);
            previous.keep(kept, lanes)?;
            current.keep(&[], lanes)
        };
        if let Err(e) = arrange(&kept, kept.len() + arrivals.len()) {
            if first {
                return Err(e);
            }
            // There is no memory for them: they go their own way. Only a single lane is widened.
            arrivals.clear();
            arrange(&[0], 1)?;
        }
        if self.job.kernel.moves_lanes() {
            self.lanes.retain(Option::is_some);
            self.lanes.resize_with(current.lanes(), || None);
        }
        for one in arrivals {
            let free = self.lanes.iter().position(Option::is_none);
            let lane = free.expect("a lane for whom there is room");
            if one.layer > 1 {
                let path = one.seat.path(one.layer - 1);
                if let Err(e) = load(previous, lane, path, self.job.nodes()) {
                    one.seat.fail(e);
                }
            }
            self.lanes[lane] = Some(one);
        }
        if first && self.present().all(|one| one.layer > 1) {
            previous.loaded(self.job.nodes());
        }
        Ok(())
    }

    /// Makes a layer of each sector.
    fn layer(&mut self, hashers: Option<Vec<blake3::Hasher>>) -> Layer {
        let (current, previous) = (self.current(), self.previous());
        let begun_before = hashers.is_some();
        if !begun_before {
            current.clear();
        }
        let mut hashers = hashers.unwrap_or_default().into_iter();
        let lanes = self.lanes.iter().enumerate().filter_map(|(lane, one)| {
            one.as_ref().map(|one| Lane {
                seat: one.seat.clone(),
                lane,
                layer: one.layer,
                hasher: hashers.next().unwrap_or_default(),
            })
        });
        let step = Step {
            buffer: self.begun % 2,
            lanes: lanes.collect(),
        };
        if self.steps.send(step).is_err() {
            return Layer::Over; // the writer panicked, which whoever joins it learns
        }
        self.tell(current.done());
        while current.done() < self.job.nodes() {
            // Looked at once: the thread that writes may fail a sector at any moment.
            let lanes: Vec<Option<kernel::Lane>> = self.lanes.iter().map(to_label).collect();
            let is_own = |(one, lane): (&Option<Seated<'_>>, &Option<kernel::Lane>)| {
                lane.is_some() && one.as_ref().is_some_and(|one| one.seat.own)
            };
            if !self.lanes.iter().zip(&lanes).any(is_own) {
                return Layer::Over;
            }
            if !begun_before && self.is_begun_again(current.done()) {
                current.end();
                return Layer::Again;
            }
            let to = (current.done() / CHUNK_NODES + 1) * CHUNK_NODES;
            current.label(&lanes, self.job.parents, previous, to.min(self.job.nodes()));
            self.tell(current.done());
        }
        Layer::Made
    }

    fn is_begun_again(&self, done: usize) -> bool {
        done <= self.job.nodes() / FIRST_LAYER_AGAIN
            && self.present().all(|one| one.layer == 1)
            && self.present().count() < self.job.kernel.room()
            && self.company.is_awaited_at_first()
    }

    fn tell(&self, nodes: usize) {
        for one in self.present() {
            let layer = one.layer;
            one.seat.watch.progress(Place { layer, nodes });
        }
    }

    /// Reads what is there of the first step; it counts only if it is right in every sector.
    fn load_begun(&self, begun: Option<Vec<Begun>>) -> Option<Vec<blake3::Hasher>> {
        let begun = begun?;
        let nodes = begun[0].nodes;
        let current = self.current();
        let mut hashers = Vec::new();
        for (lane, one) in self.present().enumerate() {
            hashers.push(load(current, lane, begun_path(one), nodes).ok()?);
        }
        current.loaded(nodes);
        let right = self.present().zip(&begun).zip(&hashers).enumerate().all(
            |(lane, ((one, begun), hasher))| {
                begun.digest == hasher.finalize() && self.trials_pass(lane, one, nodes)
            },
        );
        right.then_some(hashers)
    }

    /// Digests tell what the disk changed; this tells what a processor did.
    fn trials_pass(&self, lane: usize, one: &Seated<'_>, nodes: usize) -> bool {
        let (current, previous) = (self.current(), self.previous());
        let random = RandomState::new();
        (0..TRIALS).all(|trial| {
            let node = (random.hash_one(trial) % nodes as u64) as usize;
            let made = label::compute(
                &one.seat.replica_id,
                one.layer,
                node as u32,
                &self.job.parents[node],
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

fn to_label(lane: &Option<Seated<'_>>) -> Option<kernel::Lane> {
    let one = lane.as_ref().filter(|one| !one.seat.ends_unwanted())?;
    Some(kernel::Lane::new(&one.seat.replica_id, one.layer))
}

/// A layer may have its name already, and nobody heard of it.
fn begun_path(one: &Seated<'_>) -> PathBuf {
    let path = one.seat.path(one.layer);
    let partial = LayerFile::partial(&path);
    if partial.exists() {
        partial
    } else {
        path
    }
}

/// Reads labels from the begin of a file into a lane.
fn load(labels: &Labels, lane: usize, path: PathBuf, nodes: usize) -> io::Result<blake3::Hasher> {
    let mut hasher = blake3::Hasher::new();
    let mut from = 0;
    layer_file::read(&path, nodes, |bytes| {
        hasher.update(bytes);
        labels.load(lane, from, bytes);
        from += bytes.len() / LABEL_BYTES;
        Ok(())
    })?;
    Ok(hasher)
}
