import { expect, it } from 'vitest';
import type { Stage } from '../stage.ts';

const password = 'a long enough phrase';

export function signInJourneys(stage: () => Stage): void {
  it('a one-time link signs in, once; the token leaves the address', async () => {
    const link = await stage().installation.signInLink();
    const page = await stage().stranger(link);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(page.url()).toBe(`${stage().installation.origin}/`);

    const second = await stage().stranger(link, { expected: /status of 401|status of 410|status of 404/ });
    await second.getByRole('heading', { name: 'This link did not work' }).waitFor();
    await second.getByRole('link', { name: 'Sign in with a password' }).click();
    await second.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  });

  it('a wrong password is refused in the same words as an unknown address; the right one returns to the page asked for', async () => {
    const email = `planner-${Date.now()}@lantern.example`;
    await stage().installation.client.accounts.createUser({
      email,
      displayName: 'Planner',
      role: 'planner',
      password,
    });
    const page = await stage().stranger('/campaigns?search=Ridge', { expected: /status of 401/ });
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    const said = page.getByRole('alert');
    const enter = async (address: string, secret: string) => {
      await page.getByLabel('E-mail').fill(address);
      await page.getByLabel('Password', { exact: true }).fill(secret);
      await page.getByRole('button', { name: /^Sign in/ }).click();
    };
    await enter(email, 'not this phrase at all');
    await said.waitFor();
    const wrongPassword = await said.innerText();
    expect(wrongPassword).toMatch(/not accepted/i);
    await page.reload();
    await enter('nobody@lantern.example', 'not this phrase at all');
    await said.waitFor();
    expect(await said.innerText()).toBe(wrongPassword);

    await enter(email, password);
    await page.getByRole('heading', { name: 'Campaigns', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?search=Ridge');
  });

  it('signing out ends the session in the browser and on the server', async () => {
    const page = await stage().stranger(await stage().installation.signInLink(), {
      expected: /status of 401/,
    });
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    const answer = await page.request.get(`${stage().installation.origin}/api/v1/auth/profile`);
    expect(answer.status()).toBe(401);
    await page.goto(`${stage().installation.origin}/campaigns`);
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  });
}
