//! The parent cache. The library writes it through a memory map under its final name: a crash or
//! a full disk leaves a file of the right size with wrong parents, which makes wrong labels that
//! only Commit1 notices. So it is made here, with ordinary writes under another name, and one that
//! is found is digested once before it is trusted.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};
use filecoin_hashers::poseidon::PoseidonHasher;
use filecoin_hashers::Hasher;
use log::info;
use rayon::prelude::*;
use selkie_labels::graph::{Graph, Parents, DEGREE};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use storage_proofs_core::api_version::ApiVersion;
use storage_proofs_core::drgraph::{Graph as _, BASE_DEGREE};
use storage_proofs_core::parameter_cache::{ParameterSetMetadata, VERSION};
use storage_proofs_core::settings::SETTINGS;
use storage_proofs_porep::stacked::{StackedBucketGraph, EXP_DEGREE};

use crate::guard::files::{self, Lock};
use crate::guard::space::Space;
use crate::progress;
use crate::wire::SealType;

const ENTRY_BYTES: usize = DEGREE * 4;
/// Nodes computed in one go: 3.5 MiB of parents.
const CHUNK: usize = 1 << 16;

/// SHA-256 of the caches by name, as `parent_cache.json` of storage-proofs-porep 19.1.0 has them.
const DIGESTS: [(&str, &str); 10] = [
    (
        "21981246c370f9d76c7a77ab273d94bde0ceb4e938292334960bce05585dc117",
        "93deeac5e3052b6927467d4b2641bb782f05491de18d510147c93eeedd8672da",
    ),
    (
        "2aa9c77c3e58259481351cc4be2079cc71e1c9af39700866545c043bfa30fb42",
        "3adcc092423aa76d6a7184016893406da44dd974b219a89cd3ece25e4e3018f5",
    ),
    (
        "3f0eef38bb48af1f48ad65e14eb85b4ebfc167cec18cd81764f6d998836c9899",
        "3da49221e2ed55371b86d0bf3d6526fcf128af61bed904f966428db1b531750d",
    ),
    (
        "4905486b7af19558ac3649bc6261411858b6add534438878c4ee3b29d8b9de0b",
        "2698b74eb2606b55b98d8b095e18b6320b47f46e00075956d48640ccd1641b03",
    ),
    (
        "494d91dc80f2df5272c4b9e129bc7ade9405225993af9fe34e6542a39a47554b",
        "840057702eea7652cf97e04306c30fe57174714d90de156a25eddd6075c25b97",
    ),
    (
        "5eed212119fd91aa6220a27f31a8966444a9381842bceb3a1ea61525bd47a5b5",
        "03cd13565ded97c240a5f52e54295ad127bd0461b57904cb3a4d79b097bbecab",
    ),
    (
        "7ba215a1d2345774ab90b8cb1158d296e409d6068819d7b8c7baf0b25d63dc34",
        "b5877d1963793efebc261fd8fde4dd6bc59e6b5c7abf52617a4ee023b8dc173a",
    ),
    (
        "8a99e8d6b6be7ab87a56b632e6739ff201c23ea14e99737c74690f0e265574d6",
        "2778a732ad46a7dc18e0564dfdf59fd321dcde74ab476fd6d3c4e6735d7cd89c",
    ),
    (
        "dcdabb0fbe4364bf0ac28b6a18c66de246409fa1a9020a00f33fb3e3053da6dc",
        "a76604f2f59f2744c7151653bbb1d8596b6b57d295e6fa6c1f0c41d725b502ce",
    ),
    (
        "e1fa5d5b811ddbd118be3412c4a8c329156b8b8acc72632bca459455b5a05a13",
        "3c4f9841fcc75aed8c695800e58d08480629f25af3a2aefd81904181d75cc0b6",
    ),
];

/// Says that a cache file was digested as it stands, so that it is not read whole each time.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    digest: String,
    bytes: u64,
    inode: u64,
    modified_nanos: i128,
}

impl Checked {
    fn of(path: &Path, digest: String) -> Result<Checked> {
        let meta = fs::metadata(path)?;
        Ok(Checked {
            digest,
            bytes: meta.len(),
            inode: meta.ino(),
            modified_nanos: i128::from(meta.mtime()) * 1_000_000_000
                + i128::from(meta.mtime_nsec()),
        })
    }
}

type StackedGraph = StackedBucketGraph<PoseidonHasher>;

/// Makes sure that the parent cache for `proof` is there and right; makes it when it is not.
pub fn ensure(proof: SealType) -> Result<PathBuf> {
    let config = proof.0.as_v1_config();
    let nodes = (proof.sector_bytes() / 32) as usize;
    let graph = StackedGraph::new_stacked(
        nodes,
        BASE_DEGREE,
        EXP_DEGREE,
        config.porep_id,
        config.api_version,
    )?;
    let edges = Edges::of(&graph, config.porep_id, config.api_version);
    ensure_in(
        Path::new(&SETTINGS.parent_cache),
        &graph,
        config.porep_id,
        &edges,
    )
}

/// Who knows the parents of a node.
enum Edges<'a> {
    /// Thirty times as fast.
    Ours(Graph),
    Library(&'a StackedGraph),
}

impl Edges<'_> {
    /// In the first version of the API a node's parents stood in another order.
    fn of(graph: &StackedGraph, porep_id: [u8; 32], version: ApiVersion) -> Edges<'_> {
        if version >= ApiVersion::V1_1_0 {
            Edges::Ours(Graph::new(graph.size() as u32, &porep_id))
        } else {
            Edges::Library(graph)
        }
    }

    fn parents(&self, node: usize) -> Result<Parents> {
        match self {
            Edges::Ours(graph) => Ok(graph.parents(node as u32)),
            Edges::Library(graph) => {
                let mut parents = [0u32; DEGREE];
                graph
                    .base_graph()
                    .parents(node, &mut parents[..BASE_DEGREE])?;
                graph.generate_expanded_parents(node, &mut parents[BASE_DEGREE..]);
                Ok(parents)
            }
        }
    }
}

fn ensure_in(
    dir: &Path,
    graph: &StackedGraph,
    porep_id: [u8; 32],
    edges: &Edges<'_>,
) -> Result<PathBuf> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let id = cache_id(graph, porep_id);
    let path = dir.join(format!("v{VERSION}-sdr-parent-{id}.cache"));
    let known = DIGESTS
        .iter()
        .find(|(name, _)| *name == id)
        .map(|(_, digest)| *digest);
    if is_checked(&path, known)? {
        return Ok(path);
    }
    let _lock = Lock::wait(&path.with_extension("lock"))?;
    if is_checked(&path, known)? {
        return Ok(path); // made by another process while we waited
    }
    if path.exists() && known.is_some_and(|digest| sha256(&path).is_ok_and(|found| found == digest))
    {
        return record(&path, known.unwrap_or_default().to_owned());
    }
    if path.exists() {
        info!(
            "the parent cache {} is damaged or of unknown origin: made again",
            path.display()
        );
    }
    Space::new()
        .need(dir, (graph.size() * ENTRY_BYTES) as u64)?
        .admit("the parent cache")?;
    let temporary = files::temporary_of(&path);
    files::remove_if_there(&temporary)?;
    let digest = files::or_remove(&temporary, || make(graph.size(), edges, &path, &temporary))?;
    if known.is_some_and(|known| known != digest) {
        files::remove_if_there(&path)?;
        bail!(
            "the parent cache made for {id} has the digest {digest}: this machine computes wrong"
        );
    }
    record(&path, digest)
}

/// The library's name for the cache (storage-proofs-porep, `cache_path`).
fn cache_id(graph: &StackedGraph, porep_id: [u8; 32]) -> String {
    let mut seed = Sha256::new();
    seed.update("Filecoin_Feistel");
    seed.update(porep_id);
    let mut hasher = Sha256::new();
    hasher.update(PoseidonHasher::name());
    hasher.update(graph.identifier());
    hasher.update(seed.finalize()); // the four Feistel keys are its bytes
    hasher.update((graph.size() as u32).to_le_bytes());
    hex::encode(hasher.finalize())
}

fn is_checked(path: &Path, known: Option<&str>) -> Result<bool> {
    let Ok(text) = fs::read(checked_path(path)) else {
        return Ok(false);
    };
    let Ok(checked) = serde_json::from_slice::<Checked>(&text) else {
        return Ok(false);
    };
    if !path.exists() || known.is_some_and(|digest| digest != checked.digest) {
        return Ok(false);
    }
    Ok(Checked::of(path, checked.digest.clone())? == checked)
}

fn checked_path(path: &Path) -> PathBuf {
    path.with_extension("checked")
}

fn record(path: &Path, digest: String) -> Result<PathBuf> {
    let checked = Checked::of(path, digest)?;
    files::replace(&checked_path(path), &serde_json::to_vec(&checked)?)?;
    Ok(path.to_owned())
}

fn sha256(path: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hex::encode(hasher.finalize()))
}

/// Writes the cache and returns its SHA-256. A stop at any point leaves the old state.
fn make(nodes: usize, edges: &Edges<'_>, path: &Path, temporary: &Path) -> Result<String> {
    info!("making the parent cache {}", path.display());
    let mut out = BufWriter::new(File::create(temporary)?);
    let digest = write(nodes, edges, &mut out)
        .with_context(|| format!("cannot write {}", temporary.display()))?;
    out.into_inner().map_err(|e| e.into_error())?.sync_all()?;
    fs::rename(temporary, path)?;
    files::sync_parent(path)?;
    Ok(digest)
}

/// Writes the parents of all nodes, and returns their SHA-256.
fn write(nodes: usize, edges: &Edges<'_>, out: &mut impl Write) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0u8; CHUNK.min(nodes) * ENTRY_BYTES];
    for start in (0..nodes).step_by(CHUNK) {
        progress::stage("parents", start as u64, nodes as u64);
        let bytes = &mut chunk[..CHUNK.min(nodes - start) * ENTRY_BYTES];
        bytes
            .par_chunks_mut(ENTRY_BYTES)
            .enumerate()
            .try_for_each(|(i, entry)| write_parents(edges, start + i, entry))?;
        hasher.update(&*bytes);
        out.write_all(bytes)?;
    }
    Ok(hex::encode(hasher.finalize()))
}

fn write_parents(edges: &Edges<'_>, node: usize, entry: &mut [u8]) -> Result<()> {
    for (bytes, parent) in entry.chunks_exact_mut(4).zip(edges.parents(node)?) {
        bytes.copy_from_slice(&parent.to_le_bytes());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_in(dir: &Path, graph: &StackedGraph, porep_id: [u8; 32]) -> Result<PathBuf> {
        let edges = Edges::of(graph, porep_id, ApiVersion::V1_1_0);
        ensure_in(dir, graph, porep_id, &edges)
    }

    fn graph_2kib() -> (StackedGraph, [u8; 32]) {
        graph_of(serde_json::from_str("5").unwrap())
    }

    fn graph_of(proof: SealType) -> (StackedGraph, [u8; 32]) {
        let config = proof.0.as_v1_config();
        let graph = StackedGraph::new_stacked(
            (proof.sector_bytes() / 32) as usize,
            BASE_DEGREE,
            EXP_DEGREE,
            config.porep_id,
            config.api_version,
        )
        .unwrap();
        (graph, config.porep_id)
    }

    #[test]
    fn the_name_and_the_content_are_the_librarys() {
        let dir = tempfile::tempdir().unwrap();
        let (graph, porep_id) = graph_2kib();
        let path = made_in(dir.path(), &graph, porep_id).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let id = name.rsplit('-').next().unwrap();
        let known = DIGESTS
            .iter()
            .find(|(name, _)| *name == id)
            .expect("in the manifest");
        assert_eq!(sha256(&path).unwrap(), known.1);
        assert_eq!(
            graph.parent_cache().unwrap().path.file_name(),
            path.file_name()
        );
    }

    /// Without the file of 56 GiB.
    #[test]
    #[ignore = "takes a quarter of an hour of processor time"]
    fn the_parents_of_32_gib_are_those_of_the_network() {
        let (graph, porep_id) = graph_of(serde_json::from_str("8").unwrap());
        let edges = Edges::of(&graph, porep_id, ApiVersion::V1_1_0);
        let made = write(graph.size(), &edges, &mut std::io::sink()).unwrap();
        let id = cache_id(&graph, porep_id);
        assert!(
            DIGESTS.contains(&(id.as_str(), made.as_str())),
            "{id}: {made}"
        );
    }

    #[test]
    fn our_parents_are_the_librarys() {
        let (graph, porep_id) = graph_2kib();
        let ours = Edges::of(&graph, porep_id, ApiVersion::V1_1_0);
        for node in 0..graph.size() {
            assert_eq!(
                ours.parents(node).unwrap(),
                Edges::Library(&graph).parents(node).unwrap(),
                "node {node}"
            );
        }
    }

    #[test]
    fn a_cache_of_the_right_size_with_wrong_parents_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let (graph, porep_id) = graph_2kib();
        let path = made_in(dir.path(), &graph, porep_id).unwrap();
        let good = fs::read(&path).unwrap();
        fs::remove_file(checked_path(&path)).unwrap();
        fs::write(&path, vec![0; good.len()]).unwrap();
        made_in(dir.path(), &graph, porep_id).unwrap();
        assert_eq!(fs::read(&path).unwrap(), good);
    }

    #[test]
    fn a_cache_changed_after_it_was_checked_is_checked_again() {
        let dir = tempfile::tempdir().unwrap();
        let (graph, porep_id) = graph_2kib();
        let path = made_in(dir.path(), &graph, porep_id).unwrap();
        let good = fs::read(&path).unwrap();
        fs::write(&path, vec![1; good.len()]).unwrap();
        made_in(dir.path(), &graph, porep_id).unwrap();
        assert_eq!(fs::read(&path).unwrap(), good);
    }
}
