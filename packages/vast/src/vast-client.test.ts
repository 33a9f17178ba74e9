import { VASTClient, VASTParser } from '@dailymotion/vast-client';
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

function toDom(document: VastDocument): Document {
  return new DOMParser().parseFromString(serializeVast(document).xml, 'text/xml') as unknown as Document;
}

async function readByPlayer(document: VastDocument): Promise<ClientAd[]> {
  const response = await new VASTParser().parseVAST(toDom(document), { resolveAll: false });
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
        { fileURL: 'https://media.example.com/spot-432.mp4', bitrate: 1200 },
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

  it('plays the pod in order and leaves the stand-by ad out', async () => {
    const ads = await readByPlayer({ ...pod, ads: pod.ads.filter(({ kind }) => kind === 'inline') });
    expect(ads.map(({ id, sequence }) => [id, sequence])).toEqual([
      ['pod-1', '1'],
      ['pod-3', '3'],
    ]);
  });

  it('follows the wrapper to the spot and calls the trackers of both', async () => {
    const asked: string[] = [];
    const urlHandler = {
      get: async (url: string) => {
        asked.push(url);
        return {
          xml: toDom(asked.length === 1 ? wrapper : ctvSpot),
          details: { byteLength: 0, statusCode: 200 },
        };
      },
    };
    const store = new Map<string, unknown>();
    const storage = {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, value: unknown) => void store.set(key, value),
      length: 0,
    };
    const client = new VASTClient(0, 0, storage as never);
    const response = await client.get('https://first.example.com/', { urlHandler } as never);
    const [ad] = response.ads as unknown as ClientAd[];
    expect(asked).toEqual([
      'https://first.example.com/',
      'https://other.example.net/vast?cb=[CACHEBUSTING]&p=1',
    ]);
    expect(ad?.impressionURLTemplates).toEqual([
      { id: 'w', url: 'https://track.example.com/wi?cb=[CACHEBUSTING]' },
      { id: 'own', url: 'https://track.example.com/i?a=1&cb=[CACHEBUSTING]' },
    ]);
    const trackers = ad?.creatives[0]?.trackingEvents as Record<string, string[]>;
    expect([trackers.start?.length, trackers.midpoint?.length]).toEqual([2, 1]);
    expect(ad?.adVerifications).toHaveLength(3);
  });
});
