//! PreCommit1 of a real 8 MiB sector, killed again and again in the middle of its layers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rand::{thread_rng, Rng};
use serde_json::{json, Value};
use tempfile::TempDir;

const BYTES: u64 = 8 << 20;

struct Sector {
    root: TempDir,
}

impl Sector {
    fn new() -> Sector {
        let root = TempDir::new().unwrap();
        for kind in ["unsealed", "sealed", "cache", "jobs"] {
            fs::create_dir(root.path().join(kind)).unwrap();
        }
        Sector { root }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn start(&self, labeller: &str, operation: &str, more: Value) -> (PathBuf, Child) {
        let mut part = json!({
            "sector": "s-t01000-7", "proofType": 6,
            "files": {
                "unsealed": self.at("unsealed/s-t01000-7"), "sealed": self.at("sealed/s-t01000-7"),
                "cache": self.at("cache/s-t01000-7"), "manifest": self.at("selkie/s-t01000-7.json"),
            },
        });
        for (key, value) in more.as_object().unwrap() {
            part[key] = value.clone();
        }
        let job = json!({
            "job": 1, "history": self.at("provers.log"),
            "request": {"abi": 1, "call": {"op": operation, "sectors": [part]}},
        });
        let directory = self.at("jobs").join("job");
        match fs::remove_dir_all(&directory) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => panic!("{e}"),
            _ => fs::create_dir(&directory).unwrap(),
        }
        fs::write(directory.join("job.json"), job.to_string()).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_selkie-prover"))
            .arg(&directory)
            .env("SELKIE_LABELLER", labeller)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        (directory, child)
    }

    fn result(&self, labeller: &str, operation: &str, more: Value) -> Value {
        let (directory, mut child) = self.start(labeller, operation, more);
        assert!(child.wait().unwrap().success());
        result_in(&directory).unwrap()
    }

    fn with_piece() -> (Sector, Value) {
        let sector = Sector::new();
        let source = json!({});
        let piece = sector.result(
            "auto",
            "addPiece",
            json!({"existing": [], "size": BYTES, "source": source}),
        );
        let ticket = json!({"ticket": "01".repeat(32), "pieces": [piece]});
        (sector, ticket)
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.at("cache/s-t01000-7").join(name)).unwrap()
    }
}

fn result_in(directory: &Path) -> Option<Value> {
    let reply: Value =
        serde_json::from_slice(&fs::read(directory.join("result.json")).ok()?).ok()?;
    let outcome = &reply["result"]["sectors"][0];
    assert_eq!(outcome["ok"], true, "{outcome}");
    Some(outcome["result"].clone())
}

/// The output names the directories, and is compared without them.
fn output(result: &Value, sector: &Sector) -> String {
    use base64::Engine;
    let bytes = base64::prelude::BASE64_STANDARD
        .decode(result["output"].as_str().unwrap())
        .unwrap();
    let root = sector.root.path().to_str().unwrap().to_owned();
    String::from_utf8(bytes).unwrap().replace(&root, "")
}

#[test]
fn labels_that_were_interrupted_anywhere_are_the_librarys() {
    let (library, facts) = Sector::with_piece();
    let expected = library.result("library", "preCommit1", facts);
    let (ours, facts) = Sector::with_piece();

    let mut kills = 0;
    let result = loop {
        let (directory, mut child) = ours.start("auto", "preCommit1", facts.clone());
        if kills < 12 {
            std::thread::sleep(Duration::from_millis(thread_rng().gen_range(20..400)));
            child.kill().unwrap();
        }
        child.wait().unwrap();
        if let Some(result) = result_in(&directory) {
            break result;
        }
        kills += 1;
        assert!(kills <= 12, "it was not killed, and gave no result");
    };

    for name in [
        "sc-02-data-layer-1.dat",
        "sc-02-data-layer-2.dat",
        "sc-02-data-tree-d.dat",
    ] {
        assert!(
            ours.file(name) == library.file(name),
            "{name} after {kills} kills"
        );
    }
    assert_eq!(output(&result, &ours), output(&expected, &library));
    assert_eq!(
        fs::read_dir(ours.at("cache/s-t01000-7")).unwrap().count(),
        3
    );
}
