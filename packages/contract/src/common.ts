import { z } from 'zod';

export const Instant = z.iso
  .datetime({ offset: false })
  .meta({ description: 'UTC instant, ISO 8601 with Z' });
export const DateOnly = z.iso.date().meta({ description: 'calendar date, YYYY-MM-DD' });
export const TimeZone = z
  .string()
  .min(1)
  .max(64)
  .refine((zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, 'expected an IANA time zone such as America/New_York')
  .meta({ description: 'IANA time zone' });
export const Code = z
  .string()
  .regex(/^[A-Z0-9]{2,12}$/, 'expected 2 to 12 capital letters or digits')
  .meta({ description: 'code, part of generated names' });
export const HttpsUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http(s) URL' })
  .max(2000)
  .meta({ description: 'http(s) URL' });

/** Fields that every stored object shows. `version` goes into If-Match. */
export const stored = {
  version: z.int().min(1),
  createdAt: Instant,
  updatedAt: Instant,
};

/** Where an answer of a stand-in platform is shown, it says so. */
export const simulated = z.boolean().meta({ description: 'answered by a stand-in server, not the platform' });
