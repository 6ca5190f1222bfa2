// The few things a person may want this device to remember. A browser that keeps nothing is no error:
// the choice then holds until the page goes. Nothing of a meeting belongs here.
// Keys in localStorage: `in-camera.name` (only when asked for), `in-camera.shortcuts` (off).

export function readKept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a value, or forgets it when there is none. */
export function keep(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage is blocked or full: see above.
  }
}
