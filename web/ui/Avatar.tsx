// Initials on a calm tint: stands for a person without a picture, and is never a fake picture.
import { initialsOf, tintOf } from './display-name.ts';

type Props = { readonly name: string; readonly size: string };

/** `size` is a CSS length; the letters follow it. */
export function Avatar({ name, size }: Props) {
  return (
    <span
      aria-hidden
      className="inline-flex shrink-0 items-center justify-center rounded-round font-bold text-tint-ink"
      style={{
        width: size,
        height: size,
        fontSize: `calc(${size} * 0.38)`,
        background: tintOf(name),
      }}
    >
      {initialsOf(name)}
    </span>
  );
}
