//! `selkie-prover --stand-in`: the job protocol of the real prover, and seals without proofs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use selkie_native::call::call;
use selkie_native::prover::exit;
use selkie_native::stand_in::{points, ALLOWED};
use serde_json::{json, Value};
use tempfile::TempDir;

const DATA: usize = 2032;

/// A sector and the jobs on it, below a directory of their own.
struct Life {
    root: TempDir,
}

impl Life {
    fn new() -> Life {
        let root = TempDir::new().unwrap();
        for kind in ["unsealed", "sealed", "cache", "jobs", "points"] {
            fs::create_dir(root.path().join(kind)).unwrap();
        }
        fs::write(root.path().join("source"), data()).unwrap();
        Life { root }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn job(&self, name: &str, request: Value) -> PathBuf {
        let directory = self.at("jobs").join(name);
        fs::create_dir(&directory).unwrap();
        let job = json!({
            "job": 1, "history": self.at("provers.log"),
            "request": {"abi": 1, "call": request},
        });
        fs::write(directory.join("job.json"), job.to_string()).unwrap();
        directory
    }

    fn start(&self, directory: &Path, points: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_selkie-prover"))
            .arg("--stand-in")
            .arg(directory)
            .env(ALLOWED, "on")
            .env(points::POINTS, points)
            .env(points::DIRECTORY, self.at("points"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Runs a job to its end and gives the reply.
    fn ask(&self, request: Value) -> Value {
        let directory = self.job("job", request);
        let status = self.start(&directory, "").wait().unwrap();
        assert_eq!(status.code(), Some(exit::ANSWERED));
        let reply = serde_json::from_slice(&fs::read(directory.join("result.json")).unwrap());
        fs::remove_dir_all(directory).unwrap();
        reply.unwrap()
    }

    fn outcome(&self, operation: &str, more: Value) -> Value {
        let reply = self.ask(self.request(operation, more));
        reply["result"]["sectors"][0].clone()
    }

    fn result(&self, operation: &str, more: Value) -> Value {
        let outcome = self.outcome(operation, more);
        assert_eq!(outcome["ok"], true, "{outcome}");
        outcome["result"].clone()
    }

    fn request(&self, operation: &str, more: Value) -> Value {
        let mut part = json!({
            "sector": "s-t01000-7", "proofType": 5,
            "files": {
                "unsealed": self.at("unsealed/s-t01000-7"), "sealed": self.at("sealed/s-t01000-7"),
                "cache": self.at("cache/s-t01000-7"), "manifest": self.at("selkie/s-t01000-7.json"),
            },
        });
        if operation == "commit2" {
            part.as_object_mut().unwrap().remove("files");
        }
        for (key, value) in more.as_object().unwrap() {
            part[key] = value.clone();
        }
        json!({"op": operation, "sectors": [part]})
    }

    fn add_piece(&self) -> Value {
        let source = json!({"path": self.at("source"), "bytes": DATA});
        self.result(
            "addPiece",
            json!({"existing": [], "size": 2048, "source": source}),
        )
    }

    /// The requests from PreCommit1 to Commit2 with their results, each sent twice.
    fn seal(&self) -> Sealed {
        let piece = self.add_piece();
        let twice = |operation: &str, more: Value| {
            let first = self.result(operation, more.clone());
            assert_eq!(first, self.result(operation, more), "{operation} repeated");
            first
        };
        let mut facts = json!({"ticket": hex32(1), "pieces": [piece]});
        let labels = twice("preCommit1", facts.clone());
        facts["phase1Output"] = labels["output"].clone();
        let replica = twice("preCommit2", facts.clone());
        facts.as_object_mut().unwrap().remove("phase1Output");
        facts["seed"] = json!(hex32(2));
        facts["commR"] = replica["commR"].clone();
        facts["commD"] = replica["commD"].clone();
        facts["output"] = json!(self.at("c1.json"));
        let vanilla = twice("commit1", facts);
        let proof = twice("commit2", json!({"phase1Output": vanilla["path"]}));
        Sealed {
            verify: json!({
                "op": "verifySeal", "sector": "s-t01000-7", "proofType": 5, "ticket": hex32(1),
                "seed": hex32(2), "commR": replica["commR"], "commD": replica["commD"],
                "proof": proof["proof"],
            }),
            comm_d: replica["commD"].clone(),
        }
    }
}

struct Sealed {
    verify: Value,
    comm_d: Value,
}

fn data() -> Vec<u8> {
    (0..DATA).map(|i| (i * 7 % 251) as u8).collect()
}

fn hex32(byte: u8) -> String {
    hex::encode([byte; 32])
}

fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < limit, "{what} did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_sector_lives_without_proofs() {
    let life = Life::new();
    let sealed = life.seal();
    assert_eq!(
        fs::metadata(life.at("sealed/s-t01000-7")).unwrap().len(),
        2048
    );
    assert!(life.at("cache/s-t01000-7/p_aux").exists());
    assert_eq!(life.ask(sealed.verify)["result"]["valid"], true);

    let removed = life.result("clearCache", json!({}));
    assert!(removed["removed"].as_u64().unwrap() >= 4, "{removed}");
    assert!(life.at("cache/s-t01000-7/t_aux").exists());
    fs::remove_file(life.at("unsealed/s-t01000-7")).unwrap();
    let range = json!({
        "ticket": hex32(1), "commD": sealed.comm_d, "offset": 3, "length": 1000,
        "form": "unpadded", "output": life.at("out"), "scratch": life.root.path(),
    });
    assert_eq!(life.result("unseal", range)["bytes"], 1000);
    assert_eq!(fs::read(life.at("out")).unwrap(), data()[3..1003]);
}

#[test]
fn pieces_have_their_true_commitments() {
    let life = Life::new();
    let request = json!({
        "op": "pieceCommitment", "proofType": 5, "size": 2048,
        "source": {"path": life.at("source"), "bytes": DATA},
    });
    let real: Value = serde_json::from_slice(&call(
        json!({"abi": 1, "call": request}).to_string().as_bytes(),
    ))
    .unwrap();
    assert_eq!(life.ask(request), real);
    assert_eq!(life.add_piece(), real["result"]);
}

#[test]
fn a_proof_is_of_its_seal_only() {
    let life = Life::new();
    let sealed = life.seal();
    for (part, other) in [
        ("sector", json!("s-t01000-8")),
        ("proofType", json!(0)),
        ("ticket", json!(hex32(9))),
        ("seed", json!(hex32(9))),
        ("commR", json!(hex32(9))),
        ("commD", json!(hex32(9))),
    ] {
        let mut request = sealed.verify.clone();
        request[part] = other;
        assert_eq!(life.ask(request)["result"]["valid"], false, "{part}");
    }
}

#[test]
fn real_and_stand_in_refuse_each_others_work() {
    let life = Life::new();
    let sealed = life.seal();
    let request = json!({"abi": 1, "call": sealed.verify});
    let reply: Value = serde_json::from_slice(&call(request.to_string().as_bytes())).unwrap();
    assert_eq!(reply["result"]["valid"], false, "{reply}");

    let phase2 = life.request("commit2", json!({"phase1Output": life.at("c1.json")}));
    let request = json!({"abi": 1, "call": phase2});
    let reply: Value = serde_json::from_slice(&call(request.to_string().as_bytes())).unwrap();
    assert_eq!(reply["result"]["sectors"][0]["ok"], false, "{reply}");

    let other = life.outcome("commit2", json!({"phase1Output": life.at("source")}));
    assert_eq!(other["kind"], "bad_request", "{other}");
    let mut garbage = life.ask(json!({"op": "about"}));
    assert_eq!(garbage["result"]["standIn"].take(), true);
}

#[test]
fn other_data_and_other_tickets_are_noticed() {
    let life = Life::new();
    let piece = life.add_piece();
    let other = json!({"size": 2048, "commP": hex32(3)});
    let wrong = life.outcome("preCommit1", json!({"ticket": hex32(1), "pieces": [other]}));
    assert_eq!(wrong["ok"], false, "{wrong}");
    let labels = life.result("preCommit1", json!({"ticket": hex32(1), "pieces": [piece]}));
    let of_another_ticket = json!({
        "ticket": hex32(2), "pieces": [piece], "phase1Output": labels["output"]});
    let refused = life.outcome("preCommit2", of_another_ticket);
    assert_eq!(refused["kind"], "bad_request", "{refused}");
    fs::remove_file(life.at("cache/s-t01000-7/sc-02-data-layer-1.dat")).unwrap();
    let without_layers = json!({
        "ticket": hex32(1), "pieces": [piece], "phase1Output": labels["output"]});
    let redo = life.outcome("preCommit2", without_layers);
    assert_eq!(redo["kind"], "redo_pre_commit1", "{redo}");
}

#[test]
fn what_does_not_belong_to_sealing_is_refused() {
    let life = Life::new();
    let reply = life.ask(json!({"op": "generateParameters", "sectorBytes": 2048, "sets": []}));
    assert_eq!(reply["kind"], "bad_request", "{reply}");
}

#[test]
fn it_is_refused_unless_it_is_allowed() {
    let life = Life::new();
    let directory = life.job("job", json!({"op": "about"}));
    for value in ["", "off", "true"] {
        let done = Command::new(env!("CARGO_BIN_EXE_selkie-prover"))
            .arg("--stand-in")
            .arg(&directory)
            .env(ALLOWED, value)
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(exit::NO_JOB));
        let words = String::from_utf8(done.stderr).unwrap();
        assert!(words.contains(ALLOWED), "{words}");
    }
    assert!(!directory.join("prover.json").exists());
}

#[test]
fn a_kill_at_any_point_can_be_repeated() {
    let life = Life::new();
    let piece = life.add_piece();
    let facts = json!({"ticket": hex32(1), "pieces": [piece]});
    for place in ["before-work", "after-work", "after-result"] {
        let point = format!("PreCommit1.{place}@s-t01000-7");
        let directory = life.job(place, life.request("preCommit1", facts.clone()));
        let mut held = life.start(&directory, &point);
        wait_for(&point, || life.at("points").join(&point).exists());
        let answered = directory.join("result.json").exists();
        assert_eq!(answered, place == "after-result");
        held.kill().unwrap();
        held.wait().unwrap();
        // The next attempt, under the same points, is let by.
        let again = life.job(
            &format!("{place}-again"),
            life.request("preCommit1", facts.clone()),
        );
        let status = life.start(&again, &point).wait().unwrap();
        assert_eq!(status.code(), Some(exit::ANSWERED));
    }
    let history = fs::read_to_string(life.at("provers.log")).unwrap();
    let ends = |end: &str| history.lines().filter(|line| line.ends_with(end)).count();
    assert_eq!(ends(" before-work started"), 1, "{history}");
    assert_eq!(ends(" before-work completed"), 0, "{history}");
    assert_eq!(ends(" after-work completed"), 0, "{history}");
    assert_eq!(ends(" after-result completed"), 1, "{history}");
    assert_eq!(ends("-again completed"), 3, "{history}");
}

#[test]
fn one_that_holds_goes_on_when_its_mark_is_removed() {
    let life = Life::new();
    let point = "Finalize.before-work@s-t01000-7";
    fs::create_dir(life.at("cache/s-t01000-7")).unwrap();
    let directory = life.job("job", life.request("clearCache", json!({})));
    let mut held = life.start(&directory, point);
    let mark = life.at("points").join(point);
    wait_for(point, || mark.exists());
    fs::remove_file(mark).unwrap();
    assert_eq!(held.wait().unwrap().code(), Some(exit::ANSWERED));
}

#[test]
fn one_that_holds_ends_with_its_job_directory() {
    let life = Life::new();
    let point = "AddPiece.before-work@s-t01000-7";
    let source = json!({"path": life.at("source"), "bytes": DATA});
    let request = life.request(
        "addPiece",
        json!({"existing": [], "size": 2048, "source": source}),
    );
    let directory = life.job("job", request);
    let mut held = life.start(&directory, point);
    wait_for(point, || life.at("points").join(point).exists());
    fs::remove_file(directory.join("job.json")).unwrap();
    assert_eq!(held.wait().unwrap().code(), Some(exit::CALLED_OFF));
}
