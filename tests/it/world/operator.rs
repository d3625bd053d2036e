//! Whoever runs Team6: what they see, and what they type.

use std::path::{Path, PathBuf};
use std::process::Command;

use team6::db::effects;

use super::server::PROGRAM;
use super::team::Team;

impl Team {
    /// What a page says, and with which status.
    pub(crate) async fn page(&self, path: &str) -> (u16, String) {
        let page = self.door().await.replace("/webhook", path);
        let answer = reqwest::get(page).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// What `/health` says.
    pub(crate) async fn health(&self) -> serde_json::Value {
        serde_json::from_str(&self.page("/health").await.1).unwrap()
    }

    /// Types `team6 …`: whether it worked, and what it said. `database` is another than the one
    /// in the settings.
    pub(crate) fn types(&self, words: &[&str], database: Option<&Path>) -> (bool, String) {
        let mut command = Command::new(PROGRAM);
        command.args(words).arg("--config").arg(&self.world.config);
        if let Some(database) = database {
            command.env("TEAM6__DATABASE", format!("sqlite:{}", database.display()));
        }
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    /// A file that is not there yet.
    pub(crate) fn new_file(&self, name: &str) -> PathBuf {
        self.world.dir.path().join(name)
    }

    /// A later version of Team6 was here, and changed the tables.
    pub(crate) async fn has_its_database_migrated_by_a_later_version(&self) {
        let mut tx = self.world.db.begin().await.unwrap();
        let text = "insert into _sqlx_migrations \
                      (version, description, success, checksum, execution_time) \
                    select 9999, description, success, checksum, execution_time \
                      from _sqlx_migrations where version = 1";
        tx.query(text).run().await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Is told to stop, and stops.
    pub(crate) async fn stops(&self) {
        let server = self.world.server.lock().await.take().unwrap();
        server.stops().await;
    }

    /// How many agents are at work.
    pub(crate) async fn at_work(&self) -> i64 {
        super::ours::at_work(&self.world.db).await
    }

    /// The operator has every webhook read again that ever came; how many there are.
    pub(crate) async fn has_every_webhook_read_again(&self) -> usize {
        let all = super::ours::deliveries(&self.world.db).await;
        for delivery in &all {
            let (worked, said) = self.types(&["replay", delivery], None);
            assert!(worked, "{said}");
        }
        self.settles().await;
        all.len()
    }

    /// The operator has everything tried again that GitHub refused.
    pub(crate) async fn has_what_was_given_up_tried_again(&self) {
        let mut tx = self.world.db.read().await.unwrap();
        let kept = effects::kept(&mut tx, 100).await.unwrap();
        drop(tx);
        for effect in kept {
            let (worked, said) = self.types(&["effects", "retry", &effect.id], None);
            assert!(worked, "{said}");
        }
        self.settles().await;
    }
}
