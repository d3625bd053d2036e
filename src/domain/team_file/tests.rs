use super::*;

fn flaws(text: &str) -> Vec<String> {
    read(text).judged_by(&offered()).flaws.iter().map(ToString::to_string).collect()
}

fn offered() -> Vec<Offered> {
    let limits = Caps { silence_seconds: Some(900), turn_seconds: Some(3_600) };
    ["builder", "painter"].map(|name| Offered { name: AgentName(name.to_owned()), limits }).to_vec()
}

const GOOD: &str = "
agents:
  painter:
    description: |
      colors,
      and pages
    labels: [design, 'good first issue']
    instructions: Run `just check`.
    limits: { turn_seconds: 600 }
  builder:
hooks:
  after_create: npm ci --offline
  after_run: |
    npm test
    npm run lint
";

#[test]
fn a_repository_chooses_describes_and_limits() {
    let file = read(GOOD).judged_by(&offered());
    assert_eq!(file.flaws, []);
    let painter = file.find(&AgentName("painter".into())).unwrap();
    assert_eq!(painter.description.as_deref(), Some("colors, and pages"));
    assert_eq!(painter.labels, ["design", "good first issue"]);
    assert_eq!(painter.limits, Caps { silence_seconds: None, turn_seconds: Some(600) });
    assert_eq!(file.hooks.after_run.as_deref(), Some("npm test\nnpm run lint\n"));
    assert_eq!(file.hooks.before_run, None);
    assert_eq!(file.refuses(&AgentName("builder".into())), None);
    assert!(file.refuses(&AgentName("other".into())).unwrap().contains("does not list `other`"));
}

#[test]
fn a_file_that_says_nothing_changes_nothing() {
    for text in ["", "---\n", "# nothing yet\n", "agents:\nhooks:\n", "{}"] {
        assert_eq!(read(text), TeamFile::default(), "{text}");
    }
    assert_eq!(read("agents: [builder]").agents.unwrap().len(), 1);
}

#[test]
fn everything_that_is_wrong_is_said_with_its_line() {
    let table: Vec<_> = [
        "agents:\n  builder:\n    command: [sh]\n    env: [HOME]\n  ghost:\n    limits: { turn_seconds: no }",
        "agents:\n  builder: { limits: { turn_seconds: 9000, silence_seconds: 1 } }",
        "agents: []",
        "agents: [builder, builder]",
        "agents: all",
        "agents: [{ builder: 1 }]",
        "hooks: { before: x, after_run: [a] }\nsecrets: { A: b }\nfoo: 1",
        "hooks:\n  after_run: a\n  after_run: b",
        "a: &a [x, x]\nb: *a",
        "agents: !ruby/object:Gem::Installer {}",
        "--- {}\n--- {}",
        "agents:\n\t- x",
        "agents: {",
        "[[[[[[[[[[[[]]]]]]]]]]]]",
        "just words",
        "hooks: { after_run: \"\\0\" }",
        "'<!-- @ada `x`': 1",
    ]
    .iter()
    .map(|text| format!("{text}\n=> {}\n", flaws(text).join("\n   ")))
    .collect();
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn a_file_that_would_become_huge_is_not_read() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b]\n";
    assert_eq!(flaws(bomb), ["line 1: anchors and aliases are not for this file"]);
    assert_eq!(flaws(&"#".repeat(70_000)), ["it has more than 64 KiB"]);
    let deep = "[".repeat(30_000);
    assert_eq!(flaws(&deep).len(), 1);
}

proptest::proptest! {
    /// Whatever is in the file.
    #[test]
    fn any_text_is_read_or_refused(text in "(agents|hooks|after_run|builder|[-:{}\\[\\]&*!|>#'\" \n\ta-z0-9])*") {
        let file = read(&text);
        for flaw in file.flaws {
            proptest::prop_assert!(!flaw.what.contains(['\n', '<']), "{}", flaw.what);
        }
    }
}
