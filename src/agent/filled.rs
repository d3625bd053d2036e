//! What an agent is given besides its command: variables, and files in its home.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::path::{Component, Path};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, renameat, unlinkat};
use rustix::io::Errno;

use super::Spec;

/// How an agent reaches its model.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Where its model proxy is, as the agent sees it, without a path.
    pub url: String,
    /// What it shows there.
    pub token: String,
    /// The model's name.
    pub model: String,
}

impl Spec {
    /// The same, with `{model_url}`, `{model_token}` and `{model}` filled in; the token not in the command, which
    /// everybody on the machine can read.
    #[must_use]
    pub fn filled(&self, reach: &Reach) -> Self {
        let plain =
            |text: &str| text.replace("{model_url}", &reach.url).replace("{model}", &reach.model);
        let secret = |text: &str| plain(text).replace("{model_token}", &reach.token);
        let each = |(key, text): (&String, &String)| (key.clone(), secret(text));
        Self {
            command: self.command.iter().map(|word| plain(word)).collect(),
            set: self.set.iter().map(each).collect(),
            files: self.files.iter().map(each).collect(),
            ..self.clone()
        }
    }

    /// Writes the agent's files into its home. An earlier turn of an agent may have left links there, and none is followed.
    pub(super) fn furnish(&self, home: &Path) -> io::Result<()> {
        for (path, text) in &self.files {
            write(home, Path::new(path), text.as_bytes())?;
        }
        Ok(())
    }
}

fn write(home: &Path, path: &Path, text: &[u8]) -> io::Result<()> {
    let mut names = Vec::new();
    for part in path.components() {
        let Component::Normal(name) = part else {
            return Err(io::Error::other(format!("`{}` leads out of the home", path.display())));
        };
        names.push(name);
    }
    let file = names.pop().ok_or_else(|| io::Error::other("a file has no name"))?;
    let mut dir = openat(CWD, home, FOLDER, Mode::empty())?;
    for name in names {
        dir = folder(&dir, name)?;
    }
    let new = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let draft = format!(".team6-{}", uuid::Uuid::new_v4().simple());
    let opened = openat(&dir, &*draft, new, Mode::RUSR | Mode::WUSR)?;
    let written = File::from(opened).write_all(text);
    written.and_then(|()| Ok(renameat(&dir, &*draft, &dir, file)?)).inspect_err(|_| {
        let _ = unlinkat(&dir, &*draft, AtFlags::empty());
    })
}

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A folder in a folder: the one that is there, or a new one in place of anything else.
fn folder(dir: &OwnedFd, name: &std::ffi::OsStr) -> io::Result<OwnedFd> {
    let open = || openat(dir, name, FOLDER, Mode::empty());
    match open() {
        Ok(found) => return Ok(found),
        Err(Errno::NOTDIR | Errno::LOOP) => unlinkat(dir, name, AtFlags::empty())?,
        Err(Errno::NOENT) => {}
        Err(other) => return Err(other.into()),
    }
    mkdirat(dir, name, Mode::RWXU)?;
    Ok(open()?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::agent::Limits;

    fn spec(file: &str) -> Spec {
        Spec {
            command: vec!["agent".into(), "--model={model}".into(), "{model_token}".into()],
            env: vec![],
            set: BTreeMap::from([("KEY".into(), "{model_token}".into())]),
            files: BTreeMap::from([(
                file.into(),
                "{\"url\": \"{model_url}/v1\", \"x\": \"{env:KEY}\"}".into(),
            )]),
            limits: Limits::default(),
        }
    }

    fn filled(file: &str) -> Spec {
        let (url, token) = ("http://127.0.0.1:1".into(), "secret".into());
        spec(file).filled(&Reach { url, token, model: "m-1".into() })
    }

    #[test]
    fn the_model_comes_where_it_belongs_and_the_token_not_into_the_command() {
        let filled = filled("a");
        assert_eq!(filled.command, ["agent", "--model=m-1", "{model_token}"]);
        assert_eq!(filled.set["KEY"], "secret");
        assert_eq!(filled.files["a"], r#"{"url": "http://127.0.0.1:1/v1", "x": "{env:KEY}"}"#);
    }

    #[test]
    fn files_are_written_in_place_of_what_is_there() {
        let home = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            filled(".a/b/c.json").furnish(home.path()).unwrap();
        }
        let text = fs::read_to_string(home.path().join(".a/b/c.json")).unwrap();
        assert!(text.contains("127.0.0.1"));
        assert_eq!(fs::read_dir(home.path().join(".a/b")).unwrap().count(), 1);
    }

    #[test]
    fn what_an_agent_left_in_the_way_leads_nowhere() {
        let (home, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("precious"), "mine").unwrap();
        symlink(outside.path(), home.path().join(".a")).unwrap();
        fs::create_dir(home.path().join(".b")).unwrap();
        symlink(outside.path().join("precious"), home.path().join(".b/precious")).unwrap();

        filled(".a/precious").furnish(home.path()).unwrap();
        filled(".b/precious").furnish(home.path()).unwrap();

        assert_eq!(fs::read_to_string(outside.path().join("precious")).unwrap(), "mine");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
        for kept in [".a/precious", ".b/precious"] {
            assert!(fs::read_to_string(home.path().join(kept)).unwrap().contains("127.0.0.1"));
        }
        assert!(filled("../x").furnish(home.path()).is_err());
        assert!(filled("/x").furnish(home.path()).is_err());
    }
}
