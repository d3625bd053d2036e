//! The profile: what others see of a person.

use crate::html::escape;
use crate::person::Person;

/// The person's profile page.
pub fn page(person: &Person) -> String {
    let content = format!(
        "<section class=\"card\">\n<p class=\"name\">{}</p>\n<p class=\"muted\">Speaks {}</p>\n</section>",
        escape(&person.name),
        escape(&person.language),
    );
    crate::page::page("Profile", person, &content)
}
