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
pub(crate) fn acts(markdown: &str) -> Vec<String> {
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
                found.push(format!("math {math}"))
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
        ["://", "www.", "gh-", "/team6"]
            .iter()
            .filter(|one| lower.contains(**one))
            .map(|one| (*one).to_owned()),
    );
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

mod everywhere {
    //! Every template, with a text in every place that holds other people's words.

    use chrono::DateTime;

    use super::super::{comments, issue, plan, pull, status};
    use super::{HOSTILE, acts};
    use crate::domain::diff::{Changed, ChangedTask, Diff};
    use crate::domain::ids::*;
    use crate::domain::lint::{RedBranch, Surroundings, Warning};
    use crate::domain::plan::{Dependency, DroppedTask, Plan, PlannedTask, Prd, VoidApproval};
    use crate::domain::planning::{Planning, Question};
    use crate::domain::refusal::Refusal;
    use crate::domain::sprint::{Event, Goal, Sprint, State};
    use crate::domain::start::Start;
    use crate::domain::work::{Delivery, Size};

    fn task(number: i64, text: &str) -> PlannedTask {
        let (repo, agent): (RepoName, _) = ("acme/web".parse().unwrap(), AgentName(text.into()));
        PlannedTask {
            text: text.to_owned(),
            acceptance: vec![text.to_owned()],
            files: vec![text.to_owned(), "same".to_owned()],
            owner: Some(Login(text.to_owned())),
            reason: Some(text.to_owned()),
            after: vec![Dependency::Task(TaskNumber(number - 1))]
                .split_off(usize::from(number < 3)),
            ..PlannedTask::new(TaskNumber(number), repo, text, agent)
        }
    }

    fn sprint(text: &str) -> Sprint {
        let list = || vec![text.to_owned()];
        let number = TaskNumber(9);
        let plan = Plan {
            prd: Some(Prd {
                problem: text.to_owned(),
                goals: list(),
                non_goals: list(),
                constraints: list(),
                acceptance: list(),
                risks: list(),
            }),
            tasks: (1..4).map(|number| task(number, text)).collect(),
            dropped: vec![DroppedTask { number, title: text.to_owned(), issue: None }],
            void: vec![VoidApproval {
                task: TaskNumber(1),
                by: Login(text.to_owned()),
                changed: "its text".to_owned(),
            }],
            ..Plan::default()
        };
        let question = Question {
            number: 1,
            text: text.to_owned(),
            options: list(),
            to: Login(text.to_owned()),
            answer: None,
        };
        let goal =
            Goal { milestone: text.to_owned(), title: text.to_owned(), text: text.to_owned() };
        Sprint {
            id: SprintId::of(RepoId(7), IssueNumber(1)),
            project: ProjectName("acme".to_owned()),
            repo: "acme/web".parse().unwrap(),
            repo_id: RepoId(7),
            issue: IssueNumber(1),
            milestone: MilestoneNumber(1),
            goal,
            state: State::Recognized,
            planning: Planning { questions: vec![question], ..Planning::default() },
            plan: Some(plan),
            approvals: Vec::new(),
            run: None,
        }
    }

    /// The sprint, started although nobody looked whether it could be.
    fn started(text: &str) -> Sprint {
        use crate::domain::sprint::Approval;
        let mut sprint = sprint(text);
        sprint.planning = Planning::default();
        let plan = sprint.plan.as_mut().unwrap();
        for task in &mut plan.tasks {
            let repo = task.repo.clone();
            task.issue = Some(IssueRef { repo, number: IssueNumber(10 + task.number.0) });
        }
        let tasks = sprint.plan.as_ref().unwrap().tasks.clone();
        sprint.approvals = tasks
            .iter()
            .map(|task| Approval {
                task: task.number,
                hash: task.hash(),
                by: Login(text.to_owned()),
                at: DateTime::UNIX_EPOCH,
            })
            .collect();
        let owner = (text.to_ascii_lowercase(), tasks[0].repo.clone());
        let around = Surroundings {
            agents: vec![tasks[0].agent.clone()],
            owners: [(owner, crate::domain::permission::Permission::Write)].into(),
            ..Surroundings::default()
        };
        let by = Login(text.to_owned());
        let start = Start { by, around, despite_warnings: true, taken: Default::default() };
        sprint.decide(Event::Started(start)).unwrap().sprint
    }

    fn pages(text: &str) -> Vec<(&'static str, String)> {
        let sprint = sprint(text);
        let checks = vec![text.to_owned()];
        let red = RedBranch {
            repo: sprint.repo.clone(),
            branch: BranchName(text.to_owned()),
            checks: checks.clone(),
        };
        let around = Surroundings { red: vec![red.clone()], ..Surroundings::default() };
        let view = plan::View { sprint: &sprint, around: &around, agents: 4, links: &[] };
        let person = Login(text.to_owned());
        let branch = BranchName(text.to_owned());
        let running = started(text);
        let line = text.to_owned();
        let warnings =
            vec![Warning::RedBranch(red), Warning::UnreadDependency { task: TaskNumber(1), line }];
        let refusals = [
            Refusal::UnknownAgent { task: TaskNumber(1), agent: AgentName(text.to_owned()) },
            Refusal::LookTwice(warnings),
        ];
        let delivery = Delivery {
            head: CommitSha("a".repeat(40)),
            base_sha: CommitSha("b".repeat(40)),
            commits: checks,
            summary: text.to_owned(),
            size: Size::default(),
        };
        let changed =
            Changed { what: "text".to_owned(), old: text.to_owned(), new: text.to_owned() };
        let diff = Diff {
            prd: vec![changed.clone()],
            added: vec![(TaskNumber(1), text.to_owned())],
            gone: vec![(TaskNumber(2), text.to_owned())],
            tasks: vec![ChangedTask {
                number: TaskNumber(3),
                title: text.to_owned(),
                changed: vec![changed],
                voids: true,
            }],
            ..Diff::default()
        };
        let task = &running.run.as_ref().unwrap().tasks[0];
        let execution = ExecutionId("exe".to_owned());
        let summarized = comments::Summarized {
            number: TaskNumber(1),
            title: text.to_owned(),
            pull: "#1".to_owned(),
            owner: text.to_owned(),
            attempts: 2,
        };
        let closed = comments::Closed {
            owner: &person,
            task: TaskNumber(1),
            pull: "#1".to_owned(),
            merged_into: Some(&branch),
            base: &branch,
            waiting: &[],
        };
        vec![
            ("the plan", plan::parts(&view).concat()),
            ("the status", status::comment(&running).unwrap()),
            ("a greeting", comments::greeting(text)),
            ("a refusal", comments::refused(&person, &refusals, "team6:sprint")),
            ("the help", comments::help(Some(text))),
            ("not started", comments::not_started(&sprint)),
            ("a failure", comments::task_failed(&person, TaskNumber(1), 5, text)),
            ("a closed pull", comments::pull_closed(&closed)),
            ("the end", comments::completed(text, 60, &[summarized])),
            ("what changed", comments::diff(&diff)),
            ("an issue", issue::body(&task.planned)),
            ("a pull", pull::body(&execution, task, text, &running.issue_ref(), &delivery, 2)),
        ]
    }

    #[test]
    fn nothing_hostile_acts_in_any_template() {
        let harmless = pages("words");
        let long = HOSTILE.concat().repeat(20);
        for text in HOSTILE.iter().copied().chain([long.as_str()]) {
            if text.trim().is_empty() {
                continue;
            }
            for ((name, page), (_, plain)) in pages(text).into_iter().zip(&harmless) {
                let count = |page: &str| acts(page).len();
                // Our own boxes, markers, mentions and references are there in any case; a name
                // that can be nobody's is left out.
                let (found, ours) = (acts(&page), acts(plain));
                assert!(
                    count(&page) <= count(plain),
                    "{name}, {text:?}: {found:?}, not {ours:?}\n{page}"
                );
                assert_eq!(
                    page.matches("<!-- team6:").count(),
                    plain.matches("<!-- team6:").count(),
                    "{name}"
                );
                assert!(page.chars().count() <= super::super::LONGEST, "{name} is too long");
            }
        }
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
