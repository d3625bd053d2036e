//! The one hook: it refuses pushes to workflow files that an App may not make.

use std::{os::unix::fs::PermissionsExt, path::Path};

/// Set for pushes of Apps without the `workflows` permission.
pub(crate) const GUARD: &str = "LOCALHUB_NO_WORKFLOWS";

/// Git runs this before any reference moves and while the new objects are still apart from the
/// others, so a refusal leaves no trace.
const PRE_RECEIVE: &str = r#"#!/bin/sh
[ -n "$LOCALHUB_NO_WORKFLOWS" ] || exit 0
while read -r old new ref; do
    [ -n "$(printf %s "$new" | tr -d 0)" ] || continue
    for commit in $(git rev-list "$new" --not --all); do
        file=$(git diff-tree -m --root -r --no-commit-id --name-only "$commit" -- .github/workflows | head -n 1)
        if [ -n "$file" ]; then
            echo "refusing to allow a GitHub App to create or update workflow \`$file\` without \`workflows\` permission" >&2
            exit 1
        fi
    done
done
exit 0
"#;

/// Puts the hook where pushes find it.
pub(crate) async fn install(dir: &Path) -> std::io::Result<()> {
    let hooks = dir.join("hooks");
    tokio::fs::create_dir_all(&hooks).await?;
    let file = hooks.join("pre-receive");
    tokio::fs::write(&file, PRE_RECEIVE).await?;
    tokio::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).await
}
