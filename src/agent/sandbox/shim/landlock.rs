//! What a program may open, connect to and signal.

use std::io;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, NetPort,
    Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
    path_beneath_rules,
};

use super::{Network, Orders};

/// What we know of; an older kernel does what it can.
const KNOWN: ABI = ABI::V6;

/// Confines this thread and all that it starts.
///
/// Where the network is shared, a kernel that cannot rule over connections is not good enough (before Linux 6.7).
pub(super) fn restrict(orders: &Orders) -> io::Result<()> {
    let status =
        restricted(orders).map_err(|error| io::Error::other(format!("Landlock: {error}")))?;
    match (&orders.network, status) {
        (Network::Shared { .. }, RulesetStatus::NotEnforced) => {
            Err(io::Error::other("this kernel has no Landlock, or it is switched off"))
        }
        // Bubblewrap has confined us already, and this is the second layer.
        (Network::Own | Network::Shared { .. }, _) => Ok(()),
    }
}

fn restricted(orders: &Orders) -> Result<RulesetStatus, RulesetError> {
    let read = AccessFs::from_read(KNOWN);
    let all: BitFlags<AccessFs> = AccessFs::from_all(KNOWN);
    let write = all & !(AccessFs::MakeBlock | AccessFs::MakeChar);
    let mut rules =
        Ruleset::default().set_compatibility(CompatLevel::BestEffort).handle_access(all)?;
    if let Network::Shared { .. } = &orders.network {
        rules = rules
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessNet::ConnectTcp | AccessNet::BindTcp)?
            .set_compatibility(CompatLevel::BestEffort);
    }
    rules = rules.scope(Scope::AbstractUnixSocket | Scope::Signal)?;
    let mut rules = rules
        .create()?
        .no_new_privs(true)
        .add_rules(path_beneath_rules(&orders.read, read))?
        .add_rules(path_beneath_rules(&orders.write, write))?;
    if let Network::Shared { ports } = &orders.network {
        for port in ports {
            rules = rules.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
        }
    }
    Ok(rules.restrict_self()?.ruleset)
}
