//! The demo's two repositories, file by file, as they are before anybody has done a task.

/// Files of a repository below `demo/`, by path.
macro_rules! files {
    ($repo:literal: $($path:literal)*) => {
        vec![$(($path, include_str!(concat!("../../demo/", $repo, "/", $path)))),*]
    };
}

/// The site: path and text of each file.
pub fn web() -> Vec<(&'static str, &'static str)> {
    files!("web":
        ".gitignore" "Cargo.lock" "Cargo.toml" "README.md" "assets/style.css" "src/header.rs" "src/html.rs"
        "src/lib.rs" "src/main.rs" "src/page.rs" "src/person.rs" "src/profile.rs" "src/settings.rs" "tests/pages.rs")
}

/// The service behind it: path and text of each file.
pub fn api() -> Vec<(&'static str, &'static str)> {
    files!("api":
        ".gitignore" "Cargo.lock" "Cargo.toml" "README.md" "src/json.rs" "src/lib.rs" "src/main.rs"
        "src/profile.rs" "src/settings.rs" "tests/profile.rs" "tests/settings.rs")
}
