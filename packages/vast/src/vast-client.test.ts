import { VASTParser } from '@dailymotion/vast-client';
import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { ctvSpot, pod, wrapper } from '../fixtures/documents.ts';
import type { VastDocument } from './model.ts';
import { serializeVast } from './serialize.ts';

/*
 * A parser that players really use reads what we write. Its types come with the package but its objects are
 * plain, so they are compared as data.
 */

interface ClientAd {
  readonly [field: string]: unknown;
  readonly creatives: readonly Record<string, unknown>[];
}

async function readByPlayer(document: VastDocument): Promise<ClientAd[]> {
  const dom = new DOMParser().parseFromString(serializeVast(document).xml, 'text/xml');
  const response = await new VASTParser().parseVAST(dom as unknown as Document, { resolveAll: false });
  return response.ads as unknown as ClientAd[];
}

describe('vast-client', () => {
  it('finds every field of the spot', async () => {
    const [ad] = await readByPlayer(ctvSpot);
    expect(ad).toMatchObject({
      id: 'li_7_crv_3',
      adType: 'video',
      system: { value: 'Example Ad Server', version: '1.0' },
      title: 'Example Brand, spring 30s',
      adServingId: 'example-47ed3bac-1768-4b9a-9d0e-0b92422ab066',
      advertiser: { value: 'Example Brand' },
      pricing: { value: '25.00', model: 'cpm', currency: 'USD' },
      categories: [{ authority: 'https://iabtechlab.com', value: 'IAB8-18' }],
      impressionURLTemplates: [{ id: 'own', url: 'https://track.example.com/i?a=1&cb=[CACHEBUSTING]' }],
      errorURLTemplates: ['https://track.example.com/err?code=[ERRORCODE]&a=1'],
      adVerifications: [
        {
          vendor: 'integralads.com-omid',
          resource: 'https://pixel.adsafeprotected.com/jload',
          apiFramework: 'omid',
          browserOptional: true,
          parameters: 'anId=100&campId=200',
          trackingEvents: { verificationNotExecuted: ['https://track.example.com/vne?v=ias&r=[REASON]'] },
        },
        { vendor: 'doubleverify.com-omid', parameters: 'ctx=300&cmp=400' },
      ],
    });
    expect(ad?.creatives[0]).toMatchObject({
      type: 'linear',
      id: 'crv_3',
      adId: 'EXMP0030000H',
      duration: 30,
      universalAdIds: [{ idRegistry: 'ad-id.org', value: 'EXMP0030000H' }],
      mediaFiles: [
        {
          fileURL: 'https://media.example.com/spot-1080.mp4',
          width: 1920,
          height: 1080,
          bitrate: 8000,
          codec: 'avc1.640028',
        },
        {
          fileURL: 'https://media.example.com/spot-720.mp4',
          mimeType: 'video/mp4',
          deliveryType: 'progressive',
        },
      ],
      mezzanine: { fileURL: 'https://media.example.com/spot-mezzanine.mov', fileSize: 551_000_000 },
      videoClickThroughURLTemplate: { id: 'site', url: 'https://brand.example.com/spring?src=ctv&x=1' },
      videoClickTrackingURLTemplates: [{ id: 'own', url: 'https://track.example.com/c?a=1' }],
    });
    const trackers = ad?.creatives[0]?.trackingEvents as Record<string, string[]>;
    expect(Object.keys(trackers).sort()).toEqual(
      [
        'complete',
        'firstQuartile',
        'midpoint',
        'mute',
        'progress-5',
        'start',
        'thirdQuartile',
        'unmute',
      ].sort(),
    );
  });

  it('reads a pod in order', async () => {
    const ads = await readByPlayer({ ...pod, ads: pod.ads.filter(({ kind }) => kind === 'inline') });
    expect(ads.map(({ id, sequence }) => [id, sequence])).toEqual([
      ['pod-1', '1'],
      ['pod-3', '3'],
      ['stand-by', null],
    ]);
  });

  it('sees the wrapper and where it leads', async () => {
    const dom = new DOMParser().parseFromString(serializeVast(wrapper).xml, 'text/xml');
    expect(dom.getElementsByTagName('VASTAdTagURI')[0]?.textContent).toBe(
      'https://other.example.net/vast?cb=[CACHEBUSTING]&p=1',
    );
  });
});
