// The person's name, kept on this device only if they asked for it.
import { cleanName } from '../ui/display-name.ts';
import { keep, readKept } from '../ui/kept.ts';

const KEY = 'in-camera.name';

export function rememberedName(): string | undefined {
  const name = cleanName(readKept(KEY) ?? '', '');
  return name === '' ? undefined : name;
}

export const rememberName = (name: string | undefined): void => keep(KEY, name);
