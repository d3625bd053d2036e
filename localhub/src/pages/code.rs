//! Folders and files of a repository.

use askama::Template;
use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use super::{
    commit::code,
    frame::{Frame, RepoHead, page},
    markdown::{self, Html, Place},
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::{git::content::Entry, model::Repo};

/// A larger file is only for downloading.
const LARGEST: usize = 512 * 1024;

#[derive(Template)]
#[template(path = "tree.html")]
struct TreePage {
    frame: Frame,
    head: RepoHead,
    reference: String,
    path: String,
    branches: Vec<String>,
    entries: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "blob.html")]
struct BlobPage {
    frame: Frame,
    head: RepoHead,
    reference: String,
    path: String,
    raw: String,
    size: u64,
    rendered: Option<Html>,
    lines: Option<Vec<String>>,
}

/// A branch (or commit) and a path in it.
struct Spot {
    reference: String,
    sha: String,
    path: String,
}

/// Branches may have slashes, so the longest one that fits is meant.
async fn spot(visit: &Visit, repo: &Repo) -> Result<Spot, Trouble> {
    let whole = visit.text("path").trim_matches('/');
    let cuts = whole.match_indices('/').map(|(at, _)| at).chain([whole.len()]);
    let cuts: Vec<usize> = cuts.collect();
    let at = cuts.iter().rev().copied().find(|at| repo.branch(&whole[..*at]).is_some());
    let at = at.or_else(|| cuts.first().copied()).unwrap_or(whole.len());
    let (reference, path) = (whole[..at].to_owned(), whole[at..].trim_matches('/').to_owned());
    let found = visit.hub.git(repo.id).resolve(&reference).await?;
    Ok(Spot { sha: found.ok_or_else(Trouble::not_found)?, reference, path })
}

pub(super) async fn tree(visit: Visit) -> Answer {
    let repo = code(&visit)?;
    let Spot { reference, sha, path } = spot(&visit, &repo).await?;
    let mut found = visit.hub.git(repo.id).folder(&sha, &path).await?;
    if found.is_empty() && !path.is_empty() {
        return Err(Trouble::not_found());
    }
    found.sort_by_key(|entry| (entry.kind != "tree", entry.path.clone()));
    let home = visit.home_of(&repo);
    let line = |entry: Entry| {
        let is_folder = entry.kind == "tree";
        let kind = if is_folder { "tree" } else { "blob" };
        let name = entry.path.rsplit('/').next().unwrap_or_default().to_owned();
        (format!("{home}/{kind}/{reference}/{}", entry.path), name, is_folder)
    };
    let branches = repo.refs.keys().filter_map(|name| name.strip_prefix("refs/heads/"));
    page(&TreePage {
        frame: Frame::of(&visit),
        head: RepoHead::of(&visit, &repo, "code"),
        entries: found.into_iter().map(line).collect(),
        branches: branches.map(str::to_owned).collect(),
        reference,
        path,
    })
}

pub(super) async fn blob(visit: Visit) -> Answer {
    let repo = code(&visit)?;
    let (spot, entry, bytes) = file(&visit, &repo).await?;
    let text = String::from_utf8(bytes).ok().filter(|text| text.len() <= LARGEST);
    let home = visit.home_of(&repo);
    let folder =
        spot.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let base = format!("{home}/blob/{}/{folder}", spot.reference);
    let is_markdown = std::path::Path::new(&spot.path)
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("md"));
    let place = Place { base: Some(&base), ..visit.place(&repo) };
    page(&BlobPage {
        frame: Frame::of(&visit),
        head: RepoHead::of(&visit, &repo, "code"),
        raw: format!("{home}/raw/{}/{}", spot.reference, spot.path),
        size: entry.size,
        rendered: text.as_ref().filter(|_| is_markdown).map(|text| markdown::file(text, &place)),
        lines: text.map(|text| text.lines().map(str::to_owned).collect()),
        reference: spot.reference,
        path: spot.path,
    })
}

/// The file as it is; never as something that a browser would run.
pub(super) async fn raw(visit: Visit) -> Answer {
    let repo = code(&visit)?;
    let (_, _, bytes) = file(&visit, &repo).await?;
    let is_text = std::str::from_utf8(&bytes).is_ok();
    let kind = if is_text { "text/plain; charset=utf-8" } else { "application/octet-stream" };
    let response: Response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    Ok(response)
}

async fn file(visit: &Visit, repo: &Repo) -> Result<(Spot, Entry, Vec<u8>), Trouble> {
    let spot = spot(visit, repo).await?;
    let git = visit.hub.git(repo.id);
    let entry = git.entry(&spot.sha, &spot.path).await?;
    let entry = entry.filter(|entry| !["tree", "commit"].contains(&entry.kind.as_str()));
    let entry = entry.ok_or_else(Trouble::not_found)?;
    let bytes = git.blob(&entry.sha).await?;
    Ok((spot, entry, bytes))
}
