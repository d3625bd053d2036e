//! Every page offers the themes.

use web::person::Person;
use web::theme::{Theme, switch};

#[test]
fn every_page_has_the_switch_in_its_header() {
    let person = Person::named("Ada");
    for page in [web::profile::page(&person), web::settings::page(&person)] {
        let (header, _) = page.split_once("</header>").unwrap();
        assert!(header.contains(r#"class="theme-switch""#), "{page}");
    }
}

#[test]
fn exactly_the_current_theme_is_pressed() {
    for theme in Theme::ALL {
        let html = switch(theme);
        assert_eq!(html.matches(r#"aria-pressed="true""#).count(), 1);
        assert!(html.contains(&format!(r#"value="{}" aria-pressed="true""#, theme.name())), "{html}");
    }
}
