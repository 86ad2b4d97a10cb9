//! Words: those every Spanish caller uses, and those of the question at hand.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::forms;
use super::history::FastMap;
use super::language::Language;
use super::letters::{SPACE, SYMBOLS, spell, tokens};
use super::trie::{Entry, NodeId, Trie, WordId};

/// Before the first word of an utterance.
pub const START: WordId = WordId::MAX;
/// Share of the question's own texts in the probability of a word after another that they hold.
const OWN_SHARE: f32 = 0.65;
/// Cost of a word of the question's own texts (negative log-probability).
const LOCAL_COST: f32 = 5.5;

/// Words that are not said as they are written.
const SPOKEN: &[(&str, &str)] =
    &[("dni", "deneí"), ("ok", "okey"), ("sms", "eseemeese"), ("dgt", "degeté"), ("km", "kilómetros")];

/// A word as it is written and the letters it is heard as.
#[derive(Debug, Clone)]
pub struct Word {
    /// Spanish spelling, lower case.
    pub text: String,
    /// What the recogniser hears.
    pub letters: Vec<u8>,
    /// Negative log-probability of the word anywhere.
    pub cost: f32,
}

impl Word {
    fn new(text: &str, cost: f32) -> Self {
        let spoken = SPOKEN.iter().find(|(written, _)| *written == text).map_or(text, |s| s.1);
        Self { text: text.to_string(), letters: spell(spoken), cost }
    }
}

/// The base vocabulary with its letter tree and language models.
pub struct Lexicon {
    words: Vec<Word>,
    index: HashMap<String, WordId>,
    /// The tree of all words.
    pub trie: Trie,
    /// Its root.
    pub root: NodeId,
    language: Language,
    /// The cheapest pair among words that sound like these two, which the search cannot tell apart.
    heard: FastMap<(WordId, WordId), f32>,
    spelling: Spelling,
    /// Words that sound alike and differ in their accents, by their letters.
    variants: HashMap<Vec<u8>, Vec<WordId>>,
}

impl Lexicon {
    /// The vocabulary that ships, made on first use.
    pub fn base() -> &'static Self {
        static BASE: OnceLock<Lexicon> = OnceLock::new();
        BASE.get_or_init(|| {
            // A mistake in the file that ships is caught by a test of `language`.
            let language = Language::parse(include_bytes!("../../weights/language.bin"), START);
            Self::new(language.unwrap_or_default(), &forms::expand(include_str!("es_words.txt")))
        })
    }

    /// Makes a vocabulary of the words of a language model and of further `(word, cost)`. Of words with the same
    /// letters only the first is searched for; [`LocalWords::restore_accents`] chooses.
    pub fn new(language: Language, list: &[(String, f32)]) -> Self {
        let mut words: Vec<Word> = Vec::new();
        let mut index: HashMap<String, WordId> = HashMap::new();
        for (text, cost) in language.words.iter().chain(list) {
            if !index.contains_key(text) {
                index.insert(text.clone(), words.len() as WordId);
                words.push(Word::new(text, *cost));
            }
        }
        let mut variants: HashMap<Vec<u8>, Vec<WordId>> = HashMap::new();
        for (id, word) in (0..).zip(&words) {
            variants.entry(word.letters.clone()).or_default().push(id);
        }
        let first = |id: &WordId, w: &Word| variants.get(&w.letters).and_then(|ids| ids.first()) == Some(id);
        let entries: Vec<Entry<'_>> = (0..)
            .zip(&words)
            .filter(|(id, w)| first(id, w))
            .map(|(word, w)| Entry { letters: &w.letters, word, cost: w.cost })
            .collect();
        let mut trie = Trie::default();
        let root = trie.plant(&entries);
        let spelling = Spelling::new(&words);
        let searched = |id: WordId| {
            let same = words.get(id as usize).and_then(|w| variants.get(&w.letters));
            same.and_then(|ids| ids.first()).copied().unwrap_or(id)
        };
        let mut heard: FastMap<(WordId, WordId), f32> = FastMap::default();
        for (&(before, word), &cost) in &language.pairs {
            let known = heard.entry((searched(before), searched(word))).or_insert(cost);
            *known = known.min(cost);
        }
        variants.retain(|_, ids| ids.len() > 1);
        Self { words, index, trie, root, language, heard, spelling, variants }
    }

    /// Cost of `word` after `before`, either or both of them unknown to the language model.
    fn cost(&self, before: WordId, word: WordId, alone: f32) -> f32 {
        match self.heard.get(&(before, word)) {
            Some(cost) => *cost,
            None => self.language.cost(before, word, alone),
        }
    }

    /// Number of words.
    pub fn size(&self) -> usize {
        self.words.len()
    }
}

/// How often one word follows another.
#[derive(Debug, Default)]
struct Pairs {
    counts: HashMap<(WordId, WordId), f32>,
    totals: HashMap<WordId, f32>,
}

impl Pairs {
    fn count<'a>(texts: impl Iterator<Item = &'a str>, number: impl Fn(&str) -> Option<WordId>) -> Self {
        let mut pairs = Self::default();
        for text in texts {
            let mut before = START;
            for word in tokens(text).iter().filter_map(|w| number(w)) {
                *pairs.counts.entry((before, word)).or_default() += 1.0;
                *pairs.totals.entry(before).or_default() += 1.0;
                before = word;
            }
        }
        pairs
    }

    fn probability(&self, before: WordId, word: WordId) -> f32 {
        match (self.counts.get(&(before, word)), self.totals.get(&before)) {
            (Some(count), Some(total)) => count / (total + 2.0),
            _ => 0.0,
        }
    }
}

/// A trigram model of letters inside words, for words nobody listed.
struct Spelling(Vec<f32>);

impl Spelling {
    fn new(words: &[Word]) -> Self {
        let mut counts = vec![0.05f32; SYMBOLS * SYMBOLS * SYMBOLS];
        for word in words {
            let (mut a, mut b) = (SPACE, SPACE);
            for &c in word.letters.iter().chain(&[SPACE]) {
                counts[cell(a, b, c)] += 1.0;
                (a, b) = (b, c);
            }
        }
        for row in counts.chunks_exact_mut(SYMBOLS) {
            let total: f32 = row.iter().sum();
            row.iter_mut().for_each(|c| *c = -(*c / total).ln());
        }
        Self(counts)
    }
}

fn cell(a: u8, b: u8, c: u8) -> usize {
    (usize::from(a) * SYMBOLS + usize::from(b)) * SYMBOLS + usize::from(c)
}

/// The words of one question on top of the base vocabulary. Numbers below the size of the base
/// are base words.
pub struct LocalWords {
    base: &'static Lexicon,
    own: Vec<Word>,
    index: HashMap<String, WordId>,
    pairs: Pairs,
    /// Tree of the words in the question's texts.
    pub trie: Trie,
    /// Its root.
    pub root: NodeId,
}

impl LocalWords {
    /// Nothing but the base yet.
    pub fn new(base: &'static Lexicon) -> Self {
        let mut trie = Trie::default();
        let root = trie.plant(&[]);
        Self { base, own: Vec::new(), index: HashMap::new(), pairs: Pairs::default(), trie, root }
    }

    /// The base vocabulary.
    pub fn base(&self) -> &'static Lexicon {
        self.base
    }

    /// The number of a word, made if it is new.
    pub fn number(&mut self, text: &str) -> WordId {
        if let Some(id) = self.lookup(text) {
            return id;
        }
        let id = (self.base.words.len() + self.own.len()) as WordId;
        self.own.push(Word::new(text, LOCAL_COST));
        self.index.insert(text.to_string(), id);
        id
    }

    /// The number of a word already known.
    pub fn lookup(&self, text: &str) -> Option<WordId> {
        self.base.index.get(text).or_else(|| self.index.get(text)).copied()
    }

    fn word(&self, id: WordId) -> Option<&Word> {
        let id = id as usize;
        self.base.words.get(id).or_else(|| self.own.get(id.wrapping_sub(self.base.words.len())))
    }

    /// A word's spelling.
    pub fn text(&self, id: WordId) -> &str {
        self.word(id).map_or("", |w| &w.text)
    }

    /// What a word is heard as.
    pub fn letters(&self, id: WordId) -> &[u8] {
        self.word(id).map_or(&[], |w| &w.letters)
    }

    /// Plants the tree of the words of `texts` and counts what follows what in them.
    pub fn plant<'a>(&mut self, texts: impl Iterator<Item = &'a str>) {
        let texts: Vec<&str> = texts.collect();
        let mut ids: Vec<WordId> = Vec::new();
        for token in texts.iter().flat_map(|t| tokens(t)).filter(|t| !t.starts_with('{')) {
            ids.push(self.number(&token));
        }
        ids.sort_unstable();
        ids.dedup();
        let letters: Vec<Vec<u8>> = ids.iter().map(|&i| self.letters(i).to_vec()).collect();
        let entries: Vec<Entry<'_>> = (ids.iter().zip(&letters))
            .map(|(&word, letters)| Entry { letters, word, cost: LOCAL_COST })
            .collect();
        self.root = self.trie.plant(&entries);
        self.pairs = Pairs::count(texts.into_iter(), |w| self.lookup(w));
    }

    /// Negative log-probability of `word` after `before`, given its cost anywhere.
    pub fn cost(&self, before: WordId, word: WordId, anywhere: f32) -> f32 {
        let general = self.base.cost(before, word, anywhere);
        let pair = self.pairs.probability(before, word);
        if pair == 0.0 {
            return general;
        }
        -(OWN_SHARE * pair + (1.0 - OWN_SHARE) * (-general).exp()).ln()
    }

    /// Replaces words by those that sound alike and follow their neighbours more often in the
    /// texts: "cómo puedo", "como siempre".
    pub fn restore_accents(&self, said: &mut [WordId]) {
        for i in 0..said.len() {
            let Some(variants) = said.get(i).and_then(|&w| self.base.variants.get(self.letters(w))) else {
                continue;
            };
            let before = if i == 0 { START } else { said[i - 1] };
            let after = said.get(i + 1).copied();
            let alone = |w: WordId| self.word(w).map_or(0.0, |word| word.cost);
            let misfit = |w: WordId| {
                let next = after.map_or_else(|| self.base.language.end(w), |a| self.written(w, a, alone(a)));
                self.written(before, w, alone(w)) + next
            };
            let best = variants.iter().copied().min_by(|&a, &b| misfit(a).total_cmp(&misfit(b)));
            said[i] = best.filter(|&b| misfit(b) + 0.4 < misfit(said[i])).unwrap_or(said[i]);
        }
    }

    /// Cost of `word` after `before`, each as it is written.
    fn written(&self, before: WordId, word: WordId, alone: f32) -> f32 {
        let general = self.base.language.cost(before, word, alone);
        let pair = self.pairs.probability(before, word);
        -(OWN_SHARE * pair + (1.0 - OWN_SHARE) * (-general).exp()).ln()
    }

    /// Negative log-probability of a letter (or the space that ends a word) after two others.
    pub fn spelling(&self, a: u8, b: u8, c: u8) -> f32 {
        self.base.spelling.0.get(cell(a, b, c)).copied().unwrap_or(f32::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_vocabulary_restores_accents_and_covers_every_rule() {
        let base = Lexicon::base();
        println!("{} words, {} letter nodes", base.size(), base.trie.size());
        assert!(base.size() > 4000);
        let mut words = LocalWords::new(base);
        for (heard, written) in [("miercoles", "miércoles"), ("manana", "mañana"), ("si", "sí")] {
            let spelled = spell(written);
            let mut node = base.root;
            for letter in &spelled {
                node = base.trie.child(node, *letter).unwrap_or_else(|| panic!("{heard}"));
            }
            let mut said = [base.trie.words(node)[0].0];
            words.restore_accents(&mut said);
            assert_eq!(words.text(said[0]), written);
        }
        assert_eq!(words.number("padrón"), words.number("padrón"));
        let dni = words.number("dni");
        assert_eq!(words.letters(dni), spell("deneí"));
    }

    #[test]
    fn a_pair_seen_in_the_texts_costs_less() {
        let mut words = LocalWords::new(Lexicon::base());
        words.plant(["quería cita para el padrón"].into_iter());
        let (cita, para, vino) = (words.number("cita"), words.number("para"), words.number("vino"));
        assert!(words.cost(cita, para, 5.0) < words.cost(cita, vino, 5.0));
    }
}
