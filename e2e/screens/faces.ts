// Drawn people as live tracks, and a drawn screen: no photograph of anyone is needed to judge a screen.

type Look = {
  readonly wall: string;
  readonly skin: string;
  readonly hair: string;
  readonly shirt: string;
};

const LOOKS: readonly Look[] = [
  { wall: '#42535f', skin: '#cda288', hair: '#38271c', shirt: '#502c2c' },
  { wall: '#43584c', skin: '#79553f', hair: '#17120d', shirt: '#3a2f4d' },
  { wall: '#5a4e61', skin: '#d5bb9d', hair: '#171a1e', shirt: '#403713' },
  { wall: '#5d513f', skin: '#d7b196', hair: '#74523a', shirt: '#143d43' },
  { wall: '#3e5762', skin: '#a77b5d', hair: '#2a2320', shirt: '#2f4a36' },
  { wall: '#604a48', skin: '#e0bfa8', hair: '#a08a6e', shirt: '#32435f' },
  { wall: '#4a5a3f', skin: '#5f4130', hair: '#100d0b', shirt: '#6a4a2c' },
];

function ellipse(draw: CanvasRenderingContext2D, x: number, y: number, rx: number, ry: number) {
  draw.beginPath();
  draw.ellipse(x, y, rx, ry, 0, 0, Math.PI * 2);
  draw.fill();
}

function drawFace(draw: CanvasRenderingContext2D, look: Look, width: number, height: number) {
  const unit = height / 100;
  const middle = width / 2;
  draw.fillStyle = look.wall;
  draw.fillRect(0, 0, width, height);
  draw.fillStyle = 'rgb(255 255 255 / 5%)';
  draw.beginPath();
  draw.moveTo(width * 0.46, 0);
  draw.lineTo(width, 0);
  draw.lineTo(width, height);
  draw.lineTo(width * 0.3, height);
  draw.fill();
  draw.fillStyle = look.shirt;
  ellipse(draw, middle, 112 * unit, 40 * unit, 40 * unit);
  draw.fillStyle = look.hair;
  ellipse(draw, middle, 37 * unit, 21 * unit, 23 * unit);
  draw.fillStyle = look.skin;
  draw.fillRect(middle - 8 * unit, 56 * unit, 16 * unit, 20 * unit);
  ellipse(draw, middle, 75 * unit, 8 * unit, 6 * unit);
  ellipse(draw, middle, 45 * unit, 17.5 * unit, 22 * unit);
  draw.fillStyle = look.hair;
  draw.beginPath();
  draw.ellipse(middle, 33 * unit, 19 * unit, 17 * unit, 0, Math.PI, Math.PI * 2);
  draw.quadraticCurveTo(middle + 6 * unit, 30 * unit, middle - 19 * unit, 33 * unit);
  draw.fill();
}

function drawSlide(draw: CanvasRenderingContext2D, width: number, height: number) {
  draw.fillStyle = '#f6f4ee';
  draw.fillRect(0, 0, width, height);
  draw.fillStyle = '#1d2a30';
  draw.font = `650 ${height / 13}px sans-serif`;
  draw.fillText('Care plan, November', width * 0.07, height * 0.17);
  draw.font = `${height / 24}px sans-serif`;
  ['Walking every morning', 'New tablets from Monday', 'Next visit on the 30th'].forEach(
    (line, i) => {
      draw.fillStyle = '#16684b';
      draw.fillRect(width * 0.07, height * (0.29 + i * 0.11), height / 40, height / 40);
      draw.fillStyle = '#33434b';
      draw.fillText(line, width * 0.11, height * (0.315 + i * 0.11));
    },
  );
  [0.35, 0.5, 0.42, 0.7, 0.82].forEach((share, i) => {
    draw.fillStyle = i === 4 ? '#16684b' : '#b9c7c0';
    draw.fillRect(
      width * (0.56 + i * 0.075),
      height * (0.86 - share * 0.55),
      width * 0.055,
      height * share * 0.55,
    );
  });
}

function trackOf(width: number, height: number, paint: (draw: CanvasRenderingContext2D) => void) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const draw = canvas.getContext('2d');
  if (!draw) throw new TypeError('no canvas');
  paint(draw);
  // A captured canvas sends a frame only when something was painted.
  setInterval(() => paint(draw), 500);
  const [track] = canvas.captureStream(2).getVideoTracks();
  if (!track) throw new TypeError('no track');
  return track;
}

const faces = new Map<number, MediaStreamTrack>();

export function faceTrack(index: number): MediaStreamTrack {
  const look = LOOKS[index % LOOKS.length];
  if (!look) throw new TypeError('no look');
  const known = faces.get(index % LOOKS.length);
  const track = known ?? trackOf(640, 360, (draw) => drawFace(draw, look, 640, 360));
  faces.set(index % LOOKS.length, track);
  return track;
}

export const slideTrack = (): MediaStreamTrack =>
  trackOf(1280, 720, (draw) => drawSlide(draw, 1280, 720));
