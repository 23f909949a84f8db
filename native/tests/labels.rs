//! Our labels against the library's: every kernel of this processor, different sectors in the lanes.

use std::fs;
use std::path::Path;

use filecoin_proofs::constants::DefaultTreeHasher;
use filecoin_proofs_api::seal::sdr;
use filecoin_proofs_api::RegisteredSealProof;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use selkie_labels::graph::{Graph, Parents};
use selkie_labels::kernel::Kernel;
use selkie_labels::run::{file_name, Job, Member, Nobody, Sector};
use storage_proofs_porep::stacked::generate_replica_id;

type ReplicaId = <DefaultTreeHasher as filecoin_hashers::Hasher>::Domain;

/// Of a random miner, number, ticket and data.
fn replica_id(proof: RegisteredSealProof, random: &mut StdRng) -> ReplicaId {
    let mut prover = [0; 32];
    prover[..2].copy_from_slice(&random.gen::<[u8; 2]>());
    let (mut ticket, mut comm_d): ([u8; 32], [u8; 32]) = random.gen();
    ticket[31] &= 0x3f;
    comm_d[31] &= 0x3f;
    generate_replica_id::<DefaultTreeHasher, _>(
        &prover,
        random.gen(),
        &ticket,
        comm_d,
        &proof.as_v1_config().porep_id,
    )
}

fn parents(proof: RegisteredSealProof) -> Vec<Parents> {
    let nodes = u64::from(proof.sector_size()) as u32 / 32;
    let graph = Graph::new(nodes, &proof.as_v1_config().porep_id);
    (0..nodes).map(|node| graph.parents(node)).collect()
}

fn layers(cache: &Path) -> Vec<Vec<u8>> {
    (1..=2)
        .map(|layer| fs::read(cache.join(file_name(layer))).unwrap())
        .collect()
}

/// `compared`: the lanes that the library labels too.
fn compare(proof: RegisteredSealProof, kernel: Kernel, sectors: usize, compared: &[usize]) {
    let seed = rand::random();
    let mut random = StdRng::seed_from_u64(seed);
    let dir = tempfile::tempdir().unwrap();
    let ids: Vec<ReplicaId> = (0..sectors)
        .map(|_| replica_id(proof, &mut random))
        .collect();
    let made: Vec<Sector> = ids
        .iter()
        .enumerate()
        .map(|(at, id)| Sector {
            replica_id: (*id).into(),
            cache: dir.path().join(at.to_string()),
            layer: 1,
            begun: None,
        })
        .collect();
    for sector in &made {
        fs::create_dir(&sector.cache).unwrap();
    }
    let job = Job {
        kernel,
        parents: &parents(proof),
        layers: 2,
        checkpoint_bytes: 16 << 20,
        writer_on: &[],
    };
    let own = made.iter().map(|sector| Member {
        sector: sector.clone(),
        watch: Box::new(Nobody),
    });
    for outcome in job.run(own.collect(), &Nobody).unwrap() {
        assert_eq!(outcome.unwrap(), 2);
    }
    for at in compared {
        let library = dir.path().join(format!("library-{at}"));
        fs::create_dir(&library).unwrap();
        sdr(proof, &library, ids[*at]).unwrap();
        assert!(
            layers(&made[*at].cache) == layers(&library),
            "{kernel:?}, sector {at} of {sectors}, seed {seed}"
        );
    }
}

/// Kernels, sectors, and which of them are compared where the library is slow.
fn kernels() -> impl Iterator<Item = (Kernel, usize, &'static [usize])> {
    [
        (Kernel::ShaNi, 1, &[0][..]),
        (Kernel::ShaNi, 2, &[0, 1]),
        (Kernel::Avx2, 7, &[0, 6]),
        (Kernel::Avx512, 16, &[1, 15]),
    ]
    .into_iter()
    .filter(|(kernel, ..)| kernel.is_there())
}

#[test]
fn layers_are_the_librarys_at_2kib() {
    for proof in [
        RegisteredSealProof::StackedDrg2KiBV1_1,
        RegisteredSealProof::StackedDrg2KiBV1_1_Feat_SyntheticPoRep,
    ] {
        for (kernel, sectors, _) in kernels() {
            let all: Vec<usize> = (0..sectors).collect();
            compare(proof, kernel, sectors, &all);
        }
    }
}

#[test]
#[ignore = "takes ten minutes and 17 GiB of memory and of disk"]
fn layers_are_the_librarys_at_512mib() {
    for (kernel, sectors, compared) in kernels() {
        compare(
            RegisteredSealProof::StackedDrg512MiBV1_1,
            kernel,
            sectors,
            &compared[..1],
        );
    }
}

#[test]
fn layers_are_the_librarys_at_8mib() {
    for (kernel, sectors, compared) in kernels() {
        compare(
            RegisteredSealProof::StackedDrg8MiBV1_1,
            kernel,
            sectors,
            compared,
        );
    }
}
