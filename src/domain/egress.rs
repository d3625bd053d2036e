//! Which hosts of the network agents may reach: an operator's list, and the addresses nobody means by a name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The ports of the web, where no other is named.
const WEB: [u16; 2] = [80, 443];

/// What may be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    host: Host,
    /// The one port, if not those of the web.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    /// This name.
    Name(String),
    /// Every name that ends so: `.npmjs.org`.
    Below(String),
    /// This address, whatever it is.
    Address(IpAddr),
}

/// What somebody wants to reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A host by its name.
    Name(String),
    /// An address.
    Address(IpAddr),
}

impl AllowList {
    /// Reads `crates.io`, `*.npmjs.org`, `mirror.example:8443`, `10.1.2.3:3000`; answers what is wrong, in words.
    pub fn parse(entries: &[String]) -> Result<Self, String> {
        entries.iter().map(|entry| read(entry)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether nothing may be reached.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this may be asked for.
    pub fn allows(&self, target: &Target, port: u16) -> bool {
        match target {
            Target::Address(address) => self.lists(*address, port),
            Target::Name(name) => self.0.iter().any(|entry| {
                let is_it = match &entry.host {
                    Host::Name(host) => name == host,
                    Host::Below(suffix) => name.ends_with(suffix) && suffix.len() < name.len(),
                    Host::Address(_) => false,
                };
                is_it && entry.is_for(port)
            }),
        }
    }

    /// Whether a name that may be asked for may lead to this address: one of the internet, or one that is listed.
    pub fn may_lead_to(&self, address: IpAddr, port: u16) -> bool {
        is_public(address) || self.lists(address, port)
    }

    fn lists(&self, address: IpAddr, port: u16) -> bool {
        self.0.iter().any(|entry| entry.host == Host::Address(address) && entry.is_for(port))
    }
}

impl Entry {
    fn is_for(&self, port: u16) -> bool {
        self.port.map_or(WEB.contains(&port), |only| only == port)
    }
}

impl Target {
    /// Reads a host as it stands in an address; nothing, if it is none.
    pub fn read(host: &str) -> Option<Self> {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        if let Some(address) = bare {
            return address.parse::<Ipv6Addr>().ok().map(|address| Self::Address(address.into()));
        }
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(Self::Address(address));
        }
        name(host).map(Self::Name)
    }
}

fn read(entry: &str) -> Result<Entry, String> {
    let odd = || {
        format!(
            "`{entry}` of `egress` is no host; write `crates.io`, `*.npmjs.org`, `host:8443` or an address"
        )
    };
    let (host, port) = match entry.rsplit_once(':') {
        // An address of many colons has its port behind a bracket.
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host, Some(port.parse().map_err(|_| odd())?))
        }
        Some(_) | None => (entry, None),
    };
    let host = match host.strip_prefix("*.") {
        Some(suffix) => Host::Below(format!(".{}", name(suffix).ok_or_else(odd)?)),
        None => match Target::read(host).ok_or_else(odd)? {
            Target::Name(name) => Host::Name(name),
            Target::Address(address) => Host::Address(address),
        },
    };
    Ok(Entry { host, port })
}

/// A name of the internet in small letters. What ends in a number is an address in disguise (`127.1`, `0x7f000001`).
fn name(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let last = text.rsplit('.').next()?;
    let is_number = last.starts_with(|c: char| c.is_ascii_digit());
    let fits = text.len() <= 253 && text.split('.').all(is_label) && !is_number;
    fits.then(|| text.to_ascii_lowercase())
}

/// Whether an address is one of the internet, and not of this machine, its network or its cloud.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_odd = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !is_odd
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let last = Ipv4Addr::from((u32::from(s[6]) << 16) | u32::from(s[7]));
    match s {
        // Another way to write an address of the older kind.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_public_v4(last),
        [0x2002, high, low, ..] => {
            is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        // Only these are given out; of them, tunnels, tests and examples are not.
        [first, second, ..] => {
            let is_special = first == 0x2001 && (second < 0x200 || second == 0xdb8);
            (0x2000..0x4000).contains(&first) && !is_special && first != 0x3fff
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> AllowList {
        let entries: Vec<_> = entries.iter().map(|entry| (*entry).to_owned()).collect();
        AllowList::parse(&entries).unwrap()
    }

    #[test]
    fn a_name_is_matched_whole_or_by_its_end() {
        let list = list(&[
            "crates.io",
            "*.npmjs.org",
            "mirror.example:8443",
            "10.1.2.3:3000",
            "[fd00::1]:80",
        ]);
        let allows = |host: &str, port| Target::read(host).is_some_and(|it| list.allows(&it, port));
        for (host, port) in [
            ("crates.io", 443),
            ("CRATES.IO.", 80),
            ("registry.npmjs.org", 443),
            ("a.b.npmjs.org", 443),
            ("mirror.example", 8443),
            ("10.1.2.3", 3000),
            ("[fd00::1]", 80),
        ] {
            assert!(allows(host, port), "{host}:{port}");
        }
        for (host, port) in [
            ("crates.io", 22),
            ("static.crates.io", 443),
            ("evilcrates.io", 443),
            ("crates.io.evil.com", 443),
            ("npmjs.org", 443),
            ("evilnpmjs.org", 443),
            ("mirror.example", 443),
            ("10.1.2.3", 443),
            ("93.184.215.14", 443),
            ("0x0a010203", 3000),
            ("crates.io@evil.com", 443),
            ("crates.io#.npmjs.org", 443),
            ("a/.npmjs.org", 443),
            ("..npmjs.org", 443),
            ("", 443),
        ] {
            assert!(!allows(host, port), "{host}:{port}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused_when_it_is_configured() {
        for odd in ["*", "*.", "http://crates.io", "crates.io:web", "a b", "127.1", "", "*.1"] {
            assert!(AllowList::parse(&[odd.to_owned()]).is_err(), "{odd}");
        }
    }

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        for address in
            ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "2002:101:101::"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.1",
            "203.0.113.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "64:ff9b:1::1",
            "fec0::1",
            "100::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }
}
