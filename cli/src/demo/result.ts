import type {
  Attempt,
  Creative,
  DeliveryTotals,
  Explanation,
  GenerationJob,
  Problem,
  QcFinding,
  QcPackResult,
  SupplyAnalysis,
} from '@cuepoint/contract';
import type { Reconciliation } from '@cuepoint/server';

/** One step as it went. */
export interface StepRecord {
  number: number;
  title: string;
  ok: boolean;
  tookMs: number;
  /** What really happened, in one line. */
  summary: string;
}

export interface BriefOutcome {
  source: string;
  campaignId: string;
  campaignName: string;
  lineItemId: string;
  flight: { startAt: string; endAt: string; timeZone: string };
  currency: string;
  budgetMicros: number;
  cpmMicros: number;
  created: string[];
  reused: string[];
  /** Suffix that made the label unique on this account; null when it was. */
  suffix: string | null;
}

export interface CreativeOutcome {
  creativeId: string;
  name: string;
  source: Creative['source'];
  simulated: boolean;
  generator: string | null;
  scenes: GenerationJob['scenes'];
  costMicros: number;
  durationMs: number;
  width: number;
  height: number;
  sha256: string;
  universalAdId: string;
  clickThroughUrl: string;
}

export interface QualityOutcome {
  measurement: {
    container: string;
    video: string;
    audio: string;
    durationMs: number;
    totalBitrateBps: number;
  };
  packs: Array<Omit<QcPackResult, 'findings'>>;
  /** Those that do not pass, worst first. */
  findings: Array<QcFinding & { packName: string }>;
}

/** Something that was tried and had to be refused. */
export interface Refusal {
  tried: string;
  answer: string;
}

export interface ApprovalOutcome {
  refusals: Refusal[];
  approval: string;
  audited: Array<{ at: string; actor: string; operation: string; change: string }>;
}

export interface TagOutcome {
  vastVersion: string;
  tagUrl: string;
  vendors: string[];
  bytes: number;
  findings: Array<{ severity: string; rule: string; message: string; path: string }>;
  warnings: string[];
}

export interface TraffickingOutcome {
  /** Null when the file did not fit the platform and nothing was sent. */
  deploymentId: string | null;
  refusal: string | null;
  dsp: string;
  simulated: boolean;
  status: string;
  externalIds: Record<string, string>;
  injected: string[];
  attempts: Array<
    Pick<Attempt, 'number' | 'step' | 'kind' | 'method' | 'httpStatus' | 'outcome' | 'detail' | 'durationMs'>
  >;
  /** Objects of this campaign at the stand-in, by kind; null when the platform is real. */
  objects: Record<string, number> | null;
}

export interface ServingOutcome {
  asked: { vast: number; adRequest: number };
  ads: number;
  otherAds: number;
  noAd: Record<string, number>;
  media: { url: string; status: number; contentType: string; firstBytes: string };
  fired: Record<string, number>;
  impressionsByApi: number;
  click: { status: number; location: string };
  refusals: Refusal[];
  servedVastFindings: number;
  latencyMs: { p50: number; max: number };
  lastEventAt: string;
}

/** A break that was asked for, played and explained. */
export interface BreakOutcome {
  requestId: string;
  decisionId: string;
  placementId: string;
  /** The campaign that was sold into it; the brief's own stands in it too. */
  campaignId: string;
  /** In play order, as the delivery node answered them. */
  ads: Array<{ lineItemId: string; offsetMs: number; durationMs: number }>;
  /** Events of the brief's campaign. */
  fired: Record<string, number>;
  explanation: Explanation;
  lastEventAt: string;
}

export interface StatsOutcome {
  waitedMs: number;
  freshAt: string;
  totals: DeliveryTotals;
  budgetMicros: number;
  remainingMicros: number;
}

export interface SupplyOutcome {
  reference: SupplyAnalysis;
  checks: Array<{ path: string; mode: string; expectedMicros: number; foundMicros: number }>;
  /** The same paths at this campaign's price. */
  campaign: SupplyAnalysis;
}

export interface ReconciliationOutcome extends Reconciliation {
  nodes: string[];
  recordsRead: number;
}

export interface DemoSummary {
  campaign: { id: string; name: string };
  creative: { id: string; name: string; simulated: boolean };
  dsp: { name: string; simulated: boolean; externalIds: Record<string, string>; refusal: string | null };
  currency: string;
  impressions: number;
  spentMicros: number;
  remainingMicros: number;
  publisherNet: { path: string; cpmMicros: number; additiveMicros: number; cascadingMicros: number };
  simulated: string[];
}

/** Everything a run has to say; parts of steps that were not reached are absent. */
export interface DemoResult {
  ok: boolean;
  startedAt: string;
  tookMs: number;
  server: { publicUrl: string; own: boolean; dataDir: string; kept: boolean; signInUrl: string | null };
  steps: StepRecord[];
  brief?: BriefOutcome;
  creative?: CreativeOutcome;
  quality?: QualityOutcome;
  approval?: ApprovalOutcome;
  vast?: TagOutcome;
  trafficking?: TraffickingOutcome;
  serving?: ServingOutcome;
  break?: BreakOutcome;
  stats?: StatsOutcome;
  supply?: SupplyOutcome;
  reconciliation?: ReconciliationOutcome;
  summary?: DemoSummary;
  failure?: { step: string; exitCode: number; problem: Partial<Problem> & { code: string; detail: string } };
}
