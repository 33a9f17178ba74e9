/** The few PostgreSQL protocol 3.0 messages that the bridge has to know (documentation: "Message Formats"). */

const encoder = new TextEncoder();

function message(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 4 + body.length);
  bytes[0] = type.charCodeAt(0);
  new DataView(bytes.buffer).setUint32(1, 4 + body.length);
  bytes.set(body, 5);
  return bytes;
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

const parameterStatus = (name: string, value: string): Uint8Array =>
  message('S', encoder.encode(`${name}\0${value}\0`));

/** What a server answers to an accepted startup packet: authentication ok, settings, ready and idle. */
export function startupAnswer(serverVersion: string): Uint8Array {
  return joinBytes([
    message('R', new Uint8Array([0, 0, 0, 0])),
    parameterStatus('server_version', serverVersion),
    parameterStatus('client_encoding', 'UTF8'),
    parameterStatus('standard_conforming_strings', 'on'),
    message('Z', encoder.encode('I')),
  ]);
}

/** True for Terminate, the message by which a driver says good-bye. */
export const isTerminate = (bytes: Uint8Array): boolean => bytes[0] === 0x58 && bytes.length === 5;
