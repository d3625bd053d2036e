//! Who has which role.

use serde_json::json;

use super::call::{Call, Reply, no_content, ok};
use crate::model::{AccountKind, Need, Refusal, Role};

pub(super) async fn list(call: Call) -> Reply {
    let repo = call.repo(Need { role: Role::Write, ..Need::METADATA })?;
    let view = call.view();
    let all = view.world.accounts.iter().filter(|account| {
        account.kind == AccountKind::Person && view.world.association(&repo, account.id) != "NONE"
    });
    let all = all.map(|account| (account.id, view.world.role(&repo, account.id)));
    let least = call.asked("permission").and_then(Role::at_least);
    let all = all.filter(|(_, role)| least.is_none_or(|least| least <= *role));
    call.list(all.collect(), |(account, role)| view.collaborator(account, role))
}

pub(super) async fn check(call: Call) -> Reply {
    let repo = call.repo(Need { role: Role::Write, ..Need::METADATA })?;
    let world = call.world();
    let account = world.account(call.text("login")).ok_or(Refusal::NotFound)?;
    if world.association(&repo, account.id) == "NONE" {
        return Err(Refusal::NotFound.into());
    }
    no_content()
}

/// Answers for anybody who exists: who has no role still reads what is public.
pub(super) async fn permission(call: Call) -> Reply {
    let repo = call.repo(Need::METADATA)?;
    let view = call.view();
    let world = &view.world;
    let account = world.account(call.text("login")).ok_or(Refusal::NotFound)?;
    let role = match account.kind {
        AccountKind::Person => world.role(&repo, account.id),
        AccountKind::Bot | AccountKind::Organization => Role::None,
    };
    ok(json!({
        "permission": role.legacy(),
        "role_name": role.name(),
        "user": view.collaborator(account.id, role),
    }))
}
