/** Measures one creative; data `{ accountId, creativeId }`, one job a creative at a time. */
export const MEASURE_QUEUE = 'creatives.measure';
/** Packages one file to HLS; data `{ accountId, assetId }`, one job a file at a time. */
export const PACKAGE_QUEUE = 'creatives.package';
/** Removes files that no asset names. */
export const SWEEP_FILES_QUEUE = 'creatives.sweep_files';
