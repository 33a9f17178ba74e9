/** The text is not well-formed XML, exceeds a limit, or is not a VAST document. */
export const VAST_PARSE_FAILED = 'VAST_PARSE_FAILED';

/** The document is VAST of a version that is not known or not accepted by the caller. */
export const VAST_VERSION_MISMATCH = 'VAST_VERSION_MISMATCH';

/** A chain of wrappers is longer than allowed or leads back: told by `followWrapper`, and by `lintVast` of a document whose chain it knows. */
export const VAST_WRAPPER_DEPTH_EXCEEDED = 'VAST_WRAPPER_DEPTH_EXCEEDED';

/** Codes under which a whole document is refused. */
export type VastProblemCode =
  | typeof VAST_PARSE_FAILED
  | typeof VAST_VERSION_MISMATCH
  | typeof VAST_WRAPPER_DEPTH_EXCEEDED;

/** Wrappers a player is asked to follow before it gives up with error 302 (VAST recommends five). */
export const MAX_WRAPPER_DEPTH = 5;
