//! Secrets: App keys, JSON web tokens, installation tokens, signatures.

use std::{
    fmt::Write,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::{
    encoding::AsDer,
    hmac,
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use crate::model::{App, Id, Refusal, World};

/// The bytes in front of the PKCS#1 key in the PKCS#8 form of any 2048-bit RSA key.
const PKCS8_HEAD: usize = 26;

/// A new private key in the form GitHub hands out: PKCS#1 PEM.
pub(crate) fn new_pem() -> Result<String, aws_lc_rs::error::Unspecified> {
    let pair = KeyPair::generate(KeySize::Rsa2048)?;
    let pkcs8 = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair)?;
    let text = STANDARD.encode(&pkcs8.as_ref()[PKCS8_HEAD..]);
    let mut pem = "-----BEGIN RSA PRIVATE KEY-----\n".to_owned();
    for line in text.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END RSA PRIVATE KEY-----\n");
    Ok(pem)
}

#[derive(Deserialize)]
struct Claims {
    iss: Issuer,
    iat: Option<i64>,
    exp: i64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Issuer {
    Id(u64),
    Text(String),
}

/// The App whose JSON web token this is.
/// <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>
pub(crate) fn app_of_jwt(world: &World, jwt: &str, now: DateTime<Utc>) -> Result<Id<App>, Refusal> {
    let broken = Refusal::BadJwt("A JSON web token could not be decoded");
    // First read who claims to speak, then check with that App's key that it does.
    let claimed =
        jsonwebtoken::dangerous::insecure_decode::<Claims>(jwt).map_err(|_| broken.clone())?.claims;
    let app = match claimed.iss {
        Issuer::Id(id) => world.apps.find(Id::new(id)),
        Issuer::Text(text) => {
            world.apps.iter().find(|app| app.client_id == text || app.id.0.to_string() == text)
        }
    }
    .ok_or(Refusal::BadJwt("Integration not found"))?;
    let mut validation = Validation::new(Algorithm::RS256);
    // The hub's clock decides what has expired, and tests may have stopped it.
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = public_key(&app.pem).ok_or_else(|| broken.clone())?;
    let claims = jsonwebtoken::decode::<Claims>(jwt, &key, &validation).map_err(|_| broken)?.claims;
    let now = now.timestamp();
    if claims.exp <= now {
        return Err(Refusal::BadJwt(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time \
             at which the assertion expires",
        ));
    }
    // A minute of grace, for clocks that do not quite agree.
    if claims.exp > now + 10 * 60 + 60 || claims.iat.is_some_and(|iat| iat > now + 60) {
        return Err(Refusal::BadJwt("'Expiration time' claim ('exp') is too far in the future"));
    }
    Ok(app.id)
}

/// The key that checks what this private key signed; finding out takes a while, so it is kept.
fn public_key(pem: &str) -> Option<DecodingKey> {
    static KNOWN: Mutex<Option<(String, DecodingKey)>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, key)) = known.as_ref().filter(|(of, _)| of == pem) {
        return Some(key.clone());
    }
    let key = derived_key(pem)?;
    *known = Some((pem.to_owned(), key.clone()));
    Some(key)
}

fn derived_key(pem: &str) -> Option<DecodingKey> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let pair = KeyPair::from_der(&STANDARD.decode(body).ok()?).ok()?;
    Some(DecodingKey::from_rsa_der(pair.public_key().as_ref()))
}

/// What an App shows where it turns codes into tokens: made of its key, so that it stays.
pub(crate) fn client_secret(app: &App) -> String {
    fingerprint(format!("client secret of {}", app.pem).as_bytes())
}

/// A secret nobody can guess.
pub(crate) fn secret(prefix: &str) -> String {
    format!("{prefix}{}", uuid::Uuid::new_v4().simple())
}

/// The value of `X-Hub-Signature-256`.
/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("sha256={}", hex::encode(hmac::sign(&key, body)))
}

/// A short fingerprint of an answer, for `ETag`.
pub(crate) fn fingerprint(body: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body);
    digest.as_ref().iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
