//! The routes of the REST API, read from the list in the source, so that none is forgotten.

use std::fmt;

/// A method and a path with `{}` for what varies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Whether the last `{}` may hold slashes.
    greedy: bool,
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl Route {
    /// Whether a request goes to this route.
    pub(crate) fn takes(&self, method: &str, path: &str) -> bool {
        let (ours, theirs): (Vec<_>, Vec<_>) =
            (self.path.split('/').collect(), path.split('/').collect());
        let length = ours.len() == theirs.len() || (self.greedy && ours.len() < theirs.len());
        let fits = ours.iter().zip(&theirs).all(|(one, other)| *one == "{}" || one == other);
        self.method == method && length && fits
    }

    /// How many words of the path are fixed: the more, the sooner it is chosen.
    pub(crate) fn weight(&self) -> usize {
        self.path.split('/').filter(|word| *word != "{}").count()
    }
}

/// Every route of `rest/mod.rs`.
pub(crate) fn all() -> Vec<Route> {
    let source = include_str!("../../src/rest/mod.rs");
    let source = &source[source.find("fn general()").expect("general routes")..];
    let (general, repository) = source.split_once("fn repository()").expect("repository routes");
    let mut routes = read(general, "");
    routes.extend(read(repository, "/repos/{owner}/{repo}"));
    // GitHub's description knows the root folder only as an empty path, and we answer it twice.
    routes.retain(|route| !route.path.ends_with("/contents/"));
    assert!(routes.len() > 80, "only {} routes were found in the source", routes.len());
    routes
}

fn read(source: &str, prefix: &str) -> Vec<Route> {
    let mut routes = Vec::new();
    for entry in source.split(".route(").skip(1) {
        let entry = &entry[..end_of(entry)];
        let path = entry.split('"').nth(1).expect("a route has a path");
        let path = if path == "/" && !prefix.is_empty() { "" } else { path };
        let (greedy, path) = (path.contains("{*"), with_gaps(&format!("{prefix}{path}")));
        for method in ["get", "post", "put", "patch", "delete"] {
            let called = entry
                .match_indices(&format!("{method}("))
                .any(|(at, _)| !entry[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            if called {
                routes.push(Route { method: method.to_uppercase(), path: path.clone(), greedy });
            }
        }
    }
    routes
}

/// Where the bracket closes that was open at the start.
fn end_of(text: &str) -> usize {
    let mut depth = 1;
    let closing = text.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    closing.expect("brackets are closed")
}

/// The path with every parameter as `{}`.
pub(crate) fn with_gaps(path: &str) -> String {
    let words = path.split('/').map(|word| if word.contains('{') { "{}" } else { word });
    words.collect::<Vec<_>>().join("/")
}
