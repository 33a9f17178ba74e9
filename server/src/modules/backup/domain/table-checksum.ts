import { createHash } from 'node:crypto';

const MODULUS = 1n << 256n;

/**
 * Checksum of a table's rows in whatever order they come: the sum of the rows' SHA-256, modulo 2^256. Two databases sort
 * text differently, and sorting a large table only to add it up would cost more than reading it.
 */
export class TableChecksum {
  rows = 0;
  #sum = 0n;

  /** @param row its stored text */
  add(row: string): void {
    const digest = createHash('sha256').update(row, 'utf8').digest('hex');
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % MODULUS;
    this.rows++;
  }

  /** 64 hex digits. */
  get value(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}
