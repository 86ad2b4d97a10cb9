//! The beam search: CTC prefixes over answers, open words and free letters at once.

use std::sync::Arc;

use super::automaton::{ANSWER, StateId};
use super::grammar::Compiled;
use super::history::{ChainId, Chains, FastMap};
use super::letters::{BLANK, SPACE, SYMBOLS, character};
use super::lexicon::START;
use super::trie::{NodeId, Trie, WordId};
use super::tuning::Tuning;

/// No automaton state: what was said last belongs to no answer.
const NOWHERE: StateId = StateId::MAX;
/// Marks a token that is a chain of free letters, not the number of a word.
const FREE: u32 = 1 << 31;
/// Longest word nobody listed, letters.
const LONGEST_FREE: usize = 16;

/// Where in the graph a hypothesis stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// Between words; the automaton state reached by the last word.
    Gap(StateId),
    /// In a word of the base vocabulary.
    Base(NodeId),
    /// In a word of the question's own texts.
    Local(NodeId),
    /// In a word of an answer, after the state.
    Answer(StateId, NodeId),
    /// In a word nobody listed, with its letters.
    Free(ChainId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    place: Place,
    /// Last symbol, blanks aside; the blank at the very start.
    last: u8,
    said: ChainId,
}

/// A hypothesis with the log-probability of its paths that end in a blank and in its last symbol.
#[derive(Debug, Clone, Copy)]
struct Hypothesis {
    key: Key,
    blank: f32,
    symbol: f32,
}

impl Hypothesis {
    fn total(&self) -> f32 {
        log_add(self.blank, self.symbol)
    }
}

/// `ln(e^a + e^b)`.
pub fn log_add(a: f32, b: f32) -> f32 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low == f32::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}

/// One reading of the whole utterance.
#[derive(Debug, Clone)]
pub struct Reading {
    tokens: Vec<u32>,
    /// Its letters, with a space between words.
    pub symbols: Vec<u8>,
    /// Log-probability, language models included.
    pub score: f32,
    /// The reading ends with a whole answer to a grammar.
    pub answer: bool,
    /// The reading stops inside an answer.
    pub unfinished: bool,
    /// It may be whole, but callers often go on there.
    pub more: bool,
}

/// What it costs a reading to stop where nothing ends.
#[derive(Debug, Clone, Copy)]
pub struct Stopping {
    /// In the middle of a word, which is left out.
    pub in_word: f32,
    /// In the middle of an answer.
    pub in_answer: f32,
}

/// The search over one utterance.
pub struct Search {
    compiled: Arc<Compiled>,
    tuning: Tuning,
    beam: Vec<Hypothesis>,
    next: Vec<Hypothesis>,
    places: FastMap<Key, u32>,
    said: Chains,
    spelt: Chains,
    /// Scores below this are not worth keeping in the step under way.
    bar: f32,
}

impl Search {
    /// Starts an utterance.
    pub fn new(compiled: Arc<Compiled>, tuning: Tuning) -> Self {
        let key = Key { place: Place::Gap(NOWHERE), last: BLANK, said: 0 };
        let beam = vec![Hypothesis { key, blank: 0.0, symbol: f32::NEG_INFINITY }];
        Self {
            compiled,
            tuning,
            beam,
            next: Vec::new(),
            places: FastMap::default(),
            said: Chains::default(),
            spelt: Chains::default(),
            bar: f32::NEG_INFINITY,
        }
    }

    /// Takes the log-probabilities of one step, already smoothed.
    pub fn step(&mut self, row: &[f32; SYMBOLS]) {
        let mut active: Vec<(u8, f32)> = (0u8..).zip(row.iter().copied()).skip(1).collect();
        active.retain(|a| a.1 > self.tuning.answer_cut);
        active.sort_by(|a, b| b.1.total_cmp(&a.1));
        let best = self.beam.iter().map(Hypothesis::total).fold(f32::NEG_INFINITY, f32::max);
        let likely = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.bar = best + likely - self.tuning.width;
        self.next.clear();
        self.places.clear();
        let beam = std::mem::take(&mut self.beam);
        for h in &beam {
            let total = h.total();
            self.offer(h.key, total + row[0], f32::NEG_INFINITY);
            if h.key.last != BLANK {
                self.offer(h.key, f32::NEG_INFINITY, h.symbol + row[usize::from(h.key.last)]);
            }
            for &(symbol, p) in &active {
                let from = if symbol == h.key.last { h.blank } else { total };
                if from + p >= self.bar {
                    self.extend(h.key, symbol, p, from + p);
                }
            }
        }
        self.beam = beam;
        self.prune();
    }

    fn prune(&mut self) {
        let best = self.next.iter().map(Hypothesis::total).fold(f32::NEG_INFINITY, f32::max);
        let bar = best - self.tuning.width;
        self.next.retain(|h| h.total() >= bar);
        if self.next.len() > self.tuning.beam {
            let by_score = |a: &Hypothesis, b: &Hypothesis| b.total().total_cmp(&a.total());
            self.next.select_nth_unstable_by(self.tuning.beam - 1, by_score);
            self.next.truncate(self.tuning.beam);
        }
        std::mem::swap(&mut self.beam, &mut self.next);
    }

    fn offer(&mut self, key: Key, blank: f32, symbol: f32) {
        if blank.max(symbol) < self.bar {
            return;
        }
        let next = &mut self.next;
        let at = *self.places.entry(key).or_insert_with(|| {
            let none = f32::NEG_INFINITY;
            next.push(Hypothesis { key, blank: none, symbol: none });
            next.len() as u32 - 1
        });
        let h = &mut next[at as usize];
        h.blank = log_add(h.blank, blank);
        h.symbol = log_add(h.symbol, symbol);
    }

    fn put(&mut self, place: Place, last: u8, said: ChainId, score: f32) {
        self.offer(Key { place, last, said }, f32::NEG_INFINITY, score);
    }

    /// Goes on with a symbol of log-probability `p`; `score` includes it.
    fn extend(&mut self, key: Key, symbol: u8, p: f32, score: f32) {
        if let Place::Gap(state) = key.place {
            if symbol == SPACE {
                self.put(key.place, SPACE, key.said, score);
            } else {
                self.start_word(state, key.said, symbol, p, score);
            }
            return;
        }
        if symbol == SPACE {
            for (token, state, cost) in self.endings(key) {
                let said = self.said.push(key.said, token);
                self.put(Place::Gap(state), SPACE, said, score - cost);
            }
            return;
        }
        self.go_on(key, symbol, p, score);
        if p > -1.5 && !matches!(key.place, Place::Free(_)) {
            for (token, state, cost) in self.endings(key) {
                if score - cost - self.tuning.run_on >= self.bar {
                    let said = self.said.push(key.said, token);
                    self.start_word(state, said, symbol, p, score - cost - self.tuning.run_on);
                }
            }
        }
    }

    /// One more letter of the word under way.
    fn go_on(&mut self, key: Key, symbol: u8, p: f32, score: f32) {
        let compiled = self.compiled.clone();
        let open = p > self.tuning.open_cut;
        let deeper = |trie: &Trie, node: NodeId| {
            let child = trie.child(node, symbol)?;
            Some((child, trie.node(child).cost - trie.node(node).cost))
        };
        match key.place {
            Place::Answer(state, node) => {
                if let Some((child, _)) = deeper(&compiled.automaton.trie, node) {
                    self.put(Place::Answer(state, child), symbol, key.said, score);
                }
            }
            Place::Base(node) if open => {
                if let Some((child, more)) = deeper(&compiled.words.base().trie, node) {
                    self.put(Place::Base(child), symbol, key.said, score - more * self.tuning.open_scale);
                }
            }
            Place::Local(node) if open => {
                if let Some((child, more)) = deeper(&compiled.words.trie, node) {
                    self.put(Place::Local(child), symbol, key.said, score - more * self.tuning.open_scale);
                }
            }
            Place::Free(chain) if open => {
                let cost = self.tuning.free_scale * self.letter_cost(chain, symbol);
                if score - cost >= self.bar && self.spelt.length(chain) < LONGEST_FREE {
                    let longer = self.spelt.push(chain, u32::from(symbol));
                    self.put(Place::Free(longer), symbol, key.said, score - cost);
                }
            }
            _ => {}
        }
    }

    fn letter_cost(&self, chain: ChainId, symbol: u8) -> f32 {
        let at = |item: Option<u32>| item.map_or(SPACE, |c| c as u8);
        let (a, b) = (at(self.spelt.before_last(chain)), at(self.spelt.last(chain)));
        self.compiled.words.spelling(a, b, symbol)
    }

    /// Starts a word with `symbol` after the automaton state `state`.
    fn start_word(&mut self, state: StateId, said: ChainId, symbol: u8, p: f32, score: f32) {
        let compiled = self.compiled.clone();
        let (automaton, t) = (&compiled.automaton, self.tuning.clone());
        let mut leave = 0.0;
        if state != NOWHERE {
            let here = automaton.state(state);
            if let Some(child) = automaton.trie.child(here.root, symbol) {
                self.put(Place::Answer(state, child), symbol, said, score - t.answer_word);
            }
            leave = if here.accept == 0 { t.abandon } else { 0.0 };
        }
        if let Some(child) = automaton.trie.child(automaton.state(0).root, symbol) {
            let again = if said == 0 { 0.0 } else { t.another };
            self.put(Place::Answer(0, child), symbol, said, score - leave - again - t.answer_word);
        }
        if p <= t.open_cut {
            return;
        }
        let open = score - leave - t.open_word - if compiled.open { 0.0 } else { t.unwelcome_word };
        let base = compiled.words.base();
        if let Some(child) = base.trie.child(base.root, symbol) {
            self.put(Place::Base(child), symbol, said, open - t.open_scale * base.trie.node(child).cost);
        }
        let local = &compiled.words;
        if let Some(child) = local.trie.child(local.root, symbol) {
            self.put(Place::Local(child), symbol, said, open - t.open_scale * local.trie.node(child).cost);
        }
        let free = open - t.free_word - t.free_scale * self.letter_cost(0, symbol);
        if free >= self.bar {
            let chain = self.spelt.push(0, u32::from(symbol));
            self.put(Place::Free(chain), symbol, said, free);
        }
    }

    /// Words that may end where a hypothesis stands: token, automaton state after it, cost of
    /// ending it.
    fn endings(&self, key: Key) -> Vec<(u32, StateId, f32)> {
        let words = &self.compiled.words;
        let before = self.said.last(key.said).filter(|t| t & FREE == 0);
        let before = if key.said == 0 { START } else { before.unwrap_or(START - 1) };
        let open = |trie: &Trie, node: NodeId| {
            let paid = trie.node(node).cost;
            let cost = |&(w, anywhere): &(WordId, f32)| {
                (w, NOWHERE, self.tuning.open_scale * (words.cost(before, w, anywhere) - paid))
            };
            trie.words(node).iter().map(cost).collect()
        };
        match key.place {
            Place::Base(node) => open(&words.base().trie, node),
            Place::Local(node) => open(&words.trie, node),
            Place::Answer(state, node) => {
                let automaton = &self.compiled.automaton;
                let next = |&(w, _): &(WordId, f32)| automaton.next(state, w).map(|n| (w, n, 0.0));
                automaton.trie.words(node).iter().filter_map(next).collect()
            }
            Place::Free(chain) if self.spelt.length(chain) > 1 => {
                vec![(chain | FREE, NOWHERE, self.tuning.free_scale * self.letter_cost(chain, SPACE))]
            }
            _ => Vec::new(),
        }
    }

    /// Every way the beam may be read if nothing more is said, best first, one reading a text.
    pub fn readings(&self, stopping: Stopping) -> Vec<Reading> {
        let mut by_text: FastMap<Vec<u8>, Reading> = FastMap::default();
        for h in &self.beam {
            let mut ends = match h.key.place {
                Place::Gap(state) => vec![(None, state, 0.0)],
                _ => self.endings(h.key).into_iter().map(|(t, s, c)| (Some(t), s, c)).collect(),
            };
            if ends.is_empty() {
                let state = if let Place::Answer(state, _) = h.key.place { state } else { NOWHERE };
                ends.push((None, state, stopping.in_word));
            }
            for (last, state, cost) in ends {
                let reading = self.read(h.key.said, last, state, h.total() - cost, stopping.in_answer);
                merge(&mut by_text, reading);
            }
        }
        let mut all: Vec<Reading> = by_text.into_values().collect();
        all.sort_by(|a, b| b.score.total_cmp(&a.score));
        all
    }

    fn read(
        &self,
        said: ChainId,
        last: Option<u32>,
        state: StateId,
        mut score: f32,
        in_answer: f32,
    ) -> Reading {
        let (mut answer, mut unfinished, mut more) = (false, false, false);
        if state != NOWHERE {
            let at = self.compiled.automaton.state(state);
            answer = at.accept & ANSWER != 0;
            unfinished = at.unfinished;
            more = at.more;
            score -= if at.accept == 0 { in_answer } else { 0.0 };
        }
        let mut tokens = self.said.items(said);
        tokens.extend(last);
        let mut symbols = Vec::new();
        for &token in &tokens {
            if !symbols.is_empty() {
                symbols.push(SPACE);
            }
            if token & FREE == 0 {
                symbols.extend_from_slice(self.compiled.words.letters(token));
            } else {
                symbols.extend(self.spelt.items(token & !FREE).into_iter().map(|c| c as u8));
            }
        }
        Reading { tokens, symbols, score, answer, unfinished, more }
    }

    /// The words of a reading in Spanish spelling, accents chosen by their neighbours.
    pub fn words(&self, reading: &Reading) -> Vec<String> {
        let mut tokens = reading.tokens.clone();
        self.compiled.words.restore_accents(&mut tokens);
        tokens.into_iter().map(|t| self.text(t)).collect()
    }

    fn text(&self, token: u32) -> String {
        if token & FREE == 0 {
            return self.compiled.words.text(token).to_string();
        }
        self.spelt.items(token & !FREE).into_iter().map(|c| character(c as u8)).collect()
    }
}

/// Joins readings of the same letters: the likelier one stays, with the probability of both.
fn merge(known: &mut FastMap<Vec<u8>, Reading>, reading: Reading) {
    let Some(old) = known.get_mut(&reading.symbols) else {
        known.insert(reading.symbols.clone(), reading);
        return;
    };
    let both = log_add(old.score, reading.score);
    if reading.score > old.score {
        *old = reading;
    }
    old.score = both;
}
