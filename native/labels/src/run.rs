//! Labels sectors from where an earlier run was stopped, and writes the layers while they are made.
//!
//! One thread makes labels and another one writes them, a layer behind at most. What is written is
//! synced and told every few MiB ([`Watch::checkpoint`]): that is what a kill costs.
//!
//! Sectors in lock step need the same parents: they are in the same node, all in their first layer or
//! none. Between two layers sectors may come and go ([`Company`]).

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread;

use crate::affinity;
use crate::graph::Parents;
use crate::kernel::Kernel;
use crate::labels::Labels;
pub use crate::layer_file::{CHUNK_BYTES, PARTIAL};
use crate::maker::{Maker, Seated};
use crate::writer::Writer;

/// The part of a first layer that is made again for a sector that comes late: a sixteenth.
pub const FIRST_LAYER_AGAIN: usize = 16;

/// A sector to label.
#[derive(Clone, Debug)]
pub struct Sector {
    pub replica_id: [u8; 32],
    /// Where its layers are, by their names ([`file_name`]).
    pub cache: PathBuf,
    /// The layer to make next, from 1 on: those before it are whole.
    pub layer: u32,
    /// What is there of that layer.
    pub begun: Option<Begun>,
}

/// The labels of a layer that are there, as [`Watch::checkpoint`] told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    pub nodes: usize,
    pub digest: blake3::Hash,
}

/// A place in the layers of a sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1 on; those before it are whole.
    pub layer: u32,
    /// So many labels of it are there.
    pub nodes: usize,
}

/// How sectors of one size are labelled.
pub struct Job<'a> {
    pub kernel: Kernel,
    /// Of every node.
    pub parents: &'a [Parents],
    pub layers: u32,
    /// Bytes of a layer that are lost at most: whole chunks of 2 MiB.
    pub checkpoint_bytes: usize,
    /// The processors of the thread that writes; none: those of the caller.
    pub writer_on: &'a [usize],
}

/// Who hears how a sector gets on. An error is one of the sector.
pub trait Watch: Send + Sync {
    /// So many labels of the layer are on disk, with this digest; all, before the file has its name.
    fn checkpoint(&self, at: Place, digest: blake3::Hash) -> io::Result<()>;

    /// The layer has its name.
    fn completed(&self, layer: u32, digest: blake3::Hash) -> io::Result<()>;

    /// So many labels are made.
    fn progress(&self, at: Place);

    /// It is labelled no further.
    fn failed(&self, _: &io::Error) {}

    /// Whether somebody wants its labels still; asked every 2 MiB.
    fn is_wanted(&self) -> bool {
        true
    }
}

/// A sector, and who watches it. A run drops it when it is done with it.
pub struct Member<'a> {
    pub sector: Sector,
    pub watch: Box<dyn Watch + 'a>,
}

/// Decides between two layers who is labelled next.
pub trait Company<'a> {
    /// Asked before a layer is begun.
    ///
    /// `layer`: of the first of the run's own sectors; `room`: for so many more.
    fn turn(&self, layer: u32, room: usize) -> Turn<'a>;

    /// Whether a sector waits to be labelled from its first layer on. One that has just begun is
    /// begun again with it.
    fn is_awaited_at_first(&self) -> bool;
}

/// What is to be done next.
pub enum Turn<'a> {
    /// The next layer, and with it these, which begin a layer: their first one just when the run's
    /// own sectors begin theirs.
    GoOn(Vec<Member<'a>>),
    /// Nothing: the run ends.
    Stop,
}

/// No other sector ever comes, and nobody hears how one gets on.
pub struct Nobody;

impl<'a> Company<'a> for Nobody {
    fn turn(&self, _: u32, _: usize) -> Turn<'a> {
        Turn::GoOn(Vec::new())
    }

    fn is_awaited_at_first(&self) -> bool {
        false
    }
}

impl Watch for Nobody {
    fn checkpoint(&self, _: Place, _: blake3::Hash) -> io::Result<()> {
        Ok(())
    }

    fn completed(&self, _: u32, _: blake3::Hash) -> io::Result<()> {
        Ok(())
    }

    fn progress(&self, _: Place) {}
}

/// Name of a layer in a cache directory (storage-proofs-core, `CacheKey`).
pub fn file_name(layer: u32) -> String {
    format!("sc-02-data-layer-{layer}.dat")
}

impl Job<'_> {
    pub(crate) fn nodes(&self) -> usize {
        self.parents.len()
    }

    /// Labels the sectors until each has all layers or failed, or the company stops it. Others come
    /// along for a while. One outcome for each of `own`, in order: how many layers are whole.
    ///
    /// `own`: what is begun counts only if all are at the same node.
    ///
    /// Fails as a whole where there is too little memory.
    pub fn run<'a>(
        &self,
        own: Vec<Member<'a>>,
        company: &dyn Company<'a>,
    ) -> io::Result<Vec<io::Result<u32>>> {
        let begun = begun(&own);
        let own: Vec<Seated<'a>> = own.into_iter().map(|one| Seated::new(one, true)).collect();
        let seats: Vec<_> = own.iter().map(|one| one.seat.clone()).collect();
        let lanes = self.kernel.lanes(own.len());
        let buffers = [
            Labels::new(self.kernel, lanes, self.nodes())?,
            Labels::new(self.kernel, lanes, self.nodes())?,
        ];
        thread::scope(|scope| {
            let (steps, to_write) = channel();
            let (written, is_written) = channel();
            let writer = Writer {
                nodes: self.nodes(),
                buffers: &buffers,
                checkpoint_bytes: self.checkpoint_bytes,
            };
            let writer = scope.spawn(move || {
                // Where it cannot be kept there, it writes from where it is.
                let _ = affinity::run_on(self.writer_on);
                writer.run(&to_write, &written);
            });
            let made = Maker::new(self, &buffers, company, steps, is_written).make(own, begun);
            writer
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            made
        })?;
        Ok(seats.iter().map(|seat| seat.outcome()).collect())
    }
}

/// What is there of the layers that the sectors begin with, if all are at one node.
fn begun(own: &[Member<'_>]) -> Option<Vec<Begun>> {
    let begun: Option<Vec<Begun>> = own.iter().map(|one| one.sector.begun.clone()).collect();
    begun.filter(|all| all[0].nodes > 0 && all.iter().all(|one| one.nodes == all[0].nodes))
}
