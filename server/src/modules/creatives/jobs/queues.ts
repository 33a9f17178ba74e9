/** Measures one creative; data `{ accountId, creativeId }`, one job a creative at a time. */
export const MEASURE_QUEUE = 'creatives.measure';
/** Removes files that no asset names. */
export const SWEEP_FILES_QUEUE = 'creatives.sweep_files';
