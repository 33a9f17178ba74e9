import { GIFTS, reasonName } from './demo-reasons.ts';

/**
 * The demo world: invented advertisers in three markets. Days are counted from
 * the day it is loaded, so that the campaigns are always under way.
 */
export interface DemoCampaign {
  brand: { code: string; name: string; domain: string; colors: string[]; categories: string[] };
  market: 'US' | 'GB' | 'DE';
  channel: 'CTV' | 'OLV';
  label: string;
  objective: 'awareness' | 'consideration';
  startsInDays: number;
  lastsDays: number;
  budgetMicros: number;
  cpmMicros: number;
  /** What the spot says; without one the campaign has no creative. */
  spot: {
    message: string;
    title: string;
    callToAction: string;
    tone: 'calm' | 'warm' | 'bold' | 'playful';
    /** Default 15. */
    durationSeconds?: 15 | 30;
  } | null;
  /** What a person has done with the spot. */
  approval: 'approve' | 'submit' | 'none';
  status: 'active' | 'paused' | 'draft';
  /** Sent to Amazon DSP too. */
  traffic: boolean;
  /** Its own line items are broken, one for each reason not to serve. */
  reasons?: true;
  /** What its first line item says beside price and dates, where that tells a story. */
  lineItem?: { name?: string; separation?: { scope: 'pod'; labels: string[] } };
  /** Of the generated audience: enough for an even pace, or too few. */
  requestsPerHour: number;
}

const fernwhistle = {
  code: 'FRN',
  name: 'Fernwhistle',
  domain: 'fernwhistle.example',
  colors: ['#1e4d63', '#f2a65a', '#f7f3ea'],
  categories: ['IAB17'],
};
const quillmoor = {
  code: 'QLM',
  name: 'Quillmoor',
  domain: 'quillmoor.example',
  colors: ['#3b2417', '#c98a4b', '#fbf4ea'],
  categories: ['IAB8'],
};

export const demoWorld: readonly DemoCampaign[] = [
  {
    brand: fernwhistle,
    market: 'US',
    channel: 'CTV',
    label: 'Ridge Season',
    objective: 'awareness',
    startsInDays: -9,
    lastsDays: 28,
    budgetMicros: 2_400_000_000,
    cpmMicros: 24_100_000,
    spot: {
      message: 'Autumn opens the high trails. One pair of boots for wet stone and dry miles.',
      title: 'Ridge season is open',
      callToAction: 'Find your trail',
      tone: 'bold',
    },
    approval: 'approve',
    status: 'active',
    traffic: true,
    requestsPerHour: 220,
  },
  {
    brand: quillmoor,
    market: 'GB',
    channel: 'CTV',
    label: 'Slow Morning',
    objective: 'consideration',
    startsInDays: -14,
    lastsDays: 35,
    budgetMicros: 1_800_000_000,
    cpmMicros: 18_500_000,
    spot: {
      message: 'Coffee that waits for you. Roasted slowly in small batches, on your table on Saturday.',
      title: 'Take the slow morning',
      callToAction: 'Order a first bag',
      tone: 'warm',
      durationSeconds: 30,
    },
    approval: 'approve',
    status: 'active',
    traffic: false,
    lineItem: { separation: { scope: 'pod', labels: [GIFTS] } },
    requestsPerHour: 90,
  },
  {
    brand: quillmoor,
    market: 'DE',
    channel: 'CTV',
    label: 'Slow Morning',
    objective: 'awareness',
    startsInDays: -2,
    lastsDays: 30,
    budgetMicros: 1_100_000_000,
    cpmMicros: 21_000_000,
    spot: {
      message: 'Kaffee, der wartet. Langsam geröstet, samstags auf dem Tisch.',
      title: 'Langsamer Morgen',
      callToAction: 'Ersten Beutel bestellen',
      tone: 'calm',
    },
    approval: 'submit',
    status: 'active',
    traffic: false,
    requestsPerHour: 90,
  },
  {
    brand: fernwhistle,
    market: 'GB',
    channel: 'OLV',
    label: 'Ridge Season Retarget',
    objective: 'consideration',
    startsInDays: 6,
    lastsDays: 21,
    budgetMicros: 640_000_000,
    cpmMicros: 9_800_000,
    spot: null,
    approval: 'none',
    status: 'draft',
    traffic: false,
    requestsPerHour: 0,
  },
  {
    brand: fernwhistle,
    market: 'DE',
    channel: 'CTV',
    label: 'Winter Crossings',
    objective: 'awareness',
    startsInDays: 10,
    lastsDays: 40,
    budgetMicros: 1_500_000_000,
    cpmMicros: 23_400_000,
    spot: null,
    approval: 'none',
    status: 'draft',
    traffic: false,
    requestsPerHour: 0,
  },
  {
    brand: fernwhistle,
    market: 'US',
    channel: 'CTV',
    label: 'Reasons Not To Serve',
    objective: 'awareness',
    startsInDays: -3,
    lastsDays: 33,
    budgetMicros: 400_000_000,
    cpmMicros: 24_000_000,
    spot: {
      message: 'Twenty ways for a line item to stay silent, and one that speaks.',
      title: 'Why it did not serve',
      callToAction: 'Ask why',
      tone: 'playful',
    },
    approval: 'approve',
    status: 'active',
    traffic: false,
    reasons: true,
    requestsPerHour: 0,
  },
  {
    brand: fernwhistle,
    market: 'US',
    channel: 'CTV',
    label: 'Reasons No Creative',
    objective: 'awareness',
    startsInDays: -3,
    lastsDays: 33,
    budgetMicros: 100_000_000,
    cpmMicros: 24_000_000,
    spot: null,
    approval: 'none',
    status: 'active',
    traffic: false,
    lineItem: { name: reasonName('no_approved_creative') },
    requestsPerHour: 0,
  },
];
