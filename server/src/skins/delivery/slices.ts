/** How long one slice may take before requests get their turn. */
const SLICE_MS = 1;

/** Runs work that yields now and then, and lets requests be answered in between. */
export async function inSlices<T>(steps: Generator<void, T>): Promise<T> {
  let sliceEndsAt = performance.now() + SLICE_MS;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < sliceEndsAt) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    sliceEndsAt = performance.now() + SLICE_MS;
  }
}
