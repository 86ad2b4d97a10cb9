// Recorded prompts: record in the browser, upload, listen; and hear any text in the bot's voice.
import { api } from "./api";
import { ask, fill, h, toast } from "./dom";
import { put, t } from "./i18n";
import { fromRecording } from "./wav";
import type { Workspace } from "./workspace";

const LARGEST = 50 * 1024 * 1024;

/** The panel; `shown` is called when it comes to the front. */
export function promptsPanel(work: Workspace): { element: HTMLElement; shown: () => void } {
  const list = h("ul", { class: "sounds" });
  const player = h("audio", { controls: true, hidden: true });
  const guarded = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      toast(put(t.error, { why: (error as Error).message }), true);
    }
  };
  const play = (blob: Blob): void => {
    URL.revokeObjectURL(player.src);
    player.src = URL.createObjectURL(blob);
    player.hidden = false;
    void player.play().catch(() => undefined);
  };
  const load = (): Promise<void> =>
    guarded(async () => {
      const { sounds } = await api.sounds(work.bot.name);
      const rows = sounds.map((sound) =>
        h(
          "li",
          {},
          h("code", {}, sound.name),
          h("span", { class: "note" }, put(t.prompts.seconds, { s: (sound.ms / 1000).toFixed(1) })),
          h("button", { class: "quiet", "aria-label": `${t.prompts.listen} ${sound.name}`, onclick: () => void guarded(async () => play(await api.sound(work.bot.name, sound.name))) }, t.prompts.listen),
          work.bot.editable && h("button", { class: "quiet", "aria-label": `${t.prompts.remove} ${sound.name}`, onclick: () => void remove(sound.name) }, t.prompts.remove),
        ),
      );
      fill(list, ...(rows.length > 0 ? rows : [h("li", { class: "note" }, t.prompts.none)]));
    });
  const remove = async (name: string): Promise<void> => {
    const sure = await ask(put(t.prompts.removeTitle, { name }), h("p", {}, name), [t.prompts.remove, t.save.cancel], () => true);
    if (!sure) return;
    await guarded(async () => { await api.removeSound(work.bot.name, name); });
    await load();
  };
  const keep = (name: string, blob: Blob): Promise<void> =>
    guarded(async () => {
      if (blob.size > LARGEST) throw new Error(t.prompts.tooLarge);
      await api.upload(work.bot.name, name, blob);
      toast(put(t.prompts.kept, { name }));
      await load();
    });

  const chooser = h("input", { type: "file", accept: ".wav,audio/wav", hidden: true, onchange: () => {
    const file = chooser.files?.[0];
    if (file) void keep(file.name.replace(/[^\p{L}\d_.-]/gu, "_"), file);
    chooser.value = "";
  } });
  const text = h("textarea", { rows: 3, maxLength: 2000, "aria-label": t.prompts.text });
  const speak = h("button", { onclick: () => void guarded(async () => play(await api.speak(work.bot.name, text.value))) }, t.prompts.listen);
  const element = h(
    "section",
    { class: "panel prompts" },
    work.bot.editable && h("div", { class: "buttons tools" }, recorder(play, keep), h("button", { onclick: () => chooser.click() }, t.prompts.upload), chooser),
    h("h3", {}, t.prompts.title),
    list,
    player,
    h("h3", {}, t.prompts.voice),
    text,
    h("div", { class: "buttons" }, speak),
  );
  return { element, shown: () => void load() };
}

/** The button that records, and then asks for a name. */
function recorder(play: (blob: Blob) => void, keep: (name: string, blob: Blob) => Promise<void>): HTMLElement {
  let stop: (() => void) | undefined;
  const button = h("button", { onclick: () => (stop ? stop() : void begin()) }, t.prompts.record);
  const begin = async (): Promise<void> => {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch (error) {
      return toast(put(t.prompts.noMicrophone, { why: (error as Error).message }), true);
    }
    const recording = new MediaRecorder(stream);
    const pieces: Blob[] = [];
    const since = Date.now();
    const clock = setInterval(() => { button.textContent = `${t.prompts.stop} · ${put(t.prompts.recording, { s: Math.round((Date.now() - since) / 1000) })}`; }, 250);
    recording.ondataavailable = (event) => pieces.push(event.data);
    recording.onstop = () => {
      clearInterval(clock);
      stop = undefined;
      button.textContent = t.prompts.record;
      button.classList.remove("recording");
      stream.getTracks().forEach((track) => track.stop());
      void done(new Blob(pieces, { type: recording.mimeType }));
    };
    stop = () => recording.stop();
    button.classList.add("recording");
    button.textContent = t.prompts.stop;
    recording.start();
  };
  const done = async (recorded: Blob): Promise<void> => {
    const { wav, seconds } = await fromRecording(recorded);
    play(wav);
    const name = h("input", { required: true, pattern: "[\\p{L}\\d_\\-]+(\\.wav)?", autocomplete: "off" });
    const body = h("div", {}, h("p", {}, put(t.prompts.seconds, { s: seconds.toFixed(1) })), h("label", {}, t.prompts.name, name));
    const given = await ask(t.prompts.record, body, [t.prompts.keep, t.prompts.discard], () => name.value.trim());
    if (given) await keep(given.endsWith(".wav") ? given : `${given}.wav`, wav);
  };
  return button;
}
