/** Durations of review are virtual milliseconds, lives of tokens and addresses real ones. */
export interface AmazonSettings {
  /** When set, the only accepted values; else any non-empty ones. */
  clientId: string | null;
  clientSecret: string | null;
  refreshToken: string | null;
  tokenLifeMs: number;
  /** From creation of an ad to its verdict. */
  reviewMs: number;
  /** Life of an upload address. */
  uploadLifeMs: number;
  maxAssetBytes: number;
  /** An ad whose name or VAST URL holds this word is not approved. */
  rejectWord: string;
  /** ... and with this one is suspended. */
  suspendWord: string;
}

export const amazonDefaults: AmazonSettings = {
  clientId: null,
  clientSecret: null,
  refreshToken: null,
  tokenLifeMs: 60 * 60 * 1000,
  reviewMs: 60_000,
  uploadLifeMs: 15 * 60 * 1000,
  maxAssetBytes: 500_000_000,
  rejectWord: 'sandbox-reject',
  suspendWord: 'sandbox-suspend',
};
