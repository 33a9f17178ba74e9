/**
 * What calls or opens a URL: `file` is fetched to be shown, `code` to be run, `tag` is another ad response,
 * `tracker` is called and forgotten, `destination` is opened for the viewer.
 */
export type UrlRole = 'file' | 'code' | 'tag' | 'tracker' | 'destination';

/** Every element whose text is a URL, in any version. */
export const URL_ELEMENTS: ReadonlyMap<string, UrlRole> = new Map([
  ...named('file', 'MediaFile', 'Mezzanine', 'ClosedCaptionFile', 'StaticResource', 'IFrameResource'),
  ...named('code', 'InteractiveCreativeFile', 'JavaScriptResource', 'ExecutableResource', 'FlashResource'),
  ...named('tag', 'VASTAdTagURI'),
  ...named(
    'tracker',
    'Impression',
    'Error',
    'Tracking',
    'ClickTracking',
    'CustomClick',
    'Viewable',
    'NotViewable',
    'ViewUndetermined',
    'IconClickTracking',
    'IconViewTracking',
    'NonLinearClickTracking',
    'CompanionClickTracking',
    'Survey',
  ),
  ...named(
    'destination',
    'ClickThrough',
    'IconClickThrough',
    'NonLinearClickThrough',
    'CompanionClickThrough',
  ),
]);

function named(role: UrlRole, ...names: string[]): [string, UrlRole][] {
  return names.map((name) => [name, role]);
}

/** Placeholder for an Impression that is not to be called (VAST 4.2, section 3.4.4). */
export const BLANK_URL = 'about:blank';
