//! Seconds and CPU-seconds of PreCommit1's layers, ours and the library's in turns, in one run:
//! `taskset -c 1 cargo run --release --example labels -- MIB [ROUNDS]`.
//!
//! Of ours only the labels are counted, as a farm makes them: without reading the parent cache for the
//! first time, and without the disk. The library's include writing to the page cache.

use std::time::Instant;

use anyhow::{Context, Result};
use filecoin_proofs_api::seal::sdr;
use filecoin_proofs_api::RegisteredSealProof::{
    self, StackedDrg2KiBV1_1, StackedDrg512MiBV1_1, StackedDrg8MiBV1_1,
};
use selkie_labels::graph::{Graph, Parents};
use selkie_labels::kernel::{Kernel, Lane};
use selkie_labels::labels::Labels;
use selkie_native::guard::parents;
use selkie_native::wire::SealType;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let proof = match arguments.next().as_deref() {
        Some("512") => StackedDrg512MiBV1_1,
        Some("8") => StackedDrg8MiBV1_1,
        _ => StackedDrg2KiBV1_1,
    };
    let rounds = arguments.next().map_or(Ok(1), |count| count.parse())?;
    let nodes = u64::from(proof.sector_size()) as usize / 32;
    let begun = Instant::now();
    let graph = Graph::new(nodes as u32, &proof.as_v1_config().porep_id);
    let parents: Vec<Parents> = (0..nodes as u32).map(|node| graph.parents(node)).collect();
    println!("parents: {:.2} s", begun.elapsed().as_secs_f64());
    // The library reads a cache of them, which is made before anything is counted.
    parents::ensure(SealType(proof))?;
    let dir = tempfile::tempdir()?;
    sdr(proof, dir.path(), Default::default())?;
    for _ in 0..rounds {
        library(proof)?;
        for (kernel, sectors) in [
            (Kernel::ShaNi, 1),
            (Kernel::ShaNi, 2),
            (Kernel::Avx2, 8),
            (Kernel::Avx512, 16),
        ] {
            // Sixteen sectors of 512 MiB need 16 GiB.
            if kernel.is_there() && (sectors <= 2 || nodes <= 1 << 18) {
                ours(kernel, sectors, &parents)?;
            }
        }
    }
    Ok(())
}

fn library(proof: RegisteredSealProof) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (begun, cpu) = (Instant::now(), cpu_seconds());
    sdr(proof, dir.path(), Default::default()).context("the library cannot label")?;
    say(
        "library, both layers",
        1,
        begun.elapsed().as_secs_f64(),
        cpu_seconds() - cpu,
    );
    Ok(())
}

fn ours(kernel: Kernel, sectors: usize, parents: &[Parents]) -> Result<()> {
    let one = Labels::new(kernel, sectors, parents.len())?;
    let two = Labels::new(kernel, sectors, parents.len())?;
    for (layer, current, previous) in [(1, &one, &two), (2, &two, &one)] {
        let lanes: Vec<_> = (0..sectors)
            .map(|lane| Some(Lane::new(&[lane as u8; 32], layer)))
            .collect();
        let (begun, cpu) = (Instant::now(), cpu_seconds());
        current.label(&lanes, parents, previous, parents.len());
        let what = format!("{kernel:?}, {sectors} sectors, layer {layer}");
        say(
            &what,
            sectors,
            begun.elapsed().as_secs_f64(),
            cpu_seconds() - cpu,
        );
    }
    Ok(())
}

fn say(what: &str, sectors: usize, seconds: f64, cpu: f64) {
    let each = sectors as f64;
    println!(
        "{what}: {:.2} s a sector, {:.2} CPU-s a sector",
        seconds / each,
        cpu / each
    );
}

fn cpu_seconds() -> f64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: the call fills what it is given.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
