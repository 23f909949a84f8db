//! Seconds for the first two layers of sectors of so many MiB: `speed KERNEL LANES MIB`.
use std::time::Instant;

use selkie_labels::graph::{Graph, Parents};
use selkie_labels::kernel::{Kernel, Lane};
use selkie_labels::labels::Labels;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (kernel, lanes): (Kernel, usize) = match args[1].as_str() {
        "sha" => (Kernel::ShaNi, args[2].parse().unwrap()),
        "avx2" => (Kernel::Avx2, 8),
        "avx512" => (Kernel::Avx512, 16),
        other => panic!("{other}"),
    };
    let nodes = args[3].parse::<usize>().unwrap() << 15;
    let mut id = [0; 32];
    id[0] = 6;
    let begun = Instant::now();
    let graph = Graph::new(nodes as u32, &id);
    let parents: Vec<Parents> = (0..nodes as u32).map(|node| graph.parents(node)).collect();
    println!("parents {:.2} s", begun.elapsed().as_secs_f64());
    let one = Labels::new(kernel, lanes, nodes).unwrap();
    let two = Labels::new(kernel, lanes, nodes).unwrap();
    for (layer, current, previous) in [(1, &one, &two), (2, &two, &one)] {
        let at: Vec<Lane> = (0..lanes)
            .map(|lane| Lane::new(&[lane as u8; 32], layer))
            .collect();
        let begun = Instant::now();
        current.label(&at, &parents, previous, nodes);
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "layer {layer}: {seconds:.2} s, {:.2} s a sector, {:.0} ns a label",
            seconds / lanes as f64,
            seconds * 1e9 / (nodes * lanes) as f64
        );
    }
}
