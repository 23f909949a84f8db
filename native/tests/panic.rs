//! A panic of the library is a reply with its place, and the last thing this process does.
//! Alone in its file: it retires the process.

use selkie_native::call::guarded;
use selkie_native::failure::Kind;

#[test]
fn a_panic_is_reported_with_text_and_place_and_retires_the_process() {
    let failure = guarded(|| {
        // On a pool thread, as in the library, and with a `String` payload.
        rayon::join(|| panic!("layer {} is gone", 3), || ());
        unreachable!()
    })
    .unwrap_err();
    assert_eq!(failure.kind, Kind::Panic);
    assert!(
        failure.message.contains("layer 3 is gone"),
        "{}",
        failure.message
    );
    assert!(failure.place.unwrap().starts_with("tests/panic.rs:"));

    let later = guarded(|| Ok(serde_json::Value::Null)).unwrap_err();
    assert_eq!(later.kind, Kind::Retired);
}
