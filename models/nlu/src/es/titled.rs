//! Proper names in their Spanish spelling: «maría de la o» → «María de la O».

use super::text::{Shape, Text};

/// Words between the parts of a name, in lower case.
const JOINING: &[&str] =
    &["de", "del", "la", "las", "los", "el", "y", "e", "i", "da", "do", "dos", "van", "von"];

/// Words that no name has: they tell speech from names.
pub(crate) const ORDINARY: &[&str] = &[
    "a",
    "adios",
    "ahora",
    "al",
    "algo",
    "apellido",
    "apellidos",
    "aqui",
    "asi",
    "ayuda",
    "bien",
    "buenas",
    "bueno",
    "buenos",
    "calle",
    "casa",
    "cita",
    "como",
    "con",
    "creo",
    "cual",
    "cuando",
    "cuanto",
    "da",
    "desde",
    "dia",
    "dias",
    "dice",
    "digo",
    "donde",
    "en",
    "era",
    "es",
    "ese",
    "eso",
    "esta",
    "estaba",
    "este",
    "esto",
    "estoy",
    "favor",
    "fue",
    "gracias",
    "ha",
    "hablar",
    "hace",
    "hacer",
    "han",
    "hay",
    "he",
    "hemos",
    "hola",
    "hoy",
    "iba",
    "igual",
    "llamaba",
    "llamada",
    "llamando",
    "llamo",
    "luego",
    "mal",
    "manana",
    "mas",
    "mañana",
    "me",
    "mi",
    "mio",
    "mis",
    "momento",
    "muy",
    "nada",
    "necesito",
    "no",
    "nombre",
    "nos",
    "nuestra",
    "nuestro",
    "numero",
    "o",
    "otra",
    "otro",
    "para",
    "pedir",
    "pero",
    "persona",
    "por",
    "porque",
    "puede",
    "puedes",
    "puedo",
    "pues",
    "que",
    "queria",
    "quien",
    "quiere",
    "quiero",
    "quisiera",
    "se",
    "ser",
    "señor",
    "señora",
    "si",
    "sin",
    "sobre",
    "son",
    "soy",
    "su",
    "sus",
    "tambien",
    "tarde",
    "tardes",
    "te",
    "telefono",
    "tengo",
    "tenia",
    "tiene",
    "todo",
    "un",
    "una",
    "usted",
    "vale",
    "vengo",
    "ver",
    "vivo",
    "voy",
    "ya",
    "yo",
];

/// Whether the word at `i` joins parts of a name.
pub(crate) fn joins(text: &Text, i: usize) -> bool {
    JOINING.contains(&text.word(i))
}

/// Tokens `from..to` as a name; hyphens and apostrophes stay where they were written.
pub(crate) fn titled(text: &Text, from: usize, to: usize) -> String {
    let mut out = String::new();
    for i in from..to {
        let Some(token) = text.get(i) else { break };
        let source = text.source.get(token.start..token.end).unwrap_or("");
        let inside = token.glued && i > from;
        if token.shape == Shape::Mark {
            if inside && matches!(source, "-" | "'" | "’") {
                out.push_str(source);
            }
            continue;
        }
        let follows_mark = inside && text.is_mark(i - 1);
        if !out.is_empty() && !follows_mark {
            out.push(' ');
        }
        let lower = source.to_lowercase();
        if joins(text, i) && i > from && i + 1 < to {
            out.push_str(&lower);
        } else {
            let mut chars = lower.chars();
            out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
            out.push_str(chars.as_str());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_their_capitals() {
        for (said, name) in [
            ("maría de la o", "María de la O"),
            ("ANA EJEMPLO Y PRUEBA", "Ana Ejemplo y Prueba"),
            ("ana ejemplo-prueba", "Ana Ejemplo-Prueba"),
            ("los ángeles", "Los Ángeles"),
            ("ñandú", "Ñandú"),
        ] {
            let text = Text::new(said);
            assert_eq!(titled(&text, 0, text.len()), name);
        }
    }
}
