import { randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Answer, type Asked, jsonObject } from '../http.ts';
import type { PlatformContext } from '../platform.ts';
import type { AmazonSettings } from './settings.ts';

export interface VideoAsset {
  assetId: string;
  version: string;
  name: string;
  sizeBytes: number;
}

interface Upload {
  token: string;
  fileName: string;
  expiresAtMs: number;
  sizeBytes: number | null;
}

/** Creative assets: an upload address for 15 minutes, bytes put there, then registered. */
export interface AssetDesk {
  handle(asked: Asked): Promise<Answer | undefined>;
  has(assetId: string, version: string): boolean;
  restore(asset: VideoAsset): void;
  state(): VideoAsset[];
  clear(): void;
}

const message = (status: number, text: string): Answer => ({ status, json: { message: text } });

export function createAssetDesk(context: PlatformContext, settings: AmazonSettings): AssetDesk {
  const { clock, journal } = context;
  const directory = path.join(context.dataDir, 'amazon-uploads');
  mkdirSync(directory, { recursive: true });
  const uploads = new Map<string, Upload>();
  const assets = new Map<string, VideoAsset>();
  const fileOf = (token: string) => path.join(directory, token);

  async function upload(asked: Asked): Promise<Answer> {
    const body = await jsonObject(asked);
    const fileName = body?.fileName ?? body?.filename;
    if (typeof fileName !== 'string' || !/^[\w.-]+\.(mp4|mov|wmv|avi|jpg|png)$/.test(fileName)) {
      return message(400, 'fileName with an extension such as .mp4 is required');
    }
    const token = randomBytes(24).toString('base64url');
    uploads.set(token, {
      token,
      fileName,
      expiresAtMs: clock.nowMs() + clock.lasting(settings.uploadLifeMs),
      sizeBytes: null,
    });
    return { status: 200, json: { url: `${asked.origin}/amazon/uploads/${token}` } };
  }

  async function put(asked: Asked): Promise<Answer> {
    const entry = uploads.get(asked.path.slice('/uploads/'.length));
    if (!entry || clock.nowMs() > entry.expiresAtMs) return message(403, 'the upload address has expired');
    let sizeBytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        sizeBytes += chunk.length;
        done(sizeBytes > settings.maxAssetBytes ? new Error('too large') : null, chunk);
      },
    });
    try {
      await pipeline(asked.stream, measure, createWriteStream(fileOf(entry.token)));
    } catch {
      await rm(fileOf(entry.token), { force: true });
      return message(413, `at most ${settings.maxAssetBytes} bytes`);
    }
    entry.sizeBytes = sizeBytes;
    return { status: 200, text: '' };
  }

  async function register(asked: Asked): Promise<Answer> {
    const body = await jsonObject(asked);
    const { url, name, assetType, assetSubTypeList } = body ?? {};
    if (typeof url !== 'string' || typeof name !== 'string' || name === '')
      return message(400, 'url and name are required');
    if (assetType !== 'VIDEO') return message(400, 'assetType must be VIDEO');
    if (!Array.isArray(assetSubTypeList) || assetSubTypeList.length === 0)
      return message(400, 'assetSubTypeList is required');
    const entry = uploads.get(url.slice(url.lastIndexOf('/') + 1));
    if (!entry || entry.sizeBytes === null) return message(400, 'nothing was uploaded at this url');
    if (!(await isMp4(fileOf(entry.token)))) return message(400, 'the uploaded file is not an MP4');
    uploads.delete(entry.token);
    const asset: VideoAsset = {
      assetId: `amzn1.assetlibrary.asset1.${randomUUID().replaceAll('-', '')}`,
      version: `version_v1_${assets.size + 1}`,
      name,
      sizeBytes: entry.sizeBytes,
    };
    assets.set(asset.assetId, asset);
    journal.write('amazon.asset', asset.assetId, asset);
    return { status: 200, json: { assetId: asset.assetId, versionId: asset.version } };
  }

  return {
    async handle(asked) {
      if (asked.method === 'PUT' && asked.path.startsWith('/uploads/')) return put(asked);
      if (asked.method !== 'POST' || !asked.path.startsWith('/assets/')) return undefined;
      for (const header of ['amazon-advertising-api-clientid', 'amazon-advertising-api-scope']) {
        if ((asked.headers[header] ?? '') === '') return message(401, `header ${header} is required`);
      }
      if (asked.path === '/assets/upload') return upload(asked);
      if (asked.path === '/assets/register') return register(asked);
      return undefined;
    },
    has: (assetId, version) => assets.get(assetId)?.version === version,
    restore: (asset) => void assets.set(asset.assetId, asset),
    state: () => [...assets.values()],
    clear: () => {
      assets.clear();
      uploads.clear();
    },
  };
}

/** ISO 14496-12: the file starts with an `ftyp` box. */
async function isMp4(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    return bytesRead === 8 && buffer.toString('latin1', 4, 8) === 'ftyp';
  } finally {
    await handle.close();
  }
}
