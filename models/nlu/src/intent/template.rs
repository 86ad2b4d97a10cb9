//! Examples as templates: `[quiero|quería] cita [por favor] para {tramite}`.
//!
//! `[a|b]` is one of them, `[a]` is a or nothing, `{slot}` stands for any words and
//! adds none. No nesting.

/// Sentences that one template may become.
const MOST: usize = 24;

/// All sentences of a template, evenly thinned to the first [`MOST`].
pub(crate) fn expand(example: &str) -> Result<Vec<String>, String> {
    let mut sentences = vec![String::new()];
    let mut rest = example;
    while let Some(at) = rest.find(['[', '{', ']', '}']) {
        let (plain, from) = rest.split_at(at);
        let (close, variants) = match from.chars().next() {
            Some('[') => (']', true),
            Some('{') => ('}', false),
            _ => return Err(format!("«{}» closes nothing", from.chars().next().unwrap_or(' '))),
        };
        let body = from.get(1..).unwrap_or("");
        let end = body.find(close).ok_or_else(|| format!("a «{close}» is missing"))?;
        let inside = body.get(..end).unwrap_or("");
        if inside.contains(['[', '{']) {
            return Err("brackets inside brackets are not understood: write two examples".to_owned());
        }
        let mut options: Vec<&str> = if variants { inside.split('|').collect() } else { vec![""] };
        if variants && options.len() == 1 {
            options.push("");
        }
        sentences = product(&sentences, plain, &options);
        rest = body.get(end + 1..).unwrap_or("");
    }
    for sentence in &mut sentences {
        sentence.push_str(rest);
    }
    Ok(sentences)
}

fn product(sentences: &[String], plain: &str, options: &[&str]) -> Vec<String> {
    let all: Vec<String> =
        options.iter().flat_map(|o| sentences.iter().map(move |s| format!("{s}{plain}{o}"))).collect();
    let step = all.len().div_ceil(MOST).max(1);
    all.into_iter().step_by(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_expand() {
        assert_eq!(expand("[quiero|quería] cita").unwrap(), ["quiero cita", "quería cita"]);
        assert_eq!(expand("cita [por favor]").unwrap(), ["cita por favor", "cita "]);
        assert_eq!(expand("cita para {tramite} ya").unwrap(), ["cita para  ya"]);
        assert_eq!(expand("nada").unwrap(), ["nada"]);
        assert!(expand("[a|b|c] [a|b|c] [a|b|c] [a|b|c] [a|b|c]").unwrap().len() <= MOST);
    }

    #[test]
    fn broken_templates_say_why() {
        assert!(expand("[quiero cita").unwrap_err().contains(']'));
        assert!(expand("quiero] cita").unwrap_err().contains("closes nothing"));
        assert!(expand("[a {b}]").is_err());
    }
}
