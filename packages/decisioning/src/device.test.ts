import { describe, expect, it } from 'vitest';
import { deviceType } from './device.ts';

describe('deviceType', () => {
  it.each([
    ['Roku/DVP-12.0 (12.0.0.4182-46)', 'ctv'],
    [
      'Mozilla/5.0 (Linux; Android 9; AFTMM) AppleWebKit/537.36 Silk/108 like Chrome/108 Safari/537.36',
      'ctv',
    ],
    ['Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 TV Safari/537.36', 'ctv'],
    ['Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/79 Safari/537.36', 'ctv'],
    ['AppleTV11,1/11.1', 'ctv'],
    ['Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15', 'console'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148', 'phone'],
    ['Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)', 'tablet'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120 Safari/537.36', 'desktop'],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'bot'],
    ['', 'unknown'],
  ])('%s is %s', (agent, type) => expect(deviceType(agent)).toBe(type));
});
