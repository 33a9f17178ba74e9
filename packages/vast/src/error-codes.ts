import type { VastVersion } from './version.ts';

/** A code a player puts in [ERRORCODE]. */
export interface VastErrorCode {
  readonly code: number;
  readonly since: VastVersion;
  /** What went wrong, in one sentence. */
  readonly meaning: string;
  /** Who can usually mend it. */
  readonly area: 'response' | 'trafficking' | 'wrapper' | 'linear' | 'non-linear' | 'companion' | 'other';
}

function codes(
  area: VastErrorCode['area'],
  rows: readonly (readonly [number, VastVersion, string])[],
): VastErrorCode[] {
  return rows.map(([code, since, meaning]) => ({ code, since, meaning, area }));
}

/** Every error code of VAST 4.2, section 2.3.6.3, in our words. */
export const VAST_ERROR_CODES: readonly VastErrorCode[] = [
  ...codes('response', [
    [100, '3.0', 'The response is not well-formed XML.'],
    [101, '3.0', 'The response breaks the VAST schema.'],
    [102, '3.0', 'The player does not support the VAST version of the response.'],
  ]),
  ...codes('trafficking', [
    [200, '3.0', 'The player got a kind of ad it did not expect or cannot show.'],
    [201, '3.0', 'The player expected the other linearity (linear or non-linear).'],
    [202, '3.0', 'The player expected another duration.'],
    [203, '3.0', 'The player expected another size.'],
    [204, '4.0', 'The player needs an ad category and the ad has none.'],
    [205, '4.1', "The ad's category is among those a wrapper blocks."],
    [206, '4.1', 'The break was shortened and the ad was not played.'],
  ]),
  ...codes('wrapper', [
    [300, '3.0', 'Something failed in a wrapper that no other code describes.'],
    [301, '3.0', 'A wrapped tag could not be reached or answered too late.'],
    [302, '3.0', 'The chain of wrappers is longer than the player follows.'],
    [303, '3.0', 'The end of the wrapper chain holds no ad.'],
    [304, '4.0', 'An ad was returned but was not on screen within the time the player allows.'],
  ]),
  ...codes('linear', [
    [400, '3.0', 'The linear ad could not be shown and no other code says why.'],
    [401, '3.0', 'The media file was not found at its URL.'],
    [402, '3.0', 'The media file did not arrive in time.'],
    [403, '3.0', 'None of the media files is of a kind the player supports.'],
    [405, '3.0', 'The media file looked playable but could not be played.'],
    [406, '4.0', 'A mezzanine file is required and there is none.'],
    [
      407,
      '4.0',
      'The mezzanine is being fetched for the first time; the ad can be served once it is transcoded.',
    ],
    [408, '4.0', 'The player refused a conditional ad.'],
    [409, '4.0', 'The interactive unit was not run.'],
    [410, '4.0', 'The verification unit was not run.'],
    [411, '4.1', 'The mezzanine is there but does not meet the required specification.'],
  ]),
  ...codes('non-linear', [
    [500, '3.0', 'The non-linear ad could not be shown and no other code says why.'],
    [501, '3.0', 'The non-linear ad does not fit the area it has.'],
    [502, '3.0', 'The non-linear resource could not be fetched.'],
    [503, '3.0', 'None of the non-linear resources is of a kind the player supports.'],
  ]),
  ...codes('companion', [
    [600, '3.0', 'The companion could not be shown and no other code says why.'],
    [601, '3.0', 'The companion does not fit the area it has.'],
    [602, '3.0', 'A required companion could not be shown.'],
    [603, '3.0', 'The companion resource could not be fetched.'],
    [604, '3.0', 'None of the companion resources is of a kind the player supports.'],
  ]),
  ...codes('other', [
    [900, '3.0', 'An error that no other code describes.'],
    [901, '3.0', 'A VPAID unit failed.'],
    [902, '4.1', 'An interactive creative file failed.'],
  ]),
];

const BY_CODE = new Map(VAST_ERROR_CODES.map((entry) => [entry.code, entry]));

/** The entry of a code; undefined for one the standard does not define. */
export function vastErrorCode(code: number): VastErrorCode | undefined {
  return BY_CODE.get(code);
}
