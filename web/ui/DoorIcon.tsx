// The sign of the app: a closed door. Says "only the people inside"; no padlock, no shield.
type Props = { readonly size?: number; readonly open?: boolean };

export function DoorIcon({ size = 20, open = false }: Props) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d="M5.5 21V4.5A1.5 1.5 0 0 1 7 3h10a1.5 1.5 0 0 1 1.5 1.5V21" />
      <path d="M3 21h18" />
      {open ? <path d="M10 21V6.5L18.5 4" /> : null}
      <circle cx={open ? 12.5 : 9} cy="12.5" r="1" fill="currentColor" stroke="none" />
    </svg>
  );
}
