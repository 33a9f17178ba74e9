import { readFileSync, statSync } from 'node:fs';
import { exitCodes } from '@cuepoint/contract';
import {
  type CreatedBackup,
  installationBackup,
  type RestoredBackup,
  type VerifiedBackup,
} from '@cuepoint/server';
import type { Command } from 'commander';
import { CommandError } from '../output/failure.ts';
import { pairs } from '../output/pairs.ts';
import type { Terminal } from '../output/terminal.ts';
import type { Shell } from './shell.ts';

interface PassphraseFlag {
  passphraseFile: string;
}

const passphraseFlag = [
  '--passphrase-file <file>',
  'file whose first line is the passphrase of the keys in the backup; - reads it from stdin',
] as const;

/** Backups are of the whole installation: these act on its data directory and database, and ask no account. */
export function addBackupCommands(program: Command, shell: Shell): void {
  const group = program
    .command('backup')
    .description('back up the installation, prove a backup, restore one; for operators');
  group
    .command('create <file>')
    .description('Write database, list of files, and keys into one new file; the server may run')
    .requiredOption(...passphraseFlag)
    .option('--with-files', 'the files of the object store too, not only their names and checksums')
    .action((path: string, flags: PassphraseFlag & { withFiles?: boolean }) =>
      shell.guarded(async (terminal) => {
        const passphrase = readPassphrase(flags, terminal);
        const { backUpInstallation } = await installationBackup();
        const created = await backUpInstallation(shell.configOf(), {
          path,
          passphrase,
          withFiles: flags.withFiles === true,
          onTable: progressOf(terminal, 'read'),
        });
        terminal.endProgress();
        show(terminal, created, createdLines);
        return exitCodes.ok;
      }),
    );
  group
    .command('verify <file>')
    .description('Prove a backup: every checksum, a restore into a throw-away database, every file it lists')
    .requiredOption(...passphraseFlag)
    .action((path: string, flags: PassphraseFlag) =>
      shell.guarded(async (terminal) => {
        const passphrase = readPassphrase(flags, terminal);
        const { verifyInstallationBackup } = await installationBackup();
        const verified = await verifyInstallationBackup(shell.configOf(), {
          path,
          passphrase,
          onTable: progressOf(terminal, 'restored'),
        });
        terminal.endProgress();
        show(terminal, verified, verifiedLines);
        return exitCodes.ok;
      }),
    );
  group
    .command('restore <file>')
    .description('Make the installation anew from a backup; the server must not run')
    .requiredOption(...passphraseFlag)
    .option('--replace', 'what is in the database now may go')
    .option('--allow-missing-files', 'go on when files are neither in the backup nor in the data directory')
    .action((path: string, flags: PassphraseFlag & { replace?: boolean; allowMissingFiles?: boolean }) =>
      shell.guarded(async (terminal) => {
        const passphrase = readPassphrase(flags, terminal);
        const { restoreInstallation } = await installationBackup();
        const restored = await restoreInstallation(shell.configOf(), {
          path,
          passphrase,
          replace: flags.replace === true,
          allowMissingFiles: flags.allowMissingFiles === true,
          onTable: progressOf(terminal, 'loaded'),
        });
        terminal.endProgress();
        show(terminal, restored, restoredLines);
        return exitCodes.ok;
      }),
    );
}

const progressOf = (terminal: Terminal, done: string) => (table: string, rows: number) =>
  terminal.progress(done, `${table} ${done}, ${number(rows)} rows …`);

function show<T extends object>(
  terminal: Terminal,
  said: T,
  lines: (said: T) => Array<[string, string]>,
): void {
  terminal.data(terminal.json ? JSON.stringify(said, null, 2) : pairs(Object.fromEntries(lines(said))));
}

/** Never from a flag or a variable by value: others on the machine could read those. */
function readPassphrase({ passphraseFile }: PassphraseFlag, terminal: Terminal): string {
  const fromStdin = passphraseFile === '-';
  let text: string;
  try {
    text = readFileSync(fromStdin ? 0 : passphraseFile, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      `--passphrase-file is "${passphraseFile}": it cannot be read (${code})`,
      exitCodes.usage,
      'Name a file that holds the passphrase in its first line, or - for stdin.',
    );
  }
  if (!fromStdin && (statSync(passphraseFile).mode & 0o077) !== 0)
    terminal.note(`${passphraseFile} can be read by others; chmod 600 it.`);
  const [passphrase = ''] = text.split(/\r?\n/);
  return passphrase;
}

const number = (value: number): string => value.toLocaleString('en-US');
const megabytes = (bytes: number): string => `${number(Math.ceil(bytes / 1e6))} MB`;
const objectsLine = ({ count, bytes, held }: CreatedBackup['objects']): string =>
  `${number(count)} files, ${megabytes(bytes)}; ${held === count ? 'in the backup' : 'listed, not in the backup'}`;
const positionLines = (positions: CreatedBackup['logPositions']): Array<[string, string]> =>
  Object.entries(positions).map(([node, { segment, offset }]) => [
    `log of ${node}`,
    `counted to segment ${segment}, byte ${offset}`,
  ]);
const rowsOf = (tables: VerifiedBackup['tables']): number => tables.reduce((sum, { rows }) => sum + rows, 0);

function createdLines(created: CreatedBackup): Array<[string, string]> {
  return [
    ['backup', `${created.id}, ${created.path}`],
    ['as of', created.takenAt],
    ['size', megabytes(created.bytes)],
    ['database', `${created.tables} tables, ${number(created.rows)} rows`],
    ['object store', objectsLine(created.objects)],
    ...positionLines(created.logPositions),
    ['next', `cuepoint backup verify ${created.path}`],
  ];
}

function verifiedLines(verified: VerifiedBackup): Array<[string, string]> {
  return [
    ['verified', `${verified.id}, ${verified.path}`],
    ['as of', verified.takenAt],
    [
      'database',
      `${verified.tables.length} tables, ${number(rowsOf(verified.tables))} rows, the same after a restore`,
    ],
    ['object store', objectsLine(verified.objects)],
    ...positionLines(verified.logPositions),
    ['remembered', verified.recorded ? 'yes' : 'no: this installation did not make it'],
  ];
}

const logStates = {
  continues: 'is counted on from there',
  gap: 'was pruned in between: what it said there is lost',
  begins_anew: 'is lost with what came after the backup; the node goes on behind it',
  elsewhere: 'lies on another machine and is counted on from there',
} as const;

function restoredLines(
  restored: RestoredBackup & { replacedDatabase: string | null },
): Array<[string, string]> {
  return [
    ['restored', `${restored.id}, made ${restored.createdAt}`],
    ['as of', restored.takenAt],
    ['database', `${restored.tables.length} tables, ${number(rowsOf(restored.tables))} rows`],
    [
      'object store',
      `${number(restored.objects.restored)} files written, ${number(restored.objects.missing.length)} missing`,
    ],
    ['jobs', 'none were kept; open work is found again from its rows'],
    ...restored.logs.map(({ node, state, from }): [string, string] => [
      `log of ${node}`,
      `${logStates[state]}; from segment ${from.segment}, byte ${from.offset}`,
    ]),
    ...(restored.keptKeys ? [['keys before', restored.keptKeys] as [string, string]] : []),
    ...(restored.replacedDatabase
      ? [['database before', restored.replacedDatabase] as [string, string]]
      : []),
    ['next', 'cuepoint start'],
  ];
}
