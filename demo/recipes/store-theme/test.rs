//! Everybody can choose a theme.

use api::settings::{Rejected, Store};
use api::theme::Theme;

#[test]
fn the_device_decides_until_somebody_chooses() {
    assert_eq!(Store::default().of("ada").theme, Theme::System);
}

#[test]
fn every_theme_can_be_chosen_by_its_name() {
    let mut store = Store::default();
    for theme in [Theme::Light, Theme::Dark, Theme::System] {
        store.change("ada", "theme", theme.name()).unwrap();
        assert_eq!(store.of("ada").theme, theme);
    }
}

#[test]
fn an_unknown_theme_is_rejected_and_the_choice_stays() {
    let mut store = Store::default();
    store.change("ada", "theme", "dark").unwrap();
    assert_eq!(store.change("ada", "theme", "sepia"), Err(Rejected::Invalid));
    assert_eq!(store.of("ada").theme, Theme::Dark);
}
