import { CueDot } from '../../design/mark.tsx';

const width = 1600;
const height = 900;

/** Action safe 90 %, title safe 80 %, the zone usual for QR codes, all of the picture and not of the letterbox. */
export function Overlay({ ratio, safe, qr }: { ratio: number; safe: boolean; qr: boolean }) {
  const wide = ratio >= width / height;
  const w = wide ? width : height * ratio;
  const h = wide ? width / ratio : height;
  const left = (width - w) / 2;
  const top = (height - h) / 2;
  const inset = (share: number) => ({
    x: left + (w * (1 - share)) / 2,
    y: top + (h * (1 - share)) / 2,
    width: w * share,
    height: h * share,
  });
  const action = inset(0.9);
  const title = inset(0.8);
  const side = Math.min(w, h) * 0.28;
  const line = {
    fill: 'none',
    stroke: '#fff',
    strokeOpacity: 0.75,
    vectorEffect: 'non-scaling-stroke',
  } as const;
  const text = {
    fill: '#fff',
    fontSize: 31,
    fontWeight: 500,
    style: { textShadow: '0 0 6px #000' },
  } as const;
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0 font-sans">
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true" className="size-full">
        {safe && (
          <>
            <rect {...action} {...line} />
            <rect {...title} {...line} strokeDasharray="5 4" />
            <path {...line} d={`M${width / 2 - 23} ${height / 2}h46M${width / 2} ${height / 2 - 23}v46`} />
            <text {...text} x={action.x + 10} y={action.y - 10}>
              Action safe 90 %
            </text>
            <text {...text} x={title.x + 10} y={title.y + 38}>
              Title safe 80 %
            </text>
          </>
        )}
        {qr && (
          <>
            <rect
              x={title.x + title.width - side}
              y={title.y + title.height - side}
              width={side}
              height={side}
              fill="#0a1416"
              fillOpacity=".55"
              stroke="#fff"
              strokeDasharray="2 2"
              vectorEffect="non-scaling-stroke"
            />
            <text
              {...text}
              x={title.x + title.width - side / 2}
              y={title.y + title.height - side / 2 + 10}
              textAnchor="middle"
            >
              QR zone
            </text>
          </>
        )}
      </svg>
      {safe && (
        <span
          className="absolute"
          style={{
            right: `${((left + w * 0.06) / width) * 100}%`,
            top: `${((top + h * 0.07) / height) * 100}%`,
          }}
        >
          <CueDot size={16} />
        </span>
      )}
    </div>
  );
}
