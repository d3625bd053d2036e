//! Mirrors, workspaces and bundles.

use std::sync::{Arc, Mutex};

use axum::response::IntoResponse as _;

use team6::domain::ids::{CommitSha, ExecutionId, RepoName};
use team6::git::{
    Access, Clean, Delivered, Error, Key, Limits, Mirror, Mirrors, Promise, Workspace, Workspaces,
};

use crate::origin::{Origin, git};

fn key() -> Key {
    Key::of(&ExecutionId("exe_7_12_1_3_2".into())).unwrap()
}

fn web() -> RepoName {
    "acme/web".parse().unwrap()
}

async fn mirror(origin: &Origin) -> Mirror {
    let access = Access { url: &origin.url(), token: "" };
    Mirrors::new(origin.path("mirrors")).holding(&web(), access, &[&origin.head()]).await.unwrap()
}

async fn workspace(origin: &Origin) -> (Mirror, Workspace) {
    let mirror = mirror(origin).await;
    let all = Workspaces::new(origin.path("workspaces"));
    let workspace = all.prepare(&key(), &mirror, &origin.checkout()).await.unwrap();
    (mirror, workspace)
}

/// An agent writes a file and commits it.
fn commits(workspace: &Workspace, path: &str, text: &str) {
    let file = workspace.tree().join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
    git(&workspace.tree(), &["add", "-A"]);
    git(&workspace.tree(), &["commit", "-q", "-m", &format!("Write {path}")]);
}

fn bundle(workspace: &Workspace) -> Vec<u8> {
    let made = std::process::Command::new("git")
        .args(workspace.bundling(workspace.base_sha()))
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    made.stdout
}

async fn take(origin: &Origin, mirror: &Mirror, workspace: &Workspace) -> Result<Delivered, Error> {
    let promise = Promise {
        branch: workspace.branch().clone(),
        base_sha: workspace.base_sha().clone(),
        head: None,
    };
    let clean = Clean::new(&origin.path("scratch"), mirror).await.unwrap();
    clean.take(&bundle(workspace), &promise, Limits::default()).await
}

#[tokio::test]
async fn a_mirror_holds_what_its_origin_holds_and_follows_it() {
    let origin = Origin::small();
    let first = mirror(&origin).await;
    let later = origin.moves_on("c.txt", "c\n");
    assert!(!first.holds(&later).await.unwrap());
    assert!(mirror(&origin).await.holds(&later).await.unwrap());
    let refs = git(first.dir(), &["for-each-ref", "--format=%(refname)"]);
    assert_eq!(refs, "refs/heads/main");
}

#[tokio::test]
async fn a_broken_mirror_is_made_again() {
    let origin = Origin::small();
    let broken = mirror(&origin).await;
    let later = origin.moves_on("c.txt", "c\n");
    std::fs::remove_dir_all(broken.dir().join("objects")).unwrap();
    assert!(mirror(&origin).await.holds(&later).await.unwrap());
    std::fs::write(broken.dir().join("HEAD"), "nonsense").unwrap();
    let latest = origin.moves_on("d.txt", "d\n");
    assert!(mirror(&origin).await.holds(&latest).await.unwrap());
}

#[tokio::test]
async fn a_lock_a_killed_fetch_left_is_in_nobodys_way() {
    let origin = Origin::small();
    let mirrored = mirror(&origin).await;
    std::fs::write(mirrored.dir().join("refs/heads/main.lock"), "").unwrap();
    std::fs::write(mirrored.dir().join("packed-refs.lock"), "").unwrap();
    let later = origin.moves_on("c.txt", "c\n");
    assert!(mirror(&origin).await.holds(&later).await.unwrap());
}

#[tokio::test]
async fn many_tasks_may_ask_for_the_same_mirror_at_once() {
    let origin = Origin::small();
    let all = futures::future::join_all((0..8).map(|_| mirror(&origin))).await;
    assert!(all.iter().all(|mirror| mirror.dir() == all[0].dir()));
}

#[tokio::test]
async fn a_commit_nobody_has_is_missed_by_name() {
    let origin = Origin::small();
    let (access, sha) = (Access { url: &origin.url(), token: "" }, CommitSha("1".repeat(40)));
    let missing = Mirrors::new(origin.path("mirrors")).holding(&web(), access, &[&sha]).await;
    assert!(matches!(missing, Err(Error::Missing(found)) if found == sha));
}

#[tokio::test]
async fn a_workspace_is_a_worktree_of_a_repository_of_its_own() {
    let origin = Origin::small();
    let mirror = mirror(&origin).await;
    let all = Workspaces::new(origin.path("workspaces"));
    let workspace = all.prepare(&key(), &mirror, &origin.checkout()).await.unwrap();
    assert_eq!(std::fs::read_to_string(workspace.tree().join("a/b.txt")).unwrap(), "b\n");
    assert_eq!(git(&workspace.tree(), &["branch", "--show-current"]), "feature/task-1-x");
    assert_eq!(git(&workspace.tree(), &["remote"]), "");
    assert_eq!(git(&workspace.tree(), &["rev-parse", "main"]), origin.head().0);
    commits(&workspace, "new.txt", "new\n");
    assert_eq!(git(mirror.dir(), &["rev-parse", "main"]), origin.head().0);
}

#[tokio::test]
async fn a_retry_finds_what_the_first_try_left() {
    let origin = Origin::small();
    let (_, first) = workspace(&origin).await;
    commits(&first, "new.txt", "new\n");
    std::fs::write(first.tree().join("half.txt"), "not yet").unwrap();
    origin.moves_on("c.txt", "c\n");
    let (_, second) = workspace(&origin).await;
    assert_eq!(second.base_sha(), first.base_sha());
    assert!(second.tree().join("new.txt").exists() && second.tree().join("half.txt").exists());
}

#[tokio::test]
async fn a_half_built_workspace_is_built_again() {
    let origin = Origin::small();
    let half = origin.path("workspaces").join(key().as_str());
    std::fs::create_dir_all(half.join("repo.git")).unwrap();
    std::fs::write(half.join("building"), "").unwrap();
    let (_, workspace) = workspace(&origin).await;
    assert!(workspace.tree().join("README.md").exists());
    assert!(!half.join("building").exists());
}

#[tokio::test]
async fn the_base_must_contain_what_the_task_waited_for() {
    let origin = Origin::small();
    let old = origin.checkout();
    let merged = origin.moves_on("c.txt", "c\n");
    let mirror = mirror(&origin).await;
    let all = Workspaces::new(origin.path("workspaces"));
    let early = team6::domain::work::Checkout { contains: vec![merged.clone()], ..old.clone() };
    let behind = all.prepare(&key(), &mirror, &early).await;
    assert!(matches!(behind, Err(Error::Behind { missing, .. }) if missing == merged));
    // A workspace of a base without it is kept, out of the way.
    all.prepare(&key(), &mirror, &old).await.unwrap();
    let later = team6::domain::work::Checkout { contains: vec![merged], ..origin.checkout() };
    let workspace = all.prepare(&key(), &mirror, &later).await.unwrap();
    assert_eq!(workspace.base_sha(), &origin.head());
    assert_eq!(std::fs::read_dir(origin.path("workspaces")).unwrap().count(), 2);
    all.remove(&key()).unwrap();
    all.empty_trash();
    assert_eq!(all.all(), []);
    assert_eq!(std::fs::read_dir(origin.path("workspaces/.trash")).unwrap().count(), 0);
}

#[tokio::test]
async fn only_workspaces_are_removed() {
    let origin = Origin::small();
    let (_, workspace) = workspace(&origin).await;
    let all = Workspaces::new(origin.path("workspaces"));
    all.remove(&key()).unwrap();
    assert!(!workspace.dir().exists());
    all.remove(&key()).unwrap();

    let other = Key::try_from("photos".to_owned()).unwrap();
    std::fs::create_dir_all(all.dir(&other).join("2026")).unwrap();
    assert!(matches!(all.remove(&other), Err(Error::LeftAlone { .. })));
    let link = Key::try_from("link".to_owned()).unwrap();
    std::os::unix::fs::symlink(origin.path("origin.git"), all.dir(&link)).unwrap();
    assert!(matches!(all.remove(&link), Err(Error::LeftAlone { .. })));
    for wrong in ["", "..", "a/b", ".trash", "a.b"] {
        assert!(Key::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_result_is_taken_and_pushed_as_often_as_you_like() {
    let origin = Origin::small();
    let (mirror, workspace) = workspace(&origin).await;
    commits(&workspace, "new.txt", "one\ntwo\n");
    commits(&workspace, "README.md", "# Web\n");
    let delivered = take(&origin, &mirror, &workspace).await.unwrap();
    assert_eq!(delivered.commits, ["Write new.txt", "Write README.md"]);
    assert_eq!(delivered.paths, ["README.md", "new.txt"]);
    let size = delivered.size;
    assert_eq!((size.files, size.added, size.removed), (2, 3, 1));
    for _ in 0..2 {
        delivered.push(Access { url: &origin.url(), token: "" }).await.unwrap();
    }
    assert_eq!(origin.at("feature/task-1-x"), delivered.head);
}

#[tokio::test]
async fn a_push_never_replaces_what_somebody_else_pushed() {
    let origin = Origin::small();
    let (mirror, workspace) = workspace(&origin).await;
    let other = origin.moves_on("c.txt", "c\n");
    git(&origin.path("origin.git"), &["branch", "feature/task-1-x", "main"]);
    commits(&workspace, "new.txt", "new\n");
    let delivered = take(&origin, &mirror, &workspace).await.unwrap();
    assert!(delivered.push(Access { url: &origin.url(), token: "" }).await.is_err());
    assert_eq!(origin.at("feature/task-1-x"), other);
}

#[tokio::test]
async fn what_team6_does_not_push_is_refused_with_its_path() {
    for (path, text) in
        [(".github/workflows/ci.yml", "on: push"), (".GitHub/Workflows/x.yml", "on: push")]
    {
        let origin = Origin::small();
        let (mirror, workspace) = workspace(&origin).await;
        commits(&workspace, path, text);
        // Taking it back does not help: it was in a commit.
        git(&workspace.tree(), &["rm", "-q", path]);
        git(&workspace.tree(), &["commit", "-q", "-m", "Take it back"]);
        commits(&workspace, "new.txt", "new\n");
        let refused = take(&origin, &mirror, &workspace).await.err().unwrap();
        assert!(
            matches!(&refused, Error::Unacceptable(words) if words.contains(path)),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_link_out_of_the_tree_is_refused_and_one_inside_is_not() {
    for (target, accepted) in [("../README.md", true), ("../../secret", false), ("/etc", false)] {
        let origin = Origin::small();
        let (mirror, workspace) = workspace(&origin).await;
        std::os::unix::fs::symlink(target, workspace.tree().join("a/link")).unwrap();
        commits(&workspace, "new.txt", "new\n");
        let taken = take(&origin, &mirror, &workspace).await;
        assert_eq!(taken.is_ok(), accepted, "{target}");
    }
}

#[tokio::test]
async fn a_repository_in_the_repository_is_refused() {
    let origin = Origin::small();
    let (mirror, workspace) = workspace(&origin).await;
    let inner = workspace.tree().join("inner");
    std::fs::create_dir(&inner).unwrap();
    git(&inner, &["init", "-q"]);
    git(&inner, &["commit", "-q", "--allow-empty", "-m", "Inner"]);
    commits(&workspace, "new.txt", "new\n");
    assert!(matches!(take(&origin, &mirror, &workspace).await, Err(Error::Unacceptable(_))));
}

#[tokio::test]
async fn a_bundle_that_is_not_what_was_promised_is_refused() {
    let origin = Origin::small();
    let (mirror, workspace) = workspace(&origin).await;
    commits(&workspace, "new.txt", "new\n");
    let bundle = bundle(&workspace);
    let promise = |head: &str| Promise {
        branch: workspace.branch().clone(),
        base_sha: workspace.base_sha().clone(),
        head: Some(CommitSha(head.to_owned())),
    };
    let clean = || async { Clean::new(&origin.path("scratch"), &mirror).await.unwrap() };
    let other = promise(&"1".repeat(40));
    let refused = clean().await.take(&bundle, &other, Limits::default()).await;
    assert!(matches!(refused, Err(Error::Unacceptable(_))));
    let head = git(&workspace.tree(), &["rev-parse", "HEAD"]);
    let small = Limits { bundle: 10, ..Limits::default() };
    let refused = clean().await.take(&bundle, &promise(&head), small).await;
    assert!(matches!(refused, Err(Error::Unacceptable(_))));
    let kept = promise(&head);
    let cut = clean().await.take(&bundle[..bundle.len() - 30], &kept, Limits::default());
    assert!(matches!(cut.await, Err(Error::Unacceptable(_))));
    assert!(clean().await.take(&bundle, &promise(&head), Limits::default()).await.is_ok());
}

#[tokio::test]
async fn what_is_left_uncommitted_is_found_and_nothing_of_the_agents_is_run() {
    let origin = Origin::small();
    let (mirror, workspace) = workspace(&origin).await;
    commits(&workspace, "new.txt", "new\n");
    let trap = origin.path("trapped");
    let command = format!("touch {}; false", trap.display());
    git(&workspace.tree(), &["config", "core.fsmonitor", &command]);
    git(&workspace.tree(), &["config", "filter.x.clean", &command]);
    std::fs::write(workspace.tree().join(".gitattributes"), "* filter=x\n").unwrap();
    std::fs::create_dir(workspace.tree().join("target")).unwrap();
    std::fs::write(workspace.tree().join("target/built"), "").unwrap();

    let delivered = take(&origin, &mirror, &workspace).await.unwrap();
    assert_eq!(delivered.differences(&workspace.tree()).await.unwrap(), [".gitattributes"]);
    std::fs::remove_file(workspace.tree().join(".gitattributes")).unwrap();
    assert!(delivered.differences(&workspace.tree()).await.unwrap().is_empty());
    std::fs::write(workspace.tree().join("README.md"), "changed").unwrap();
    assert_eq!(delivered.differences(&workspace.tree()).await.unwrap(), ["README.md"]);
    assert!(!trap.exists());
}

#[tokio::test]
async fn a_token_goes_to_its_own_server_and_to_no_other() {
    let (here, asked) = listener().await;
    let (elsewhere, followed) = listener().await;
    asked.lock().unwrap().redirect = Some(format!("{elsewhere}/acme/web.git/info/refs"));
    let (origin, url) = (Origin::small(), format!("{here}/acme/web.git"));
    let access = Access { url: &url, token: "ghs_secret" };
    let sha = origin.head();
    let refused = Mirrors::new(origin.path("mirrors")).holding(&web(), access, &[&sha]).await;
    let words = refused.unwrap_err().to_string();
    assert!(!words.contains("secret"), "{words}");
    // `x-access-token:ghs_secret`
    let basic = "Basic eC1hY2Nlc3MtdG9rZW46Z2hzX3NlY3JldA==";
    assert_eq!(asked.lock().unwrap().authorization, [Some(basic.to_owned())]);
    assert!(followed.lock().unwrap().authorization.iter().all(Option::is_none));
    assert!(!followed.lock().unwrap().authorization.is_empty());
}

/// What a server that has no repository heard.
#[derive(Default)]
struct Heard {
    authorization: Vec<Option<String>>,
    redirect: Option<String>,
}

async fn listener() -> (String, Arc<Mutex<Heard>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heard: Arc<Mutex<Heard>> = Arc::default();
    let listening = Arc::clone(&heard);
    let routes = axum::Router::new().fallback(move |request: axum::extract::Request| async move {
        let header = request.headers().get("authorization");
        let mut heard = listening.lock().unwrap();
        heard.authorization.push(header.map(|value| value.to_str().unwrap().to_owned()));
        match &heard.redirect {
            Some(to) => axum::response::Redirect::temporary(to).into_response(),
            None => axum::http::StatusCode::NOT_FOUND.into_response(),
        }
    });
    let tasks = tokio_util::task::TaskTracker::new();
    tasks.spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (address, heard)
}
