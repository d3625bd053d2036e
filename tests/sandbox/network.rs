//! The network behind a list of hosts, attacked from inside.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use team6::agent::egress::{Egress, News, Patience, Resolve, Settings};
use team6::agent::sandbox::{Door, Kind};
use team6::domain::egress::AllowList;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::machine::Machine;
use crate::usable;

/// Says what it is told to say to the proxy, and prints the whole answer.
const SAY: &str = "perl -MSocket -e 'alarm 30; socket(S, AF_INET, SOCK_STREAM, 0) \
                   and connect(S, sockaddr_in($ENV{DOOR}, INADDR_LOOPBACK)) or die $!; \
                   $_ = $ENV{SAID}; s/\\|/\\r\\n/g; syswrite S, $_; print while <S>'";

/// What an agent says, with `|` for the end of a line, and how the answer begins. `LISTED` and `OTHER` are ports of this
/// machine, `AUTH` is what the agent shows.
const TABLE: &[(&str, &str, &str)] = &[
    ("a listed name", "CONNECT crates.example:LISTED HTTP/1.1|AUTH||GET / HTTP/1.0||", "200"),
    ("a listed address", "CONNECT 127.0.0.1:LISTED HTTP/1.1|AUTH||GET / HTTP/1.0||", "200"),
    (
        "a name below a listed one",
        "CONNECT a.npm.example:LISTED HTTP/1.1|AUTH||GET / HTTP/1.0||",
        "200",
    ),
    (
        "a plain request",
        "GET http://crates.example:LISTED/x HTTP/1.1|AUTH|Host: crates.example|Connection: close||",
        "200",
    ),
    ("another host", "CONNECT evil.example:443 HTTP/1.1|AUTH|Connection: close||", "403"),
    (
        "a host that ends alike",
        "CONNECT evilcrates.example:LISTED HTTP/1.1|AUTH|Connection: close||",
        "403",
    ),
    (
        "what stands above a listed end",
        "CONNECT npm.example:LISTED HTTP/1.1|AUTH|Connection: close||",
        "403",
    ),
    (
        "an address of the internet",
        "CONNECT 93.184.215.14:443 HTTP/1.1|AUTH|Connection: close||",
        "403",
    ),
    ("another port", "CONNECT crates.example:22 HTTP/1.1|AUTH|Connection: close||", "403"),
    ("no port", "CONNECT crates.example HTTP/1.1|AUTH|Connection: close||", "400"),
    ("the cloud's secrets", "CONNECT 169.254.169.254:80 HTTP/1.1|AUTH|Connection: close||", "403"),
    (
        "the cloud's secrets, plainly",
        "GET http://169.254.169.254/latest HTTP/1.1|AUTH|Connection: close||",
        "403",
    ),
    ("this machine", "CONNECT localhost:OTHER HTTP/1.1|AUTH|Connection: close||", "403"),
    (
        "this machine by its address",
        "CONNECT 127.0.0.1:OTHER HTTP/1.1|AUTH|Connection: close||",
        "403",
    ),
    (
        "this machine as a number",
        "CONNECT 2130706433:LISTED HTTP/1.1|AUTH|Connection: close||",
        "40",
    ),
    ("this machine, shortened", "CONNECT 127.1:LISTED HTTP/1.1|AUTH|Connection: close||", "40"),
    (
        "this machine in new numbers",
        "CONNECT [::1]:LISTED HTTP/1.1|AUTH|Connection: close||",
        "403",
    ),
    (
        "this machine in mixed numbers",
        "CONNECT [::ffff:127.0.0.1]:LISTED HTTP/1.1|AUTH|Connection: close||",
        "403",
    ),
    (
        "a listed name that leads to this machine",
        "CONNECT inside.example:OTHER HTTP/1.1|AUTH|Connection: close||",
        "403",
    ),
    (
        "a listed name that leads to the cloud",
        "CONNECT cloud.example:80 HTTP/1.1|AUTH|Connection: close||",
        "403",
    ),
    (
        "a name in a name",
        "CONNECT crates.example:LISTED@evil.example:443 HTTP/1.1|AUTH|Connection: close||",
        "400",
    ),
    (
        "a name and a password",
        "GET http://crates.example:LISTED@evil.example/ HTTP/1.1|AUTH|Connection: close||",
        "400",
    ),
    (
        "a listed name in Host alone",
        "GET http://evil.example/ HTTP/1.1|AUTH|Host: crates.example|Connection: close||",
        "403",
    ),
    (
        "another name in Host",
        "GET http://crates.example:LISTED/ HTTP/1.1|AUTH|Host: evil.example|Connection: close||",
        "200",
    ),
    ("no proxy's request", "GET / HTTP/1.1|AUTH|Host: crates.example|Connection: close||", "400"),
    (
        "another protocol",
        "GET ftp://crates.example:LISTED/ HTTP/1.1|AUTH|Connection: close||",
        "400",
    ),
    (
        "encrypted, but by the proxy",
        "GET https://crates.example:LISTED/ HTTP/1.1|AUTH|Connection: close||",
        "400",
    ),
    (
        "a port that is none",
        "GET http://crates.example:99999/ HTTP/1.1|AUTH|Connection: close||",
        "400",
    ),
    ("no token", "CONNECT crates.example:LISTED HTTP/1.1|Connection: close||", "407"),
    (
        "another's token",
        "CONNECT crates.example:LISTED HTTP/1.1|Proxy-Authorization: Basic dGVhbTY6eA==|Connection: close||",
        "407",
    ),
    (
        "two lengths",
        "POST http://crates.example:LISTED/ HTTP/1.1|AUTH|Content-Length: 4|Content-Length: 5||abcd",
        "400",
    ),
    (
        "a length and pieces",
        "POST http://crates.example:LISTED/ HTTP/1.1|AUTH|Content-Length: 50|Transfer-Encoding: chunked|Connection: close||0||GET /smuggled HTTP/1.1|Host: x||",
        "",
    ),
    (
        "a header in two lines",
        "GET http://crates.example:LISTED/ HTTP/1.1|AUTH|X: a| Host: evil.example|Connection: close||",
        "400",
    ),
    (
        "pieces that are none",
        "POST http://crates.example:LISTED/ HTTP/1.1|AUTH|Transfer-Encoding: xchunked|Connection: close||0||GET /smuggled HTTP/1.1||",
        "400",
    ),
    ("no HTTP", "SSH-2.0-x|", ""),
];

/// A server of this machine that remembers what it was asked.
async fn serve(seen: Arc<Mutex<Vec<String>>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(move |asked: Request| {
        let host = asked.headers().get("host").map(|host| host.to_str().unwrap().to_owned());
        let token = asked.headers().contains_key("proxy-authorization");
        let line =
            format!("{} {} {} {token}", asked.method(), asked.uri(), host.unwrap_or_default());
        seen.lock().unwrap().push(line);
        async { "hello" }
    });
    TaskTracker::new().spawn(async move { axum::serve(listener, router).await });
    address
}

/// Names as this world has them; counts how often one was looked for.
fn names(asked: Arc<AtomicUsize>) -> Resolve {
    Arc::new(move |name, port| {
        asked.fetch_add(1, Ordering::Relaxed);
        let address = match name.as_str() {
            "crates.example" | "a.npm.example" | "inside.example" => [127, 0, 0, 1],
            "cloud.example" => [169, 254, 169, 254],
            other => panic!("nobody may look for {other}"),
        };
        Box::pin(async move { Ok(vec![SocketAddr::from((address, port))]) })
    })
}

struct World {
    machine: Machine,
    sandbox: team6::agent::Sandbox,
    place: team6::agent::Place,
    egress: Egress,
    door: u16,
    ports: [u16; 2],
    seen: [Arc<Mutex<Vec<String>>>; 2],
    asked: Arc<AtomicUsize>,
    news: Arc<Mutex<Vec<News>>>,
}

impl World {
    async fn new(kind: Kind, patience: Patience) -> Self {
        let machine = Machine::new().await;
        let sandbox = machine.sandbox(kind);
        let mut place = machine.place();
        let seen = [Arc::default(), Arc::default()];
        let ports =
            [serve(Arc::clone(&seen[0])).await.port(), serve(Arc::clone(&seen[1])).await.port()];
        let [listed, other] = ports;
        let entries = [
            format!("crates.example:{listed}"),
            format!("*.npm.example:{listed}"),
            format!("127.0.0.1:{listed}"),
            format!("inside.example:{other}"),
            "cloud.example".to_owned(),
        ];
        let (asked, news) = (Arc::default(), Arc::<Mutex<Vec<News>>>::default());
        let (listener, url) = sandbox.door(&mut place, Door::Network).unwrap();
        let heard = Arc::clone(&news);
        let settings = Settings {
            allowed: AllowList::parse(&entries).unwrap(),
            token: "t0ken".to_owned(),
            resolve: names(Arc::clone(&asked)),
            watch: Arc::new(move |news| heard.lock().unwrap().push(news)),
            patience,
        };
        let egress = Egress::open(listener, settings);
        machine.give_away();
        let door = url.port().unwrap();
        Self { machine, sandbox, place, egress, door, ports, seen, asked, news }
    }

    async fn says(&self, words: &str) -> String {
        let shown = format!("Proxy-Authorization: Basic {}", STANDARD.encode("team6:t0ken"));
        let words = words
            .replace("AUTH", &shown)
            .replace("LISTED", &self.ports[0].to_string())
            .replace("OTHER", &self.ports[1].to_string());
        let script = format!("export DOOR={} SAID='{words}'; {SAY}", self.door);
        self.machine.run(&self.sandbox, &self.place, &script).await.said
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_reaches_the_hosts_on_the_list_and_no_others() {
    let mut kinds = usable().await;
    kinds.push(Kind::Open);
    for kind in kinds {
        let world = World::new(kind, Patience::default()).await;
        let mut wrong = Vec::new();
        for (name, words, expected) in TABLE {
            let said = world.says(words).await;
            let status = said.strip_prefix("HTTP/1.1 ").or_else(|| said.strip_prefix("HTTP/1.0 "));
            let is_right = status.unwrap_or_default().starts_with(expected)
                && (expected.is_empty() || (*expected == "200") == said.contains("hello"));
            if !is_right {
                wrong.push(format!("{name}: {said}"));
            }
        }
        assert!(wrong.is_empty(), "{kind:?}\n{}", wrong.join("\n"));
        assert_eq!(*world.seen[1].lock().unwrap(), Vec::<String>::new(), "{kind:?}");
        let seen = world.seen[0].lock().unwrap().clone();
        assert!(
            !seen.iter().any(|line| line.contains("smuggled") || line.contains("evil")),
            "{seen:#?}"
        );
        assert!(!seen.iter().any(|line| line.ends_with("true")), "the token went on: {seen:#?}");
        let news = world.news.lock().unwrap().clone();
        assert!(
            news.iter().any(
                |one| matches!(one, News::Refused { host, .. } if host == "169.254.169.254:80")
            )
        );
        let tallies = world.egress.close().await;
        let reached = tallies[&format!("crates.example:{}", world.ports[0])];
        assert!(reached.reached >= 3 && reached.received > 0 && reached.sent > 0, "{reached:?}");
        assert_eq!(tallies["evil.example"].refused, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_looked_for_once_and_what_was_found_is_what_is_connected_to() {
    let world = World::new(Kind::Open, Patience::default()).await;
    world.says("CONNECT crates.example:LISTED HTTP/1.1|AUTH||GET / HTTP/1.0||").await;
    assert_eq!(world.asked.load(Ordering::Relaxed), 1);
    world.says("CONNECT evil.example:443 HTTP/1.1|AUTH|Connection: close||").await;
    assert_eq!(world.asked.load(Ordering::Relaxed), 1, "what is not listed is not looked for");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tunnel_in_which_nothing_moves_is_closed() {
    let patience = Patience { idle: Duration::from_millis(200), ..Patience::default() };
    let world = World::new(Kind::Open, patience).await;
    // Nothing follows: the answer ends when the proxy hangs up.
    let said = world.says("CONNECT crates.example:LISTED HTTP/1.1|AUTH||").await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_find_the_way_by_their_usual_variables() {
    for kind in usable().await {
        let world = World::new(kind, Patience::default()).await;
        let script = format!(
            "command -v curl >/dev/null || exit 0; export http_proxy=http://team6:t0ken@127.0.0.1:{0} \
             https_proxy=http://team6:t0ken@127.0.0.1:{0}; \
             curl -sS http://crates.example:{1}/ && curl -sSp http://crates.example:{1}/ && ! curl -sSf http://evil.example/",
            world.door, world.ports[0]
        );
        let ended = world.machine.run(&world.sandbox, &world.place, &script).await;
        assert!(ended.succeeded, "{kind:?}: {}", ended.said);
    }
}
