//! The media threads: absolute pacing at 20 ms, four phases, one tick for every
//! seat of a phase.

use std::collections::HashMap;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rtp::pacer;
use rtrb::{Consumer, Producer};
use tokio::io::AsyncReadExt;
use tokio::sync::Notify;

use super::seat::{Seat, Ticked};
use super::stats::MediaStats;

/// Number of a seat, unique in the process.
type SeatId = u64;
type Bells = Arc<Mutex<HashMap<SeatId, Arc<Notify>>>>;

/// Seats on their way to a thread at once.
const ARRIVALS: usize = 64;
/// Phases of a thread, 5 ms apart: its work is spread over the 20 ms, and a new
/// call need not wait for a whole one.
const PHASES: usize = 4;
/// How long a thread without seats sleeps when nobody wakes it.
const IDLE: Duration = Duration::from_millis(500);

/// The media threads of the engine.
pub struct Media {
    threads: Vec<Handle>,
    bells: Bells,
    stop: Arc<AtomicBool>,
    next: AtomicU64,
    capacity: u64,
}

struct Handle {
    arrivals: Mutex<Producer<(SeatId, Box<dyn Seat>)>>,
    thread: std::thread::Thread,
    /// Seats sent to it that are not freed yet.
    taken: Arc<AtomicU64>,
    stats: Arc<MediaStats>,
}

/// Why no media can be had.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The system gives no thread or no socket pair.
    #[error("media thread cannot start: {0}; check the limits on threads and open files")]
    Start(#[from] std::io::Error),
}

impl Media {
    /// Starts `threads` threads that each run at most `capacity` seats. Must be
    /// called inside a tokio runtime, where what they report is handed out.
    ///
    /// # Errors
    /// [`MediaError::Start`] when the system gives no thread.
    pub fn start(threads: usize, capacity: usize) -> Result<Media, MediaError> {
        let bells = Bells::default();
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..threads.max(1))
            .map(|n| start_thread(n, capacity.max(1), &bells, &stop))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Media { threads, bells, stop, next: AtomicU64::new(1), capacity: capacity.max(1) as u64 })
    }

    /// A place on the least busy thread; `None`: every thread is full.
    #[must_use]
    pub fn reserve(self: &Arc<Self>) -> Option<Place> {
        let thread = (0..self.threads.len())
            .min_by_key(|i| self.threads.get(*i).map_or(u64::MAX, |t| t.taken.load(Ordering::Relaxed)))?;
        let taken = &self.threads.get(thread)?.taken;
        if taken.fetch_add(1, Ordering::AcqRel) >= self.capacity {
            taken.fetch_sub(1, Ordering::AcqRel);
            return None;
        }
        Some(Place { media: self.clone(), thread, sat: false })
    }

    /// Reserves a place and takes it at once; false: every thread is full.
    pub fn seat(self: &Arc<Self>, seat: Box<dyn Seat>, bell: Arc<Notify>) -> bool {
        self.reserve().is_some_and(|place| place.sit(seat, bell))
    }

    /// What each thread measures.
    pub fn stats(&self) -> impl Iterator<Item = &MediaStats> {
        self.threads.iter().map(|t| t.stats.as_ref())
    }

    /// Seats on all threads.
    #[must_use]
    pub fn seats(&self) -> u64 {
        self.threads.iter().map(|t| t.taken.load(Ordering::Relaxed)).sum()
    }
}

/// A place on a media thread, kept for a seat. Dropped, it is free again.
pub struct Place {
    media: Arc<Media>,
    thread: usize,
    sat: bool,
}

impl Place {
    /// Puts a seat there. The bell rings when the seat has reported, and when
    /// it is gone. False: the thread does not take it (too many at once).
    pub fn sit(mut self, seat: Box<dyn Seat>, bell: Arc<Notify>) -> bool {
        let id = self.media.next.fetch_add(1, Ordering::Relaxed);
        let Some(thread) = self.media.threads.get(self.thread) else { return false };
        if let Ok(mut bells) = self.media.bells.lock() {
            bells.insert(id, bell);
        }
        self.sat = thread.arrivals.lock().is_ok_and(|mut a| a.push((id, seat)).is_ok());
        thread.thread.unpark();
        if !self.sat
            && let Ok(mut bells) = self.media.bells.lock()
        {
            bells.remove(&id);
        }
        self.sat
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let (false, Some(thread)) = (self.sat, self.media.threads.get(self.thread)) {
            thread.taken.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

fn start_thread(
    n: usize,
    capacity: usize,
    bells: &Bells,
    stop: &Arc<AtomicBool>,
) -> Result<Handle, MediaError> {
    let (arrivals_in, arrivals) = rtrb::RingBuffer::new(ARRIVALS);
    let (ready, ready_out) = rtrb::RingBuffer::new(capacity * 4);
    let (gone, gone_out) = rtrb::RingBuffer::new(capacity);
    let (bell, wake) = UnixStream::pair()?;
    bell.set_nonblocking(true)?;
    wake.set_nonblocking(true)?;
    let wake = tokio::net::UnixStream::from_std(wake)?;
    let stats = Arc::new(MediaStats::default());
    let taken = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let phases = std::array::from_fn(|i| {
        let offset = pacer::PERIOD / PHASES as u32 * i as u32;
        Phase { offset, ticks: pacer::Ticks::new(start + offset), seats: Vec::with_capacity(capacity) }
    });
    let thread = Thread {
        start,
        phases,
        capacity,
        arrivals,
        ready,
        gone,
        bell,
        stats: stats.clone(),
        stop: stop.clone(),
    };
    let running = std::thread::Builder::new().name(format!("media-{n}")).spawn(move || thread.run())?;
    tokio::spawn(hand_out(wake, ready_out, gone_out, bells.clone(), taken.clone()));
    Ok(Handle { arrivals: Mutex::new(arrivals_in), thread: running.thread().clone(), taken, stats })
}

/// Seats on one of the thread's phases.
struct Phase {
    /// Of the first tick, from the thread's start.
    offset: Duration,
    ticks: pacer::Ticks,
    seats: Vec<(SeatId, Option<Box<dyn Seat>>)>,
}

struct Thread {
    start: Instant,
    phases: [Phase; PHASES],
    capacity: usize,
    arrivals: Consumer<(SeatId, Box<dyn Seat>)>,
    ready: Producer<SeatId>,
    gone: Producer<(SeatId, Box<dyn Seat>)>,
    bell: UnixStream,
    stats: Arc<MediaStats>,
    stop: Arc<AtomicBool>,
}

impl Thread {
    fn run(mut self) {
        let mut skipped = 0;
        while !self.stop.load(Ordering::Acquire) {
            self.sleep();
            self.welcome();
            let mut wake = false;
            for index in 0..PHASES {
                wake |= self.run_phase(index, &mut skipped);
            }
            if wake {
                // A full pipe means that the reader has enough to wake up for.
                let _ = self.bell.write(&[1]);
            }
        }
    }

    /// Until the next phase is due, or a new seat comes.
    fn sleep(&self) {
        let busy = self.phases.iter().filter(|p| !p.seats.is_empty());
        let next = busy.map(|p| p.ticks.deadline()).min();
        let left = next.map_or(IDLE, |next| next.saturating_duration_since(Instant::now()));
        if !left.is_zero() {
            std::thread::park_timeout(left);
        }
    }

    /// Takes in new seats, as long as no memory is needed for them. A seat
    /// joins the phase that is due next: its first frame leaves within 5 ms.
    fn welcome(&mut self) {
        while self.phases.iter().map(|p| p.seats.len()).sum::<usize>() < self.capacity {
            let Ok(arrival) = self.arrivals.pop() else { return };
            let since = self.start.elapsed();
            let step = pacer::PERIOD / PHASES as u32;
            let next = (since.as_nanos() / step.as_nanos()) as usize + 1;
            let Some(phase) = self.phases.get_mut(next % PHASES) else { return };
            if phase.seats.is_empty() {
                let rounds = (next / PHASES) as u32;
                phase.ticks = pacer::Ticks::new(self.start + phase.offset + pacer::PERIOD * rounds);
            }
            phase.seats.push((arrival.0, Some(arrival.1)));
        }
    }

    /// Ticks the seats of a phase if it is due; says whether any has reported.
    fn run_phase(&mut self, index: usize, skipped: &mut u64) -> bool {
        let Some(phase) = self.phases.get_mut(index).filter(|p| !p.seats.is_empty()) else { return false };
        let (deadline, before, woke) = (phase.ticks.deadline(), phase.ticks.skipped(), Instant::now());
        let due = phase.ticks.due(woke);
        if due == 0 {
            return false;
        }
        *skipped += phase.ticks.skipped() - before;
        self.stats.lateness.record(woke.saturating_duration_since(deadline));
        let mut wake = false;
        for _ in 0..due {
            wake |= self.tick(index);
        }
        self.stats.work.record(woke.elapsed());
        self.stats.skipped.store(*skipped, Ordering::Relaxed);
        wake
    }

    fn tick(&mut self, phase: usize) -> bool {
        let Some(mut seats) = self.phases.get_mut(phase).map(|p| std::mem::take(&mut p.seats)) else {
            return false;
        };
        let mut wake = false;
        for (id, place) in &mut seats {
            wake |= self.tick_seat(*id, place);
        }
        seats.retain(|(_, seat)| seat.is_some());
        if let Some(phase) = self.phases.get_mut(phase) {
            phase.seats = seats;
        }
        let all = self.phases.iter().map(|p| p.seats.len()).sum::<usize>();
        self.stats.seats.store(all as u64, Ordering::Relaxed);
        wake
    }

    fn tick_seat(&mut self, id: SeatId, place: &mut Option<Box<dyn Seat>>) -> bool {
        let Some(seat) = place.as_mut() else { return false };
        let now = Instant::now();
        let ticked = catch_unwind(AssertUnwindSafe(|| seat.tick(now))).unwrap_or_else(|_| {
            self.stats.panics.fetch_add(1, Ordering::Relaxed);
            Ticked { reported: true, leaves: true }
        });
        if ticked.reported {
            let _ = self.ready.push(id);
        }
        if ticked.leaves
            && let Some(seat) = place.take()
        {
            // As many places as seats: there is always one.
            let _ = self.gone.push((id, seat));
        }
        ticked.reported || ticked.leaves
    }
}

/// Rings the bells of seats that have reported, and frees those that left.
async fn hand_out(
    mut wake: tokio::net::UnixStream,
    mut ready: Consumer<SeatId>,
    mut gone: Consumer<(SeatId, Box<dyn Seat>)>,
    bells: Bells,
    taken: Arc<AtomicU64>,
) {
    let mut bytes = [0; 64];
    while matches!(wake.read(&mut bytes).await, Ok(1..)) {
        while let Ok(id) = ready.pop() {
            if let Some(bell) = bells.lock().ok().and_then(|b| b.get(&id).cloned()) {
                bell.notify_one();
            }
        }
        while let Ok((id, seat)) = gone.pop() {
            drop(seat);
            taken.fetch_sub(1, Ordering::AcqRel);
            if let Some(bell) = bells.lock().ok().and_then(|mut b| b.remove(&id)) {
                bell.notify_one();
            }
        }
    }
}
