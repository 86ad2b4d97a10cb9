//! From letter probabilities to words: a beam search over two models scored together.
//!
//! The *answers* are an automaton compiled from what the question expects ([`grammar`]); the
//! *open vocabulary* is a letter tree of common Spanish words with a bigram model ([`language`]), and
//! below it free letters for names and words nobody listed ([`lexicon`]). A hypothesis may pass
//! from one to the other at any word boundary, so "eh, mire, el jueves por la tarde" is open
//! words followed by a date.

pub mod align;
pub mod automaton;
mod forms;
pub mod grammar;
pub mod hearing;
mod history;
pub mod language;
pub mod letters;
pub mod lexicon;
pub mod numbers;
pub mod search;
pub mod template;
pub mod trie;
pub mod trust;
pub mod tuning;
