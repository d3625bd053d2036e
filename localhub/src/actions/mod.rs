//! What people and Apps do that needs git as well as the model.
//!
//! Everything that needs the model alone goes through [`Hub::change`](crate::Hub) with a command
//! of [`crate::model::Change`]; REST routes and pages use both in the same way.

pub(crate) mod files;
pub(crate) mod lines;
pub(crate) mod movement;
pub(crate) mod pulls;
pub(crate) mod pushing;
pub(crate) mod recovery;
pub(crate) mod refs;

use crate::{
    git::Signature,
    hub::Hub,
    model::{Account, Id},
};

impl Hub {
    /// How an account signs the commits made for it now.
    pub(crate) fn signature(&self, account: Id<Account>) -> Signature {
        let world = self.world();
        let account = world.accounts.at(account);
        Signature::new(account.display_name(), &account.commit_email(), self.clock().now())
    }
}
