"""Spanish texts a caller to a public office might say, drawn at random.

Every text is given as it is read aloud (accents kept, no digits); `fold` turns it
into the letters the recogniser writes. All draws come from a `random.Random`.
"""

import random
import re
import unicodedata
from itertools import accumulate

VOCAB = "_ abcdefghijklmnopqrstuvwxyzñ"

UNITS = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés "
    "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
).split()
TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
HUNDREDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
).split()
DAYS = "lunes martes miércoles jueves viernes sábado domingo".split()
MONTHS = ("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre").split()
LETTERS = {
    "a": ["a"],
    "b": ["be", "be", "be de barcelona"],
    "c": ["ce"],
    "d": ["de"],
    "e": ["e"],
    "f": ["efe"],
    "g": ["ge"],
    "h": ["hache"],
    "i": ["i"],
    "j": ["jota"],
    "k": ["ka"],
    "l": ["ele"],
    "m": ["eme"],
    "n": ["ene"],
    "ñ": ["eñe"],
    "o": ["o"],
    "p": ["pe"],
    "q": ["cu"],
    "r": ["erre"],
    "s": ["ese"],
    "t": ["te"],
    "u": ["u"],
    "v": ["uve", "uve", "ve"],
    "w": ["uve doble", "doble uve"],
    "x": ["equis"],
    "y": ["i griega", "ye"],
    "z": ["zeta"],
}
DNI_LETTERS = "trwagmyfpdxbnjzsqvhlcke"

YES = (
    "sí|sí sí|sí claro|sí por favor|sí gracias|sí correcto|claro|claro que sí|vale|vale sí|"
    "de acuerdo|correcto|eso es|exacto|exactamente|perfecto|muy bien|está bien|por supuesto|"
    "venga vale|afirmativo|así es|sí eso es|sí señor|sí señora|bueno|bueno vale|ajá|bien|"
    "me parece bien|me viene bien|sí me viene bien|estupendo|genial|efectivamente|desde luego"
).split("|")
NO = (
    "no|no no|no gracias|no señor|no señora|para nada|qué va|en absoluto|tampoco|claro que no|"
    "no es correcto|no está bien|no eso no|de ninguna manera|negativo|no me viene bien|"
    "no no quiero|todavía no|ahora no|no puedo|no lo sé|ninguna|ninguno|ninguna de las tres|"
    "ninguna me viene bien|no espere|no perdón|no perdone|no quería decir"
).split("|")
ORDINALS = (
    "primera segunda tercera cuarta quinta última primero segundo tercero cuarto quinto "
    "último sexta séptima octava novena décima siguiente anterior"
).split()
FILLERS = (
    "eh|esto|pues|a ver|bueno|mire|oiga|verá|hola|buenos días|buenas tardes|buenas|perdón|"
    "perdone|disculpe|un momento|espere|espere un momento|a ver un momento|mmm|es que|vamos a ver|"
    "por favor|si es posible|gracias|muchas gracias|adiós|hasta luego|nada más|nada más gracias|"
    "dígame|sí dígame|no le oigo|no le he entendido|no he entendido|cómo dice|puede repetir|"
    "repita por favor|repítamelo|más despacio por favor|otra vez|oiga me escucha|qué|ya|ya está|"
    "quiero hablar con una persona|póngame con una persona|con un agente|con un operador|"
    "páseme con alguien|hablar con una persona por favor|operadora|ayuda|cancelar|anular|"
    "repetir|volver|salir|terminar|menú principal|continuar|siguiente|déjelo|déjelo estar"
).split("|")
PROCEDURES = (
    "empadronarme|el padrón|el empadronamiento|darme de alta en el padrón|"
    "un certificado de empadronamiento|un volante de empadronamiento|un certificado|"
    "pagar un recibo|los tributos|tributos|pagar el impuesto de circulación|el registro|registro|"
    "registrar un documento|presentar un escrito|presentar una instancia|una multa|"
    "pagar una multa|recurrir una multa|las multas|el ibi|el impuesto de bienes inmuebles|"
    "la plusvalía|la tasa de basuras|el agua|el recibo del agua|una licencia de obras|"
    "una licencia de apertura|una licencia|el bono social|la renta|la tarjeta de transporte|"
    "el carné de conducir|renovar el deneí|renovar el carné|el pasaporte|el certificado digital|"
    "la clave permanente|urbanismo|servicios sociales|una ayuda|una subvención|una beca|"
    "el abono de transporte|el vado|la zona azul|la tarjeta de residente|una cita previa|"
    "el cementerio|una boda civil|casarme|el registro civil|una partida de nacimiento|"
    "un certificado de convivencia|una queja|una reclamación|una sugerencia|una bicicleta|"
    "la biblioteca|el polideportivo|la escuela infantil|la guardería|el punto limpio|"
    "recoger muebles|un cambio de domicilio|cambiar de domicilio|dar de baja un coche|"
    "domiciliar un recibo|una devolución|un aplazamiento|fraccionar una deuda|"
    "la oficina de atención a la ciudadanía|información general|consumo|el mercado|turismo|"
    "medio ambiente|alcaldía|la policía local|objetos perdidos|una autorización|un permiso"
).split("|")
WANTS = (
    "quería pedir cita para|quiero pedir cita para|quisiera pedir cita para|necesito cita para|"
    "quería una cita para|una cita para|cita para|para|necesito|quería|querría|quisiera|"
    "me gustaría pedir cita para|llamo para pedir cita para|llamaba para|llamo para|llamo por|"
    "quería saber los requisitos para|qué papeles hacen falta para|qué necesito para|"
    "tengo una duda sobre|quería información sobre|quiero información de|quería preguntar por|"
    "dónde puedo|cómo puedo hacer|cuánto cuesta|cuánto tarda|tengo que|es para|es por"
).split("|")
SENTENCES = (
    "quiero anular la cita|quiero cambiar la cita|quiero cambiar la cita que tengo|"
    "quería cancelar mi cita|no puedo ir a la cita|a qué hora abren|a qué hora cierran|"
    "cuál es el horario|qué horario tienen|dónde están|cuál es la dirección|"
    "qué documentos tengo que llevar|tengo que llevar el deneí|se puede hacer por internet|"
    "se puede pagar con tarjeta|no tengo internet|no tengo el número a mano|"
    "no me acuerdo del número|se lo digo|mi número es|mi deneí es|el número es|mi teléfono es|"
    "el teléfono es|apunte|tome nota|ese no es mi número|me he equivocado|se ha equivocado|"
    "lo repito|se lo repito|la letra es|con letra|y la letra|ese día no puedo|a esa hora no puedo|"
    "por la mañana no puedo|trabajo por la mañana|cuanto antes|lo antes posible|"
    "el primer hueco que tenga|cualquier día|cualquier hora|me da igual|me da lo mismo|"
    "cuando sea|otro día|otra hora|más tarde|más temprano|un poco más tarde|antes|después|"
    "la semana que viene|esta semana|la próxima semana|este mes|el mes que viene|hoy|mañana|"
    "pasado mañana|dentro de dos semanas|dentro de quince días|a primera hora|a última hora|"
    "por la mañana|por la tarde|al mediodía|esta tarde|mañana por la mañana|mañana por la tarde|"
    "qué otras opciones hay|tiene otra hora|hay algo más|hay algo antes|"
    "no me viene bien ninguna|esa está bien|esa misma|esa me viene bien|la que sea|"
    "quiero poner una queja|mi calle está sin luz|hay una farola fundida|hay un bache en la calle|"
    "no ha pasado el camión de la basura|me ha llegado una carta|me ha llegado una notificación|"
    "he recibido una multa|no estoy de acuerdo|ya lo he pagado|el recibo está mal|"
    "quiero hablar con tráfico|estoy esperando una respuesta|cómo va lo mío|"
    "me he mudado de casa|acabo de llegar al municipio|vivo de alquiler|es la primera vez|"
    "soy extranjero|tengo un niño|es para mi madre|es para mi hijo|llamo en nombre de mi padre"
).split("|")
NAMES = (
    "maría carmen ana isabel laura cristina marta lucía paula elena rosa pilar josefa dolores "
    "antonio josé manuel francisco juan david javier daniel carlos jesús alejandro miguel rafael "
    "pedro pablo ángel sergio fernando luis jorge alberto álvaro diego garcía rodríguez gonzález "
    "fernández lópez martínez sánchez pérez gómez martín jiménez ruiz hernández díaz moreno muñoz "
    "álvarez romero alonso gutiérrez navarro torres domínguez vázquez ramos gil ramírez serrano "
    "blanco molina morales suárez ortega delgado castro ortiz rubio marín sanz núñez iglesias "
    "medina garrido cortés castillo santos lozano guerrero cano prieto méndez cruz calvo gallego"
).split()
PLACES = (
    "calle mayor|calle real|plaza de españa|avenida de la constitución|calle san juan|"
    "paseo del prado|calle de la iglesia|calle nueva|plaza mayor|madrid|sevilla|valencia|"
    "zaragoza|málaga|toledo|granada|córdoba|valladolid|bilbao|vigo|gijón|murcia|alicante|cáceres"
).split("|")


# What people tell an office in words of their own: sentences with {parts}, drawn below.
TOLD = (
    "me {han} {mandado} {paper}|no me {han} {mandado} {paper}|todavía no me ha llegado {paper}|"
    "me ha llegado {paper} y no {understand}|he recibido {paper} de {office}|"
    "quiero {act} {paper}|quería {act} {paper}|necesito {act} {paper}|cómo puedo {act} {paper}|"
    "dónde puedo {act} {paper}|se puede {act} {paper} {how}|me gustaría {act} {paper} {how}|"
    "tengo que {act} {paper} antes del {day}|qué necesito para {act} {paper}|"
    "cuánto cuesta {act} {paper}|cuánto se tarda en {act} {paper}|hasta cuándo se puede {act} {paper}|"
    "{who} quiere {act} {paper}|{who} necesita {act} {paper}|{who} no puede {act} {paper}|"
    "es para {who}|llamo de parte de {who}|llamo por {who} que {state}|{who} {state}|{who} está {sick}|"
    "{who} vive en {place}|vivo en {place}|vivo en {place} con {who}|me voy a mudar a {place}|"
    "en {place} hay {trouble}|hay {trouble} en {place}|hay {trouble} delante de {place}|"
    "hay {trouble} desde hace {while}|se ha {broken} {thing}|se ha {broken} {thing} de {place}|"
    "se nos ha {broken} {thing}|se me ha {broken} {thing}|{thing} de {place} está {spoiled}|"
    "{thing} no funciona desde {when}|{thing} lleva {while} sin funcionar|no funciona {thing} de {place}|"
    "quiero que arreglen {thing} de {place}|cuándo van a arreglar {thing}|cuándo van a {act} {paper}|"
    "nadie ha venido a ver {thing}|llevo {while} esperando {paper}|llevo {while} esperando|"
    "hace {while} que {did}|ya {did} y no me han contestado|ya {did} hace {while}|ayer {did}|"
    "{did} {when}|no sé si {did} bien|creo que {did}|me dijeron que {did_they}|"
    "me han dicho que tengo que {act} {paper}|a qué hora {open} {office}|{open} {office} los {day}|"
    "dónde está {office}|cuál es el teléfono de {office}|quiero hablar con {office}|"
    "me puede pasar con {office}|me puede decir {ask}|quería saber {ask}|me gustaría saber {ask}|"
    "no sé {ask}|podría decirme {ask}|sabe usted {ask}|le llamo para preguntar {ask}|"
    "no tengo {owned}|tengo {owned}|he perdido {owned}|me han robado {owned}|me he dejado {owned} en casa|"
    "no estoy {agreed} con {paper}|no entiendo {paper}|quiero reclamar {paper}|"
    "ese {day} no puedo porque {reason}|no puedo ir {when} porque {reason}|prefiero ir {when}|"
    "podría ser {when}|mejor {when}|si puede ser {when} mejor|"
    "{who} y yo {we}|somos {number} personas|tenemos {number} hijos|necesitamos {help}|"
    "puedo ofrecer {help}|quiero donar {help}|quiero ayudar a los vecinos de {place}|"
    "los vecinos {neighbours}|mi vecino {neighbour}|hay gente que {neighbour}"
).split("|")
PARTS = {
    "han": "han|ha|habían|habéis",
    "mandado": "mandado|enviado|dado|cobrado|devuelto|pedido|puesto|concedido|denegado|notificado",
    "paper": (
        "la carta|una carta|el recibo|un recibo|la multa|una multa|el certificado|un certificado|la solicitud|"
        "el impuesto|los impuestos|la tasa|la ayuda|una ayuda|la beca|el permiso|la licencia|la notificación|"
        "el justificante|la factura|el informe|el volante|la tarjeta|el carné|la reclamación|la queja|"
        "el documento|los documentos|la cita|una cita|el dinero|el pago|la deuda|la subvención|la devolución|"
        "el contrato|la autorización|el formulario|la plaza|el expediente|el resguardo|el duplicado|una copia"
    ),
    "understand": "lo entiendo|sé qué hacer|sé qué es|estoy conforme|la entiendo|sé por qué",
    "office": (
        "la oficina|la oficina de turismo|el registro|el ayuntamiento|tráfico|hacienda|urbanismo|la policía local|"
        "el departamento de multas|servicios sociales|la biblioteca|el centro de salud|la piscina|el museo|"
        "consumo|la junta|la concejalía|recaudación|el padrón|estadística|los bomberos|la alcaldesa"
    ),
    "act": (
        "pedir|pagar|cambiar|anular|solicitar|recoger|presentar|renovar|consultar|entregar|recurrir|modificar|"
        "cancelar|tramitar|descargar|imprimir|reclamar|aplazar|fraccionar|domiciliar|devolver|enviar|firmar|"
        "actualizar|sacar|hacer|traer|mandar|confirmar|adelantar|retrasar|justificar"
    ),
    "how": "por internet|por teléfono|con tarjeta|en metálico|en persona|sin cita|por correo|en el banco|desde casa|en plazos",
    "day": "lunes|martes|miércoles|jueves|viernes|sábado|domingo|día quince|día treinta",
    "who": (
        "mi madre|mi padre|mi hijo|mi hija|mi marido|mi mujer|mi hermano|mi hermana|mi abuela|mi abuelo|mi suegra|"
        "un vecino|una vecina|un amigo|una amiga|mi pareja|los niños|mis padres|mis hijos|una señora|un señor"
    ),
    "state": (
        "no puede salir de casa|no ve bien|no oye bien|es mayor|está sola|está solo|vive sola|no tiene internet|"
        "no sabe leer|no habla español|trabaja por la mañana|está en el hospital|acaba de nacer|se ha caído"
    ),
    "sick": "enfermo|enferma|en cama|de viaje|de baja|ingresada|ingresado|jubilado|jubilada|en paro",
    "place": (
        "mi calle|mi casa|mi barrio|mi portal|el parque|la plaza|la esquina|la acera|la avenida|el colegio|"
        "el mercado|la estación|la rotonda|el paseo|un piso|una casa|el pueblo|otra ciudad|el centro|la parada|"
        "el garaje|el sótano|la carretera|el puente|el río|el polígono"
    ),
    "trouble": (
        "una farola apagada|un bache|un agujero|mucha basura|basura|ratas|una fuga|un escape de agua|un árbol caído|"
        "un coche abandonado|cables sueltos|mucho ruido|malos olores|un contenedor roto|muebles tirados|"
        "una alcantarilla atascada|un semáforo roto|pintadas|una rama rota|agua en la calle|un perro suelto"
    ),
    "while": (
        "dos días|tres días|una semana|dos semanas|quince días|un mes|dos meses|tres meses|medio año|un año|"
        "media hora|una hora|mucho tiempo|varios días|unos días|bastante tiempo"
    ),
    "broken": "roto|caído|estropeado|fundido|atascado|perdido|hundido|apagado|quemado|inundado|soltado|parado",
    "thing": (
        "la farola|el semáforo|la tubería|el contenedor|la papelera|el banco|la fuente|la valla|la señal|el ascensor|"
        "la luz|el agua|la puerta|la alcantarilla|el columpio|el árbol|la página|la máquina|el aparato|la acera|"
        "el coche|la tarjeta|el sótano|el garaje|la calefacción|el teléfono"
    ),
    "spoiled": "rota|roto|apagada|apagado|lleno|llena|estropeado|estropeada|sucio|sucia|abierta|atascado|fundida",
    "when": (
        "ayer|hoy|mañana|esta mañana|esta tarde|esta noche|anoche|el lunes|el martes|el jueves|el viernes|"
        "la semana pasada|la semana que viene|el mes pasado|el mes que viene|por la mañana|por la tarde|"
        "a primera hora|a última hora|después de comer|antes de las doce|el fin de semana|pasado mañana"
    ),
    "did": (
        "lo pagué|lo mandé|llamé|fui a la oficina|presenté la solicitud|puse una queja|pedí la cita|lo entregué|"
        "rellené el formulario|hablé con una compañera|hice la transferencia|vendí el coche|cambié de casa|"
        "me di de alta|lo solicité|avisé|escribí un correo|envié los papeles|firmé el contrato|tuve un accidente"
    ),
    "did_they": (
        "me llamarían|me avisarían|vendrían hoy|tardaría un mes|ya estaba hecho|no hacía falta|lo mandarían a casa|"
        "tenía que esperar|llamara aquí|viniera mañana|era gratis|faltaba un papel|estaba mal"
    ),
    "open": "abre|cierra|abren|cierran|está abierta|está abierto",
    "ask": (
        "qué tengo que hacer|dónde tengo que ir|cuánto debo|cuánto tengo que pagar|cuándo me toca|si está abierto|"
        "si me corresponde|si ya está hecho|cómo va mi solicitud|qué papeles necesito|a qué hora abren|"
        "qué día es la cita|por qué me cobran|si puedo ir sin cita|quién lo lleva|cuándo me lo van a dar|"
        "qué ha pasado|si hay que pagar|cómo se hace|qué autobús va|si hay plazas"
    ),
    "owned": (
        "el dni|el pasaporte|la cartera|las llaves|el móvil|el bolso|el carné|la tarjeta|ordenador|internet|coche|"
        "el número|el código|la clave|certificado digital|los papeles|cuenta en el banco|correo electrónico|trabajo"
    ),
    "agreed": "de acuerdo|conforme|contento|contenta|satisfecho",
    "reason": (
        "trabajo|tengo médico|estoy fuera|estoy de viaje|tengo que cuidar a los niños|no tengo coche|"
        "estoy enferma|salgo tarde|tengo otra cita|es fiesta|no me da tiempo"
    ),
    "we": "vivimos juntos|nos casamos en mayo|queremos cambiar de casa|tenemos un bar|estamos separados|trabajamos los dos",
    "number": "dos|tres|cuatro|cinco|seis|varias",
    "help": (
        "agua|comida|ropa|mantas|medicinas|una habitación|un coche|dinero|herramientas|una bomba de agua|leña|"
        "ayuda|un médico|una ambulancia|un techo|pañales|alimentos|muebles"
    ),
    "neighbours": "se quejan del ruido|no pueden dormir|están sin agua|están sin luz|han puesto una denuncia|no saben nada",
    "neighbour": (
        "hace mucho ruido|tira la basura fuera|deja el perro suelto|aparca en mi vado|quema basura|tiene goteras|"
        "ha cortado un árbol|pone la música muy alta|molesta por la noche|no recoge lo que ensucia"
    ),
}
PARTS = {name: values.split("|") for name, values in PARTS.items()}


def told(rng):
    """A sentence of TOLD with its parts drawn, sometimes with a word before or after it."""
    text = re.sub(r"{(\w+)}", lambda part: rng.choice(PARTS[part[1]]), rng.choice(TOLD))
    text = re.sub(r"\bde el\b", "del", re.sub(r"\ba el\b", "al", text))
    if rng.random() < 0.15:
        text = rng.choice(FILLERS[:30]) + " " + text
    return text


def fold(text):
    """Lower case, accents folded, ñ kept, anything else a single space."""
    text = text.lower().replace("ñ", "\0")
    text = unicodedata.normalize("NFD", text)
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("\0", "ñ")
    return re.sub(r"[^a-zñ]+", " ", text).strip()


# Sounds for spellings, in order: the eSpeak NG phonemes of es-419 as letters, a letter that no sound needs standing
# for a sound without one (c: ch, q: rr).
SOUNDS = [
    (r"ch", "c1"),
    (r"qu(?=[ei])", "k"),
    (r"gu(?=[ei])", "g1"),
    (r"g(?=[ei])", "j"),
    (r"c(?=[ei])|z", "s"),
    (r"c(?!1)|q", "k"),
    (r"h", ""),
    (r"ll", "y"),
    (r"\by\b|(?<=[aeou])y\b", "i"),
    (r"v|w", "b"),
    (r"x", "ks"),
    (r"rr|(?<=[nls])r|\br", "q"),
    (r"1", ""),
    (r"(.)\1", r"\1"),
]


def sounded(text):
    """Letters as they sound, for comparing the two kinds of target."""
    text = fold(text)
    for spelling, sound in SOUNDS:
        text = re.sub(spelling, sound, text)
    return text


PHONEMES = False


def encode(text):
    return [VOCAB.index(c) for c in (sounded(text) if PHONEMES else fold(text))]


def cardinal(n, before_noun=False):
    """0..999 999 in words."""
    if n >= 1000:
        head = "mil" if n // 1000 == 1 else cardinal(n // 1000, True) + " mil"
        return head if n % 1000 == 0 else head + " " + cardinal(n % 1000, before_noun)
    if n == 100:
        return "cien"
    if n > 100:
        head = HUNDREDS[n // 100 - 1]
        return head if n % 100 == 0 else head + " " + cardinal(n % 100, before_noun)
    if n < 30:
        if before_noun and n in (1, 21):
            return {1: "un", 21: "veintiún"}[n]
        return UNITS[n]
    head = TENS[n // 10 - 3]
    if n % 10 == 0:
        return head
    unit = "un" if before_noun and n % 10 == 1 else UNITS[n % 10]
    return f"{head} y {unit}"


def pair(digits):
    """Two digits as one group: "05" is "cero cinco"."""
    return f"cero {UNITS[int(digits[1])]}" if digits[0] == "0" else cardinal(int(digits))


def triple(digits):
    if digits[0] == "0":
        return "cero " + pair(digits[1:])
    return cardinal(int(digits))


def spoken_digits(rng, digits):
    """A digit string as people say it: one by one, in pairs, in triples, or mixed."""
    groups, i = [], 0
    style = rng.choices(["single", "pairs", "triples", "mixed"], [5, 3, 1.5, 1.5])[0]
    while i < len(digits):
        size = {"single": 1, "pairs": 2, "triples": 3}.get(style) or rng.choice([1, 1, 2, 3])
        chunk = digits[i : i + size]
        groups.append({1: lambda c: UNITS[int(c)], 2: pair, 3: triple}[len(chunk)](chunk))
        i += size
    gap = rng.choice([" ", " ", ", "]) if style == "single" else rng.choice([" ", ", ", ", "])
    if style == "single" and rng.random() < 0.5:
        every = rng.choice([2, 3, 4])
        return ", ".join(" ".join(groups[j : j + every]) for j in range(0, len(groups), every))
    return gap.join(groups)


def letter_name(rng, letter=None):
    return rng.choice(LETTERS[letter or rng.choice(list(LETTERS))])


def dni(rng):
    number = rng.randrange(100_000_000)
    digits = f"{number:08d}"
    letter = letter_name(rng, DNI_LETTERS[number % 23])
    if rng.random() < 0.12:
        digits = digits[1:]
        head = letter_name(rng, rng.choice("xyz")) + rng.choice([" ", ", "])
    else:
        head = ""
    lead = rng.choice(["", "", "", "", "el ", "sí ", "es el ", "mi número es ", "mi deneí es "])
    link = rng.choice([" ", ", ", ", ", " letra ", ", letra ", " y la letra ", " con letra "])
    body = lead + head + spoken_digits(rng, digits)
    return body + link + letter if rng.random() < 0.85 else body


def digit_string(rng):
    length = rng.choice([2, 3, 3, 4, 4, 5, 6, 8, 9])
    digits = "".join(rng.choice("0123456789") for _ in range(length))
    if length == 9 and rng.random() < 0.7:
        digits = rng.choice("6679") + digits[1:]
    return spoken_digits(rng, digits)


def number(rng):
    top = rng.choices([30, 100, 1000, 10_000, 1_000_000], [5, 4, 2, 1, 0.5])[0]
    return cardinal(rng.randrange(top))


def hour(rng):
    h = rng.randrange(1, 13)
    base = (
        ("la una" if h == 1 else "las " + UNITS[h])
        if rng.random() < 0.9
        else ("las " + cardinal(rng.randrange(13, 24)))
    )
    tail = rng.choice(
        [
            "",
            "",
            "",
            " y media",
            " y cuarto",
            " menos cuarto",
            " y diez",
            " y veinte",
            " menos diez",
            " menos veinte",
            " y cinco",
            " menos cinco",
            " en punto",
            " y pico",
            " treinta",
            " quince",
            " cuarenta y cinco",
        ]
    )
    part = rng.choice(["", "", "", " de la mañana", " de la tarde", " del mediodía", " de la noche"])
    head = rng.choice(["a ", "a ", "", "sobre ", "a partir de ", "antes de ", "hacia ", "después de "])
    return head + base + tail + part


def date(rng):
    day, month = rng.choice(DAYS), rng.choice(MONTHS)
    n = cardinal(rng.randrange(1, 32), False)
    part = rng.choice(
        [
            "",
            "",
            " por la mañana",
            " por la tarde",
            " a primera hora",
            " que viene",
            " a última hora",
            " " + hour(rng),
            " próximo",
        ]
    )
    return rng.choice(
        [
            day,
            f"el {day}",
            f"el {day}",
            f"el {day}{part}",
            f"este {day}{part}",
            f"el próximo {day}",
            f"el {day}{part}",
            f"mejor el {day}",
            f"el {day} {n}",
            f"el {day} {n} de {month}",
            f"el {n} de {month}",
            f"el {n}",
            f"el día {n}",
            f"{n} de {month}",
            f"los {day}",
            month,
            f"en {month}",
            f"a principios de {month}",
            f"a finales de {month}",
            f"para {month}",
            f"el {day}{part}",
            f"el {n} de {month}{part}",
            f"no el {day} no mejor el {rng.choice(DAYS)}",
            f"el {day} o el {rng.choice(DAYS)}",
            f"el uno de {month}",
            f"el primero de {month}",
        ]
    )


def choice(rng):
    o = rng.choice(ORDINALS)
    art = "el" if o.endswith("o") else "la"
    return rng.choice(
        [
            o,
            f"{art} {o}",
            f"{art} {o} por favor",
            f"mejor {art} {o}",
            f"no espere mejor {art} {o}",
            f"prefiero {art} {o}",
            f"{art} {o} opción",
            f"quiero {art} {o}",
            f"pues {art} {o}",
            f"me quedo con {art} {o}",
            f"la de {hour(rng).removeprefix('a ')}",
            f"la del {rng.choice(DAYS)}",
            f"{art} {o} me viene bien",
            f"sí {art} {o}",
            f"no {art} {o} no",
            f"la opción {rng.choice(UNITS[1:6])}",
        ]
    )


def yes_no(rng):
    words = rng.choice(YES if rng.random() < 0.55 else NO)
    if rng.random() < 0.3:
        return "sí" if rng.random() < 0.5 else "no"
    if rng.random() < 0.12:
        words += rng.choice([", ", " "]) + rng.choice([choice, date, hour])(rng)
    return words


def domain(rng):
    if rng.random() < 0.3:
        text = rng.choice(SENTENCES)
    else:
        text = (
            f"{rng.choice(WANTS)} {rng.choice(PROCEDURES)}" if rng.random() < 0.8 else rng.choice(PROCEDURES)
        )
        if rng.random() < 0.35:
            text += " " + rng.choice([date, date, hour])(rng)
    if rng.random() < 0.2:
        text = rng.choice(FILLERS) + rng.choice([" ", ", "]) + text
    if rng.random() < 0.1:
        text += rng.choice([" ", ", "]) + rng.choice(["por favor", "gracias", "si puede ser"])
    return text


def spelled(rng):
    if rng.random() < 0.35:
        return letter_name(rng)
    if rng.random() < 0.5:
        return rng.choice([" ", ", "]).join(letter_name(rng) for _ in range(rng.randrange(2, 6)))
    name = rng.choice(NAMES)
    text = rng.choice([" ", ", "]).join(letter_name(rng, c) for c in fold(name).replace(" ", ""))
    return f"{name}, {text}" if rng.random() < 0.3 else text


def names(rng):
    kind = rng.random()
    if kind < 0.5:
        return " ".join(rng.choice(NAMES) for _ in range(rng.randrange(1, 4)))
    return f"{rng.choice(PLACES)} {rng.choice(['', 'número ' + number(rng), cardinal(rng.randrange(1, 100))])}".strip()


def key_word(rng):
    """One of the words callers answer with most, alone."""
    return rng.choice(
        [
            lambda: rng.choice(UNITS),
            lambda: rng.choice(UNITS[:20]),
            lambda: rng.choice(UNITS[:10]),
            lambda: rng.choice(TENS),
            lambda: rng.choice(DAYS),
            lambda: rng.choice(MONTHS),
        ]
    )()


class Texts:
    """Draws texts; `words` is an iterable of Spanish words (a system word list), `frequent` one of
    (word, share of all words in use), for salads that sound less like a dictionary."""

    def __init__(self, words, frequent=()):
        keep = re.compile(r"^[a-záéíóúüñ]{2,14}$")
        self.words = sorted({w.strip() for w in words if keep.match(w.strip())})
        # neither foreign words nor typing: their letters would not be what is heard
        foreign = re.compile(r"[kw]|([^lrc])\1|^h?[^aeiouáéíóúüh]+$")
        common = [(w, f**0.5) for w, f in frequent if keep.match(w) and not foreign.search(w)]
        self.common = [w for w, _ in common]
        self.weights = list(accumulate(f for _, f in common))

    def word_salad(self, rng):
        if self.common and rng.random() < 0.6:
            n = rng.choices([1, 2, 3, 4, 5, 6, 7, 8], [4, 3, 3, 3, 2.5, 2, 1.5, 1])[0]
            return " ".join(rng.choices(self.common, cum_weights=self.weights, k=n))
        n = rng.choices([1, 2, 3, 4, 5, 6, 7], [5, 3, 2, 2, 1.5, 1, 0.7])[0]
        glue = ["de", "la", "el", "en", "y", "que", "con", "los", "un", "una", "por", "para", "se", "no"]
        out = []
        for i in range(n):
            if i and rng.random() < 0.45:
                out.append(rng.choice(glue))
            out.append(rng.choice(self.words))
        return " ".join(out)

    def draw(self, rng: random.Random):
        kinds = [
            (key_word, 10),
            (number, 8),
            (digit_string, 12),
            (dni, 11),
            (date, 12),
            (hour, 5),
            (yes_no, 6),
            (choice, 4),
            (domain, 15),
            (told, 16),
            (spelled, 6),
            (names, 3),
            (lambda r: r.choice(FILLERS), 3),
            (self.word_salad, 26),
        ]
        make = rng.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        return re.sub(r" +", " ", make(rng)).strip(" ,")
