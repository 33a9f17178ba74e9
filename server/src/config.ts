import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { type Setting, settings } from './settings.ts';

export { settings } from './settings.ts';

type Settings = typeof settings;
export type SettingKey = keyof Settings;
export type Config = { [K in SettingKey]: z.output<Settings[K]['schema']> } & {
  dataDir: string;
  databaseUrl: string;
  /** Where programs are looked for: PATH of this process. */
  searchPath: string;
};
export type Origin = 'flag' | 'environment' | 'file' | 'default';

export interface ExplainedSetting {
  key: string;
  env: string;
  value: string;
  origin: Origin;
  owner: string;
  description: string;
}

export interface LoadedConfig {
  config: Config;
  explained: ExplainedSetting[];
}

/** A setting that cannot be used. Names the variable, the value and what would be accepted. */
export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface ConfigSources {
  env?: Record<string, string | undefined>;
  flags?: Partial<Record<SettingKey, unknown>>;
  workingDir?: string;
}

/**
 * Reads every setting: flags before environment before `cuepoint.yaml` before
 * defaults. `NAME_FILE` names a file that holds the value of a secret.
 * @throws ConfigError naming every problem at once
 */
export function loadConfig(sources: ConfigSources = {}): LoadedConfig {
  const env = sources.env ?? process.env;
  const workingDir = sources.workingDir ?? process.cwd();
  const file = readProjectFile(workingDir);
  const problems = unknownVariables(env);
  for (const key of Object.keys(file)) {
    if (!Object.hasOwn(settings, key))
      problems.push(`cuepoint.yaml: ${key} is no setting; see cuepoint config explain`);
  }
  const values: Record<string, unknown> = {};
  const explained: ExplainedSetting[] = [];
  for (const [key, setting] of Object.entries(settings) as Array<[SettingKey, Setting]>) {
    const [raw, origin] = rawValue(key, setting, sources.flags ?? {}, env, file, problems);
    const parsed = setting.schema.safeParse(raw);
    if (!parsed.success) {
      const shown = setting.secret ? '' : ` is "${String(raw)}"`;
      problems.push(
        `${setting.env}${shown}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`,
      );
      continue;
    }
    values[key] = parsed.data;
    explained.push({
      key,
      env: setting.env,
      value: shownValue(parsed.data, setting),
      origin,
      owner: setting.owner,
      description: setting.description,
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const config = values as Config;
  config.dataDir = isAbsolute(config.dataDir) ? config.dataDir : resolve(workingDir, config.dataDir);
  config.searchPath = env.PATH ?? '';
  config.databaseUrl ??= `pglite:${join(config.dataDir, 'database')}`;
  if (config.role !== 'all' && config.databaseUrl.startsWith('pglite:')) {
    const delivery = config.role === 'delivery';
    if (!delivery) {
      throw new ConfigError([
        `CUEPOINT_ROLE is "${config.role}": split roles need a database that several processes can open. ` +
          'Set CUEPOINT_DATABASE_URL to postgres://…, or use --role all with the embedded database.',
      ]);
    }
  }
  if (config.role === 'delivery' && !config.controlOrigin) {
    throw new ConfigError([
      'CUEPOINT_CONTROL_ORIGIN is missing: --role delivery needs the address of the control plane.',
    ]);
  }
  if (config.role !== 'all' && !config.planeKey) {
    throw new ConfigError([
      'CUEPOINT_PLANE_KEY is missing: planes that run apart share a key of at least 32 characters.',
    ]);
  }
  return { config, explained };
}

function rawValue(
  key: SettingKey,
  setting: Setting,
  flags: Partial<Record<SettingKey, unknown>>,
  env: Record<string, string | undefined>,
  file: Record<string, unknown>,
  problems: string[],
): [unknown, Origin] {
  if (flags[key] !== undefined) return [flags[key], 'flag'];
  const direct = env[setting.env];
  if (direct !== undefined && direct !== '') return [direct, 'environment'];
  const path = env[`${setting.env}_FILE`];
  if (path !== undefined && path !== '') {
    try {
      return [readFileSync(path, 'utf8').trim(), 'environment'];
    } catch {
      problems.push(`${setting.env}_FILE is "${path}": the file cannot be read`);
      return [undefined, 'default'];
    }
  }
  if (file[key] !== undefined) return [file[key], 'file'];
  return [undefined, 'default'];
}

function unknownVariables(env: Record<string, string | undefined>): string[] {
  const known = new Set(Object.values(settings).flatMap((setting) => [setting.env, `${setting.env}_FILE`]));
  // Read by test and documentation scripts only.
  for (const name of [
    'CUEPOINT_REQUIRE_POSTGRES',
    'CUEPOINT_REQUIRE_REDIS',
    'CUEPOINT_REQUIRE_BROWSER',
    'CUEPOINT_SHARED_DIR',
  ])
    known.add(name);
  return Object.keys(env)
    .filter((name) => name.startsWith('CUEPOINT_') && !known.has(name))
    .map((name) => `${name} is no setting${suggestion(name, known)}`);
}

function suggestion(name: string, known: Set<string>): string {
  const words = name.split('_');
  let best: string | null = null;
  // CUEPOINT_PORT shares words with CUEPOINT_PUBLIC_PORT; CUEPOINT_DATADIR is one letter from CUEPOINT_DATA_DIR.
  let most = 1.5;
  for (const candidate of known) {
    const shared = candidate.split('_').filter((word) => words.includes(word)).length;
    const typo = editDistance(name, candidate) <= 2 ? words.length : 0;
    const score = Math.max(shared, typo);
    if (score > most) {
      most = score;
      best = candidate;
    }
  }
  return best ? `; did you mean ${best}?` : '; see cuepoint config explain';
}

/** Letters to insert, drop or change from one name to the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

function readProjectFile(workingDir: string): Record<string, unknown> {
  const path = join(workingDir, 'cuepoint.yaml');
  if (!existsSync(path)) return {};
  try {
    const value: unknown = parseYaml(readFileSync(path, 'utf8'));
    if (value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new ConfigError([`cuepoint.yaml cannot be read: ${(error as Error).message.split('\n')[0]}`]);
  }
  throw new ConfigError(['cuepoint.yaml must hold settings as "name: value" lines.']);
}

function shownValue(value: unknown, setting: Setting): string {
  if (value === undefined) return setting.defaultText ?? '(not set)';
  if (setting.secret) return '(secret)';
  return String(value);
}

/** True while any platform has no key. */
export function needsSandbox(config: Config): boolean {
  return !config.lumaApiKey || !hasAmazonKeys(config);
}

export function hasAmazonKeys(config: Config): boolean {
  return Boolean(
    config.amazonClientId &&
      config.amazonClientSecret &&
      config.amazonRefreshToken &&
      config.amazonAccountId &&
      config.amazonCategoryIds,
  );
}
