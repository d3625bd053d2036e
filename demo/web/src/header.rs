//! The header of every page.

use crate::html::escape;
use crate::person::Person;

/// The brand, the way to the other pages, and whose account it is.
pub fn header(person: &Person) -> String {
    let parts = [
        r#"<a class="brand" href="index.html">Acme</a>"#.to_owned(),
        navigation(),
        format!(r#"<span class="person">{}</span>"#, escape(&person.name)),
    ];
    format!("<header class=\"header\">\n{}\n</header>", parts.join("\n"))
}

fn navigation() -> String {
    let links = [("index.html", "Profile"), ("settings.html", "Settings")];
    let links = links.map(|(href, text)| format!(r#"<a href="{href}">{text}</a>"#));
    format!("<nav>{}</nav>", links.join(" "))
}
