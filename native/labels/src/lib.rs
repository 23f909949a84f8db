//! The labels of PreCommit1.

pub mod affinity;
pub mod graph;
pub mod kernel;
pub mod label;
pub mod labels;
mod layer_file;
mod maker;
mod memory;
pub mod parents;
pub mod run;
mod seat;
mod writer;
