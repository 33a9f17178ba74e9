import { parseVast } from '@cuepoint/vast';
import { describe, expect, it } from 'vitest';
import { playableAds } from './playable.ts';
import { dueTrackers, trackersOf } from './trackers.ts';

const xml = `<VAST version="4.2" xmlns="http://www.iab.com/VAST">
  <Ad id="a1" sequence="1"><InLine>
    <AdSystem>Cuepoint</AdSystem><AdTitle>One</AdTitle><AdServingId>s1</AdServingId>
    <Error>https://ads.example.com/e?c=[ERRORCODE]</Error>
    <Impression>https://ads.example.com/i</Impression>
    <Creatives><Creative><UniversalAdId idRegistry="unknown">u</UniversalAdId><Linear>
      <Duration>00:00:20</Duration>
      <TrackingEvents>
        <Tracking event="complete">https://ads.example.com/complete</Tracking>
        <Tracking event="start">https://ads.example.com/start</Tracking>
        <Tracking event="midpoint">https://ads.example.com/mid</Tracking>
        <Tracking event="progress" offset="25%">https://ads.example.com/progress</Tracking>
        <Tracking event="pause">https://ads.example.com/pause</Tracking>
      </TrackingEvents>
      <VideoClicks><ClickThrough>https://brand.example/</ClickThrough><ClickTracking>https://ads.example.com/click</ClickTracking></VideoClicks>
      <MediaFiles>
        <MediaFile delivery="progressive" type="video/mp4" width="1920" height="1080">https://ads.example.com/media/l.mp4</MediaFile>
        <MediaFile delivery="progressive" type="video/mp4" width="1280" height="720">https://ads.example.com/media/m.mp4</MediaFile>
        <MediaFile delivery="progressive" type="video/mp4" width="640" height="360">https://other.example/s.mp4</MediaFile>
      </MediaFiles>
    </Linear></Creative></Creatives>
  </InLine></Ad>
</VAST>`;

function document() {
  const parsed = parseVast(xml);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.document;
}

describe('the trackers of a document', () => {
  it('come in the order of their moments, those of the viewer last', () => {
    expect(trackersOf(document()).map(({ event, atMs }) => [event, atMs])).toEqual([
      ['impression', 0],
      ['start', 0],
      ['progress', 5000],
      ['midpoint', 10_000],
      ['complete', 20_000],
      ['error', null],
      ['pause', null],
      ['clickThrough', null],
      ['clickTracking', null],
    ]);
  });

  it('are due once, when their moment is passed', () => {
    const trackers = trackersOf(document());
    const due = (from: number, until: number) => dueTrackers(trackers, from, until).map((one) => one.event);
    expect(due(-1, 0)).toEqual(['impression', 'start']);
    expect(due(0, 4999)).toEqual([]);
    expect(due(4999, 12_000)).toEqual(['progress', 'midpoint']);
    expect(due(12_000, 20_000)).toEqual(['complete']);
  });
});

describe('what can be played', () => {
  it('is the best file of this server', () => {
    expect(playableAds(document(), 'https://ads.example.com')).toMatchObject([
      { adIndex: 0, title: 'One', durationMs: 20_000, url: 'https://ads.example.com/media/m.mp4' },
    ]);
  });
  it('is nothing of another server', () => {
    expect(playableAds(document(), 'https://third.example')).toEqual([]);
  });
});
