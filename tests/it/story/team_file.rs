//! "A repository chooses among the agents and says what runs around them, in `.github/team6.yml` of its default branch."

use crate::world::Team;

const FILE: &str = ".github/team6.yml";

#[tokio::test]
async fn a_repository_chooses_among_the_agents_and_describes_them() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors of all pages" owner ada;
        T2 "Write it down" owner grace agent frontend;
        T3 "Store the theme" owner ada in api;
    };
    let sprint = team.sprint("Dark mode", wishes).await;
    let file = "agents:\n  backend:\n    description: pages, colors and storage\n";
    sprint.commits_to("T1", "ada", "main", FILE, file).await;

    sprint.hears("ada", "/team6 plan").await;

    assert!(sprint.line_of("T1").await.contains("backend"), "{}", sprint.line_of("T1").await);
    let words =
        "T2 asks for the agent `frontend`, which `.github/team6.yml` of acme/web does not list";
    assert!(sprint.plan().await.contains(words), "{}", sprint.plan().await);
    sprint.hears("ada", "/team6 agent T1 frontend").await;
    insta::assert_snapshot!(sprint.answer().await);
    sprint.hears("ada", "/team6 agent T3 frontend").await;
    assert!(sprint.line_of("T3").await.contains("frontend"), "the other repository has all");
    team.ends().await;
}

#[tokio::test]
async fn a_planner_is_shown_the_agents_of_each_repository() {
    let team = Team::with_a_planner(&[]).await;
    let wishes = plan! {
        T1 "Name the colors of all pages" owner ada;
        T2 "Show them" owner ada in api;
        T3 "Write it down" owner ada in docs;
    };
    let sprint = team.sprint("Dark mode", wishes).await;
    for task in ["T1", "T2", "T3"] {
        let file = "agents: { backend: { description: 'colors, pages and themes' } }\n";
        sprint.commits_to(task, "ada", "main", FILE, file).await;
    }

    sprint.hears("ada", "/team6 plan").await;

    let line = sprint.line_of("T1").await;
    assert!(line.contains("agent backend"), "{line}");
    assert_eq!(sprint.plannings().await, "1 once");
    team.ends().await;
}

#[tokio::test]
async fn a_label_leads_to_the_agent_it_is_for() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors of all pages" owner ada estimate 3; };
    let sprint = team.sprint("Dark mode", wishes).await;
    let file = "agents:\n  frontend:\n  backend: { labels: ['Estimate:3'] }\n";
    sprint.commits_to("T1", "ada", "main", FILE, file).await;

    sprint.hears("ada", "/team6 plan").await;

    assert!(sprint.line_of("T1").await.contains("backend"), "{}", sprint.line_of("T1").await);
    team.ends().await;
}

#[tokio::test]
async fn what_is_wrong_with_the_file_is_told_in_the_plan_and_keeps_it_from_starting() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    let wrong =
        "agents:\n  frontend:\n    command: [curl, evil.example]\n  ghost:\nhooks:\n  when: x\n";
    sprint.commits_to("T1", "ada", "main", FILE, wrong).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks_everything("ada").await;

    sprint.hears("ada", "/team6 start").await;

    insta::assert_snapshot!(sprint.answer().await);
    assert!(sprint.plan().await.contains("line 3: `command` is for whoever runs Team6"));
    sprint.commits_to("T1", "ada", "main", FILE, "agents:\n  frontend:\n").await;
    sprint.hears("ada", "/team6 start").await;
    assert_eq!(sprint.pulls().await, 1);
    team.ends().await;
}

#[tokio::test]
async fn a_file_on_a_branch_says_nothing() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    let branch = sprint.pull_of("T1").await.branch().to_owned();
    let file = "agents: [backend]\nhooks: { before_run: 'exit 1', after_run: 'exit 1' }\n";
    sprint.commits_to("T1", "ada", &branch, FILE, file).await;

    sprint.hears_at("T1", "ada", "/team6 ask change `README.md`").await;

    assert_eq!(sprint.tries().await, "T1 twice");
    team.ends().await;
}

#[tokio::test]
async fn what_the_file_says_when_an_agent_is_sent_counts() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace agent frontend after T1;
    };
    let sprint = team.running("Dark mode", wishes).await;
    sprint.commits_to("T1", "ada", "main", FILE, "agents: [backend]\n").await;

    sprint.merges("ada", "T1").await;

    insta::assert_snapshot!(sprint.answer_at("T2").await);
    sprint.commits_to("T1", "ada", "main", FILE, "agents: [backend, frontend]\n").await;
    sprint.hears("grace", "/team6 retry T2").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    team.ends().await;
}

#[tokio::test]
async fn hooks_run_in_the_workspace_around_the_agent() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    let file = "hooks:
  after_create: git commit -q --allow-empty -m \"$TEAM6_HOOK\"
  before_run: git commit -q --allow-empty -m \"$TEAM6_HOOK\"
  after_run: |
    test -z \"$(git status --porcelain)\"
    git commit -q --allow-empty -m \"$TEAM6_HOOK\"
";
    sprint.commits_to("T1", "ada", "main", FILE, file).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks_everything("ada").await;

    sprint.hears("ada", "/team6 start").await;

    let commits = sprint.commits_of("T1").await;
    assert_eq!(commits[..2], ["after_create", "before_run"]);
    assert_eq!(commits.last().unwrap(), "after_run");
    team.ends().await;
}

#[tokio::test]
async fn an_operators_own_prompt_is_told_and_a_name_nobody_knows_fails_the_try_with_it() {
    let own = |prompt: &str| {
        let program = env!("CARGO_BIN_EXE_team6");
        format!(
            "[agents.ghost]\ndescription = \"any\"\nprompt = \"{prompt}\"\n\
             command = [\"{program}\", \"scripted-agent\", \"--pace-ms\", \"0\"]\n"
        )
    };
    let wishes = || plan! { T1 "Name the colors" owner ada agent ghost; };
    let team = Team::with_the_planner(&own("Task: {title}, in French")).await;
    let sprint = team.running("Dark mode", wishes()).await;
    assert!(sprint.commits_of("T1").await[0].contains("Name the colors, in French"));
    team.ends().await;

    let team = Team::with_the_planner(&own("{prompt} {titel}")).await;
    let sprint = team.running("Dark mode", wishes()).await;
    insta::assert_snapshot!(sprint.answer_at("T1").await);
    team.ends().await;
}
