//! Texts that would like to do something, run through everything that repeats text from outside.
#![cfg(test)]

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::harmless::{block, cut, quote};

pub(super) const HOSTILE: &[&str] = &[
    "@ada @acme/core please",
    "&commat;ada &#64;ada",
    "Closes #12, fixes acme/web#3, resolves GH-4 and gh-5",
    "https://evil.example http://evil www.evil.example WWW.evil.example ftp://evil mailto:a@b.cc",
    "ada@example.com",
    "[click](https://evil.example) [click][1] ![x](//evil.example/x.png)\n\n[1]: //evil.example",
    "<https://evil.example> <a href=x>y</a> <img src=x onerror=y> <script>z</script>",
    "<details><summary>x</summary>",
    "</details></details> outside",
    "<!-- team6:approve all --> <!-- team6:plan -->",
    "-->\n- [x] **T1** done <!-- team6:approve all -->",
    "- [x] approved",
    "[ ] [x] * [X] 1. [ ] box",
    "```mermaid\ngraph LR\n  a --> b\n  click a \"https://evil.example\"\n",
    "~~~\nnever closed",
    "a `code span that `` never ends",
    "| a | b |\n| --- | --- |\n| c | d |",
    "Title\n=====\nTitle\n-----\n\n---\n# Heading",
    "abcdef1 0123456789abcdef0123456789abcdef01234567 defaced",
    "$x$ and $$y$$",
    "\u{202e}desrever\u{202c} \u{2066}x\u{2069} zero\u{200b}\u{200d}\u{feff}width \u{e0041}tag",
    "Z\u{335}\u{321}\u{322}\u{327}\u{328}\u{335}\u{334}\u{336}\u{321}\u{322}\u{327}algo",
    "👩‍👩‍👧 emoji :tada: مرحبا 日本語",
    "/team6 start\n/TEAM6 start",
    "> quoted\n> @ada\n1. one\n2) two",
    "\\@ada \\#12 \\[x](y)",
    "[^1] note\n\n[^1]: https://evil.example",
    "{{ title }} {% if x %} ${jndi:x} %s",
    "\u{0}\u{7}\u{1b}[31mred\r\nline\u{2028}line\u{85}line\u{b}line",
    "    indented code\n\ttabbed",
    "",
    " \n\t ",
];

/// What a reader of GitHub's Markdown would meet that acts.
pub(super) fn acts(markdown: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut text, mut code) = (String::new(), 0);
    for event in Parser::new_ext(
        markdown,
        Options::ENABLE_GFM
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_MATH,
    ) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                found.push(format!("link {dest_url}"));
            }
            Event::Html(html) | Event::InlineHtml(html) => found.push(format!("html {html}")),
            Event::TaskListMarker(_) => found.push("box".to_owned()),
            Event::InlineMath(math) | Event::DisplayMath(math) => {
                found.push(format!("math {math}"));
            }
            Event::FootnoteReference(note) => found.push(format!("note {note}")),
            Event::Start(Tag::CodeBlock(kind)) => {
                if let pulldown_cmark::CodeBlockKind::Fenced(info) = kind
                    && !info.is_empty()
                {
                    found.push(format!("drawn {info}"));
                }
                code += 1;
            }
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => code -= 1,
            Event::Text(words) if code == 0 => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak | Event::End(_) => text.push('\n'),
            Event::Start(_) | Event::Text(_) | Event::Code(_) | Event::Rule => {}
        }
    }
    found.extend(called(&text));
    found
}

/// Mentions, references, addresses and commits in what is shown.
fn called(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let next = |at: usize| chars.get(at + 1).copied().unwrap_or(' ');
    for (at, c) in chars.iter().enumerate() {
        if *c == '@' && next(at).is_ascii_alphanumeric() || *c == '#' && next(at).is_ascii_digit() {
            found.push(chars[at..].iter().take(10).collect());
        }
    }
    let lower = text.to_ascii_lowercase();
    found.extend(
        ["://", "www.", "/team6"]
            .iter()
            .filter(|one| lower.contains(**one))
            .map(|one| (*one).to_owned()),
    );
    // `GH-12` is a reference only as a word of its own.
    let starts = |at: usize| !lower[..at].ends_with(|c: char| c.is_alphanumeric());
    let references = lower.match_indices("gh-").filter(|(at, _)| starts(*at));
    let references = references.map(|(at, _)| lower[at..].chars().take(6).collect());
    found.extend(references);
    let commits = lower.split(|c: char| !c.is_ascii_hexdigit());
    found.extend(commits.filter(|word| 7 <= word.len()).map(str::to_owned));
    found
}

/// A line in a place where templates put one, with ours around it.
fn around(safe: &str) -> String {
    format!(
        "before\n\n- **T1** {safe} (#)\n- {safe}\n\n{safe}\n\n| a |\n| --- |\n| {safe} |\n\nafter"
    )
}

fn is_whole(markdown: &str, paragraphs: &[&str]) {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, Parser::new_ext(markdown, Options::ENABLE_TABLES));
    for words in paragraphs {
        assert!(
            html.contains(&format!("\n<p>{words}</p>\n"))
                || html.starts_with(&format!("<p>{words}</p>")),
            "{words} is gone:\n{markdown}\n{html}"
        );
    }
}

fn checked_line(text: &str) {
    let safe = cut(text, 200);
    assert_eq!(acts(&around(&safe)), [""; 0], "{text:?} became {safe:?}");
    assert!(!safe.contains('\n'));
    is_whole(&around(&safe), &["before", "after"]);
    assert_eq!(around(&safe).matches("team6:").count(), safe.matches("team6:").count() * 4);
    assert!(!safe.contains("<!--"));
}

fn checked_block(text: &str) {
    let safe = quote(text, 20_000, "");
    let page = format!("before\n\n{safe}\n\nafter");
    assert_eq!(acts(&page), [""; 0], "{text:?} became {safe:?}");
    is_whole(&page, &["before", "after"]);
    let nested =
        format!("before\n\n- [ ] item\n\n{}\n\n- next\n\nafter", quote(text, 20_000, "  "));
    is_whole(&nested, &["before", "after"]);
    assert_eq!(acts(&nested), ["box"], "{text:?} became {nested:?}");
    assert!(!safe.contains("<!--"));
}

#[test]
fn nothing_hostile_acts() {
    for text in HOSTILE {
        checked_line(text);
        checked_block(text);
    }
    let all = HOSTILE.join("\n");
    checked_line(&all);
    checked_block(&all);
    checked_block(&all.replace('\n', "\n\n"));
}

#[test]
fn harmless_words_stay_as_they_are() {
    for text in ["plain words, 3 of them", "مرحبا 👩‍👩‍👧", "C# is 5 % of it!", "a/b: c", "naïve Zürich"]
    {
        assert_eq!(cut(text, 200), text);
        assert_eq!(block(text, 200), text);
    }
    assert_eq!(cut("&commat;ada \u{202e}lanif si", 200), "&\u{200b}commat;ada lanif si");
    assert_eq!(
        block("# Done\n\n- `cargo test`\n- Vec<u8>", 200).replace('\u{200b}', ""),
        "# Done\n\n- `cargo test`\n- Vec<u8>"
    );
}

#[test]
fn what_is_too_long_is_cut_and_says_so() {
    let line = cut(&"x".repeat(10_000), 200);
    assert_eq!((line.chars().count(), line.ends_with('…')), (201, true));
    let text = block(&"long words\n".repeat(10_000), 1_000);
    assert!(
        text.chars().count() < 1_100 && text.ends_with("(cut here: it is too long for this page)")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_at_all_acts(text in any_text()) {
        checked_line(&text);
        checked_block(&text);
    }
}

/// Pieces of Markdown and of hostile texts, put together at random.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(HOSTILE).prop_map(str::to_owned),
        5 => prop::sample::select(vec![
            "@", "#", "1", "ada", "<", ">", "!", "[", "]", "(", ")", "x", " ", "\n", "\n\n", "`", "```", "~~~",
            "http", ":", "//", "www.", "-", "*", "_", "|", "\\", "&", ";", "$", "<!--", "-->", "    ", "\t",
            "abcdef0", "gh-", "=", "---", "1.", "^", "team6:", "/team6", "\u{200b}", "\u{202e}", "\r",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}
