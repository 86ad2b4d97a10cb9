//! What the running engine tells of itself: `/health` and `/metrics`.
use crate::http::{Health, Monitor};
use call::Engine;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use records::{Recorder, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Reads the parts of the engine when asked.
pub struct EngineMonitor {
    /// The engine.
    pub engine: Engine,
    /// Signalling.
    pub stack: sip::Stack,
    /// Ports.
    pub ports: rtp::PortPool,
    /// Records.
    pub store: Store,
    /// Recordings.
    pub recorder: Option<Arc<Recorder>>,
}

impl Monitor for EngineMonitor {
    fn metrics(&self) -> String {
        let mut registry = Registry::with_prefix("digame");
        registry.register_collector(Box::new(Snapshot::of(self)));
        let mut page = String::new();
        match prometheus_client::encoding::text::encode(&mut page, &registry) {
            Ok(()) => page,
            Err(_) => "# EOF\n".into(),
        }
    }

    fn health(&self) -> Health {
        let calls = u32::try_from(self.engine.live().len()).unwrap_or(u32::MAX);
        let max_calls = self.engine.capacity();
        let status = match () {
            () if self.engine.is_draining() => "draining",
            () if calls >= max_calls => "full",
            () => "ok",
        };
        Health { status, calls, max_calls, version: env!("CARGO_PKG_VERSION") }
    }
}

/// Name, help, value.
type Value = (&'static str, &'static str, u64);

#[derive(Debug)]
struct Snapshot {
    gauges: Vec<Value>,
    counters: Vec<Value>,
    requests: Vec<(&'static str, u64)>,
    responses: Vec<(&'static str, u64)>,
}

const CLASSES: [&str; 7] = ["", "1xx", "2xx", "3xx", "4xx", "5xx", "6xx"];

impl Snapshot {
    fn of(m: &EngineMonitor) -> Self {
        let calls = m.engine.counters();
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let sip = m.stack.counters();
        let late = m.engine.media().stats().map(|s| s.lateness.quantile_us(0.99)).max().unwrap_or(0);
        let recordings = m.recorder.as_ref().map_or(0, |r| r.failures());
        Self {
            gauges: vec![
                ("calls", "Calls now", m.engine.live().len() as u64),
                ("calls_max", "Calls that fit", u64::from(m.engine.capacity())),
                ("rtp_ports_free", "Port pairs ready for a call", m.ports.free() as u64),
                ("sip_legs", "SIP legs now", sip.legs as u64),
                (
                    "sip_transactions",
                    "SIP transactions now",
                    (sip.server_transactions + sip.client_transactions) as u64,
                ),
                (
                    "records_waiting",
                    "Writes kept in memory because the database cannot be written (a full disk); alert above 0",
                    m.store.waiting(),
                ),
                ("media_lateness_p99_us", "How late 99 of 100 media ticks are at most, microseconds", late),
            ],
            counters: vec![
                ("calls_answered", "Calls answered", read(&calls.answered)),
                (
                    "calls_not_connected",
                    "Calls answered by us that never came to stand: no ACK, or no media in it",
                    read(&calls.not_connected),
                ),
                (
                    "calls_refused_busy",
                    "Calls refused with 486 because all lines of the number were taken",
                    read(&calls.busy),
                ),
                (
                    "calls_refused_full",
                    "Calls refused with 503 because the machine was full",
                    read(&calls.full),
                ),
                (
                    "calls_refused_number",
                    "Calls refused with 404 because no bot has the number",
                    read(&calls.unknown_number),
                ),
                ("calls_refused_media", "Calls refused because no codec fits", read(&calls.media_mismatch)),
                (
                    "recordings_failed",
                    "Recordings that never began or stopped early; alert above 0",
                    recordings + read(&calls.recordings_failed),
                ),
                (
                    "records_refused",
                    "Writes that the database was too slow for; alert above 0",
                    m.store.refused(),
                ),
                (
                    "records_lost",
                    "Writes that the database refused for what they hold; alert above 0",
                    m.store.lost(),
                ),
                ("sip_malformed", "SIP messages that could not be read", sip.malformed),
                ("sip_retransmissions_in", "SIP messages received again", sip.retransmissions_in),
                ("sip_retransmissions_out", "SIP messages sent again", sip.retransmissions_out),
                (
                    "sip_dropped",
                    "SIP requests dropped because the table of transactions was full",
                    sip.dropped,
                ),
            ],
            requests: sip::core::METHODS.into_iter().zip(sip.requests_in).filter(|(_, n)| *n > 0).collect(),
            responses: CLASSES.into_iter().zip(sip.responses_out).skip(1).collect(),
        }
    }
}

impl Collector for Snapshot {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        for (name, help, value) in &self.gauges {
            let gauge = ConstGauge::new(i64::try_from(*value).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        for (name, help, value) in &self.counters {
            let counter = ConstCounter::new(*value);
            counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        for (name, help, label, values) in [
            ("sip_requests", "SIP requests received", "method", &self.requests),
            ("sip_responses", "SIP responses sent", "class", &self.responses),
        ] {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for (value, count) in values {
                ConstCounter::new(*count).encode(family.encode_family(&[(label, *value)])?)?;
            }
        }
        Ok(())
    }
}
