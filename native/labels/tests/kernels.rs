//! Every kernel that this processor has, against the plain way.

use std::convert::Infallible;

use selkie_labels::graph::{Graph, Parents};
use selkie_labels::kernel::{Kernel, Lane};
use selkie_labels::label;
use selkie_labels::labels::{Labels, LABEL_BYTES};

const NODES: usize = 64;
const LAYERS: usize = 3;

/// Sectors may be in different layers from the second one on.
fn layer(lane: usize, step: usize) -> u32 {
    let ahead = if step == 0 { 0 } else { lane % 3 };
    (1 + step + ahead) as u32
}

fn graph() -> Vec<Parents> {
    let mut id = [0; 32];
    id[0] = 5;
    let graph = Graph::new(NODES as u32, &id);
    (0..NODES as u32).map(|node| graph.parents(node)).collect()
}

fn replica_id(lane: usize) -> [u8; 32] {
    std::array::from_fn(|i| (lane * 37 + i * 11 + 1) as u8)
}

fn plain(lane: usize, parents: &[Parents]) -> Vec<Vec<[u8; 32]>> {
    let mut layers: Vec<Vec<[u8; 32]>> = Vec::new();
    for step in 0..LAYERS {
        let mut labels: Vec<[u8; 32]> = Vec::new();
        for node in 0..NODES as u32 {
            let made = label::compute(
                &replica_id(lane),
                layer(lane, step),
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

fn check(kernel: Kernel, lanes: usize, absent: Option<usize>) {
    let parents = graph();
    let expected: Vec<_> = (0..lanes).map(|lane| plain(lane, &parents)).collect();
    let present = |lane: &usize| Some(*lane) != absent;
    let labels = || Labels::new(kernel, lanes, NODES).unwrap();
    let mut previous = labels();
    for step in 0..LAYERS {
        let current = labels();
        let at: Vec<_> = (0..lanes)
            .map(|lane| present(&lane).then(|| Lane::new(&replica_id(lane), layer(lane, step))))
            .collect();
        current.label(&at, &parents, &previous, 10);
        current.label(&at, &parents, &previous, NODES);
        let mut made = vec![0; LABEL_BYTES * NODES];
        for lane in (0..lanes).filter(present) {
            let expected = &expected[lane][step];
            current.read(lane, 0, &mut made);
            for (node, label) in made.chunks(LABEL_BYTES).enumerate() {
                assert_eq!(
                    label, expected[node],
                    "{kernel:?}, lane {lane} of {lanes}, step {step}, node {node}"
                );
            }
        }
        previous = current;
    }
}

#[test]
fn every_kernel_of_this_processor_makes_the_labels_of_the_specification() {
    for (kernel, lanes, absent) in [
        (Kernel::ShaNi, 1, None),
        (Kernel::ShaNi, 2, None),
        (Kernel::ShaNi, 2, Some(0)),
        (Kernel::Avx2, 8, None),
        (Kernel::Avx2, 8, Some(5)),
        (Kernel::Avx512, 16, None),
        (Kernel::Avx512, 16, Some(0)),
    ] {
        if kernel.is_there() {
            check(kernel, lanes, absent);
        }
    }
}
