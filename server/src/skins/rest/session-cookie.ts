import type { FastifyReply, FastifyRequest } from 'fastify';

export interface SessionCookies {
  read(request: FastifyRequest): string | null;
  set(reply: FastifyReply, token: string, expiresAt: Date): void;
  clear(reply: FastifyReply): void;
}

/**
 * The session lives in an httpOnly cookie. Served over https it is a `__Host-`
 * cookie; plain http, which only a local installation uses, cannot carry one.
 */
export function sessionCookies(secure: boolean): SessionCookies {
  const name = secure ? '__Host-cuepoint' : 'cuepoint';
  const base = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  return {
    read: (request) => request.cookies[name] ?? null,
    set: (reply, token, expiresAt) => {
      reply.setCookie(name, token, { ...base, expires: expiresAt });
    },
    clear: (reply) => {
      reply.clearCookie(name, base);
    },
  };
}
