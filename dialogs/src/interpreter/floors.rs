//! How sure words must be of what they do: the floors of `confidence`, and the questions before what can't be taken
//! back where words do not reach theirs.
//!
//! | floor | what it is for |
//! |---|---|
//! | half of `accept` | a value asked for that proves itself (a check letter), or is kept as it was said |
//! | `accept` | what was asked for, an option, a no, a correction with its cue, the intent that starts a dialog or, at the opening, only tells something |
//! | `act` | any other intent of `always`, a value that was not asked for, a yes to a value read back |
//! | `sure` | a yes to `confirm` and to `record: consent`, a no that leaves, an intent that leaves |

use std::collections::BTreeSet;

use super::{Interpreter, Wait};
use crate::{
    exchange::What,
    language::{Choice, Expect, Found, Manner, Understood},
    model::{Action, Addr, Bot, Instr, Op},
};

/// A wish to leave that the citizen is asked about.
#[derive(Debug, Clone)]
pub(super) struct Leave {
    dialog: usize,
    addr: Addr,
    /// The phrase that asks it.
    phrase: &'static str,
    /// What was waited for.
    back: Box<Wait>,
}

impl Leave {
    pub(super) fn back(&self) -> &Wait {
        &self.back
    }
}

/// Where steps lead before anything is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Leads {
    /// The contact ends.
    pub ends: bool,
    /// People of a queue take it over.
    pub hands: bool,
    /// Something changes outside: a service, a message, a case.
    pub changes: bool,
}

impl Leads {
    pub(super) fn away(self) -> bool {
        self.ends || self.hands || self.changes
    }
}

impl Interpreter {
    /// From which confidence on a slot takes a value.
    pub(super) fn floor(&self, name: &str) -> f32 {
        let centre = &self.bot.centre;
        let proves = self.slot(name).is_some_and(|s| s.kind.proves_itself());
        match &self.wait {
            Wait::Slot(asked) | Wait::Unclear { slot: asked, .. } | Wait::Unsure(asked) if asked == name => {
                if proves {
                    centre.accept / 2.0
                } else {
                    centre.accept
                }
            }
            _ => centre.act,
        }
    }

    /// Where the steps from here lead before they ask anything.
    pub(super) fn leads(&self, dialog: usize, addr: Addr) -> Leads {
        let mut walk = Walk { bot: &self.bot, me: self, seen: BTreeSet::new(), leads: Leads::default() };
        walk.from(dialog, addr);
        walk.leads
    }

    /// From which confidence on an intent of `always` is followed where nothing was asked yet: what only tells
    /// something is soon put right.
    pub(super) fn floor_at_opening(&self, (dialog, action): &(usize, Action)) -> f32 {
        let harmless = match action {
            Action::Block(addr) => !self.leads(*dialog, *addr).away(),
            Action::Repeat | Action::Speak(_) => true,
            Action::Back => false,
        };
        if harmless { self.bot.centre.accept } else { self.bot.centre.act }
    }

    /// Where the contact goes before the citizen is asked anything more.
    pub(super) fn leads_next(&self) -> Leads {
        self.frame().map_or_else(Leads::default, |f| self.leads(f.dialog, f.pc))
    }

    /// Whether the citizen is asked before an intent that leaves is followed.
    pub(super) fn asks_before(
        &self,
        (dialog, action): &(usize, Action),
        u: &Understood,
        answers: bool,
    ) -> bool {
        let Action::Block(addr) = action else { return false };
        let confidence = u.intents.first().map_or(0.0, |i| i.1);
        let leads = self.leads(*dialog, *addr);
        let sure = confidence >= self.bot.centre.sure;
        let plain = sure && u.plainly && !answers;
        // «para dos personas», «me acompaña alguien»: within a question only its own words hand over.
        let opening = matches!(self.wait, Wait::Opening);
        (leads.ends || leads.changes) && !plain || leads.hands && !(sure && (u.plainly || opening))
    }

    /// Whether a yes or a no that was asked for is what is meant, and not a way out that its reason sounds like («no, que
    /// se cae alguien»).
    pub(super) fn replies_instead(
        &self,
        u: &Understood,
        expect: &Expect,
        (dialog, action): &(usize, Action),
    ) -> bool {
        let Action::Block(addr) = action else { return false };
        let replied = u.yes_no.is_some_and(|(_, c)| c >= self.bot.centre.accept);
        expect.yes_no && replied && !u.plainly && self.leads(*dialog, *addr).away()
    }

    /// Whether an action hands the contact over.
    pub(super) fn hands_over(&self, (dialog, action): &(usize, Action)) -> bool {
        matches!(action, Action::Block(addr) if self.leads(*dialog, *addr).hands)
    }

    /// «¿Quiere dejarlo?»
    pub(super) fn ask_before(&mut self, dialog: usize, addr: Addr) {
        let phrase = match self.leads(dialog, addr) {
            Leads { ends: true, .. } => "leave",
            Leads { hands: true, .. } => "to_person",
            _ => "go_ahead",
        };
        let back = match &self.wait {
            Wait::Leave(leave) => leave.back.clone(),
            wait => Box::new(wait.clone()),
        };
        self.ask_leave(Leave { dialog, addr, phrase, back });
    }

    pub(super) fn ask_leave(&mut self, leave: Leave) {
        let phrase = leave.phrase;
        self.wait = Wait::Leave(leave);
        self.ask_phrase(phrase);
    }

    /// A yes or a no that was heard, but not well enough for what it does: «¿Ha dicho que sí?»
    pub(super) fn ask_doubt(&mut self, yes: bool) {
        self.wait = Wait::Doubt { yes };
        self.ask_phrase(said(yes));
    }

    fn ask_phrase(&mut self, phrase: &str) {
        let prompt = self.phrase(phrase, &[]);
        self.say(prompt);
        self.note(What::Asked { slot: String::new(), attempt: 1 });
        self.listen();
    }

    /// The wish to leave is meant: what it asked for is done.
    pub(super) fn leave(&mut self, leave: Leave) {
        self.note(What::Confirmed { yes: true });
        self.wait = *leave.back;
        self.follow((leave.dialog, Action::Block(leave.addr)));
    }

    /// It is not meant: what was asked before is asked again.
    pub(super) fn stay(&mut self, leave: Leave) {
        self.note(What::Confirmed { yes: false });
        self.progress();
        self.wait = *leave.back;
        match &self.wait {
            Wait::Slot(slot) if self.data.contains_key(slot) => self.run(),
            _ => self.again(None),
        }
    }

    /// The answer to whether the citizen wants to leave. What answers the question before it, answers it.
    pub(super) fn answer_leave(&mut self, leave: Leave, u: Understood, expect: &Expect) {
        let (accept, act) = (self.bot.centre.accept, self.bot.centre.act);
        // «no quiero dejarlo» sounds like the wish to leave: only its own words say it again.
        let said_again = u.plainly
            && u.intents.first().is_some_and(|(intent, c)| {
                let action = self.always(intent);
                *c >= act
                    && matches!(action, Some((d, Action::Block(a))) if (d, a) == (leave.dialog, leave.addr))
            });
        let valued = |s: &crate::SlotFound| matches!(s.found, Found::Valid(_) | Found::Unclear(..));
        let slots = u.slots.iter().any(|s| valued(s) && s.confidence >= self.floor(&s.slot));
        let yes_only = |s: &crate::SlotFound| matches!(s.found, Found::Valid(crate::Value::YesNo(_)));
        let more = u.slots.iter().any(|s| valued(s) && !yes_only(s) && s.confidence >= self.floor(&s.slot));
        let chosen = matches!(u.choice, Some((Choice::One(_) | Choice::Between(..), c)) if c >= accept);
        match u.yes_no {
            // «siga», «resérvela»: with what was being done.
            Some((true, c)) if matches!(u.manner, Manner::Onward | Manner::YesOnward) && c >= accept => {
                self.stay(leave);
            }
            Some((true, _)) if u.manner == Manner::Agreeing => self.miss(Some("not_understood")),
            Some((true, c)) if c >= act && !u.negated && !u.doubtful && !u.beside && !more && !chosen => {
                self.leave(leave);
            }
            _ if said_again => self.leave(leave),
            Some((false, c)) if c >= accept && !slots && !chosen => self.stay(leave),
            _ if slots || chosen || u.intents.first().is_some_and(|i| i.1 >= act) => {
                self.wait = *leave.back;
                self.answer(u, expect);
            }
            _ => self.miss(Some("not_understood")),
        }
    }

    /// The answer to whether a yes or a no was heard right. What else it says, it says of the confirmation.
    pub(super) fn answer_doubt(&mut self, doubted: bool, u: &Understood) {
        let accept = self.bot.centre.accept;
        self.wait = Wait::Confirm;
        match u.yes_no.filter(|(_, c)| *c >= accept) {
            // Not twice in doubt of the same: what is confirmed is asked again.
            _ if self.doubted(u) == Some(false) => self.again(None),
            _ if self.has_correction(u) => self.answer_confirm(u),
            Some((true, _)) if u.doubtful || u.beside || u.negated && self.asks_consent() => {
                self.again(Some("not_understood"));
            }
            _ if u.earlier_choice.is_some() => self.again(None),
            Some((true, _)) if doubted => self.confirmed(),
            Some((true, _)) => self.denied(),
            Some((false, _)) if doubted && !u.doubtful => self.denied(),
            Some((false, _)) => self.again(None),
            None => {
                self.wait = Wait::Doubt { yes: doubted };
                self.miss(Some("not_understood"));
            }
        }
    }

    /// What the words say of the confirmation is not sure enough for what it does: a yes for what follows it, a no
    /// for where it leads.
    pub(super) fn doubted(&self, u: &Understood) -> Option<bool> {
        let low = |c: f32| (self.bot.centre.accept..self.bot.centre.sure).contains(&c);
        let none = matches!(u.earlier_choice, Some((Choice::NoneFits, c)) if low(c));
        let no = matches!(u.yes_no, Some((false, c)) if low(c) || u.doubtful && c >= self.bot.centre.accept);
        let said = |c: f32| low(c) || u.beside && c >= self.bot.centre.accept;
        let yes = matches!(u.yes_no, Some((true, c)) if said(c)) && !u.doubtful;
        let picked = matches!(u.earlier_choice, Some((Choice::One(_), c)) if c >= self.bot.centre.sure);
        match () {
            () if self.has_correction(u) => None,
            () if no || none => self.denial_leads().away().then_some(false),
            () if yes && !picked => Some(true),
            () => None,
        }
    }

    fn denial_leads(&self) -> Leads {
        let frame = self.frame();
        let instr = frame.and_then(|f| Some((f.dialog, self.bot.dialogs.get(f.dialog)?.program.get(f.pc)?)));
        match instr.map(|(dialog, i)| (dialog, &i.op)) {
            Some((dialog, Op::Confirm { if_denied, .. } | Op::Consent { if_denied, .. })) => {
                self.leads(dialog, *if_denied)
            }
            _ => Leads::default(),
        }
    }

    /// Of what was said at the opening, what the dialog that begins needs, or one that it runs: a number is not also
    /// that of another matter.
    pub(super) fn of_dialog(&self, mut u: Understood, dialog: usize) -> Understood {
        let names = slots_of(&self.bot, dialog);
        u.slots.retain(|s| names.contains(s.slot.as_str()));
        u
    }

    /// The dialog that the first intent starts.
    pub(super) fn started_by(&self, u: &Understood) -> Option<usize> {
        let (intent, confidence) = u.intents.first()?;
        let mut starts = self.bot.startable();
        starts
            .find(|(_, d)| d.start_on.contains(intent) && *confidence >= self.bot.centre.accept)
            .map(|(i, _)| i)
    }

    /// Whether a slot belongs to what is at work: the question's own, or one of a dialog that has begun.
    pub(super) fn is_at_work(&self, name: &str) -> bool {
        let frames = self.frames.iter().filter_map(|f| self.bot.dialogs.get(f.dialog));
        self.asks() == Some(name) || frames.flat_map(|d| d.slots.keys()).any(|s| s == name)
    }
}

/// The phrase that asks whether a yes or a no was heard right.
pub(super) fn said(yes: bool) -> &'static str {
    if yes { "said_yes" } else { "said_no" }
}

/// The slots of a dialog and of those that it runs.
pub(super) fn slots_of(bot: &Bot, dialog: usize) -> BTreeSet<&str> {
    let (mut out, mut open, mut seen) = (BTreeSet::new(), vec![dialog], BTreeSet::new());
    while let Some(next) = open.pop() {
        let Some(d) = bot.dialogs.get(next).filter(|_| seen.insert(next)) else { continue };
        out.extend(d.slots.keys().map(String::as_str));
        open.extend(
            d.program.iter().filter_map(|i| if let Op::Run(run) = &i.op { Some(run.dialog) } else { None }),
        );
    }
    out
}

/// A walk over the steps that run without the citizen.
struct Walk<'b> {
    bot: &'b Bot,
    me: &'b Interpreter,
    seen: BTreeSet<(usize, Addr)>,
    leads: Leads,
}

impl Walk<'_> {
    /// Whether the steps run to their own end.
    fn from(&mut self, dialog: usize, addr: Addr) -> bool {
        let (mut open, mut through) = (vec![addr], false);
        while let Some(at) = open.pop() {
            let instr = self.bot.dialogs.get(dialog).and_then(|d| d.program.get(at));
            let Some(instr) = instr.filter(|_| self.seen.insert((dialog, at))) else { continue };
            if self.asks(instr) {
                continue;
            }
            match &instr.op {
                Op::Return => through = true,
                Op::End { .. } => self.leads.ends = true,
                Op::Handoff { name, .. } => self.leads.hands |= !self.is_number(dialog, name),
                Op::Jump(to) | Op::Goto(to) => open.push(*to),
                Op::If(_, to) => open.extend([at + 1, *to]),
                Op::Split(split) => open.extend(split.ways.iter().map(|w| w.2)),
                Op::Run(run) => {
                    if self.from(run.dialog, 0) {
                        open.push(at + 1);
                    }
                }
                Op::Message { .. } | Op::NoteCase { .. } | Op::CaseState { .. } | Op::Callback(_) => {
                    self.leads.changes = true;
                    open.push(at + 1);
                }
                Op::OpenCase(_) => self.leads.changes = true,
                Op::Call(call) => {
                    let safe = self.bot.services.get(&call.service).is_none_or(|o| o.is_safe());
                    self.leads.changes |= !safe;
                }
                _ => open.push(at + 1),
            }
        }
        through
    }

    /// Whether a step waits for the citizen.
    fn asks(&self, instr: &Instr) -> bool {
        let empty = |names: &[String]| names.iter().any(|n| !self.me.data.contains_key(n));
        match &instr.op {
            Op::Opening(_) | Op::Choose(_) | Op::Confirm { .. } | Op::Consent { .. } | Op::Ask { .. } => true,
            Op::Collect(slots) => empty(slots),
            op => empty(&instr.needs) && !self.me.lacks_consent(op),
        }
    }

    /// A number outside (112): nobody is asked twice before help.
    fn is_number(&self, dialog: usize, name: &str) -> bool {
        let own = self.bot.dialogs.get(dialog).and_then(|d| d.handoffs.get(name));
        let rule = own.or_else(|| self.bot.dialogs.first()?.handoffs.get(name));
        rule.is_some_and(|r| r.number.is_some())
    }
}
