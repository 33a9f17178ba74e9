/*
 * Holds what a delivery node answers against the published XML schemas: every kind of VAST and VMAP in every version, as it
 * comes out of the public port. Where the schemas are is said in vast.ts.
 *
 *   node --import tsx --conditions=@cuepoint/source tools/conformance/faces.ts
 */
import { checkFaces } from './vast/faces.ts';
import { runChecks } from './vast/report.ts';
import { disposeValidators } from './vast/schemas.ts';

process.exitCode = await runChecks('faces', async () => {
  await checkFaces();
  disposeValidators();
});
