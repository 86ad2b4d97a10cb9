//! Letter trees of words, many roots in one arena.

use super::letters::without_silent;

/// Index of a node.
pub type NodeId = u32;
/// Index of a word.
pub type WordId = u32;

/// One letter of the words that share a beginning.
#[derive(Debug, Clone)]
pub struct Node {
    /// The letter that leads here; 0 at a root.
    pub letter: u8,
    first: u32,
    count: u16,
    words: (u32, u16),
    /// Cost of the cheapest word through this node.
    pub cost: f32,
}

/// A word to put into a tree.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Its letters; an entry without any is left out.
    pub letters: &'a [u8],
    /// What it stands for.
    pub word: WordId,
    /// Cost of saying it (negative log-probability).
    pub cost: f32,
}

/// Trees in one arena; nodes of a family are neighbours.
#[derive(Debug, Clone, Default)]
pub struct Trie {
    nodes: Vec<Node>,
    words: Vec<(WordId, f32)>,
}

impl Trie {
    /// Plants a tree and gives its root. A word with a silent letter is found without it too.
    pub fn plant(&mut self, entries: &[Entry<'_>]) -> NodeId {
        let sounded: Vec<(&Entry<'_>, Vec<u8>)> =
            entries.iter().filter_map(|e| Some((e, without_silent(e.letters)?))).collect();
        let sounded = sounded.iter().map(|(e, letters)| Entry { letters, ..(*e).clone() });
        let sounded: Vec<Entry<'_>> = sounded.collect();
        let mut sorted: Vec<&Entry<'_>> =
            entries.iter().chain(&sounded).filter(|e| !e.letters.is_empty()).collect();
        sorted.sort_by(|a, b| a.letters.cmp(b.letters).then(a.word.cmp(&b.word)));
        sorted.dedup_by(|a, b| a.letters == b.letters && a.word == b.word);
        let root = self.fresh(0);
        self.grow(root, &sorted, 0);
        root
    }

    fn fresh(&mut self, letter: u8) -> NodeId {
        let id = self.nodes.len() as NodeId;
        self.nodes.push(Node { letter, first: 0, count: 0, words: (0, 0), cost: f32::INFINITY });
        id
    }

    fn grow(&mut self, at: NodeId, entries: &[&Entry<'_>], depth: usize) {
        let ended = entries.iter().take_while(|e| e.letters.len() == depth).count();
        let (here, longer) = entries.split_at(ended);
        let words = (self.words.len() as u32, here.len() as u16);
        self.words.extend(here.iter().map(|e| (e.word, e.cost)));
        let groups: Vec<&[&Entry<'_>]> =
            longer.chunk_by(|a, b| a.letters.get(depth) == b.letters.get(depth)).collect();
        let first = self.nodes.len() as u32;
        for group in &groups {
            self.fresh(group.first().and_then(|e| e.letters.get(depth)).copied().unwrap_or(0));
        }
        for (i, group) in groups.iter().enumerate() {
            self.grow(first + i as u32, group, depth + 1);
        }
        let cost = entries.iter().map(|e| e.cost).fold(f32::INFINITY, f32::min);
        let node = &mut self.nodes[at as usize];
        *node = Node { letter: node.letter, first, count: groups.len() as u16, words, cost };
    }

    /// The node itself.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// Nodes one letter further, in order of letters.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Node)> {
        let node = self.node(id);
        let from = node.first as usize;
        (node.first..).zip(&self.nodes[from..from + usize::from(node.count)])
    }

    /// The node one letter further.
    pub fn child(&self, id: NodeId, letter: u8) -> Option<NodeId> {
        self.children(id).find(|(_, n)| n.letter == letter).map(|(i, _)| i)
    }

    /// Words that end at this node, with their costs.
    pub fn words(&self, id: NodeId) -> &[(WordId, f32)] {
        let (first, count) = self.node(id).words;
        &self.words[first as usize..first as usize + usize::from(count)]
    }

    /// Number of nodes, for reports of size.
    pub fn size(&self) -> usize {
        self.nodes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_letters_and_carry_the_cheapest_cost_below() {
        let words: [(&[u8], f32); 4] = [(&[2, 3], 4.0), (&[2], 9.0), (&[2, 3, 4], 1.0), (&[5], 2.0)];
        let entries: Vec<Entry> = words
            .iter()
            .enumerate()
            .map(|(i, (letters, cost))| Entry { letters, word: i as u32, cost: *cost })
            .collect();
        let mut trie = Trie::default();
        trie.plant(&[]);
        let root = trie.plant(&entries);
        let a = trie.child(root, 2).unwrap();
        let ab = trie.child(a, 3).unwrap();
        assert_eq!((trie.words(a), trie.words(ab)), (&[(1, 9.0)][..], &[(0, 4.0)][..]));
        assert_eq!((trie.node(a).cost, trie.node(root).cost), (1.0, 1.0));
        assert!(trie.child(root, 4).is_none() && trie.child(ab, 2).is_none());
    }
}
