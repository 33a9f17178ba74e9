import { describe, expect, it } from 'vitest';
import { layoutSankey, type SankeyFlow } from './sankey-layout.ts';

const flows: SankeyFlow[] = [
  {
    id: 'a',
    nodes: ['Amazon', 'Bidswitch', 'Magnite', 'Publishers'],
    gross: 10,
    after: [8.8, 8.6, 7.3],
    highlight: 1,
  },
  {
    id: 'b',
    nodes: ['Desk', 'Bidswitch', 'Magnite', 'Publishers'],
    gross: 10,
    after: [8.5, 8.3, 7],
    highlight: 2,
  },
  { id: 'c', nodes: ['Desk', null, 'Index', 'Publishers'], gross: 10, after: [8.5, 8.5, 7.5], highlight: 0 },
];

describe('sankey layout', () => {
  const { nodes, links } = layoutSankey(flows, 800, 300);
  const node = (column: number, name: string | null) =>
    nodes.find((n) => n.column === column && n.name === name)!;
  it('gives a node the height of what enters and the fee it keeps', () => {
    expect(node(0, 'Desk').volume).toBe(20);
    expect(node(0, 'Desk').fee).toBeCloseTo(3);
    expect(node(0, 'Desk').height / node(0, 'Amazon').height).toBeCloseTo(2);
    expect(node(3, 'Publishers').volume).toBeCloseTo(21.8);
  });
  it('loses nothing: gross is all fees and what arrives', () => {
    const fees = nodes.reduce((sum, n) => sum + n.fee, 0);
    expect(fees + node(3, 'Publishers').volume).toBeCloseTo(30);
  });
  it('keeps every node and link inside the picture', () => {
    for (const n of nodes) {
      expect(n.y).toBeGreaterThanOrEqual(0);
      expect(n.y + n.height).toBeLessThanOrEqual(301);
    }
    for (const link of links) {
      expect(link.from.x).toBeLessThan(link.to.x);
      expect(link.height).toBeGreaterThan(0);
    }
    expect(links).toHaveLength(9);
  });
  it('passes a column by without keeping a fee', () => {
    expect(node(1, null).fee).toBe(0);
    expect(node(1, null).y).toBeGreaterThan(node(1, 'Bidswitch').y);
  });
  it('stacks the links that enter a node without overlap', () => {
    const entering = links
      .filter((link) => link.to.x === node(3, 'Publishers').x)
      .sort((a, b) => a.to.y - b.to.y);
    for (const [at, link] of entering.entries()) {
      const next = entering[at + 1];
      if (next) expect(link.to.y + link.height).toBeCloseTo(next.to.y);
    }
  });
  it('draws nothing from nothing', () => {
    expect(layoutSankey([], 800, 300)).toEqual({ nodes: [], links: [] });
  });
});
