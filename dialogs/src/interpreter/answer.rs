//! What an utterance changes.

use super::{Datum, Frame, Interpreter, Trouble, Wait};
use crate::{
    exchange::{Source, What},
    language::{Choice, Expect, ExpectedSlot, Found, SlotFound, Understood},
    model::{Action, ConfirmRule, Op, Slot},
    reach::Reach,
    value::{Kind, Value},
};

/// An intent is followed from the floor `act` on, this one unless the centre writes another, where nothing that the
/// words answer was asked…
pub const INTENT_FOLLOWED: f32 = 0.6;
/// …from this one on where the same words also answer the question…
const INTENT_OVER_ANSWER: f32 = 0.85;
/// …and from this one on where any words do.
const INTENT_OVER_ANY_WORDS: f32 = 0.9;

/// What the language says, without anything that was not asked for.
pub(super) fn sane(mut u: Understood, expect: &Expect, reach: &Reach) -> Understood {
    u.intents.retain(|(i, _)| expect.intents.contains(i));
    u.slots.retain(|s| reach.places.contains_key(&s.slot));
    let good = |choice: &Choice, options: usize| match choice {
        Choice::One(i) => *i < options,
        Choice::Between(a, b) => a != b && *a < options && *b < options,
        Choice::NoneFits => options > 0,
    };
    u.choice = u.choice.filter(|(c, _)| good(c, expect.options.len()));
    u.earlier_choice = u.earlier_choice.filter(|(c, _)| good(c, expect.earlier_options.len()));
    u
}

/// Words that mean an intent are not also what a slot that takes any words was asked for, nor the yes or no to the
/// question that they leave («no quiero que graben»).
fn beside_intent(mut u: Understood, expect: &Expect) -> Understood {
    let else_meant =
        |(e, asked): (&ExpectedSlot, bool)| e.kind.takes_any_words() || (asked && e.kind == Kind::YesNo);
    u.slots.retain(|s| !expect.slots_in_order().any(|e| e.0.name == s.slot && else_meant(e)));
    u
}

/// An answer in any words says nothing of other slots; one that corrects another is no answer.
fn in_own_words(mut u: Understood, expect: &Expect, corrects: bool) -> Understood {
    let asked = expect.asked().filter(|e| e.kind.takes_any_words());
    let Some(asked) = asked.filter(|e| u.slots.iter().any(|s| s.slot == e.name)) else { return u };
    if u.correction && corrects {
        u.slots.retain(|s| s.slot != asked.name);
    } else if asked.kind == Kind::FreeText {
        u.slots.retain(|s| s.slot == asked.name);
    }
    u
}

impl Interpreter {
    /// `expect` is what made sense as an answer when the words were said.
    pub(super) fn answer(&mut self, mut u: Understood, expect: &Expect) {
        let accept = self.bot.centre.accept;
        if let Wait::Opening = self.wait {
            return self.answer_opening(&u);
        }
        u.slots.retain(|s| self.is_at_work(&s.slot));
        if let Wait::Leave(leave) = self.wait.clone() {
            return self.answer_leave(leave, u, expect);
        }
        let u = self.plain_yes_no(u);
        let waiting = matches!(self.wait, Wait::Reply { .. });
        let answers = !waiting && self.answers(&u);
        let needed = match self.asks().and_then(|name| self.slot(name)) {
            Some(slot) if answers && slot.kind.takes_any_words() => INTENT_OVER_ANY_WORDS,
            _ if answers => INTENT_OVER_ANSWER,
            _ => self.bot.centre.act,
        };
        if let Some((intent, confidence)) = u.intents.first()
            && *confidence >= needed
            && let Some(action) = self.always(intent)
            && !matches!(action, (dialog, Action::Block(addr)) if self.in_block(dialog, addr))
            && !self.replies_instead(&u, expect, &action)
            && !(answers && !u.plainly && (self.is_choosing() || self.hands_over(&action)))
        {
            let asks_before = self.asks_before(&action, &u, answers);
            if waiting && (asks_before || !self.leaves(&action)) {
                // A digression or a question would lose the answer that is on its way, or ask for it twice.
                return self.note(What::Ignored { input: "heard".into() });
            }
            self.note(What::Intent { intent: intent.clone(), confidence: *confidence });
            if !waiting {
                let values = beside_intent(u, expect);
                let values = self.wanted(values, &action);
                self.take_values(&values, false);
            }
            if let (dialog, Action::Block(addr)) = action
                && asks_before
            {
                return self.ask_before(dialog, addr);
            }
            return self.follow(action);
        }
        let corrects = self.has_correction(&u);
        let u = if matches!(self.wait, Wait::Slot(_)) { in_own_words(u, expect, corrects) } else { u };
        match self.wait.clone() {
            Wait::Reply { .. } => self.note(What::Ignored { input: "heard".into() }),
            Wait::Slot(slot) => self.answer_slot(&slot, &u),
            Wait::Unclear { slot, first, second } => self.answer_unclear(&slot, &[first, second], &u),
            Wait::Unsure(slot) => self.answer_unsure(&slot, &u),
            Wait::Choose { page } => self.answer_choice(page, &u),
            Wait::Between { page, first, second } => match u.choice {
                Some((Choice::One(i), c)) if c >= accept => {
                    self.choose(if i == 0 { first } else { second }, (Source::Voice, c));
                }
                Some((Choice::NoneFits, c)) if c >= accept => self.ask_options(page, false),
                _ => self.otherwise(&u),
            },
            Wait::Picked { page, index } => self.answer_picked(page, index, &u),
            Wait::Confirm => match self.doubted(&u) {
                Some(yes) => self.ask_doubt(yes),
                None => self.answer_confirm(&u),
            },
            Wait::Doubt { yes } => self.answer_doubt(yes, &u),
            Wait::Leave(_) | Wait::Citizen | Wait::Opening | Wait::Danger(_) | Wait::Over => {}
        }
    }

    /// A yes or a no, where one was asked for and «no, no lo tengo» begins like a correction, whose rest is neither.
    fn plain_yes_no(&self, mut u: Understood) -> Understood {
        let Wait::Slot(name) = &self.wait else { return u };
        let asked = self.slot(name).is_some_and(|s| s.kind == Kind::YesNo);
        let else_said = u.slots.iter().any(|s| s.slot == *name || matches!(s.found, Found::Valid(_)));
        if let Some((yes, confidence)) = u.yes_no.filter(|_| asked && u.correction && !else_said) {
            let found = Found::Valid(Value::YesNo(yes));
            u.slots.push(SlotFound { slot: name.clone(), found, confidence });
        }
        u
    }

    /// Whether the words answer what was asked.
    pub(super) fn answers(&self, u: &Understood) -> bool {
        let accept = self.bot.centre.accept;
        let yes_no = u.yes_no.is_some_and(|(_, c)| c >= accept);
        let choice = u.choice.is_some_and(|(_, c)| c >= accept);
        let slot = |name: &str| {
            u.slots.iter().any(|s| {
                s.slot == name && s.confidence >= self.floor(name) && matches!(s.found, Found::Valid(_))
            })
        };
        match &self.wait {
            Wait::Slot(name) => slot(name),
            Wait::Unclear { slot: name, .. } => choice || slot(name),
            Wait::Unsure(name) => yes_no || slot(name),
            Wait::Choose { .. } | Wait::Between { .. } => choice,
            Wait::Picked { .. } => choice || yes_no,
            Wait::Confirm | Wait::Doubt { .. } => yes_no || u.earlier_choice.is_some(),
            _ => false,
        }
    }

    /// Whether an action ends the contact or hands it over, and nothing else.
    fn leaves(&self, (dialog, action): &(usize, Action)) -> bool {
        let Action::Block(addr) = action else { return false };
        let steps = self.bot.dialogs.get(*dialog).map(|d| d.program.iter().skip(*addr));
        let first = steps.and_then(|mut s| s.find(|i| !matches!(i.op, Op::Say { .. })));
        matches!(first.map(|i| &i.op), Some(Op::Handoff { .. } | Op::End { .. }))
    }

    /// Of what was said beside an intent, what was asked for and what the digression itself uses: «a qué hora
    /// cierran los viernes» is no wish for a Friday. Who takes the contact over gets all of it.
    fn wanted(&self, mut u: Understood, action: &(usize, Action)) -> Understood {
        let (dialog, Action::Block(addr)) = action else { return u };
        if self.leaves(action) {
            return u;
        }
        let asked = self.asks().map(str::to_owned);
        let steps = self.bot.dialogs.get(*dialog).into_iter().flat_map(|d| d.program.iter().skip(*addr));
        let steps: Vec<_> = steps.take_while(|i| !matches!(i.op, Op::Return)).collect();
        let uses = |name: &String| {
            steps.iter().any(|i| match &i.op {
                Op::Collect(slots) => slots.contains(name),
                Op::Ask { slot, .. } => slot == name,
                Op::Run(step) => {
                    self.bot.dialogs.get(step.dialog).is_some_and(|d| d.slots.contains_key(name))
                }
                _ => i.needs.contains(name) || i.reads.contains(name),
            })
        };
        u.slots.retain(|s| Some(&s.slot) == asked.as_ref() || uses(&s.slot));
        u
    }

    pub(super) fn follow(&mut self, (dialog, action): (usize, Action)) {
        match action {
            Action::Repeat => self.repeat(),
            Action::Speak(times) => self.speak(times),
            Action::Back => self.back(),
            Action::Block(addr) => {
                self.closed = false;
                // While a service is waited for, nothing is resumed: its answer comes too late then.
                let resume = match &self.wait {
                    Wait::Reply { .. } => None,
                    wait => Some(wait.clone()),
                };
                self.block(dialog, addr, resume);
            }
        }
    }

    /// At the opening: an intent starts a dialog; so do values that only one dialog takes.
    pub(super) fn answer_opening(&mut self, u: &Understood) {
        let act = self.bot.centre.act;
        if let Some((intent, confidence)) = u.intents.first().cloned() {
            if let Some(dialog) = self.started_by(u) {
                self.note(What::Intent { intent, confidence });
                return self.begin(dialog, u);
            }
            if let Some(action) = self.always(&intent)
                && confidence >= self.floor_at_opening(&action)
            {
                self.note(What::Intent { intent, confidence });
                let values = self.wanted(u.clone(), &action);
                self.take_values(&values, false);
                if let (dialog, Action::Block(addr)) = action
                    && self.asks_before(&action, u, false)
                {
                    return self.ask_before(dialog, addr);
                }
                return self.follow(action);
            }
        }
        let valued = |name: &str, slot: &Slot| {
            let whole = |s: &SlotFound| matches!(s.found, Found::Valid(_) | Found::Unclear(..));
            let said = |s: &SlotFound| s.slot == name && whole(s) && s.confidence >= act;
            slot.kind.tells_itself() && u.slots.iter().any(said)
        };
        let fitting = self.bot.startable().filter(|(_, d)| d.slots.iter().any(|(name, s)| valued(name, s)));
        let fitting: Vec<usize> = fitting.map(|(i, _)| i).collect();
        match fitting.as_slice() {
            [dialog] => self.begin(*dialog, u),
            _ => self.miss(Some("not_understood")),
        }
    }

    fn begin(&mut self, dialog: usize, u: &Understood) {
        self.progress();
        self.frames.truncate(1);
        self.heard.clear();
        self.frames.push(Frame::new(dialog, 0, false));
        self.note(What::Began);
        let values = self.of_dialog(u.clone(), dialog);
        self.take_values(&values, false);
        self.run();
    }

    /// Fills every empty slot that the words fill. With `correct`, other values of filled slots count as
    /// corrections. True if anything changed.
    pub(super) fn take_values(&mut self, u: &Understood, correct: bool) -> bool {
        let (accept, sure) = (self.bot.centre.accept, self.bot.centre.sure);
        let mut changed = false;
        let mut corrections = Vec::new();
        for found in &u.slots {
            let filled = self.data.contains_key(&found.slot);
            let corrects = correct && u.correction && filled;
            if found.confidence < if corrects { accept } else { self.floor(&found.slot) } {
                continue;
            }
            match (&found.found, filled) {
                (Found::Valid(value), false) => {
                    changed |= self.fill(&found.slot, value.clone(), (Source::Voice, found.confidence));
                    self.confirm_later(&found.slot, found.confidence);
                }
                (Found::Valid(value), true)
                    if self.differs(&found.slot, value, u.correction)
                        && correct
                        && (u.correction || found.confidence >= sure) =>
                {
                    corrections.push((found.slot.clone(), value.clone(), found.confidence));
                }
                (Found::Invalid, false) => {
                    self.note(What::Refused { slot: found.slot.clone(), why: "invalid" });
                    self.trouble.insert(found.slot.clone(), Trouble::Invalid);
                }
                (Found::Unclear(a, b), false) => {
                    self.trouble.insert(found.slot.clone(), Trouble::Unclear(a.clone(), b.clone()));
                }
                _ => {}
            }
        }
        for (slot, value, confidence) in corrections {
            changed |= self.correct(&slot, value, confidence);
        }
        changed
    }

    pub(super) fn confirm_later(&mut self, name: &str, confidence: f32) {
        let rule = self.slot(name).map(|s| s.confirm);
        let wanted = match rule {
            Some(ConfirmRule::Always) => true,
            Some(ConfirmRule::WhenUnsure) if confidence < self.bot.centre.act => true,
            _ => self.is_in_doubt(confidence),
        };
        if wanted {
            self.read_back_later(name);
        }
    }

    fn read_back_later(&mut self, name: &str) {
        if self.data.contains_key(name) && !self.unsure.iter().any(|s| s == name) {
            self.unsure.push_back(name.to_owned());
        }
    }

    /// Whether a value is not sure enough for what is done on the strength of it before anything more is asked.
    fn is_in_doubt(&self, confidence: f32) -> bool {
        let leads = self.leads_next();
        // «claro claro ah no»: nobody is sent away for it either.
        leads.changes && confidence < self.bot.centre.sure || leads.away() && confidence < self.bot.centre.act
    }

    fn answer_slot(&mut self, name: &str, u: &Understood) {
        let floor = self.floor(name);
        let asked = u.slots.iter().find(|s| s.slot == name && s.confidence >= floor).map(|s| s.found.clone());
        let changed = self.take_values(u, true);
        if matches!(self.wait, Wait::Over) {
            return;
        }
        // «sí, pero es peligroso»: whatever follows from it.
        if u.doubtful && self.slot(name).is_some_and(|slot| slot.kind == Kind::YesNo) {
            self.read_back_later(name);
        }
        if self.data.contains_key(name) || (changed && !self.trouble.contains_key(name)) {
            return self.run();
        }
        match asked {
            Some(Found::Unclear(first, second)) => {
                self.trouble.remove(name);
                self.ask_unclear(name, first, second);
            }
            Some(Found::Unfinished) => self.unfinished(name),
            // Refused values left their trouble: the question says what is wrong.
            _ => self.miss(Some("not_understood")),
        }
    }

    fn answer_unclear(&mut self, name: &str, both: &[Value; 2], u: &Understood) {
        let accept = self.bot.centre.accept;
        let picked = match u.choice {
            Some((Choice::One(i), c)) if c >= accept => both.get(i).map(|v| (v.clone(), c)),
            _ => u.slots.iter().find_map(|s| match &s.found {
                Found::Valid(v) if s.slot == name && s.confidence >= accept => {
                    Some((v.clone(), s.confidence))
                }
                _ => None,
            }),
        };
        if let Some((value, confidence)) = picked {
            self.fill(name, value, (Source::Voice, confidence));
            // The words that picked it say it no other way: «la primera» is no first of the month.
            let mut others = u.clone();
            others.slots.retain(|s| s.slot != name);
            self.take_values(&others, true);
            return self.run();
        }
        if matches!(u.choice, Some((Choice::NoneFits, _))) || matches!(u.yes_no, Some((false, _))) {
            return self.ask_slot(name, None);
        }
        self.otherwise(u);
    }

    fn answer_unsure(&mut self, name: &str, u: &Understood) {
        let floor = self.floor(name);
        let old = self.data.get(name).map(|d| d.value.clone());
        let other = u.slots.iter().find_map(|s| match &s.found {
            Found::Valid(v) if s.slot == name && s.confidence >= floor && Some(v) != old.as_ref() => {
                Some((v.clone(), s.confidence))
            }
            _ => None,
        });
        if let Some((value, confidence)) = other {
            // Said twice, once as a correction: believed, but where something is done on it that was hardly heard.
            if self.fill(name, value, (Source::Voice, confidence)) {
                if self.is_in_doubt(confidence) {
                    self.read_back_later(name);
                }
                return self.run();
            }
            self.data.remove(name);
            return self.run();
        }
        if self.agrees(u) {
            self.note(What::Confirmed { yes: true });
            self.progress();
            self.take_values(u, false);
            return self.run();
        }
        if self.denies(u) {
            self.note(What::Confirmed { yes: false });
            self.note(What::Refused { slot: name.to_owned(), why: "denied" });
            self.data.remove(name);
            *self.failed.entry(name.to_owned()).or_default() += 1;
            return self.ask_slot(name, None);
        }
        self.otherwise(u);
    }

    fn answer_choice(&mut self, page: usize, u: &Understood) {
        let bot = self.bot.clone();
        let Some(step) = self.choose_step(&bot) else { return self.fail() };
        let accept = bot.centre.accept;
        let shown = self.page(page, step.at_once);
        let only = (shown.len() == 1).then(|| shown.first().map(|(i, _)| *i)).flatten();
        let denied = only.is_some() && !self.has_correction(u) && self.no_is_said(u);
        let last = (page + 1) * step.at_once >= self.offered.options.len();
        let away = last && self.frame().is_some_and(|f| self.leads(f.dialog, step.none_fits).away());
        // What leads away is not concluded from words that are in doubt.
        let passed = |c: f32| if away { c >= bot.centre.sure && !u.doubtful } else { c >= accept };
        match (u.choice, u.yes_no) {
            // A no to the only one is a no, whatever sounds like it beside.
            (_, Some((false, c))) if denied && passed(c) => self.none_fits(page),
            _ if denied => self.otherwise(u),
            (Some((Choice::One(_), _)), yes)
                if only.is_some() && u.negated && !matches!(yes, Some((true, _))) =>
            {
                self.otherwise(u);
            }
            // Its name alone is no yes to the only one where something is done on it («otra farola»).
            (Some((Choice::One(i), c)), yes)
                if only.is_some()
                    && !matches!(yes, Some((true, _)))
                    && c >= accept
                    && self.changes_after() =>
            {
                if let Some((index, _)) = shown.get(i) {
                    self.ask_picked(page, *index);
                }
            }
            // «sí, pero…» to the only one.
            (Some((Choice::One(_), _)), Some((true, _))) if only.is_some() && u.doubtful => self.otherwise(u),
            (Some((Choice::One(i), c)), _) if c >= accept => {
                if let Some((index, _)) = shown.get(i) {
                    self.choose(*index, (Source::Voice, c));
                }
            }
            (Some((Choice::Between(a, b), c)), _)
                if c >= accept && !(u.correction && self.has_correction(u)) =>
            {
                match (shown.get(a), shown.get(b)) {
                    (Some((a, _)), Some((b, _))) => self.ask_between(page, *a, *b),
                    _ => self.miss(Some("not_understood")),
                }
            }
            (Some((Choice::NoneFits, c)), _) if passed(c) && !self.has_correction(u) => self.none_fits(page),
            (_, Some((true, c))) if only.is_some() && self.agrees(u) => {
                self.choose(only.unwrap_or_default(), (Source::Voice, c));
            }
            (_, Some((false, c))) if passed(c) && !self.has_correction(u) => self.none_fits(page),
            _ => self.otherwise(u),
        }
    }

    /// The next options, or the branch for when there are none.
    fn none_fits(&mut self, page: usize) {
        self.progress();
        let bot = self.bot.clone();
        let Some(step) = self.choose_step(&bot) else { return self.fail() };
        if (page + 1) * step.at_once < self.offered.options.len() {
            return self.ask_options(page + 1, false);
        }
        self.goto(step.none_fits);
        self.run();
    }

    /// Whether something changes outside right after the step at work.
    fn changes_after(&self) -> bool {
        self.frame().is_some_and(|f| self.leads(f.dialog, f.pc + 1).changes)
    }

    pub(super) fn is_choosing(&self) -> bool {
        matches!(self.wait, Wait::Choose { .. } | Wait::Between { .. } | Wait::Picked { .. })
    }

    /// The answer to whether an option was understood right.
    fn answer_picked(&mut self, page: usize, index: usize, u: &Understood) {
        let (accept, sure) = (self.bot.centre.accept, self.bot.centre.sure);
        match (u.choice, u.yes_no) {
            _ if self.denies(u) => self.ask_options(page, false),
            (_, Some((true, c))) if c >= sure && self.agrees(u) => self.choose(index, (Source::Voice, c)),
            (Some((Choice::One(_), c)), yes) if c >= sure && yes.is_none() && !u.negated => {
                self.choose(index, (Source::Voice, c));
            }
            (Some((Choice::NoneFits, c)), _) if c >= accept => self.ask_options(page, false),
            _ => self.otherwise(u),
        }
    }

    /// The citizen has chosen. Where the next step changes something outside, who did not say it clearly is asked.
    pub(super) fn choose(&mut self, index: usize, (source, confidence): (Source, f32)) {
        if confidence < self.bot.centre.sure && self.changes_after() {
            let page = match self.wait {
                Wait::Choose { page } | Wait::Between { page, .. } | Wait::Picked { page, .. } => page,
                _ => 0,
            };
            return self.ask_picked(page, index);
        }
        self.pick(index, (source, confidence));
        let var = self.offered.var.clone();
        self.done(vec![var], false);
        self.run();
    }

    /// Puts an option into the name that is chosen.
    pub(super) fn pick(&mut self, index: usize, (source, confidence): (Source, f32)) {
        let Some(value) = self.offered.options.get(index).cloned() else { return };
        let slot = self.offered.var.clone();
        let corrected =
            self.data.insert(slot.clone(), Datum { value: value.clone(), private: false }).is_some();
        let value = value.to_string();
        self.given.retain(|s| *s != slot);
        self.given.push(slot.clone());
        self.note(What::Filled { slot, value, source, confidence, corrected });
        self.progress();
    }

    /// The words don't answer the question: perhaps they fill or correct something else.
    pub(super) fn otherwise(&mut self, u: &Understood) {
        if self.take_values(u, true) {
            if !matches!(self.wait, Wait::Over) {
                self.run();
            }
            return;
        }
        self.miss(Some("not_understood"));
    }
}
