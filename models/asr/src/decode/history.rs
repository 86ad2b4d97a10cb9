//! What a hypothesis has said: chains that share their beginnings.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A fast hash of small integers (the one of Firefox); not safe against chosen keys, and no key
/// here is anybody's choice.
#[derive(Default, Clone, Copy)]
pub struct FastHasher(u64);

impl Hasher for FastHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.write_u64(u64::from(b)));
    }

    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

/// A map with [`FastHasher`].
pub type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<FastHasher>>;

/// Index of a chain; 0 is the empty one.
pub type ChainId = u32;

/// Chains of items, each made once: equal chains have equal indices.
#[derive(Debug, Clone)]
pub struct Chains {
    links: Vec<(ChainId, u32)>,
    known: FastMap<(ChainId, u32), ChainId>,
}

impl Default for Chains {
    fn default() -> Self {
        Self { links: vec![(0, 0)], known: FastMap::default() }
    }
}

impl Chains {
    /// The chain with one more item at its end.
    pub fn push(&mut self, chain: ChainId, item: u32) -> ChainId {
        let links = &mut self.links;
        *self.known.entry((chain, item)).or_insert_with(|| {
            links.push((chain, item));
            links.len() as ChainId - 1
        })
    }

    /// The last item.
    pub fn last(&self, chain: ChainId) -> Option<u32> {
        self.link(chain).map(|l| l.1)
    }

    /// The item before the last.
    pub fn before_last(&self, chain: ChainId) -> Option<u32> {
        self.link(chain).and_then(|l| self.last(l.0))
    }

    fn link(&self, chain: ChainId) -> Option<(ChainId, u32)> {
        (chain != 0).then(|| self.links[chain as usize])
    }

    /// All items, first to last.
    pub fn items(&self, mut chain: ChainId) -> Vec<u32> {
        let mut out = Vec::new();
        while let Some((before, item)) = self.link(chain) {
            out.push(item);
            chain = before;
        }
        out.reverse();
        out
    }

    /// Number of items.
    pub fn length(&self, chain: ChainId) -> usize {
        let mut n = 0;
        let mut at = chain;
        while let Some((before, _)) = self.link(at) {
            n += 1;
            at = before;
        }
        n
    }
}
