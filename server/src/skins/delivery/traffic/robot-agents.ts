import type { Device } from '@cuepoint/decisioning';
import { isbot } from 'isbot';
import { BoundedCache } from '../../../kernel/bounded-cache.ts';

/** Players of apps that name nothing but the library they load with: isbot takes them for tools. */
const PLAYER_LIBRARY = /okhttp|ExoPlayer|Media3|GStreamer|libsoup|Kodi|CFNetwork|Dalvik/i;
/** A product with its version (RFC 9110 section 10.1.5), such as `Roku/DVP-9.10`. */
const PRODUCT = /[A-Za-z][\w.!#$&'*+-]*\/[\w.]/;
const MAX_AGENT = 512;

/** Reads agents of trackers; one that was read lately is not read again. */
export class RobotAgents {
  readonly #known = new BoundedCache<string, 'robot' | 'unknown_agent' | 'viewer'>(4096);

  /** What is wrong with an agent; null when it may be a viewer's. `device` is what the agent was read as. */
  reasonOf(agent: string, device: Device): 'robot' | 'unknown_agent' | null {
    const text = agent.length > MAX_AGENT ? agent.slice(0, MAX_AGENT) : agent;
    let found = this.#known.get(text);
    if (found === undefined) {
      found = read(text, device);
      this.#known.set(text, found);
    }
    return found === 'viewer' ? null : found;
  }
}

function read(agent: string, { type }: Device): 'robot' | 'unknown_agent' | 'viewer' {
  if (type === 'bot') return 'robot';
  // Televisions are told by rules of our own first: isbot takes some of their players for robots.
  if (type === 'ctv' || type === 'console' || type === 'set_top_box') return 'viewer';
  if (!PRODUCT.test(agent)) return 'unknown_agent';
  return isbot(agent) && !PLAYER_LIBRARY.test(agent) ? 'robot' : 'viewer';
}
