//! Logging: lines for people, or JSON for machines, on standard error. The fields have fixed names:
//! `repo`, `sprint.id`, `task.number`, `run.id`, `execution.id`, `pull.number`, `delivery.id`,
//! `job.id`, `job.attempt`, `job.lane`. One span stands for one webhook, one effect, one execution.

use std::io::IsTerminal as _;

use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Log, LogFormat};

/// Logs to standard error: what `TEAM6_LOG` or `RUST_LOG` asks for, or else the settings.
pub fn to_stderr(log: &Log) {
    let filter =
        EnvFilter::try_from_env("TEAM6_LOG").or_else(|_| EnvFilter::try_from_default_env());
    let filter = filter.unwrap_or_else(|_| EnvFilter::new(&log.filter));
    // A second call changes nothing, which is what tests want.
    let _ = subscriber(log.format, filter, std::io::stderr).try_init();
}

fn subscriber(
    format: LogFormat,
    filter: EnvFilter,
    writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static,
) -> Box<dyn Subscriber + Send + Sync> {
    // Colors are for a terminal, not for a file.
    let colors = std::io::stderr().is_terminal();
    let lines = fmt().with_env_filter(filter).with_writer(writer).with_target(false);
    let lines = lines.with_ansi(colors);
    match format {
        LogFormat::Text => Box::new(lines.finish()),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).finish()),
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
        let logging = subscriber(LogFormat::Json, filter, move || writer.clone());
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
}
