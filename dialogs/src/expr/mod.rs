//! Templates («Le reservo {hueco.inicio | spoken}») and conditions (`huecos is empty`).
//!
//! Small and total: no functions, no loops, no code. Evaluating never fails; what is not filled is empty.

mod condition;
mod template;

pub(crate) use condition::*;
pub(crate) use template::*;

/// `hueco.inicio`: a name and fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub root: String,
    pub fields: Vec<String>,
    /// Characters from the start of the text it stands in, for messages.
    pub offset: usize,
}

impl Path {
    pub fn written(&self) -> String {
        let mut out = self.root.clone();
        for field in &self.fields {
            out.push('.');
            out.push_str(field);
        }
        out
    }

    /// `hueco.inicio` and nothing else.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let mut parts = text.trim().split('.').map(str::trim);
        let root = parts.next().unwrap_or_default().to_owned();
        let fields: Vec<String> = parts.map(str::to_owned).collect();
        for name in std::iter::once(&root).chain(&fields) {
            if !is_name(name) {
                return Err(Wrong::new(0, format!("`{name}` is not a name"), not_a_name(name)));
            }
        }
        Ok(Self { root, fields, offset: 0 })
    }
}

/// What to do about a name that is none.
fn not_a_name(name: &str) -> &'static str {
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()) {
        "a list has no numbered entries: `choose` one of them, and say its parts"
    } else if name.contains(['+', '*', '/', '-', '(']) {
        "texts say values and don't calculate: let a service give the result"
    } else {
        "write letters, digits and _"
    }
}

/// Letters, digits and `_`, not beginning with a digit.
pub(crate) fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// What is wrong with a text, `offset` characters from its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub offset: usize,
    pub what: String,
    pub nearest: Option<String>,
    pub cure: String,
}

impl Wrong {
    fn new(offset: usize, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { offset, what: what.into(), nearest: None, cure: cure.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Filter, Value};
    use std::time::Duration;

    fn holds(text: &str) -> bool {
        let look = |p: &Path| match p.written().as_str() {
            "edad" => Some(Value::Number(30.0)),
            "nombre" => Some(Value::Text("ana".into())),
            "socio" => Some(Value::YesNo(true)),
            "lista" => Some(Value::List(vec![])),
            _ => None,
        };
        Condition::parse(text).unwrap().holds(&look, &|p| p.written() == "oficina.horario")
    }

    #[test]
    fn conditions_decide() {
        assert!(holds("edad >= 30 and nombre == 'ana'"));
        assert!(holds("not (edad < 18 or nombre != 'ana')"));
        assert!(holds("lista is empty and nada is empty and nombre is not empty"));
        assert!(holds("socio") && holds("socio == true") && !holds("nada"));
        assert!(!holds("nada == 'x'") && holds("nada != 'x'"));
        assert!(
            holds("oficina.horario is open") && holds("oficina.tarde is closed and not otra.cosa is open")
        );
    }

    #[test]
    fn conditions_that_cannot_be_read_say_where() {
        for (text, offset) in [("a ==", 4), ("a b", 2), ("(a", 2), ("a = 1", 2), ("'x", 0), ("a is full", 5)]
        {
            assert_eq!(Condition::parse(text).unwrap_err().offset, offset, "{text}");
        }
    }

    #[test]
    fn templates_hold_values_and_filters() {
        let t = Template::parse("Es {nif | masked}, {a.b}.").unwrap();
        let values: Vec<_> = t.values().map(|(p, f)| (p.written(), f)).collect();
        assert_eq!(values, [("nif".into(), Filter::Masked), ("a.b".into(), Filter::Plain)]);
        assert_eq!(Template::parse("{x | spokn}").unwrap_err().nearest.as_deref(), Some("spoken"));
        assert!(Template::parse("a { b").is_err() && Template::parse("a } b").is_err());
    }

    #[test]
    fn marks_are_three_and_are_closed() {
        let t =
            Template::parse("Diga <slow>el <spell>{x}</spell></slow><break time=\"300ms\"/> 2 < 3").unwrap();
        let marks: Vec<_> =
            t.parts.iter().filter_map(|p| if let Part::Mark(m) = p { Some(*m) } else { None }).collect();
        let pause = Mark::Break(Duration::from_millis(300));
        assert_eq!(
            marks,
            [Mark::Slow(true), Mark::Spell(true), Mark::Spell(false), Mark::Slow(false), pause]
        );
        let ssml = "<prosody rate=\"slow\">a</prosody><say-as interpret-as='characters'>b</say-as>";
        assert_eq!(Template::parse(ssml).unwrap().parts.len(), 6);
        for bad in
            ["<slow>a", "a</slow>", "<sloow>a</sloow>", "<break/>", "<break time=\"1h\"/>", "<slow>a</spell>"]
        {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Template::parse("<slwo>a</slwo>").unwrap_err().nearest.as_deref(), Some("slow"));
    }
}
