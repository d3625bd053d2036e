//! What people can set.

use api::settings::{Rejected, Settings, Store};

#[test]
fn somebody_new_has_the_usual_settings() {
    assert_eq!(Store::default().of("ada"), Settings::default());
}

#[test]
fn a_change_is_kept_and_is_nobody_elses() {
    let mut store = Store::default();
    store.change("ada", "language", "de").unwrap();
    store.change("ada", "weekly_digest", "false").unwrap();
    assert_eq!(store.of("ada").language, "de");
    assert!(!store.of("ada").weekly_digest);
    assert_eq!(store.of("bob"), Settings::default());
}

#[test]
fn nonsense_is_rejected_and_changes_nothing() {
    let mut store = Store::default();
    assert_eq!(store.change("ada", "language", "klingon"), Err(Rejected::Invalid));
    assert_eq!(store.change("ada", "shoe_size", "42"), Err(Rejected::Unknown));
    assert_eq!(store.of("ada"), Settings::default());
}
