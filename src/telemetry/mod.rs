//! Logging: lines for people, or JSON for machines, on standard error. The fields have fixed names:
//! `repo`, `sprint.id`, `task.number`, `run.id`, `execution.id`, `pull.number`, `delivery.id`,
//! `job.id`, `job.attempt`, `job.lane`. One span stands for one webhook, one effect, one execution.

mod traces;

use std::io::IsTerminal as _;

use tracing::Subscriber;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

pub use self::traces::{Error, Traces};
use crate::config::{Log, LogFormat, Telemetry};

/// Logs to standard error: what `TEAM6_LOG` or `RUST_LOG` asks for, or else the settings.
pub fn to_stderr(log: &Log) {
    let lines = lines(log.format, filter(log), std::io::stderr);
    // A second call changes nothing, which is what tests want.
    let _ = Registry::default().with(lines).try_init();
}

/// The same, and sends traces where the settings say so, until what is answered is dropped.
pub fn to_stderr_and(log: &Log, telemetry: &Telemetry) -> Result<Option<Traces>, Error> {
    let traces = telemetry.traces().map(|collector| Traces::to(&collector)).transpose()?;
    let lines = lines(log.format, filter(log), std::io::stderr);
    let _ = subscriber(lines, traces.as_ref()).try_init();
    Ok(traces)
}

fn filter(log: &Log) -> EnvFilter {
    let said = EnvFilter::try_from_env("TEAM6_LOG").or_else(|_| EnvFilter::try_from_default_env());
    said.unwrap_or_else(|_| EnvFilter::new(&log.filter))
}

type Lines = Box<dyn Layer<Registry> + Send + Sync>;

fn subscriber(lines: Lines, traces: Option<&Traces>) -> impl Subscriber + Send + Sync + use<> {
    // Spans are ours, whatever is logged.
    let ours = Targets::new().with_target("team6", tracing::Level::INFO);
    let spans = traces.map(|traces| {
        let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer());
        layer.with_location(false).with_threads(false).with_filter(ours)
    });
    Registry::default().with(lines).with(spans)
}

fn lines(
    format: LogFormat,
    filter: EnvFilter,
    writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static,
) -> Lines {
    // Colors are for a terminal, not for a file.
    let colors = std::io::stderr().is_terminal();
    let lines = fmt::layer().with_writer(writer).with_target(false).with_ansi(colors);
    match format {
        LogFormat::Text => lines.with_filter(filter).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_of_json_says_which_delivery_and_which_job_it_is_about() {
        let paper = Paper::default();
        let writer = paper.clone();
        let filter = EnvFilter::new("info");
        let lines = lines(LogFormat::Json, filter, move || writer.clone());
        let logging = subscriber(lines, None);
        tracing::subscriber::with_default(logging, || {
            let span = tracing::info_span!("effect", delivery.id = "d1", job.id = "e1");
            let _inside = span.enter();
            tracing::info!(sprint.id = "spr_1", "T1 starts");
            tracing::debug!("nobody asked for this");
        });
        let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["message"], &line["sprint.id"]), (&"T1 starts".into(), &"spr_1".into()));
        assert_eq!(line["span"]["delivery.id"], "d1");
        assert_eq!(line["span"]["job.id"], "e1");
    }

    /// A collector of traces on this machine that keeps what it is sent.
    async fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
        let kept: Arc<Mutex<Vec<u8>>> = Arc::default();
        let keeping = Arc::clone(&kept);
        let take = axum::routing::post(move |body: axum::body::Bytes| async move {
            keeping.lock().unwrap().extend_from_slice(&body);
        });
        let router = axum::Router::new().route("/v1/traces", take);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        tokio_util::task::TaskTracker::new()
            .spawn(async move { axum::serve(listener, router).await.unwrap() });
        (address, kept)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_collector_is_sent_a_span_for_each_job_and_nothing_of_others() {
        let (address, kept) = collector().await;
        let traces = Telemetry { traces: address }.traces().map(|one| Traces::to(&one).unwrap());
        let silent = lines(LogFormat::Text, EnvFilter::new("off"), std::io::sink);
        tracing::subscriber::with_default(subscriber(silent, traces.as_ref()), || {
            let span = tracing::info_span!("effect", delivery.id = "d1", job.id = "e1");
            let _inside = span.enter();
            tracing::info!(sprint.id = "spr_1", "T1 starts");
            tracing::info_span!(target: "others", "query", secret = "s1").in_scope(|| {});
        });
        drop(traces);
        let sent = String::from_utf8_lossy(&kept.lock().unwrap()).into_owned();
        for word in ["team6", "effect", "delivery.id", "d1", "job.id", "e1", "T1 starts", "spr_1"] {
            assert!(sent.contains(word), "{word} is not in {sent:?}");
        }
        assert!(!sent.contains("query") && !sent.contains("s1"), "{sent:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_collector_that_is_away_is_no_reason_to_stop() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let away = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        drop(listener);
        let traces = Telemetry { traces: away }.traces().map(|one| Traces::to(&one).unwrap());
        let silent = lines(LogFormat::Text, EnvFilter::new("off"), std::io::sink);
        tracing::subscriber::with_default(subscriber(silent, traces.as_ref()), || {
            tracing::info_span!("effect").in_scope(|| {});
        });
        drop(traces);
    }
}
