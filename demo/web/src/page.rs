//! The frame every page shares.

use crate::header::header;
use crate::html::escape;
use crate::person::Person;

/// A whole page: head, header, and what the page is about.
pub fn page(title: &str, person: &Person, content: &str) -> String {
    let (title, header) = (escape(title), header(person));
    let root = root(person);
    format!(
        "<!doctype html>\n{root}\n<head>\n<meta charset=\"utf-8\">\n<title>{title} · Acme</title>\n\
         <link rel=\"stylesheet\" href=\"style.css\">\n</head>\n<body>\n{header}\n\
         <main>\n<h1>{title}</h1>\n{content}\n</main>\n</body>\n</html>\n"
    )
}

/// The element everything is in.
fn root(person: &Person) -> String {
    format!(r#"<html lang="{}">"#, escape(&person.language))
}
