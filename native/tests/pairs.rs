//! PreCommit1 of two real 8 MiB sectors, whose provers find each other.

mod sealing;

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rand::{thread_rng, Rng};
use serde_json::Value;

use sealing::{result_in, Sector};

/// The sectors of a trial, and what the library makes of them.
struct Trial {
    directory: tempfile::TempDir,
    expected: Vec<(Sector, Value)>,
}

impl Trial {
    fn new(sectors: u64) -> Trial {
        let expected = (1..=sectors).map(|number| {
            let (sector, facts) = Sector::with_piece(number);
            let by_library = [("SELKIE_LABELLER", "library")];
            let result = sector.result(&by_library, "preCommit1", facts);
            (sector, result)
        });
        Trial {
            expected: expected.collect(),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn start(&self, sector: &Sector, facts: &Value) -> (PathBuf, Child) {
        start(self.directory.path(), sector, facts)
    }

    fn check(&self, sector: usize, made: &Sector, result: &Value) {
        let (expected, its_result) = &self.expected[sector];
        made.assert_same_files(expected, &format!("sector {}", sector + 1));
        assert_eq!(made.output(result), expected.output(its_result));
    }
}

fn start(directory: &Path, sector: &Sector, facts: &Value) -> (PathBuf, Child) {
    let environment = [
        ("SELKIE_PAIRS", "always"),
        ("SELKIE_PAIRS_DIRECTORY", directory.to_str().unwrap()),
        ("SELKIE_PAIRS_PATIENCE", "60"),
    ];
    sector.start(&environment, "preCommit1", facts.clone())
}

/// Two that begin together come together in the first layer, or before the second one.
#[test]
fn sectors_in_lock_step_have_the_labels_of_the_library() {
    let trial = Trial::new(2);
    let mut together = 0;
    for _ in 0..5 {
        let sectors = [Sector::with_piece(1), Sector::with_piece(2)];
        let jobs: Vec<_> = sectors
            .iter()
            .map(|(sector, facts)| trial.start(sector, facts))
            .collect();
        for (at, ((sector, _), (directory, mut child))) in sectors.iter().zip(jobs).enumerate() {
            assert!(child.wait().unwrap().success());
            trial.check(at, sector, &result_in(&directory).unwrap());
        }
        let along = |of: &Sector| of.log().contains("comes along");
        together += usize::from(sectors.iter().any(|(sector, _)| along(sector)));
    }
    assert!(together > 0, "no two sectors ever came together");
}

/// Whoever of the two is killed, wherever they are, the other one goes on.
#[test]
fn provers_that_are_killed_at_random_do_not_disturb_the_others() {
    let trial = Trial::new(3);
    let sectors: Vec<_> = (1..=3).map(Sector::with_piece).collect();
    let begun = Instant::now();
    let mut kills = 0;
    let mut jobs: Vec<_> = sectors
        .iter()
        .map(|(sector, facts)| Some(trial.start(sector, facts)))
        .collect();
    while jobs.iter().any(Option::is_some) {
        assert!(begun.elapsed() < Duration::from_secs(300), "they never end");
        std::thread::sleep(Duration::from_millis(thread_rng().gen_range(10..200)));
        let victim = thread_rng().gen_range(0..jobs.len());
        for (at, job) in jobs.iter_mut().enumerate() {
            let Some((directory, child)) = job else {
                continue;
            };
            let (sector, facts) = &sectors[at];
            if at == victim && kills < 15 {
                kills += 1;
                child.kill().unwrap();
                child.wait().unwrap();
                if result_in(directory).is_none() {
                    *job = Some(trial.start(sector, facts));
                }
            } else if child
                .try_wait()
                .unwrap()
                .is_some_and(|status| status.success())
            {
                trial.check(at, sector, &result_in(directory).unwrap());
                *job = None;
            } else if child.try_wait().unwrap().is_some() && result_in(directory).is_none() {
                panic!("{}", sector.log());
            }
        }
    }
}
