//! What people say for yes and for no: plain, colloquial, elderly, of Andalusia, of America, of foreigners.

/// Language, whether it is a yes, and the forms.
pub const FORMS: &[(&str, bool, &[&str])] = &[
    ("es", true, SPANISH_YES),
    ("es", false, SPANISH_NO),
    ("ca", true, CATALAN_YES),
    ("ca", false, CATALAN_NO),
    ("gl", true, GALICIAN_YES),
    ("gl", false, GALICIAN_NO),
    ("eu", true, BASQUE_YES),
    ("eu", false, BASQUE_NO),
    ("en", true, ENGLISH_YES),
    ("en", false, ENGLISH_NO),
];

#[rustfmt::skip]
const SPANISH_YES: &[&str] = &[
    "sí, hija, sí", "que sí, mujer, que sí", "claro que sí, guapa", "pos claro", "po sí", "sí, mi arma",
    "eso mismo es", "ahí está", "sí, tal cual", "correctísimo", "pues venga", "venga, adelante",
    "vale, perfecto", "perfecto, muchas gracias", "sí, por favor, apúntemelo", "resérvemela, por favor",
    "sí, resérvela", "confirmo, confirmo", "lo confirmo, sí", "de acuerdo, hágalo", "dele", "dale nomás",
    "sí pues", "ya pues, está bien", "ándale, sí", "cómo no, señorita", "cómo no, con mucho gusto",
    "está chévere", "listo, de una", "sale, está bien", "simón, así mero", "ajá, eso es", "sim, senhor",
    "sì, va bene", "oui, d'accord", "yes, all right", "okey, de acuerdo", "me viene estupendamente",
    "me viene de perlas", "a mí me viene bien", "por mí, perfecto", "por mí no hay problema",
    "no tengo ningún inconveniente", "sin ningún problema", "ningún problema, adelante",
    "no veo por qué no", "¿y por qué no?", "pues cómo no", "no me viene nada mal", "no está nada mal",
    "no me parece mal", "qué remedio", "si no queda otra", "pues sí, qué le vamos a hacer",
    "sí, sí, está todo bien", "si si esta todo bien", "está todo correcto", "todo correcto, gracias",
    "todo perfecto", "así es, señorita", "naturalmente que sí", "faltaría más", "desde luego, hombre",
    "por descontado", "efectivamente, sí", "lo que usted diga", "como usted vea", "usted manda",
    "sí, no se preocupe", "vale, no pasa nada", "sí, nada más", "sí, sin falta", "sí, si no le importa",
    "buenas, sí", "sí, buenos días, sí", "mire, pues sí", "ay, sí, por Dios", "sí, sí, sí", "amén",
    "hecho, pues", "trato hecho", "conforme", "estoy conforme con todo", "estamos de acuerdo",
    "me parece estupendo", "me sirve", "me cuadra", "pueden grabar", "sí, pueden grabar",
    "doy mi consentimiento", "autorizo la grabación", "acepto que graben", "sí que quiero", "sí quiero",
    "yo sí", "creo que sí", "yo diría que sí", "supongo que sí", "digo yo que sí", "claro, mujer",
    "eso es lo que quería", "ok, vale", "va, va", "positivo", "de lujo", "siga, siga", "bueno, sí",
    "bueno, pues sí", "pues bueno", "bueno está bien", "sí, esa misma", "esa es", "exactamente eso",
    "ni que decir tiene", "y tanto que sí", "ya le digo que sí", "hombre, por supuesto", "okis",
    "aprobado", "está bien así", "sí, está muy bien así", "es verdad, sí",
    "sí, mi madre, que no puede andar",
];

#[rustfmt::skip]
const SPANISH_NO: &[&str] = &[
    "no, hombre, no", "que no, que no", "no, hija, no", "quita, quita", "ni hablar del peluquín",
    "ni de coña", "ni por asomo", "ni pensarlo", "ni lo sueñe", "de eso nada, monada", "nada de eso",
    "en absoluto", "de ninguna de las maneras", "bajo ningún concepto", "nanay de la china", "nones",
    "nel", "no pues no", "para nada, señorita", "qué va, qué va", "qué va, hombre", "claro que no",
    "por supuesto que no", "desde luego que no", "pues claro que no", "creo que no", "me parece que no",
    "va a ser que no", "me temo que no", "yo diría que no", "prefiero que no", "preferiría que no",
    "mejor que no", "mejor no, gracias", "de momento no, gracias", "todavía no", "por ahora no", "hoy no",
    "así no", "eso no", "eso no es", "ahí no", "no, gracias", "no, muchas gracias",
    "no hace falta, gracias", "no es necesario", "no me interesa", "no me conviene", "no me cuadra",
    "no me viene", "no me va", "no puedo", "no, imposible", "imposible", "no lo quiero", "yo no",
    "yo tampoco", "nunca", "jamás", "tampoco es eso", "está mal", "está equivocado", "se equivoca usted",
    "es incorrecto", "no, está mal", "no, es mentira", "me ha entendido mal", "lo ha cogido mal",
    "no he dicho eso", "yo no he dicho eso", "no es lo que he dicho", "no era eso", "no, eso no",
    "vale, no", "bueno, no", "bueno pues no", "no, déjelo", "déjelo estar", "olvídelo", "me niego",
    "me opongo", "no doy permiso", "no doy mi consentimiento", "no autorizo la grabación",
    "no quiero que graben", "no, que no graben", "no estoy conforme", "rechazo la grabación", "no grazie",
    "não, obrigado", "non, merci", "no thank you", "no no está bien", "por que no es correcto",
    "no porque no es correcto", "la primera no está bien", "correcto no es", "de acuerdo no estoy",
    "tampoco está bien", "nada está bien", "sin estar de acuerdo", "no creo que esté bien",
    "no me parece que sea correcto",
];

#[rustfmt::skip]
const CATALAN_YES: &[&str] = &[
    "sí, sí, és correcte", "i tant que sí", "cap problema", "no hi ha cap problema", "per què no",
    "d'acord, endavant", "molt bé, gràcies", "sisplau, sí", "em va de perles", "si no hi ha més remei",
    "crec que sí",
];

#[rustfmt::skip]
const CATALAN_NO: &[&str] = &[
    "no, no és correcte", "no estic d'acord", "no hi estic d'acord", "no hi estic gens d'acord",
    "no ho confirmo", "no ho accepto", "això no és correcte", "no és ben bé això", "no em sembla bé",
    "és clar que no", "ni parlar-ne", "tampoc és això", "no cal, gràcies", "crec que no",
];

#[rustfmt::skip]
const GALICIAN_YES: &[&str] = &[
    "si, é correcto", "claro que si", "non hai problema", "por que non", "de acordo, adiante",
    "moi ben, grazas", "vaime ben", "abofé que si", "penso que si",
];

#[rustfmt::skip]
const GALICIAN_NO: &[&str] = &[
    "non, non é correcto", "non estou de acordo", "non o confirmo", "non acepto", "iso non é correcto",
    "non me parece ben", "tampouco é iso", "nin falar", "claro que non", "non grazas",
];

#[rustfmt::skip]
const BASQUE_YES: &[&str] = &[
    "bai, zuzena da", "bai horixe", "noski baietz", "ados, aurrera", "ez dago arazorik", "zergatik ez",
    "oso ondo, eskerrik asko", "ondo datorkit", "baietz uste dut",
];

#[rustfmt::skip]
const BASQUE_NO: &[&str] = &[
    "ez, ez da zuzena", "ez nago ados", "ados ez nago", "ez dut onartzen", "ez dut berresten",
    "hori ez da zuzena", "hori ez", "ez dago ondo", "ondo ez dago", "ez zait ondo iruditzen",
    "noski ezetz", "ezta pentsatu ere",
];

#[rustfmt::skip]
const ENGLISH_YES: &[&str] = &[
    "yes, that's right", "yeah sure", "of course", "no problem", "why not", "sounds good to me",
    "i don't mind", "that's fine, thanks", "yes please, book it", "go ahead", "i guess so",
];

#[rustfmt::skip]
const ENGLISH_NO: &[&str] = &[
    "no, that's not correct", "that's not correct", "that is not right", "it isn't correct",
    "i don't agree", "i do not agree", "i don't accept", "i can't confirm", "not correct",
    "i'm not happy with that", "of course not", "i don't think that's right", "i don't think so",
    "no thank you", "dont agree",
];
