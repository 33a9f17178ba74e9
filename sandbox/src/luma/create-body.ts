import { isObject } from '../http.ts';

/** Accepted create body, Dream Machine API `POST /generations/video`. */
export interface CreateBody {
  model: 'ray-2' | 'ray-flash-2';
  prompt: string;
  aspectRatio: string;
  durationSeconds: number;
  resolution: string;
  loop: boolean;
  callbackUrl: string | null;
  keyframes: Keyframe[];
}
interface Keyframe {
  frame: 'frame0' | 'frame1';
  type: 'image' | 'generation';
  /** URL of an image or id of a generation. */
  reference: string;
}

const models = ['ray-2', 'ray-flash-2'];
const ratios = ['1:1', '16:9', '9:16', '4:3', '3:4', '21:9', '9:21'];
const durations = ['5s', '9s'];
const resolutions = ['540p', '720p', '1080p', '4k'];
const fields = [
  'model',
  'prompt',
  'aspect_ratio',
  'duration',
  'resolution',
  'loop',
  'keyframes',
  'concepts',
  'callback_url',
  'generation_type',
];
export const concepts = [
  'dolly_zoom',
  'orbit_left',
  'orbit_right',
  'pan_left',
  'pan_right',
  'pull_out',
  'push_in',
  'static',
  'tilt_up',
  'zoom_in',
];

const shortest: Readonly<Record<string, number>> = { '540p': 540, '720p': 720, '1080p': 1080, '4k': 2160 };

/**
 * Frame size of a ratio at a resolution, its shorter side no longer than `mostLines`; even numbers, as H.264 4:2:0
 * needs.
 */
export function frameSize(
  aspectRatio: string,
  resolution: string,
  mostLines = Number.POSITIVE_INFINITY,
): { widthPx: number; heightPx: number } {
  const [w, h] = aspectRatio.split(':').map(Number) as [number, number];
  const even = (n: number) => Math.round(n / 2) * 2;
  const side = even(Math.min(shortest[resolution] ?? 720, mostLines));
  return w >= h
    ? { widthPx: even((side * w) / h), heightPx: side }
    : { widthPx: side, heightPx: even((side * h) / w) };
}

/** The body, or every reason why it is refused (they go into one `detail`). */
export function readCreateBody(raw: Record<string, unknown>): CreateBody | { refused: string[] } {
  const refused: string[] = [];
  const oneOf = (name: string, accepted: readonly string[], fallback: string | undefined): string => {
    const value = raw[name] ?? fallback;
    if (typeof value === 'string' && accepted.includes(value)) return value;
    refused.push(
      `${name}: ${value === undefined ? 'field required' : `must be one of ${accepted.join(', ')}`}`,
    );
    return '';
  };
  for (const name of Object.keys(raw)) if (!fields.includes(name)) refused.push(`${name}: unknown field`);
  const model = oneOf('model', models, undefined);
  const aspectRatio = oneOf('aspect_ratio', ratios, '16:9');
  const duration = oneOf('duration', durations, '5s');
  const resolution = oneOf('resolution', resolutions, '720p');
  oneOf('generation_type', ['video'], 'video');
  if (raw.loop !== undefined && typeof raw.loop !== 'boolean') refused.push('loop: must be a boolean');
  const keyframes = readKeyframes(raw.keyframes, refused);
  const prompt = raw.prompt ?? (keyframes.length > 0 ? '' : undefined);
  if (typeof prompt !== 'string') refused.push('prompt: field required');
  else if (keyframes.length === 0 && (prompt.length < 3 || prompt.length > 5000))
    refused.push('prompt: must be 3 to 5000 characters');
  const listed = raw.concepts;
  if (listed !== undefined) {
    const known =
      Array.isArray(listed) &&
      listed.every((entry) => isObject(entry) && concepts.includes(String(entry.key)));
    if (!known) refused.push('concepts: must be a list of {key} from the concepts list');
  }
  const callbackUrl = raw.callback_url ?? null;
  if (
    callbackUrl !== null &&
    !(typeof callbackUrl === 'string' && /^https?:/.test(callbackUrl) && URL.canParse(callbackUrl))
  ) {
    refused.push('callback_url: must be an http(s) URL');
  }
  if (refused.length > 0) return { refused };
  return {
    model: model as CreateBody['model'],
    prompt: prompt as string,
    aspectRatio,
    durationSeconds: Number.parseInt(duration, 10),
    resolution,
    loop: raw.loop === true,
    callbackUrl: callbackUrl as string | null,
    keyframes,
  };
}

function readKeyframes(raw: unknown, refused: string[]): Keyframe[] {
  if (raw === undefined || raw === null) return [];
  if (!isObject(raw)) {
    refused.push('keyframes: must be an object');
    return [];
  }
  return Object.entries(raw).flatMap(([frame, value]): Keyframe[] => {
    if (frame !== 'frame0' && frame !== 'frame1') {
      refused.push(`keyframes.${frame}: unknown field`);
      return [];
    }
    const image =
      isObject(value) && value.type === 'image' && typeof value.url === 'string' && URL.canParse(value.url);
    const generation = isObject(value) && value.type === 'generation' && typeof value.id === 'string';
    if (image) return [{ frame, type: 'image', reference: String(value.url) }];
    if (generation) return [{ frame, type: 'generation', reference: String(value.id) }];
    refused.push(`keyframes.${frame}: must be {type:"image",url} or {type:"generation",id}`);
    return [];
  });
}
