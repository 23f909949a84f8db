//! Values as they stand in requests and replies: 32-byte values as hex, opaque bytes as base64,
//! proof types as the numbers of the Filecoin actors.

use std::fmt;
use std::path::PathBuf;

use anyhow::{bail, Result};
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use filecoin_proofs_api::{
    PieceInfo, ProverId, RegisteredPoStProof, RegisteredSealProof, RegisteredUpdateProof,
    UnpaddedBytesAmount,
};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};

/// A 32-byte value (ticket, seed, commitment), 64 hex digits in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex32(pub [u8; 32]);

impl fmt::Debug for Hex32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Serialize for Hex32 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Hex32 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(&text, &mut bytes)
            .map_err(|e| D::Error::custom(format!("expected 64 hex digits: {e}")))?;
        Ok(Hex32(bytes))
    }
}

/// Opaque bytes (a proof, the output of PreCommit1), base64 in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base64(pub Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD
            .decode(text)
            .map(Base64)
            .map_err(|e| D::Error::custom(format!("expected base64: {e}")))
    }
}

/// A seal proof by its number in the Filecoin actors (`abi.RegisteredSealProof`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealType(pub RegisteredSealProof);

const SEAL_TYPES: [RegisteredSealProof; 15] = {
    use RegisteredSealProof::*;
    [
        StackedDrg2KiBV1,
        StackedDrg8MiBV1,
        StackedDrg512MiBV1,
        StackedDrg32GiBV1,
        StackedDrg64GiBV1,
        StackedDrg2KiBV1_1,
        StackedDrg8MiBV1_1,
        StackedDrg512MiBV1_1,
        StackedDrg32GiBV1_1,
        StackedDrg64GiBV1_1,
        StackedDrg2KiBV1_1_Feat_SyntheticPoRep,
        StackedDrg8MiBV1_1_Feat_SyntheticPoRep,
        StackedDrg512MiBV1_1_Feat_SyntheticPoRep,
        StackedDrg32GiBV1_1_Feat_SyntheticPoRep,
        StackedDrg64GiBV1_1_Feat_SyntheticPoRep,
    ]
};

impl SealType {
    pub fn number(self) -> usize {
        SEAL_TYPES
            .iter()
            .position(|t| *t == self.0)
            .expect("a SealType is only made from the table")
    }

    /// Padded bytes of a sector.
    pub fn sector_bytes(self) -> u64 {
        u64::from(self.0.sector_size())
    }

    pub fn layers(self) -> usize {
        *filecoin_proofs::constants::LAYERS
            .read()
            .expect("the table of layers is never written here")
            .get(&self.sector_bytes())
            .expect("every sector size has its layers")
    }
}

impl Serialize for SealType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.number() as u64)
    }
}

impl<'de> Deserialize<'de> for SealType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = usize::deserialize(deserializer)?;
        SEAL_TYPES.get(number).map(|t| SealType(*t)).ok_or_else(|| {
            D::Error::custom(format!(
                "seal proof type {number} is not supported (0 to 14)"
            ))
        })
    }
}

/// A proof of spacetime by its number in the Filecoin actors (`abi.RegisteredPoStProof`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostType(pub RegisteredPoStProof);

impl<'de> Deserialize<'de> for PostType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use RegisteredPoStProof::*;
        const TYPES: [RegisteredPoStProof; 15] = [
            StackedDrgWinning2KiBV1,
            StackedDrgWinning8MiBV1,
            StackedDrgWinning512MiBV1,
            StackedDrgWinning32GiBV1,
            StackedDrgWinning64GiBV1,
            StackedDrgWindow2KiBV1,
            StackedDrgWindow8MiBV1,
            StackedDrgWindow512MiBV1,
            StackedDrgWindow32GiBV1,
            StackedDrgWindow64GiBV1,
            // The actors call these V1_1, the proofs library V1_2: the same proofs.
            StackedDrgWindow2KiBV1_2,
            StackedDrgWindow8MiBV1_2,
            StackedDrgWindow512MiBV1_2,
            StackedDrgWindow32GiBV1_2,
            StackedDrgWindow64GiBV1_2,
        ];
        let number = usize::deserialize(deserializer)?;
        TYPES.get(number).map(|t| PostType(*t)).ok_or_else(|| {
            D::Error::custom(format!("PoSt proof type {number} is not known (0 to 14)"))
        })
    }
}

/// A sector update proof by its number in the Filecoin actors (`abi.RegisteredUpdateProof`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateType(pub RegisteredUpdateProof);

impl<'de> Deserialize<'de> for UpdateType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use RegisteredUpdateProof::*;
        const TYPES: [RegisteredUpdateProof; 5] = [
            StackedDrg2KiBV1,
            StackedDrg8MiBV1,
            StackedDrg512MiBV1,
            StackedDrg32GiBV1,
            StackedDrg64GiBV1,
        ];
        let number = usize::deserialize(deserializer)?;
        TYPES.get(number).map(|t| UpdateType(*t)).ok_or_else(|| {
            D::Error::custom(format!("update proof type {number} is not known (0 to 4)"))
        })
    }
}

/// A piece: padded size in bytes and commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Piece {
    pub size: u64,
    pub comm_p: Hex32,
}

impl Piece {
    pub fn of(info: &PieceInfo) -> Piece {
        Piece {
            size: padded(u64::from(info.size)),
            comm_p: Hex32(info.commitment),
        }
    }

    pub fn info(&self) -> Result<PieceInfo> {
        PieceInfo::new(self.comm_p.0, UnpaddedBytesAmount(unpadded(self.size)?))
    }
}

pub fn infos(pieces: &[Piece]) -> Result<Vec<PieceInfo>> {
    pieces.iter().map(Piece::info).collect()
}

/// 127 bytes of data for each 128 bytes of a padded piece (Filecoin spec, Fr32 padding).
pub fn unpadded(padded: u64) -> Result<u64> {
    if padded < 128 || !padded.is_power_of_two() {
        bail!("a padded piece size is a power of two of at least 128 bytes, not {padded}");
    }
    Ok(padded / 128 * 127)
}

pub fn padded(unpadded: u64) -> u64 {
    unpadded / 127 * 128
}

/// A miner by its ID address, `t01000` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Miner(pub u64);

impl Miner {
    /// The payload of the miner's ID address (unsigned LEB128) in 32 zero-filled bytes.
    pub fn prover_id(self) -> ProverId {
        let mut id = [0; 32];
        let mut rest = self.0;
        for byte in id.iter_mut() {
            *byte = (rest & 0x7f) as u8;
            rest >>= 7;
            if rest == 0 {
                break;
            }
            *byte |= 0x80;
        }
        id
    }
}

impl<'de> Deserialize<'de> for Miner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_miner(&text)
            .ok_or_else(|| D::Error::custom(format!("{text:?} is not a miner like t01000")))
    }
}

/// Canonical forms only: the name becomes part of paths.
fn parse_miner(text: &str) -> Option<Miner> {
    let id: u64 = text.strip_prefix("t0")?.parse().ok()?;
    (text == format!("t0{id}")).then_some(Miner(id))
}

/// A sector of a miner, `s-t01000-1` in JSON as in the names of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sector {
    pub miner: Miner,
    pub number: u64,
}

impl Sector {
    pub fn prover_id(&self) -> ProverId {
        self.miner.prover_id()
    }

    fn parse(text: &str) -> Option<Sector> {
        let (miner, number) = text.strip_prefix("s-")?.split_once('-')?;
        let sector = Sector {
            miner: parse_miner(miner)?,
            number: number.parse().ok()?,
        };
        (sector.to_string() == text).then_some(sector)
    }
}

impl<'de> Deserialize<'de> for Sector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Sector::parse(&text)
            .ok_or_else(|| D::Error::custom(format!("{text:?} is not a sector like s-t01000-1")))
    }
}

impl fmt::Display for Sector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s-t0{}-{}", self.miner.0, self.number)
    }
}

/// Where the files of a sector lie. An operation names those that it needs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Files {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsealed: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<PathBuf>,
    /// Selkie's own record of the sector's files (`crate::guard::manifest`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prover_id_is_the_leb128_of_the_miner() {
        assert_eq!(&Miner(1000).prover_id()[..3], &[0xe8, 0x07, 0]);
        assert_eq!(Miner(0).prover_id(), [0; 32]);
        let largest = Miner(u64::MAX).prover_id();
        assert_eq!(
            &largest[..11],
            &[255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0]
        );
    }

    #[test]
    fn sectors_have_one_spelling() {
        let sector = Sector::parse("s-t01000-1").unwrap();
        assert_eq!((sector.miner.0, sector.number), (1000, 1));
        for other in [
            "s-t01000-01",
            "s-t001000-1",
            "s-f01000-1",
            "s-t01000-+1",
            "s-t01000",
            "s-t01000-1/..",
        ] {
            assert!(Sector::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn proof_types_are_the_numbers_of_the_actors() {
        let seal: SealType = serde_json::from_str("5").unwrap();
        assert_eq!(seal.0, RegisteredSealProof::StackedDrg2KiBV1_1);
        assert_eq!(serde_json::to_string(&seal).unwrap(), "5");
        assert!(serde_json::from_str::<SealType>("15").is_err());
        let post: PostType = serde_json::from_str("10").unwrap();
        assert_eq!(post.0, RegisteredPoStProof::StackedDrgWindow2KiBV1_2);
    }

    #[test]
    fn hex_must_be_64_digits() {
        assert!(serde_json::from_str::<Hex32>("\"00\"").is_err());
        assert!(serde_json::from_str::<Hex32>(&format!("\"{}\"", "zz".repeat(32))).is_err());
    }
}
