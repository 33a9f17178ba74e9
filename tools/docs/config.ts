import { code, generatedNote, table } from './markdown.ts';

export interface DocumentedSetting {
  env: string;
  schema: { safeParse(value: unknown): { success: boolean; data?: unknown } };
  owner: string;
  description: string;
  defaultText?: string;
  secret?: boolean;
}

/** docs/config.md: every setting with the default it has when nothing is said. */
export function configPage(settings: Readonly<Record<string, DocumentedSetting>>): string {
  const rows = Object.entries(settings).map(([key, setting]) => [
    code(setting.env),
    code(key),
    defaultOf(setting),
    setting.owner,
    setting.secret ? `${setting.description} (secret)` : setting.description,
  ]);
  return [
    generatedNote('server/src/config.ts'),
    `# Settings

Everything works without any of these. Order of precedence: flags of the command, environment, \`cuepoint.yaml\` in
the working directory (by the name in the second column), defaults. \`<VARIABLE>_FILE\` names a file that holds the
value, for secrets. An unknown \`CUEPOINT_\` variable is an error. \`cuepoint config explain\` prints what is in force
and where it comes from.
`,
    table(['variable', 'in cuepoint.yaml', 'default', 'belongs to', 'meaning'], rows),
    `
Read by tests only: ${testVariables.map(code).join(', ')}.
`,
  ].join('\n');
}

const testVariables = [
  'CUEPOINT_REQUIRE_POSTGRES',
  'CUEPOINT_REQUIRE_REDIS',
  'CUEPOINT_REQUIRE_BROWSER',
  'CUEPOINT_SHARED_DIR',
];

/** The default by asking the schema, so that this page cannot say another one. */
function defaultOf(setting: DocumentedSetting): string {
  const parsed = setting.schema.safeParse(undefined);
  if (!parsed.success) throw new Error(`${setting.env} has no default: the product must start without it`);
  if (parsed.data === undefined) {
    const text = setting.defaultText ?? 'not set';
    return text.includes('<') ? code(text) : text;
  }
  return code(String(parsed.data));
}
