import type { RunningDelivery } from '../main.ts';
import type { DeliveryOptions } from '../options.ts';
import { call, until } from './call.ts';
import { startFakeControl } from './fake-control.ts';
import { sampleAssignments, sampleFlight, sampleLineItem, sampleSnapshot } from './sample-snapshot.ts';
import { FACE_CREATIVES, FACE_PLACEMENTS } from './start-faces.ts';
import { startNode } from './start-node.ts';

/** A whole node over the placements and creatives of the fake engine, with money that does not run out. `over` are settings of the node. */
export async function startFaceNode(
  listener: DeliveryOptions['listener'] = 'http',
  over: Partial<DeliveryOptions> = {},
): Promise<Pick<RunningDelivery, 'publicPort' | 'internalPort' | 'close'> & { options: DeliveryOptions }> {
  const control = await startFakeControl((_request, response) => {
    // It notes what it is asked; a long run must not find its own notes in memory.
    control.seen.length = 0;
    response.writeHead(404).end();
  });
  control.publish(
    sampleSnapshot({
      placements: FACE_PLACEMENTS.filter(({ accountId }) => accountId === 'acc_1'),
      creatives: FACE_CREATIVES.map((creative, number) => ({
        ...creative,
        // Each of another advertiser and category, so that a break has several.
        adDomain: `brand-${number}.example`,
        categories: [`IAB${number + 1}`],
      })),
      lineItems: FACE_CREATIVES.map(({ id }) =>
        sampleLineItem({
          id: `li_${id}`,
          brandId: `brd_${id}`,
          campaignId: `cmp_${id}`,
          budgetMicros: null,
          flights: [sampleFlight(`li_${id}`, { budgetMicros: null })],
          creatives: sampleAssignments(id),
        }),
      ),
    }),
  );
  const node = await startNode({ controlOrigin: control.origin, listener, ...over });
  await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
  return {
    publicPort: node.publicPort,
    internalPort: node.internalPort,
    options: node.options,
    close: async () => {
      await node.close();
      await control.close();
    },
  };
}
