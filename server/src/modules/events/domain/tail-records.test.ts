import { type TailFilter, tailEvents } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { TRACKING_EVENTS } from '../../../kernel/delivery-protocol.ts';
import { decision, event } from '../testing/fake-log.ts';
import { TailMatcher, tailRecord } from './tail-records.ts';

const served = decision({ id: 'dec_1' });
served.request.requestId = 'their-id';
served.request.session = 'ab'.repeat(8);
const empty = decision({ id: 'dec_2', noAd: 'no_budget' });
const records = [
  served,
  empty,
  event('dec_1', 'impression'),
  event('dec_1', 'impression', { duplicate: true }),
  event('dec_1', 'error', { errorCode: 405 }),
  event('dec_3', 'start', { invalid: 'robot', lineItemId: 'li_two', placementId: null }),
  event('dec_3', 'impression', { unbilled: 'budget_exhausted', late: true, creativeId: 'crv_two' }),
].map((record, at) => tailRecord('node-1', { segment: 1, offset: at, record }));

const wanted = (filter: TailFilter) => {
  const matcher = new TailMatcher(filter);
  return records.filter((record) => matcher.wants(record)).map(({ offset }) => offset);
};

describe('a filter of the tail', () => {
  it.each<[string, TailFilter, number[]]>([
    ['nothing', {}, [0, 1, 2, 3, 4, 5, 6]],
    ['requests', { event: ['request'] }, [0, 1]],
    ['two events', { event: ['start', 'error'] }, [4, 5]],
    ['a line item, of an ad too', { lineItemId: 'li_one000000' }, [0, 2, 3, 4, 6]],
    ['a creative', { creativeId: 'crv_two' }, [6]],
    ['a campaign', { campaignId: 'cmp_none' }, []],
    ['a placement', { placementId: 'plc_one00000' }, [0, 1, 2, 3, 4, 6]],
    ['invalid only', { invalid: 'only' }, [5]],
    ['without invalid', { invalid: 'without' }, [0, 1, 2, 3, 4, 6]],
    ['problems', { problems: true }, [1, 4]],
    ['why no ad', { reason: 'no_budget' }, [1]],
    ['an error code', { reason: '405' }, [4]],
    ['an invalid reason', { reason: 'robot' }, [5]],
    ['unbilled', { reason: 'budget_exhausted' }, [6]],
    ['duplicates', { reason: 'duplicate' }, [3]],
    ['late ones', { reason: 'late' }, [6]],
    ['a decision', { id: 'dec_3' }, [5, 6]],
    ['a request id, and what follows', { id: 'their-id' }, [0, 2, 3, 4]],
    ['a session, and what follows', { id: 'ab'.repeat(8) }, [0, 2, 3, 4]],
    ['two at once', { id: 'dec_1', event: ['impression'] }, [2, 3]],
  ])('wants %s', (_what, filter, offsets) => expect(wanted(filter)).toEqual(offsets));

  it('knows every event that players report', () => {
    expect(tailEvents).toEqual(['request', ...TRACKING_EVENTS]);
  });

  it('shows nothing of the viewer', () => {
    const one = decision({ id: 'dec_9' });
    Object.assign(one.request, { identity: '0123456789abcdef', facts: { postal: 'DE:20095' } });
    const text = JSON.stringify(tailRecord('node-1', { segment: 1, offset: 0, record: one }));
    for (const secret of ['0123456789abcdef', '20095', 'readings']) expect(text).not.toContain(secret);
  });
});
