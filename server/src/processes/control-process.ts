import { runControl } from './control.ts';
import { closeOnSignal, receiveRuntime } from './runtime.ts';

/** Control and work plane as a child of `cuepoint start`. */
try {
  const control = await runControl(await receiveRuntime(), { serve: true, work: true });
  closeOnSignal(control.close, 20_000);
  process.send?.({ ready: true, details: { port: control.port } });
} catch (error) {
  process.send?.({ failed: (error as Error).message });
  process.stderr.write(`control: ${(error as Error).stack ?? String(error)}\n`);
  // Give the message its way to the parent.
  setTimeout(() => process.exit(3), 100);
}
