//! GitHub's closed lists of words, which are not closed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares an enum that keeps the words it does not know. Reviews shout theirs, so case is lost.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$of])* $variant,)*
            /// A word that is new to us.
            Other(String),
        }

        impl $name {
            /// The word GitHub uses.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.to_ascii_lowercase().as_str() {
                    $($word => Self::$variant,)*
                    _ => Self::Other(word),
                }
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.as_str().to_owned()
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words!(/// Whether an issue, a pull request or a milestone is open.
State {
    /// It is.
    Open = "open",
    /// It is not any more.
    Closed = "closed",
});

words!(/// What a review says.
Verdict {
    /// Merge it.
    Approved = "approved",
    /// Change it first.
    ChangesRequested = "changes_requested",
    /// Neither.
    Commented = "commented",
    /// It does not count any more.
    Dismissed = "dismissed",
    /// It is still being written.
    Pending = "pending",
});

words!(/// How far a check is.
Status {
    /// It waits.
    Queued = "queued",
    /// It runs.
    InProgress = "in_progress",
    /// It has a conclusion.
    Completed = "completed",
});

words!(/// How a check ended.
Conclusion {
    /// Well.
    Success = "success",
    /// Badly.
    Failure = "failure",
    /// Neither, and it does not hold anything up.
    Neutral = "neutral",
    /// Somebody stopped it.
    Cancelled = "cancelled",
    /// It had nothing to check.
    Skipped = "skipped",
    /// It took too long.
    TimedOut = "timed_out",
    /// A person must do something first.
    ActionRequired = "action_required",
    /// GitHub gave it up after two weeks.
    Stale = "stale",
    /// It could not be started.
    StartupFailure = "startup_failure",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_tomorrow_are_kept() {
        assert_eq!(Verdict::from("CHANGES_REQUESTED".to_owned()), Verdict::ChangesRequested);
        assert_eq!(State::from("Half-open".to_owned()).as_str(), "Half-open");
        assert_eq!(serde_json::to_string(&Status::InProgress).unwrap(), r#""in_progress""#);
    }
}
