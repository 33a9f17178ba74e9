export {
  createHttpClient,
  type DownloadedFile,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
  type OutboundRequest,
} from './client.ts';
export { kindOfStatus, retryAfterMsOf, UpstreamError, type UpstreamErrorKind } from './errors.ts';
export type { Timeouts } from './exchange.ts';
