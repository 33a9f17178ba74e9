import type { Device } from '@cuepoint/decisioning';
import { isbot } from 'isbot';
import { BoundedCache } from '../../../kernel/bounded-cache.ts';

/** Players of apps that name nothing but the library they load with: isbot takes them for tools. */
const PLAYER_LIBRARY = /okhttp|ExoPlayer|Media3|GStreamer|libsoup|Kodi|CFNetwork|Dalvik/i;
/** A product with its version (RFC 9110 section 10.1.5), such as `Roku/DVP-9.10`. */
const PRODUCT = /[A-Za-z][\w.!#$&'*+-]*\/[\w.]/;
const MAX_AGENT = 512;

/** What is known of an agent. */
export interface KnownAgent {
  /** What is wrong with it; null when it may be a viewer's. */
  readonly reason: 'robot' | 'unknown_agent' | null;
  /** Short for its text, for as long as it is remembered. */
  readonly number: number;
}

/** Reads agents of reported events; one that was read lately is not read again. */
export class RobotAgents {
  readonly #known = new BoundedCache<string, KnownAgent>(4096);
  #count = 0;

  /** @param deviceOf what the agent is read as, asked for when the agent is new */
  read(agent: string, deviceOf: () => Device): KnownAgent {
    const text = agent.length > MAX_AGENT ? agent.slice(0, MAX_AGENT) : agent;
    let found = this.#known.get(text);
    if (found === undefined) {
      found = { reason: reasonOf(text, deviceOf()), number: ++this.#count };
      this.#known.set(text, found);
    }
    return found;
  }
}

function reasonOf(agent: string, { type }: Device): KnownAgent['reason'] {
  if (type === 'bot') return 'robot';
  // Televisions are told by rules of our own first: isbot takes some of their players for robots.
  if (type === 'ctv' || type === 'console' || type === 'set_top_box') return null;
  if (!PRODUCT.test(agent)) return 'unknown_agent';
  return isbot(agent) && !PLAYER_LIBRARY.test(agent) ? 'robot' : null;
}
