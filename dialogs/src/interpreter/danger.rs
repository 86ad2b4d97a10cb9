//! Danger comes before everything else: who is in it goes to the rule for an emergency, and where that is in doubt the
//! citizen is asked.

use super::{Interpreter, Wait};
use crate::{
    exchange::What,
    language::{Danger, Expect, Heard, Manner, Understood},
    model::Addr,
};

/// How often a contact may say that nobody is in danger before words in doubt are no longer asked about.
const MOST_DENIED: u32 = 2;
/// How often the question is put before it counts as unanswered.
const TRIES: u32 = 2;

/// The question whether somebody is in danger, and what it interrupted.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    /// What was waited for.
    resume: Wait,
    /// What was said, which may be an answer all the same.
    said: Understood,
    expect: Expect,
    /// The words were heard well enough to act on them if nobody answers.
    heard_well: bool,
    asked: u32,
}

impl Interpreter {
    /// Whether what was heard has been dealt with as danger, or as the answer to the question about it.
    pub(super) fn meets_danger(&mut self, heard: &Heard, said: &Understood, expect: &Expect) -> bool {
        if let Wait::Danger(doubt) = self.wait.clone() {
            self.answer_danger(*doubt, said);
            return true;
        }
        let Some((dialog, then)) = self.emergency() else {
            if said.danger == Danger::Sure && !std::mem::replace(&mut self.warned, true) {
                // Nobody is there to hand over to: the number is told, and the contact goes on.
                let number = self.phrase("call_112", &[]);
                self.say(number);
            }
            return false;
        };
        // Once helped, the words are part of the answers.
        if self.open_block(dialog, then).is_some() {
            return false;
        }
        let heard_well = heard.confidence >= self.bot.centre.accept;
        match said.danger {
            Danger::None => return false,
            Danger::Sure if heard_well => self.help(),
            Danger::Unsure if self.safe >= MOST_DENIED => return false,
            Danger::Sure | Danger::Unsure => {
                let said = Understood { danger: Danger::None, ..said.clone() };
                let expect = expect.clone();
                let resume = self.wait.clone();
                self.ask_danger(Doubt { resume, said, expect, heard_well, asked: 1 }, None);
            }
        }
        true
    }

    /// Where the rule for an emergency that holds now goes on.
    fn emergency(&self) -> Option<(usize, Addr)> {
        self.rule(|d| d.limits.emergency.as_ref().map(|rule| rule.then))
    }

    /// Leaves everything else.
    fn help(&mut self) {
        let Some((dialog, then)) = self.emergency() else { return self.fail() };
        self.frames.truncate(1);
        self.block(dialog, then, None);
    }

    /// Asks whether somebody is in danger; what was waited for stays as it is meanwhile.
    fn ask_danger(&mut self, doubt: Doubt, sorry: Option<&'static str>) {
        if let Some(sorry) = sorry {
            let sorry = self.phrase(sorry, &[]);
            self.say(sorry);
        }
        let attempt = doubt.asked;
        self.wait = Wait::Danger(Box::new(doubt));
        self.ask_danger_again();
        self.note(What::Asked { slot: String::new(), attempt });
        self.listen();
    }

    /// The words of the question.
    pub(super) fn ask_danger_again(&mut self) {
        let bot = self.bot.clone();
        let rule = self.rule(|d| d.limits.emergency.as_ref().map(|_| ()));
        let own =
            rule.and_then(|(dialog, ())| bot.dialogs.get(dialog)?.limits.emergency.as_ref()?.ask.as_ref());
        let prompt = match own {
            Some(template) => self.render(template, &[]),
            None => self.phrase("danger", &[]),
        };
        self.say(prompt);
    }

    /// The answer to the question. A person who is asked for is one; danger told again is a yes.
    fn answer_danger(&mut self, doubt: Doubt, said: &Understood) {
        let accept = self.bot.centre.accept;
        let yes_no = match said.yes_no.filter(|(_, c)| *c >= accept) {
            // «bueno», «vale»: whoever agrees has not said that somebody is.
            Some((true, _)) if matches!(said.manner, Manner::Agreeing | Manner::YesOnward) => None,
            // «siga con lo mío»: nobody is.
            Some((yes, _)) => Some(yes && said.manner != Manner::Onward),
            None => None,
        };
        match (said.danger, yes_no) {
            (Danger::Sure, _) | (Danger::Unsure, None) | (_, Some(true)) => {
                self.note(What::Confirmed { yes: true });
                self.help();
            }
            (_, Some(false)) => self.nobody_in_danger(doubt),
            _ => {
                if let Some(action) = self.wants_people(said) {
                    self.wait = doubt.resume;
                    return self.follow(action);
                }
                self.unanswered_danger(doubt, false);
            }
        }
    }

    /// The rule that an intent follows, if it hands the contact over.
    fn wants_people(&mut self, said: &Understood) -> Option<(usize, crate::model::Action)> {
        let (intent, confidence) = said.intents.first()?;
        self.always(intent).filter(|action| *confidence >= self.bot.centre.act && self.hands_over(action))
    }

    /// One or two, for yes and no.
    pub(super) fn keyed_danger(&mut self, doubt: Doubt, digit: Option<usize>) {
        match digit {
            Some(1) => {
                self.note(What::Confirmed { yes: true });
                self.help();
            }
            Some(2) => self.nobody_in_danger(doubt),
            _ => self.unanswered_danger(doubt, false),
        }
    }

    /// Neither yes nor no. Whoever is silent after words that were heard well may not be able to speak; what else stays
    /// in doubt is for people.
    pub(super) fn unanswered_danger(&mut self, mut doubt: Doubt, silent: bool) {
        if doubt.asked < TRIES {
            doubt.asked += 1;
            let sorry = if silent { "not_heard" } else { "yes_or_no" };
            return self.ask_danger(doubt, Some(sorry));
        }
        if silent && doubt.heard_well {
            return self.help();
        }
        let people = self.rule(|d| d.limits.no_match.map(|limit| limit.1));
        let Some((dialog, addr)) = people else { return self.fail() };
        if let Wait::Reply { .. } = doubt.resume {
            // Its answer comes too late then.
            return self.block(dialog, addr, None);
        }
        self.wait = doubt.resume;
        self.limit(dialog, addr);
    }

    /// Whether this reply is waited for once it is known that nobody is in danger.
    pub(super) fn danger_holds(&self, call: u64) -> bool {
        let Wait::Danger(doubt) = &self.wait else { return false };
        matches!(doubt.resume, Wait::Reply { id, .. } if id == call)
    }

    /// Back to what was asked, with what was said then as its answer if it is one.
    fn nobody_in_danger(&mut self, doubt: Doubt) {
        self.note(What::Confirmed { yes: false });
        self.safe += 1;
        self.wait = doubt.resume;
        if let Wait::Reply { id, .. } = self.wait {
            if self.has_come(id) {
                self.go_on(id);
                return self.run();
            }
            return self.lost_call();
        }
        self.spared = true;
        self.answer(doubt.said, &doubt.expect);
        self.spared = false;
    }
}
