//! Push and fetch over HTTP, by `git http-backend`.

use std::path::Path;

use super::{Ended, Error, clean_command, hook, run};

/// One request of a git client.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// Below the repository: `/info/refs`, `/git-upload-pack`, `/git-receive-pack`.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) encoding: &'a str,
    pub(crate) protocol: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) user: &'a str,
    /// Whether changes of workflow files are refused.
    pub(crate) guard_workflows: bool,
}

/// What the backend answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl super::Git {
    pub(crate) async fn serve(&self, hooks: &Path, request: Request<'_>) -> Result<Answer, Error> {
        let mut command = clean_command();
        let hooks = hooks.to_string_lossy().into_owned();
        let config = [
            ("core.hooksPath", hooks.as_str()),
            ("http.receivepack", "true"),
            // GitHub keeps these references itself.
            ("receive.hideRefs", "refs/pull"),
            ("uploadpack.allowAnySHA1InWant", "true"),
            ("receive.denyCurrentBranch", "ignore"),
        ];
        command.env("GIT_CONFIG_COUNT", config.len().to_string());
        for (number, (key, value)) in config.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{number}"), key);
            command.env(format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        if request.guard_workflows {
            command.env(hook::GUARD, "1");
        }
        command
            .env("GIT_PROJECT_ROOT", self.dir())
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("PATH_INFO", request.path)
            .env("REQUEST_METHOD", request.method)
            .env("QUERY_STRING", request.query)
            .env("CONTENT_TYPE", request.content_type)
            .env("CONTENT_LENGTH", request.body.len().to_string())
            .env("HTTP_CONTENT_ENCODING", request.encoding)
            .env("GIT_PROTOCOL", request.protocol)
            .env("REMOTE_USER", request.user)
            .env("GIT_COMMITTER_NAME", request.user)
            .env("GIT_COMMITTER_EMAIL", "git@localhub")
            .arg("http-backend");
        parse(&run(command, "http-backend", Some(request.body)).await?)
    }
}

/// A CGI answer: headers, an empty line, the body.
fn parse(ended: &Ended) -> Result<Answer, Error> {
    let output = &ended.stdout;
    let split = output.windows(4).position(|four| four == b"\r\n\r\n");
    let split = split.ok_or(Error::Strange("http-backend"))?;
    let head = String::from_utf8_lossy(&output[..split]).into_owned();
    let (mut status, mut headers) = (200, Vec::new());
    for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
        if name.eq_ignore_ascii_case("status") {
            status = value.get(..3).and_then(|code| code.parse().ok()).unwrap_or(500);
        } else {
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    Ok(Answer { status, headers, body: output[split + 4..].to_vec() })
}
