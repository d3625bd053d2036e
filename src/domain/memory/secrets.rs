//! What must not be written down where many read.

/// What the keys and tokens of well-known services begin with.
const BEGINNINGS: &[&str] = &[
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "sk-",
    "sk_live_",
    "rk_live_",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xapp-",
    "AKIA",
    "ASIA",
    "AIza",
    "ya29.",
    "npm_",
    "pypi-",
    "hf_",
    "eyJ",
    "SG.",
    "dop_v1_",
    "shpat_",
];

/// How much must stand behind such a beginning.
const BEHIND: usize = 12;

/// Names behind which a secret stands: `password: …`, `API_KEY=…`.
const NAMES: &[&str] =
    &["password", "passwd", "secret", "token", "api_key", "apikey", "api-key", "private_key"];

/// From how many characters on a word of letters and digits alone may be a key.
const LONG: usize = 24;

/// Whether a text seems to hold a password, key or token. Better a note too few than a key too many.
pub fn looks_secret(text: &str) -> bool {
    text.contains("-----BEGIN")
        || has_credentials(text)
        || text.split(is_between).any(|word| is_known(word) || is_random(word))
        || text.lines().any(is_named)
}

/// `https://ada:secret@host`.
fn has_credentials(text: &str) -> bool {
    text.split_whitespace().filter_map(|word| word.split_once("://")).any(|(_, rest)| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.rsplit_once('@').is_some_and(|(who, _)| who.contains(':'))
    })
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || "\"'`,;()[]{}<>=|&".contains(c)
}

fn is_known(word: &str) -> bool {
    BEGINNINGS.iter().any(|beginning| {
        word.strip_prefix(beginning).is_some_and(|behind| BEHIND <= behind.chars().count())
    })
}

/// A long word in which small and capital letters and digits take turns; the name of a commit is
/// one that everybody may know.
fn is_random(word: &str) -> bool {
    let is_of_a_key = |c: char| c.is_ascii_alphanumeric() || "+/_-=".contains(c);
    if word.len() < LONG || !word.chars().all(is_of_a_key) || word.contains('/') {
        return false;
    }
    let kind = |c: char| (c.is_ascii_digit(), c.is_ascii_uppercase(), c.is_ascii_lowercase());
    let all: Vec<_> = word.chars().map(kind).collect();
    let turns = all.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let has = |of: fn(char) -> bool| word.chars().any(of);
    let is_mixed = has(|c| c.is_ascii_digit())
        && has(|c| c.is_ascii_uppercase())
        && has(|c| c.is_ascii_lowercase());
    is_mixed && word.len() < turns * 3
}

/// `password: hunter22`, but not `the password is hashed`.
fn is_named(line: &str) -> bool {
    let small = line.to_ascii_lowercase();
    NAMES.iter().any(|name| {
        small.match_indices(name).any(|(at, _)| {
            let behind = small[at + name.len()..].trim_start_matches(['"', '\'', '`']).trim_start();
            let Some(value) = behind.strip_prefix([':', '=']) else { return false };
            let value = value.trim().trim_matches(['"', '\'', '`']);
            let word = value.split_whitespace().next().unwrap_or_default();
            6 <= word.chars().count() && word.chars().any(|c| c.is_ascii_digit())
        })
    })
}
