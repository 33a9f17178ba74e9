import { getDeployment } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { typed } from '../deployment-rows.ts';
import { attemptsOf, showDeployment } from '../read-model.ts';
import { deploymentTable } from '../tables.ts';

export const getDeploymentOperation = implement(getDeployment, async ({ deploymentId }, context) => {
  const [row] = await context.tx.select().from(deploymentTable).where(eq(deploymentTable.id, deploymentId));
  if (!row) {
    return context.fail(
      'deployment.not_found',
      `deploymentId: no deployment ${deploymentId} in this account.`,
    );
  }
  return { ...showDeployment(typed(row)), attempts: await attemptsOf(context.tx, deploymentId) };
});
