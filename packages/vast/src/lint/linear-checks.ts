import { offsetToMs, readOffset, readTime } from '../time.ts';
import { QUARTILE_EVENTS } from '../tracking-events.ts';
import { isAtLeast } from '../version.ts';
import { textOf, type XmlElement } from '../xml/element.ts';
import { type Check, child, children } from './check.ts';
import { finding, type LintFinding } from './rules.ts';

export const checkLinear: Check = ({ node, path, scope }, version) => {
  if (scope.includes('Wrapper')) return [];
  const findings: LintFinding[] = [];
  const media = child(node, 'MediaFiles');
  if (!media && !isAtLeast(version, '4.0'))
    findings.push(finding('linear.no-media', path, 'Linear has no MediaFiles'));
  const durationMs = readTime(textOf(child(node, 'Duration') ?? node));
  if (durationMs === 0)
    findings.push(finding('linear.duration-zero', `${path}/Duration`, 'the duration is zero'));
  const trackers = children(child(node, 'TrackingEvents'), 'Tracking');
  const events = new Set(trackers.map((tracker) => tracker.attributes.event));
  const missing = ['start', ...QUARTILE_EVENTS].filter((event) => !events.has(event));
  if (missing.length > 0) {
    findings.push(
      finding(
        'tracking.quartiles-missing',
        `${path}/TrackingEvents`,
        `there is no tracker for ${missing.join(', ')}`,
      ),
    );
  }
  if (!child(child(node, 'VideoClicks') ?? node, 'ClickThrough')) {
    findings.push(finding('linear.no-click-through', path, 'Linear has no ClickThrough'));
  }
  if (durationMs !== undefined && durationMs > 0) {
    findings.push(...checkTimes(node, path, trackers, durationMs));
  }
  return findings;
};

function checkTimes(
  linear: XmlElement,
  path: string,
  trackers: readonly XmlElement[],
  durationMs: number,
): LintFinding[] {
  const findings: LintFinding[] = [];
  const skip = readOffset(linear.attributes.skipoffset ?? '');
  if (skip && offsetToMs(skip, durationMs) >= durationMs) {
    const message = `"${linear.attributes.skipoffset}" is not before the end at ${durationMs} ms`;
    findings.push(finding('linear.skip-beyond-duration', `${path}@skipoffset`, message));
  }
  for (const tracker of trackers) {
    const offset = readOffset(tracker.attributes.offset ?? '');
    if (offset && 'ms' in offset && offset.ms > durationMs) {
      const message = `${offset.ms} ms is after the end at ${durationMs} ms`;
      findings.push(
        finding('tracking.offset-beyond-duration', `${path}/TrackingEvents/Tracking@offset`, message),
      );
    }
  }
  for (const icon of children(child(linear, 'Icons'), 'Icon')) {
    const end =
      (readTime(icon.attributes.offset ?? '') ?? 0) + (readTime(icon.attributes.duration ?? '') ?? 0);
    if (end > durationMs) {
      findings.push(
        finding(
          'icon.beyond-duration',
          `${path}/Icons/Icon`,
          `it ends at ${end} ms, the ad at ${durationMs} ms`,
        ),
      );
    }
  }
  return findings;
}
