//! What other services hear about a person.

use api::profile::profile;
use api::settings::Settings;

#[test]
fn a_profile_tells_who_and_in_which_language() {
    let profile = profile("ada", &Settings::default());
    assert!(profile.starts_with(r#"{"person":"ada","language":"en""#), "{profile}");
}
