import { type SupplyPathRates, supplyPathFees } from '@cuepoint/supply-economics';

export const SUPPLY_PATHS_VERSION = '2026-11-21.1';
export const SUPPLY_PATHS_EFFECTIVE_ON = '2026-11-21';

/** How sure a fee figure is. Nothing but D may be shown as a fact. */
export type SupplyConfidence = 'R' | 'T' | 'D' | 'A';

export const SUPPLY_CONFIDENCE_WORDS: Readonly<Record<SupplyConfidence, string>> = {
  R: 'stated by the reference case of the product only; no public confirmation found',
  T: 'trade press',
  D: 'public document',
  A: 'our assumption inside a published or usual range',
};

export interface FeeFigure {
  /** Parts per million of the mode's base, or micros per thousand impressions. */
  value: number;
  confidence: SupplyConfidence;
  source: string;
}

/** What one party takes. `low` and `high` are null where no range is known. */
export interface FeeRange {
  party: string;
  unit: 'ppm' | 'cpm_micros';
  low: FeeFigure | null;
  typical: FeeFigure;
  high: FeeFigure | null;
  effectiveOn: string;
}

export interface SupplyPathSeed {
  id: string;
  number: number;
  name: string;
  route: 'exchange' | 'direct';
  dsp: FeeRange;
  exchange: FeeRange | null;
  ssp: FeeRange;
  measurement: FeeRange;
  creative: FeeRange;
  dataVersion: string;
}

const STATED = 'Reference case of the product; no public confirmation found';
const USUAL_DSP = 'Assumption: 10-20 % is usual for real-time buying (trade digest)';
const USUAL_SSP = 'Assumption: no published rate; 10-20 % is usual in the open market';
const MARGIN_WARS = 'ppc.land, "Margin wars reshape programmatic as Amazon undercuts The Trade Desk"';

const figure =
  (confidence: SupplyConfidence, source: string) =>
  (value: number): FeeFigure => ({ value, confidence, source });
const percent = (of: (value: number) => FeeFigure, value: number) => of(value * 10_000);
const stated = figure('R', STATED);

function share(
  party: string,
  low: FeeFigure | null,
  typical: FeeFigure,
  high: FeeFigure | null,
  effectiveOn = SUPPLY_PATHS_EFFECTIVE_ON,
): FeeRange {
  return { party, unit: 'ppm', low, typical, high, effectiveOn };
}

function assumedShare(party: string, source: string, low: number, typical: number, high: number): FeeRange {
  const of = figure('A', source);
  return share(party, percent(of, low), percent(of, typical), percent(of, high));
}

const AMAZON_DSP = share(
  'Amazon DSP',
  percent(figure('T', `${MARGIN_WARS}: analyst estimate of about 1 %`), 1),
  percent(stated, 12),
  percent(stated, 12),
  // Stated as "after June 2025".
  '2025-07-01',
);
const THE_TRADE_DESK = share(
  'The Trade Desk',
  percent(figure('T', `${MARGIN_WARS}: analyst estimate of 12-15 %`), 12),
  percent(stated, 15),
  percent(figure('T', 'programmaticmexico.com, quoting a Trade Desk spokesperson: about 20 % of spend'), 20),
);
const DV360 = assumedShare('DV360', 'Assumption: negotiated; 10-15 % commonly assumed', 10, 12, 15);
const STACKADAPT = assumedShare(
  'StackAdapt',
  'Assumption: margin inside the CPM; 15-20 % assumed',
  15,
  18,
  20,
);
const ADELPHIC = assumedShare('Adelphic (Viant)', USUAL_DSP, 12, 15, 20);

const BIDSWITCH = share('Bidswitch', null, percent(stated, 2), null);
const MAGNITE = share('Magnite', null, percent(stated, 15), null);
const PUBMATIC = assumedShare('PubMatic', USUAL_SSP, 10, 12, 20);
const INDEX_EXCHANGE = assumedShare('Index Exchange', USUAL_SSP, 10, 12, 20);
const FREEWHEEL = assumedShare('FreeWheel', USUAL_SSP, 10, 12, 20);

/** $0.075 CPM for the bundle of verification vendors. */
export const MEASUREMENT_BUNDLE: FeeRange = {
  party: 'IAS + DoubleVerify',
  unit: 'cpm_micros',
  low: null,
  typical: stated(75_000),
  high: null,
  effectiveOn: SUPPLY_PATHS_EFFECTIVE_ON,
};

/** $5 for a generated creative over 1,000,000 impressions; replaced by real cost and delivery when known. */
export const CREATIVE_AMORTISED: FeeRange = {
  party: 'Creative ($5 over 1,000,000 impressions)',
  unit: 'cpm_micros',
  low: null,
  typical: stated(5_000),
  high: null,
  effectiveOn: SUPPLY_PATHS_EFFECTIVE_ON,
};

/** Verification vendors one by one. A retired vendor is kept for tags of its time only. */
export const VERIFICATION_VENDORS: readonly {
  key: 'ias' | 'doubleverify' | 'moat';
  name: string;
  /** Null: no longer sold. */
  cpm: { low: FeeFigure; high: FeeFigure } | null;
  retiredOn: string | null;
  source: string;
}[] = [
  {
    key: 'ias',
    name: 'IAS',
    cpm: vendorCpm(),
    retiredOn: null,
    source: 'Assumption: by product, CTV higher',
  },
  {
    key: 'doubleverify',
    name: 'DoubleVerify',
    cpm: vendorCpm(),
    retiredOn: null,
    source: 'Assumption: by product, CTV higher',
  },
  {
    key: 'moat',
    name: 'Oracle Moat',
    cpm: null,
    retiredOn: '2024-09-30',
    source: 'adage.com, 21 June 2024: service ends on 30 September 2024',
  },
];

function vendorCpm() {
  const assumed = figure('A', 'Assumption: $0.02-0.10 CPM by product');
  return { low: assumed(20_000), high: assumed(100_000) };
}

const PATHS: readonly [dsp: FeeRange, exchange: FeeRange | null, ssp: FeeRange][] = [
  [AMAZON_DSP, BIDSWITCH, MAGNITE],
  [THE_TRADE_DESK, BIDSWITCH, MAGNITE],
  [DV360, BIDSWITCH, MAGNITE],
  [STACKADAPT, BIDSWITCH, PUBMATIC],
  [ADELPHIC, BIDSWITCH, INDEX_EXCHANGE],
  [AMAZON_DSP, BIDSWITCH, PUBMATIC],
  [AMAZON_DSP, BIDSWITCH, INDEX_EXCHANGE],
  [AMAZON_DSP, null, FREEWHEEL],
  [THE_TRADE_DESK, null, INDEX_EXCHANGE],
  [THE_TRADE_DESK, null, FREEWHEEL],
  [DV360, null, PUBMATIC],
];

/** The 11 paths known at first start; 1 and 2 are the reference case. Users edit their copy. */
export const SUPPLY_PATHS: readonly SupplyPathSeed[] = PATHS.map(([dsp, exchange, ssp], index) => {
  const parties = [dsp, exchange, ssp].filter((range) => range !== null).map(({ party }) => party);
  return {
    id: parties
      .map((party) =>
        party
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '_')
          .replace(/_$/, ''),
      )
      .join('__'),
    number: index + 1,
    name: `${parties.join(' -> ')}${exchange === null ? ', direct' : ''}`,
    route: exchange === null ? 'direct' : 'exchange',
    dsp,
    exchange,
    ssp,
    measurement: MEASUREMENT_BUNDLE,
    creative: CREATIVE_AMORTISED,
    dataVersion: SUPPLY_PATHS_VERSION,
  };
});

/** The fees of a path at the low, typical or high end; where no range is known, the typical figure. */
export function feesOfPath(path: SupplyPathSeed, end: 'low' | 'typical' | 'high' = 'typical') {
  const at = (range: FeeRange) => (range[end] ?? range.typical).value;
  const rate = (range: FeeRange) => ({ party: range.party, sharePpm: at(range) });
  const cpm = (range: FeeRange) => ({ party: range.party, cpmMicros: at(range) });
  const rates: SupplyPathRates = {
    dsp: rate(path.dsp),
    exchange: path.exchange && rate(path.exchange),
    ssp: rate(path.ssp),
    measurement: cpm(path.measurement),
    creative: cpm(path.creative),
  };
  return supplyPathFees(rates);
}
