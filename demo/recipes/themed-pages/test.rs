//! Pages come in the theme their person chose.

use web::person::Person;
use web::theme::Theme;

fn pages(theme: Theme) -> [String; 2] {
    let person = Person { theme, ..Person::named("Ada") };
    [web::profile::page(&person), web::settings::page(&person)]
}

#[test]
fn every_page_says_its_theme_and_presses_its_button() {
    for theme in [Theme::Light, Theme::Dark] {
        for page in pages(theme) {
            assert!(page.contains(&format!(r#"data-theme="{}""#, theme.name())), "{page}");
            let pressed = format!(r#"value="{}" aria-pressed="true""#, theme.name());
            assert!(page.contains(&pressed), "{page}");
        }
    }
}

#[test]
fn the_device_decides_when_nobody_chose() {
    for page in pages(Theme::System) {
        assert!(!page.contains("data-theme"), "{page}");
    }
}

#[test]
fn the_stylesheet_knows_the_theme_the_pages_name() {
    assert!(web::STYLESHEET.contains(r#":root[data-theme="dark"]"#));
}
