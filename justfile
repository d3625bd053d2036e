# What the tests do not ask: format, lints, the house's own law, documentation, dependencies.
check: fmt-check lint law doc deny

# Needs TEAM6_TEST_POSTGRES (postgres://user@host:port) for the PostgreSQL half of the tests.
test *ARGS:
    cargo test --workspace {{ARGS}}

# Real coding agents before a scripted model; npm installs them, pinned, outside the repository.
agents *ARGS:
    folder=$(tests/agents/install) && TEAM6_TEST_AGENTS="$folder" cargo test --workspace --locked --test agents --test it {{ARGS}} -- _cli_ opencode_ whatever_else

# The dashboard in a browser (Chromium with its driver), and its API as its description allows;
# pictures of every page are left in target/tmp/pages.
dashboard *ARGS:
    folder=$(tests/dashboard/install) && TEAM6_TEST_DASHBOARD="$folder" TEAM6_TEST_BROWSER=1 cargo test --workspace --locked --test dashboard {{ARGS}}

# What outsiders write, spoiled on purpose: longer than in `test`, and another time another way.
fuzz CASES="200000" SEED="1":
    TEAM6_FUZZ_CASES={{CASES}} TEAM6_FUZZ_SEED={{SEED}} cargo test --workspace --release --test fuzz --locked

# A sprint in a world in which everything goes wrong, once for each seed; one that fails tells its story.
chaos SEEDS="1000" FIRST="1":
    TEAM6_CHAOS_SEEDS={{SEEDS}} TEAM6_CHAOS_FIRST={{FIRST}} cargo test --workspace --locked --profile chaos --test chaos whatever -- --nocapture

# Whether `chaos` finds the bugs of docs/chaos, each introduced in a copy of what is committed.
chaos-bugs *NUMBERS:
    tests/chaos/bugs {{NUMBERS}}

# Who may name whom, how long a file may be, which SQL both engines understand, what documents say.
law:
    cargo test --workspace --locked --test it -- layers:: size:: migrations:: sources:: docs::

lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

# For those who work on it: private items too.
doc:
    RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --workspace --no-deps --document-private-items --locked --quiet

# Licenses, sources and duplicates. Unlike `advisories`, it fetches no list.
deny:
    cargo deny --locked check --hide-inclusion-graph bans licenses sources

# Known vulnerabilities. Fetches the RustSec database.
advisories:
    cargo deny check advisories

fmt:
    cargo fmt --all

fmt-check:
    cargo fmt --all --check

# Look at every snapshot that changed, and take it or leave it (cargo install cargo-insta).
snap:
    cargo insta test --workspace --review

# A sprint from goal to merge, on this machine alone.
demo *ARGS:
    cargo run --locked -- demo {{ARGS}}

# A load of 200 sprints and 2,000 tasks on one server, with figures; `LOAD_SPRINTS=20` makes it smaller.
load:
    cargo bench --locked --profile chaos --bench load

# What our figures rest on, both sides in one run; a few minutes, and 3 GB of disk meanwhile.
bench *ARGS:
    cargo bench --locked {{ARGS}}
