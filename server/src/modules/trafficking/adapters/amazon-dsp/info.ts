import type { PlatformInfo } from '../../ports.ts';

/** Amazon Ads API v1 (the unified API), Amazon DSP. */
export const amazonDspInfo: PlatformInfo = {
  id: 'amazon',
  name: 'Amazon DSP',
  api: 'Amazon Ads API v1',
  maintainer: 'Amazon Ads',
  authentication: 'oauth_refresh_token',
  inventories: ['streaming_tv', 'online_video'],
  limits: {
    campaignsPerRequest: 5,
    adGroupsPerRequest: 20,
    adsPerRequest: 10,
    adAssociationsPerRequest: 20,
    flightsPerCampaign: 150,
    impressionTrackersPerAd: 5,
    /** The API description says 100, guides say up to 1,000: 100 fits both. */
    queryPage: 100,
  },
  sources: [
    'OpenAPI description of Amazon Ads API v1 for Amazon DSP, as of 2026-07-22',
    'https://advertising.amazon.com/resources/whats-new/amazon-dsp-campaign-and-creative-api-are-now-available',
  ],
};

export const amazonHosts = {
  na: 'https://advertising-api.amazon.com',
  eu: 'https://advertising-api-eu.amazon.com',
  fe: 'https://advertising-api-fe.amazon.com',
} as const;
export const amazonTokenUrl = 'https://api.amazon.com/auth/o2/token';
