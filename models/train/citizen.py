"""What the synthetic citizen of the evaluation says, by question, and the words each expects."""

import random

import texts

PROCEDURE = [
    "Quería pedir cita para empadronarme el jueves por la tarde.",
    "Hola, buenos días, quería una cita para el padrón.",
    "Quiero pedir cita para pagar una multa.",
    "Necesito un certificado de empadronamiento.",
    "Es para presentar un escrito en el registro.",
    "Llamo por un recibo de tributos.",
    "Quisiera pedir cita para tributos el martes por la mañana.",
    "Para empadronarme.",
    "Para el registro.",
    "Tributos.",
    "El padrón.",
    "Registro, por favor.",
    "Quería cambiar la cita que tengo.",
    "Quiero anular la cita.",
    "Quiero hablar con una persona.",
    "¿Qué documentos tengo que llevar?",
    "¿Me lo puede repetir, por favor?",
    "Buenas tardes, llamaba para renovar el carné.",
    "Quería pedir cita para un certificado de convivencia.",
    "Me he mudado y quiero empadronarme.",
]
CHOICE = [
    "Sí.",
    "No.",
    "Sí, claro.",
    "No, gracias.",
    "Vale.",
    "De acuerdo.",
    "Correcto.",
    "Eso es.",
    "La primera.",
    "La segunda.",
    "La tercera.",
    "La segunda, por favor.",
    "Mejor la primera.",
    "No, espere, mejor la primera.",
    "No, no, la última.",
    "Ninguna me viene bien.",
    "Sí, está bien.",
    "No, no es correcto.",
    "La de las diez.",
    "Me quedo con la segunda.",
]
WHEN = [
    "El jueves por la tarde.",
    "El lunes a las nueve.",
    "El martes a las diez y media.",
    "Mañana por la mañana.",
    "Pasado mañana.",
    "El viernes a las doce menos cuarto.",
    "El veintitrés de noviembre.",
    "El miércoles tres de diciembre.",
    "La semana que viene.",
    "El lunes que viene por la mañana.",
    "A las cinco de la tarde.",
    "El quince de enero.",
    "El jueves, a partir de las once.",
    "El viernes no, mejor el jueves.",
    "En febrero.",
    "El martes a primera hora.",
    "El primero de abril.",
    "El dieciséis de junio a las ocho.",
    "El sábado.",
    "El domingo no puedo, el lunes.",
]
WORDS = {
    "procedure": texts.WANTS
    + texts.PROCEDURES
    + texts.SENTENCES
    + texts.FILLERS
    + texts.DAYS
    + ["por la mañana y tarde el los me lo"]
    + PROCEDURE,
    "choice": texts.YES
    + texts.NO
    + texts.ORDINALS
    + texts.UNITS[:13]
    + ["la el las de por favor mejor me quedo con prefiero espere opción y media cuarto menos"]
    + CHOICE,
    "when": texts.UNITS
    + texts.TENS
    + texts.DAYS
    + texts.MONTHS
    + texts.ORDINALS
    + [
        "el la las los a de en y media cuarto menos por mañana tarde noche que viene próximo este esta "
        "semana mes hoy pasado hora partir antes después no mejor puedo mediodía punto sobre día"
    ],
    "nif": texts.UNITS
    + texts.TENS
    + texts.HUNDREDS
    + ["cien y con letra mi número es el sí"]
    # "ve" sounds as "be" does: only the check letter can tell them apart.
    + [name for names in texts.LETTERS.values() for name in names if name != "ve"],
}


def nif(n, seed):
    """n identity numbers with their letter, said one by one or in groups."""
    rng = random.Random(seed)
    out = []
    for i in range(n):
        number = rng.randrange(100_000_000)
        digits = f"{number:08d}"
        letter = texts.LETTERS[texts.DNI_LETTERS[number % 23]][0]
        if i % 2:
            said = ", ".join(" ".join(texts.UNITS[int(d)] for d in digits[k : k + 4]) for k in (0, 4))
        else:
            said = ", ".join(texts.pair(digits[k : k + 2]) for k in range(0, 8, 2))
        out.append(f"{said}, {letter}")
    return out


def script():
    """[(question, text)]"""
    return (
        [("procedure", t) for t in PROCEDURE]
        + [("choice", t) for t in CHOICE]
        + [("when", t) for t in WHEN]
        + [("nif", t) for t in nif(40, 20)]
    )
