/** One clip we want, recorded before it is asked for. */
export interface GenerationIntent {
  prompt: string;
  aspectRatio: '16:9' | '9:16' | '1:1';
  resolution: '540p' | '720p' | '1080p';
  durationSeconds: 5 | 9;
  /** When the intent was recorded, before the first try to send it. */
  requestedAt: string;
  /** External id of a finished clip to go on from. */
  continueFrom?: string;
  /** Told of state changes; carries a secret in its path, since the calls are unsigned. */
  callbackUrl?: string;
}

export interface Generation {
  externalId: string;
  state: 'queued' | 'generating' | 'completed' | 'failed';
  failureReason: string | null;
  /** Temporary: download at once. Present when completed. */
  videoUrl: string | null;
  createdAt: string;
  simulated: boolean;
}

/** What became of an intent whose create got no answer. Several candidates are for a person to judge. */
export type IntentMatch =
  | { found: 'none' }
  | { found: 'one'; generation: Generation }
  | { found: 'several'; generations: Generation[] };

export interface DownloadedClip {
  sizeBytes: number;
  sha256: string;
}

export interface GeneratorInfo {
  id: string;
  name: string;
  /** The API surface it speaks, as on screens and in logs. */
  api: string;
  maintainer: string;
  authentication: 'bearer';
  formats: {
    aspectRatios: readonly string[];
    resolutions: readonly string[];
    clipSeconds: readonly number[];
  };
  promptCharacters: { min: number; max: number };
}

/**
 * A video generator. A create is never repeated by an implementation: it may be charged twice. After an `ambiguous`
 * failure the caller asks `findByIntent` first. All methods throw UpstreamError.
 */
export interface VideoGenerator {
  readonly info: GeneratorInfo;
  /** Sends exactly one request. */
  create(intent: GenerationIntent): Promise<Generation>;
  /** Repeats a failed look a few times with growing waits. */
  getStatus(externalId: string): Promise<Generation>;
  /** How long to wait before the next look at a generation of this age. */
  pollDelayMs(ageMs: number): number;
  /** Fetches a completed clip into a new file. A URL that has expired is asked for anew. */
  download(externalId: string, toPath: string): Promise<DownloadedClip>;
  /** @param claimed external ids that belong to other intents */
  findByIntent(intent: GenerationIntent, claimed: ReadonlySet<string>): Promise<IntentMatch>;
  remove(externalId: string): Promise<void>;
  /** What is left on the account, micros of USD. */
  credits(): Promise<{ balanceMicros: number; simulated: boolean }>;
  /** By the configured price table, micros of USD. */
  estimateCostMicros(intent: Pick<GenerationIntent, 'resolution' | 'durationSeconds'>): number;
}
