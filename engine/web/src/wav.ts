// WAV files, 16 bit PCM mono.

/** A whole file of these samples (-1 to 1). */
export function wav(samples: Float32Array, rate: number): Blob {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at: number, word: string) => [...word].forEach((letter, n) => view.setUint8(at + n, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, n) => view.setInt16(44 + n * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new Blob([view], { type: "audio/wav" });
}

/** What a recorder gave, as a WAV of 48 kHz; the server brings it to the telephone's 8 kHz with its own filter. */
export async function fromRecording(recorded: Blob): Promise<{ wav: Blob; seconds: number }> {
  const context = new AudioContext({ sampleRate: 48000 });
  try {
    const sound = await context.decodeAudioData(await recorded.arrayBuffer());
    const mixed = new Float32Array(sound.length);
    for (let channel = 0; channel < sound.numberOfChannels; channel += 1) {
      sound.getChannelData(channel).forEach((sample, n) => { mixed[n]! += sample / sound.numberOfChannels; });
    }
    return { wav: wav(mixed, sound.sampleRate), seconds: sound.duration };
  } finally {
    await context.close();
  }
}
