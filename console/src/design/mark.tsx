const stripes = 'M0 0h2.5L0 2.5zM5 0h2.5L0 7.5V5zM10 0v2.5L2.5 10H0zM10 5v2.5L7.5 10H5z';

/** The drawn mark of mark.svg, in the colours of the theme on <html> instead of the system's. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" className="flex-none">
      <path d="M10 4H3v16h18v-6" fill="none" stroke="var(--cue-a)" strokeWidth="2" strokeLinecap="square" />
      <rect x="13" y="1" width="10" height="10" fill="var(--cue-b)" />
      <path d={stripes} transform="translate(13 1)" fill="var(--cue-a)" />
    </svg>
  );
}

/** The striped square: it stands for a break, and for nothing else. */
export function CueDot({ size = 10 }: { size?: 8 | 10 | 16 | 28 | 44 }) {
  return (
    <svg width={size} height={size} viewBox="0 0 10 10" aria-hidden="true" className="flex-none">
      <rect width="10" height="10" fill="var(--cue-b)" />
      <path d={stripes} fill="var(--cue-a)" />
    </svg>
  );
}
