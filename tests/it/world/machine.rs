//! What the machine does to Team6: it freezes, locks a file, spoils a disk.

use team6::db::{Db, Tx};

use super::server::Server;
use super::team::Team;

impl Team {
    /// The program stands still, with everything it holds.
    pub(crate) async fn is_frozen(&self) {
        self.is_signalled(rustix::process::Signal::STOP).await;
    }

    /// The program goes on as if nothing had happened.
    pub(crate) async fn is_thawed(&self) {
        self.is_signalled(rustix::process::Signal::CONT).await;
    }

    async fn is_signalled(&self, signal: rustix::process::Signal) {
        let server = self.world.server.lock().await;
        let Some(Server::Program { child, .. }) = &*server else { panic!("there is no program") };
        let pid = rustix::process::Pid::from_child(child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// So much time passes that every lease has run out.
    pub(crate) async fn leases_run_out(&self) {
        let mut tx = self.world.db.begin().await.unwrap();
        let past = chrono::DateTime::from_timestamp(0, 0).unwrap();
        let late = "update job set leased_until = $1 where state = 'leased'";
        let late = tx.query(late).bind(past).run().await.unwrap();
        assert!(0 < late, "nobody had a lease");
        tx.query("update effect set leased_until = $1 where leased_until is not null")
            .bind(past)
            .run()
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Somebody else has the database to themselves, until what is answered is dropped.
    pub(crate) async fn locks_the_database(&self) -> Lock {
        let file = self.world.dir.path().join("team6.db");
        let db = Db::open(&format!("sqlite:{}", file.display())).await.unwrap();
        Lock(db.begin().await.unwrap())
    }

    /// Waits until GitHub has told, or tried to tell, all there is to tell.
    pub(crate) async fn has_been_told(&self) {
        self.world.hub.settled().await.unwrap();
    }

    /// Every mirror of a repository on this machine is spoiled.
    pub(crate) fn has_its_mirrors_spoiled(&self) -> usize {
        let data = self.world.dir.path().join("team6");
        let places = ["worker/mirrors", "server/mirrors"].map(|place| data.join(place));
        let mut spoiled = 0;
        let mut left: Vec<_> = places.to_vec();
        while let Some(dir) = left.pop() {
            if dir.join("HEAD").is_file() {
                std::fs::write(dir.join("HEAD"), "nonsense").unwrap();
                std::fs::remove_dir_all(dir.join("objects")).unwrap();
                spoiled += 1;
                continue;
            }
            let entries = std::fs::read_dir(&dir).into_iter().flatten().flatten();
            left.extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir()));
        }
        spoiled
    }
}

/// A database that somebody else has to themselves.
pub(crate) struct Lock(#[expect(dead_code, reason = "it is held")] Tx);
