import { AD_FIELDS, AD_PARAMETERS, AD_REQUEST_FIELDS, VMAP_PARAMETERS } from './openapi-ad-parameters.ts';

/**
 * The addresses that the delivery plane answers itself. They never pass
 * through the registry (no database in the request), so they are described by
 * hand; the contract test of the delivery plane holds them to the truth.
 */
const problem = {
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const refusals = {
  '400': { description: '`input.invalid`', ...problem },
  '403': { description: '`debug.refused`: X-Cuepoint-Debug holds no valid token', ...problem },
  '404': { description: '`placement.not_found`', ...problem },
} as const;

const json = (description: string) => ({
  description,
  content: { 'application/json': { schema: { type: 'object' } } },
});
const xml = (description: string) => ({
  description,
  content: { 'application/xml': { schema: { type: 'string' } } },
});

/** GET with a query, and POST with the same as a form or JSON. */
const face = <Answer extends object>(
  operationId: string,
  summary: string,
  parameters: readonly object[],
  answer: Answer,
) => ({
  get: {
    operationId,
    tags: ['delivery'],
    summary,
    security: [],
    parameters,
    responses: { '200': answer, ...refusals },
  },
  post: {
    operationId: `${operationId}Post`,
    tags: ['delivery'],
    summary: `${summary}; the parameters as a form or as JSON`,
    security: [],
    requestBody: {
      required: false,
      content: {
        'application/x-www-form-urlencoded': { schema: { type: 'object', properties: AD_FIELDS } },
        'application/json': {
          schema: { type: 'object', properties: { ...AD_FIELDS, ...AD_REQUEST_FIELDS } },
        },
      },
    },
    responses: {
      '200': answer,
      ...refusals,
      '413': { description: '`request.too_large`', ...problem },
      '415': { description: '`media_type.unsupported`', ...problem },
    },
  },
});

export const deliveryPaths = {
  '/vast': face(
    'delivery.vast',
    'Ask for an ad or a break; the answer is a VAST document, empty when there is none',
    AD_PARAMETERS,
    xml('VAST'),
  ),
  '/vmap': face(
    'delivery.vmap',
    'Ask for the breaks of a piece of content as VMAP',
    VMAP_PARAMETERS,
    xml('VMAP 1.0.1'),
  ),
  '/api/v1/pod': face(
    'delivery.pod',
    'Ask for a break as JSON, for a stitcher that builds its own stream',
    AD_PARAMETERS,
    json(
      'Ads in play order with media, beacons and offsets; `ads` is empty with a `reason` when there are none.',
    ),
  ),
  '/api/v1/interstitials': face(
    'delivery.interstitials',
    'Ask for a break as an HLS asset list, for X-ASSET-LIST of an interstitial',
    AD_PARAMETERS,
    json('`ASSETS` with `URI` and `DURATION`, and beacons in `X-AD-CREATIVE-SIGNALING`.'),
  ),
  '/api/v1/ad-request': {
    post: {
      operationId: 'delivery.requestAd',
      tags: ['delivery'],
      summary: 'Ask for an ad or a break as JSON, with its VAST',
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['request_id'],
              description: 'With `duration`, or with `break`. Parameters of `/vast` are read too.',
              properties: AD_REQUEST_FIELDS,
            },
          },
        },
      },
      responses: {
        '200': json(
          'An ad with its VAST and signed tracking addresses, `ads` for a break, or `ad: null` with a reason.',
        ),
        ...refusals,
        '413': { description: '`request.too_large`', ...problem },
        '415': { description: '`media_type.unsupported`', ...problem },
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
