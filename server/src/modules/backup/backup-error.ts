/** Why a backup cannot be made, read or restored; the message says what, the remedy what to do. */
export type BackupErrorKind =
  /** The file is no backup at all, or not there. */
  | 'not_a_backup'
  | 'not_found'
  /** A later version of the product made it. */
  | 'newer'
  /** It ends too early. */
  | 'cut'
  /** A byte of it was changed. */
  | 'damaged'
  | 'passphrase'
  /** What it would be written over. */
  | 'exists'
  | 'not_empty'
  | 'in_use'
  /** Files of the object store are missing or not what their name says. */
  | 'objects'
  /** What was loaded is not what was saved. */
  | 'mismatch'
  /** The installation cannot be backed up as it is. */
  | 'source';

export class BackupError extends Error {
  readonly kind: BackupErrorKind;
  readonly remedy: string;

  constructor(kind: BackupErrorKind, message: string, remedy: string) {
    super(message);
    this.name = 'BackupError';
    this.kind = kind;
    this.remedy = remedy;
  }
}

const anotherCopy = 'Use another copy of it, or an older backup.';

export const cutError = (what: string, atByte: number): BackupError =>
  new BackupError(
    'cut',
    `${what} ends at byte ${atByte}, before its end mark: it was cut off or not wholly copied`,
    anotherCopy,
  );

export const damagedError = (what: string, detail: string): BackupError =>
  new BackupError('damaged', `${what} is damaged: ${detail}`, anotherCopy);
