import type { ReportFile, ReportFormat } from '@cuepoint/contract';
import type { BuiltFile } from '../report-file.ts';

/** A file as an answer holds it: text as it is, everything else in base64. */
export function fileAnswer({ bytes, ...file }: BuiltFile, format: ReportFormat): ReportFile {
  const encoding = format === 'csv' ? 'utf8' : 'base64';
  return { ...file, encoding, content: bytes.toString(encoding) };
}
