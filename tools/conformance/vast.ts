/*
 * Checks @cuepoint/vast against material that is not part of this project: the published XML schemas and
 * sample documents. The folder is named by CUEPOINT_SHARED_DIR or lies beside the checkout; where it is
 * missing the run is skipped and says so, except in CI, where that is a failure.
 *
 *   node --import tsx --conditions=@cuepoint/source tools/conformance/vast.ts
 */
import { checkCoverage } from './vast/coverage.ts';
import { checkGenerated } from './vast/generated.ts';
import { checkMacros } from './vast/macros.ts';
import { runChecks } from './vast/report.ts';
import { checkSamples } from './vast/samples.ts';
import { disposeValidators } from './vast/schemas.ts';
import { checkVmap } from './vast/vmap.ts';

process.exitCode = await runChecks('vast', () => {
  checkGenerated();
  checkCoverage();
  checkVmap();
  checkMacros();
  checkSamples();
  disposeValidators();
});
