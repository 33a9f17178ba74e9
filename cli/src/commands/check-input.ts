import { ProblemError } from '@cuepoint/client';
import { type AnyOperation, fieldShapes } from '@cuepoint/contract';
import { AppError, describeIssues, toProblem } from '@cuepoint/server';
import { flagOf, kebab } from './flag-names.ts';

/**
 * What the server would refuse, said before anything is sent: the same schema, the same words.
 * @throws ProblemError input.invalid
 */
export function requireFittingInput(operation: AnyOperation, input: Record<string, unknown>): void {
  const checked = Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      // The server gets the file itself; here only its name is looked at.
      value instanceof Blob
        ? { fileName: (value as Blob & { name?: string }).name ?? 'file', path: '-' }
        : value,
    ]),
  );
  const result = operation.input.safeParse(checked);
  if (result.success) return;
  const shapes = fieldShapes(operation.input);
  const fields = describeIssues(result.error, checked).map((problem) => {
    const shape = shapes.find(({ name }) => name === problem.field);
    if (problem.message !== 'missing' || !shape) return problem;
    const isArgument =
      operation.cli &&
      'positional' in operation.cli &&
      operation.cli.positional?.includes(shape.name as never);
    const where = isArgument ? `<${kebab(shape.name)}>` : `--${flagOf(operation, shape.name)}`;
    const accepted = shape.choices.length > 0 ? `one of ${shape.choices.join(', ')}` : shape.description;
    return { ...problem, message: `missing: give ${where}`, ...(accepted ? { accepted } : {}) };
  });
  const detail = fields.map(({ field, message }) => `${field}: ${message}`).join('; ');
  const { requestId: _, ...problem } = toProblem(new AppError('input.invalid', detail, { fields }), '');
  throw new ProblemError(problem);
}
