//! PreCommit1 of a real 8 MiB sector, killed again and again in the middle of its layers.

mod sealing;

use std::time::Duration;

use rand::{thread_rng, Rng};

use sealing::{result_in, Sector};

#[test]
fn labels_that_were_interrupted_anywhere_are_the_librarys() {
    let (library, facts) = Sector::with_piece(7);
    let by_library = [("SELKIE_LABELLER", "library")];
    let expected = library.result(&by_library, "preCommit1", facts);
    let (ours, facts) = Sector::with_piece(7);

    let mut kills = 0;
    let result = loop {
        let (directory, mut child) = ours.start(&[], "preCommit1", facts.clone());
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

    ours.assert_same_files(&library, &format!("{kills} kills"));
    assert_eq!(ours.output(&result), library.output(&expected));
}
