import { SPEC_PACKS } from '../../../seeds/reference/spec-packs.ts';
import type { AnyBinding } from '../../kernel/implement.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { addGeneratedCreative, type GeneratedVideo } from './add-generated.ts';
import { markTrafficked } from './approvals.ts';
import { type CreativesJobs, createJobs } from './jobs/index.ts';
import { changeApprovalOperation } from './operations/change-approval.ts';
import { deleteCreativeOperation } from './operations/delete-creative.ts';
import { getVastTagOperation } from './operations/get-vast-tag.ts';
import { readCreativesOperations } from './operations/read-creatives.ts';
import { setVendorsOperation } from './operations/set-vendors.ts';
import { uploadCreativeOperation } from './operations/upload-creative.ts';
import { loadSpecPacks } from './packs.ts';
import type { CreativesPorts } from './ports.ts';
import {
  type CreativeForReport,
  type CreativeForTrafficking,
  creativeCounts,
  creativeForTrafficking,
  creativeNames,
  creativeState,
  creativesForReport,
  creativesOfCampaigns,
  markCreativeDemo,
  removeDemoCreatives,
} from './queries.ts';
import { type CreativeForServing, creativesForServing } from './serving.ts';

export interface CreativesModule extends CreativesJobs {
  operations: AnyBinding[];
  /** Loads the spec packs that come with the product; once a version, so it is called at every start. */
  loadReferenceData(): Promise<void>;
  /** For studio. Outside any transaction; safe to repeat. */
  addGeneratedCreative(file: GeneratedVideo): Promise<string>;
  creativeState: typeof creativeState;
  /** For campaigns. */
  creativeCounts: typeof creativeCounts;
  creativesOfCampaigns: typeof creativesOfCampaigns;
  /** For trafficking. */
  creativeForTrafficking(tx: Tx, creativeId: string): Promise<CreativeForTrafficking | null>;
  markTrafficked(
    tx: Tx,
    fact: { creativeId: string; at: Date; reason: string },
  ): ReturnType<typeof markTrafficked>;
  /** For delivery; role snapshot_builder. */
  servingSource: {
    creativesForServing(
      tx: Tx,
      query: { campaignIds: readonly string[]; changedSince: Date },
    ): Promise<CreativeForServing[]>;
  };
  /** For reporting. */
  creativesForReport(tx: Tx): Promise<CreativeForReport[]>;
  creativeNames: typeof creativeNames;
  /** For the demo loader. */
  markCreativeDemo: typeof markCreativeDemo;
  removeDemoCreatives: typeof removeDemoCreatives;
}

export function createCreatives(ports: CreativesPorts): CreativesModule {
  return {
    operations: [
      uploadCreativeOperation(ports),
      ...readCreativesOperations(ports),
      deleteCreativeOperation(ports),
      changeApprovalOperation(ports),
      getVastTagOperation(ports),
      setVendorsOperation(ports),
    ],
    ...createJobs(ports),
    loadReferenceData: () => loadSpecPacks(ports.unitOfWork, SPEC_PACKS, ports.clock.now()),
    addGeneratedCreative: (file) => addGeneratedCreative(file, ports),
    creativeState,
    creativeCounts,
    creativesOfCampaigns,
    creativeForTrafficking: (tx, creativeId) => creativeForTrafficking(tx, creativeId, ports),
    markTrafficked: (tx, fact) => markTrafficked(tx, fact, ports.ids),
    servingSource: { creativesForServing: (tx, query) => creativesForServing(tx, query, ports) },
    creativesForReport: (tx) => creativesForReport(tx, ports),
    creativeNames,
    markCreativeDemo,
    removeDemoCreatives,
  };
}
