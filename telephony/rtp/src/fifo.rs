//! Decoded samples on their way to the next frame: a fixed buffer, taken from at the front.

/// Room for a longest payload on top of a frame, what time-scaling looks ahead, and what it inserts.
pub(crate) const CAPACITY: usize = 1_024;

pub(crate) struct Fifo {
    samples: [i16; CAPACITY],
    len: usize,
}

impl Fifo {
    pub(crate) fn new() -> Self {
        Self { samples: [0; CAPACITY], len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// Appends; what does not fit is dropped (callers never fill it: see [`CAPACITY`]).
    pub(crate) fn push(&mut self, new: &[i16]) {
        let n = new.len().min(CAPACITY - self.len);
        self.samples[self.len..self.len + n].copy_from_slice(&new[..n]);
        self.len += n;
    }

    #[cfg(test)]
    pub(crate) fn push_silence(&mut self, n: usize) {
        let n = n.min(CAPACITY - self.len);
        self.samples[self.len..self.len + n].fill(0);
        self.len += n;
    }

    pub(crate) fn samples(&self) -> &[i16] {
        &self.samples[..self.len]
    }

    pub(crate) fn samples_mut(&mut self) -> &mut [i16] {
        &mut self.samples[..self.len]
    }

    /// Takes `out.len()` samples from the front; zeros where there are too few.
    pub(crate) fn take(&mut self, out: &mut [i16]) {
        let n = out.len().min(self.len);
        out[..n].copy_from_slice(&self.samples[..n]);
        out[n..].fill(0);
        self.drop_front(n);
    }

    pub(crate) fn drop_front(&mut self, n: usize) {
        let n = n.min(self.len);
        self.samples.copy_within(n..self.len, 0);
        self.len -= n;
    }

    /// Opens a hole of `n` samples at the front, to be written by the caller. False if it does not fit.
    pub(crate) fn grow_front(&mut self, n: usize) -> bool {
        if self.len + n > CAPACITY {
            return false;
        }
        self.samples.copy_within(0..self.len, n);
        self.len += n;
        true
    }
}
