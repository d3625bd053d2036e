//! The shortest conversation with an agent: who are you?

use agent_client_protocol::schema::ProtocolVersion;
use agent_client_protocol::v1::ConnectionTo;
use agent_client_protocol::v1::schema::{ClientCapabilities, Implementation, InitializeRequest};
use agent_client_protocol::{Agent, Client, Lines};
use futures::sink;
use tokio::process::{ChildStdin, ChildStdout};

use super::super::{Error, lines};

/// An introduction is not longer than this.
const LINE: usize = 1 << 20;

/// Who an agent says it is: its name and version, if it says so.
pub(in super::super) async fn introduce(
    stdin: ChildStdin,
    stdout: ChildStdout,
) -> Result<Option<(String, String)>, Error> {
    let outgoing = sink::unfold(stdin, lines::say);
    let transport = Lines::new(Box::pin(outgoing), Box::pin(lines::json(stdout, LINE)));
    let talk =
        Client.v1().name("team6").connect_with(transport, async |cx: ConnectionTo<Agent>| {
            let us = Implementation::new("team6", env!("CARGO_PKG_VERSION"));
            let introduction = InitializeRequest::new(ProtocolVersion::V1)
                .client_capabilities(ClientCapabilities::new())
                .client_info(us);
            let answer = cx.send_request(introduction).block_task().await?;
            Ok(answer.agent_info.map(|info| (info.name, info.version)))
        });
    talk.await.map_err(|failure| {
        if agent_client_protocol::is_incoming_transport_closed(&failure) {
            Error::Died { status: "it closed its output".into(), stderr: String::new() }
        } else {
            Error::Failed { message: failure.to_string(), stderr: String::new() }
        }
    })
}
