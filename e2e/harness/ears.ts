// Init script that remembers media elements, also those that never enter the document, so that a
// test hears what is really played. Runs in the page; must not change what the page does.

/** tsx, which runs the benchmarks, marks functions with a helper that pages do not have. */
export const NAME_SHIM = 'globalThis.__name ??= (fn) => fn;';

declare global {
  var inCameraEars: Set<HTMLMediaElement> | undefined;
}

export function installEars(): void {
  const ears = new Set<HTMLMediaElement>();
  globalThis.inCameraEars = ears;
  const own = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  if (own?.set === undefined || own.get === undefined) return;
  const { set, get } = own;
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...own,
    get,
    set(this: HTMLMediaElement, value: MediaProvider | null) {
      ears.add(this);
      set.call(this, value);
    },
  });
}
