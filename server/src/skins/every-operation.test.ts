import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { callOperation, ProblemError } from '@cuepoint/client';
import {
  type AnyOperation,
  type CallOptions,
  errorCatalog,
  fieldShapes,
  fromText,
  type Operation,
  operations,
  type Permission,
  type Problem,
  rolePermissions,
  roles,
} from '@cuepoint/contract';
import { locateTools } from '@cuepoint/media';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError, toProblem } from '../kernel/app-error.ts';
import { type ControlApp, startControlApp } from '../testing/control-app.ts';
import { operationCases, rightOptions } from '../testing/operation-cases.ts';
import { type TenantObjects, tenantObjects } from '../testing/tenant-objects.ts';
import { createLocalCaller } from './local/caller.ts';

type Input = Record<string, unknown>;
interface Answer {
  output: unknown;
  problem: Problem | null;
  status: number;
  headers: Headers;
}

let app: ControlApp;
let mine: TenantObjects;
let theirs: TenantObjects;
let mcp: Client;
let openApi: { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> };
const folder = mkdtempSync(join(tmpdir(), 'every-operation-'));
const video = join(folder, 'video.mp4');
/** Keys of the role admin whose scopes name one permission each. */
const scoped: Partial<Record<Permission, string>> = {};

beforeAll(async () => {
  const { ffmpeg } = await locateTools({ pathVariable: process.env.PATH });
  const source = 'testsrc=size=320x180:rate=25:duration=1';
  await promisify(execFile)(ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', source, '-y', video]);
  app = await startControlApp();
  mine = tenantObjects(app, 0);
  theirs = tenantObjects(app, 1);
  for (const scope of ['audit:read', 'account:read'] as const) {
    const made = await app.tenants[0].caller.call('accounts.createApiKey', {
      name: scope,
      role: 'admin',
      scopes: [scope],
    });
    scoped[scope] = (made.output as { secret: string }).secret;
  }
  mcp = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(`${app.origin}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${app.tenants[0].keys.admin}` } },
  });
  await mcp.connect(transport as Parameters<typeof mcp.connect>[0]);
  openApi = (await (await fetch(`${app.origin}/api/openapi.json`)).json()) as typeof openApi;
});
afterAll(async () => {
  await mcp?.close();
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Over HTTP with the typed client; a refusal is an answer too. */
async function rest(
  operation: Operation,
  input: Input,
  options: CallOptions & { token?: string | null } = {},
): Promise<Answer> {
  const { token = app.tenants[0].keys.admin, ...call } = options;
  let seen: Response | undefined;
  const spy: typeof fetch = async (...args) => {
    seen = await fetch(...args);
    return seen;
  };
  const target = { origin: app.origin, fetch: spy, ...(token === null ? {} : { token }) };
  try {
    const output = await callOperation(operation as AnyOperation, withBlob(operation, input), call, target);
    return { output, problem: null, status: seen!.status, headers: seen!.headers };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { output: null, problem: error.problem, status: seen!.status, headers: seen!.headers };
  }
}

function withBlob(operation: Operation, input: Input): Input {
  const field = operation.rest?.upload;
  if (!field) return input;
  return {
    ...input,
    [field]: Object.assign(new Blob([new Uint8Array(readFileSync(video))]), { name: 'video.mp4' }),
  };
}

/** As the command line does: every value is text first. */
function command(operation: Operation, input: Input, options: CallOptions): Promise<Answer> {
  const text: Input = {};
  for (const { name, kind } of fieldShapes(operation.input)) {
    const value = input[name];
    if (value === undefined) continue;
    const textOf = (one: unknown) => (typeof one === 'object' ? JSON.stringify(one) : String(one));
    if (kind === 'file') text[name] = value;
    else if (Array.isArray(value)) text[name] = value.map(textOf);
    else text[name] = kind === 'boolean' ? value : textOf(value);
  }
  return rest(operation, fromText(operation.input, text), options);
}

async function local(operation: Operation, input: Input, options: CallOptions): Promise<Answer> {
  const principal = await app.plane.authenticate({
    session: null,
    bearer: app.tenants[0].keys.admin,
    clientAddress: '127.0.0.1',
  });
  const caller = createLocalCaller(
    app.plane.pipeline,
    { next: () => '', request: app.plane.newRequestId },
    principal,
  );
  const given = { ...input };
  if (operation.rest?.upload) {
    const path = join(folder, `${Math.random()}.mp4`);
    copyFileSync(video, path);
    given[operation.rest.upload] = { fileName: 'video.mp4', path };
  }
  try {
    const { output } = await caller.call(operation.id, given, options);
    return {
      output: JSON.parse(JSON.stringify(output)),
      problem: null,
      status: 200,
      headers: new Headers(),
    };
  } catch (error) {
    if (!AppError.is(error)) throw error;
    const problem = toProblem(error, '');
    return { output: null, problem, status: problem.status, headers: new Headers() };
  }
}

async function tool(operation: Operation, input: Input, options: CallOptions): Promise<Answer> {
  const result = await mcp.callTool({
    name: operation.mcp!.tool,
    arguments: { ...input, ...options },
  });
  const text = JSON.parse((result.content as Array<{ text: string }>)[0]!.text) as unknown;
  if (result.isError) {
    const problem = text as Problem;
    return { output: null, problem, status: problem.status, headers: new Headers() };
  }
  expect(result.structuredContent).toEqual(text);
  return { output: text, problem: null, status: 200, headers: new Headers() };
}

/** What differs between two right calls: ids, instants, secrets, signatures. */
function comparable(value: unknown): unknown {
  if (typeof value === 'string') {
    return (
      value
        .replace(/\/files\/[^\s"<>]+/g, '/files/…')
        .replace(/\b([a-z]{2,3})_[0-9a-z]{20}\b/g, '$1_*')
        .replace(/\b(cp[lk])_[A-Za-z0-9_-]+/g, '$1_*')
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>')
        // A debug token: its expiry, and the signature over it.
        .replace(/^(k\d+\.acc_\*)\.[0-9a-z]{6}\.[A-Za-z0-9_-]{32}$/, '$1.<expiry>.<tag>')
        .replace(/\b[0-9a-f]{64}\b/g, '<hash>')
        .replace(/-[0-9a-hjkmnp-tv-z]{10}\b/g, '-<key>')
        // The number that makes names of this file differ; behind the keys, which may hold the like by chance.
        .replace(/q\d+q/gi, 'Q#Q')
        .replace(/(https?:[^\s"<>]*?)\?[^\s"<>]*/g, '$1?…')
    );
  }
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, comparable(entry)]));
}

/** One query for all tables: asked for hundreds of times, one table at a time is most of what this file costs. */
let fingerprintQuery: string | undefined;

/** Rows of every table that a call could have left behind, without those that reading touches. */
async function fingerprint(): Promise<Record<string, string>> {
  if (fingerprintQuery === undefined) {
    const { rows: tables } = await app.database.ownerQuery(
      `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
         AND c.relname NOT IN ('api_key') ORDER BY 1`,
    );
    fingerprintQuery = [
      `SELECT 'jobs' AS name, count(*)::text AS print FROM cuepoint_jobs.job`,
      ...(tables as Array<{ name: string }>).map(
        ({ name }) =>
          `SELECT '${name}', count(*)::text || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM "${name}" t`,
      ),
    ].join(' UNION ALL ');
  }
  const { rows } = await app.database.ownerQuery(fingerprintQuery);
  return Object.fromEntries(rows.map(({ name, print }) => [String(name), String(print)]));
}

const declared = operations as readonly Operation[];
const refusedAlways: Readonly<Record<string, string>> = {
  'accounts.signIn': 'auth.invalid',
  'accounts.signInWithLink': 'auth.link_expired',
  'delivery.explainDecision': 'delivery.unavailable',
  'delivery.previewDecision': 'delivery.unavailable',
  'delivery.listDecisions': 'delivery.unavailable',
  'delivery.getDelivery': 'delivery.unavailable',
  'events.getDecisionTimeline': 'delivery.unavailable',
  'events.queryEvents': 'archive.off',
};
const at = (operation: Operation) => `/api${operation.rest!.path.replace(/:(\w+)/g, '{$1}')}`;

it('has a case for every operation and no other', () => {
  expect(Object.keys(operationCases).sort()).toEqual(declared.map(({ id }) => id).sort());
});

describe.each(declared.map((operation) => [operation.id, operation] as const))('%s', (id, operation) => {
  const entry = operationCases[id]!;
  const options = rightOptions(entry);
  const changes = operation.effect !== 'read';
  let kept: Promise<Input> | undefined;
  /** A right input for calls that change nothing: reads, refusals and dry runs. Made once; what they ask about stays. */
  const unchanged = (): Promise<Input> => {
    kept ??= Promise.resolve(entry.input(mine));
    return kept;
  };
  const path = operation.rest!;
  const expectProblem = (answer: Answer, code: keyof typeof errorCatalog) => {
    expect(answer.problem?.code, answer.problem?.detail).toBe(code);
    expect(answer.status).toBe(errorCatalog[code].status);
  };

  it('answers the same through every skin it declares', async () => {
    const shared = changes ? null : await unchanged();
    const skins: Array<[string, (input: Input) => Promise<Answer>]> = [
      ['local', (input) => local(operation, input, options)],
      ['rest', (input) => rest(operation, input, options)],
    ];
    if (operation.cli) skins.push(['cli', (input) => command(operation, input, options)]);
    if (operation.mcp) skins.push(['mcp', (input) => tool(operation, input, options)]);
    const answers: Array<[string, unknown]> = [];
    for (const [name, call] of skins) {
      const answer = await call(shared ?? (await entry.input(mine)));
      if (refusedAlways[id] !== undefined) expect(answer.problem?.code).toBe(refusedAlways[id]);
      else expect(answer.problem, `${name}: ${JSON.stringify(answer.problem)}`).toBeNull();
      answers.push([name, comparable(answer.output ?? answer.problem?.detail)]);
    }
    for (const [name, value] of answers.slice(1)) expect(value, name).toEqual(answers[0]![1]);
  });

  it('is described in OpenAPI as it answers', async () => {
    const document = openApi.paths[at(operation)]?.[path.method.toLowerCase()];
    expect(document).toBeDefined();
    const answer = await rest(operation, await (changes ? entry.input(mine) : unchanged()), options);
    const described = document!.responses[String(answer.status)] as {
      content: Record<string, { schema: object }>;
    };
    expect(described, `status ${answer.status}`).toBeDefined();
    if (answer.problem) {
      expect(Object.keys(described.content)).toEqual(['application/problem+json']);
      return;
    }
    const schema = z.fromJSONSchema(described.content['application/json']!.schema as never);
    const checked = schema.safeParse(answer.output);
    expect(checked.error?.issues ?? []).toEqual([]);
  });

  it('refuses an unknown field by its name', async () => {
    const extra = { accountId: app.tenants[1].accountId, approvedBy: 'me', spentMicros: 0 };
    const answer = await rest(operation, { ...(await unchanged()), ...extra }, options);
    expectProblem(answer, 'input.invalid');
    const named = answer.problem!.fields!.map(({ field }) => field);
    for (const field of Object.keys(extra)) expect(named).toContain(field);
  });

  if (operation.permission !== 'public') {
    it('is refused to nobody, to a wrong key and to a right that does not cover it', async () => {
      const input = await unchanged();
      expectProblem(await rest(operation, input, { ...options, token: null }), 'auth.required');
      expectProblem(
        await rest(operation, input, { ...options, token: `cpk_${'A'.repeat(49)}` }),
        'auth.required',
      );
      if (operation.permission === 'member') return;
      const needed = operation.permission as Permission;
      const other = needed === 'audit:read' ? scoped['account:read'] : scoped['audit:read'];
      expectProblem(await rest(operation, input, { ...options, token: other! }), 'auth.forbidden');
      for (const role of roles.filter((name) => !rolePermissions[name].includes(needed))) {
        const answer = await rest(operation, input, { ...options, token: app.tenants[0].keys[role] });
        expectProblem(answer, 'auth.forbidden');
      }
    });
  }

  for (const [field, code] of Object.entries(entry.foreign ?? {})) {
    it(`does not know the ${field} of another account`, async () => {
      const own = await unchanged();
      const foreign = await entry.input(theirs);
      const answer = await rest(operation, { ...own, [field]: foreign[field] }, options);
      expectProblem(answer, code as keyof typeof errorCatalog);
    });
  }

  it('has an answer for every id field of another account', () => {
    const ids = fieldShapes(operation.input).filter(({ name, required }) => required && /Id$/.test(name));
    for (const { name } of ids) expect(Object.keys(entry.foreign ?? {}), name).toContain(name);
  });

  if (operation.versioned) {
    it('asks for the version seen, and refuses an old one', async () => {
      expectProblem(await rest(operation, await unchanged()), 'version.required');
      const stale = await rest(operation, await unchanged(), { ifMatch: 99 });
      expectProblem(stale, 'version.conflict');
      expect(stale.problem!.details).toEqual({ seen: 99, current: entry.version });
    });
  }

  if (changes) {
    it(operation.dryRun ? 'keeps nothing of a dry run' : 'says that it cannot be tried', async () => {
      const input = await unchanged();
      const before = await fingerprint();
      const answer = await rest(operation, input, { ...options, dryRun: true });
      if (operation.dryRun) {
        expect(answer.problem).toBeNull();
        expect(answer.headers.get('dry-run')).toBe('true');
        expect(answer.status).toBe(200);
      } else {
        expectProblem(answer, 'input.invalid');
        expect(answer.problem!.fields![0]!.field).toBe('dryRun');
      }
      expect(await fingerprint()).toEqual(before);
    });
  }

  if (changes && refusedAlways[id] === undefined) {
    it('has one effect for one idempotency key', async () => {
      const input = await entry.input(mine);
      const idempotencyKey = `key-${id}`;
      const first = await rest(operation, input, { ...options, idempotencyKey });
      expect(first.problem).toBeNull();
      const before = await fingerprint();
      const again = await rest(operation, input, { ...options, idempotencyKey });
      if (entry.secret) expectProblem(again, 'idempotency.answer_withheld');
      else {
        expect(again.output).toEqual(first.output);
        expect(again.status).toBe(first.status);
        expect(again.headers.get('idempotency-replayed')).toBe('true');
      }
      if (!operation.rest!.upload) expect(await fingerprint()).toEqual(before);
    });
  }

  if (changes && !operation.unaudited) {
    it('leaves what it changed in the audit trail', async () => {
      const answer = await rest(operation, await entry.input(mine), options);
      expect(answer.problem).toBeNull();
      const { rows } = await app.database.ownerQuery(
        'SELECT account_id, operation, actor_kind, change, fields FROM audit_record WHERE request_id = $1',
        [answer.headers.get('x-request-id')],
      );
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(row).toMatchObject({
          account_id: app.tenants[0].accountId,
          operation: id,
          actor_kind: 'api_key',
        });
        const fields = row.fields as Array<{ field: string; before?: unknown; after?: unknown }>;
        if (row.change !== 'noted') expect(fields.length).toBeGreaterThan(0);
        for (const field of fields) expect(field.before).not.toEqual(field.after);
      }
    });
  }
});

it('reported no fault', () => {
  expect(app.faults).toEqual([]);
});
