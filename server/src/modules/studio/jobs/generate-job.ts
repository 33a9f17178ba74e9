export const generateJobName = 'studio.generate';

export interface GenerateData extends Record<string, unknown> {
  accountId: string;
  generationJobId: string;
}

/** A job that cannot succeed: its reason is shown to people. */
export class GenerationFailed extends Error {}
