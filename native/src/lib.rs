//! Filecoin proofs for Selkie, over `filecoin-proofs-api` 19.1.0.
//!
//! One crate, two faces with one language (JSON in, JSON out, see [`request::Request`]):
//! * a C library ([`abi`]) that the node binds by JNA, for short work and for `executor = in-process`;
//! * the program `selkie-prover` ([`prover`]), one child process per running phase, which outlives the node.
//!
//! [`ops`] holds the operations, [`guard`] what keeps the traps of the proofs library harmless
//! (`docs/proofs.md` of the project lists them). [`stand_in`] seals without proofs, for tests.

pub mod abi;
pub mod call;
pub mod failure;
pub mod guard;
pub mod history;
pub mod logging;
pub mod ops;
pub mod pairing;
pub mod progress;
pub mod prover;
pub mod request;
pub mod stand_in;
pub mod wire;
