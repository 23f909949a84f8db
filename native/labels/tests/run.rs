//! Layers written while they are made: whole, interrupted anywhere, damaged.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Mutex;

use selkie_labels::graph::{Graph, Parents};
use selkie_labels::kernel::Kernel;
use selkie_labels::run::{file_name, Job, Place, Sector, Watch};

/// Two chunks to a layer.
const NODES: usize = 1 << 17;
const LAYERS: u32 = 3;

fn parents() -> Vec<Parents> {
    let mut id = [0; 32];
    id[0] = 6;
    let graph = Graph::new(NODES as u32, &id);
    (0..NODES as u32).map(|node| graph.parents(node)).collect()
}

fn sectors(dir: &Path, count: u8) -> Vec<Sector> {
    (1..=count)
        .map(|number| {
            let cache = dir.join(number.to_string());
            fs::create_dir_all(&cache).unwrap();
            Sector {
                replica_id: [number; 32],
                cache,
                begun: None,
            }
        })
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Checkpoint,
    Completed,
}

/// Remembers what is durable, and ends the run at a step as a kill would: before it is remembered.
struct Killer {
    left: Mutex<usize>,
    steps: Mutex<Vec<(Step, Place)>>,
    begun: Mutex<Vec<(Place, Option<blake3::Hash>)>>,
}

impl Killer {
    fn after(steps: usize, sectors: usize) -> Killer {
        let begin = Place { layer: 1, nodes: 0 };
        Killer {
            left: Mutex::new(steps),
            steps: Mutex::default(),
            begun: Mutex::new(vec![(begin, None); sectors]),
        }
    }

    fn step(
        &self,
        step: Step,
        sector: usize,
        at: Place,
        begun: (Place, Option<blake3::Hash>),
    ) -> io::Result<()> {
        let mut left = self.left.lock().unwrap();
        if *left == 0 {
            return Err(io::Error::other("killed"));
        }
        *left -= 1;
        self.steps.lock().unwrap().push((step, at));
        self.begun.lock().unwrap()[sector] = begun;
        Ok(())
    }
}

impl Watch for Killer {
    fn checkpoint(&self, sector: usize, at: Place, digest: blake3::Hash) -> io::Result<()> {
        self.step(Step::Checkpoint, sector, at, (at, Some(digest)))
    }

    fn completed(&self, sector: usize, layer: u32, _: blake3::Hash) -> io::Result<()> {
        let next = Place {
            layer: layer + 1,
            nodes: 0,
        };
        self.step(Step::Completed, sector, next, (next, None))
    }

    fn progress(&self, _: Place) {}
}

fn run(
    parents: &[Parents],
    sectors: &[Sector],
    begin: Place,
    watch: &Killer,
) -> Vec<io::Result<()>> {
    Job {
        kernel: if Kernel::ShaNi.is_there() {
            Kernel::ShaNi
        } else {
            Kernel::Avx2
        },
        parents,
        layers: LAYERS,
        sectors,
        begin,
        checkpoint_bytes: 2 << 20,
    }
    .run(watch)
    .unwrap()
}

fn layers(sector: &Sector) -> Vec<blake3::Hash> {
    let mut names: Vec<_> = fs::read_dir(&sector.cache)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, (1..=LAYERS).map(file_name).collect::<Vec<_>>());
    names
        .iter()
        .map(|name| blake3::hash(&fs::read(sector.cache.join(name)).unwrap()))
        .collect()
}

const BEGIN: Place = Place { layer: 1, nodes: 0 };

#[test]
fn a_pair_has_the_labels_of_each_alone() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let pair = sectors(&dir.path().join("pair"), 2);
    let alone = sectors(&dir.path().join("alone"), 2);
    for outcome in run(&parents, &pair, BEGIN, &Killer::after(99, 2)) {
        outcome.unwrap();
    }
    for (together, alone) in pair.iter().zip(&alone) {
        let one = std::slice::from_ref(alone);
        run(&parents, one, BEGIN, &Killer::after(99, 1))
            .remove(0)
            .unwrap();
        assert_eq!(layers(together), layers(alone));
    }
}

/// A layer has two checkpoints, the second before it has its name, and is heard of after that.
#[test]
fn a_run_goes_on_from_its_last_checkpoint_wherever_it_was_ended() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let whole = sectors(&dir.path().join("whole"), 1);
    let all = Killer::after(99, 1);
    run(&parents, &whole, BEGIN, &all).remove(0).unwrap();
    let steps = all.steps.into_inner().unwrap();
    assert_eq!(steps.len(), 3 * LAYERS as usize);
    for killed in 0..steps.len() {
        let mut sectors = sectors(&dir.path().join(killed.to_string()), 1);
        let first = Killer::after(killed, 1);
        run(&parents, &sectors, BEGIN, &first)
            .remove(0)
            .unwrap_err();
        let (begin, begun) = first.begun.into_inner().unwrap().remove(0);
        sectors[0].begun = begun;

        let second = Killer::after(99, 1);
        run(&parents, &sectors, begin, &second).remove(0).unwrap();

        assert_eq!(layers(&sectors[0]), layers(&whole[0]), "killed at {killed}");
        let mut done = first.steps.into_inner().unwrap();
        done.extend(second.steps.into_inner().unwrap());
        assert_eq!(done, steps, "killed at {killed}: something was done twice");
    }
}

#[test]
fn what_is_damaged_is_made_again() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let whole = sectors(&dir.path().join("whole"), 1);
    run(&parents, &whole, BEGIN, &Killer::after(99, 1))
        .remove(0)
        .unwrap();
    let mut sectors = sectors(&dir.path().join("damaged"), 1);
    let first = Killer::after(4, 1);
    run(&parents, &sectors, BEGIN, &first)
        .remove(0)
        .unwrap_err();
    let (begin, begun) = first.begun.into_inner().unwrap().remove(0);
    assert_eq!((begin.layer, begin.nodes), (2, NODES / 2));
    sectors[0].begun = begun;
    let path = sectors[0].cache.join(file_name(2) + ".partial");
    let mut bytes = fs::read(&path).unwrap();
    bytes[77] ^= 1;
    fs::write(&path, bytes).unwrap();

    run(&parents, &sectors, begin, &Killer::after(99, 1))
        .remove(0)
        .unwrap();

    assert_eq!(layers(&sectors[0]), layers(&whole[0]));
}

/// The digest is right, the labels are not: a processor did it.
#[test]
fn labels_that_were_made_wrong_are_made_again() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let whole = sectors(&dir.path().join("whole"), 1);
    run(&parents, &whole, BEGIN, &Killer::after(99, 1))
        .remove(0)
        .unwrap();
    let mut sectors = sectors(&dir.path().join("wrong"), 1);
    let wrong = vec![7; NODES / 2 * 32];
    fs::write(sectors[0].cache.join(file_name(1) + ".partial"), &wrong).unwrap();
    sectors[0].begun = Some(blake3::hash(&wrong));
    let begin = Place {
        layer: 1,
        nodes: NODES / 2,
    };

    run(&parents, &sectors, begin, &Killer::after(99, 1))
        .remove(0)
        .unwrap();

    assert_eq!(layers(&sectors[0]), layers(&whole[0]));
}

#[test]
fn a_sector_that_cannot_be_written_does_not_disturb_the_other() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let whole = sectors(&dir.path().join("whole"), 2);
    run(&parents, &whole[1..], BEGIN, &Killer::after(99, 1))
        .remove(0)
        .unwrap();
    let pair = sectors(&dir.path().join("pair"), 2);
    fs::remove_dir(&pair[0].cache).unwrap();

    let mut outcomes = run(&parents, &pair, BEGIN, &Killer::after(99, 2));

    outcomes.remove(1).unwrap();
    assert_eq!(
        outcomes.remove(0).unwrap_err().kind(),
        io::ErrorKind::NotFound
    );
    assert_eq!(layers(&pair[1]), layers(&whole[1]));
}
