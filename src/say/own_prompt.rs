//! An operator's own words for what an agent is told: `prompt` of `[agents.…]`.

use super::prompt::Facts;
use crate::domain::ids::AgentName;

/// The names that may stand in braces, with what they are.
pub const VARIABLES: [&str; 7] =
    ["prompt", "title", "repository", "issue", "text", "goal", "attempt"];

/// The operator's words with each `{name}` filled in; a name nobody knows is answered instead. Other braces stay.
pub fn filled(template: &str, facts: &Facts<'_>) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let name = after.split_once('}').map(|(name, _)| name).filter(|name| is_name(name));
        let Some(name) = name else {
            filled.push('{');
            rest = after;
            continue;
        };
        filled.push_str(&value(name, facts).ok_or_else(|| name.to_owned())?);
        rest = &after[name.len() + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

/// That a name is not known, in words.
pub fn unknown_words(agent: &AgentName, name: &str) -> String {
    let known: Vec<_> = VARIABLES.iter().map(|name| format!("`{{{name}}}`")).collect();
    format!(
        "`prompt` of `[agents.{agent}]` names `{{{name}}}`, which is not known; there are {}",
        known.join(", ")
    )
}

/// The first name in the operator's words that nobody knows.
pub fn unknown(template: &str) -> Option<String> {
    filled(template, &Facts::default()).err()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn value(name: &str, facts: &Facts<'_>) -> Option<String> {
    Some(match name {
        "prompt" => facts.prompt.to_owned(),
        "title" => facts.title.to_owned(),
        "repository" => facts.repository.to_owned(),
        "issue" => facts.issue.to_string(),
        "text" => facts.text.to_owned(),
        "goal" => facts.goal.to_owned(),
        "attempt" => facts.attempt.to_string(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_are_filled_in_and_nothing_else_is() {
        let facts = Facts {
            prompt: "Do {title}.",
            title: "a { b",
            repository: "acme/web",
            issue: 7,
            text: "x",
            goal: "y",
            attempt: 2,
        };
        let said = "Speak French. {prompt} {\"a\": {}} {title} #{issue} {Title} { text } {";
        let expected = "Speak French. Do {title}. {\"a\": {}} a { b #7 {Title} { text } {";
        assert_eq!(filled(said, &facts).as_deref(), Ok(expected));
        assert_eq!(filled("{prompt} {titel}", &facts), Err("titel".to_owned()));
        for name in VARIABLES {
            assert!(filled(&format!("{{{name}}}"), &facts).is_ok(), "{name}");
        }
    }
}
