//! What a repository has run around an agent, as well-meant as hostile.

use std::time::Duration;

use team6::agent::sandbox::Setup;
use team6::domain::team_file::Hooks;
use team6::domain::work::{Class, Outcome};

use crate::worker::{World, class};

in_every_sandbox!(
    hooks_run_around_an_agent_and_the_first_only_once,
    a_hook_that_fails_ends_the_try_in_words,
    a_hook_that_fails_afterwards_leaves_the_result_unverified,
    what_a_hook_leaves_in_the_tree_is_seen,
    a_hook_cannot_stay_nor_flood_nor_wait_for_ever,
    a_hook_changes_nothing_of_what_git_obeys_outside,
    work_that_is_not_wanted_any_more_ends_its_hook,
    the_last_hook_keeps_no_workspace,
);

/// A worker for a repository with these hooks.
async fn with(setup: &Setup, hooks: &[(&str, &str)]) -> World {
    let mut world = World::new(setup).await;
    for (name, script) in hooks {
        let Hooks { after_create, before_run, after_run, before_remove } = &mut world.terms.hooks;
        let hook = match *name {
            "after_create" => after_create,
            "before_run" => before_run,
            "after_run" => after_run,
            "before_remove" => before_remove,
            other => panic!("{other} is no hook"),
        };
        *hook = Some((*script).to_owned());
    }
    world
}

fn message(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed(failure) => failure.message.clone(),
        Outcome::Delivered(_) | Outcome::Done | Outcome::Asked | Outcome::Cancelled => {
            panic!("it did not fail: {outcome:?}")
        }
    }
}

async fn hooks_run_around_an_agent_and_the_first_only_once(setup: Setup) {
    let hooks = [
        ("after_create", "echo made >>~/log; echo hello; echo $GITHUB_TOKEN"),
        ("before_run", "echo before >>~/log; test -f README.md"),
        ("after_run", "echo after >>~/log; git log -1 --format=%s | grep -q weather"),
    ];
    let mut world = with(&setup, &hooks).await;
    world.starts();
    let task = "Explain the weather\nscripted: die once";
    world.assigns(task, 1, 1);
    assert_eq!(class(&world.server.outcome().await), Class::AgentDied);
    let told = world.server.told().join("\n");
    let words = "the hook `after_create` of `.github/team6.yml` passed; it said: hello";
    assert!(told.contains(words), "{told}");
    world.assigns(task, 2, 1);
    world.server.until("a second report", |knows| knows.finishes.len() == 2).await;
    let last = world.server.knows().finishes[1].outcome.clone();
    assert!(matches!(last, Outcome::Delivered(_)), "{last:?}");
    let log = std::fs::read_to_string(world.workspace().join("home/log")).unwrap();
    assert_eq!(log.lines().collect::<Vec<_>>(), ["made", "before", "before", "after"]);
    world.stops().await;
}

async fn a_hook_that_fails_ends_the_try_in_words(setup: Setup) {
    for name in ["after_create", "before_run"] {
        let script = "echo line one; echo no npm here >&2; false; echo not reached";
        let mut world = with(&setup, &[(name, script)]).await;
        world.starts();
        world.assigns("Explain the weather", 1, 1);
        let outcome = world.server.outcome().await;
        assert_eq!(class(&outcome), Class::HookFailed, "{outcome:?}");
        let words = format!(
            "the hook `{name}` of `.github/team6.yml` failed (exit status: 1); it said: line one; no npm here"
        );
        assert_eq!(message(&outcome), words);
        assert!(!world.server.told().iter().any(|line| line.starts_with("Starting")));
        world.stops().await;
    }
}

async fn a_hook_that_fails_afterwards_leaves_the_result_unverified(setup: Setup) {
    let mut world = with(&setup, &[("after_run", "echo 3 tests failed; exit 7")]).await;
    world.starts();
    world.assigns("Explain the weather", 1, 1);
    let outcome = world.server.outcome().await;
    assert_eq!(class(&outcome), Class::HookFailed, "{outcome:?}");
    assert!(message(&outcome).contains("(exit status: 7); it said: 3 tests failed"));
    assert!(world.server.knows().bundles.is_empty());
    world.stops().await;
}

async fn what_a_hook_leaves_in_the_tree_is_seen(setup: Setup) {
    let mut world = with(&setup, &[("after_run", "echo x >report.txt")]).await;
    world.starts();
    world.assigns("Explain the weather", 1, 1);
    let outcome = world.server.outcome().await;
    assert_eq!(class(&outcome), Class::LeftDirty, "{outcome:?}");
    world.stops().await;
}

async fn a_hook_cannot_stay_nor_flood_nor_wait_for_ever(setup: Setup) {
    for (script, limit, ending) in [
        ("setsid sleep 600 & (sleep 600 &) ; exit 0", 60, "passed"),
        ("(while :; do sleep 1; done) & sleep 600", 1, "failed (it took longer than 1 s)"),
        ("trap '' TERM HUP INT; while :; do sleep 1; done", 1, "failed (it took longer than 1 s)"),
        (
            "head -c 60000000 /dev/zero | tr '\\0' x; echo end; exit 3",
            60,
            "failed (exit status: 3)",
        ),
    ] {
        let mut world = with(&setup, &[("before_run", script)]).await;
        world.settings.hook_limit = Duration::from_secs(limit);
        world.starts();
        world.assigns("Explain the weather", 1, 1);
        let outcome = world.server.outcome().await;
        world.until("nothing is left", |world| world.agents() == (0, 0)).await;
        let told = world.server.told();
        let line = told.iter().find(|line| line.contains(ending));
        assert!(line.is_some_and(|line| line.len() < 5_000), "{script}: {outcome:?}: {told:#?}");
        assert_eq!(matches!(outcome, Outcome::Delivered(_)), ending == "passed", "{outcome:?}");
        world.stops().await;
    }
}

async fn a_hook_changes_nothing_of_what_git_obeys_outside(setup: Setup) {
    let script = r#"
        dir=$(git rev-parse --git-common-dir)
        for file in "$dir/config" "$dir/hooks/pre-commit" "$dir/hooks/post-checkout" .git; do
            printf '[core]\nfsmonitor = "touch ~/pwned"\nhooksPath = /tmp\n' >>"$file" || true
        done 2>/dev/null
        git config --global core.fsmonitor 'touch ~/pwned' || true
    "#;
    let mut world = with(&setup, &[("after_run", script)]).await;
    world.starts();
    world.assigns("Explain the weather", 1, 1);
    let _outcome = world.server.outcome().await;
    // Outside, nobody obeys what it wrote, whether or not it could write it.
    assert!(!world.workspace().join("home/pwned").exists());
    world.stops().await;
}

async fn work_that_is_not_wanted_any_more_ends_its_hook(setup: Setup) {
    let mut world = with(&setup, &[("before_run", "sleep 600")]).await;
    world.starts();
    world.assigns("Explain the weather", 1, 1);
    world.until("the hook runs", |world| world.agents().0 > 0).await;
    world.server.knows().answer = Some(team6::domain::work::Renewed::Cancel);
    assert_eq!(world.server.outcome().await, Outcome::Cancelled);
    world.until("it is gone", |world| world.agents() == (0, 0)).await;
    world.stops().await;
}

async fn the_last_hook_keeps_no_workspace(setup: Setup) {
    for (script, is_seen) in [("exit 1", false), ("sleep 600", true), ("rm -rf ../* ~/*", false)] {
        let mut world = with(&setup, &[("before_remove", script)]).await;
        world.settings.hook_limit = Duration::from_secs(3);
        world.starts();
        world.assigns("Explain the weather", 1, 1);
        let outcome = world.server.outcome().await;
        assert!(matches!(outcome, Outcome::Delivered(_)), "{outcome:?}");
        assert!(world.workspace().join("tree").exists());
        world.server.knows().removable.push("7_12_1_3".to_owned());
        if is_seen {
            world.until("the hook runs", |world| world.agents().0 > 0).await;
        }
        world.until("it is removed", |world| !world.workspace().exists()).await;
        world.until("nothing is left", |world| world.agents() == (0, 0)).await;
        world.stops().await;
    }
}
