/**
 * The addresses that the delivery plane answers itself. They never pass
 * through the registry (no database in the request), so they are described by
 * hand; the contract test of the delivery plane holds them to the truth.
 */
const problem = {
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const query = (name: string, description: string, schema: object = { type: 'string' }) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});

export const deliveryPaths = {
  '/vast': {
    get: {
      operationId: 'delivery.vast',
      tags: ['delivery'],
      summary: 'Ask for an ad; the answer is a VAST document, empty when there is none',
      security: [],
      parameters: [
        query('pl', 'key of the placement; without it the default placement of the host or publisher key'),
        query('pub', 'publisher key'),
        query('dur', 'longest ad that fits, seconds', { type: 'number' }),
        query('mindur', 'shortest ad that fits, seconds', { type: 'number' }),
        query('w', 'width of the player, pixels; checked, every rendition is listed', { type: 'integer' }),
        query('h', 'height of the player, pixels', { type: 'integer' }),
        query('v', 'VAST version', { enum: ['2.0', '3.0', '4.0', '4.1', '4.2', '4.3'], default: '4.2' }),
        query('rid', 'request id of the player, echoed in the log'),
        query('cb', 'cache buster, ignored'),
      ],
      responses: {
        '200': { description: 'VAST', content: { 'application/xml': { schema: { type: 'string' } } } },
        '400': { description: '`input.invalid`', ...problem },
        '404': { description: '`placement.not_found`', ...problem },
      },
    },
  },
  '/api/v1/ad-request': {
    post: {
      operationId: 'delivery.requestAd',
      tags: ['delivery'],
      summary: 'Ask for an ad as JSON',
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['request_id', 'duration'],
              properties: {
                request_id: { type: 'string', description: 'id of this request, chosen by the caller' },
                duration: { type: 'number', description: 'longest ad that fits, seconds' },
                placement: {
                  type: 'string',
                  description: 'key of the placement; default: that of the host or publisher',
                },
                publisher: { type: 'string', description: 'publisher key' },
                min_duration: { type: 'number', description: 'shortest ad that fits, seconds' },
                vast_version: { enum: ['2.0', '3.0', '4.0', '4.1', '4.2', '4.3'], default: '4.2' },
              },
            },
          },
        },
      },
      responses: {
        '200': {
          description: 'An ad with its VAST and signed tracking addresses, or `ad: null` with a reason.',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        '400': { description: '`input.invalid`', ...problem },
        '404': { description: '`placement.not_found`', ...problem },
      },
    },
  },
  '/api/v1/impression': {
    post: {
      operationId: 'delivery.recordImpression',
      tags: ['delivery'],
      summary: 'Report an impression as JSON; answered only after it is safely stored',
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['token'],
              properties: {
                token: {
                  type: 'string',
                  description: 'impression address of the ad answer, or the token at its end',
                },
              },
            },
          },
        },
      },
      responses: {
        '200': {
          description: 'Stored; `duplicate` says that it had been before.',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        '403': { description: '`link.forged`', ...problem },
        '410': { description: '`link.expired`', ...problem },
        '503': { description: 'not stored: the disk does not keep up', ...problem },
      },
    },
  },
} as const;
