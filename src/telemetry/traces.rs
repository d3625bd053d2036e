//! Traces for an OpenTelemetry collector: each webhook, effect and execution is a span, with the
//! fields that log lines have, sent over HTTP in batches. A collector that is away costs spans and
//! nothing else.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;
use url::Url;

/// How long a batch may be on its way.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the last batch may be on its way when the program ends.
const LAST_PATIENCE: Duration = Duration::from_secs(3);

/// Why there are no traces.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The HTTP client cannot be made.
    #[error("preparing to speak to the collector of traces")]
    Client(#[source] reqwest::Error),
    /// The exporter cannot be made.
    #[error("preparing the export of traces")]
    Exporter(#[source] opentelemetry_otlp::ExporterBuildError),
}

/// Spans on their way to a collector; what is left is sent when it is dropped.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends to this address, from the runtime we are in.
    pub(super) fn to(collector: &Url) -> Result<Self, Error> {
        let http = reqwest::Client::builder().timeout(PATIENCE).build().map_err(Error::Client)?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client { http, runtime: Handle::current() })
            .with_endpoint(collector.as_str())
            .with_timeout(PATIENCE)
            .build()
            .map_err(Error::Exporter)?;
        let us = Resource::builder().with_service_name("team6").build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter);
        Ok(Self(provider.with_resource(us).build()))
    }

    pub(super) fn tracer(&self) -> SdkTracer {
        self.0.tracer("team6")
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // Whoever does not hear of the last spans is no reason to stay.
        drop(self.0.shutdown_with_timeout(LAST_PATIENCE));
    }
}

/// Our HTTP client; the thread that sends batches has no runtime of its own.
#[derive(Debug)]
struct Client {
    http: reqwest::Client,
    runtime: Handle,
}

impl HttpClient for Client {
    fn send_bytes<'a, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        let http = self.http.clone();
        let sending = self.runtime.spawn(async move {
            let answer = http.execute(request.try_into()?).await?;
            let mut response = Response::builder().status(answer.status());
            if let Some(headers) = response.headers_mut() {
                headers.clone_from(answer.headers());
            }
            Ok::<_, HttpError>(response.body(answer.bytes().await?)?)
        });
        Box::pin(async move { sending.await? })
    }
}
