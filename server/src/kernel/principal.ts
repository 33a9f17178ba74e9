import { type Permission, type Role, rolePermissions } from '@cuepoint/contract';

/** Who asks, in which account, with which permissions. */
export interface Principal {
  kind: 'user' | 'api_key' | 'agent' | 'system' | 'local' | 'anonymous';
  id: string;
  name: string;
  accountId: string | null;
  role: Role | null;
  permissions: ReadonlySet<Permission>;
  /** Permissions that a person named one by one for this key; an agent acts only within them. */
  granted?: ReadonlySet<Permission>;
  /** Of a browser session: the hash of its token. */
  sessionId?: string;
  sessionExpiresAt?: Date;
}

export const anonymous: Principal = {
  kind: 'anonymous',
  id: 'anonymous',
  name: 'nobody',
  accountId: null,
  role: null,
  permissions: new Set(),
};

/** Permissions of a role, narrowed by scopes when there are any. */
export function permissionsOf(role: Role, scopes: readonly string[] = []): ReadonlySet<Permission> {
  const all = rolePermissions[role];
  return new Set(scopes.length === 0 ? all : all.filter((permission) => scopes.includes(permission)));
}

/** The product itself acting for an account: a job, the demo loader. */
export function systemPrincipal(accountId: string, name: string): Principal {
  return {
    kind: 'system',
    id: `system:${name}`,
    name,
    accountId,
    role: 'admin',
    permissions: permissionsOf('admin'),
  };
}
