//! Nanoseconds of processor time per node and sector, of every kernel that this processor has, in
//! turns: `taskset -c 1 cargo run --release --example kernels -- [MIB [ROUNDS]]`.
//!
//! Each part of a layer counts with its least time of all rounds, so that what else the machine does
//! is seen little. Layer 1 has six parents for each node, every later one fourteen.

use std::error::Error;
use std::io;

use selkie_labels::graph::{Graph, Parents};
use selkie_labels::kernel::{Kernel, Lane};
use selkie_labels::labels::{Labels, LABEL_BYTES};

const LAYERS: usize = 2;
const PARTS: usize = 16;

type Times = [[f64; PARTS]; LAYERS];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |default| arguments.next().map_or(Ok(default), |count| count.parse());
    let (mib, rounds) = (next(8)?, next(3)?);
    let nodes = (mib << 20) / LABEL_BYTES;
    let graph = Graph::new(u32::try_from(nodes)?, &[0; 32]);
    let parents: Vec<_> = (0..graph.nodes()).map(|node| graph.parents(node)).collect();

    let mut kernels = vec![
        (Kernel::ShaNi, 1),
        (Kernel::ShaNi, 2),
        (Kernel::Avx2, 8),
        (Kernel::Avx512, 16),
    ];
    kernels.retain(|(kernel, _)| kernel.is_there());
    let mut least = vec![[[f64::INFINITY; PARTS]; LAYERS]; kernels.len()];
    for _ in 0..rounds {
        for (least, &(kernel, sectors)) in least.iter_mut().zip(&kernels) {
            let times = measure(kernel, sectors, &parents)?;
            for (least, time) in least.iter_mut().flatten().zip(times.as_flattened()) {
                *least = least.min(*time);
            }
        }
    }
    println!("ns per node and sector, {mib:3} MiB   layer 1   layer 2");
    for ((kernel, sectors), least) in kernels.iter().zip(least) {
        let [first, second] = least.map(|parts| parts.iter().sum::<f64>());
        let name = format!("{kernel:?}, {sectors}");
        println!("{name:<30} {first:9.1} {second:9.1}");
    }
    Ok(())
}

fn measure(kernel: Kernel, sectors: usize, parents: &[Parents]) -> Result<Times, Box<dyn Error>> {
    let nodes = parents.len();
    let mut times = [[0.0; PARTS]; LAYERS];
    let mut previous = Labels::new(kernel, sectors, nodes)?;
    for (layer, times) in (1..).zip(&mut times) {
        let current = Labels::new(kernel, sectors, nodes)?;
        let lanes: Vec<_> = (0..sectors)
            .map(|lane| Some(Lane::new(&[lane as u8; 32], layer)))
            .collect();
        for (part, time) in (1..).zip(times) {
            let begun = processor_time()?;
            current.label(&lanes, parents, &previous, nodes * part / PARTS);
            *time = (processor_time()? - begun) / (nodes * sectors) as f64;
        }
        previous = current;
    }
    Ok(times)
}

/// Nanoseconds that this thread ran.
fn processor_time() -> io::Result<f64> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it writes to `time` alone.
    match unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) } {
        0 => Ok(time.tv_sec as f64 * 1e9 + time.tv_nsec as f64),
        _ => Err(io::Error::last_os_error()),
    }
}
