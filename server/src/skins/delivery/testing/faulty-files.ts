import { diskFiles, type LogFiles } from '../log/segment-files.ts';
import type { DiskFaults } from './memory-disk.ts';

/** The real disk, with calls that are held up or fail. */
export function faultyFiles({ before = () => undefined }: DiskFaults): LogFiles {
  return {
    ...diskFiles,
    async open(path, flags) {
      await before('open', path);
      const file = await diskFiles.open(path, flags);
      return {
        async write(buffer, offset, length, position) {
          await before('write', path);
          return file.write(buffer, offset, length, position);
        },
        read: (buffer, offset, length, position) => file.read(buffer, offset, length, position),
        async datasync() {
          await before('datasync', path);
          await file.datasync();
        },
        async truncate(length) {
          await before('truncate', path);
          await file.truncate(length);
        },
        stat: () => file.stat(),
        close: () => file.close(),
      };
    },
  };
}
