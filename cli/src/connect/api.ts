import { type Client, type ClientOptions, createClient } from '@cuepoint/client';

/** The typed client against a server of this machine. */
export function api(options: ClientOptions): Client {
  return createClient(options);
}
