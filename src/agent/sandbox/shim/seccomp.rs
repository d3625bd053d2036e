//! What a program may ask of the kernel: what neither namespaces nor Landlock cover is refused here.

use std::collections::BTreeMap;
use std::io;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};

use super::Network;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// What no agent has a use for: other people's keys, the kernel's own affairs, ways around the other rules.
const REFUSED: &[i64] = &[
    libc::SYS_acct,
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_delete_module,
    libc::SYS_finit_module,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_init_module,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_perf_event_open,
    libc::SYS_pivot_root,
    libc::SYS_quotactl,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_setns,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_umount2,
    libc::SYS_userfaultfd,
];

/// What programs try first and can do without: `io_uring` goes around these rules, and what `clone3` is asked for
/// lies in memory where no rule can see it.
const UNKNOWN: &[i64] = &[
    libc::SYS_clone3,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
];

/// Kinds of sockets that are no streams.
const NO_STREAMS: [i32; 5] =
    [libc::SOCK_DGRAM, libc::SOCK_RAW, libc::SOCK_RDM, libc::SOCK_SEQPACKET, 10];

/// Confines this thread and all that it starts.
pub(super) fn restrict(network: &Network) -> io::Result<()> {
    let wrong = |error: String| io::Error::other(format!("seccomp: {error}"));
    for filter in [refusals(network), pretences()] {
        let program = filter.and_then(BpfProgram::try_from).map_err(|e| wrong(e.to_string()))?;
        apply_filter(&program).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(())
}

fn refusals(network: &Network) -> Result<SeccompFilter, seccompiler::BackendError> {
    let mut rules: Rules = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    let new_user = u64::try_from(libc::CLONE_NEWUSER).unwrap_or_default();
    for call in [libc::SYS_clone, libc::SYS_unshare] {
        rules.insert(call, vec![SeccompRule::new(vec![masked(0, new_user, new_user)?])?]);
    }
    // Typing into the terminal one was started from.
    let typing = [libc::TIOCSTI, libc::TIOCLINUX].map(|request| request & 0xffff_ffff);
    let typing = typing.map(|request| SeccompRule::new(vec![is(1, request)?]));
    rules.insert(libc::SYS_ioctl, typing.into_iter().collect::<Result<_, _>>()?);
    rules.insert(libc::SYS_socket, sockets(network)?);
    filter(rules, libc::EPERM)
}

fn pretences() -> Result<SeccompFilter, seccompiler::BackendError> {
    filter(UNKNOWN.iter().map(|call| (*call, Vec::new())).collect(), libc::ENOSYS)
}

/// Which sockets are refused.
fn sockets(network: &Network) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let internet = [libc::AF_INET, libc::AF_INET6];
    let mut known = vec![libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];
    let mut rules = Vec::new();
    match network {
        Network::Own => known.push(libc::AF_UNIX),
        // Landlock rules over TCP alone: no datagrams, no MPTCP, and no sockets of others by their path.
        Network::Shared { .. } => {
            for family in internet {
                for kind in NO_STREAMS {
                    let kind = masked(1, 0xf, number(kind))?;
                    rules.push(SeccompRule::new(vec![is(0, number(family))?, kind])?);
                }
                let other = [is_not(2, 0)?, is_not(2, number(libc::IPPROTO_TCP))?];
                let other = std::iter::once(is(0, number(family))?).chain(other);
                rules.push(SeccompRule::new(other.collect())?);
            }
        }
    }
    let others = known.into_iter().map(|family| is_not(0, number(family)));
    rules.push(SeccompRule::new(others.collect::<Result<_, _>>()?)?);
    Ok(rules)
}

fn number(constant: i32) -> u64 {
    u64::try_from(constant).unwrap_or_default()
}

fn is(arg: u8, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(arg, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
}

fn is_not(arg: u8, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(arg, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, value)
}

fn masked(arg: u8, mask: u64, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(arg, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(mask), value)
}

fn filter(mut rules: Rules, errno: i32) -> Result<SeccompFilter, seccompiler::BackendError> {
    if cfg!(target_arch = "x86_64") {
        // The same calls by their other numbers.
        let x32: Vec<_> =
            rules.iter().map(|(call, rule)| (call | 0x4000_0000, rule.clone())).collect();
        rules.extend(x32);
    }
    let errno = u32::try_from(errno).unwrap_or_default();
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(errno), arch)
}
