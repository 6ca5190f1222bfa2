// What the test members show and say: one colour each, one tone each; and how a tone is heard.

export function colourTrack(colour: string, width: number, height: number): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  let tick = 0;
  const draw = () => {
    if (context === null) return;
    context.fillStyle = colour;
    context.fillRect(0, 0, width, height);
    // A corner that moves, or the encoder would have nothing to send.
    context.fillStyle = tick++ % 2 === 0 ? '#000' : '#fff';
    context.fillRect(0, 0, 24, 24);
  };
  draw();
  const track = first(canvas.captureStream(15).getVideoTracks());
  const timer = setInterval(() => {
    if (track.readyState === 'ended') clearInterval(timer);
    draw();
  }, 66);
  return track;
}

/**
 * Firefox never starts an AudioContext on a machine without loudspeakers; its fake microphone gives
 * one tone, set for the whole browser.
 */
export async function toneTrack(hertz: number): Promise<MediaStreamTrack> {
  const context = new AudioContext();
  await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 500))]);
  if (context.state !== 'running') {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    return first(stream.getAudioTracks());
  }
  const out = context.createMediaStreamDestination();
  const oscillator = context.createOscillator();
  oscillator.frequency.value = hertz;
  oscillator.connect(out);
  oscillator.start();
  return first(out.stream.getAudioTracks());
}

function first(tracks: readonly MediaStreamTrack[]): MediaStreamTrack {
  const [track] = tracks;
  if (track === undefined) throw new Error('no track');
  return track;
}

const RATE = 48_000;

export async function record(track: MediaStreamTrack, ms: number): Promise<Float32Array> {
  const recorder = new MediaRecorder(new MediaStream([track]));
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => void parts.push(data);
  const stopped = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  recorder.start();
  await new Promise((resolve) => setTimeout(resolve, ms));
  recorder.stop();
  await stopped;
  const bytes = await new Blob(parts).arrayBuffer();
  const decoder = new OfflineAudioContext(1, 1, RATE);
  const sound = await decoder.decodeAudioData(bytes).catch(() => null);
  return sound?.getChannelData(0) ?? new Float32Array(0);
}

/** Goertzel's filter every ten hertz; a tone stands 30 dB above the median of them all. */
export function loudestTone(samples: Float32Array): number {
  const middle = samples.length >> 1;
  const part = samples.subarray(Math.max(0, middle - 7_200), middle + 7_200);
  const powers: { hertz: number; power: number }[] = [];
  for (let hertz = 200; hertz <= 3_000; hertz += 10) {
    const turn = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
    let [a, b] = [0, 0];
    part.forEach((sample, i) => {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / part.length);
      [a, b] = [sample * hann + turn * a - b, a];
    });
    powers.push({ hertz, power: (a * a + b * b - turn * a * b) / part.length ** 2 });
  }
  powers.sort((a, b) => b.power - a.power);
  const [loudest, median] = [powers[0], powers[powers.length >> 1]];
  if (loudest === undefined || median === undefined || loudest.power < 1e-7) return 0;
  return loudest.power > 1_000 * median.power ? loudest.hertz : 0;
}
