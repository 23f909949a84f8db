//! Real 8 MiB sectors, each with provers of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{json, Value};
use tempfile::TempDir;

const BYTES: u64 = 8 << 20;

pub struct Sector {
    root: TempDir,
    name: String,
}

impl Sector {
    pub fn new(number: u64) -> Sector {
        let root = TempDir::new().unwrap();
        for kind in ["unsealed", "sealed", "cache", "jobs"] {
            fs::create_dir(root.path().join(kind)).unwrap();
        }
        let name = format!("s-t01000-{number}");
        Sector { root, name }
    }

    /// With a piece; gives what PreCommit1 is asked with.
    pub fn with_piece(number: u64) -> (Sector, Value) {
        let sector = Sector::new(number);
        let piece = sector.result(
            &[],
            "addPiece",
            json!({"existing": [], "size": BYTES, "source": {}}),
        );
        let facts = json!({"ticket": format!("{number:02x}").repeat(32), "pieces": [piece]});
        (sector, facts)
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    pub fn start(
        &self,
        environment: &[(&str, &str)],
        operation: &str,
        more: Value,
    ) -> (PathBuf, Child) {
        let name = &self.name;
        let mut part = json!({
            "sector": name, "proofType": 6,
            "files": {
                "unsealed": self.at("unsealed").join(name), "sealed": self.at("sealed").join(name),
                "cache": self.at("cache").join(name),
                "manifest": self.at("selkie").join(format!("{name}.json")),
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
            .env("RUST_LOG", "info")
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(
                fs::File::options()
                    .append(true)
                    .create(true)
                    .open(self.log_path())
                    .unwrap(),
            )
            .spawn()
            .unwrap();
        (directory, child)
    }

    pub fn result(&self, environment: &[(&str, &str)], operation: &str, more: Value) -> Value {
        let (directory, mut child) = self.start(environment, operation, more);
        assert!(child.wait().unwrap().success());
        result_in(&directory).unwrap()
    }

    fn log_path(&self) -> PathBuf {
        self.at("log")
    }

    /// What its provers said.
    #[allow(dead_code)] // not in every test that uses this module
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap()
    }

    pub fn cache(&self) -> PathBuf {
        self.at("cache").join(&self.name)
    }

    pub fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.cache().join(name)).unwrap()
    }

    /// All files of PreCommit1, and no others, are those of the same sector sealed elsewhere.
    pub fn assert_same_files(&self, other: &Sector, how: &str) {
        for name in [
            "sc-02-data-layer-1.dat",
            "sc-02-data-layer-2.dat",
            "sc-02-data-tree-d.dat",
        ] {
            assert!(self.file(name) == other.file(name), "{name} of {how}");
        }
        assert_eq!(fs::read_dir(self.cache()).unwrap().count(), 3, "{how}");
    }

    /// The output of PreCommit1 without the directories that it names.
    pub fn output(&self, result: &Value) -> String {
        use base64::Engine;
        let bytes = base64::prelude::BASE64_STANDARD
            .decode(result["output"].as_str().unwrap())
            .unwrap();
        let root = self.root.path().to_str().unwrap().to_owned();
        String::from_utf8(bytes).unwrap().replace(&root, "")
    }
}

/// Of a prover that succeeded; none if it has not answered.
pub fn result_in(directory: &Path) -> Option<Value> {
    let reply: Value =
        serde_json::from_slice(&fs::read(directory.join("result.json")).ok()?).ok()?;
    let outcome = &reply["result"]["sectors"][0];
    assert_eq!(outcome["ok"], true, "{outcome}");
    Some(outcome["result"].clone())
}
