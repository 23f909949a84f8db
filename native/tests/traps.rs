//! The traps of the proofs library (PROOFS.md 4 of the project's papers), each by what would go
//! wrong without its guard. Real proofs at 2 KiB, through the same JSON that the node speaks.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use selkie_native::call::call;
use selkie_native::prover::exit;
use serde_json::{json, Value};
use tempfile::TempDir;

const SECTOR_BYTES: usize = 2048;

/// A sector in a directory of its own, in Lotus's layout.
struct Sector {
    root: TempDir,
    name: &'static str,
    proof_type: u64,
}

impl Sector {
    fn new() -> Sector {
        Sector::below(".")
    }

    fn of_type(proof_type: u64) -> Sector {
        Sector {
            proof_type,
            ..Sector::new()
        }
    }

    /// With one more directory level of this name.
    fn below(name: &'static str) -> Sector {
        let sector = Sector {
            root: TempDir::new().unwrap(),
            name,
            proof_type: 5,
        };
        for kind in ["unsealed", "sealed", "cache"] {
            fs::create_dir_all(sector.base().join(kind)).unwrap();
        }
        sector
    }

    fn base(&self) -> PathBuf {
        self.root.path().join(self.name)
    }

    fn file(&self, kind: &str) -> PathBuf {
        self.base().join(kind).join("s-t01000-7")
    }

    fn cache(&self, name: &str) -> PathBuf {
        self.file("cache").join(name)
    }

    fn manifest(&self) -> PathBuf {
        self.base().join("selkie/s-t01000-7.json")
    }

    fn part(&self, more: Value) -> Value {
        let mut part = json!({
            "sector": "s-t01000-7",
            "proofType": self.proof_type,
            "files": {
                "unsealed": self.file("unsealed"),
                "sealed": self.file("sealed"),
                "cache": self.file("cache"),
                "manifest": self.manifest(),
            },
        });
        for (key, value) in more.as_object().unwrap() {
            part[key] = value.clone();
        }
        part
    }

    /// Writes a source of `bytes` and adds it as the one piece of the sector.
    fn with_piece(self, bytes: usize) -> (Sector, Value) {
        let source = self.base().join("source");
        let data: Vec<u8> = (0..bytes).map(|i| (i * 7 % 251) as u8).collect();
        fs::write(&source, data).unwrap();
        let piece = sector_result(
            "addPiece",
            self.part(json!({
                "existing": [], "size": SECTOR_BYTES,
                "source": {"path": source, "bytes": bytes.min(2032)},
            })),
        );
        (self, piece)
    }

    fn pre_commit1(&self, ticket: u8, piece: &Value) -> Value {
        sector_result(
            "preCommit1",
            self.part(json!({"ticket": hex32(ticket), "pieces": [piece]})),
        )
    }

    fn pre_commit2_part(&self, ticket: u8, piece: &Value, output: &Value) -> Value {
        self.part(json!({
            "ticket": hex32(ticket), "pieces": [piece], "phase1Output": output["output"],
        }))
    }

    /// Labels and encodes; the answer of PreCommit2.
    fn encoded(&self, ticket: u8, piece: &Value) -> Value {
        let output = self.pre_commit1(ticket, piece);
        sector_result("preCommit2", self.pre_commit2_part(ticket, piece, &output))
    }

    fn commit1_part(&self, ticket: u8, piece: &Value, replica: &Value) -> Value {
        self.part(json!({
            "ticket": hex32(ticket), "seed": hex32(9), "pieces": [piece],
            "commR": replica["commR"], "commD": replica["commD"],
            "output": self.base().join("c1.json"),
        }))
    }

    fn unseal_part(&self, ticket: u8, comm_d: &Value, offset: u64, length: u64) -> Value {
        self.part(json!({
            "ticket": hex32(ticket), "commD": comm_d, "offset": offset, "length": length,
            "form": "unpadded", "output": self.base().join("out"), "scratch": self.base(),
        }))
    }
}

fn hex32(byte: u8) -> String {
    hex::encode([byte; 32])
}

fn ask(call_json: Value) -> Value {
    let request = json!({"abi": 1, "call": call_json});
    serde_json::from_slice(&call(request.to_string().as_bytes())).unwrap()
}

/// The outcome of an operation on one sector.
fn outcome(operation: &str, part: Value) -> Value {
    let reply = ask(json!({"op": operation, "sectors": [part]}));
    assert_eq!(reply["ok"], true, "{reply}");
    reply["result"]["sectors"][0].clone()
}

fn sector_result(operation: &str, part: Value) -> Value {
    let outcome = outcome(operation, part);
    assert_eq!(outcome["ok"], true, "{operation}: {outcome}");
    outcome["result"].clone()
}

fn failure(operation: &str, part: Value, kind: &str, words: &str) {
    let outcome = outcome(operation, part);
    assert_eq!(outcome["ok"], false, "{operation} should have failed");
    assert_eq!(outcome["kind"], kind, "{outcome}");
    let message = outcome["message"].as_str().unwrap();
    assert!(message.contains(words), "{message}");
}

fn flip_a_bit(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
}

/// The state after a crash in PreCommit2: the mark is there, the replica is neither old nor new.
fn as_if_killed_in_phase2(sector: &Sector) {
    let text = fs::read_to_string(sector.manifest()).unwrap();
    let mut manifest: Value = serde_json::from_str(&text).unwrap();
    let done = manifest["preCommit2"].clone();
    manifest["preCommit2"] =
        json!({"state": "encoding", "ticket": done["ticket"], "data": done["data"]});
    fs::write(sector.manifest(), manifest.to_string()).unwrap();
    let mut bytes = fs::read(sector.file("sealed")).unwrap();
    bytes[..SECTOR_BYTES / 2].fill(0xab);
    fs::write(sector.file("sealed"), bytes).unwrap();
}

// Trap 2
#[test]
fn labels_of_another_ticket_are_not_reused() {
    let (used, piece) = Sector::new().with_piece(2000);
    used.pre_commit1(1, &piece);
    let second = used.pre_commit1(2, &piece);
    assert_eq!(second["keptLayers"], 0);
    let (fresh, piece) = Sector::new().with_piece(2000);
    fresh.pre_commit1(2, &piece);
    for layer in ["sc-02-data-layer-1.dat", "sc-02-data-layer-2.dat"] {
        assert_eq!(
            fs::read(used.cache(layer)).unwrap(),
            fs::read(fresh.cache(layer)).unwrap()
        );
    }
}

// Trap 2
#[test]
fn a_repeated_phase1_keeps_the_layers_and_makes_tree_d_again() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let first = sector.pre_commit1(1, &piece);
    let tree_d = fs::read(sector.cache("sc-02-data-tree-d.dat")).unwrap();
    flip_a_bit(&sector.cache("sc-02-data-tree-d.dat"));
    let second = sector.pre_commit1(1, &piece);
    assert_eq!(second["keptLayers"], 2);
    assert_eq!(second["output"], first["output"]);
    assert_eq!(
        fs::read(sector.cache("sc-02-data-tree-d.dat")).unwrap(),
        tree_d
    );
}

// Trap 3
#[test]
fn an_interrupted_phase2_is_rebuilt_from_the_unsealed_file() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    let part = sector.pre_commit2_part(1, &piece, &output);
    let first = sector_result("preCommit2", part.clone());
    as_if_killed_in_phase2(&sector);
    let second = sector_result("preCommit2", part);
    assert_eq!(second["rebuilt"], true);
    assert_eq!(second["commR"], first["commR"]);
}

// Trap 3
#[test]
fn an_interrupted_phase2_without_unsealed_file_is_rebuilt_from_the_copy() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    let part = sector.pre_commit2_part(1, &piece, &output);
    let data = fs::read(sector.file("sealed")).unwrap();
    let first = sector_result("preCommit2", part.clone());
    as_if_killed_in_phase2(&sector);
    fs::remove_file(sector.file("unsealed")).unwrap();
    failure(
        "preCommit2",
        part.clone(),
        "redo_pre_commit1",
        "do PreCommit1 again",
    );
    fs::write(sector.manifest().with_extension("data"), data).unwrap();
    let second = sector_result("preCommit2", part);
    assert_eq!(second["commR"], first["commR"]);
    assert!(!sector.manifest().with_extension("data").exists());
}

// Traps 3 and 4
#[test]
fn a_finished_phase2_answers_again_unless_its_replica_changed() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    let part = sector.pre_commit2_part(1, &piece, &output);
    let first = sector_result("preCommit2", part.clone());
    let replica = fs::read(sector.file("sealed")).unwrap();
    assert_eq!(sector_result("preCommit2", part.clone())["kept"], true);
    assert_eq!(fs::read(sector.file("sealed")).unwrap(), replica);
    flip_a_bit(&sector.file("sealed"));
    let again = sector_result("preCommit2", part);
    assert_eq!(
        (&again["kept"], &again["commR"]),
        (&json!(false), &first["commR"])
    );
    assert_eq!(fs::read(sector.file("sealed")).unwrap(), replica);
}

// Trap 3
#[test]
fn a_layer_lost_after_phase2_is_made_again() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let replica = sector.encoded(1, &piece);
    let commit1 = sector.commit1_part(1, &piece, &replica);
    fs::remove_file(sector.cache("sc-02-data-layer-2.dat")).unwrap();
    failure("commit1", commit1.clone(), "missing", "layer-2");
    let output = sector.pre_commit1(1, &piece);
    assert_eq!(output["keptLayers"], 1);
    let again = sector_result("preCommit2", sector.pre_commit2_part(1, &piece, &output));
    assert_eq!(again["commR"], replica["commR"]);
    sector_result("commit1", commit1);
}

// Traps 3 and 10
#[test]
fn a_layer_damaged_after_phase2_is_made_again() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let replica = sector.encoded(1, &piece);
    let commit1 = sector.commit1_part(1, &piece, &replica);
    let layer = sector.cache("sc-02-data-layer-1.dat");
    let wrong: Vec<u8> = fs::read(&layer).unwrap().iter().map(|b| b ^ 1).collect();
    fs::write(&layer, &wrong).unwrap();
    failure("commit1", commit1.clone(), "missing", "are damaged");
    let again = sector.encoded(1, &piece);
    assert_eq!(again["commR"], replica["commR"]);
    sector_result("commit1", commit1);
}

// Trap 3
#[test]
fn a_good_replica_is_not_made_again_out_of_damaged_layers() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    let part = sector.pre_commit2_part(1, &piece, &output);
    sector_result("preCommit2", part.clone());
    let replica = fs::read(sector.file("sealed")).unwrap();
    flip_a_bit(&sector.cache("sc-02-data-layer-1.dat"));
    failure("preCommit2", part, "redo_pre_commit1", "are damaged");
    assert_eq!(fs::read(sector.file("sealed")).unwrap(), replica);
}

// Trap 3
#[test]
fn a_replica_is_not_overwritten_with_data_that_changed() {
    let (sector, piece) = Sector::new().with_piece(2000);
    sector.encoded(1, &piece);
    let replica = fs::read(sector.file("sealed")).unwrap();
    fs::remove_file(sector.cache("sc-02-data-layer-1.dat")).unwrap();
    flip_a_bit(&sector.file("unsealed"));
    let part = sector.part(json!({"ticket": hex32(1), "pieces": [piece]}));
    failure("preCommit1", part, "bad_request", "is left as it is");
    assert_eq!(fs::read(sector.file("sealed")).unwrap(), replica);
}

// Trap 3
#[test]
fn phase2_sends_back_to_phase1_when_a_layer_it_once_used_is_gone_or_damaged() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    let part = sector.pre_commit2_part(1, &piece, &output);
    sector_result("preCommit2", part.clone());
    fs::remove_file(sector.cache("sc-02-data-layer-1.dat")).unwrap();
    failure("preCommit2", part, "redo_pre_commit1", "incomplete");
}

// Trap 3
#[test]
fn a_tree_lost_after_phase2_is_made_again() {
    for tree in ["sc-02-data-tree-c.dat", "sc-02-data-tree-d.dat"] {
        let (sector, piece) = Sector::new().with_piece(2000);
        let replica = sector.encoded(1, &piece);
        fs::remove_file(sector.cache(tree)).unwrap();
        let again = sector.encoded(1, &piece);
        assert_eq!(again["commR"], replica["commR"]);
        sector_result("commit1", sector.commit1_part(1, &piece, &replica));
    }
}

#[test]
fn a_cleared_sector_is_answered_from_its_replica() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let replica = sector.encoded(1, &piece);
    sector_result("clearCache", sector.part(json!({})));
    let again = sector.encoded(1, &piece);
    assert_eq!(
        (&again["kept"], &again["commR"]),
        (&json!(true), &replica["commR"])
    );
    assert!(!sector.cache("sc-02-data-layer-1.dat").exists());
}

/// As if the first layer had been computed wrong: its digest is that of the wrong bytes.
fn with_a_wrong_label(sector: &Sector) {
    let layer = sector.cache("sc-02-data-layer-1.dat");
    let wrong: Vec<u8> = fs::read(&layer).unwrap().iter().map(|b| b ^ 1).collect();
    fs::write(&layer, &wrong).unwrap();
    let mut manifest: Value =
        serde_json::from_slice(&fs::read(sector.manifest()).unwrap()).unwrap();
    manifest["preCommit1"]["layers"][0]["digest"] =
        json!(format!("blake3:{}", blake3::hash(&wrong).to_hex()));
    fs::write(sector.manifest(), manifest.to_string()).unwrap();
}

#[test]
fn labels_that_made_two_bad_replicas_are_wiped() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    with_a_wrong_label(&sector);
    let part = sector.pre_commit2_part(1, &piece, &output);
    failure("preCommit2", part.clone(), "error", "does not pass Commit1");
    failure("preCommit2", part, "redo_pre_commit1", "2 bad replicas");
    let fresh = sector.pre_commit1(1, &piece);
    assert_eq!(fresh["keptLayers"], 0);
    sector_result("preCommit2", sector.pre_commit2_part(1, &piece, &fresh));
}

// Trap 3
#[test]
fn phase2_refuses_the_layers_of_another_ticket() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    let part = sector.pre_commit2_part(2, &piece, &output);
    failure("preCommit2", part, "bad_request", "of another ticket");
}

// Trap 5
#[test]
fn unsealing_leaves_the_cache_alone_and_checks_the_data() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let replica = sector.encoded(1, &piece);
    let tree_d = fs::read(sector.cache("sc-02-data-tree-d.dat")).unwrap();

    sector_result("unseal", sector.unseal_part(1, &replica["commD"], 100, 33));
    let source = fs::read(sector.base().join("source")).unwrap();
    assert_eq!(
        fs::read(sector.base().join("out")).unwrap(),
        &source[100..133]
    );
    assert_eq!(
        fs::read(sector.cache("sc-02-data-tree-d.dat")).unwrap(),
        tree_d
    );
    sector_result("commit1", sector.commit1_part(1, &piece, &replica));

    fs::remove_file(sector.base().join("out")).unwrap();
    failure(
        "unseal",
        sector.unseal_part(2, &replica["commD"], 0, 9),
        "error",
        "wrong ticket",
    );
    assert!(!sector.base().join("out").exists());
}

// Trap 5
#[test]
fn a_range_outside_the_sector_is_refused() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let comm_d = sector.encoded(1, &piece)["commD"].clone();
    for (offset, length) in [(2032, 1), (0, 2033), (u64::MAX, 2), (5, 0)] {
        let part = sector.unseal_part(1, &comm_d, offset, length);
        failure("unseal", part, "bad_request", "are not in a sector of 2032");
    }
}

// Trap 6
#[test]
fn a_longer_source_is_read_only_as_far_as_the_piece_goes() {
    let (sector, _) = Sector::new().with_piece(5000);
    assert_eq!(fs::metadata(sector.file("unsealed")).unwrap().len(), 2048);
}

// Trap 6
#[test]
fn a_source_that_ends_early_is_not_padded_in_silence() {
    let sector = Sector::new();
    let source = sector.base().join("short");
    fs::write(&source, [1; 100]).unwrap();
    let part = sector.part(json!({
        "existing": [], "size": 2048, "source": {"path": source, "bytes": 2000},
    }));
    failure("addPiece", part, "error", "ended after 100 of 2000 bytes");
}

// Trap 6
#[test]
fn an_unsealed_file_longer_than_the_sector_is_refused() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let longer = [fs::read(sector.file("unsealed")).unwrap(), vec![0; 128]].concat();
    fs::write(sector.file("unsealed"), longer).unwrap();
    let part = sector.part(json!({"ticket": hex32(1), "pieces": [piece]}));
    failure("preCommit1", part, "error", "is longer than the sector");
}

#[test]
fn an_interrupted_piece_is_written_again_from_its_start() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let whole = fs::read(sector.file("unsealed")).unwrap();
    fs::write(sector.file("unsealed"), &whole[..700]).unwrap();
    let part = sector.part(json!({
        "existing": [], "size": SECTOR_BYTES,
        "source": {"path": sector.base().join("source"), "bytes": 2000},
    }));
    assert_eq!(sector_result("addPiece", part), piece);
    assert_eq!(fs::read(sector.file("unsealed")).unwrap(), whole);
}

// Trap 7
#[test]
fn clearing_works_below_a_directory_with_brackets() {
    let (sector, piece) = Sector::below("level [1]").with_piece(2000);
    sector.encoded(1, &piece);
    let removed = sector_result("clearCache", sector.part(json!({})))["removed"].clone();
    assert_eq!(removed, 4); // two layers, tree-d, tree-c
    let mut left: Vec<String> = fs::read_dir(sector.file("cache"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["p_aux", "sc-02-data-tree-r-last.dat", "t_aux"]);
}

// Trap 9
#[test]
fn randomness_above_the_field_order_is_taken() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let replica = sector.encoded(1, &piece);
    let vanilla = |randomness: String| {
        let reply = ask(json!({
            "op": "vanillaPost", "postType": 10, "randomness": randomness, "miner": "t01000",
            "replicas": [{
                "number": 7, "commR": replica["commR"],
                "sealed": sector.file("sealed"), "cache": sector.file("cache"),
            }],
        }));
        reply["result"]["sectors"][0]["result"]["proof"].clone()
    };
    let mut below = [0xff; 32];
    below[31] = 0x3f;
    assert!(vanilla(hex32(0xff)).is_string());
    assert_eq!(vanilla(hex32(0xff)), vanilla(hex::encode(below)));
}

// Traps 9 and 10
#[test]
fn a_replica_that_is_gone_is_a_faulty_sector() {
    let reply = ask(json!({
        "op": "vanillaPost", "postType": 10, "randomness": hex32(1), "miner": "t01000",
        "replicas": [{"number": 7, "commR": hex32(1), "sealed": "/gone", "cache": "/gone"}],
    }));
    let faulty = &reply["result"]["sectors"][0];
    assert_eq!(faulty["faultySectors"], json!([7]));
    assert!(faulty["message"]
        .as_str()
        .unwrap()
        .contains("sealed file /gone"));
}

// Trap 10
#[test]
fn what_is_missing_is_named() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let replica = sector.encoded(1, &piece);
    fs::remove_file(sector.cache("sc-02-data-layer-2.dat")).unwrap();
    let part = sector.commit1_part(1, &piece, &replica);
    failure("commit1", part.clone(), "missing", "sc-02-data-layer-2.dat");
    fs::remove_file(sector.file("sealed")).unwrap();
    failure("commit1", part, "missing", "sealed/s-t01000-7");
}

// Trap 3
#[test]
fn a_changed_unsealed_file_is_not_taken_for_the_data() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    let part = sector.pre_commit2_part(1, &piece, &output);
    sector_result("preCommit2", part.clone());
    as_if_killed_in_phase2(&sector);
    let short = fs::read(sector.file("unsealed")).unwrap()[..1984].to_vec();
    fs::write(sector.file("unsealed"), short).unwrap();
    failure(
        "preCommit2",
        part,
        "redo_pre_commit1",
        "do PreCommit1 again",
    );
}

// Trap 3
#[test]
fn a_replica_changed_before_phase2_is_put_back() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    let part = sector.pre_commit2_part(1, &piece, &output);
    flip_a_bit(&sector.file("sealed"));
    let changed = sector_result("preCommit2", part);
    assert_eq!(changed["rebuilt"], true);
    let (fresh, piece) = Sector::new().with_piece(2000);
    let output = fresh.pre_commit1(1, &piece);
    let plain = sector_result("preCommit2", fresh.pre_commit2_part(1, &piece, &output));
    assert_eq!(changed["commR"], plain["commR"]);
}

// Trap 3
#[test]
fn a_sector_labelled_elsewhere_is_answered_again_from_its_replica() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    fs::remove_file(sector.manifest()).unwrap();
    fs::remove_file(sector.file("unsealed")).unwrap();
    let part = sector.pre_commit2_part(1, &piece, &output);
    let first = sector_result("preCommit2", part.clone());
    let again = sector_result("preCommit2", part);
    assert_eq!(
        (&again["kept"], &again["commR"]),
        (&json!(true), &first["commR"])
    );
}

#[test]
fn phase2_is_not_done_when_what_proofs_read_is_gone() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    let part = sector.pre_commit2_part(1, &piece, &output);
    let first = sector_result("preCommit2", part.clone());
    fs::remove_file(sector.cache("p_aux")).unwrap();
    let again = sector_result("preCommit2", part);
    assert_eq!(
        (&again["kept"], &again["commR"]),
        (&json!(false), &first["commR"])
    );
    assert!(sector.cache("p_aux").exists());
}

#[test]
fn a_repeated_phase1_leaves_a_finished_sector_alone() {
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    let part = sector.pre_commit2_part(1, &piece, &output);
    sector_result("preCommit2", part.clone());
    sector_result("clearCache", sector.part(json!({})));
    let replica = fs::read(sector.file("sealed")).unwrap();
    assert_eq!(sector.pre_commit1(1, &piece)["output"], output["output"]);
    assert_eq!(fs::read(sector.file("sealed")).unwrap(), replica);
    assert_eq!(sector_result("preCommit2", part)["kept"], true);
}

#[test]
fn a_late_piece_does_not_touch_a_labelled_sector() {
    let (sector, piece) = Sector::new().with_piece(2000);
    sector.pre_commit1(1, &piece);
    let whole = fs::read(sector.file("unsealed")).unwrap();
    let other = json!({"existing": [], "size": 128, "source": {}});
    failure(
        "addPiece",
        sector.part(other),
        "error",
        "holds another piece",
    );
    let same = json!({
        "existing": [], "size": SECTOR_BYTES,
        "source": {"path": sector.base().join("source"), "bytes": 2000},
    });
    assert_eq!(sector_result("addPiece", sector.part(same)), piece);
    assert_eq!(fs::read(sector.file("unsealed")).unwrap(), whole);
}

#[test]
fn pieces_that_do_not_fill_the_sector_have_no_data_commitment() {
    let piece = json!({"size": 1024, "commP": hex32(1)});
    let reply = ask(json!({"op": "dataCommitment", "proofType": 5, "pieces": [piece]}));
    assert_eq!(reply["kind"], "bad_request", "{reply}");
}

#[test]
fn synthetic_proofs_outlive_the_layers() {
    let (sector, piece) = Sector::of_type(10).with_piece(2000);
    let replica = sector.encoded(1, &piece);
    sector_result(
        "clearCache",
        sector.part(json!({"keepSyntheticProofs": true})),
    );
    assert!(!sector.cache("sc-02-data-layer-1.dat").exists());
    sector_result("commit1", sector.commit1_part(1, &piece, &replica));
    sector_result("clearCache", sector.part(json!({})));
    assert!(!sector.cache("syn-porep-vanilla-proofs.dat").exists());
}

// Trap 9
#[test]
fn replicas_out_of_order_are_refused() {
    let replica =
        |number: u64| json!({"number": number, "commR": hex32(1), "sealed": "/x", "cache": "/x"});
    let reply = ask(json!({
        "op": "vanillaPost", "postType": 0, "randomness": hex32(1), "miner": "t01000",
        "replicas": [replica(2), replica(1)],
    }));
    assert_eq!(reply["kind"], "bad_request");
}

/// Files of a SnapDeals update of a sealed sector.
fn update_files(sector: &Sector) -> Value {
    json!({
        "key": sector.file("sealed"), "keyCache": sector.file("cache"),
        "update": sector.base().join("update"), "updateCache": sector.base().join("update-cache"),
    })
}

fn update_part(files: &Value, more: Value) -> Value {
    let mut part = json!({"sector": "s-t01000-7", "updateType": 0, "files": files});
    for (key, value) in more.as_object().unwrap() {
        part[key] = value.clone();
    }
    part
}

#[test]
fn an_update_never_writes_over_its_key_and_decodes_only_to_its_data() {
    let (sector, piece) = Sector::new().with_piece(2000);
    sector.encoded(1, &piece);
    let replica = fs::read(sector.file("sealed")).unwrap();
    let encode = json!({"unsealed": sector.file("unsealed"), "pieces": [piece]});
    let mut onto_itself = update_files(&sector);
    onto_itself["update"] = onto_itself["key"].clone();
    let part = update_part(&onto_itself, encode.clone());
    failure(
        "updateEncode",
        part,
        "bad_request",
        "over the sealed sector",
    );
    assert_eq!(fs::read(sector.file("sealed")).unwrap(), replica);

    let files = update_files(&sector);
    let encoded = sector_result("updateEncode", update_part(&files, encode));
    let out = sector.base().join("decoded");
    let right = json!({"commDNew": encoded["commDNew"], "output": out});
    sector_result("updateDecode", update_part(&files, right));
    assert_eq!(
        fs::read(&out).unwrap(),
        fs::read(sector.file("unsealed")).unwrap()
    );
    fs::remove_file(&out).unwrap();
    let wrong = json!({"commDNew": hex32(0x11), "output": out});
    failure(
        "updateDecode",
        update_part(&files, wrong),
        "error",
        "decodes to commD",
    );
    assert!(!out.exists());
}

/// A file system too small for what a phase says it needs; needs root, as CI has.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<SmallDisk> {
        let dir = TempDir::new().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=200k", "tmpfs"])
            .arg(dir.path())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        mounted.then_some(SmallDisk(dir))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let status = Command::new("umount").arg(self.0.path()).status();
        assert!(status.is_ok_and(|status| status.success()));
    }
}

// Trap 1
#[test]
fn no_phase_begins_on_a_disk_too_small_for_it() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    let (sector, piece) = Sector::new().with_piece(2000);
    let output = sector.pre_commit1(1, &piece);
    for kind in ["unsealed", "sealed", "cache/s-t01000-7"] {
        fs::create_dir_all(disk.0.path().join(kind)).unwrap();
    }
    let bring = |kind: &str| {
        let to = disk.0.path().join(kind).join("s-t01000-7");
        fs::copy(sector.file(kind), to).unwrap();
    };
    bring("unsealed");
    let small = |part: Value| -> Value {
        let text = part.to_string();
        let there = sector.base().to_str().unwrap().to_owned();
        serde_json::from_str(&text.replace(&there, disk.0.path().to_str().unwrap())).unwrap()
    };
    let part = small(sector.part(json!({"existing": [], "size": 2048, "source": {}})));
    failure("addPiece", part, "no_space", "AddPiece writes up to");
    let part = small(sector.part(json!({"ticket": hex32(1), "pieces": [piece]})));
    failure("preCommit1", part, "no_space", "PreCommit1 writes up to");
    bring("sealed");
    for entry in fs::read_dir(sector.file("cache")).unwrap().flatten() {
        let to = disk
            .0
            .path()
            .join("cache/s-t01000-7")
            .join(entry.file_name());
        fs::copy(entry.path(), to).unwrap();
    }
    let part = small(sector.pre_commit2_part(1, &piece, &output));
    failure("preCommit2", part, "no_space", "PreCommit2 writes up to");
    let part = small(sector.unseal_part(1, &output["commD"], 0, 9));
    failure("unseal", part, "no_space", "unsealing writes up to");
    let left = fs::metadata(disk.0.path().join("sealed/s-t01000-7"))
        .unwrap()
        .len();
    assert_eq!(left, 2048);
}

#[test]
fn one_bad_sector_does_not_fail_the_other() {
    let (good, piece) = Sector::new().with_piece(2000);
    let bad = Sector::new();
    let body = json!({"ticket": hex32(1), "pieces": [piece]});
    let reply = ask(json!({
        "op": "preCommit1", "sectors": [bad.part(body.clone()), good.part(body)],
    }));
    assert_eq!(reply["result"]["sectors"][0]["kind"], "missing");
    assert_eq!(reply["result"]["sectors"][1]["ok"], true);
}

fn job(directory: &Path, call: Value, more: Value) {
    let mut job = json!({"job": 1, "request": {"abi": 1, "call": call}});
    for (key, value) in more.as_object().unwrap() {
        job[key] = value.clone();
    }
    fs::create_dir_all(directory).unwrap();
    fs::write(directory.join("job.json"), job.to_string()).unwrap();
}

fn prover(directory: &Path, cwd: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_selkie-prover"))
        .arg(directory)
        .current_dir(cwd)
        .env("RAYON_NUM_THREADS", "1")
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn result(directory: &Path) -> Value {
    serde_json::from_slice(&fs::read(directory.join("result.json")).unwrap()).unwrap()
}

// Traps 11 and 12
#[test]
fn a_prover_has_its_own_settings_whatever_lies_where_it_was_started() {
    let place = TempDir::new().unwrap();
    fs::write(
        place.path().join("rust-fil-proofs.config.toml"),
        "parent_cache = '/elsewhere'",
    )
    .unwrap();
    let directory = place.path().join("job");
    job(&directory, json!({"op": "about"}), json!({}));
    let status = prover(&directory, place.path()).wait().unwrap();
    assert_eq!(status.code(), Some(exit::ANSWERED));
    let about = &result(&directory)["result"];
    assert_ne!(about["settings"]["parent_cache"], "/elsewhere");
    assert_eq!(about["threads"], 1);
}

// Trap 11
#[test]
fn a_stray_configuration_in_the_working_directory_stops_the_work() {
    let place = TempDir::new().unwrap();
    job(place.path(), json!({"op": "about"}), json!({}));
    fs::write(
        place.path().join("rust-fil-proofs.config.toml"),
        "verify_cache = true",
    )
    .unwrap();
    prover(place.path(), Path::new("/")).wait().unwrap();
    let message = result(place.path())["message"].clone();
    assert!(
        message
            .as_str()
            .unwrap()
            .contains("would change the settings"),
        "{message}"
    );
}

#[test]
fn a_job_is_answered_once() {
    let place = TempDir::new().unwrap();
    job(place.path(), json!({"op": "about"}), json!({}));
    prover(place.path(), Path::new("/")).wait().unwrap();
    let again = prover(place.path(), Path::new("/")).wait().unwrap();
    assert_eq!(again.code(), Some(exit::TAKEN));
}

#[test]
fn a_job_file_that_is_none_is_said_so() {
    let place = TempDir::new().unwrap();
    fs::write(place.path().join("job.json"), "{\"job\":1").unwrap();
    let status = prover(place.path(), Path::new("/")).wait().unwrap();
    assert_eq!(status.code(), Some(exit::NO_JOB));
}

/// A job that takes far longer than the test: parameters of 8 MiB.
fn long_job(directory: &Path, more: Value) {
    let call = json!({"op": "generateParameters", "sectorBytes": 8 << 20, "sets": ["porep"]});
    job(directory, call, more);
}

fn wait_for(what: &str, done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < deadline, "{what} did not come");
        std::thread::yield_now();
    }
}

#[test]
fn a_prover_ends_when_its_job_directory_is_gone() {
    let place = TempDir::new().unwrap();
    let directory = place.path().join("job");
    long_job(&directory, json!({}));
    let mut child = Command::new(env!("CARGO_BIN_EXE_selkie-prover"))
        .arg(&directory)
        .env("FIL_PROOFS_PARAMETER_CACHE", place.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("prover.json", || directory.join("prover.json").exists());
    fs::remove_dir_all(&directory).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(exit::CALLED_OFF));
}

#[test]
fn progress_is_told_to_whoever_connects() {
    let place = TempDir::new().unwrap();
    let directory = place.path().join("job");
    let socket = directory.join("p");
    long_job(&directory, json!({"socket": socket}));
    let mut child = Command::new(env!("CARGO_BIN_EXE_selkie-prover"))
        .arg(&directory)
        .env("FIL_PROOFS_PARAMETER_CACHE", place.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("the socket", || UnixStream::connect(&socket).is_ok());
    let mut lines = BufReader::new(UnixStream::connect(&socket).unwrap()).lines();
    let last = lines
        .find(|line| line.as_ref().unwrap().contains("porep"))
        .unwrap()
        .unwrap();
    let progress: Value = serde_json::from_str(&last).unwrap();
    assert_eq!(progress["operation"], "generateParameters");
    assert_eq!(progress["stage"], "porep");
    child.kill().unwrap();
    child.wait().unwrap();
}
