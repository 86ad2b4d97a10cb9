//! Live events as server-sent events.
use super::access::Caller;
use super::{App, Problem};
use crate::config::Permission;
use axum::extract::{Extension, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, StreamExt};
use std::convert::Infallible;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

/// Each event is one JSON object. A reader that is too slow is told how many it missed, by an event named
/// `missed`, and goes on with the newest: the records hold them all.
pub async fn stream(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    caller.must(Permission::Events)?;
    let events = BroadcastStream::new(app.events.subscribe()).map(|event| {
        Ok(match event {
            Ok(json) => Event::default().data(&*json),
            Err(BroadcastStreamRecvError::Lagged(n)) => Event::default().event("missed").data(n.to_string()),
        })
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
