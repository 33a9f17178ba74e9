import { describe, expect, it } from 'vitest';
import { landingPage, nameFromFile, universalAdIdOf } from './creative-values.ts';
import { masterMeasurement } from './qc/master.fixture.ts';
import { codecString, extensionOf, fileKind, filmstripTimes } from './video-file.ts';

describe('values of a creative', () => {
  it('keeps the registry of an Ad-ID and calls every other id ours', () => {
    expect(universalAdIdOf('CNPA0484000H')).toEqual({ idRegistry: 'ad-id.org', idValue: 'CNPA0484000H' });
    expect(universalAdIdOf('crv_01jcx9w2b8').idRegistry).toBe('cuepoint');
  });

  it('takes a name from a file', () => {
    expect(nameFromFile('C:\\spots\\Ridge 15s.final.mp4')).toBe('Ridge 15s.final');
    expect(nameFromFile('.mp4')).toBe('Video');
    expect(nameFromFile('a\u0000b.mp4')).toBe('ab');
    expect(nameFromFile('x'.repeat(300))).toHaveLength(120);
  });

  it('writes a landing page one way', () => {
    expect(landingPage('http:/ridge.example')).toBe('http://ridge.example/');
  });

  it('names the codec as a player asks for it', () => {
    const video = (more: object) => ({ ...masterMeasurement().video!, ...more });
    expect(codecString(video({ level: 40 }))).toBe('avc1.640028');
    expect(codecString(video({ profile: 'Main', level: 31 }))).toBe('avc1.4d401f');
    expect(codecString(video({ profile: 'Strange' }))).toBe('avc1');
    expect(codecString(video({ codec: 'vp9' }))).toBe('vp09');
  });

  it('knows a kind by its media type', () => {
    for (const container of ['mp4', 'mov', 'webm', 'mkv', 'avi', 'mpeg'] as const) {
      const { extension, mime } = fileKind(container);
      expect(extensionOf(mime)).toBe(extension);
    }
  });

  it('takes nine pictures with the quarters among them, all inside', () => {
    expect(filmstripTimes(15_000, 25)).toEqual([0, 1868, 3735, 5603, 7470, 9338, 11205, 13073, 14940]);
    expect(filmstripTimes(80, 25)).toEqual([0, 3, 5, 8, 10, 13, 15, 18, 20]);
    expect(filmstripTimes(30, 25)).toEqual([0]);
  });
});
