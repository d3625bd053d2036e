//! Signing people in to Apps: what was promised between the two halves of the web flow, and the
//! tokens that came of it. Kept in memory: after a restart people sign in again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    keys,
    model::{Account, App, Id},
};

/// Codes and tokens.
#[derive(Default)]
pub(crate) struct OAuth(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    codes: BTreeMap<String, Code>,
    tokens: BTreeMap<String, Id<Account>>,
}

/// What a person agreed to, to be turned into a token once.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) app: Id<App>,
    pub(crate) person: Id<Account>,
    pub(crate) redirect_uri: String,
    /// The fingerprint of a secret that whoever shows the code must know, if one was given.
    pub(crate) challenge: Option<String>,
    pub(crate) made_at: DateTime<Utc>,
}

impl OAuth {
    /// Notes that a person agreed; the code that says so.
    pub(crate) fn agree(&self, code: Code) -> String {
        let name = keys::secret("");
        self.inner().codes.insert(name.clone(), code);
        name
    }

    /// Turns a code into a token, once, within ten minutes.
    pub(crate) fn exchange(
        &self,
        code: &str,
        app: Id<App>,
        redirect_uri: Option<&str>,
        verifier: Option<&str>,
        now: DateTime<Utc>,
    ) -> Option<String> {
        let mut inner = self.inner();
        let agreed = inner.codes.remove(code)?;
        let is_proven = match (&agreed.challenge, verifier) {
            (Some(challenge), Some(verifier)) => *challenge == fingerprint(verifier),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let is_here = redirect_uri.is_none_or(|uri| uri == agreed.redirect_uri);
        let is_fresh = now < agreed.made_at + TimeDelta::minutes(10);
        if !is_proven || !is_here || !is_fresh || agreed.app != app {
            return None;
        }
        let token = keys::secret("ghu_");
        inner.tokens.insert(token.clone(), agreed.person);
        Some(token)
    }

    /// Whose token that is.
    pub(crate) fn person(&self, token: &str) -> Option<Id<Account>> {
        self.inner().tokens.get(token).copied()
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `S256` of RFC 7636.
fn fingerprint(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}
