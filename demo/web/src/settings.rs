//! The settings: what a person can change.

use crate::html::escape;
use crate::person::Person;

/// The person's settings page.
pub fn page(person: &Person) -> String {
    let content = format!(
        "<form class=\"card\" method=\"post\">\n\
         <label>Name <input name=\"name\" value=\"{}\"></label>\n\
         <label>Language <input name=\"language\" value=\"{}\"></label>\n\
         <button>Save</button>\n</form>",
        escape(&person.name),
        escape(&person.language),
    );
    crate::page::page("Settings", person, &content)
}
