// Takes the pictures of every screen: `npm run screenshots [-- <part of a scene's id> ...]`. Writes them
// to e2e/out/screenshots/ (not kept) and a chosen few to docs/pictures/.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCENES, type Scene } from './scenes.ts';
import { buildGallery, type Gallery, openGallery, type View } from './show.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, 'e2e', 'out', 'screenshots');

const SIZES: Readonly<Record<string, Omit<View, 'theme'>>> = {
  '390': { width: 390, height: 844 },
  '768': { width: 768, height: 1024 },
  '1440': { width: 1440, height: 900 },
  zoom200: { width: 1440, height: 900, zoom: 2 },
};

/** Arguments: parts of scene ids, and `@390` and the like for sizes. None: everything. */
function chosenBy(wanted: readonly string[]) {
  const sizes = wanted.filter((word) => word.startsWith('@')).map((word) => word.slice(1));
  const parts = wanted.filter((word) => !word.startsWith('@'));
  return {
    sizes: Object.entries(SIZES).filter(([name]) => sizes.length === 0 || sizes.includes(name)),
    scenes: SCENES.filter(
      ({ id }) => parts.length === 0 || parts.some((part) => id.includes(part)),
    ),
  };
}

/** The few that the documents show. */
const CHOSEN = [
  { scene: 'room-knock', file: 'meeting.png', width: 1280, height: 800, theme: 'dark' },
  { scene: 'lobby', file: 'lobby.png', width: 1280, height: 800, theme: 'light' },
  { scene: 'room-alarm-ghost', file: 'alarm.png', width: 1280, height: 800, theme: 'dark' },
] as const;

async function shoot(gallery: Gallery, scene: Scene, view: View, path: string): Promise<void> {
  const { page, complaints } = await gallery.open(scene, view);
  await writeFile(path, await page.screenshot());
  for (const complaint of complaints) console.log(`  ${scene.id}: ${complaint}`);
}

export async function takePictures(wanted: readonly string[]): Promise<void> {
  await buildGallery();
  const gallery = await openGallery();
  const { scenes, sizes } = chosenBy(wanted);
  await mkdir(OUT, { recursive: true });
  try {
    for (const [name, size] of sizes) {
      for (const theme of ['light', 'dark'] as const) {
        for (const scene of scenes) {
          if (scene.room && theme === 'light') continue;
          const file = `${scene.id}-${name}${scene.room ? '' : `-${theme}`}.png`;
          await shoot(gallery, scene, { ...size, theme }, join(OUT, file));
        }
        console.log(`${name}, ${theme}`);
      }
    }
    if (wanted.length === 0) await takeChosen(gallery);
  } finally {
    await gallery.close();
  }
}

async function takeChosen(gallery: Gallery): Promise<void> {
  await mkdir(join(ROOT, 'docs', 'pictures'), { recursive: true });
  for (const { scene: id, file, ...view } of CHOSEN) {
    const scene = SCENES.find((one) => one.id === id);
    if (!scene) throw new TypeError(`no scene ${id}`);
    await shoot(gallery, scene, view, join(ROOT, 'docs', 'pictures', file));
  }
}
