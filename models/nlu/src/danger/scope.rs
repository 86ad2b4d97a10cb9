//! What takes a sign back: a «no» before it, a name around it, «si», «ya está», «quiero saber».

use std::ops::Range;

use super::pattern::Pattern;
use super::words::Words;
use super::{Asked, Detector};

/// Words that a «no» reaches over at most.
const REACH: usize = 6;

/// What stands around a sign.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub denied: bool,
    pub over: bool,
    /// «si…», «por si…»: not said to be.
    pub supposed: bool,
    /// Feared of the future («no vaya a ser que…»), which no question is worth.
    pub feared: bool,
    /// The citizen wants to know whether it is so.
    pub asked: bool,
    /// In a question, as its mark says.
    pub questioned: bool,
    /// «si» that may be a yes without its accent.
    pub perhaps: bool,
    /// Every day, always.
    pub usual: bool,
}

impl Detector {
    pub(super) fn scope(&self, words: &Words<'_>, range: &Range<usize>, asked: Asked) -> Scope {
        let start = range.start;
        let clause = words.begins(start)..words.ends(range.end.saturating_sub(1));
        let within = |name: &str| self.within(self.0.scope(name), words, clause.clone());
        let before = |name: &str| self.within(self.0.scope(name), words, clause.start..start);
        let mut scope = Scope {
            denied: self.is_denied(words, start)
                || self.found(self.0.scope("denied_after"), words, range.end).next().is_some(),
            over: self.is_over(words, &clause)
                || self.within(self.0.scope("calm"), words, range.end..words.len()),
            usual: within("usual"),
            feared: before("feared") || within("feared_after"),
            asked: self.is_asked(words, range),
            questioned: words.is_asked(words.clause(start)),
            ..Scope::default()
        };
        scope.supposed = scope.feared || before("suppose");
        if let Some(at) = (clause.start..start).find(|i| self.0.class("if").has(words.key(*i))) {
            let accented = words.get(at).is_some_and(|w| w.accented);
            // «si» at the very beginning may be a yes: then it is asked, at most.
            let yes = accented || (at == 0 && asked == Asked::YesNo);
            scope.perhaps |= at == 0 && !yes;
            scope.supposed |= at != 0 && !yes;
        }
        scope
    }

    /// A «no» reaches the sign over words without weight («no hay ningún…»).
    fn is_denied(&self, words: &Words<'_>, start: usize) -> bool {
        let (no, light) = (self.0.class("no"), self.0.class("light"));
        for i in (words.begins(start)..start).rev().take(REACH) {
            let key = words.key(i);
            if no.has(key) {
                return true;
            }
            if !light.has(key) {
                return false;
            }
        }
        false
    }

    /// A «no» reaches the sign over its verb.
    pub(super) fn denies_the_verb(&self, words: &Words<'_>, start: usize) -> bool {
        start.checked_sub(1).is_some_and(|verb| words.begins(start) <= verb && self.is_denied(words, verb))
    }

    /// It is past: but what is so since then («desde ayer») is so now.
    fn is_over(&self, words: &Words<'_>, clause: &Range<usize>) -> bool {
        let since = self.0.class("since");
        clause.clone().any(|start| {
            let lasts = start.checked_sub(1).is_some_and(|b| since.has(words.key(b)));
            !lasts && self.found(self.0.scope("over"), words, start).any(|found| found.end <= clause.end)
        })
    }

    /// It is within what the citizen wants to know.
    fn is_asked(&self, words: &Words<'_>, range: &Range<usize>) -> bool {
        let breaks = self.0.class("ends_asking");
        let from = (0..range.start).rev().find(|i| breaks.has(words.key(*i))).map_or(0, |i| i + 1);
        self.within(self.0.scope("inform"), words, from..range.start)
    }

    /// Whether any of these stands wholly in a stretch.
    fn within(&self, patterns: &[Pattern], words: &Words<'_>, stretch: Range<usize>) -> bool {
        stretch.clone().any(|start| self.found(patterns, words, start).any(|found| found.end <= stretch.end))
    }

    /// Takes names and phrases that mean something else out of what signs stand on.
    pub(super) fn mask(&self, words: &mut Words<'_>, asked: Asked) {
        let mut void: Vec<Range<usize>> = Vec::new();
        let patterns = self.0.scope("else");
        for start in 0..words.len() {
            void.extend(self.found(patterns, words, start));
        }
        void.extend(self.names(words));
        let _ = asked;
        for range in void {
            words.void(range);
        }
    }

    /// Names: what opens one («calle», «me llamo»), what joins its words, and one word more.
    fn names(&self, words: &Words<'_>) -> Vec<Range<usize>> {
        let (link, stop) = (self.0.class("name_link"), self.0.class("name_stop"));
        let mut out = Vec::new();
        for start in 0..words.len() {
            let opened = self.found(self.0.scope("name"), words, start).map(|r| r.end).max();
            let Some(mut at) = opened else { continue };
            while at < words.len() && link.has(words.key(at)) {
                at += 1;
            }
            if at < words.len() && !stop.has(words.key(at)) {
                out.push(start..at + 1);
            }
        }
        // In Basque and English the street comes after its name.
        for start in 0..words.len() {
            for found in self.found(self.0.scope("name_after"), words, start) {
                out.push(start.saturating_sub(1)..found.end);
            }
        }
        out
    }
}
