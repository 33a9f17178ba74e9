import { type LintRule, rule } from './rule.ts';
import { SECTIONS } from './sections.ts';

/** Rules about creatives: linear, non-linear, companions, icons and their trackers. */
export const CREATIVE_RULES = {
  'creative.empty': rule(
    'block',
    SECTIONS.creative,
    'Give the creative a Linear, NonLinearAds or CompanionAds.',
  ),
  'creative.no-universal-ad-id': rule(
    'block',
    SECTIONS.universalAdId,
    'Add a UniversalAdId with its registry.',
  ),
  'creative.universal-ad-id-unknown': rule(
    'warn',
    SECTIONS.universalAdId,
    'Use a registered id; publishers transcode and cap by it.',
  ),
  'creative.universal-ad-id-mismatch': rule(
    'warn',
    SECTIONS.universalAdId,
    'Make idValue the same as the text; later players read the text only.',
  ),
  'linear.no-media': rule('block', SECTIONS.media, 'Add at least one MediaFile.'),
  'linear.duration-zero': rule('block', SECTIONS.duration, 'State the real length of the media.'),
  'linear.skip-beyond-duration': rule(
    'warn',
    SECTIONS.linear,
    'Set skipoffset before the end, or leave it out.',
  ),
  'linear.no-click-through': rule(
    'info',
    SECTIONS.clicks,
    'Add a ClickThrough where the screen can follow one.',
  ),
  'media.no-mp4': rule(
    'warn',
    SECTIONS.mediaFile,
    'Add a progressive MP4; it is what every connected-TV player takes.',
  ),
  'media.ladder': rule(
    'info',
    SECTIONS.mediaFile,
    'Offer high, medium and low quality of every type, so that every connection finds its file.',
  ),
  'media.no-bitrate': rule('info', SECTIONS.mediaFile, 'State bitrate; players choose by it.'),
  'media.no-mezzanine': rule(
    'info',
    SECTIONS.mezzanine,
    'Add a Mezzanine, which server-side insertion transcodes from.',
  ),
  'media.size-zero': rule('warn', SECTIONS.mediaFile, 'State width and height of the file in pixels.'),
  'media.bitrate-range': rule(
    'warn',
    SECTIONS.mediaFile,
    'Make minBitrate at most maxBitrate, or state bitrate alone.',
  ),
  'media.retired-type': rule(
    'warn',
    'VAST 4.2, 1.7 (Flash support)',
    'Replace Flash by MP4; no current player runs it.',
  ),
  'media.vpaid': rule(
    'warn',
    'VAST 4.2, 1.8 (Transition from VPAID)',
    'Use SIMID for interaction and OMID for verification.',
  ),
  'media.framework-deprecated': rule(
    'info',
    SECTIONS.mediaFile,
    'Put what needs a framework into InteractiveCreativeFile.',
  ),
  'interactive.no-framework': rule(
    'warn',
    SECTIONS.interactive,
    'Set apiFramework="SIMID"; players run nothing they do not know.',
  ),
  'interactive.not-simid': rule(
    'info',
    SECTIONS.interactive,
    'Use SIMID unless the player is known to run the framework.',
  ),
  'interactive.not-html': rule(
    'warn',
    SECTIONS.interactive,
    'Set type="text/html"; SIMID creatives are HTML pages.',
  ),
  'caption.no-type': rule('warn', SECTIONS.caption, 'State the type, such as text/vtt.'),
  'caption.no-language': rule('warn', SECTIONS.caption, 'State the language, such as "en".'),
  'caption.language-form': rule(
    'warn',
    SECTIONS.caption,
    'Use an ISO 639-1 code, with a region where it matters.',
  ),
  'tracking.quartiles-missing': rule(
    'warn',
    SECTIONS.events,
    'Add start, firstQuartile, midpoint, thirdQuartile and complete; completion cannot be reported otherwise.',
  ),
  'tracking.progress-no-offset': rule('block', SECTIONS.tracker, 'Give every progress tracker an offset.'),
  'tracking.offset-beyond-duration': rule(
    'warn',
    SECTIONS.tracker,
    'Set the offset within the duration, or the tracker never fires.',
  ),
  'tracking.offset-unused': rule('info', SECTIONS.tracker, 'Use progress, or leave the offset out.'),
  'tracking.duplicate': rule('warn', SECTIONS.tracking, 'Keep one of them, or the event is counted twice.'),
  'tracking.event-misplaced': rule(
    'info',
    SECTIONS.events,
    'Move the tracker to the creative the event happens to; here it never fires.',
  ),
  'tracking.not-in-schema': rule(
    'info',
    SECTIONS.events,
    'Know that validating receivers reject it; the text has it and the schema does not.',
  ),
  'icon.beyond-duration': rule('warn', SECTIONS.icon, 'Set offset and duration of the icon within the ad.'),
  'icon.incomplete': rule('info', SECTIONS.icon, 'State program, size and position.'),
  'icon.fallback-incomplete': rule(
    'warn',
    SECTIONS.fallbackImage,
    'Give the image its address, width and height.',
  ),
  'resource.missing': rule('block', SECTIONS.resources, 'Add an image, a page or HTML to show.'),
  'companion.none': rule('warn', SECTIONS.companions, 'Add a Companion, or leave CompanionAds out.'),
} as const satisfies Record<string, LintRule>;
