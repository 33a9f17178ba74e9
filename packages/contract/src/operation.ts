import { z } from 'zod';
import type { Permission } from './permissions.ts';
import type { ErrorCode } from './problem.ts';

/** What an operation does to the world; drives HTTP status, MCP hints and the agent gate. */
export type Effect = 'read' | 'create' | 'update' | 'delete';

export interface RestSkin {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api, e.g. /v1/campaigns/:campaignId. Every :name is a field of the input. */
  path: string;
  /** Success status; default 200, or 201 for create. */
  status?: number;
  /** The field of the input that arrives as a file of a multipart body. */
  upload?: string;
  /** The answer is a file (`fileName`, `mediaType`, `encoding`, `content`): sent as such to who asks `?download=true`. */
  download?: boolean;
  /** Further paths that answer the same. */
  aliases?: readonly string[];
}

export interface CliSkin {
  /** Words after `cuepoint`, e.g. "campaigns list". */
  command: string;
  positional?: readonly string[];
  /** Short names and spellings: input field -> flag, e.g. {placementKind: 'placement'}. */
  flags?: Readonly<Record<string, string>>;
}

export interface McpSkin {
  tool: string;
  /** When an agent should call it, in one or two sentences. */
  guidance: string;
}

export interface Operation<
  I extends z.ZodObject = z.ZodObject,
  O extends z.ZodType = z.ZodType,
  E extends ErrorCode = ErrorCode,
> {
  readonly id: string;
  readonly summary: string;
  /** When to use it and what it promises, where the summary cannot say it: documents, OpenAPI, `--help`. */
  readonly description?: string;
  readonly effect: Effect;
  /** `public` needs no sign-in; `member` any signed-in principal. */
  readonly permission: Permission | 'public' | 'member';
  readonly input: I;
  readonly output: O;
  readonly errors: readonly E[];
  /** The caller must say which version it saw (If-Match). */
  readonly versioned?: boolean;
  /** Can be asked what it would do: nothing is kept, nothing goes out. */
  readonly dryRun?: boolean;
  /** The answer is a job to follow. */
  readonly longRunning?: boolean;
  /** Some items may fail while others succeed; the output has `results[].ok`. */
  readonly partial?: boolean;
  /** Changes no audited state (sign-in and the like keep their own record). */
  readonly unaudited?: boolean;
  readonly rest?: RestSkin;
  readonly cli?: CliSkin;
  readonly mcp?: McpSkin;
}

export type InputOf<T> = T extends Operation<infer I, z.ZodType, ErrorCode> ? z.input<I> : never;
export type ParsedInputOf<T> = T extends Operation<infer I, z.ZodType, ErrorCode> ? z.output<I> : never;
export type OutputOf<T> = T extends Operation<z.ZodObject, infer O, ErrorCode> ? z.output<O> : never;
export type ErrorsOf<T> = T extends Operation<z.ZodObject, z.ZodType, infer E> ? E : never;

/** What a caller may say beside the input, whatever the skin. */
export interface CallOptions {
  /** At most one effect for one key, 24 h. */
  idempotencyKey?: string;
  /** The row version the caller saw. */
  ifMatch?: number;
  dryRun?: boolean;
}

/**
 * Declares an operation and checks the declaration when the module loads, so
 * that a slip is a start-up error and not a wrong route.
 * @throws Error naming the operation and what is wrong with it.
 */
export function defineOperation<
  const Id extends string,
  const I extends z.ZodObject,
  const O extends z.ZodType,
  const E extends ErrorCode = never,
>(operation: Operation<I, O, E> & { readonly id: Id }): Operation<I, O, E> & { readonly id: Id } {
  const fail = (why: string): never => {
    throw new Error(`operation ${operation.id}: ${why}`);
  };
  if (!/^[a-z]+(?:[A-Z][a-z]+)*\.[a-z][A-Za-z]+$/.test(operation.id)) fail('id must be module.verbNoun');
  const fields = Object.keys(operation.input.shape);
  for (const path of operation.rest ? [operation.rest.path, ...(operation.rest.aliases ?? [])] : []) {
    for (const match of path.matchAll(/:([A-Za-z]+)/g)) {
      if (!fields.includes(match[1]!)) fail(`path parameter ${match[1]} is no field of the input`);
    }
    if (!path.startsWith('/v1/')) fail(`path ${path} must start with /v1/`);
  }
  for (const field of operation.cli?.positional ?? []) {
    if (!fields.includes(field)) fail(`positional ${field} is no field of the input`);
  }
  for (const field of Object.keys(operation.cli?.flags ?? {})) {
    if (!fields.includes(field)) fail(`flag of ${field}, which is no field of the input`);
  }
  if (operation.rest?.method === 'GET' && operation.effect !== 'read') fail('GET must not change anything');
  if (operation.rest?.upload && !fields.includes(operation.rest.upload)) fail('upload names no field');
  return Object.freeze(operation);
}

/** A file on its way in. The skin that received it wrote it to a private place first. */
export const UploadedFile = z
  .object({
    fileName: z.string().min(1).max(255),
    path: z.string().min(1),
    /** Of the content, when the skin that received it knows it: tells a repeated upload from another one. */
    sha256: z.string().optional(),
  })
  .meta({ id: 'UploadedFile', description: 'binary file, multipart field' });
export type UploadedFile = z.infer<typeof UploadedFile>;
