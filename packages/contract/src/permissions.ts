import { z } from 'zod';

export const roles = ['viewer', 'planner', 'trafficker', 'reviewer', 'admin', 'agent'] as const;
export type Role = (typeof roles)[number];
export const Role = z.enum(roles);

export const permissions = [
  'account:read',
  'account:administer',
  'audit:read',
  'governance:read',
  'governance:write',
  'campaigns:read',
  'campaigns:write',
  'creatives:read',
  'creatives:write',
  'creatives:review',
  'trafficking:read',
  'trafficking:write',
  'supply:read',
  'supply:write',
  'inventory:read',
  'inventory:write',
  'delivery:read',
  'reporting:read',
  'reporting:write',
  'billing:write',
  'demo:administer',
  'privacy:administer',
] as const;
export type Permission = (typeof permissions)[number];

const read: Permission[] = [
  'account:read',
  'governance:read',
  'campaigns:read',
  'creatives:read',
  'trafficking:read',
  'supply:read',
  'inventory:read',
  'delivery:read',
  'reporting:read',
];

/** What each role may do. Deny is the default: a permission not named here is refused. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  viewer: read,
  planner: [
    ...read,
    'governance:write',
    'campaigns:write',
    'creatives:write',
    'inventory:write',
    'supply:write',
    'reporting:write',
    'billing:write',
  ],
  trafficker: [
    ...read,
    'campaigns:write',
    'creatives:write',
    'trafficking:write',
    'inventory:write',
    'supply:write',
    'reporting:write',
    'audit:read',
  ],
  reviewer: [...read, 'creatives:review', 'reporting:write', 'audit:read'],
  admin: permissions,
  agent: [...read, 'campaigns:write', 'creatives:write', 'trafficking:write'],
};
