import { wrapper } from '../../../packages/vast/fixtures/documents.ts';
import type { ServedVastVersion } from '../../../server/src/kernel/delivery-protocol.ts';
import { slotAddresses } from '../../../server/src/modules/creatives/domain/vast-document.ts';
import { call } from '../../../server/src/skins/delivery/testing/call.ts';
import {
  answerEngine,
  answerProblem,
  documentsIn,
  faceAnswers,
} from '../../../server/src/skins/delivery/testing/face-answers.ts';
import { startFaces } from '../../../server/src/skins/delivery/testing/start-faces.ts';
import { creativeDocuments } from './generated.ts';
import { check } from './report.ts';
import { schemaProblem, vmapSchemaProblem } from './schemas.ts';

/**
 * Every XML answer of the public port, of the samples, of the documents that the product makes of its creatives, and of a
 * wrapper: valid by the schema of its version, blocked by no rule of ours, and played by a parser that players use.
 */
export async function checkFaces(): Promise<void> {
  const others = {
    wrapper,
    ...Object.fromEntries(
      Object.values(creativeDocuments(slotAddresses)).map((document, index) => [`made-${index}`, document]),
    ),
  };
  const engine = answerEngine(others as unknown as Parameters<typeof answerEngine>[0]);
  const faces = await startFaces(engine);
  try {
    for (const answer of faceAnswers(Object.keys(others))) {
      const { status, body } = await call(faces.port, answer.path);
      check(`${answer.name} answered`, status === 200 ? undefined : `${status} ${body.slice(0, 300)}`);
      if (status !== 200) continue;
      check(`${answer.name} read, linted and played`, await answerProblem(body, answer));
      if (answer.kind === 'vmap') check(`${answer.name} against the schema of VMAP`, vmapSchemaProblem(body));
      for (const xml of documentsIn(body, answer.kind))
        check(`${answer.name} against the schema`, schemaProblem(xml, answer.version));
    }
    // Were the schemas blind, all of the above would say nothing.
    for (const version of ['2.0', '4.2'] satisfies ServedVastVersion[]) {
      const { body } = await call(faces.port, `/vast?pl=main&v=${version}`);
      const broken = body.replace(/<AdTitle>.*<\/AdTitle>/, '');
      const isNoticed = broken !== body && schemaProblem(broken, version) !== undefined;
      check(`an answer in ${version} without its title is noticed`, isNoticed ? undefined : 'it is not');
    }
    for (const error of faces.unservable) check('every creative is served', error.message);
  } finally {
    await faces.close();
  }
}
