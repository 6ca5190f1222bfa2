// The size of an element on the page, as it changes.
import { type RefObject, useLayoutEffect, useState } from 'react';
import type { Size } from './layout.ts';

export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const seen = element.current;
    if (!seen) return undefined;
    const observer = new ResizeObserver(() => {
      const width = seen.clientWidth;
      const height = seen.clientHeight;
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    });
    observer.observe(seen);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
