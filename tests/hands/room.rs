//! A full disk is everybody's trouble, so nothing is begun on one.

use team6::agent::sandbox::Kind;

use crate::sealed;
use crate::worker::World;

#[tokio::test]
async fn no_work_is_taken_while_the_disk_is_nearly_full_and_what_is_merged_is_removed() {
    let mut world = World::new(&sealed::setup(Kind::Open)).await;
    world.settings.headroom_mb = u64::MAX;
    world.starts();
    world.assigns("Explain the weather", 1, 1);
    world.server.until("it looks for what may go", |knows| knows.cleanings > 1).await;
    assert!(world.server.knows().claims.iter().all(|claim| claim.no_room.is_some()));
    world.stops().await;

    world.settings.headroom_mb = 1;
    world.starts();
    world.server.outcome().await;
    world.stops().await;
}
