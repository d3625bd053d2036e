//! A profile says which theme its person has chosen.

use api::profile::profile;
use api::settings::Store;

#[test]
fn a_profile_without_a_choice_says_system() {
    let served = profile("ada", &Store::default().of("ada"));
    assert!(served.contains(r#""theme":"system""#), "{served}");
}

#[test]
fn a_profile_says_what_was_chosen() {
    let mut store = Store::default();
    store.change("ada", "theme", "dark").unwrap();
    let served = profile("ada", &store.of("ada"));
    assert!(served.contains(r#""theme":"dark""#), "{served}");
}
