//! From rules to a deterministic automaton over words.

use std::collections::HashMap;

use super::template::Rule;
use super::trie::{Entry, NodeId, Trie, WordId};

/// Index of a state of an [`Automaton`].
pub type StateId = u32;

/// A whole answer to a grammar ends here.
pub const ANSWER: u8 = 1;
/// A whole phrase ends here.
pub const PHRASE: u8 = 2;

/// States beyond this are not built; what they would have accepted is heard as open words.
const MOST_STATES: usize = 40_000;

#[derive(Debug, Default, Clone)]
struct Loose {
    /// Arcs that consume nothing.
    free: Vec<u32>,
    /// Arcs that consume a word; `true` when the word belongs to the answer itself.
    arcs: Vec<(WordId, u32, bool)>,
    accept: u8,
    /// Callers often go on here.
    more: bool,
}

/// A nondeterministic automaton under construction.
#[derive(Debug)]
pub struct Builder {
    states: Vec<Loose>,
    /// Whether arcs added now belong to an answer that is unfinished until it accepts.
    pub inside: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self { states: vec![Loose::default()], inside: false }
    }
}

impl Builder {
    /// A new state.
    pub fn state(&mut self) -> u32 {
        self.states.push(Loose::default());
        self.states.len() as u32 - 1
    }

    /// Lets `from` go on to `to` without a word.
    pub fn join(&mut self, from: u32, to: u32) {
        self.states[from as usize].free.push(to);
    }

    /// Marks a state as an end of the kind given.
    pub fn accept(&mut self, state: u32, kind: u8) {
        self.states[state as usize].accept |= kind;
    }

    /// Says that callers often go on after `state`.
    pub fn more(&mut self, state: u32) {
        // A place of its own, so that who comes by another way does not count.
        let mark = self.state();
        self.states[mark as usize].more = true;
        self.join(state, mark);
    }

    /// Adds `rule` after `from`; gives the state it ends in. `word` numbers words.
    pub fn add(&mut self, from: u32, rule: &Rule, word: &mut dyn FnMut(&str) -> WordId) -> u32 {
        match rule {
            Rule::Word(text) => {
                let to = self.state();
                let inside = self.inside;
                self.states[from as usize].arcs.push((word(text), to, inside));
                to
            }
            Rule::Seq(parts) => parts.iter().fold(from, |at, part| self.add(at, part, word)),
            Rule::Alt(parts) => {
                let to = self.state();
                for part in parts {
                    let end = self.add(from, part, word);
                    self.join(end, to);
                }
                to
            }
            Rule::Opt(part) => {
                let end = self.add(from, part, word);
                self.join(from, end);
                end
            }
            Rule::Many(part) => {
                let hub = self.state();
                self.join(from, hub);
                let end = self.add(hub, part, word);
                self.join(end, hub);
                let out = self.state();
                self.join(hub, out);
                out
            }
            Rule::More(part) => {
                let end = self.add(from, part, word);
                let said = self.state();
                self.join(end, said);
                self.more(end);
                said
            }
        }
    }

    /// Subset construction. State 0 of the result is the start.
    pub fn determine(&self, words: &dyn Fn(WordId) -> Vec<u8>, word_cost: f32) -> Automaton {
        let mut known: HashMap<(Vec<u32>, bool), StateId> = HashMap::new();
        let start = (self.closure(vec![0]), false);
        known.insert(start.clone(), 0);
        let mut sets = vec![start];
        let mut states = Vec::new();
        while let Some((set, inside)) = sets.get(states.len()).cloned() {
            let accept = set.iter().fold(0, |a, &s| a | self.states[s as usize].accept);
            let mut arcs = Vec::new();
            for (word, targets, inside) in self.moves(&set) {
                let key = (self.closure(targets), inside);
                let next = match known.get(&key) {
                    Some(&id) => id,
                    None if sets.len() >= MOST_STATES => continue,
                    None => {
                        sets.push(key.clone());
                        known.insert(key, sets.len() as StateId - 1);
                        sets.len() as StateId - 1
                    }
                };
                arcs.push((word, next));
            }
            let more = set.iter().any(|&s| self.states[s as usize].more);
            states.push(State { arcs, accept, more, unfinished: inside && accept == 0, root: 0 });
        }
        Automaton::plant(states, words, word_cost)
    }

    fn closure(&self, mut set: Vec<u32>) -> Vec<u32> {
        let mut at = 0;
        let mut seen: std::collections::HashSet<u32> = set.iter().copied().collect();
        while let Some(&s) = set.get(at) {
            for &t in &self.states[s as usize].free {
                if seen.insert(t) {
                    set.push(t);
                }
            }
            at += 1;
        }
        // States that only pass on tell nothing: without them equal sets are seen to be equal.
        set.retain(|&s| {
            let state = &self.states[s as usize];
            state.accept != 0 || state.more || !state.arcs.is_empty()
        });
        set.sort_unstable();
        set.dedup();
        set
    }

    /// For each word that may follow: where it leads, and whether it belongs to an answer.
    fn moves(&self, set: &[u32]) -> Vec<(WordId, Vec<u32>, bool)> {
        let mut by_word: std::collections::BTreeMap<WordId, (Vec<u32>, bool)> = Default::default();
        for &s in set {
            for &(word, to, inside) in &self.states[s as usize].arcs {
                let slot = by_word.entry(word).or_default();
                if !slot.0.contains(&to) {
                    slot.0.push(to);
                }
                slot.1 |= inside;
            }
        }
        by_word.into_iter().map(|(word, (to, inside))| (word, to, inside)).collect()
    }
}

/// One state of an automaton.
#[derive(Debug, Clone)]
pub struct State {
    arcs: Vec<(WordId, StateId)>,
    /// [`ANSWER`], [`PHRASE`], both or neither.
    pub accept: u8,
    /// What was said may be whole, but callers often go on there.
    pub more: bool,
    /// Words of an answer were said and more are needed.
    pub unfinished: bool,
    /// Tree of the words that may follow.
    pub root: NodeId,
}

/// A deterministic automaton over words, with a letter tree for what may follow each state.
#[derive(Debug, Clone)]
pub struct Automaton {
    states: Vec<State>,
    /// The trees of all states, shared by states with the same words.
    pub trie: Trie,
}

impl Automaton {
    fn plant(mut states: Vec<State>, words: &dyn Fn(WordId) -> Vec<u8>, word_cost: f32) -> Self {
        let mut trie = Trie::default();
        let mut planted: HashMap<Vec<WordId>, NodeId> = HashMap::new();
        for state in &mut states {
            let set: Vec<WordId> = state.arcs.iter().map(|a| a.0).collect();
            state.root = *planted.entry(set).or_insert_with_key(|set| {
                let letters: Vec<Vec<u8>> = set.iter().map(|&w| words(w)).collect();
                let entry = |(letters, &word)| Entry { letters, word, cost: word_cost };
                let entries: Vec<Entry<'_>> = letters.iter().map(Vec::as_slice).zip(set).map(entry).collect();
                trie.plant(&entries)
            });
        }
        Self { states, trie }
    }

    /// The state itself.
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id as usize]
    }

    /// Where a word leads.
    pub fn next(&self, id: StateId, word: WordId) -> Option<StateId> {
        let arcs = &self.state(id).arcs;
        let at = arcs.binary_search_by_key(&word, |a| a.0).ok()?;
        arcs.get(at).map(|a| a.1)
    }

    /// Number of states.
    pub fn size(&self) -> usize {
        self.states.len()
    }
}
