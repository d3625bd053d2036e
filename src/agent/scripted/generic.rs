//! What the scripted agent does for a task it does not know: the switch behind which the work can begin.
//!
//! Only new files, named after the task, so that tasks done side by side never touch the same lines.

use std::path::Path;

use super::recipe::{Edit, Recipe, Step};

/// A sensible small change for any title, in the language of the repository.
pub(super) fn recipe(tree: &Path, title: &str) -> Recipe {
    // What turns text around would be an error in the code we write.
    let harmless = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let title = &title.chars().filter(harmless).collect::<String>();
    let slug = slug(title);
    if tree.join("Cargo.toml").is_file() && tree.join("src").is_dir() {
        rust(title, &slug)
    } else {
        text(title, &slug)
    }
}

fn rust(title: &str, slug: &str) -> Recipe {
    let (module, words) = (format!("{slug}_flag"), quoted(title));
    let flag = slug.replace('_', "-");
    let code = format!(
        "//! The flag behind which “{title}” is built.\n\n\
         /// The flag's name, as people write it in settings.\n\
         pub const NAME: &str = \"{flag}\";\n\n\
         /// What is behind the flag, for whoever lists flags.\n\
         pub const PURPOSE: &str = \"{words}\";\n\n\
         /// Whether the flag is on; it is off unless somebody clearly turned it on.\n\
         pub fn is_on(setting: Option<&str>) -> bool {{\n    \
             let setting = setting.map(|text| text.trim().to_ascii_lowercase());\n    \
             matches!(setting.as_deref(), Some(\"on\" | \"yes\" | \"true\" | \"1\"))\n}}\n"
    );
    let test = format!(
        "//! “{title}” is off until somebody turns it on.\n\n\
         #[path = \"../src/{module}.rs\"]\nmod {module};\n\n\
         use {module}::{{NAME, PURPOSE, is_on}};\n\n\
         #[test]\nfn it_is_off_by_default() {{\n    \
             for setting in [None, Some(\"\"), Some(\"off\"), Some(\"maybe\")] {{\n        \
                 assert!(!is_on(setting), \"{{setting:?}}\");\n    }}\n}}\n\n\
         #[test]\nfn it_can_be_turned_on_in_many_words() {{\n    \
             for setting in [\"on\", \"Yes\", \" true \", \"1\"] {{\n        \
                 assert!(is_on(Some(setting)), \"{{setting}}\");\n    }}\n}}\n\n\
         #[test]\nfn it_has_a_name_and_a_purpose() {{\n    \
             assert_eq!(NAME, \"{flag}\");\n    assert!(!PURPOSE.is_empty());\n}}\n"
    );
    let steps = vec![
        Step::new(
            "Add the flag",
            &format!("Add a flag for: {title}"),
            vec![Edit::write(&format!("src/{module}.rs"), &code)],
        ),
        Step::new(
            "Test it",
            &format!("Test the flag for: {title}"),
            vec![Edit::write(&format!("tests/{module}.rs"), &test)],
        ),
    ];
    let thought = "I have no recipe for this one. A first step that is safe to merge is a flag, off by default, \
                   in files of its own, so that nothing else is touched.";
    let summary = format!(
        "Added the flag `{flag}`, behind which “{title}” can be built: `src/{module}.rs`, with a test of its own in \
         `tests/{module}.rs`. Nothing uses it yet, so merging changes nothing for anybody."
    );
    Recipe::new(title, thought, steps, &summary)
}

fn text(title: &str, slug: &str) -> Recipe {
    let (page, check) = (format!("docs/{slug}.md"), format!("tests/{slug}.sh"));
    let words = format!(
        "# {title}\n\n## Why\n\nSomebody asked for this in the sprint's plan.\n\n## Done when\n\n- it works as the \
         title says\n- a check in `{check}` guards it\n"
    );
    let script = format!(
        "#!/bin/sh\n# The note about this task is there and says when it is done.\nset -eu\ncd \"$(dirname \"$0\")/..\"\n\
         test -s {page}\ngrep -q '^# ' {page}\ngrep -q '^## Done when$' {page}\n"
    );
    let steps = vec![Step::new(
        "Write it down, with a check",
        &format!("Write down: {title}"),
        vec![Edit::write(&page, &words), Edit::write(&check, &script)],
    )];
    let thought = "I do not know this repository's language. I can write down what the task means, and a check \
                   that any machine with a shell can run.";
    let summary = format!("Wrote `{page}` about “{title}” and a check for it, `{check}`.");
    Recipe::new(title, thought, steps, &summary)
}

/// A name for files and modules: `add_a_dark_palette`.
fn slug(title: &str) -> String {
    let words: Vec<String> = title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(6)
        .map(str::to_ascii_lowercase)
        .collect();
    let slug = words.join("_");
    let slug = slug[..slug.len().min(48)].trim_end_matches('_');
    if slug.starts_with(|c: char| c.is_ascii_alphabetic()) {
        slug.to_owned()
    } else {
        // Titles in other scripts differ in what is left of them, so count what was there.
        let sum = title.chars().fold(7_u32, |sum, c| sum.wrapping_mul(31).wrapping_add(c.into()));
        format!("task_{sum}{}", if slug.is_empty() { String::new() } else { format!("_{slug}") })
    }
}

/// A text inside a Rust string.
fn quoted(text: &str) -> String {
    text.escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_the_task() {
        assert_eq!(slug("Add a dark palette!"), "add_a_dark_palette");
        assert!(slug("404 page").ends_with("_404_page") && slug("404 page").starts_with("task_"));
        assert_ne!(slug("日本"), slug("日本語"));
    }
}
