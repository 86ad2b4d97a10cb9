// Every word of the page in Spanish. The other languages have the same names.
export const es = {
  language: "English",
  title: "Digame · Diseño",
  login: { title: "Diseño de bots", user: "Usuario", password: "Contraseña", enter: "Entrar", wrong: "El usuario o la contraseña no son correctos.", forbidden: "Este usuario no puede diseñar bots: su perfil no tiene el permiso «design»." },
  top: { bot: "Bot", save: "Guardar", saved: "Guardado", unsaved: "Sin guardar", leave: "Salir", readOnly: "Solo lectura: este bot viene dentro de Digame. Para cambiarlo, copie su carpeta y dígalo en [dialogs] folder." },
  files: { title: "Ficheros", new: "Nuevo…", newTitle: "Fichero nuevo", path: "Nombre, por ejemplo dialogos/aviso.yaml", create: "Crear", remove: "Borrar", removeTitle: "¿Borrar {file}?", removed: "Borrado {file}", open: "Elija un fichero para verlo aquí." },
  check: { none: "Sin errores", problems: "{n} errores", one: "1 error", warnings: "{n} avisos", checking: "Comprobando…", nearest: "¿Quería decir «{word}»?", where: "{file}, línea {line}" },
  save: { conflict: "Otra persona ha cambiado {file} mientras tanto.", conflictTitle: "El fichero ha cambiado", mine: "Guardar lo mío", theirs: "Ver lo suyo", cancel: "Cancelar", leave: "Hay cambios sin guardar." },
  tabs: { graph: "Gráfico", console: "Probar", versions: "Versiones", prompts: "Audios" },
  graph: { in: "Acercar", out: "Alejar", fit: "Ajustar", broken: "El gráfico se dibuja cuando no hay errores.", hint: "Pulse un paso para ir a su línea.", copy: "Copiar Mermaid", copied: "Copiado" },
  console: {
    start: "Empezar", again: "Empezar de nuevo", say: "Diga algo", send: "Decir", keys: "Teclas", press: "Pulsar", silence: "Silencio", hangUp: "Colgar",
    source: "Con", edited: "lo que hay en el editor", published: "la versión {version}", now: "Fecha y hora", services: "Servicios", mocked: "respuestas de prueba", real: "llamadas de verdad",
    mocks: "Respuestas de prueba (JSON)", slots: "Datos", asks: "Pregunta por", took: "{ms} ms", ended: "Fin: {outcome}", handoff: "Pasa a la cola {queue}: {reason}", sms: "SMS a {to}: {text}",
    service: "Servicio {service}", failed: "falla: {why}", badJson: "Las respuestas de prueba no son JSON: {why}", silent: "(silencio)", hungUp: "(cuelga)", hint: "Hable con el bot por escrito, con los cambios aún sin guardar.", settings: "Ajustes", nothing: "Todavía ninguno",
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
