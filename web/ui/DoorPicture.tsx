// A calm picture of a closed door with light under it. Says nothing: hidden from screen readers.
export function DoorPicture({ open = false }: { readonly open?: boolean }) {
  return (
    <svg aria-hidden="true" width="112" height="136" viewBox="0 0 112 136" fill="none">
      <path d="M18 128V14a8 8 0 0 1 8-8h60a8 8 0 0 1 8 8v114" className="fill-raised" />
      <path
        d="M26 128V20a6 6 0 0 1 6-6h48a6 6 0 0 1 6 6v108z"
        className={open ? 'fill-ground' : 'fill-accent'}
      />
      {open ? (
        <path d="M26 128V20a6 6 0 0 1 4-5.6L62 26v106z" className="fill-accent" />
      ) : (
        <g className="stroke-accent-ink" strokeOpacity="0.35" strokeWidth="1.5">
          <rect x="35" y="25" width="36" height="38" rx="3" />
          <rect x="35" y="72" width="36" height="46" rx="3" />
        </g>
      )}
      <circle cx={open ? 55 : 78.5} cy="72" r="3" className="fill-accent-ink" />
      <path d="M4 129.5h104" className="stroke-edge" strokeWidth="2.5" strokeLinecap="round" />
    </svg>
  );
}
