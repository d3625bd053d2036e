//! Signing people in: the App's own web flow. All we want of it is a name; the token that tells it
//! is forgotten at once.
//! <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app>

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use url::Url;

use super::{Account, Error, GitHub};

/// What the App shows where people sign in.
#[derive(Clone)]
pub struct Client {
    /// The App's other name.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// One time somebody signs in.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Where the person comes back to.
    pub back: &'a Url,
    /// What they must bring along, so that nobody is signed in by somebody else's link.
    pub state: &'a str,
    /// What only the browser that began knows.
    pub verifier: &'a str,
}

#[derive(Deserialize)]
struct Exchanged {
    access_token: Option<String>,
}

impl GitHub {
    /// Where a person says who they are.
    pub fn sign_in_page(&self, client: &Client, attempt: Attempt<'_>) -> Url {
        let challenge = digest::digest(&digest::SHA256, attempt.verifier.as_bytes());
        let mut url = self.website("login/oauth/authorize");
        url.query_pairs_mut()
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", attempt.back.as_str())
            .append_pair("state", attempt.state)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
            .append_pair("code_challenge_method", "S256");
        url
    }

    /// Who came back with this code; nobody, if GitHub does not know it.
    pub async fn who_signed_in(
        &self,
        client: &Client,
        attempt: Attempt<'_>,
        code: &str,
    ) -> Result<Option<Account>, Error> {
        let form = [
            ("client_id", client.id.as_str()),
            ("client_secret", client.secret.as_str()),
            ("code", code),
            ("redirect_uri", attempt.back.as_str()),
            ("code_verifier", attempt.verifier),
        ];
        let url = self.website("login/oauth/access_token");
        let answer = self.inner.transport.send_form(url, &form).await?;
        let exchanged: Exchanged = answer.json()?;
        let Some(token) = exchanged.access_token.filter(|token| !token.is_empty()) else {
            return Ok(None);
        };
        let answer = self.inner.transport.send(&self.get("user"), Some(&token), None).await?;
        if answer.status != 200 {
            return Ok(None);
        }
        answer.json().map(Some)
    }

    /// A page of GitHub's, which is not below its API.
    pub fn website(&self, path: &str) -> Url {
        website(&self.inner.api, path)
    }
}

fn website(api: &Url, path: &str) -> Url {
    let mut url = api.clone();
    let host = api.host_str().unwrap_or_default();
    let host = host.strip_prefix("api.").unwrap_or(host).to_owned();
    // A host that is one stays one without its first word.
    let _ = url.set_host(Some(&host));
    url.set_path(path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_website_is_beside_the_api() {
        for (api, expected) in [
            ("https://api.github.com", "https://github.com/acme/web"),
            ("https://hub.example/api/v3", "https://hub.example/acme/web"),
            ("http://127.0.0.1:4000/api/v3/", "http://127.0.0.1:4000/acme/web"),
        ] {
            assert_eq!(website(&api.parse().unwrap(), "acme/web").as_str(), expected);
        }
    }
}
