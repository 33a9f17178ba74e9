/** Of everything in this repository. */
export const productVersion = '0.1.0';
