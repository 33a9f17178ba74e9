import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRACKING_EVENTS } from '../../kernel/delivery-protocol.ts';
import { type TokenClaims, TokenSigner } from './tokens.ts';
import { NO_VIEWER } from './viewer-claim.ts';

const secret = (fill: number) => Buffer.alloc(32, fill).toString('base64url');
const OLD_KEY = [{ kid: 'k1', secret: secret(1), state: 'verifying' }] as const;
const signer = new TokenSigner([{ kid: 'k2', secret: secret(2), state: 'active' }, ...OLD_KEY]);
const CLAIMS: TokenClaims = {
  accountId: 'acc_1',
  decisionId: 'dec_tou0h65649f8e808b2e21d011a',
  position: 1,
  creativeId: 'crv_1',
  lineItemId: 'li_1',
  viewer: { country: 'US', deviceType: 'ctv', identity: [0xfedcba98, 0x01234567], identityKind: 'ifa' },
  expiresSeconds: 2_000_000_000,
};
const NOW = 1_999_999_999;

describe('TokenSigner', () => {
  it('gives every event a token of its own that says what was signed', () => {
    const tokens = signer.sign(CLAIMS);
    expect(new Set(tokens).size).toBe(TRACKING_EVENTS.length);
    tokens.forEach((token, event) => {
      const name = TRACKING_EVENTS[event];
      // Whose it is, is read of an impression alone.
      const nobody = { ...CLAIMS, viewer: { ...CLAIMS.viewer, identity: null, identityKind: 'none' } };
      const claims = name === 'impression' ? CLAIMS : nobody;
      expect(signer.verify(token, NOW)).toEqual({ ok: true, claims, event: name });
    });
  });

  it('signs by HMAC-SHA-512, whatever the key and the text', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 200 }),
        fc.stringMatching(/^[\w-]{1,40}$/),
        (bytes, lineItemId) => {
          const secret = Buffer.from(bytes).toString('base64url');
          const own = new TokenSigner([{ kid: 'k9', secret, state: 'active' }]);
          const [token] = own.sign({ ...CLAIMS, lineItemId });
          const [, payload, tag] = /^(.*)\.0\.([\w-]{25})$/.exec(token!)!;
          const digest = createHmac('sha512', bytes).update(`cuepoint-t2.${payload}`).digest('base64url');
          expect(tag).toBe(digest.slice(0, 25));
        },
      ),
    );
  });

  it('refuses every single flipped bit, and every added or lost character', () => {
    for (const token of signer.sign(CLAIMS)) {
      const bytes = Buffer.from(token, 'latin1');
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const tampered = Buffer.from(bytes);
        tampered[bit >> 3]! ^= 1 << (bit & 7);
        expect(signer.verify(tampered.toString('latin1'), NOW)).toEqual({ ok: false, code: 'link.forged' });
      }
      for (const other of [`${token}0`, token.slice(0, -1), `${token}.`, ` ${token}`, token.toUpperCase()])
        expect(signer.verify(other, NOW).ok).toBe(false);
    }
  });

  it('refuses what would be the same once cut down to bytes, before and after the genuine one came', () => {
    const token = signer.sign(CLAIMS)[0]!;
    for (const when of ['before', 'after']) {
      for (let at = 0; at < token.length; at++) {
        const code = String.fromCharCode(token.charCodeAt(at) + 0x100);
        const spelled = token.slice(0, at) + code + token.slice(at + 1);
        expect([when, signer.verify(spelled, NOW)]).toEqual([when, { ok: false, code: 'link.forged' }]);
      }
      expect(signer.verify(token, NOW).ok).toBe(true);
    }
  });

  it('reads every address of more ads than it remembers, and believes none for the sake of another of its ad', () => {
    const kept = new TokenSigner([{ kid: 'k2', secret: secret(2), state: 'active' }]);
    const ads = Array.from({ length: 20_000 }, (_, n) => signer.sign({ ...CLAIMS, lineItemId: `li_${n}` }));
    for (const event of [0, 1, 5])
      for (const tokens of ads) {
        const verified = kept.verify(tokens[event]!, NOW);
        if (!verified.ok) throw new Error(`${tokens[event]} is refused`);
        expect(verified.claims.lineItemId).toBe(tokens[event]!.split('.')[5]);
      }
    const forged = ads[19_999]![2]!.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect(kept.verify(forged, NOW)).toEqual({ ok: false, code: 'link.forged' });
    expect(kept.verify(ads[19_999]![3]!, CLAIMS.expiresSeconds)).toEqual({ ok: false, code: 'link.expired' });
  });

  it('refuses a tag of one event under another', () => {
    const tokens = signer.sign(CLAIMS);
    tokens.forEach((token, event) => {
      for (let other = 0; other < tokens.length; other++) {
        if (other === event) continue;
        const moved = token.replace(/\.[0-9a-z]\.([\w-]{25})$/, `.${other.toString(36)}.$1`);
        expect(signer.verify(moved, NOW)).toEqual({ ok: false, code: 'link.forged' });
      }
    });
  });

  it('says expired only for a token that is genuine', () => {
    const token = signer.sign(CLAIMS)[0]!;
    expect(signer.verify(token, CLAIMS.expiresSeconds)).toEqual({ ok: false, code: 'link.expired' });
    expect(
      signer.verify(`${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`, CLAIMS.expiresSeconds),
    ).toEqual({
      ok: false,
      code: 'link.forged',
    });
  });

  it('checks older addresses with a verifying key, and not at all once it is gone', () => {
    const old = new TokenSigner([{ kid: 'k1', secret: secret(1), state: 'active' }]).sign(CLAIMS)[0]!;
    expect(signer.verify(old, NOW).ok).toBe(true);
    expect(signer.sign(CLAIMS)[0]!.startsWith('k2.')).toBe(true);
    const later = new TokenSigner([{ kid: 'k2', secret: secret(2), state: 'active' }]);
    expect(later.verify(old, NOW)).toEqual({ ok: false, code: 'link.forged' });
    // A signer goes on as long as its keys do, and no longer.
    const keys = [{ kid: 'k2', secret: secret(2), state: 'active' }] as const;
    expect(later.with(keys)).toBe(later);
    const seen = signer.with([{ kid: 'k2', secret: secret(2), state: 'active' }, ...OLD_KEY]);
    expect(seen).toBe(signer);
    expect(seen.with(keys).verify(old, NOW)).toEqual({ ok: false, code: 'link.forged' });
    const impostor = new TokenSigner([{ kid: 'k1', secret: secret(9), state: 'active' }]);
    expect(impostor.verify(old, NOW)).toEqual({ ok: false, code: 'link.forged' });
  });

  it('says of two decisions for one viewer nothing that they have in common', () => {
    const viewerOf = (decisionId: string) => signer.sign({ ...CLAIMS, decisionId })[0]!.split('.')[6]!;
    expect(viewerOf('dec_a')).toMatch(/^USvi[\w-]{11}$/);
    expect(viewerOf('dec_a')).toBe(viewerOf('dec_a'));
    expect(viewerOf('dec_a').slice(4)).not.toBe(viewerOf('dec_b').slice(4));
    const other = { ...CLAIMS, viewer: { ...CLAIMS.viewer, country: 'DE' } };
    expect(signer.sign(other)[0]!.split('.')[6]).toMatch(/^DEvi/);
  });

  it('takes addresses from before there was a viewer in them, and nobody for theirs', () => {
    const payload = 'k1.acc_1.dec_tou0h65649f8e808b2e21d011a.1.crv_1.li_1.x2qxvk';
    const digest = createHmac('sha512', Buffer.from(secret(1), 'base64url'))
      .update(`cuepoint-t2.${payload}`)
      .digest('base64url');
    expect(signer.verify(`${payload}.0.${digest.slice(0, 25)}`, NOW)).toMatchObject({
      ok: true,
      claims: { lineItemId: 'li_1', expiresSeconds: 2_000_000_000, viewer: NO_VIEWER },
    });
    // And takes no viewer out of an address that has one.
    const token = signer.sign(CLAIMS)[0]!.split('.');
    token.splice(6, 1);
    expect(signer.verify(token.join('.'), NOW)).toEqual({ ok: false, code: 'link.forged' });
  });

  it('survives any text', () => {
    for (const text of ['', '.', '........', 'a.b.c.d.e.f.g.0.'.padEnd(80, 'é'), 'x'.repeat(10_000)])
      expect(signer.verify(text, NOW)).toEqual({ ok: false, code: 'link.forged' });
  });
});
