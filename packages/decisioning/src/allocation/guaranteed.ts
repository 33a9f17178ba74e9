/**
 * Guaranteed delivery by one number for each contract: the high water mark of Chen, Bharadwaj et al., "Ad serving using a
 * compact allocation plan" (EC 2012). Contracts with the least supply to choose from go first. Each takes an equal
 * share alpha of all its supply, as far as contracts before it have left that much.
 */
export interface SupplyNode {
  readonly id: string;
  /** Requests expected in the time of the plan. */
  readonly supply: number;
}

export interface GuaranteedContract {
  readonly id: string;
  /** Ids of the supply nodes it may serve on. */
  readonly eligible: readonly string[];
  /** Impressions still to deliver in the time of the plan. */
  readonly demand: number;
}

export interface ContractAllocation {
  readonly id: string;
  /** Share of each eligible node to take, 0 to 1. */
  readonly alpha: number;
  readonly delivered: number;
  /** What the supply does not give. */
  readonly shortfall: number;
}

export interface AllocationPlan {
  /** In serving order. */
  readonly contracts: readonly ContractAllocation[];
  /** What is left of each node for everybody else. */
  readonly remaining: ReadonlyMap<string, number>;
}

/**
 * Plans contracts over supply. Make a new plan at least every hour, with the demand that remains. Throws RangeError for
 * amounts that are not numbers from 0 on, for ids that come twice and for eligible nodes that do not exist.
 */
export function planGuaranteed(
  nodes: readonly SupplyNode[],
  contracts: readonly GuaranteedContract[],
): AllocationPlan {
  const supply = new Map<string, number>();
  for (const { id, supply: amount } of nodes) {
    notNegative(`supply of node '${id}'`, amount);
    once('node', supply, id);
    supply.set(id, amount);
  }
  const known = new Map<string, number>();
  for (const { id, eligible, demand } of contracts) {
    notNegative(`demand of contract '${id}'`, demand);
    once('contract', known, id);
    let sum = 0;
    for (const node of new Set(eligible)) {
      const amount = supply.get(node);
      if (amount === undefined)
        throw new RangeError(`contract '${id}' names node '${node}', which is not known`);
      sum += amount;
    }
    known.set(id, sum);
  }
  const remaining = new Map(supply);
  const order = [...contracts].sort(
    (a, b) => known.get(a.id)! - known.get(b.id)! || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  return { contracts: order.map((contract) => allocate(contract, supply, remaining)), remaining };
}

/** The smallest alpha that delivers the demand of one contract, and takes it off what remains. */
function allocate(
  { id, eligible, demand }: GuaranteedContract,
  supply: ReadonlyMap<string, number>,
  remaining: Map<string, number>,
): ContractAllocation {
  const nodes = [...new Set(eligible)]
    .map((node) => ({ node, all: supply.get(node)!, left: remaining.get(node)! }))
    .filter(({ all }) => all > 0)
    .sort((a, b) => a.left / a.all - b.left / b.all);
  // As alpha grows, nodes run dry in the order of how much of them is left; between two of them delivery is a line.
  let dry = 0;
  let flowing = nodes.reduce((sum, { all }) => sum + all, 0);
  let alpha = demand > 0 ? 1 : 0;
  for (const { all, left } of demand > 0 ? nodes : []) {
    if (dry + (left / all) * flowing >= demand) {
      alpha = (demand - dry) / flowing;
      break;
    }
    dry += left;
    flowing -= all;
  }
  let delivered = 0;
  for (const { node, all, left } of nodes) {
    const taken = Math.min(left, alpha * all);
    remaining.set(node, left - taken);
    delivered += taken;
  }
  return { id, alpha, delivered, shortfall: alpha < 1 ? 0 : Math.max(0, demand - delivered) };
}

/**
 * Who of the contracts that may serve a request gets it, by one draw: each owns a stretch of [0, 1) as long as its alpha,
 * in serving order, until there is nothing left; what is left is for everybody else.
 *
 * @param alphas by slot of the contract
 * @param eligible slots of the contracts that may serve this request, in serving order; `count` of them
 * @param draw in [0, 1)
 * @returns the index in `eligible`, or -1
 */
export function pickGuaranteed(
  alphas: Float64Array,
  eligible: Int32Array,
  count: number,
  draw: number,
): number {
  let end = 0;
  for (let index = 0; index < count; index++) {
    end += alphas[eligible[index]!]!;
    if (draw < end) return index;
  }
  return -1;
}

function notNegative(field: string, value: number): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new RangeError(`${field} is ${value}, it must be a number not below 0`);
}

function once(kind: string, known: ReadonlyMap<string, number>, id: string): void {
  if (known.has(id)) throw new RangeError(`${kind} '${id}' comes twice`);
}
