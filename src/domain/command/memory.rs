//! `/team6 memory …`

use super::words::Word;
use crate::domain::ids::AgentName;
use crate::domain::memory::Wish;
use crate::domain::refusal::shown;

/// How it is typed.
pub(super) const USAGE: &str =
    "/team6 memory [add \"note\" [agent backend]] [edit M3 \"note\"] [forget M3]";

/// What stands behind `/team6 memory`.
pub(super) fn parse(words: &[Word]) -> Result<Wish, String> {
    let said: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let note = |word: &str| {
        word.parse().map_err(|_| format!("`{}` is not a note, like `M3`", shown(word)))
    };
    match said.as_slice() {
        [] | ["list"] => Ok(Wish::List),
        ["add", text] => Ok(Wish::Add { text: (*text).to_owned(), agent: None }),
        ["add", text, "agent", agent] => {
            let agent = Some(AgentName((*agent).to_owned()));
            Ok(Wish::Add { text: (*text).to_owned(), agent })
        }
        ["edit", which, text] => Ok(Wish::Edit { note: note(which)?, text: (*text).to_owned() }),
        ["forget", which] => Ok(Wish::Forget { note: note(which)? }),
        ["add" | "edit", ..] => Err("the note belongs in quotation marks".to_owned()),
        ["forget", ..] => Err("the note's number is missing".to_owned()),
        [word, ..] => Err(format!("I do not know what `{}` means here", shown(word))),
    }
}
