import type { AnyBinding } from '../../kernel/implement.ts';
import { catalogueOperations } from './operations/catalogue.ts';
import { previewNameOperation } from './operations/preview-name.ts';
import type { GovernancePorts } from './ports.ts';

export {
  axisNames,
  brandByCode,
  brandsById,
  channelByCode,
  channelCodes,
  markBrandDemo,
  marketByCode,
  marketCodes,
  removeDemoBrands,
} from './by-code.ts';
export { type Axes, composeCampaignName, loadAxes, type NameAxes } from './naming.ts';
export type { GovernancePorts } from './ports.ts';
export { addStartingCatalogue } from './starting-catalogue.ts';

export function createGovernance(ports: GovernancePorts): { operations: AnyBinding[] } {
  return { operations: [...catalogueOperations(ports.ids), previewNameOperation(ports)] };
}
