//! What every page has in common.

use web::person::Person;

fn pages() -> [String; 2] {
    let person = Person::named("Ada <3");
    [web::profile::page(&person), web::settings::page(&person)]
}

#[test]
fn every_page_links_the_stylesheet_and_the_other_pages() {
    for page in pages() {
        assert!(page.contains(r#"href="style.css""#), "{page}");
        assert!(page.contains(r#"<a href="index.html">Profile</a>"#), "{page}");
        assert!(page.contains(r#"<a href="settings.html">Settings</a>"#), "{page}");
    }
}

#[test]
fn names_are_text_and_never_markup() {
    for page in pages() {
        assert!(page.contains("Ada &lt;3") && !page.contains("Ada <3"), "{page}");
    }
}
