import { z } from 'zod';
import { Instant, stored } from './common.ts';
import { AccountId, ApiKeyId, UserId } from './ids.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';
import { permissions, Role } from './permissions.ts';

export const AccountSummary = z.object({ id: AccountId, name: z.string(), role: Role });
export const Profile = z.object({
  userId: UserId.nullable(),
  email: z.string().nullable(),
  displayName: z.string(),
  account: AccountSummary,
  accounts: z.array(AccountSummary),
  permissions: z.array(z.string()),
  via: z.enum(['session', 'api_key', 'local']),
  sessionExpiresAt: Instant.nullable(),
});
export type Profile = z.infer<typeof Profile>;

export const User = z.object({
  id: UserId,
  email: z.string(),
  displayName: z.string(),
  role: Role,
  disabled: z.boolean(),
  lastSignInAt: Instant.nullable(),
  ...stored,
});
export type User = z.infer<typeof User>;

export const ApiKey = z.object({
  id: ApiKeyId,
  name: z.string(),
  prefix: z.string(),
  role: Role,
  scopes: z.array(z.string()),
  expiresAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
  revokedAt: Instant.nullable(),
  ...stored,
});
export type ApiKey = z.infer<typeof ApiKey>;

export const AuditRecord = z.object({
  id: z.string(),
  at: Instant,
  actor: z.object({
    kind: z.enum(['user', 'api_key', 'agent', 'system', 'local']),
    id: z.string(),
    name: z.string(),
  }),
  operation: z.string(),
  entity: z.object({ kind: z.string(), id: z.string() }),
  change: z.enum(['created', 'updated', 'deleted', 'noted']),
  /** One entry a changed field, with both values: the difference and its inverse in one. */
  fields: z.array(
    z.object({ field: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
  ),
  reason: z.string().nullable(),
  requestId: z.string(),
});
export type AuditRecord = z.infer<typeof AuditRecord>;

const Email = z.email('expected an e-mail address').max(254);
const Password = z.string().min(12, 'expected at least 12 characters').max(200);

export const signIn = defineOperation({
  id: 'accounts.signIn',
  summary: 'Sign in with e-mail and password',
  effect: 'update',
  permission: 'public',
  input: z.strictObject({ email: Email, password: z.string().min(1).max(200) }),
  output: Profile,
  errors: ['auth.invalid', 'rate.limited'],
  unaudited: true,
  rest: { method: 'POST', path: '/v1/auth/login' },
});

export const signInWithLink = defineOperation({
  id: 'accounts.signInWithLink',
  summary: 'Sign in with a one-time link',
  effect: 'update',
  permission: 'public',
  input: z.strictObject({ token: z.string().min(20).max(200) }),
  output: Profile,
  errors: ['auth.link_expired'],
  unaudited: true,
  rest: { method: 'POST', path: '/v1/auth/link' },
});

export const signOut = defineOperation({
  id: 'accounts.signOut',
  summary: 'End this session',
  effect: 'update',
  permission: 'public',
  input: z.strictObject({}),
  output: z.object({ signedOut: z.literal(true) }),
  errors: [],
  unaudited: true,
  rest: { method: 'POST', path: '/v1/auth/logout' },
});

export const getProfile = defineOperation({
  id: 'accounts.getProfile',
  summary: 'Who am I, in which account, and what may I do',
  effect: 'read',
  permission: 'member',
  input: z.strictObject({}),
  output: Profile,
  errors: [],
  rest: { method: 'GET', path: '/v1/auth/profile' },
  cli: { command: 'profile' },
});

export const createSignInLink = defineOperation({
  id: 'accounts.createSignInLink',
  summary: 'Make a one-time sign-in link for a member',
  effect: 'create',
  permission: 'account:administer',
  input: z.strictObject({ email: Email.optional().meta({ description: 'the member; default yourself' }) }),
  output: z.object({ url: z.string(), expiresAt: Instant, email: z.string() }),
  errors: ['user.not_found'],
  rest: { method: 'POST', path: '/v1/auth/sign-in-links' },
  cli: { command: 'sign-in-link' },
});

export const listUsers = defineOperation({
  id: 'accounts.listUsers',
  summary: 'Members of the account',
  effect: 'read',
  permission: 'account:administer',
  input: z.strictObject({ ...pageInput }),
  output: pageOf(User),
  errors: [],
  rest: { method: 'GET', path: '/v1/users' },
  cli: { command: 'users list' },
});

export const createUser = defineOperation({
  id: 'accounts.createUser',
  summary: 'Add a member with a role',
  effect: 'create',
  permission: 'account:administer',
  dryRun: true,
  input: z.strictObject({
    email: Email,
    displayName: z.string().min(1).max(120),
    role: Role,
    password: Password.optional().meta({ description: 'without one, the member signs in by link' }),
  }),
  output: User,
  errors: ['user.exists'],
  rest: { method: 'POST', path: '/v1/users' },
  cli: { command: 'users create', positional: ['email'] },
});

export const updateUser = defineOperation({
  id: 'accounts.updateUser',
  summary: 'Change the role of a member, or disable them',
  effect: 'update',
  permission: 'account:administer',
  versioned: true,
  dryRun: true,
  input: z.strictObject({ userId: UserId, role: Role.optional(), disabled: z.boolean().optional() }),
  output: User,
  errors: ['user.not_found', 'user.last_admin'],
  rest: { method: 'PATCH', path: '/v1/users/:userId' },
  cli: { command: 'users update', positional: ['userId'] },
});

export const createApiKey = defineOperation({
  id: 'accounts.createApiKey',
  summary: 'Make an API key; the secret is shown once',
  effect: 'create',
  permission: 'account:administer',
  input: z.strictObject({
    name: z.string().min(1).max(120),
    role: Role,
    scopes: z
      .array(z.enum(permissions))
      .max(50)
      .default([])
      .meta({ description: 'narrow the role to these permissions; empty = all of the role' }),
    expiresInDays: z.coerce.number().int().min(1).max(730).default(90),
  }),
  output: z.object({ apiKey: ApiKey, secret: z.string() }),
  errors: [],
  rest: { method: 'POST', path: '/v1/api-keys' },
  cli: { command: 'api-keys create', positional: ['name'] },
});

export const listApiKeys = defineOperation({
  id: 'accounts.listApiKeys',
  summary: 'API keys of the account, without their secrets',
  effect: 'read',
  permission: 'account:administer',
  input: z.strictObject({ ...pageInput }),
  output: pageOf(ApiKey),
  errors: [],
  rest: { method: 'GET', path: '/v1/api-keys' },
  cli: { command: 'api-keys list' },
});

export const revokeApiKey = defineOperation({
  id: 'accounts.revokeApiKey',
  summary: 'Revoke an API key at once',
  effect: 'delete',
  permission: 'account:administer',
  input: z.strictObject({ apiKeyId: ApiKeyId }),
  output: ApiKey,
  errors: ['api_key.not_found'],
  rest: { method: 'DELETE', path: '/v1/api-keys/:apiKeyId' },
  cli: { command: 'api-keys revoke', positional: ['apiKeyId'] },
});

export const listAudit = defineOperation({
  id: 'accounts.listAudit',
  summary: 'The audit trail: who changed what, when, and from what',
  effect: 'read',
  permission: 'audit:read',
  input: z.strictObject({
    ...pageInput,
    entityId: z.string().max(80).optional().meta({ description: 'only records of this object' }),
    operation: z.string().max(80).optional(),
  }),
  output: pageOf(AuditRecord),
  errors: [],
  rest: { method: 'GET', path: '/v1/audit' },
  cli: { command: 'audit list' },
  mcp: { tool: 'list_audit', guidance: 'Call to see who changed an object and what it was before.' },
});

export const accountsOperations = [
  signIn,
  signInWithLink,
  signOut,
  getProfile,
  createSignInLink,
  listUsers,
  createUser,
  updateUser,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  listAudit,
] as const;
