// Single keys for what one does most. Never while the person writes, and all of them can be switched
// off (WCAG 2.1.4).
import { useEffect, useRef, useState } from 'react';
import { keep, readKept } from '../ui/kept.ts';

export const SHORTCUTS = [
  { key: 'M', does: 'microphone' },
  { key: 'V', does: 'camera' },
  { key: 'H', does: 'hand' },
  { key: 'C', does: 'chat' },
  { key: 'P', does: 'people' },
  { key: 'Esc', does: 'escape' },
] as const;

type Deed = (typeof SHORTCUTS)[number]['does'];
export type Deeds = Readonly<Record<Deed, () => void>>;

const KEPT = 'in-camera.shortcuts';

const WRITES = 'input, textarea, select, [contenteditable]';
const ABOVE = '[role=dialog], [role=alertdialog], [role=menu]';

/** What a key press asks for, if anything. */
export function deedOf(event: KeyboardEvent, used: boolean): Deed | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) {
    return undefined;
  }
  // What lies above the meeting has the keyboard to itself, Escape included.
  if (document.querySelector(ABOVE)) return undefined;
  if (event.key === 'Escape') return 'escape';
  const writing = event.target instanceof Element && event.target.closest(WRITES) !== null;
  if (!used || writing) return undefined;
  return SHORTCUTS.find(({ key }) => key === event.key.toUpperCase())?.does;
}

/** Listens as long as the meeting is shown; returns whether shortcuts are used, and the switch. */
export function useShortcuts(deeds: Deeds): readonly [boolean, (used: boolean) => void] {
  const [used, setUsed] = useState(() => readKept(KEPT) !== 'off');
  const latest = useRef(deeds);
  useEffect(() => {
    latest.current = deeds;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const deed = deedOf(event, used);
      if (deed === undefined) return;
      event.preventDefault();
      latest.current[deed]();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [used]);
  const choose = (next: boolean) => {
    keep(KEPT, next ? undefined : 'off');
    setUsed(next);
  };
  return [used, choose];
}
