import { z } from 'zod';

/**
 * One node of targeting: a predicate, or nodes under all, any or not. `{ "all": [] }` is everybody. Dimensions and their
 * values are listed in docs; the server checks the whole tree and names the path of what is wrong.
 */
export type TargetingNode =
  | { dimension: string; operator: 'any_of' | 'none_of'; values: readonly string[] }
  | { all: readonly TargetingNode[] }
  | { any: readonly TargetingNode[] }
  | { not: TargetingNode };

/**
 * A tree is bounded by the engine (depth, nodes, values), which this package does not know: here it is any object, and
 * the operation refuses it as `targeting.invalid`.
 */
export const Targeting = z.record(z.string(), z.unknown()).meta({
  description:
    'predicates {"dimension":"country","operator":"any_of","values":["US"]} under {"all":[…]}, {"any":[…]}, {"not":…}',
}) as unknown as z.ZodType<TargetingNode, TargetingNode>;

/** Open hours in the zone of the flight; past midnight when `toMinute` is at or below `fromMinute`. */
export const Dayparts = z
  .array(
    z.strictObject({
      days: z.array(z.int().min(1).max(7)).min(1).max(7),
      fromMinute: z.int().min(0).max(1439),
      toMinute: z.int().min(1).max(1440),
    }),
  )
  .max(50)
  .meta({ description: 'open hours: days 1 Monday to 7 Sunday, minutes since midnight; none = always' });
export type Dayparts = z.infer<typeof Dayparts>;

export const CapScope = z.enum(['line_item', 'campaign', 'brand', 'creative']);
export const CapUnit = z.enum(['minute', 'hour', 'day', 'week', 'lifetime']);

/** At most `limit` exposures of one viewer in any `count` units that follow one another. */
export const FrequencyCaps = z
  .array(
    z.strictObject({
      scope: CapScope,
      limit: z.int().min(1).max(10_000),
      unit: CapUnit,
      count: z.int().min(1).max(366),
    }),
  )
  .max(12)
  .meta({ description: 'at most limit exposures of one viewer in count units, each scope and unit once' });
export type FrequencyCaps = z.infer<typeof FrequencyCaps>;

/** Who may not stand beside it: two ads that share a label are competitors. */
export const Separation = z
  .strictObject({
    scope: z.enum(['pod', 'stream']),
    labels: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'expected a label such as automotive'))
      .max(20),
  })
  .meta({
    description:
      'labels of competition, and whether they hold in a pod or in the whole stream; there they keep other brands of the same category, advertiser domain or media file away too',
  });
export type Separation = z.infer<typeof Separation>;
