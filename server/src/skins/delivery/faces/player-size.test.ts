import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.ts';
import { type RunningFaces, standardFakeEngine, startFaces } from '../testing/start-faces.ts';
import { playerSize, playerSizeOfMacro } from './player-size.ts';

describe('the size of a player', () => {
  it.each([
    [1, 1, 'small'],
    [399, 300, 'small'],
    [400, 225, 'medium'],
    [639, 360, 'medium'],
    [640, 360, 'large'],
    [1279, 720, 'large'],
    [1280, 720, 'xlarge'],
    [3840, 2160, 'xlarge'],
    // A high player on a phone shows a small picture, and a flat one too.
    [360, 800, 'small'],
    [1280, 200, 'small'],
    [1920, undefined, 'xlarge'],
    [undefined, 1080, 'xlarge'],
    [undefined, 360, 'large'],
    [0, 720, 'xlarge'],
    [0, 0, null],
    [undefined, undefined, null],
  ])('%s x %s is %s', (width, height, size) => {
    expect(playerSize(width, height)).toBe(size);
  });

  it('is read from the macro of the standard too', () => {
    expect(playerSizeOfMacro('640,360')).toBe('large');
    expect(playerSizeOfMacro('1920%2C1080')).toBe('xlarge');
    for (const text of [undefined, '', '-1', '-2', '640', 'wide,high'])
      expect(playerSizeOfMacro(text)).toBeNull();
  });
});

describe('the size of a player in a request', () => {
  const engine = standardFakeEngine();
  let faces: RunningFaces;
  beforeAll(async () => {
    faces = await startFaces(engine);
  });
  afterAll(() => faces.close());
  const asked = async (query: string) => {
    expect((await call(faces.port, `/vast?pl=main&${query}`)).status).toBe(200);
    return engine.asked.at(-1)!.request.facts.player_size;
  };

  it('is the fact that line items are targeted by', async () => {
    expect(await asked('w=1920&h=1080')).toBe('xlarge');
    expect(await asked('w=640')).toBe('large');
    expect(await asked('playersize=480,270')).toBe('medium');
    // What the request says itself comes before a macro.
    expect(await asked('w=320&h=180&playersize=1920,1080')).toBe('small');
  });

  it('is unknown when the request does not say, and a size that is none is refused', async () => {
    expect(await asked('dur=30')).toBeUndefined();
    expect(await asked('w=0&h=0')).toBeUndefined();
    expect(await asked('w=[WIDTH]&playersize=-1')).toBeUndefined();
    const { status, body } = await call(faces.port, '/vast?pl=main&w=wide&rid=x');
    expect(status).toBe(400);
    expect(body).toContain('w');
  });
});
