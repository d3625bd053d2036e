//! How long a file and a function may be. Comments, blank lines and tests are free.

use crate::sources::{Source, below, item};

const LONGEST_FILE: usize = 350;
const LONGEST_FUNCTION: usize = 90;

#[test]
fn no_file_and_no_function_is_too_long_to_read() {
    let sources = ["src", "localhub/src"].into_iter().flat_map(below);
    let broken: Vec<_> = sources.flat_map(|source| too_long(&source)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

fn too_long(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    let length = lines(&source.code);
    if LONGEST_FILE < length {
        broken.push(format!("{}: {length} lines of code", source.path));
    }
    for (name, length) in functions(&source.code) {
        if LONGEST_FUNCTION < length {
            broken.push(format!("{}: fn {name} has {length} lines of code", source.path));
        }
    }
    broken
}

fn lines(code: &str) -> usize {
    code.lines().filter(|line| !line.trim().is_empty()).count()
}

/// Every function with a name, and its length from `fn` to its last brace.
fn functions(code: &str) -> Vec<(&str, usize)> {
    code.match_indices("fn ")
        .filter(|(at, _)| code[..*at].chars().next_back().is_none_or(char::is_whitespace))
        .map(|(at, _)| {
            let function = &code[at..];
            let name = function[3..].split(|c: char| !c.is_alphanumeric() && c != '_').next();
            (name.unwrap_or_default(), lines(&function[..item(function)]))
        })
        .collect()
}

#[test]
fn a_long_file_and_a_long_function_are_found() {
    let body = "    step();\n".repeat(LONGEST_FUNCTION - 2);
    let fits = format!("/// Words.\nfn fits(of: [u8; 4]) {{\n\n    // More words.\n{body}}}\n");
    let long = format!("async fn long() {{\n    one_more();\n{body}}}\n");
    let tests = format!("#[cfg(test)]\nmod tests {{\n{long}}}\n");
    let find = |text: &str| too_long(&Source::of("src/a.rs", text));

    assert_eq!(find(&format!("{fits}{tests}")), [""; 0]);
    assert_eq!(find(&format!("{fits}{long}")), ["src/a.rs: fn long has 91 lines of code"]);
    assert_eq!(find(&fits.repeat(4)), ["src/a.rs: 360 lines of code"]);
}
