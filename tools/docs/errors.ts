import { type ErrorDefinition, exitCodeOf, type Operation } from '@cuepoint/contract';
import { code, generatedNote, table } from './markdown.ts';

export interface ErrorSources {
  /** Codes of the control plane. */
  catalog: Readonly<Record<string, ErrorDefinition>>;
  /** Codes the layer may answer for any operation. */
  pipeline: readonly string[];
  operations: readonly Operation[];
  /** Codes the delivery plane answers by itself. */
  delivery: Readonly<Record<string, ErrorDefinition>>;
  /** Text of the product's sources, searched for codes that a skin answers outside of any operation. */
  productText: string;
}

/** Everything wrong with the error table: missing remedies and codes that nothing answers. */
export function errorProblems(sources: ErrorSources): string[] {
  const problems: string[] = [];
  for (const [name, table] of Object.entries({ contract: sources.catalog, delivery: sources.delivery })) {
    for (const [errorCode, definition] of Object.entries(table)) {
      const where = `${errorCode} (${name})`;
      if (definition.remedy.trim().length < 5) problems.push(`${where} has no remedy`);
      if (definition.title.trim().length < 5) problems.push(`${where} has no title`);
      if (definition.status < 400 || definition.status > 599) problems.push(`${where} is no error status`);
    }
  }
  for (const errorCode of Object.keys(sources.catalog)) {
    if (usersOf(errorCode, sources).length === 0)
      problems.push(`${errorCode} is answered by nothing; remove it`);
  }
  return problems;
}

/** Who may answer a code, in words. */
function usersOf(errorCode: string, sources: ErrorSources): string[] {
  if (sources.pipeline.includes(errorCode)) return ['any operation'];
  const users = sources.operations
    .filter((operation) => (operation.errors as readonly string[]).includes(errorCode))
    .map((operation) => code(operation.id));
  if (errorCode in sources.delivery) users.push('delivery plane');
  if (users.length === 0 && sources.productText.includes(`'${errorCode}'`)) users.push('control plane');
  return users;
}

/** docs/errors.md: every public code with its status, exit code and what to do. */
export function errorsPage(sources: ErrorSources): string {
  const control = Object.entries(sources.catalog).sort(byCode);
  const delivery = Object.entries(sources.delivery).sort(byCode);
  return [
    generatedNote('the error tables of packages/contract and the delivery plane'),
    `# Errors

Every refusal is an RFC 9457 problem document: \`code\` is stable and for programs, \`detail\` says what happened,
\`remedy\` what to do, \`fields\` what is wrong with each field of the input. What belongs to another account is
answered like what does not exist.

## Control plane
`,
    table(
      ['code', 'status', 'exit', 'title', 'what to do', 'answered by'],
      control.map(([name, error]) => [
        code(name),
        String(error.status),
        String(exitCodeOf(error.status, name)),
        error.title,
        error.remedy,
        usersOf(name, sources).join(', '),
      ]),
    ),
    '\n## Delivery plane\n',
    table(
      ['code', 'status', 'title', 'what to do'],
      delivery.map(([name, error]) => [code(name), String(error.status), error.title, error.remedy]),
    ),
    '',
  ].join('\n');
}

const byCode = ([left]: [string, unknown], [right]: [string, unknown]): number =>
  left < right ? -1 : left > right ? 1 : 0;
