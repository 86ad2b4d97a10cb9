//! The cues of a text, one after the other, the longest first.

use serde::Deserialize;

use crate::es::text::Text;
use crate::lang::words::phrases;

/// How a language says yes and no. Phrases are folded once read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answers {
    /// Yes.
    pub yes: Vec<String>,
    /// Those of `yes` that no negator before them reaches: «no, sí» is two answers.
    pub direct: Vec<String>,
    /// Yes, though a word of it negates: «no hay problema».
    pub idioms: Vec<String>,
    /// No.
    pub no: Vec<String>,
    /// Words for what is wrong: no alone, and a yes of sorts when negated («no está mal»).
    pub wrong: Vec<String>,
    /// Yes and no inside these mean neither.
    pub neither: Vec<String>,
    /// They negate what follows them in their clause.
    pub negators: Vec<String>,
    /// Negators in these negate nothing that was asked: «no se preocupe», «nada más».
    pub spared: Vec<String>,
    /// Words that only lead in, or wish to leave: they say yes or no if nothing else does.
    pub weak: Vec<String>,
    /// «ajá», «lo que usted diga»: who says only this may merely listen or give in.
    #[serde(default)]
    pub listening: Vec<String>,
    /// Words with which a text asks: at its end, and with an accent of theirs anywhere.
    #[serde(default)]
    pub asks: Vec<String>,
    /// «creo», «supongo»: what they lead is not said outright.
    pub hedges: Vec<String>,
    /// «casi», «más o menos»: no yes beside them.
    pub doubts: Vec<String>,
    /// «y», «porque»: a negator reaches no further.
    pub borders: Vec<String>,
    /// «pero», «menos»: what follows takes something back.
    pub but: Vec<String>,
    /// «que», between a cue and what it affirms or denies.
    #[serde(default)]
    pub that: Vec<String>,
    /// What follows «si» where it is a condition; empty where yes and if are two words.
    #[serde(default)]
    pub condition: Vec<String>,
    /// Words that tell nothing: «pues», «mire», «gracias».
    pub leads: Vec<String>,
    /// Those of `leads` that greet: after a yes, somebody else, whom the yes was said to.
    #[serde(default)]
    pub greetings: Vec<String>,
    /// After a yes, at the end: more is to come, which may be anything («sí, a ver…», «vale, espere»).
    #[serde(default)]
    pub halting: Vec<String>,
    /// Those of `yes` that only agree («vale»): to whether something is so they say nothing.
    #[serde(default)]
    pub agreeing: Vec<String>,
    /// Those of `yes` that tell to go on («siga»): to whether to leave off they are a no. Others are passed over.
    #[serde(default)]
    pub onward: Vec<String>,
    /// Those of `yes` that tell to do one thing («resérvela»).
    #[serde(default)]
    pub orders: Vec<String>,
    /// «no puedo ir», «no la quiero»: reasons to undo, and no answer to whether to («¿La anulo?»).
    #[serde(default)]
    pub unable: Vec<String>,
    /// No, and calming («no corre prisa»): to whether it may wait it is none.
    #[serde(default)]
    pub calming: Vec<String>,
    /// «he dicho»: what follows a no and them is meant instead.
    pub said: Vec<String>,
}

impl Answers {
    /// From a file of its own.
    pub fn parse(file: &str) -> Result<Self, toml::de::Error> {
        toml::from_str::<Self>(file).map(Self::folded)
    }

    /// Its phrases as texts have them.
    pub fn folded(mut self) -> Self {
        for list in self.lists() {
            *list = phrases(list);
        }
        self
    }

    fn lists(&mut self) -> [&mut Vec<String>; 26] {
        [
            &mut self.yes,
            &mut self.direct,
            &mut self.idioms,
            &mut self.no,
            &mut self.wrong,
            &mut self.neither,
            &mut self.negators,
            &mut self.spared,
            &mut self.weak,
            &mut self.listening,
            &mut self.asks,
            &mut self.hedges,
            &mut self.doubts,
            &mut self.borders,
            &mut self.but,
            &mut self.that,
            &mut self.condition,
            &mut self.leads,
            &mut self.greetings,
            &mut self.halting,
            &mut self.agreeing,
            &mut self.onward,
            &mut self.orders,
            &mut self.calming,
            &mut self.unable,
            &mut self.said,
        ]
    }
}

/// What a cue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    Idiom,
    Neither,
    Spared,
    /// `negator`: a word of it negates, and reaches on.
    No {
        negator: bool,
    },
    Wrong,
    Yes {
        direct: bool,
    },
    Negator,
    But,
    Border,
    Hedge,
    Doubt,
    Said,
    That,
    Lead,
    /// A mark of punctuation.
    Mark,
    /// Any other word.
    Other,
}

/// A cue in a text: tokens `from` up to `to`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Atom {
    pub cue: Cue,
    pub weak: bool,
    /// It is not said outright.
    pub hedged: bool,
    pub from: usize,
    pub to: usize,
    /// A word of it negates.
    pub negating: bool,
    /// Its last word does.
    pub ends_negating: bool,
}

impl Atom {
    /// Whether a word of it negates.
    pub fn negates(&self) -> bool {
        self.negating
    }

    /// Whether it ends a clause.
    pub fn is_border(&self) -> bool {
        matches!(self.cue, Cue::Mark | Cue::Border | Cue::But)
    }
}

/// The text as cues, without gaps.
pub(crate) fn atoms(text: &Text, answers: &Answers) -> Vec<Atom> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let atom = at(text, i, answers);
        i = atom.to.max(i + 1);
        out.push(atom);
    }
    out
}

fn at(text: &Text, i: usize, answers: &Answers) -> Atom {
    if text.is_mark(i) {
        return Atom {
            cue: Cue::Mark,
            weak: false,
            hedged: false,
            from: i,
            to: i + 1,
            negating: false,
            ends_negating: false,
        };
    }
    // Of two of one length, the first.
    let tables: [(Cue, &[String]); 16] = [
        (Cue::Idiom, &answers.idioms),
        (Cue::Neither, &answers.neither),
        (Cue::Spared, &answers.spared),
        (Cue::Wrong, &answers.wrong),
        (Cue::Negator, &answers.negators),
        (Cue::No { negator: false }, &answers.no),
        (Cue::No { negator: false }, &answers.calming),
        (Cue::Yes { direct: true }, &answers.direct),
        (Cue::Yes { direct: false }, &answers.yes),
        (Cue::But, &answers.but),
        (Cue::Border, &answers.borders),
        (Cue::Hedge, &answers.hedges),
        (Cue::Doubt, &answers.doubts),
        (Cue::Said, &answers.said),
        (Cue::That, &answers.that),
        (Cue::Lead, &answers.leads),
    ];
    let mut best: Option<(Cue, usize)> = None;
    for (cue, phrases) in tables {
        let to = phrases.iter().filter_map(|p| text.phrase(i, p)).max();
        if let Some(to) = to.filter(|to| best.is_none_or(|b| *to > b.1)) {
            best = Some((cue, to));
        }
    }
    let (cue, to) = best.unwrap_or((Cue::Other, i + 1));
    let negating = (i..to).any(|t| negator_at(text, t, answers).is_some());
    let ends_negating = (i..to).any(|t| negator_at(text, t, answers) == Some(to));
    let cue = match cue {
        Cue::No { .. } => Cue::No { negator: negating },
        cue => cue,
    };
    let is = |phrases: &[String]| phrases.iter().any(|p| text.phrase(i, p) == Some(to));
    let (weak, hedged) = (is(&answers.weak), is(&answers.hedges));
    Atom { cue, weak, hedged, from: i, to, negating, ends_negating }
}

fn negator_at(text: &Text, i: usize, answers: &Answers) -> Option<usize> {
    answers.negators.iter().filter_map(|n| text.phrase(i, n)).max()
}
