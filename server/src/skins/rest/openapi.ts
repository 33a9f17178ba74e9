import {
  type ErrorCode,
  errorCatalog,
  fieldShapes,
  type Operation,
  Problem,
  pipelineErrors,
} from '@cuepoint/contract';
import { z } from 'zod';
import { deliveryPaths } from './openapi-delivery.ts';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of every REST route, made from the operations themselves. */
export function openApiDocument(operations: readonly Operation[], publicUrl: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const rest = operation.rest;
    if (!rest) continue;
    for (const path of [rest.path, ...(rest.aliases ?? [])]) {
      const key = `/api${path.replace(/:([A-Za-z]+)/g, '{$1}')}`;
      paths[key] = { ...paths[key], [rest.method.toLowerCase()]: describe(operation, path) };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cuepoint',
      version: '0.1.0',
      description:
        'Ad operations for video and connected TV. Errors are RFC 9457 problem details with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    paths: { ...paths, ...deliveryPaths },
    components: {
      schemas: { Problem: schemaOf(Problem, 'output') },
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'API key' },
        session: { type: 'apiKey', in: 'cookie', name: 'cuepoint', description: 'browser session' },
      },
    },
  };
}

export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Json;
  delete json.$schema;
  return withoutIds(json) as Json;
}

/** `id` keys only name shared zod schemas; inlined they are no part of JSON Schema. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, entry]) => !(key === 'id' && entry === 'UploadedFile'));
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutIds(entry)]));
}

function describe(operation: Operation, path: string): Json {
  const rest = operation.rest!;
  const inPath = [...path.matchAll(/:([A-Za-z]+)/g)].map((match) => match[1]!);
  const fields = fieldShapes(operation.input);
  const shape = operation.input.shape as Record<string, z.ZodType>;
  const parameters: Json[] = inPath.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: schemaOf(shape[name]!, 'input'),
  }));
  const hasBody = rest.method !== 'GET' && rest.method !== 'DELETE';
  if (!hasBody) {
    for (const field of fields) {
      if (inPath.includes(field.name)) continue;
      parameters.push({
        name: field.name,
        in: 'query',
        required: field.required,
        description: field.description,
        schema: schemaOf(shape[field.name]!, 'input'),
      });
    }
  }
  if (operation.effect !== 'read') {
    parameters.push(header('Idempotency-Key', 'At most one effect for one key within 24 hours.', false));
    if (operation.dryRun)
      parameters.push(header('Dry-Run', '`true`: say what would happen, keep nothing, send nothing.', false));
    if (operation.versioned)
      parameters.push(header('If-Match', 'The version of the object you saw, e.g. "3".', true));
  }
  const status = rest.status ?? (operation.effect === 'create' ? 201 : 200);
  return {
    operationId: operation.id,
    tags: [operation.id.split('.')[0]],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(operation.permission === 'public'
      ? { security: [] }
      : { security: [{ apiKey: [] }, { session: [] }], 'x-permission': operation.permission }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(hasBody ? { requestBody: bodyOf(operation, inPath) } : {}),
    responses: {
      [String(status)]: {
        description: operation.longRunning ? 'Accepted; follow its status.' : 'Done.',
        content: { 'application/json': { schema: schemaOf(operation.output, 'output') } },
      },
      ...problemResponses(operation),
    },
  };
}

function bodyOf(operation: Operation, inPath: string[]): Json {
  const schema = schemaOf(operation.input, 'input');
  const properties = { ...(schema.properties as Json | undefined) };
  for (const name of inPath) delete properties[name];
  const upload = operation.rest?.upload;
  if (upload) properties[upload] = { type: 'string', format: 'binary' };
  const required = ((schema.required as string[] | undefined) ?? []).filter((name) => !inPath.includes(name));
  return {
    required: required.length > 0,
    content: {
      [upload ? 'multipart/form-data' : 'application/json']: {
        schema: { ...schema, properties, ...(required.length > 0 ? { required } : { required: undefined }) },
      },
    },
  };
}

function problemResponses(operation: Operation): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...operation.errors, ...pipelineErrors] as ErrorCode[]) {
    const { status } = errorCatalog[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${errorCatalog[code].title}`).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

function header(name: string, description: string, required: boolean): Json {
  return { name, in: 'header', required, description, schema: { type: 'string' } };
}
