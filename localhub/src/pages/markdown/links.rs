//! What leads somewhere: `#12`, `owner/repo#12`, `@name`, addresses.

use super::{anchor, escape::escape};
use crate::model::{Actor, Id, Issue, Need, Repo, World};

/// Where a text stands, who reads it, and so what may be linked.
pub(in crate::pages) struct Place<'a> {
    pub(in crate::pages) world: &'a World,
    pub(in crate::pages) actor: Actor,
    /// The repository that `#12` is about.
    pub(in crate::pages) repo: Option<&'a Repo>,
    /// The folder that relative links start from: `/owner/repo/blob/main/docs/`.
    pub(in crate::pages) base: Option<&'a str>,
}

/// An issue named in a text.
struct Reference<'t> {
    repo: Option<(&'t str, &'t str)>,
    number: u64,
    length: usize,
}

impl Place<'_> {
    /// Where a link may lead: to http(s), or to a page of the hub.
    pub(super) fn address(&self, link: &str) -> Option<String> {
        let link = link.trim();
        let scheme = link.split(['/', '?', '#']).next().unwrap_or_default();
        if let Some((scheme, _)) = scheme.split_once(':') {
            let is_web = ["http", "https"].iter().any(|one| scheme.eq_ignore_ascii_case(one));
            return is_web.then(|| link.to_owned());
        }
        if link.starts_with("//") || link.contains('\\') || link.contains(char::is_control) {
            return None;
        }
        if link.starts_with(['/', '#']) {
            return Some(link.to_owned());
        }
        let base = self.base?;
        Some(format!("{base}{}", link.trim_start_matches("./")))
    }

    /// The text as HTML, with names, numbers and addresses as links.
    pub(super) fn link_words(&self, text: &str) -> String {
        let mut html = String::with_capacity(text.len() * 2);
        let mut before = ' ';
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let starts = !before.is_alphanumeric() && !['/', '_', '@', '#', '&'].contains(&before);
            if let Some((length, linked)) = self.link(rest).filter(|_| starts) {
                html.push_str(&linked);
                before = 'x';
                rest = &rest[length..];
                continue;
            }
            html.push_str(&escape(&rest[..letter.len_utf8()]));
            before = letter;
            rest = &rest[letter.len_utf8()..];
        }
        html
    }

    /// The link that a text starts with, and its length.
    fn link(&self, text: &str) -> Option<(usize, String)> {
        if text.starts_with("https://") || text.starts_with("http://") {
            let end = text.find(|c: char| c.is_whitespace() || "<>\"`".contains(c));
            let address = text[..end.unwrap_or(text.len())]
                .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '*', '_']);
            let linked = format!("{}{}</a>", anchor(address), escape(address));
            return (address.len() > 8).then_some((address.len(), linked));
        }
        if let Some(rest) = text.strip_prefix('@') {
            let bare = run(rest, |c| c.is_ascii_alphanumeric() || c == '-');
            let bot = if rest[bare.len()..].starts_with("[bot]") { 5 } else { 0 };
            let login = &rest[..bare.len() + bot];
            let account = self.world.account(login).filter(|_| !bare.is_empty())?;
            let page = if bot == 0 { account.login.clone() } else { format!("apps/{bare}") };
            let link = format!("<a class=\"mention\" href=\"/{page}\">@{}</a>", escape(login));
            return Some((login.len() + 1, link));
        }
        let reference = reference(text)?;
        let issue = self.find(&reference)?;
        let repo = self.world.full_name(self.world.repos.at(issue.repo));
        let kind = if issue.pull.is_some() { "pull" } else { "issues" };
        let (words, title) = (escape(&text[..reference.length]), escape(&issue.title));
        let number = issue.number;
        let link = format!("<a href=\"/{repo}/{kind}/{number}\" title=\"{title}\">{words}</a>");
        Some((reference.length, link))
    }

    /// The issue, when the reader may know that it exists.
    fn find(&self, reference: &Reference<'_>) -> Option<&Issue> {
        let repo = match reference.repo {
            None => self.repo?,
            Some((owner, name)) => self.world.repo(owner, name)?,
        };
        let issue = self.world.issue(repo, reference.number)?;
        self.actor.may(self.world, repo, Need::READ_ISSUES.on(issue)).then_some(issue)
    }
}

/// Whether a text in one repository names an issue.
pub(in crate::pages) fn mentions(text: &str, here: Id<Repo>, world: &World, issue: &Issue) -> bool {
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        let starts = !before.is_alphanumeric() && !['/', '_', '#', '&'].contains(&before);
        before = letter;
        let Some(found) = reference(&text[at..]).filter(|_| starts) else { continue };
        let repo = match found.repo {
            None => Some(here),
            Some((owner, name)) => world.repo(owner, name).map(|repo| repo.id),
        };
        if repo == Some(issue.repo) && found.number == issue.number {
            return true;
        }
    }
    false
}

/// `#12` or `owner/repo#12` at the start of a text.
fn reference(text: &str) -> Option<Reference<'_>> {
    let named = |c: char| c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&c);
    let owner = run(text, named);
    let (repo, rest) = if owner.is_empty() {
        (None, text)
    } else {
        let after = text[owner.len()..].strip_prefix('/')?;
        let name = run(after, named);
        (Some((owner, name)), &after[name.len()..])
    };
    let digits = run(rest.strip_prefix('#')?, |c| c.is_ascii_digit());
    let length = text.len() - rest.len() + 1 + digits.len();
    let ends = !text[length..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let number = digits.parse().ok().filter(|_| ends)?;
    Some(Reference { repo, number, length })
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|c| !belongs(c)).unwrap_or(text.len())]
}
