//! Groth parameters: local generation, and the names of their files.

use anyhow::Result;
use bellperson::Circuit;
use blstrs::Scalar;
use filecoin_proofs::constants::{
    DefaultPieceHasher, SectorShape2KiB, SectorShape32GiB, SectorShape512MiB, SectorShape64GiB,
    SectorShape8MiB,
};
use filecoin_proofs::parameters::{
    public_params, window_post_public_params, winning_post_public_params, WindowPostPublicParams,
};
use filecoin_proofs_api::{MerkleTreeTrait, RegisteredPoStProof, RegisteredSealProof};
use rand::rngs::OsRng;
use serde_json::{json, Value};
use storage_proofs_core::compound_proof::CompoundProof;
use storage_proofs_core::parameter_cache::{
    parameter_cache_dir, parameter_cache_metadata_path, parameter_cache_params_path,
    parameter_cache_srs_key_path, parameter_cache_verifying_key_path, CacheableParameters,
    ParameterSetMetadata,
};
use storage_proofs_porep::stacked::{StackedCircuit, StackedCompound, StackedDrg};
use storage_proofs_post::fallback::{FallbackPoSt, FallbackPoStCircuit, FallbackPoStCompound};
use storage_proofs_update::circuit::EmptySectorUpdateCircuit;
use storage_proofs_update::compound::EmptySectorUpdateCompound;
use storage_proofs_update::constants::TreeRHasher;
use storage_proofs_update::PublicParams;

use crate::failure::{tagged, Kind};
use crate::progress;
use crate::request::{GenerateParameters, ParameterFiles, ParameterSet};

/// Proofs that the generated inner-product key can aggregate, at most. The production key has
/// 65536, and takes hours.
const SRS_PROOFS: usize = 1024;

struct Proofs {
    seal: RegisteredSealProof,
    winning: RegisteredPoStProof,
    window: RegisteredPoStProof,
}

/// Calls `$function::<Tree>($args)` with the tree shape of the sector size.
macro_rules! with_tree {
    ($sector_bytes:expr, $function:ident ( $($arg:expr),* )) => {
        match $sector_bytes {
            0x800 => $function::<SectorShape2KiB>($($arg),*),
            0x80_0000 => $function::<SectorShape8MiB>($($arg),*),
            0x2000_0000 => $function::<SectorShape512MiB>($($arg),*),
            0x8_0000_0000 => $function::<SectorShape32GiB>($($arg),*),
            0x10_0000_0000 => $function::<SectorShape64GiB>($($arg),*),
            other => Err(tagged(Kind::BadRequest, format!("no sectors of {other} bytes"))),
        }
    };
}

fn proofs(sector_bytes: u64) -> Result<Proofs> {
    use RegisteredPoStProof::*;
    use RegisteredSealProof::*;
    let (seal, winning, window) = match sector_bytes {
        0x800 => (
            StackedDrg2KiBV1_1,
            StackedDrgWinning2KiBV1,
            StackedDrgWindow2KiBV1_2,
        ),
        0x80_0000 => (
            StackedDrg8MiBV1_1,
            StackedDrgWinning8MiBV1,
            StackedDrgWindow8MiBV1_2,
        ),
        0x2000_0000 => (
            StackedDrg512MiBV1_1,
            StackedDrgWinning512MiBV1,
            StackedDrgWindow512MiBV1_2,
        ),
        0x8_0000_0000 => (
            StackedDrg32GiBV1_1,
            StackedDrgWinning32GiBV1,
            StackedDrgWindow32GiBV1_2,
        ),
        0x10_0000_0000 => (
            StackedDrg64GiBV1_1,
            StackedDrgWinning64GiBV1,
            StackedDrgWindow64GiBV1_2,
        ),
        other => {
            return Err(tagged(
                Kind::BadRequest,
                format!("no sectors of {other} bytes"),
            ))
        }
    };
    Ok(Proofs {
        seal,
        winning,
        window,
    })
}

/// Generates the sets into the directory that `FIL_PROOFS_PARAMETER_CACHE` names. The caller gives
/// a fresh one and renames afterwards: a file cut short by a crash would be used for ever.
pub fn generate(request: &GenerateParameters) -> Result<Value> {
    progress::begin("generateParameters");
    let total = request.sets.len() as u64;
    for (i, set) in request.sets.iter().enumerate() {
        progress::stage(name(*set), i as u64, total);
        with_tree!(
            request.sector_bytes,
            generate_set(*set, request.sector_bytes)
        )?;
    }
    progress::stage("done", total, total);
    Ok(json!({ "directory": parameter_cache_dir() }))
}

fn name(set: ParameterSet) -> &'static str {
    match set {
        ParameterSet::Porep => "porep",
        ParameterSet::WindowPost => "window-post",
        ParameterSet::WinningPost => "winning-post",
        ParameterSet::Update => "update",
        ParameterSet::Srs => "srs",
    }
}

type Porep<Tree> = StackedCompound<Tree, DefaultPieceHasher>;
type PorepScheme<'a, Tree> = StackedDrg<'a, Tree, DefaultPieceHasher>;
type Post<Tree> = FallbackPoStCompound<Tree>;
type Update<Tree> = EmptySectorUpdateCompound<Tree>;

/// The shapes of sectors: every tree over replicas hashes with Poseidon.
trait Shape: 'static + MerkleTreeTrait<Hasher = TreeRHasher> {}
impl<Tree: 'static + MerkleTreeTrait<Hasher = TreeRHasher>> Shape for Tree {}

fn generate_set<Tree: Shape>(set: ParameterSet, sector_bytes: u64) -> Result<()> {
    let proofs = proofs(sector_bytes)?;
    match set {
        ParameterSet::Porep => {
            let params = public_params::<Tree>(&proofs.seal.as_v1_config())?;
            make::<Porep<Tree>, _, _>(&params, || {
                <Porep<Tree> as CompoundProof<PorepScheme<'_, Tree>, _>>::blank_circuit(&params)
            })
        }
        ParameterSet::WindowPost => {
            let params = window_post_public_params::<Tree>(&proofs.window.as_v1_config())?;
            make::<Post<Tree>, _, _>(&params, || post_circuit::<Tree>(&params))
        }
        ParameterSet::WinningPost => {
            let params = winning_post_public_params::<Tree>(&proofs.winning.as_v1_config())?;
            make::<Post<Tree>, _, _>(&params, || post_circuit::<Tree>(&params))
        }
        ParameterSet::Update => {
            let params = PublicParams::from_sector_size(sector_bytes);
            make::<Update<Tree>, _, _>(&params, || {
                EmptySectorUpdateCircuit::<Tree>::blank(params.clone())
            })
        }
        ParameterSet::Srs => {
            let params = public_params::<Tree>(&proofs.seal.as_v1_config())?;
            <Porep<Tree> as CompoundProof<PorepScheme<'_, Tree>, _>>::srs_key(
                Some(&mut OsRng),
                &params,
                SRS_PROOFS,
            )?;
            Ok(())
        }
    }
}

fn post_circuit<Tree: Shape>(params: &WindowPostPublicParams) -> FallbackPoStCircuit<Tree> {
    <Post<Tree> as CompoundProof<FallbackPoSt<'_, Tree>, _>>::blank_circuit(params)
}

/// Makes parameters, verifying key and metadata of one circuit.
fn make<K, C, P>(params: &P, circuit: impl Fn() -> C) -> Result<()>
where
    K: CacheableParameters<C, P>,
    C: Circuit<Scalar>,
    P: ParameterSetMetadata,
{
    K::get_param_metadata(circuit(), params)?;
    K::get_groth_params(Some(&mut OsRng), circuit(), params)?;
    K::get_verifying_key(Some(&mut OsRng), circuit(), params)?;
    Ok(())
}

/// The files of a set, in the directory of parameters.
pub fn files(request: &ParameterFiles) -> Result<Value> {
    let id = with_tree!(
        request.sector_bytes,
        identifier(request.set, request.sector_bytes)
    )?;
    let paths = if request.set == ParameterSet::Srs {
        vec![parameter_cache_srs_key_path(&id, SRS_PROOFS)]
    } else {
        vec![
            parameter_cache_params_path(&id),
            parameter_cache_verifying_key_path(&id),
            parameter_cache_metadata_path(&id),
        ]
    };
    Ok(json!({ "files": paths }))
}

fn identifier<Tree: Shape>(set: ParameterSet, sector_bytes: u64) -> Result<String> {
    let proofs = proofs(sector_bytes)?;
    Ok(match set {
        ParameterSet::Porep | ParameterSet::Srs => {
            let params = public_params::<Tree>(&proofs.seal.as_v1_config())?;
            <Porep<Tree> as CacheableParameters<StackedCircuit<Tree, DefaultPieceHasher>, _>>::cache_identifier(&params)
        }
        ParameterSet::WindowPost => {
            let params = window_post_public_params::<Tree>(&proofs.window.as_v1_config())?;
            <Post<Tree> as CacheableParameters<FallbackPoStCircuit<Tree>, _>>::cache_identifier(
                &params,
            )
        }
        ParameterSet::WinningPost => {
            let params = winning_post_public_params::<Tree>(&proofs.winning.as_v1_config())?;
            <Post<Tree> as CacheableParameters<FallbackPoStCircuit<Tree>, _>>::cache_identifier(
                &params,
            )
        }
        ParameterSet::Update => {
            let params = PublicParams::from_sector_size(sector_bytes);
            <Update<Tree> as CacheableParameters<EmptySectorUpdateCircuit<Tree>, _>>::cache_identifier(&params)
        }
    })
}
