//! Whether the memory of Team6 and all its agents together has a limit, which only a control group can set.

use std::path::Path;

const GROUPS: &str = "/sys/fs/cgroup";

/// What there is, for people.
pub(super) fn limit() -> String {
    let own = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    match smallest(Path::new(GROUPS), &own) {
        Some(bytes) => format!("{} MB for Team6 and all agents together", bytes >> 20),
        None => "no limit for all agents together, only for each process (`memory_mb`); run Team6 as a service with \
                 `MemoryMax=` and `TasksMax=`, so that an agent that takes it all does not stop the machine"
            .to_owned(),
    }
}

/// The smallest limit of this process's control group (version 2) and of those it is in.
fn smallest(groups: &Path, own: &str) -> Option<u64> {
    let path = own.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let group = groups.join(path);
    let all = group.ancestors().take_while(|group| group.starts_with(groups));
    let limits = all.filter_map(|group| std::fs::read_to_string(group.join("memory.max")).ok());
    limits.filter_map(|text| text.trim().parse().ok()).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_limit_on_the_way_up_counts() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("system.slice/team6.service");
        std::fs::create_dir_all(&inner).unwrap();
        let own = "1:cpu:/\n0::/system.slice/team6.service\n";
        assert_eq!(smallest(dir.path(), own), None);
        std::fs::write(inner.join("memory.max"), "max\n").unwrap();
        std::fs::write(dir.path().join("system.slice/memory.max"), "1073741824\n").unwrap();
        assert_eq!(smallest(dir.path(), own), Some(1 << 30));
        std::fs::write(inner.join("memory.max"), "536870912\n").unwrap();
        assert_eq!(smallest(dir.path(), own), Some(1 << 29));
        assert_eq!(smallest(dir.path(), "4:memory:/x\n"), None);
    }
}
