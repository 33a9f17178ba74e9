/** One way of the money through the columns; null where a column is passed by. */
export interface SankeyFlow {
  id: string;
  /** Node names by column. The last column is where the money arrives. */
  nodes: readonly (string | null)[];
  /** What leaves each column but the last: after that column's fees. */
  after: readonly number[];
  /** What enters the first column. */
  gross: number;
  /** 1 or 2 for the compared paths, 0 for the rest. */
  highlight: 0 | 1 | 2;
}

interface SankeyNode {
  column: number;
  name: string | null;
  x: number;
  y: number;
  height: number;
  volume: number;
  fee: number;
}

export interface SankeyLink {
  flow: string;
  highlight: 0 | 1 | 2;
  from: { x: number; y: number };
  to: { x: number; y: number };
  height: number;
}

export interface SankeyLayout {
  nodes: SankeyNode[];
  links: SankeyLink[];
}

const nodeWidth = 10;
const gap = 14;
/** Room for the words over flows that pass a column by. */
const passedByGap = 22;

/**
 * Places nodes and links. A node is as high as what enters it; the links that
 * leave it are as high as what is left, so that its foot is the fee it kept.
 */
export function layoutSankey(flows: readonly SankeyFlow[], width: number, height: number): SankeyLayout {
  const columns = Math.max(0, ...flows.map((flow) => flow.nodes.length));
  const total = flows.reduce((sum, flow) => sum + flow.gross, 0);
  const names = Array.from({ length: columns }, (_, column) => namesOf(flows, column));
  const most = Math.max(1, ...names.map((list) => list.length));
  const scale = total > 0 ? (height - gap * (most - 1) - 12) / total : 0;
  const nodes: SankeyNode[] = [];
  const byKey = new Map<string, SankeyNode & { entered: number; left: number }>();
  names.forEach((list, column) => {
    // Room above the last node for its label.
    let y = column === columns - 1 ? 30 : 6;
    const x = columns > 1 ? (column / (columns - 1)) * (width - nodeWidth) : 0;
    for (const name of list) {
      if (name === null) y += passedByGap;
      const through = flows.filter((flow) => (flow.nodes[column] ?? null) === name);
      const volume = through.reduce((sum, flow) => sum + entering(flow, column), 0);
      const leaves = through.reduce((sum, flow) => sum + (flow.after[column] ?? entering(flow, column)), 0);
      const node = {
        column,
        name,
        x,
        y,
        height: volume * scale,
        volume,
        fee: name === null ? 0 : volume - leaves,
      };
      nodes.push(node);
      byKey.set(`${column} ${name ?? ''}`, { ...node, entered: 0, left: 0 });
      y += node.height + gap;
    }
  });
  const links: SankeyLink[] = [];
  for (let column = 0; column + 1 < columns; column += 1) {
    const order = sortedFor(flows, names, column);
    for (const flow of order) {
      const from = byKey.get(`${column} ${flow.nodes[column] ?? ''}`);
      const to = byKey.get(`${column + 1} ${flow.nodes[column + 1] ?? ''}`);
      if (!from || !to) continue;
      const thickness = (flow.after[column] ?? 0) * scale;
      links.push({
        flow: flow.id,
        highlight: flow.highlight,
        from: { x: from.x + (from.name === null ? 0 : nodeWidth), y: from.y + from.left },
        to: { x: to.x, y: to.y + to.entered },
        height: thickness,
      });
      from.left += thickness;
      to.entered += thickness;
    }
  }
  return { nodes, links };
}

function entering(flow: SankeyFlow, column: number): number {
  return column === 0 ? flow.gross : (flow.after[column - 1] ?? 0);
}

/** In order of appearance; passing a column by comes last, so that it lies below. */
function namesOf(flows: readonly SankeyFlow[], column: number): (string | null)[] {
  const found = new Set(flows.map((flow) => flow.nodes[column] ?? null));
  return [...found].sort((a, b) => Number(a === null) - Number(b === null));
}

/** Links leave and enter in the order of the nodes on the far side: fewest crossings for so few nodes. */
function sortedFor(
  flows: readonly SankeyFlow[],
  names: readonly (string | null)[][],
  column: number,
): SankeyFlow[] {
  const rank = (flow: SankeyFlow, at: number) => names[at]?.indexOf(flow.nodes[at] ?? null) ?? 0;
  return [...flows].sort(
    (a, b) => rank(a, column) - rank(b, column) || rank(a, column + 1) - rank(b, column + 1),
  );
}

/** The outline of a link: two curves with vertical ends. */
export function linkPath(link: SankeyLink): string {
  const { from, to, height } = link;
  const middle = (from.x + to.x) / 2;
  const f = (value: number) => Math.round(value * 10) / 10;
  return (
    `M${f(from.x)} ${f(from.y)}C${f(middle)} ${f(from.y)} ${f(middle)} ${f(to.y)} ${f(to.x)} ${f(to.y)}` +
    `V${f(to.y + height)}C${f(middle)} ${f(to.y + height)} ${f(middle)} ${f(from.y + height)} ${f(from.x)} ${f(from.y + height)}Z`
  );
}
