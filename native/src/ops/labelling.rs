//! PreCommit1 with our own labels: faster than the library's, and resumed inside a layer. The tree
//! over the data and the answer are the library's, so that all who come after read them as ever.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{bail, ensure, Context, Result};
use filecoin_proofs::constants::{
    DefaultPieceHasher, SectorShape2KiB, SectorShape32GiB, SectorShape512MiB, SectorShape64GiB,
    SectorShape8MiB,
};
use filecoin_proofs::StoreConfig;
use filecoin_proofs_api::seal::{Labels, SealPreCommitPhase1Output};
use log::info;
use memmap2::Mmap;
use selkie_labels::kernel::Kernel;
use selkie_labels::parents::ParentCache;
use selkie_labels::run::{Begun, Job, Member, Place, Sector, Watch, CHUNK_BYTES};
use storage_proofs_core::api_version::ApiVersion;
use storage_proofs_core::cache_key::CacheKey;
use storage_proofs_core::merkle::{create_base_merkle_tree, BinaryMerkleTree, MerkleTreeTrait};
use storage_proofs_porep::stacked::Labels as RawLabels;

use crate::failure::{tagged, Kind};
use crate::guard::manifest::{Layer, Partial, PreCommit1, Record};
use crate::ops::company::Company;
use crate::pairing::door::Door;
use crate::progress;
use crate::wire::SealType;

/// Says whose labels are made: `library`, or ours wherever they can be (any other value).
pub const LABELLER: &str = "SELKIE_LABELLER";

/// What a kill costs of a layer at most: a quarter, and no more than this.
const CHECKPOINT_BYTES: u64 = 16 << 20;

/// The kernel for one sector; none if the library has to label it.
pub fn kernel(proof: SealType) -> Option<Kernel> {
    let ours = std::env::var_os(LABELLER).is_none_or(|name| name != "library");
    // In the first version of the API a node's parents stood in another order.
    let known = proof.0.as_v1_config().api_version >= ApiVersion::V1_1_0;
    (ours && known && Kernel::ShaNi.is_there()).then_some(Kernel::ShaNi)
}

/// Puts the data into the sealed file, builds the tree over it and makes the layers that the record
/// does not have.
///
/// `parents`: the parent cache.
pub fn pre_commit1(
    kernel: Kernel,
    proof: SealType,
    files: &DataFiles<'_>,
    parents: &Path,
    record: &Arc<Mutex<Record>>,
) -> Result<SealPreCommitPhase1Output> {
    copy_data(files, proof)?;
    let (config, comm_d) = data_tree(files, proof)?;
    let (wanted, replica_id) = {
        let record = lock(record);
        let pc1 = record.manifest.pre_commit1.as_ref();
        let pc1 = pc1.context("the record lost PreCommit1")?;
        (pc1.comm_d.0, pc1.replica_id.0)
    };
    if wanted != comm_d {
        return Err(tagged(
            Kind::BadRequest,
            format!("{} is not what the pieces say", files.unsealed.display()),
        ));
    }
    label(kernel, proof, files.cache, parents, &replica_id, record)?;
    Ok(SealPreCommitPhase1Output {
        registered_proof: proof.0,
        labels: labels(proof, files.cache)?,
        config,
        comm_d,
    })
}

/// Where the data is and goes.
pub struct DataFiles<'a> {
    pub unsealed: &'a Path,
    pub sealed: &'a Path,
    pub cache: &'a Path,
}

fn copy_data(files: &DataFiles<'_>, proof: SealType) -> Result<()> {
    fs::copy(files.unsealed, files.sealed)
        .with_context(|| format!("cannot write {}", files.sealed.display()))?;
    OpenOptions::new()
        .write(true)
        .open(files.sealed)?
        .set_len(proof.sector_bytes())?;
    Ok(())
}

fn data_tree(files: &DataFiles<'_>, proof: SealType) -> Result<(StoreConfig, [u8; 32])> {
    let file = File::open(files.sealed)?;
    // SAFETY: the record's lock keeps other provers away from this sector's files.
    let data = unsafe { Mmap::map(&file) }
        .with_context(|| format!("cannot map {}", files.sealed.display()))?;
    let mut config = StoreConfig::new(files.cache, CacheKey::CommDTree.to_string(), 0);
    let nodes = (proof.sector_bytes() / 32) as usize;
    let tree = create_base_merkle_tree::<BinaryMerkleTree<DefaultPieceHasher>>(
        Some(config.clone()),
        nodes,
        &data,
    )?;
    config.size = Some(tree.len());
    Ok((config, tree.root().into()))
}

fn label(
    kernel: Kernel,
    proof: SealType,
    cache: &Path,
    parents: &Path,
    replica_id: &[u8; 32],
    record: &Arc<Mutex<Record>>,
) -> Result<()> {
    let layers = proof.layers() as u32;
    let nodes = (proof.sector_bytes() / 32) as usize;
    let parents = File::open(parents)
        .and_then(|file| ParentCache::open(&file, nodes))
        .with_context(|| format!("cannot read {}", parents.display()))?;
    let company = Company::new(proof, cache, replica_id, record);
    let recorder = || Recorder {
        record,
        layer_bytes: proof.sector_bytes(),
        layers: proof.layers(),
        door: company.door(),
    };
    loop {
        let (layer, begun) = begun(record, nodes);
        if layer > layers {
            return Ok(());
        }
        if let Some(begun) = &begun {
            info!("layer {layer} goes on at node {}", begun.nodes);
        } else if let Some(visit) = company.visit(layer) {
            company.follow(visit, layer, &recorder())?;
            continue;
        }
        let writer_on = company.label_here(Place {
            layer,
            nodes: begun.as_ref().map_or(0, |begun| begun.nodes),
        });
        let job = Job {
            kernel,
            parents: parents.all(),
            layers,
            checkpoint_bytes: (proof.sector_bytes() / 4).clamp(CHUNK_BYTES as u64, CHECKPOINT_BYTES)
                as usize,
            writer_on: &writer_on,
        };
        let own = Member {
            sector: Sector {
                replica_id: *replica_id,
                cache: cache.to_owned(),
                layer,
                begun,
            },
            watch: Box::new(recorder()),
        };
        let mut outcomes = job.run(vec![own], &company).context("cannot label")?;
        ensure!(outcomes.len() == 1, "{} outcomes", outcomes.len());
        let outcome = outcomes.remove(0);
        outcome.with_context(|| format!("cannot write labels into {}", cache.display()))?;
        if let Some((visit, layer)) = company.end_labelling() {
            company.follow(visit, layer, &recorder())?;
        }
    }
}

/// The layer to make next, and what is there of it.
fn begun(record: &Mutex<Record>, nodes: usize) -> (u32, Option<Begun>) {
    let record = lock(record);
    let pc1 = record.manifest.pre_commit1.as_ref();
    let layer = pc1.map_or(0, |pc1| pc1.layers.len()) + 1;
    let begun = pc1
        .and_then(|pc1| pc1.partial.as_ref())
        .filter(|partial| partial.layer == layer && partial.nodes as usize <= nodes)
        .and_then(|partial| {
            let digest = partial.digest.strip_prefix("blake3:")?;
            Some(Begun {
                nodes: partial.nodes as usize,
                digest: blake3::Hash::from_hex(digest).ok()?,
            })
        });
    (layer as u32, begun)
}

/// Writes down what is on disk.
struct Recorder<'a> {
    record: &'a Mutex<Record>,
    layer_bytes: u64,
    layers: usize,
    door: Option<&'a Door>,
}

impl Recorder<'_> {
    fn change(&self, change: impl FnOnce(&mut PreCommit1)) -> io::Result<()> {
        let mut record = lock(self.record);
        let pc1 = record.manifest.pre_commit1.as_mut();
        change(pc1.ok_or_else(|| io::Error::other("the record lost PreCommit1"))?);
        record
            .save()
            .map_err(|e| e.downcast::<io::Error>().unwrap_or_else(io::Error::other))
    }
}

impl Watch for Recorder<'_> {
    fn checkpoint(&self, at: Place, digest: blake3::Hash) -> io::Result<()> {
        self.change(|pc1| {
            pc1.partial = Some(Partial {
                layer: at.layer as usize,
                nodes: at.nodes as u64,
                digest: named(&digest),
            });
        })
    }

    fn completed(&self, layer: u32, digest: blake3::Hash) -> io::Result<()> {
        self.change(|pc1| {
            pc1.partial = None;
            pc1.layers.push(Layer {
                layer: layer as usize,
                bytes: self.layer_bytes,
                digest: named(&digest),
            });
        })?;
        info!("layer {layer} of {} is complete and recorded", self.layers);
        Ok(())
    }

    fn progress(&self, at: Place) {
        if let Some(door) = self.door {
            door.at(at);
        }
        progress::step(
            "layer",
            u64::from(at.layer) - 1,
            self.layers as u64,
            at.nodes as f64 / (self.layer_bytes / 32) as f64,
        );
    }
}

fn named(digest: &blake3::Hash) -> String {
    format!("blake3:{digest}")
}

fn lock(record: &Mutex<Record>) -> MutexGuard<'_, Record> {
    record.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The layers, as the library names them to itself.
fn labels(proof: SealType, cache: &Path) -> Result<Labels> {
    let nodes = (proof.sector_bytes() / 32) as usize;
    let stores = (1..=proof.layers()).map(|layer| StoreConfig {
        path: cache.to_owned(),
        id: CacheKey::label_layer(layer),
        size: Some(nodes),
        rows_to_discard: 0,
    });
    fn raw<Tree: MerkleTreeTrait>(stores: impl Iterator<Item = StoreConfig>) -> RawLabels<Tree> {
        RawLabels::new(stores.collect())
    }
    Ok(match proof.sector_bytes() {
        0x800 => Labels::StackedDrg2KiBV1(raw::<SectorShape2KiB>(stores)),
        0x80_0000 => Labels::StackedDrg8MiBV1(raw::<SectorShape8MiB>(stores)),
        0x2000_0000 => Labels::StackedDrg512MiBV1(raw::<SectorShape512MiB>(stores)),
        0x8_0000_0000 => Labels::StackedDrg32GiBV1(raw::<SectorShape32GiB>(stores)),
        0x10_0000_0000 => Labels::StackedDrg64GiBV1(raw::<SectorShape64GiB>(stores)),
        bytes => bail!("no sector has {bytes} bytes"),
    })
}
