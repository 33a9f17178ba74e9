import { createHash, timingSafeEqual } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { LogPosition } from '../../kernel/delivery-protocol.ts';
import { dumpDatabase } from './dump.ts';
import { encodeFrame } from './frames.ts';
import type { BackupDatabase } from './ports.ts';
import { recordBackup, recordVerified } from './records.ts';

/** Of the control plane; the public port forwards nothing below `/internal`. */
export const BACKUP_PATHS = {
  dump: '/internal/backup/database',
  made: '/internal/backup/made',
  verified: '/internal/backup/verified',
} as const;

export const MadeBackupBody = z.object({
  id: z.string(),
  takenAt: z.iso.datetime(),
  logPositions: z.record(z.string(), LogPosition),
});

export interface BackupRouteParts {
  database: BackupDatabase;
  /** Of the data directory's lock: whoever can read that file may. */
  token: string;
  now(): Date;
  onError(error: unknown): void;
}

/** For commands on this machine while the embedded database belongs to the server. */
export function registerBackupRoutes(app: FastifyInstance, parts: BackupRouteParts): void {
  const { database, now } = parts;
  const expected = digest(`Bearer ${parts.token}`);
  const allowed = (request: FastifyRequest, reply: FastifyReply): boolean => {
    reply.header('Cache-Control', 'no-store');
    return timingSafeEqual(digest(request.headers.authorization ?? ''), expected);
  };
  const refuse = (reply: FastifyReply) =>
    reply
      .code(401)
      .header('WWW-Authenticate', 'Bearer')
      .send({ detail: 'The local token is missing or wrong.' });

  app.get(BACKUP_PATHS.dump, async (request, reply) => {
    if (!allowed(request, reply)) return refuse(reply);
    const stream = new PassThrough({ highWaterMark: 1 << 20 });
    void dumpDatabase(database, now(), async (frame) => {
      if (!stream.write(encodeFrame(frame))) await drained(stream);
    }).then(
      () => stream.end(),
      (error: unknown) => {
        // The caller sees a stream without its end; the reason is told here.
        if (!stream.destroyed) parts.onError(error);
        stream.destroy();
      },
    );
    return reply.type('application/octet-stream').send(stream);
  });

  app.post(BACKUP_PATHS.made, async (request, reply) => {
    if (!allowed(request, reply)) return refuse(reply);
    await recordBackup(database, MadeBackupBody.parse(request.body));
    return reply.send({});
  });

  app.post(BACKUP_PATHS.verified, async (request, reply) => {
    if (!allowed(request, reply)) return refuse(reply);
    const { id } = z.object({ id: z.string() }).parse(request.body);
    return reply.send({ known: await recordVerified(database, id, now()) });
  });
}

/** @throws Error when whoever read it has gone: the transaction ends with it */
function drained(stream: PassThrough): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => {
      stream.off('drain', onDrain);
      reject(new Error('the backup was broken off by its reader'));
    };
    const onDrain = () => {
      stream.off('close', onClose);
      resolve();
    };
    if (stream.destroyed) return onClose();
    stream.once('drain', onDrain);
    stream.once('close', onClose);
  });
}

/** Digests have one length whatever was sent, so the comparison tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
