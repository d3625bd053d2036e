//! Text from people and agents, made so that nothing in it acts: nobody is called, nothing is linked,
//! closed, hidden or loaded, and it cannot break the lines around it.

/// What breaks a word that would act, without being seen.
const BREAK: char = '\u{200b}';

/// Longest line of somebody else's that we repeat, in characters.
const LONGEST_LINE: usize = 200;

/// Longest sentence, as in a requirement or a reason.
const LONGEST_SENTENCE: usize = 500;

/// One line of a title's length, without any mark-up.
pub(super) fn line(text: &str) -> String {
    cut(text, LONGEST_LINE)
}

/// One line of a sentence's length, without any mark-up.
pub(super) fn sentence(text: &str) -> String {
    cut(text, LONGEST_SENTENCE)
}

/// One line of at most so many characters, without any mark-up.
pub(super) fn cut(text: &str, most: usize) -> String {
    let begin = beginning(text, most);
    let words: Vec<_> = begin.split_whitespace().collect();
    let seen = seen(&words.join(" "));
    let short: String = seen.trim().chars().take(most).collect();
    let is_cut = begin.len() < text.len() || short.len() < seen.trim().len();
    let mut safe = String::with_capacity(short.len() * 2);
    let mut at_start = true;
    for c in disarmed(&short).chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => safe.extend(['\\', c]),
            // An item, a heading's underline, a rule.
            '-' | '+' | '=' if at_start => safe.extend(['\\', c]),
            // The number of an item.
            '.' | ')' if begins_with_number(&safe) => safe.extend(['\\', c]),
            _ => safe.push(c),
        }
        at_start = false;
    }
    if is_cut {
        safe.push('…');
    }
    safe
}

/// Several lines, which keep their own paragraphs, lists and code; what is too long is cut, and
/// says so. Code that is not closed ends only with what holds the text: see [`quote`].
pub(super) fn block(text: &str, most: usize) -> String {
    let begin = beginning(text, most);
    let lines = begin.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let seen = seen(&lines);
    let short: String = seen.trim().chars().take(most).collect();
    let is_cut = begin.len() < text.len() || short.len() < seen.trim().len();
    let mut safe = String::with_capacity(short.len() * 2);
    for (nth, line) in disarmed(&short).lines().enumerate() {
        if 0 < nth {
            safe.push('\n');
        }
        safe.push_str(&plain_fence(line));
    }
    let safe = without_formulas(&apart(&safe));
    if is_cut { format!("{safe} …\n\n(cut here: it is too long for this page)") } else { safe }
}

/// The same as a quote behind `indent`: whatever the text begins ends with the quote.
pub(super) fn quote(text: &str, most: usize, indent: &str) -> String {
    let safe = block(text, most);
    let line = |line: &str| format!("{indent}> {line}").trim_end().to_owned();
    safe.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// One line that is shown as it is, without Markdown, like a title.
pub(super) fn plain(text: &str, most: usize) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    disarmed(&seen(&words.join(" ")).chars().take(most).collect::<String>())
}

/// One line on a page of ours, where escaping is the template's business.
pub(super) fn on_page(text: &str, most: usize) -> String {
    let words: Vec<_> = beginning(text, most).split_whitespace().collect();
    shortened(&seen(&words.join(" ")), most)
}

/// Several lines on a page of ours.
pub(super) fn lines_on_page(text: &str, most: usize) -> String {
    let lines = beginning(text, most).replace("\r\n", "\n").replace('\r', "\n");
    shortened(&seen(&lines), most)
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// As much of a text as can matter where `most` characters of it are shown.
fn beginning(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most * 4 + 1_000);
    end.map_or(text, |(at, _)| &text[..at])
}

/// A person's name on GitHub, or as much of it as can be one.
pub(super) fn person(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(40).collect()
}

/// The text without what shows nothing itself and changes how the rest is shown, and without
/// towers of accents.
fn seen(text: &str) -> String {
    const TALLEST: usize = 3;
    let mut tower = 0;
    let keep = |c: &char| {
        tower = if is_accent(*c) { tower + 1 } else { 0 };
        !is_unseen(*c) && tower <= TALLEST
    };
    text.chars().filter(keep).collect()
}

/// Control characters, those that turn the direction of the text behind them around, and those
/// that have no width. Emoji and some scripts are joined by two of these, which stay.
fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The text with every word broken that GitHub would make something of.
fn disarmed(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() * 2);
    let mut digits = 0;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        // Seven figures of a commit's name are a link to it.
        digits = if c.is_ascii_hexdigit() { digits + 1 } else { 0 };
        if digits == 7 {
            safe.push(BREAK);
            digits = 1;
        }
        safe.push(c);
        let next = rest.as_str();
        let acts = match c {
            // An entity is read before mentions are looked for: `&commat;ada` calls ada.
            '@' | '&' => true,
            '#' => next.starts_with(|c: char| c.is_ascii_digit()),
            '<' => next.starts_with(|c: char| c.is_ascii_alphabetic() || "!?/".contains(c)),
            ':' => next.starts_with("//"),
            'w' | 'W' => next.starts_with('.') && ends_with(&safe, "www"),
            'h' | 'H' => next.starts_with('-') && ends_with(&safe, "gh"),
            // Links, pictures and where they lead.
            ']' => next.starts_with(['(', '[', ':']),
            '!' => next.starts_with('['),
            // A box, as in a list of tasks; a footnote; an alarm.
            '[' => next.starts_with([' ', '\t', 'x', 'X', '^', '!']),
            // A line that begins like a command must not be one when somebody quotes it back.
            '/' => next.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("team6")),
            _ => false,
        };
        if acts {
            safe.push(BREAK);
            digits = 0;
        }
    }
    safe
}

fn ends_with(text: &str, word: &str) -> bool {
    let end = text.len().checked_sub(word.len()).and_then(|at| text.get(at..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(word))
}

fn begins_with_number(line: &str) -> bool {
    !line.is_empty() && line.len() < 10 && line.bytes().all(|b| b.is_ascii_digit())
}

/// A line that opens code opens just code: what is named behind it may be drawn as a graph or map.
fn plain_fence(line: &str) -> String {
    let fence = line.trim_start_matches(|c: char| " \t>-*+.)".contains(c) || c.is_ascii_digit());
    for mark in ['`', '~'] {
        let behind = fence.trim_start_matches(mark);
        if 3 <= fence.len() - behind.len() && (mark == '~' || !behind.contains('`')) {
            return line[..line.len() - behind.len()].to_owned();
        }
    }
    line.to_owned()
}

/// A heading's underline would make a heading of the line above it, and a rule looks like an end.
fn apart(text: &str) -> String {
    let is_rule = |line: &str| {
        let line = line.trim_start_matches([' ', '>']);
        let mark = line.chars().next().filter(|c| "=-_*".contains(*c));
        mark.is_some_and(|mark| line.chars().all(|c| c == mark || c == ' ' || c == '\t'))
    };
    let shown = |line: &str| {
        if is_rule(line) { format!("{BREAK}{line}") } else { line.to_owned() }
    };
    text.lines().map(shown).collect::<Vec<_>>().join("\n")
}

/// A formula may be drawn as big as it likes, so none is begun.
fn without_formulas(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        let escapes = safe.len() - safe.trim_end_matches('\\').len();
        if c == '$' && escapes.is_multiple_of(2) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}
