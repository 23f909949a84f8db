//! Guards against the traps of the proofs library. Each module says which failure it prevents.

pub mod files;
pub mod groth;
pub mod layers;
pub mod manifest;
pub mod parents;
pub mod replica;
pub mod space;
