//! The thread that writes layers while they are made.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::Arc;

use crate::labels::{Labels, LABEL_BYTES};
use crate::layer_file::{Buffer, LayerFile, CHUNK_BYTES};
use crate::run::Place;
use crate::seat::Seat;

pub(crate) const CHUNK_NODES: usize = CHUNK_BYTES / LABEL_BYTES;

/// A layer of each sector, to be written as it is made.
pub(crate) struct Step<'a> {
    /// Which of the two buffers it is made in.
    pub buffer: usize,
    /// In the order of the lanes; those of nobody are left out.
    pub lanes: Vec<Lane<'a>>,
}

pub(crate) struct Lane<'a> {
    pub seat: Arc<Seat<'a>>,
    pub lane: usize,
    pub layer: u32,
    /// Has seen what is there of the layer.
    pub hasher: blake3::Hasher,
}

pub(crate) struct Writer<'r> {
    pub nodes: usize,
    pub buffers: &'r [Labels; 2],
    pub checkpoint_bytes: usize,
}

impl Writer<'_> {
    /// Writes every layer to its end, unless it is made no further, and says so.
    pub fn run<'a>(&self, steps: &Receiver<Step<'a>>, written: &Sender<()>) {
        let mut buffer = Buffer::new(CHUNK_BYTES);
        for step in steps {
            self.write(step, &mut buffer);
            // Whoever makes labels has ended if nobody hears this.
            let _ = written.send(());
        }
    }

    fn write(&self, step: Step<'_>, buffer: &mut Buffer) {
        let labels = &self.buffers[step.buffer];
        let mut files: Vec<(Lane<'_>, LayerFile)> = Vec::new();
        for lane in step.lanes {
            // From here on the file is this run's: nobody else may be at it.
            if lane.seat.ends_unwanted() {
                continue;
            }
            let path = lane.seat.path(lane.layer);
            match open(&path, self.nodes, lane.hasher.clone()) {
                Ok(file) => files.push((lane, file)),
                Err(e) => lane.seat.fail(e),
            }
        }
        let first = files.first();
        let mut at = first.map_or(0, |(_, file)| file.bytes() as usize / LABEL_BYTES);
        while at < self.nodes {
            let to = (at + CHUNK_NODES).min(self.nodes);
            if labels.wait(to) < to {
                return; // nobody makes the rest
            }
            let due = to == self.nodes || to * LABEL_BYTES % self.checkpoint_bytes == 0;
            files.retain_mut(|(lane, file)| {
                if lane.seat.is_over() {
                    return false;
                }
                let chunk = buffer.bytes((to - at) * LABEL_BYTES);
                labels.read(lane.lane, at, chunk);
                let done = append(lane, file, chunk, to, due);
                let goes_on = done.is_ok();
                if let Err(e) = done {
                    lane.seat.fail(e);
                }
                goes_on
            });
            at = to;
        }
        for (lane, file) in files {
            if let Err(e) = finish(&lane, file) {
                lane.seat.fail(e);
            }
        }
    }
}

fn append(
    lane: &Lane<'_>,
    file: &mut LayerFile,
    bytes: &[u8],
    to: usize,
    due: bool,
) -> io::Result<()> {
    file.append(bytes)?;
    if due {
        let digest = file.sync()?;
        let (layer, nodes) = (lane.layer, to);
        lane.seat.watch.checkpoint(Place { layer, nodes }, digest)?;
    }
    Ok(())
}

fn finish(lane: &Lane<'_>, file: LayerFile) -> io::Result<()> {
    let digest = file.digest();
    file.finish()?;
    lane.seat.watch.completed(lane.layer, digest)?;
    lane.seat.completed(lane.layer);
    Ok(())
}

/// The file of a layer, at the end of what the hasher has seen of it.
fn open(path: &Path, nodes: usize, hasher: blake3::Hasher) -> io::Result<LayerFile> {
    let partial = LayerFile::partial(path);
    if hasher.count() > 0 && !partial.exists() {
        fs::rename(path, &partial)?;
    }
    LayerFile::open(path, (nodes * LABEL_BYTES) as u64, hasher)
}
