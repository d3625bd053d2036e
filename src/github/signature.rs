//! Whether a delivery comes from GitHub.

use aws_lc_rs::hmac;

/// Whether `header`, the value of `X-Hub-Signature-256`, signs `body` with the webhook's `secret`.
///
/// The comparison takes the same time wherever the signatures differ. A missing or malformed
/// header is just wrong, and an empty secret signs nothing, for anybody could sign with it.
/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
pub fn is_genuine(secret: &[u8], body: &[u8], header: Option<&str>) -> bool {
    let Some(theirs) = header.and_then(decode) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    !secret.is_empty() && hmac::verify(&key, body, &theirs).is_ok()
}

/// The bytes of `sha256=<hex>`.
fn decode(header: &str) -> Option<Vec<u8>> {
    hex::decode(header.strip_prefix("sha256=")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of GitHub's own page on validating deliveries.
    const SECRET: &[u8] = b"It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const SIGNATURE: &str =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    #[test]
    fn what_github_signed_is_genuine() {
        assert!(is_genuine(SECRET, BODY, Some(SIGNATURE)));
        assert!(is_genuine(SECRET, BODY, Some(&SIGNATURE.replace("ea0eb", "EA0EB"))));
    }

    #[test]
    fn another_body_or_secret_is_not() {
        assert!(!is_genuine(SECRET, b"Hello, World?", Some(SIGNATURE)));
        assert!(!is_genuine(b"It's a secret to everybody", BODY, Some(SIGNATURE)));
        assert!(!is_genuine(b"", BODY, Some(SIGNATURE)));
    }

    #[test]
    fn a_malformed_header_is_just_wrong() {
        let short = &SIGNATURE[..SIGNATURE.len() - 2];
        let odd = &SIGNATURE[..SIGNATURE.len() - 1];
        let long = &format!("{SIGNATURE}00");
        let sha1 = &SIGNATURE.replace("sha256", "sha1");
        let bare = SIGNATURE.trim_start_matches("sha256=");
        for header in ["", "sha256=", "sha256=zz", "sha256=ü", short, odd, long, sha1, bare] {
            assert!(!is_genuine(SECRET, BODY, Some(header)), "{header}");
        }
        assert!(!is_genuine(SECRET, BODY, None));
    }

    #[test]
    fn an_empty_secret_signs_nothing() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"");
        let signature = format!("sha256={}", hex::encode(hmac::sign(&key, BODY)));
        assert!(!is_genuine(b"", BODY, Some(&signature)));
    }
}
