import { CueDot } from '../../design/mark.tsx';

type SceneName = 'ridge' | 'table' | 'lamp' | 'ferry';

const spots: readonly { scene: SceneName; name: string; seconds: number }[] = [
  { scene: 'ridge', name: 'Outdoor', seconds: 30 },
  { scene: 'table', name: 'Coffee', seconds: 15 },
  { scene: 'lamp', name: 'Furniture', seconds: 30 },
  { scene: 'ferry', name: 'Travel', seconds: 15 },
];
const breakSeconds = spots.reduce((sum, spot) => sum + spot.seconds, 0);

/** A drawn break: four invented spots between two cue dots. Decoration; it shows no data. */
export function BreakPicture() {
  return (
    <div className="w-full max-w-[620px]" aria-hidden="true">
      <div className="mb-2.5 flex items-center text-sm text-fg-2">
        <b className="font-strong text-fg">One break, accounted for</b>
        <span className="ml-auto font-mono">20:44:59:12 → 20:46:29:12</span>
      </div>
      <div className="relative border border-line-strong">
        <Scene name="ferry" className="block h-auto w-full" />
        <span className="absolute top-5 right-5">
          <CueDot size={44} />
        </span>
      </div>
      <div className="relative mt-7 flex gap-0.5">
        <span className="absolute top-0 -left-5">
          <CueDot size={10} />
        </span>
        {spots.map((spot) => (
          <div key={spot.name} style={{ width: `${(spot.seconds / breakSeconds) * 100}%` }}>
            <Scene name={spot.scene} className="block h-23 w-full" slice />
            <div className="mt-2 text-sm">{spot.name}</div>
            <div className="text-axis text-fg-3">{spot.seconds}.000 s</div>
          </div>
        ))}
        <span className="absolute top-0 -right-5">
          <CueDot size={10} />
        </span>
      </div>
      <p className="mt-3.5 max-w-140 text-fg-2">
        The striped square in the corner warned the control room that a break was near. Cuepoint shows what
        fills it, what does not, and why.
      </p>
    </div>
  );
}

function Scene({ name, className, slice }: { name: SceneName; className: string; slice?: boolean }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 320 180"
      className={className}
      preserveAspectRatio={slice ? 'xMidYMid slice' : 'xMidYMid meet'}
    >
      {drawings[name]}
    </svg>
  );
}

// Pictures of commercials are content, not interface: they keep their colours in both themes.
const drawings: Record<SceneName, React.ReactNode> = {
  ridge: (
    <>
      <rect width="320" height="180" fill="#d89a5e" />
      <circle cx="196" cy="62" r="24" fill="#f4dcae" />
      <path d="M0 118 52 78l46 30 58-52 54 46 46-22 64 40v82H0z" fill="#49686b" />
      <path d="M0 138 70 104l66 34 70-40 66 32 48-20v70H0z" fill="#2d4a50" />
      <path d="m0 162 90-30 80 26 84-30 66 26v26H0z" fill="#172c31" />
    </>
  ),
  table: (
    <>
      <rect width="320" height="180" fill="#e9dfc9" />
      <path d="M0 126h320v54H0z" fill="#c6a677" />
      <path d="M116 72h84v38a34 34 0 0 1-34 34h-16a34 34 0 0 1-34-34z" fill="#faf3e4" />
      <path d="M200 80h8a17 17 0 0 1 0 34h-9" fill="none" stroke="#faf3e4" strokeWidth="8" />
      <ellipse cx="158" cy="73" rx="42" ry="8" fill="#74452a" />
      <path
        d="M140 52q-9-12 0-24m18 20q-9-12 0-24m18 28q-9-12 0-24"
        fill="none"
        stroke="#fff"
        strokeWidth="4"
      />
      <path d="M52 96h38v52H52z" fill="#a24d30" />
    </>
  ),
  lamp: (
    <>
      <rect width="320" height="180" fill="#201c2b" />
      <path d="M134 56 64 180h192L186 56z" fill="#f2bb72" opacity=".28" />
      <path d="M160 0v28" stroke="#6d5876" strokeWidth="3" />
      <path d="M134 58a26 30 0 0 1 52 0z" fill="#f2bb72" />
      <path d="M206 112h66v42h-66z" fill="#3c3348" />
      <path d="M198 126h84v32h-84z" fill="#6b5675" />
      <path d="M0 160h320v20H0z" fill="#15121d" />
    </>
  ),
  ferry: (
    <>
      <rect width="320" height="180" fill="#c1d9dd" />
      <circle cx="240" cy="42" r="17" fill="#f5f1e5" />
      <path d="M0 112q30-10 60 0t60 0 60 0 60 0 80 0v68H0z" fill="#2d7086" />
      <path d="M96 112h126l-14 28h-98z" fill="#c3523d" />
      <path d="M110 92h88v20h-88zm18-18h56v18h-56z" fill="#f5f1e5" />
      <path d="M152 56h14v18h-14z" fill="#1c5064" />
      <path d="M118 102h72" stroke="#1c5064" strokeWidth="4" strokeDasharray="7 4" />
      <path d="M0 138q40-12 80 0t80 0 80 0 80 0v42H0z" fill="#1c5064" />
      <path d="M0 160q40-9 80 0t80 0 80 0 80 0v20H0z" fill="#133745" />
    </>
  ),
};
