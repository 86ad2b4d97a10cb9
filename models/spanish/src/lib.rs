//! The Spanish words that both the ear and the understanding need: numbers, days, months. Data alone.
#![forbid(unsafe_code)]

/// 0 to 29.
pub const UNITS: [&str; 30] = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];

/// 10, 20, … 90.
pub const TENS: [&str; 9] =
    ["diez", "veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];

/// 100, 200, … 900, as they begin a number; 100 alone is «cien».
pub const HUNDREDS: [&str; 9] = [
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
];

/// From Monday on.
pub const DAYS: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];

/// From January on.
pub const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// Words that lean on the next one: who falls silent after one has not finished. Left out are those that are letters'
/// names or differ from another word by an accent alone («mi», «si», «te»).
pub const LEANING: [&str; 31] = [
    "al", "aunque", "con", "de", "del", "desde", "el", "en", "entre", "hasta", "la", "las", "le", "les",
    "lo", "los", "me", "mis", "muy", "ni", "nos", "para", "por", "porque", "que", "sin", "su", "sus", "un",
    "unas", "unos",
];
