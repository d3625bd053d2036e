//! Repositories.

use serde_json::{Value, json};

use super::{View, account::merge, node_id, time};
use crate::model::{Repo, Role, State};

/// The fields that are the repository's address with something behind it.
const BELOW: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

impl View {
    /// `repository`, which satisfies `minimal-repository` too.
    pub(crate) fn repository(&self, repo: &Repo) -> Value {
        let full = self.world.full_name(repo);
        let page = self.origin.page(&full);
        let open = self
            .world
            .issues
            .iter()
            .filter(|issue| issue.repo == repo.id && issue.state == State::Open)
            .count();
        let mut body = json!({
            "id": repo.id.0,
            "node_id": node_id("R", repo.id.0),
            "name": repo.name,
            "full_name": full,
            "owner": self.user(repo.owner),
            "private": repo.private,
            "visibility": if repo.private { "private" } else { "public" },
            "html_url": page,
            "git_url": format!("{page}.git"),
            "ssh_url": format!("{page}.git"),
            "clone_url": format!("{page}.git"),
            "svn_url": page,
            "mirror_url": null,
            "homepage": null,
            "description": repo.description,
            "fork": false,
            "language": null,
            "license": null,
            "topics": [],
            "default_branch": repo.default_branch,
            "open_issues_count": open,
            "open_issues": open,
            "created_at": time(repo.created_at),
            "updated_at": time(repo.updated_at),
            "pushed_at": time(repo.pushed_at),
        });
        for (field, rest) in BELOW {
            body[field] = self.origin.api(&format!("repos/{full}{rest}")).into();
        }
        merge(&mut body, unused());
        body["archived"] = repo.archived.into();
        body
    }

    /// `full-repository`.
    pub(crate) fn full_repository(&self, repo: &Repo, role: Option<Role>) -> Value {
        let mut body = self.repository(repo);
        merge(
            &mut body,
            json!({
                "subscribers_count": 0,
                "network_count": 0,
                "allow_rebase_merge": true,
                "allow_squash_merge": true,
                "allow_merge_commit": true,
                "allow_auto_merge": false,
                "allow_update_branch": true,
                "delete_branch_on_merge": false,
            }),
        );
        if let Some(organization) = self.world.accounts.find(repo.owner)
            && organization.kind == crate::model::AccountKind::Organization
        {
            body["organization"] = self.account(organization);
        }
        if let Some(role) = role {
            body["permissions"] = permissions(role);
        }
        body
    }

    /// `collaborator`.
    pub(crate) fn collaborator(
        &self,
        account: crate::model::Id<crate::model::Account>,
        role: Role,
    ) -> Value {
        let mut body = self.user(account);
        body["permissions"] = permissions(role);
        body["role_name"] = role.name().into();
        body
    }
}

/// What a role may, as GitHub spells it.
pub(crate) fn permissions(role: Role) -> Value {
    json!({
        "admin": role >= Role::Admin,
        "maintain": role >= Role::Maintain,
        "push": role >= Role::Write,
        "triage": role >= Role::Triage,
        "pull": role >= Role::Read,
    })
}

/// What a repository can have elsewhere and never has here.
fn unused() -> Value {
    json!({
        "archived": false,
        "disabled": false,
        "is_template": false,
        "has_issues": true,
        "has_projects": false,
        "has_wiki": false,
        "has_pages": false,
        "has_downloads": false,
        "has_discussions": false,
        "allow_forking": false,
        "web_commit_signoff_required": false,
        "forks_count": 0,
        "forks": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "watchers": 0,
        "size": 0,
    })
}
