import { easeInOut, lerp } from './easing.ts';
import { type Ctx, disc, fillAll, type Motif, type MotifSetting, polygon, scoped } from './stage.ts';

type Shape = 'quarter' | 'half' | 'dot' | 'stripes' | 'corner' | 'rings';

interface Tile {
  column: number;
  row: number;
  shape: Shape;
  ground: string;
  figure: string;
  turn: number;
  delay: number;
}

/** A wall of tiles that turn in waves: arcs, dots and stripes in the brand's colours. */
export function abstractMotif(setting: MotifSetting): Motif {
  const { width, height, palette } = setting;
  const random = setting.random('abstract');
  const close = setting.shot === 'close';
  const size = height / (close ? 4 : 6);
  const columns = Math.ceil(width / size) + 1;
  const rows = Math.ceil(height / size);
  const shapes: readonly Shape[] = random.pick([
    ['quarter', 'quarter', 'half', 'dot'],
    ['quarter', 'rings', 'dot', 'corner'],
    ['half', 'stripes', 'quarter', 'dot'],
  ] as const);
  const figures = [palette.accent, palette.planes[1], palette.planes[3], palette.paper, palette.accentDeep];
  const grounds = [palette.planes[0], palette.planes[2], palette.primary, palette.haze];
  const tiles: Tile[] = [];
  for (let column = 0; column < columns; column++) {
    // Stairs that climb to the right; words stand to the left of them.
    const climb = close
      ? lerp(1.2, rows, column / (columns - 1))
      : lerp(1.1, rows * 1.02, (column / (columns - 1)) ** 1.8);
    const height_ = Math.round(climb + random.between(-0.6, 0.6));
    for (let up = 0; up < Math.min(rows, Math.max(1, height_)); up++) {
      const ground = random.pick(grounds);
      tiles.push({
        column,
        row: rows - 1 - up,
        shape: random.pick(shapes),
        ground,
        figure: random.pick(figures.filter((f) => f !== ground)),
        turn: Math.floor(random.between(0, 4)),
        delay: (column + (rows - up)) * 0.09 + random.between(0, 0.25),
      });
    }
  }
  return (ctx, at) => {
    fillAll(ctx, setting, palette.sky);
    disc(
      ctx,
      width * 0.22,
      height * (0.42 - 0.05 * at.part),
      height * (0.3 + 0.05 * Math.sin(at.seconds * 0.9)),
      palette.haze,
    );
    scoped(ctx, () => {
      ctx.translate(-at.part * size * 0.5, 0);
      for (const tile of tiles) {
        // One quarter turn each 1.9 s, in a wave; partly turned already at the first frame.
        const clock = Math.max(0, (at.seconds + 1.2 - tile.delay) / 1.9);
        const whole = Math.floor(clock);
        const turn = tile.turn + whole + easeInOut(Math.min(1, (clock - whole) / 0.62));
        drawTile(ctx, tile, size, turn);
      }
    });
  };
}

function drawTile(ctx: Ctx, tile: Tile, size: number, turn: number): void {
  const half = size / 2;
  scoped(ctx, () => {
    ctx.translate(tile.column * size + half, tile.row * size + half);
    ctx.fillStyle = tile.ground;
    ctx.fillRect(-half - 0.5, -half - 0.5, size + 1, size + 1);
    ctx.beginPath();
    ctx.rect(-half, -half, size, size);
    ctx.clip();
    ctx.rotate((turn * Math.PI) / 2);
    ctx.fillStyle = tile.figure;
    switch (tile.shape) {
      case 'quarter':
        ctx.beginPath();
        ctx.moveTo(-half, -half);
        ctx.arc(-half, -half, size, 0, Math.PI / 2);
        ctx.closePath();
        ctx.fill();
        break;
      case 'half':
        ctx.beginPath();
        ctx.arc(0, -half, half, 0, Math.PI);
        ctx.fill();
        ctx.beginPath();
        ctx.arc(0, 0, half, 0, Math.PI);
        ctx.fill();
        break;
      case 'dot':
        disc(ctx, -size * 0.1, -size * 0.1, size * 0.28, tile.figure);
        break;
      case 'stripes':
        for (let i = 0; i < 3; i++) ctx.fillRect(-half, -half + size * (0.08 + i * 0.33), size, size * 0.17);
        break;
      case 'corner':
        polygon(
          ctx,
          [
            [-half, -half],
            [half, -half],
            [-half, half],
          ],
          tile.figure,
        );
        break;
      case 'rings':
        ctx.strokeStyle = tile.figure;
        ctx.lineWidth = size * 0.12;
        for (const r of [0.28, 0.56, 0.84]) {
          ctx.beginPath();
          ctx.arc(-half, -half, size * r, 0, Math.PI / 2);
          ctx.stroke();
        }
        break;
    }
  });
}
