"""What callers say beyond `texts.py`: negations, corrections, names, addresses, short words, and hesitation.

Names and streets are those of the recogniser's grammar. All draws come from a `random.Random`, beside those of
`texts.py`, so that what was drawn there for the shipped ear stays as it was.
"""

import re

import texts

NEGATED = (
    "no quiero {act} {paper}|no, no quiero {act} nada|yo no he pedido {paper}|no es {paper}, es {paper}|"
    "no era para {act} {paper}, era para {act} {paper}|no {understand}|no me han dado {paper}|nunca me ha llegado {paper}|"
    "nadie me ha llamado|nadie me ha dicho nada de {paper}|no tengo ni {owned} ni {owned}|no tengo {owned}|"
    "sin {owned} no puedo|no puedo {when}|{when} no puedo, no|{when} tampoco puedo|a esa hora no, mejor {when}|"
    "todavía no he recibido {paper}|aún no sé nada de {paper}|ya no me hace falta {paper}|ya no quiero la cita|"
    "no quiero hablar con una máquina|no, con {office} no|no, eso no es lo que he dicho|no he dicho eso|"
    "yo no he dicho que sí|no estoy de acuerdo|no doy mi consentimiento|no quiero que me graben|"
    "no me venga con eso|{thing} no está {spoiled}|no hay {trouble}, hay {trouble}|no es en {place}, es en {place}|"
    "no funciona {thing}|no es para mí, es para {who}|{who} no lo sabe|{who} no está|ni {when} ni {when}|"
    "ninguna de esas|ninguno de los dos|nada de eso|en ningún caso|de momento no|por ahora no|que no|no y no|"
    "no lo haga|no la anule|no me la cambie|no cuelgue|no me cuelgue por favor|no se vaya|no se lo voy a decir|"
    "sí, pero no {when}|sí, pero sin {owned}|no, pero {when} sí|no me importa|no hace falta|no me acuerdo"
).split("|")
CORRECTED = (
    "no, {a}|no, {a} no, {b}|perdón, {a}|digo, {a}|{b}, digo {a}|{b}, no, perdón, {a}|no es {b}, es {a}|"
    "he dicho {a}, no {b}|ay no, {a}|me he equivocado, es {a}|{b} no, {a}|mejor {a} que {b}|o sea, {a}"
).split("|")
SHORT = (
    "en|con|sin|por|para|de|del|al|a|y|o|ni|que|qué|se|le|lo|la|el|un|una|mi|su|sus|es|hay|ya|muy|más|menos|"
    "quién|cuál|cuándo|cuánto|cómo|dónde|por qué|para qué|con quién|de quién|desde cuándo|hasta cuándo|"
    "ya no|aún no|todavía no|ya está|ya lo sé|eso no|esto sí|así no|yo no|yo sí|usted no|ella no|él sí|"
    "y luego|y entonces|y después|y ahora|y si no|pero no|pero sí|si puede|si no puede|a mí no|a él sí|"
    "con usted|sin él|por ella|para mí|para ella|en eso|de eso|desde ayer|hasta hoy|entre las dos|sobre todo|"
    "al lado|en la de al lado|a la vuelta|más o menos|lo mismo|lo otro|la otra|el otro|los dos|las tres"
).split("|")
ROADS = "calle|calle|calle|calle|avenida|plaza|paseo|camino|ronda|travesía|carretera de|urbanización".split("|")
FLOORS = (
    "bajo|bajo derecha|primero|primero izquierda|segundo|segundo be|tercero derecha|cuarto a|quinto|ático|entresuelo|"
    "principal|portal dos|escalera izquierda|bloque tres|primero primera|segundo centro"
).split("|")
TOWNS = (
    "Albacete|Alcalá de Henares|Alcobendas|Alcorcón|Algeciras|Alicante|Almería|Ávila|Avilés|Badajoz|Badalona|Barcelona|"
    "Benidorm|Bilbao|Burgos|Cáceres|Cádiz|Cartagena|Castellón|Ceuta|Ciudad Real|Córdoba|Coslada|Cuenca|Donostia|"
    "Dos Hermanas|Elche|Ferrol|Fuenlabrada|Gandía|Getafe|Gijón|Girona|Granada|Guadalajara|Huelva|Huesca|Jaén|"
    "Jerez de la Frontera|La Coruña|La Laguna|Las Palmas|Leganés|León|Linares|Lleida|Logroño|Lorca|Lugo|Madrid|Málaga|"
    "Marbella|Mataró|Melilla|Mérida|Mijas|Móstoles|Motril|Murcia|Orense|Oviedo|Palencia|Palma|Pamplona|Parla|"
    "Ponferrada|Pontevedra|Reus|Roquetas de Mar|Rota|Sabadell|Salamanca|San Fernando|San Sebastián|Santander|Santiago|"
    "Segovia|Sevilla|Soria|Talavera de la Reina|Tarragona|Telde|Teruel|Toledo|Torrejón de Ardoz|Torrelavega|Torrevieja|"
    "Valdemoro|Valencia|Valladolid|Vélez Málaga|Vigo|Vitoria|Zamora|Zaragoza|Aranjuez|Ronda|Úbeda|Tudela|Calahorra|"
    "Medina del Campo|Villanueva de la Serena|Puertollano|Tomelloso|Totana|Yecla|Xàtiva|Sueca|Utrera|Écija"
).split("|")
# What comes out while one thinks, before a word or in the middle.
HESITATION = "eh|eh|eh|pues|pues|a ver|bueno|mmm|es que|o sea|este|a ver si|digamos|esto|mire|vamos a ver".split("|")


def grammar(path):
    """{name: entries} of a grammar's lists of plain words."""
    with open(path, encoding="utf-8") as f:
        text = re.sub(r"\n\s+", " ", "".join(line for line in f if not line.startswith("#")))
    lists = dict(re.findall(r"^(\w+): (.*)$", text, re.M))
    plain = re.compile(r"^[a-záéíóúüñ ]+$")
    return {k: [e for e in (e.strip() for e in v.split("|")) if plain.match(e)] for k, v in lists.items()}


class Callers:
    """Draws texts: `names` is the path of the grammar of names, `drawn` a `texts.Texts`, `sentences` callers' own."""

    def __init__(self, names, drawn, sentences):
        lists = grammar(names)
        self.given, self.surname, self.street = lists["given"], lists["surname"], lists["street"]
        self.drawn = drawn
        self.sentences = [s for s in sentences if not re.search(r"\d", s) and texts.fold(s)]

    def negated(self, rng):
        text = re.sub(r"{(\w+)}", lambda part: rng.choice(texts.PARTS[part[1]]), rng.choice(NEGATED))
        return re.sub(r"\bde el\b", "del", text)

    def corrected(self, rng):
        make = rng.choice([texts.date, texts.hour, texts.number, self.person, lambda r: r.choice(TOWNS)])
        return rng.choice(CORRECTED).format(a=make(rng), b=make(rng))

    def person(self, rng):
        given = rng.choice(self.given) + (" " + rng.choice(self.given) if rng.random() < 0.25 else "")
        name = " ".join([given] + [rng.choice(self.surname) for _ in range(rng.choice([0, 1, 1, 2, 2]))])
        lead = ["", "", "", "me llamo ", "soy ", "a nombre de ", "se llama ", "es para ", "mi nombre es ", "don ", "doña "]
        return rng.choice(lead) + name

    def address(self, rng):
        text = f"{rng.choice(ROADS)} {rng.choice(self.street)}"
        if rng.random() < 0.8:
            text += rng.choice([" ", ", ", " número "]) + texts.cardinal(rng.randrange(1, 180))
        if rng.random() < 0.4:
            text += ", " + rng.choice(FLOORS)
        if rng.random() < 0.45:
            text += rng.choice([", ", ", en ", ", de "]) + rng.choice(TOWNS)
        return rng.choice(["", "", "vivo en ", "en ", "la dirección es ", "es en ", "hay un bache en "]) + text

    def town(self, rng):
        lead = ["", "", "en ", "de ", "soy de ", "vivo en ", "llamo desde ", "estoy en ", "para ", "la oficina de "]
        return rng.choice(lead) + rng.choice(TOWNS)

    def draw(self, rng):
        """A text, as it is read aloud."""
        kinds = [
            (lambda r: r.choice(self.sentences), 34),
            (self.drawn.draw, 24),
            (self.negated, 16),
            (self.person, 8),
            (self.address, 6),
            (self.corrected, 5),
            (self.town, 4),
            (lambda r: r.choice(SHORT), 3),
        ]
        make = rng.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        return re.sub(r" +", " ", make(rng)).strip(" ,")


def hesitant(rng, text):
    """The same text as one says it who thinks meanwhile: in pieces, between which a silence belongs."""
    words = text.split()
    fate = rng.random()
    if fate < 0.62 or len(words) < 2:
        return [text]
    at = rng.randrange(len(words))
    if fate < 0.82:
        words.insert(at, rng.choice(HESITATION) + ",")
        if at:
            words[at - 1] = words[at - 1].rstrip(",") + ","
        return [" ".join(words)]
    if fate < 0.88 and len(words[at]) <= 5:
        words.insert(at, words[at].rstrip(",") + ",")
        return [" ".join(words)]
    at = max(at, 1)
    return [" ".join(words[:at]), " ".join(words[at:])]
