use super::*;

/// Runs the words of `text` through the automaton: what is accepted at the end, and whether the
/// state is unfinished; `None` when a word does not fit.
fn walk(compiled: &Compiled, text: &str) -> Option<(u8, bool)> {
    let mut state = 0;
    for token in tokens(text) {
        state = compiled.automaton.next(state, compiled.words.lookup(&token)?)?;
    }
    let state = compiled.automaton.state(state);
    Some((state.accept, state.unfinished))
}

fn compile(grammars: Vec<Grammar>, phrases: &[&str]) -> Compiled {
    let phrases = phrases.iter().map(|p| p.to_string()).collect();
    Compiled::new(&Expectation { grammars, phrases, open: true }, Lexicon::base(), 1.0)
}

fn table(grammar: Grammar, whole: &[&str], parts: &[&str], never: &[&str]) {
    let compiled = compile(vec![grammar.clone()], &[]);
    println!(
        "{grammar:?}: {} states, {} letter nodes",
        compiled.automaton.size(),
        compiled.automaton.trie.size()
    );
    for text in whole {
        assert_eq!(walk(&compiled, text).map(|w| w.0), Some(ANSWER), "{grammar:?} whole: {text}");
    }
    for text in parts {
        assert_eq!(walk(&compiled, text), Some((0, true)), "{grammar:?} unfinished: {text}");
    }
    for text in never {
        assert!(!matches!(walk(&compiled, text), Some((a, _)) if a != 0), "{grammar:?} never: {text}");
    }
}

#[test]
fn the_rules_that_ship_are_read() {
    let rules = Rules::parse(RULES).unwrap();
    assert!(rules.get("dates").is_some() && rules.get("given").is_some());
}

#[test]
fn yes_and_no() {
    let whole = [
        "sí",
        "no",
        "sí claro",
        "no gracias",
        "vale",
        "de acuerdo",
        "no no está bien",
        "qué va",
        "pues sí",
        "sí sí sí",
        "no me viene bien",
    ];
    table(Grammar::YesNo, &whole, &[], &["el jueves", "de"]);
}

#[test]
fn ids() {
    let whole = [
        "uno dos tres cuatro cinco seis siete ocho zeta",
        "doce treinta y cuatro cincuenta y seis setenta y ocho zeta",
        "ciento veintitrés cuatrocientos cincuenta y seis setenta y ocho zeta",
        "doce trescientos cuarenta y cinco seiscientos setenta y ocho letra zeta",
        "equis uno dos tres cuatro cinco seis siete ele",
        "es el doble cero treinta y cuatro cincuenta y seis setenta y ocho con letra be de barcelona",
        "doce millones trescientos cuarenta y cinco mil seiscientos setenta y ocho zeta",
        "mi dni es el triple cero uno dos tres cuatro cinco uve doble",
    ];
    let parts = ["doce", "uno dos tres cuatro cinco seis siete ocho", "equis uno dos"];
    table(
        Grammar::Nif,
        &whole,
        &parts,
        &["uno dos tres zeta", "uno dos tres cuatro cinco seis siete ocho nueve zeta"],
    );
}

#[test]
fn plates() {
    let whole = [
        "uno dos tres cuatro be ce de",
        "la matrícula es doce treinta y cuatro jota uve doble zeta",
        "mil doscientos treinta y cuatro be ce de",
        "doble cero veintiuno ka ele eme gracias",
        "eme uno dos tres cuatro a be",
        "ese e uno dos tres cuatro erre",
    ];
    let parts = ["uno dos tres", "uno dos tres cuatro be ce", "eme uno dos"];
    table(Grammar::Plate, &whole, &parts, &["uno dos tres cuatro a e i", "uno dos be ce de"]);
}

/// Any words may follow a part of a name or of an address: it is never known to be whole, and never unfinished.
#[test]
fn names_and_addresses() {
    let fits = |grammar: Grammar, text: &str| {
        let compiled = compile(vec![grammar.clone()], &[]);
        walk(&compiled, text).unwrap_or_else(|| panic!("{grammar:?}: {text}"))
    };
    assert_eq!(fits(Grammar::Name, "me llamo ana"), (PHRASE, false));
    assert_eq!(fits(Grammar::Name, "maría del carmen garcía"), (PHRASE, false));
    assert_eq!(fits(Grammar::Name, "soy josé luis martín de la peña"), (ANSWER | PHRASE, false));
    for address in [
        "calle",
        "calle del olmo",
        "vivo en la plaza de la constitución número doce",
        "avenida de santa teresa ciento uno escalera be tercero izquierda",
        "número siete bajo derecha",
        "tercero izquierda",
    ] {
        assert_eq!(fits(Grammar::Address, address), (PHRASE, false), "{address}");
    }
    for mail in
        ["ana punto lópez", "ana punto lópez arroba gmail punto com", "arroba hotmail punto es", "punto es"]
    {
        assert_eq!(fits(Grammar::Email, mail), (PHRASE, false), "{mail}");
    }
}

#[test]
fn digit_strings() {
    let nine = Grammar::Digits { min: 9, max: 9 };
    let whole = [
        "seiscientos doce treinta y cuatro cincuenta y seis setenta y ocho",
        "mi teléfono es el seis cero cero cero cero cero cero cero cero",
        "seiscientos cien doscientos",
    ];
    table(
        nine,
        &whole,
        &["seis", "seiscientos doce", "uno dos tres cuatro cinco seis siete ocho"],
        &["hola"],
    );
    table(
        Grammar::Digits { min: 1, max: 4 },
        &["uno", "doce", "doble cero", "mil"][..3],
        &["doble"],
        &["ciento veinte treinta"],
    );
}

#[test]
fn days_and_hours() {
    let whole = [
        "el jueves que viene por la tarde",
        "quince de mayo",
        "el tres de mayo de mil novecientos setenta",
        "uno de enero del dos mil tres",
        "el quince de mayo a las cinco y media",
        "mañana por la mañana",
        "pasado mañana",
        "el martes doce a las nueve menos cuarto",
        "para el lunes",
        "quería el viernes a primera hora",
        "dentro de dos semanas",
        "la semana que viene",
        "a las cinco y media de la tarde",
        "por la tarde",
        "el treinta y uno de enero",
        "en septiembre",
        "entre las cuatro y las seis",
        "el jueves catorce de mayo a las cinco y media de la tarde",
        "lo antes posible",
        "no mejor el miércoles",
    ];
    table(Grammar::Date, &whole, &["el quince de", "a las", "el jueves a las"], &["uno dos tres"]);
    table(
        Grammar::Time,
        &["a las cinco", "las doce y media", "sobre las nueve y cuarto", "a la una"],
        &["a las"],
        &["el jueves a"],
    );
}

#[test]
fn numbers_choices_and_lists() {
    let numbers = [
        "cero",
        "veintiuno",
        "mil",
        "ciento uno",
        "dos mil veintiséis",
        "novecientos noventa y nueve mil novecientos noventa y nueve",
        "treinta y un mil",
    ];
    table(Grammar::Number, &numbers, &["treinta y", "ciento un"], &["mil mil"]);
    for n in (0..1_000_000).step_by(7919) {
        let text = super::super::numbers::cardinal(n).join(" ");
        let compiled = NUMBER.get_or_init(|| compile(vec![Grammar::Number], &[]));
        if !text.contains("uno mil") {
            assert_eq!(walk(compiled, &text).map(|w| w.0), Some(ANSWER), "{text}");
        }
    }
    let choices = [
        "la primera",
        "el segundo",
        "la segunda por favor",
        "ninguna",
        "no espere mejor la primera",
        "la de las cinco y media",
        "me da igual",
        "la opción dos",
    ];
    table(Grammar::Ordinal, &choices, &[], &["la", "el jueves por la"]);
    let list =
        Grammar::List(vec!["empadronamiento".into(), "certificado de empadronamiento".into(), "IBI".into()]);
    table(
        list,
        &["empadronamiento", "quería cita para el ibi", "un certificado de empadronamiento gracias"],
        &[],
        &["certificado de"],
    );
}

static NUMBER: std::sync::OnceLock<Compiled> = std::sync::OnceLock::new();

#[test]
fn a_phrase_takes_the_values_of_the_list_in_its_slots() {
    let list = Grammar::List(vec!["padrón".into()]);
    let compiled = compile(vec![list, Grammar::Date], &["quiero apuntarme a {tramite} ya"]);
    assert_eq!(walk(&compiled, "quiero apuntarme a padrón ya").map(|w| w.0), Some(PHRASE));
    assert_eq!(walk(&compiled, "el jueves").map(|w| w.0), Some(ANSWER));
}

#[test]
fn cost_of_compiling() {
    let all = vec![
        Grammar::YesNo,
        Grammar::Nif,
        Grammar::Plate,
        Grammar::Name,
        Grammar::Address,
        Grammar::Email,
        Grammar::Date,
        Grammar::Number,
        Grammar::Ordinal,
        Grammar::Digits { min: 9, max: 9 },
        Grammar::List(vec!["padrón".into()]),
    ];
    Lexicon::base();
    for grammars in all.iter().map(|g| vec![g.clone()]).chain([all.clone()]) {
        let start = std::time::Instant::now();
        let compiled = compile(grammars.clone(), &["quiero una cita"]);
        println!("{grammars:?}: {:?}, {} states", start.elapsed(), compiled.automaton.size());
        assert!(compiled.automaton.size() < 200_000, "{grammars:?}");
    }
}

#[test]
fn callers_often_go_on_after_a_bare_day_an_hour_or_a_number() {
    let more = |grammar: Grammar, text: &str| {
        let compiled = compile(vec![grammar.clone()], &[]);
        let words: Vec<String> = tokens(text);
        let end =
            words.iter().try_fold(0, |at, word| compiled.automaton.next(at, compiled.words.lookup(word)?));
        let state = compiled.automaton.state(end.unwrap_or_else(|| panic!("{grammar:?}: {text}")));
        assert_eq!(state.accept, ANSWER, "{grammar:?}: {text}");
        state.more
    };
    for text in [
        "el jueves",
        "para el lunes",
        "el viernes que viene",
        "mañana",
        "el martes doce",
        "el día catorce",
        "a las cuatro",
        "nueve treinta",
        "el jueves a las seis",
        "por la tarde",
        "el tres de mayo de mil novecientos",
        "el tres de mayo de mil novecientos cincuenta",
    ] {
        assert!(more(Grammar::Date, text), "{text}");
    }
    for text in [
        "el jueves por la mañana",
        "quince de mayo",
        "el tres de mayo de mil novecientos setenta y dos",
        "a las cuatro y media de la tarde",
        "las nueve menos cuarto",
        "cinco en punto",
        "la semana que viene",
        "lo antes posible",
        "el lunes por favor",
    ] {
        assert!(!more(Grammar::Date, text), "{text}");
    }
    assert!(more(Grammar::Number, "cuarenta") && more(Grammar::Number, "mil doscientos"));
    let nine = Grammar::Digits { min: 9, max: 9 };
    assert!(!more(nine.clone(), "seiscientos doce treinta y cuatro cincuenta y seis setenta y ocho"));
    assert!(more(nine, "seiscientos doce treinta y cuatro cincuenta y seis setenta"), "y ocho");
    let code = Grammar::Digits { min: 4, max: 6 };
    assert!(more(code.clone(), "doce treinta y cuatro") && !more(code, "doce treinta y cuatro doce"));
    assert!(!more(Grammar::Nif, "doce treinta y cuatro cincuenta y seis setenta y ocho zeta"));
    assert!(!more(Grammar::YesNo, "sí") && !more(Grammar::Ordinal, "la primera"));
    let list = Grammar::List(vec!["certificado".into(), "certificado de padrón".into(), "tributos".into()]);
    assert!(more(list.clone(), "certificado"));
    assert!(!more(list.clone(), "certificado de padrón") && !more(list, "tributos"));
}
