import { type FieldShape, fieldShapes, type Operation, pipelineErrors } from '@cuepoint/contract';
import { code, generatedNote, table } from './markdown.ts';

const intro = `# Operations

Every capability of the control plane, defined once in \`packages/contract\` and served through the skins it names.
REST paths are below the public address; the same description as data is \`/api/openapi.json\`. Ads and their events
do not pass through here: see [protocols/delivery.md](protocols/delivery.md).

Whatever an operation declares, the layer itself may answer: ${pipelineErrors.map(code).join(', ')}.
A change takes an \`Idempotency-Key\`; *versioned* wants \`If-Match\`; *dry run* can be asked what it would do.
`;

/** docs/operations.md: the whole public surface, so that every change of it shows in review. */
export function operationsPage(operations: readonly Operation[]): string {
  const modules = [...new Set(operations.map(moduleOf))];
  const summary = table(
    ['operation', 'REST', 'command', 'tool'],
    operations.map((operation) => [
      `[${operation.id}](#${anchor(operation.id)})`,
      operation.rest ? code(`${operation.rest.method} /api${operation.rest.path}`) : '',
      operation.cli ? code(operation.cli.command) : '',
      operation.mcp ? code(operation.mcp.tool) : '',
    ]),
  );
  const sections = modules.map((name) => {
    const own = operations.filter((operation) => moduleOf(operation) === name);
    return `## ${name}\n\n${own.map(section).join('\n')}`;
  });
  return [generatedNote('packages/contract'), intro, summary, '', ...sections].join('\n');
}

const moduleOf = (operation: Operation): string => operation.id.split('.')[0]!;
const anchor = (id: string): string => id.toLowerCase().replaceAll('.', '');

function section(operation: Operation): string {
  const { rest, cli, mcp } = operation;
  const lines = [`### ${operation.id}`, '', `${operation.summary}.`, ''];
  if (operation.description !== undefined) lines.push(operation.description, '');
  if (rest) {
    const status = rest.status ?? (operation.effect === 'create' ? 201 : 200);
    const more = (rest.aliases ?? []).map((path) => `, also ${code(`/api${path}`)}`).join('');
    lines.push(`- REST: ${code(`${rest.method} /api${rest.path}`)}${more}, answers ${status}`);
  }
  if (cli) lines.push(`- Command: ${code(commandLine(operation))}`);
  if (mcp) lines.push(`- Tool: ${code(mcp.tool)}. ${mcp.guidance}`);
  lines.push(`- Effect: ${[operation.effect, ...traits(operation)].join(', ')}`);
  lines.push(`- Permission: ${operation.permission}`);
  if (operation.errors.length > 0) lines.push(`- Errors: ${operation.errors.map(code).join(', ')}`);
  const fields = fieldShapes(operation.input);
  if (fields.length > 0) lines.push('', fieldTable(fields));
  return `${lines.join('\n')}\n`;
}

function traits(operation: Operation): string[] {
  return [
    ...(operation.versioned ? ['versioned'] : []),
    ...(operation.dryRun ? ['dry run'] : []),
    ...(operation.longRunning ? ['answers a job'] : []),
    ...(operation.partial ? ['some items may fail'] : []),
    ...(operation.unaudited ? ['not in the audit trail'] : []),
  ];
}

/** Renamed flags only; every other field is a flag of its own name. */
function commandLine({ cli }: Operation): string {
  const positional = (cli?.positional ?? []).map((name) => `<${name}>`);
  const flags = Object.entries(cli?.flags ?? {}).map(([field, flag]) => `[--${flag} <${field}>]`);
  return ['cuepoint', cli?.command, ...positional, ...flags].join(' ');
}

function fieldTable(fields: readonly FieldShape[]): string {
  return table(
    ['field', 'takes', 'needed', 'meaning'],
    fields.map((field) => [
      code(field.name),
      field.choices.length > 0 ? `${field.kind}: ${field.choices.map(code).join(' ')}` : field.kind,
      field.required
        ? 'yes'
        : field.defaultValue === undefined
          ? 'no'
          : `default ${shown(field.defaultValue)}`,
      field.description,
    ]),
  );
}

const shown = (value: unknown): string => code(typeof value === 'string' ? value : JSON.stringify(value));
