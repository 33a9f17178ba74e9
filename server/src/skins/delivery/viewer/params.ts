/** Every name of a request parameter that says something about the viewer; the same in a query and in a JSON body. */
export const VIEWER_PARAMS = [
  // The device. `ua` and `ip` are believed from named proxies only, as the headers that say the same.
  ...(['ua', 'ip', 'devicetype', 'make', 'model', 'os', 'osv', 'bundle'] as const),
  // The place.
  ...(['country', 'region', 'city', 'postal', 'dma'] as const),
  // Who it is: advertising id with its kind, the publisher's own id, the viewing session, declared segments.
  ...(['ifa', 'ifa_type', 'uid', 'sid', 'seg'] as const),
  // Privacy.
  ...(['gdpr', 'gdpr_consent', 'us_privacy', 'gpp', 'gpp_sid', 'coppa', 'lmt', 'gpc'] as const),
] as const;
export type ViewerParam = (typeof VIEWER_PARAMS)[number];

const INDEX: ReadonlyMap<string, number> = new Map(VIEWER_PARAMS.map((name, index) => [name, index]));
const at = (name: ViewerParam): number => INDEX.get(name)!;
/** Where a parameter stands in VIEWER_PARAMS; undefined when it says nothing of the viewer. */
export const viewerParamIndex = (name: string): number | undefined => INDEX.get(name);
const FIRST_PRIVACY = at('gdpr');
const SECTION_IDS = at('gpp_sid');
const LONGEST = 256;
/** An agent is cut later, and segments are many. */
const LONGER: ReadonlyMap<number, number> = new Map([
  [at('ua'), 2048],
  [at('seg'), 4160],
]);

/** A parameter that was given and could not be used, for explanations. */
export interface IgnoredParam {
  readonly field: string;
  /** Its first 100 characters. */
  readonly value: string;
  readonly accepted: string;
}

export const ignoredParam = (field: string, value: string, accepted: string): IgnoredParam => ({
  field,
  value: value.slice(0, 100),
  accepted,
});

const UNSTATED: readonly (string | undefined)[] = VIEWER_PARAMS.map(() => undefined);
const FIRST_DEVICE = at('devicetype');
const LAST_DEVICE = at('osv');

/**
 * What a request says about its viewer, read in one pass and not judged. A macro that the player left unfilled, and the
 * codes of VAST 4 for unknown (-1) and withheld (-2), count as absent. Of a parameter that comes twice the first counts;
 * a privacy signal that comes twice with different values cannot be read, and is therefore taken as a refusal.
 */
export class ViewerParams {
  readonly #values: (string | undefined)[] = UNSTATED.slice();
  readonly #ignored: IgnoredParam[] = [];

  /** Reads a query; whatever is not a viewer parameter is passed over. */
  static fromQuery(query: { forEach(visit: (value: string, name: string) => void): void }): ViewerParams {
    const params = new ViewerParams();
    query.forEach((value, name) => {
      params.take(name, value);
    });
    return params;
  }

  /** Takes one parameter in; whatever is not about the viewer is passed over. */
  take(name: string, value: string): void {
    const index = INDEX.get(name);
    if (index !== undefined) this.#take(index, value);
  }

  /** Takes one parameter in by its index. */
  takeAt(index: number, value: string): void {
    this.#take(index, value);
  }

  /** Reads a JSON body: texts, numbers, booleans (as 1 and 0), and lists of them (joined by commas). */
  static fromBody(body: Readonly<Record<string, unknown>>): ViewerParams {
    const params = new ViewerParams();
    for (const [index, name] of VIEWER_PARAMS.entries()) {
      if (!Object.hasOwn(body, name) || body[name] === null || body[name] === undefined) continue;
      const value = textOf(body[name]);
      // Not a value at all: a privacy signal must not vanish by that.
      if (value !== undefined) params.#take(index, value);
      else if (index >= FIRST_PRIVACY) params.#values[index] = UNREADABLE;
      else params.#ignored.push(ignoredParam(name, typeof body[name], 'a text or a number'));
    }
    return params;
  }

  get(name: ViewerParam): string | undefined {
    return this.#values[at(name)];
  }

  /** Whether anything is said about the device itself. */
  get statesDevice(): boolean {
    for (let index = FIRST_DEVICE; index <= LAST_DEVICE; index++)
      if (this.#values[index] !== undefined) return true;
    return false;
  }

  /** Parameters longer than any value is. */
  get ignored(): readonly IgnoredParam[] {
    return this.#ignored;
  }

  #take(index: number, value: string): void {
    if (isAbsent(value, index)) return;
    const before = this.#values[index];
    if (index >= FIRST_PRIVACY) {
      this.#values[index] = before === undefined || before === value ? value : UNREADABLE;
    } else if (before === undefined) {
      const longest = LONGER.get(index) ?? LONGEST;
      if (value.length <= longest) this.#values[index] = value;
      else this.#ignored.push(ignoredParam(VIEWER_PARAMS[index]!, value, `at most ${longest} characters`));
    }
  }
}

/** Stands for a privacy signal that contradicts itself: no reader of any signal takes it. */
const UNREADABLE = '\u0000';

function isAbsent(value: string, index: number): boolean {
  if (value === '') return true;
  if (value === '-1' || value === '-2') return index !== SECTION_IDS;
  const first = value.charCodeAt(0);
  // [ $ { % and _: the marks of macros.
  if (first !== 91 && first !== 36 && first !== 123 && first !== 37 && first !== 95) return false;
  return value.length <= 80 && /^(\[\w+\]|\$?\{\{?[\w.:-]+\}?\}|%%[\w.:-]+%%|__\w+__)$/.test(value);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (!Array.isArray(value) || value.length > 64) return undefined;
  const parts = value.map((entry: unknown) => (Array.isArray(entry) ? undefined : textOf(entry)));
  return parts.includes(undefined) ? undefined : parts.join(',');
}
