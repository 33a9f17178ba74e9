import { access, chmod, constants, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { MediaError } from './errors.ts';
import { runProcess } from './run-process.ts';

export type ToolSource = 'setting' | 'system' | 'npm';

export interface MediaTool {
  path: string;
  /** As the program names itself, e.g. "5.1.9-0+deb12u1" or "N-47683-g0e8eb07980-static". */
  version: string;
  /** Newest copyright year the program prints: how old the build is. Null when it prints none. */
  year: number | null;
  source: ToolSource;
}

export interface MediaTools {
  ffmpeg: MediaTool;
  ffprobe: MediaTool;
}

export interface LocateOptions {
  /** Absolute paths from the settings; win over everything else and are never silently replaced. */
  ffmpegPath?: string | undefined;
  ffprobePath?: string | undefined;
  /** The PATH variable to search, given by the caller. Without it the system is not searched. */
  pathVariable?: string | undefined;
  /** Where to look, in this order. */
  sources?: readonly Exclude<ToolSource, 'setting'>[];
}

type ToolName = 'ffmpeg' | 'ffprobe';

/**
 * Finds ffmpeg and ffprobe: the given paths, else the PATH, else the optional
 * npm packages (whose install step may not have run, so the files are made
 * executable here).
 *
 * @throws MediaError media.tool_missing naming what was tried and how to provide it
 */
export async function locateTools(options: LocateOptions = {}): Promise<MediaTools> {
  const [ffmpeg, ffprobe] = await Promise.all([
    locate('ffmpeg', options.ffmpegPath, options),
    locate('ffprobe', options.ffprobePath, options),
  ]);
  return { ffmpeg, ffprobe };
}

async function locate(
  name: ToolName,
  setting: string | undefined,
  options: LocateOptions,
): Promise<MediaTool> {
  if (setting !== undefined) return identify(name, setting, 'setting');
  const tried: string[] = [];
  for (const source of options.sources ?? (['system', 'npm'] as const)) {
    const path =
      source === 'system' ? await searchPath(name, options.pathVariable ?? '') : await npmBinary(name);
    if (path === null) {
      tried.push(source === 'system' ? 'the PATH' : `@${name}-installer/${name}`);
      continue;
    }
    return identify(name, path, source);
  }
  throw new MediaError({
    code: 'media.tool_missing',
    message: `${name} was not found (tried ${tried.join(' and ')}); install ${name} 4 or newer, or give its path in the settings.`,
    subject: name,
  });
}

async function searchPath(name: ToolName, pathVariable: string): Promise<string | null> {
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name];
  for (const folder of pathVariable.split(delimiter)) {
    if (folder === '') continue;
    for (const file of names) {
      const path = join(folder, file);
      if (await isExecutable(path)) return path;
    }
  }
  return null;
}

async function npmBinary(name: ToolName): Promise<string | null> {
  const require = createRequire(import.meta.url);
  const platform = `${process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  let path: string;
  try {
    path = join(dirname(require.resolve(`@${name}-installer/${platform}/package.json`)), file);
    await stat(path);
  } catch {
    return null;
  }
  if (await isExecutable(path)) return path;
  try {
    await chmod(path, 0o755);
  } catch (cause) {
    throw new MediaError({
      code: 'media.tool_missing',
      message: `${path} is not executable and its mode cannot be changed; run chmod 755 on it as its owner, or install ${name}.`,
      subject: name,
      cause,
    });
  }
  return path;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function identify(name: ToolName, path: string, source: ToolSource): Promise<MediaTool> {
  const { stdout, exitCode } = await runProcess(path, ['-version'], { timeoutMs: 15_000 });
  const version = new RegExp(`^${name} version (\\S+)`).exec(stdout)?.[1];
  if (exitCode !== 0 || version === undefined) {
    throw new MediaError({
      code: 'media.tool_missing',
      message: `${path} does not answer "-version" as ${name} does; give the path of a working ${name}.`,
      subject: name,
    });
  }
  const year = /Copyright \(c\) (?:\d{4}-)?(\d{4})/.exec(stdout)?.[1];
  return { path, version, year: year === undefined ? null : Number(year), source };
}

/** One line for reports, e.g. "ffmpeg 5.1.9-0+deb12u1". */
export function describeTool(name: ToolName, tool: MediaTool): string {
  return `${name} ${tool.version}`;
}
