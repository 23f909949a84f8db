//! Layers written while they are made: whole, interrupted anywhere, damaged.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use selkie_labels::graph::{Graph, Parents};
use selkie_labels::kernel::Kernel;
use selkie_labels::run::{
    file_name, Begun, Company, Job, Member, Nobody, Place, Sector, Turn, Watch,
};

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
                layer: 1,
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

/// Remembers what is durable, and ends a sector at a step as a kill would: before it is remembered.
struct Killer {
    left: Mutex<usize>,
    steps: Mutex<Vec<(Step, Place)>>,
    /// The layer to make next, and what is there of it.
    begun: Mutex<(u32, Option<Begun>)>,
}

impl Killer {
    fn after(steps: usize) -> Killer {
        Killer {
            left: Mutex::new(steps),
            steps: Mutex::default(),
            begun: Mutex::new((1, None)),
        }
    }

    fn step(&self, step: Step, at: Place, begun: (u32, Option<Begun>)) -> io::Result<()> {
        let mut left = self.left.lock().unwrap();
        if *left == 0 {
            return Err(io::Error::other("killed"));
        }
        *left -= 1;
        self.steps.lock().unwrap().push((step, at));
        *self.begun.lock().unwrap() = begun;
        Ok(())
    }

    /// The sector as a later run finds it.
    fn resumed(&self, sector: &Sector) -> Sector {
        let (layer, begun) = self.begun.lock().unwrap().clone();
        Sector {
            layer,
            begun,
            ..sector.clone()
        }
    }
}

impl Watch for &Killer {
    fn checkpoint(&self, at: Place, digest: blake3::Hash) -> io::Result<()> {
        let nodes = at.nodes;
        let begun = (at.layer, Some(Begun { nodes, digest }));
        self.step(Step::Checkpoint, at, begun)
    }

    fn completed(&self, layer: u32, _: blake3::Hash) -> io::Result<()> {
        let next = Place {
            layer: layer + 1,
            nodes: 0,
        };
        self.step(Step::Completed, next, (layer + 1, None))
    }

    fn progress(&self, _: Place) {}
}

fn kernel() -> Kernel {
    if Kernel::ShaNi.is_there() {
        Kernel::ShaNi
    } else {
        Kernel::Avx2
    }
}

fn run<'a>(
    parents: &[Parents],
    own: &[(&Sector, &'a Killer)],
    company: &dyn Company<'a>,
) -> Vec<io::Result<u32>> {
    let own = own.iter().map(|(sector, watch)| member(sector, *watch));
    Job {
        kernel: kernel(),
        parents,
        layers: LAYERS,
        checkpoint_bytes: 2 << 20,
        writer_on: &[],
    }
    .run(own.collect(), company)
    .unwrap()
}

fn member<'a>(sector: &Sector, watch: impl Watch + 'a) -> Member<'a> {
    Member {
        sector: sector.clone(),
        watch: Box::new(watch),
    }
}

/// Alone, to the end.
fn whole(parents: &[Parents], sector: &Sector) -> Vec<blake3::Hash> {
    let outcomes = run(parents, &[(sector, &Killer::after(99))], &Nobody);
    assert_eq!(outcomes.into_iter().next().unwrap().unwrap(), LAYERS);
    layers(sector)
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

#[test]
fn a_pair_has_the_labels_of_each_alone() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let pair = sectors(&dir.path().join("pair"), 2);
    let alone = sectors(&dir.path().join("alone"), 2);
    let watches = [Killer::after(99), Killer::after(99)];
    let own = [(&pair[0], &watches[0]), (&pair[1], &watches[1])];
    for outcome in run(&parents, &own, &Nobody) {
        assert_eq!(outcome.unwrap(), LAYERS);
    }
    for (together, alone) in pair.iter().zip(&alone) {
        assert_eq!(layers(together), whole(&parents, alone));
    }
}

/// A layer has two checkpoints, the second before it has its name, and is heard of after that.
#[test]
fn a_run_goes_on_from_its_last_checkpoint_wherever_it_was_ended() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let expected = sectors(&dir.path().join("whole"), 1).remove(0);
    let all = Killer::after(99);
    run(&parents, &[(&expected, &all)], &Nobody)
        .remove(0)
        .unwrap();
    let expected = layers(&expected);
    let steps = all.steps.into_inner().unwrap();
    assert_eq!(steps.len(), 3 * LAYERS as usize);
    for killed in 0..steps.len() {
        let sector = sectors(&dir.path().join(killed.to_string()), 1).remove(0);
        let first = Killer::after(killed);
        run(&parents, &[(&sector, &first)], &Nobody)
            .remove(0)
            .unwrap_err();

        let second = Killer::after(99);
        let outcome = run(&parents, &[(&first.resumed(&sector), &second)], &Nobody).remove(0);

        assert_eq!(outcome.unwrap(), LAYERS);
        assert_eq!(layers(&sector), expected, "killed at {killed}");
        let mut done = first.steps.into_inner().unwrap();
        done.extend(second.steps.into_inner().unwrap());
        assert_eq!(done, steps, "killed at {killed}: something was done twice");
    }
}

#[test]
fn what_is_damaged_is_made_again() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let expected = whole(&parents, &sectors(&dir.path().join("whole"), 1)[0]);
    let sector = sectors(&dir.path().join("damaged"), 1).remove(0);
    let first = Killer::after(4);
    run(&parents, &[(&sector, &first)], &Nobody)
        .remove(0)
        .unwrap_err();
    let resumed = first.resumed(&sector);
    assert_eq!(resumed.layer, 2);
    assert_eq!(resumed.begun.as_ref().unwrap().nodes, NODES / 2);
    let path = sector.cache.join(file_name(2) + ".partial");
    let mut bytes = fs::read(&path).unwrap();
    bytes[77] ^= 1;
    fs::write(&path, bytes).unwrap();

    assert_eq!(whole(&parents, &resumed), expected);
}

/// The digest is right, the labels are not: a processor did it.
#[test]
fn labels_that_were_made_wrong_are_made_again() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let expected = whole(&parents, &sectors(&dir.path().join("whole"), 1)[0]);
    let mut sector = sectors(&dir.path().join("wrong"), 1).remove(0);
    let wrong = vec![7; NODES / 2 * 32];
    fs::write(sector.cache.join(file_name(1) + ".partial"), &wrong).unwrap();
    sector.begun = Some(Begun {
        nodes: NODES / 2,
        digest: blake3::hash(&wrong),
    });

    assert_eq!(whole(&parents, &sector), expected);
}

#[test]
fn a_sector_that_cannot_be_written_does_not_disturb_the_other() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let expected = whole(&parents, &sectors(&dir.path().join("whole"), 2)[1]);
    let pair = sectors(&dir.path().join("pair"), 2);
    fs::remove_dir(&pair[0].cache).unwrap();
    let watches = [Killer::after(99), Killer::after(99)];

    let own = [(&pair[0], &watches[0]), (&pair[1], &watches[1])];
    let mut outcomes = run(&parents, &own, &Nobody);

    assert_eq!(outcomes.remove(1).unwrap(), LAYERS);
    let failed = outcomes.remove(0).unwrap_err();
    assert_eq!(failed.kind(), io::ErrorKind::NotFound);
    assert_eq!(layers(&pair[1]), expected);
}

/// Others, by the layer of the run's own sector before which they come.
struct Guests<'a> {
    coming: RefCell<Vec<(u32, Member<'a>)>>,
    rooms: RefCell<Vec<usize>>,
    at_first: Cell<bool>,
}

impl<'a> Guests<'a> {
    fn new(coming: Vec<(u32, Member<'a>)>) -> Guests<'a> {
        Guests {
            at_first: Cell::new(coming.iter().any(|(layer, _)| *layer == 1)),
            coming: RefCell::new(coming),
            rooms: RefCell::default(),
        }
    }
}

impl<'a> Company<'a> for Guests<'a> {
    fn turn(&self, layer: u32, room: usize) -> Turn<'a> {
        self.rooms.borrow_mut().push(room);
        let mut coming = self.coming.borrow_mut();
        let (now, later) = coming.drain(..).partition(|(before, _)| *before == layer);
        *coming = later;
        Turn::GoOn(now.into_iter().map(|(_, member)| member).collect())
    }

    fn is_awaited_at_first(&self) -> bool {
        self.at_first.take()
    }
}

/// Goes away while a layer is made.
struct Leaver<'a> {
    killer: &'a Killer,
    wanted: AtomicUsize,
}

impl Watch for Leaver<'_> {
    fn checkpoint(&self, at: Place, digest: blake3::Hash) -> io::Result<()> {
        self.killer.checkpoint(at, digest)
    }

    fn completed(&self, layer: u32, digest: blake3::Hash) -> io::Result<()> {
        self.killer.completed(layer, digest)
    }

    fn progress(&self, _: Place) {}

    fn is_wanted(&self) -> bool {
        let left = self.wanted.load(Ordering::Relaxed);
        self.wanted.store(left.saturating_sub(1), Ordering::Relaxed);
        left > 0
    }
}

#[test]
fn a_sector_comes_between_two_layers_and_goes_on_alone_when_the_other_is_done() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let alone = sectors(&dir.path().join("alone"), 2);
    let pair = sectors(&dir.path().join("pair"), 2);
    let (own, before, along) = (Killer::after(99), Killer::after(3), Killer::after(99));
    run(&parents, &[(&pair[1], &before)], &Nobody)
        .remove(0)
        .unwrap_err();
    let guest = before.resumed(&pair[1]);
    assert_eq!((guest.layer, &guest.begun), (2, &None));

    // Its second layer is made with the third one of the other.
    let guests = Guests::new(vec![(3, member(&guest, &along))]);
    let outcome = run(&parents, &[(&pair[0], &own)], &guests).remove(0);

    assert_eq!(outcome.unwrap(), LAYERS);
    assert_eq!(layers(&pair[0]), whole(&parents, &alone[0]));
    let rest = along.resumed(&guest);
    assert_eq!((rest.layer, &rest.begun), (3, &None));
    let made = fs::read(rest.cache.join(file_name(2))).unwrap();
    assert_eq!(whole(&parents, &rest), whole(&parents, &alone[1]));
    assert!(made == fs::read(alone[1].cache.join(file_name(2))).unwrap());
}

#[test]
fn a_first_layer_is_begun_again_for_a_sector_that_comes_late() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let alone = sectors(&dir.path().join("alone"), 2);
    let pair = sectors(&dir.path().join("pair"), 2);
    let (own, along) = (Killer::after(99), Killer::after(99));

    let guests = Guests::new(vec![(1, member(&pair[1], &along))]);
    let outcome = run(&parents, &[(&pair[0], &own)], &guests).remove(0);

    assert_eq!(outcome.unwrap(), LAYERS);
    for (together, alone) in pair.iter().zip(&alone) {
        assert_eq!(layers(together), whole(&parents, alone));
    }
    let rooms = guests.rooms.into_inner();
    assert_eq!(
        rooms,
        [
            kernel().room() - 1,
            kernel().room() - 2,
            kernel().room() - 2
        ]
    );
}

#[test]
fn a_sector_that_goes_in_the_middle_of_a_layer_does_not_disturb_the_other() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let alone = sectors(&dir.path().join("alone"), 3);
    for leaves in 1..4 {
        let pair = sectors(&dir.path().join(leaves.to_string()), 3);
        let (own, along, next) = (Killer::after(99), Killer::after(99), Killer::after(99));
        let leaver = Leaver {
            killer: &along,
            wanted: AtomicUsize::new(leaves),
        };
        let mut third = pair[2].clone();
        let before = Killer::after(3);
        run(&parents, &[(&third, &before)], &Nobody)
            .remove(0)
            .unwrap_err();
        third = before.resumed(&third);

        let guests = Guests::new(vec![
            (1, member(&pair[1], leaver)),
            (3, member(&third, &next)),
        ]);
        let outcome = run(&parents, &[(&pair[0], &own)], &guests).remove(0);

        assert_eq!(outcome.unwrap(), LAYERS);
        assert_eq!(layers(&pair[0]), whole(&parents, &alone[0]));
        let rest = along.resumed(&pair[1]);
        assert!(rest.layer < 3, "it left after {leaves} chunks");
        assert_eq!(whole(&parents, &rest), whole(&parents, &alone[1]));
        // The lane was free again.
        assert_eq!(next.resumed(&third).layer, 3);
        assert_eq!(
            whole(&parents, &next.resumed(&third)),
            whole(&parents, &alone[2])
        );
    }
}

/// A file system of its own, gone with the test.
struct SmallDisk<'a>(&'a Path);

impl SmallDisk<'_> {
    /// None where this process may not mount.
    fn mount(at: &Path, mib: u32) -> Option<SmallDisk<'_>> {
        let size = format!("size={mib}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at)
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|it| it.success())
            .then_some(SmallDisk(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let done = Command::new("umount").arg("-l").arg(self.0).status();
        assert!(done.is_ok_and(|it| it.success()), "{}", self.0.display());
    }
}

#[test]
fn a_disk_that_is_full_fails_its_sector_and_no_other() {
    let (parents, dir) = (parents(), tempfile::tempdir().unwrap());
    let expected = whole(&parents, &sectors(&dir.path().join("whole"), 2)[1]);
    let pair = sectors(&dir.path().join("pair"), 2);
    let Some(_disk) = SmallDisk::mount(&pair[0].cache, 3) else {
        eprintln!("skipped: only root may mount a small disk");
        return;
    };
    let watches = [Killer::after(99), Killer::after(99)];

    let own = [(&pair[0], &watches[0]), (&pair[1], &watches[1])];
    let mut outcomes = run(&parents, &own, &Nobody);

    assert_eq!(outcomes.remove(1).unwrap(), LAYERS);
    let failed = outcomes.remove(0).unwrap_err();
    assert_eq!(failed.kind(), io::ErrorKind::StorageFull);
    assert_eq!(layers(&pair[1]), expected);
}
