import { z } from 'zod';

/** What an advertiser account must tell us before anything can be trafficked to it. */
export const amazonDspParams = z.strictObject({
  /** DSP advertiser account, header Amazon-Ads-AccountId. */
  accountId: z.string().trim().min(1, 'expected the id of the DSP advertiser account').max(100),
  /** The currency the account is billed in: budgets carry none of their own. */
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected a three-letter ISO 4217 currency such as USD'),
  /** Amazon's ids of the product categories advertised; an ad group needs at least one. */
  productCategoryIds: z.array(z.string().min(1)).min(1, 'expected at least one product category id').max(500),
  /** Tags on plain http or on this machine; only a stand-in can fetch them. */
  allowLocalTags: z.boolean().default(false),
});
export type AmazonDspParams = z.output<typeof amazonDspParams>;
