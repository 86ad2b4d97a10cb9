// Every word of the page in Spanish. The other languages have the same names.
export const es = {
  language: "English",
  title: "Digame · Diseño",
  login: { title: "Diseño de bots", user: "Usuario", password: "Contraseña", enter: "Entrar", wrong: "El usuario o la contraseña no son correctos.", forbidden: "Este usuario no puede diseñar bots: su perfil no tiene el permiso «design»." },
  top: { bot: "Bot", save: "Guardar", saved: "Guardado", unsaved: "Sin guardar", leave: "Salir", text: "Texto", tools: "Herramientas", views: "Vistas", splitter: "Ancho del panel", readOnlyShort: "Este bot es de solo lectura.", readOnly: "Solo lectura: este bot viene dentro de Digame. Para cambiarlo, copie su carpeta y dígalo en [dialogs] folder." },
  bot: {
    new: "Nuevo bot…", newTitle: "Nuevo bot", name: "Nombre", nameRule: "Empieza por una letra y lleva letras, cifras, _ y -: por ejemplo, cita_previa.", taken: "Ya hay un bot con ese nombre.", from: "Empezar con", make: "Crear",
    starter: "Un bot pequeño", starterAbout: "Toma un aviso y un teléfono, los confirma y termina. Con su caso de prueba.", copy: "Copia de {name}", made: "Creado {name}. Cambie el saludo en centro.yaml.",
  },
  files: {
    title: "Ficheros", new: "Nuevo…", newTitle: "Fichero nuevo", create: "Crear", kind: "Qué es", name: "Nombre", nameRule: "Letras, cifras, _ y -, sin espacios.", there: "Ya hay un fichero con ese nombre.", path: "Se llamará {file}", rename: "Renombrar…", renameTitle: "Otro nombre para {file}", renameDo: "Renombrar", renamed: "Ahora se llama {file}",
    remove: "Borrar…", removeDo: "Borrar", removeTitle: "¿Borrar {file}?", removeText: "Deja de formar parte del bot. Las versiones publicadas lo conservan.", removed: "Borrado {file}", undo: "Deshacer",
    kinds: { dialog: "Diálogo: lo que el bot hace", intent: "Intención: cómo lo pide la gente", test: "Casos de prueba", catalogue: "Catálogo: lista de valores", knowledge: "Preguntas y respuestas", calendar: "Calendario: horarios y festivos", part: "Parte común de varios diálogos", language: "Otro idioma", services: "Servicios de la casa (HTTP)" }, open: "Elija un fichero para verlo aquí.", keys: "Escape y después Tab salen del editor.",
  },
  check: { none: "Sin errores", problems: "{n} errores", one: "1 error", warnings: "{n} avisos", oneWarning: "1 aviso", checking: "Comprobando…", nearest: "¿Quería decir «{word}»?", where: "{file}, línea {line}" },
  save: { conflict: "Otra persona ha cambiado {file} mientras tanto.", conflictTitle: "El fichero ha cambiado", mine: "Guardar lo mío", theirs: "Ver lo suyo", cancel: "Cancelar", leave: "Hay cambios sin guardar. Si sigue, se pierden.", drop: "Seguir sin guardar" },
  tabs: { graph: "Gráfico", console: "Probar", tests: "Pruebas", versions: "Versiones", prompts: "Audios" },
  graph: {
    in: "Acercar", out: "Alejar", fit: "Ajustar", fitAbout: "Ver el diálogo abierto entero; otra vez, todo el bot", natural: "Tamaño real", label: "Gráfico", dialogs: "Ir al diálogo", broken: "El gráfico se dibuja cuando no hay errores.", stale: "Gráfico anterior: se dibuja de nuevo cuando no haya errores.",
    hint: "Un clic va a la línea. Para mover: arrastrar o Alt+flechas. Supr borra.", copy: "Copiar como texto Mermaid", copied: "Copiado",
  },
  blocks: {
    title: "Bloques", added: "Añadido. Ctrl+Z lo deshace.", moved: "Movido. Ctrl+Z lo deshace.", removed: "Borrado. Ctrl+Z lo deshace.", notThere: "Ahí no se puede poner.", noDialog: "Abra un diálogo, que es donde van los pasos.",
    groups: { talk: "Hablar", decide: "Decidir", data: "Datos", finish: "Terminar", line: "Línea" },
    names: {
      say: ["Decir", "Dice un texto"], play: ["Audio", "Reproduce una grabación; el texto vale donde no la haya"], collect: ["Preguntar", "Pide uno o varios datos"], confirm: ["Confirmar", "Pregunta de sí o no"], choose: ["Ofrecer", "Da a elegir entre las opciones de una lista"], ask: ["Repreguntar", "Vacía un dato y lo pide de nuevo"],
      if: ["Si…", "Sigue por un camino u otro según una condición"], split: ["Reparto", "Prueba A/B: cada contacto va por un camino, por porcentajes"], goto: ["Ir a", "Sigue en otro paso"], run: ["Diálogo", "Hace otro diálogo y vuelve"],
      call: ["Servicio", "Consulta un servicio de la casa"], set: ["Anotar", "Da nombre a un valor"], forget: ["Olvidar", "Vacía datos"], case: ["Expediente", "Abre un expediente del ciudadano"],
      handoff: ["Pasar", "Pasa el contacto a la cola de una persona"], callback: ["Llamarle", "Deja pedido que se devuelva la llamada"], end: ["Colgar", "Termina el contacto con un resultado"],
      language: ["Idioma", "Sigue en otro idioma, con su voz"], record: ["Grabación", "Para o reanuda la grabación"], send_sms: ["SMS", "Manda una plantilla por SMS"], send_email: ["Correo", "Manda una plantilla por correo"],
    },
  },
  tests: {
    run: "Pasar las pruebas", one: "Pasar", running: "Pasando las pruebas…", passed: "{n} bien", allPassed: "Todo bien: {n} casos", failed: "{n} con fallos", notRun: "{n} sin pasar", hint: "Se pasan con lo que hay en el editor, también lo que no está guardado.",
    none: "Todavía no hay casos de prueba. Hable con el bot en «Probar» y guarde la conversación, o cree un fichero de pruebas.", broken: "El bot tiene errores: corríjalos y vuelva a pasar las pruebas.", line: "Línea {line}:", goto: "Ir a la línea del caso", transcript: "Conversación", states: { passed: "Bien", failed: "Falla", not_run: "Sin pasar" },
  },
  keep: { title: "Guardar la conversación como prueba", name: "Qué demuestra", file: "Fichero", newFile: "Fichero nuevo", do: "Guardar", done: "Escrita en {file}. Revísela y guarde.", withAnswers: "El fichero llevará la fecha y las respuestas de los servicios de esta conversación.", answersOf: "Valen la fecha y las respuestas de los servicios de {file}." },
  console: {
    preparing: "Preparando el bot…", start: "Empezar", again: "Empezar de nuevo", say: "Diga algo", send: "Decir", keys: "Teclas", press: "Pulsar", silence: "Silencio", hangUp: "Colgar",
    source: "Qué se prueba", edited: "lo que hay en el editor", published: "la versión {version}", now: "Fecha y hora", services: "Servicios", mocked: "respuestas de prueba", real: "llamadas de verdad",
    mocks: "Respuestas de prueba (JSON)", slots: "Datos", asks: "Pregunta por", took: "{ms} ms", ended: "Fin: {outcome}", handoff: "Pasa a la cola {queue}: {reason}", sms: "SMS a {to}: {text}",
    service: "Servicio {service}", failed: "falla: {why}", badJson: "Las respuestas de prueba no son JSON: {why}", silent: "(silencio)", hungUp: "(cuelga)", keep: "Guardar como prueba…", hint: "Hable con el bot por escrito, con los cambios aún sin guardar.", settings: "Ajustes", nothing: "Todavía ninguno",
  },
  versions: {
    answers: "Contesta", canary: "prueba con el {share} %", folder: "la carpeta (sin versión publicada)", publish: "Publicar…", rollback: "Volver atrás…", publishTitle: "Publicar lo guardado", note: "Por qué (queda en el historial)",
    all: "Para todas las llamadas", share: "Solo para una parte de las llamadas", percent: "Porcentaje", tests: "Pasar antes las pruebas", do: "Publicar", cancel: "Cancelar", published: "Publicada {version}: contesta la próxima llamada.", publishedCanary: "Publicada {version}: contesta al {share} % de las llamadas.",
    rollbackTitle: "Volver atrás", rollbackText: "Se deshace lo último: se retira la versión a prueba o, si no hay, contesta la anterior. Las llamadas en curso no cambian.", rollbackDo: "Volver atrás", rolledBack: "Hecho. Contesta la próxima llamada.", back: "Volver a esta",
    unsaved: "Hay cambios sin guardar: guárdelos antes de publicar.", refused: "No se ha publicado", history: "Historial", none: "Aún no se ha publicado ninguna versión. Contesta lo que hay en la carpeta, nada más guardarlo.", compare: "Comparar", from: "de", to: "con", working: "lo guardado", same: "No hay diferencias.",
    acts: { published: "Publicada", canary: "A prueba, {share} %", canary_dropped: "Retirada la prueba", rolled_back: "Vuelta a", withdrawn: "Vuelta a la carpeta" }, passed: "{n} pruebas pasadas", skipped: "sin pasar pruebas", now: "contesta", trial: "a prueba",
    added: "nuevo", removed: "borrado", changed: "cambiado", waiting: "Comprobando, probando y preparando los audios…",
  },
  prompts: {
    title: "Audios grabados", none: "Ninguno todavía. Se usan en los textos así: { audio: nombre.wav, text: … }", upload: "Subir WAV…", record: "Grabar", stop: "Parar", recording: "Grabando… {s} s", name: "Nombre del audio", keep: "Guardar", discard: "Descartar", kept: "Guardado {name}",
    remove: "Borrar", removeTitle: "¿Borrar {name}?", tooLarge: "Como mucho 50 MB.", noMicrophone: "No se puede usar el micrófono: {why}", voice: "Oír un texto con la voz del bot", text: "Texto", listen: "Oír", seconds: "{s} s",
  },
  error: "No se ha podido: {why}",
  dirty: "cambiado",
};

export type Texts = typeof es;
