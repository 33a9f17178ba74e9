import { describe, expect, it } from 'vitest';
import { eventType, modulesFor } from './live.ts';

describe('live events', () => {
  it('asks again only the modules that an event can touch', () => {
    expect(
      modulesFor(eventType('{"type":"deployment.changed","entity":{"kind":"deployment","id":"dep_1"}}')),
    ).toEqual(['trafficking', 'creatives', 'reporting', 'accounts']);
    expect(modulesFor('events.ingested')).toContain('reporting');
  });
  it('asks everything again for what it does not understand', () => {
    for (const data of [
      '',
      '{',
      'null',
      '[]',
      '{"type":7}',
      '{"type":"new.kind"}',
      '{"type":"demo.changed"}',
    ]) {
      expect(modulesFor(eventType(data)), data).toBe('all');
    }
  });
});
