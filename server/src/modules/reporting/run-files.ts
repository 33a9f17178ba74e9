/** The folder of the store that the files of runs lie in, by account, schedule, day and run. */
export const RUN_FILES = 'runs';
