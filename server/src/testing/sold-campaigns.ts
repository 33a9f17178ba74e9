import type { CampaignDetail, LineItem } from '@cuepoint/contract';
import type { ControlApp } from './control-app.ts';
import { tenantObjects } from './tenant-objects.ts';

/** A line item that may serve now, and its creative. */
export interface Sold {
  /** Of a thousand impressions, in whole units of the currency. */
  readonly price: number;
  readonly lineItem: LineItem;
  readonly creativeId: string;
}

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

/** An active campaign with an approved creative for each price, of the first account. */
export async function sellAt(app: ControlApp, label: string, prices: readonly number[]): Promise<Sold[]> {
  const output = async (operation: string, input: object, options = {}) =>
    (await app.tenants[0].caller.call(operation, input, options)).output as CampaignDetail;
  const objects = tenantObjects(app, 0);
  const axes = await objects.axes();
  const sold: Sold[] = [];
  for (const price of prices) {
    const campaign = await output('campaigns.createCampaign', {
      ...axes,
      label: `${label} ${price}`,
      budgetMicros: 5_000_000_000,
      cpmMicros: price * 1_000_000,
      startOn: day(-1),
      endOn: day(20),
    });
    const { id: creativeId } = await objects.creative('approved', campaign.id);
    const { lineItems } = await output(
      'campaigns.setCampaignStatus',
      { campaignId: campaign.id, status: 'active' },
      { ifMatch: campaign.version },
    );
    sold.push({ price, lineItem: lineItems[0]!, creativeId });
  }
  return sold;
}
