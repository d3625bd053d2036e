//! How long it takes until an agent can begin in a repository of fifty thousand files.
//!
//! What the disk still has to write is waited for between the measurements, and nothing is removed
//! before the last: ext4 does not take an inode again for minutes after it was freed, and searches
//! past all of these for each new file, so that whoever came next paid several times over.

mod disk;
mod measure;

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use measure::{Side, milliseconds, table};
use team6::domain::ids::{BranchName, CommitSha, RepoName};
use team6::domain::work::Checkout;
use team6::git::{Access, ENVIRONMENT, Key, Mirror, Mirrors, Workspaces};

const FILES: usize = 50_000;
const COMMITS: usize = 20;
const RUNS: usize = 3;
/// A branch whose commit has one file: all there is to do but the checkout.
const BARE: &str = "one-file";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if !measure::is_asked_for() {
        return Ok(());
    }
    let origin = Origin::get()?;
    let folder = disk::scratch()?;
    let bench = Bench::new(&origin, folder.path()).await?;
    let mut sides = [
        Side::new("git clone"),
        Side::new("git worktree add, from the mirror"),
        Side::new("  with checkout.workers=0, as Team6 does"),
        Side::new("  without the checkout"),
        Side::new("Team6: a workspace from the mirror"),
        Side::new("  without the checkout (of a commit with one file)"),
        Side::new("Team6: the same workspace for the next try"),
    ];
    for run in 0..RUNS {
        // Who comes after whom matters to the disk, so everybody comes after everybody.
        for turn in 0..4 {
            match (run + turn) % 4 {
                0 => sides[0].runs.push(bench.clone(run)?),
                1 => {
                    sides[1].runs.push(bench.worktree(&format!("plain-{run}"), &[], &[])?);
                    let without =
                        bench.worktree(&format!("empty-{run}"), &[], &["--no-checkout"])?;
                    sides[3].runs.push(without);
                }
                2 => {
                    let workers = ["-c", "checkout.workers=0"];
                    let with = bench.worktree(&format!("workers-{run}"), &workers, &[])?;
                    sides[2].runs.push(with);
                }
                _ => {
                    let (first, again) = bench.workspace(run, "main", FILES).await?;
                    sides[4].runs.push(first);
                    sides[6].runs.push(again);
                    sides[5].runs.push(bench.workspace(run, BARE, 1).await?.0);
                }
            }
        }
    }
    let title = format!(
        "Workspace: {FILES} files, {COMMITS} commits, a mirror made once in {:.1} s, median of {RUNS} \
         runs",
        bench.mirrored / 1_000.0
    );
    table(&title, &["ms"], &sides);
    Ok(())
}

struct Bench<'a> {
    origin: &'a Origin,
    folder: &'a Path,
    mirror: Mirror,
    /// How long it took to make the mirror, in milliseconds.
    mirrored: f64,
    workspaces: Workspaces,
}

impl<'a> Bench<'a> {
    async fn new(origin: &'a Origin, folder: &'a Path) -> anyhow::Result<Self> {
        let mirrors = Mirrors::new(folder.join("mirrors"));
        let wanted = [&origin.head("main")?, &origin.head(BARE)?];
        let begun = Instant::now();
        let access = Access { url: &origin.url(), token: "" };
        let mirror = mirrors.holding(&repo()?, access, &wanted).await?;
        let mirrored = milliseconds(begun.elapsed());
        let workspaces = Workspaces::new(folder.join("workspaces"));
        Ok(Self { origin, folder, mirror, mirrored, workspaces })
    }

    fn clone(&self, run: usize) -> anyhow::Result<Vec<f64>> {
        let tree = self.folder.join(format!("clone-{run}"));
        settle()?;
        let begun = Instant::now();
        done(git().args(["clone", "--quiet", &self.origin.url()]).arg(&tree))?;
        let took = milliseconds(begun.elapsed());
        ensure!(files(&tree)? == FILES, "the clone is not whole");
        Ok(vec![took])
    }

    fn worktree(
        &self,
        branch: &str,
        config: &[&str],
        options: &[&str],
    ) -> anyhow::Result<Vec<f64>> {
        let tree = self.folder.join(branch);
        settle()?;
        let begun = Instant::now();
        let mut add = git();
        add.arg("--git-dir").arg(self.mirror.dir()).args(config);
        add.args(["worktree", "add", "--quiet"]).args(options).args(["-b", branch]);
        done(add.arg(&tree).arg("main"))?;
        let took = milliseconds(begun.elapsed());
        let expected = if options.is_empty() { FILES } else { 0 };
        ensure!(files(&tree)? == expected, "the worktree is not whole");
        Ok(vec![took])
    }

    /// A new workspace, and the same one again as a second try finds it.
    async fn workspace(
        &self,
        run: usize,
        base: &str,
        expected: usize,
    ) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
        let key = Key::try_from(format!("{base}-{run}")).map_err(anyhow::Error::msg)?;
        let base_sha = self.origin.head(base)?;
        let checkout = Checkout {
            repo: repo()?,
            url: self.origin.url(),
            base: BranchName(base.to_owned()),
            contains: vec![base_sha.clone()],
            base_sha,
            branch: BranchName(format!("feature/task-{run}-measure")),
            head: None,
            also: Vec::new(),
            is_shared: false,
            may_rebase: false,
        };
        settle()?;
        let begun = Instant::now();
        let workspace = self.workspaces.prepare(&key, &self.mirror, &checkout).await?;
        let first = milliseconds(begun.elapsed());
        ensure!(files(&workspace.tree())? == expected, "the workspace is not whole");
        let begun = Instant::now();
        self.workspaces.prepare(&key, &self.mirror, &checkout).await?;
        let again = milliseconds(begun.elapsed());
        Ok((vec![first], vec![again]))
    }
}

/// The repository that is measured; kept, because it takes a while to make.
struct Origin {
    dir: PathBuf,
}

impl Origin {
    fn get() -> anyhow::Result<Self> {
        let origin = Self { dir: disk::kept().join(format!("origin-{FILES}-{COMMITS}.git")) };
        if !origin.dir.exists() {
            let fresh = Self { dir: origin.dir.with_extension("new") };
            let _ = std::fs::remove_dir_all(&fresh.dir);
            fresh.make()?;
            std::fs::rename(&fresh.dir, &origin.dir)?;
        }
        Ok(origin)
    }

    fn make(&self) -> anyhow::Result<()> {
        done(git().args(["init", "--quiet", "--bare", "--initial-branch=main"]).arg(&self.dir))?;
        let history = self.dir.with_extension("history");
        write_history(&mut BufWriter::new(File::create(&history)?))?;
        done(self.git().args(["fast-import", "--quiet"]).stdin(File::open(&history)?))?;
        std::fs::remove_file(&history)?;
        // As a server holds it; what `fast-import` wrote is bigger and slower to read.
        done(self.git().args(["repack", "-a", "-d", "-f", "-q"]))
    }

    fn head(&self, branch: &str) -> anyhow::Result<CommitSha> {
        let output = self.git().args(["rev-parse", "--verify", branch]).output()?;
        ensure!(output.status.success(), "there is no branch {branch}");
        Ok(CommitSha(String::from_utf8(output.stdout)?.trim().to_owned()))
    }

    fn url(&self) -> String {
        format!("file://{}", self.dir.display())
    }

    fn git(&self) -> Command {
        let mut git = git();
        git.arg("--git-dir").arg(&self.dir);
        git
    }
}

fn write_history(out: &mut impl std::io::Write) -> anyhow::Result<()> {
    for commit in 0..COMMITS {
        write_commit(out, "main", &format!("Commit {commit}"))?;
        // The first commit writes everything, and each later one a hundredth of it again.
        for file in (0..FILES).filter(|file| commit == 0 || file % 100 == commit) {
            let path =
                format!("src/part{:02}/unit{:02}/file{file:05}.rs", file / 2_500, file / 100 % 25);
            let text = text(file, commit);
            write!(out, "M 644 inline {path}\ndata {}\n{text}\n", text.len())?;
        }
    }
    write_commit(out, BARE, "One file")?;
    write!(out, "M 644 inline README.md\ndata 6\nHello\n\n")?;
    Ok(out.flush()?)
}

fn write_commit(out: &mut impl std::io::Write, branch: &str, title: &str) -> std::io::Result<()> {
    write!(out, "commit refs/heads/{branch}\ncommitter Ada <ada@acme.example> 1780000000 +0000\n")?;
    write!(out, "data {}\n{title}\n", title.len())
}

/// About two kilobytes that look like code and are different in every file.
fn text(file: usize, commit: usize) -> String {
    let mut text = format!("//! Part {file} of the whole, as of commit {commit}.\n\n");
    for line in 0..30 {
        let value = (file * 31 + line * 977 + commit) * 2_654_435_761 % 1_000_000_007;
        let _ = writeln!(text, "pub fn step_{line}(input: u64) -> u64 {{ input ^ {value} }}");
    }
    text
}

/// Git as Team6 calls it, or as anybody with an empty configuration does.
fn git() -> Command {
    let mut git = Command::new("git");
    git.envs(ENVIRONMENT.iter().copied()).stdin(Stdio::null());
    git
}

fn done(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().context("starting git")?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

/// Waits until the disk has written everything, so that nobody is measured with another's debts.
fn settle() -> anyhow::Result<()> {
    done(&mut Command::new("sync"))
}

/// How many files there are, git's own aside.
fn files(folder: &Path) -> std::io::Result<usize> {
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() == ".git" {
            continue;
        }
        count += if entry.file_type()?.is_dir() { files(&entry.path())? } else { 1 };
    }
    Ok(count)
}

fn repo() -> anyhow::Result<RepoName> {
    Ok("acme/huge".parse()?)
}
