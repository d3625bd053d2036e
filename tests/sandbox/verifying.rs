//! What an agent leaves for us to look at.

use team6::agent::Error;
use team6::agent::sandbox::Kind;
use team6::domain::work::Class;
use team6::git::Clean;

use crate::machine::Machine;
use crate::usable;

#[tokio::test]
async fn looking_at_the_tree_follows_no_link_out_of_it() {
    let machine = Machine::new().await;
    let tree = machine.workspace.tree();
    std::fs::create_dir(machine.path("outside")).unwrap();
    std::fs::write(machine.path("outside/a.md"), "a\n").unwrap();
    std::fs::remove_dir_all(tree.join("docs")).unwrap();
    // What is behind the link is exactly what should be there.
    std::os::unix::fs::symlink(machine.path("outside"), tree.join("docs")).unwrap();
    let clean = Clean::new(&machine.path("scratch"), &machine.mirror).await.unwrap();
    let left = clean.differences(&tree, &machine.checkout.base_sha).await.unwrap();
    assert_eq!(left, ["docs/a.md", "docs"]);
}

#[tokio::test]
async fn a_link_in_place_of_what_we_are_about_to_open_is_refused() {
    for kind in usable().await {
        for name in ["objects/info", "objects", "hooks", "config"] {
            let machine = Machine::new().await;
            let path = machine.workspace.repo().join(name);
            std::fs::rename(&path, machine.path("moved")).unwrap();
            std::os::unix::fs::symlink(machine.path("home/.ssh"), &path).unwrap();
            let refused = machine.sandbox(kind).command(&machine.place(), "true", &[], &[]);
            let error = refused.unwrap_err();
            assert!(matches!(&error, Error::Tampered(_)), "{kind:?}: {name}: {error}");
            assert_eq!(error.class(), Class::Unacceptable);
        }
    }
    let open = Machine::new().await;
    assert!(open.sandbox(Kind::Open).command(&open.place(), "true", &[], &[]).is_ok());
}
