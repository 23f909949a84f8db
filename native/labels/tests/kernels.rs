//! Every kernel that this processor has, against the plain way.

use std::convert::Infallible;

use selkie_labels::graph::{Graph, Parents};
use selkie_labels::kernel::{Kernel, Lane};
use selkie_labels::label;
use selkie_labels::labels::{Labels, LABEL_BYTES};

const NODES: usize = 64;
const LAYERS: u32 = 3;

fn graph() -> Vec<Parents> {
    let mut id = [0; 32];
    id[0] = 5;
    let graph = Graph::new(NODES as u32, &id);
    (0..NODES as u32).map(|node| graph.parents(node)).collect()
}

fn replica_id(lane: usize) -> [u8; 32] {
    std::array::from_fn(|i| (lane * 37 + i * 11 + 1) as u8)
}

fn plain(replica_id: &[u8; 32], parents: &[Parents]) -> Vec<Vec<[u8; 32]>> {
    let mut layers: Vec<Vec<[u8; 32]>> = Vec::new();
    for layer in 1..=LAYERS {
        let mut labels: Vec<[u8; 32]> = Vec::new();
        for node in 0..NODES as u32 {
            let made = label::compute(
                replica_id,
                layer,
                node,
                &parents[node as usize],
                |parent, before| {
                    let from = if before {
                        layers.last().unwrap()
                    } else {
                        &labels
                    };
                    Ok::<_, Infallible>(from[parent as usize])
                },
            );
            labels.push(made.unwrap());
        }
        layers.push(labels);
    }
    layers
}

fn check(kernel: Kernel, lanes: usize) {
    let parents = graph();
    let expected: Vec<_> = (0..lanes)
        .map(|lane| plain(&replica_id(lane), &parents))
        .collect();
    let labels = || Labels::new(kernel, lanes, NODES).unwrap();
    let mut previous = labels();
    for layer in 1..=LAYERS {
        let current = labels();
        let at: Vec<_> = (0..lanes)
            .map(|lane| Some(Lane::new(&replica_id(lane), layer)))
            .collect();
        current.label(&at, &parents, &previous, 10);
        current.label(&at, &parents, &previous, NODES);
        let mut made = vec![0; LABEL_BYTES * NODES];
        for lane in 0..lanes {
            current.read(lane, 0, &mut made);
            for (node, label) in made.chunks(LABEL_BYTES).enumerate() {
                assert_eq!(
                    label,
                    expected[lane][layer as usize - 1][node],
                    "{kernel:?}, lane {lane} of {lanes}, layer {layer}, node {node}"
                );
            }
        }
        previous = current;
    }
}

#[test]
fn every_kernel_of_this_processor_makes_the_labels_of_the_specification() {
    for (kernel, lanes) in [
        (Kernel::ShaNi, 1),
        (Kernel::ShaNi, 2),
        (Kernel::Avx2, 8),
        (Kernel::Avx512, 16),
    ] {
        if kernel.is_there() {
            check(kernel, lanes);
        }
    }
}
