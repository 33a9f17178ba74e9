import { z } from 'zod';
import { INVALID_TRAFFIC, type InvalidTraffic } from './kernel/delivery-protocol.ts';
import { REDIS_URL_ACCEPTED, readRedisUrl } from './platform/redis/url.ts';

/** One setting: where it comes from, what it takes, and which part of the product owns it. */
export interface Setting<T extends z.ZodType = z.ZodType> {
  env: string;
  schema: T;
  owner: string;
  description: string;
  /** Shown instead of a computed default. */
  defaultText?: string;
  secret?: boolean;
}

const port = z.coerce.number('expected a port number').int().min(0).max(65_535);
const flag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])])
  .transform((value) => value === true || value === 'true' || value === '1');

/** Names of checks with commas between, all of them or none. */
const trafficChecks = z
  .string()
  .default('all')
  .transform((text, context): readonly InvalidTraffic[] => {
    const said = text.trim();
    if (said === 'all') return INVALID_TRAFFIC;
    if (said === 'none') return [];
    const names = said.split(',').map((name) => name.trim());
    const strange = names.filter((name) => !INVALID_TRAFFIC.includes(name as InvalidTraffic));
    if (strange.length === 0) return names as InvalidTraffic[];
    context.addIssue(
      `"${strange[0]}" is no check; accepted: all, none, or some of ${INVALID_TRAFFIC.join(', ')}`,
    );
    return z.NEVER;
  });

const define = <const T extends Record<string, Setting>>(settings: T): T => settings;

/** Every setting of the product. Each has a default that needs no key and no server. */
export const settings = define({
  role: {
    env: 'CUEPOINT_ROLE',
    schema: z.enum(['all', 'control', 'delivery', 'worker']).default('all'),
    owner: 'start',
    description: 'which planes this process runs; anything but `all` needs a postgres:// database',
  },
  dataDir: {
    env: 'CUEPOINT_DATA_DIR',
    schema: z.string().min(1).default('./data'),
    owner: 'start',
    description: 'directory of the embedded database, files, log and keys',
  },
  databaseUrl: {
    env: 'CUEPOINT_DATABASE_URL',
    schema: z
      .string()
      .regex(/^(pglite:|postgres(ql)?:\/\/)/, 'expected pglite:<directory> or postgres://…')
      .optional(),
    owner: 'database',
    description: 'where the database is',
    defaultText: 'pglite:<data directory>/database',
    secret: true,
  },
  databasePoolSize: {
    env: 'CUEPOINT_DATABASE_POOL_SIZE',
    schema: z.coerce.number().int().min(2).max(200).default(10),
    owner: 'database',
    description: 'connections to PostgreSQL; the embedded database always has one',
  },
  publicHost: {
    env: 'CUEPOINT_PUBLIC_HOST',
    schema: z.string().min(1).default('127.0.0.1'),
    owner: 'delivery',
    description: 'address the public port listens on; 0.0.0.0 for every interface',
  },
  publicPort: {
    env: 'CUEPOINT_PUBLIC_PORT',
    schema: port.default(8787),
    owner: 'delivery',
    description: 'the one public port: ads, console and API; 0 takes a free one',
  },
  publicUrl: {
    env: 'CUEPOINT_PUBLIC_URL',
    schema: z.url({ protocol: /^https?$/ }).optional(),
    owner: 'delivery',
    description: 'address people and players use, when it differs from host and port (behind a proxy)',
    defaultText: 'http://<public host>:<public port>',
  },
  controlHost: {
    env: 'CUEPOINT_CONTROL_HOST',
    schema: z.string().min(1).default('127.0.0.1'),
    owner: 'control',
    description: 'address the control plane listens on, behind the delivery plane',
  },
  controlPort: {
    env: 'CUEPOINT_CONTROL_PORT',
    schema: port.default(0),
    owner: 'control',
    description: 'port of the control plane; 0 takes a free one',
  },
  controlOrigin: {
    env: 'CUEPOINT_CONTROL_ORIGIN',
    schema: z.url({ protocol: /^https?$/ }).optional(),
    owner: 'delivery',
    description: 'with --role delivery: where the control plane is',
  },
  deliveryInternalPort: {
    env: 'CUEPOINT_DELIVERY_INTERNAL_PORT',
    schema: port.default(0),
    owner: 'delivery',
    description: 'loopback port of the delivery plane: log, status, health, metrics; 0 takes a free one',
  },
  deliveryInternalHost: {
    env: 'CUEPOINT_DELIVERY_INTERNAL_HOST',
    schema: z.string().min(1).default('127.0.0.1'),
    owner: 'delivery',
    description:
      'address the internal port of the delivery plane listens on; another than loopback where planes run on machines of their own, in a network of theirs',
  },
  deliveryOrigins: {
    env: 'CUEPOINT_DELIVERY_ORIGINS',
    schema: z
      .string()
      .transform((text) => text.split(',').map((origin) => origin.trim()))
      .pipe(
        z.array(z.url({ protocol: /^https?$/, error: 'expected addresses such as http://10.0.0.5:4701' })),
      )
      .optional(),
    owner: 'events',
    description:
      'internal addresses of the delivery nodes to ingest from, with commas between; with --role all those beside its own',
  },
  nodeId: {
    env: 'CUEPOINT_NODE_ID',
    schema: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'expected lower-case letters, digits, hyphens')
      .default('node-1'),
    owner: 'delivery',
    description: 'name of this delivery node; its log is addressed by it',
  },
  deliveryListener: {
    env: 'CUEPOINT_DELIVERY_LISTENER',
    schema: z.enum(['http', 'plain']).default('http'),
    owner: 'delivery',
    description:
      'what reads requests on the public port: `http` is node:http; `plain` reads requests of players without a body by itself and gives every other connection to node:http, which answers more requests with the same processor',
  },
  budgetLeases: {
    env: 'CUEPOINT_BUDGET_LEASES',
    schema: z.enum(['off', 'on']).default('off'),
    owner: 'budgets',
    description:
      '`on` where several delivery nodes serve: each promises only what the control plane lends it of a budget; `off` where one node has every budget to itself',
  },
  budgetLeaseSeconds: {
    env: 'CUEPOINT_BUDGET_LEASE_SECONDS',
    schema: z.coerce.number().int().min(10).max(3600).default(60),
    owner: 'budgets',
    description: 'how long a node may promise out of a lease without hearing from the control plane',
  },
  redisUrl: {
    env: 'CUEPOINT_REDIS_URL',
    schema: z
      .string()
      .refine((text) => readRedisUrl(text) !== null, `expected ${REDIS_URL_ACCEPTED}`)
      .optional(),
    owner: 'delivery',
    description: `Redis 7 that several delivery nodes share what they count by, and hear news by: ${REDIS_URL_ACCEPTED}; the same for every process of the installation`,
    defaultText: 'none: each node counts for itself',
    secret: true,
  },
  redisTimeLimitMs: {
    env: 'CUEPOINT_REDIS_TIME_LIMIT_MS',
    schema: z.coerce.number().int().min(1).max(5000).default(20),
    owner: 'delivery',
    description:
      'how long an ad request may wait for Redis, ms; after that the node decides by its own counts, and says so',
  },
  eventDurability: {
    env: 'CUEPOINT_EVENT_DURABILITY',
    schema: z.enum(['fsync', 'relaxed']).default('fsync'),
    owner: 'delivery',
    description: '`fsync` answers an event when it is on the disk; `relaxed` when the system has it',
  },
  logPruneAfter: {
    env: 'CUEPOINT_LOG_PRUNE_AFTER',
    schema: z.enum(['ingested', 'backup']).default('ingested'),
    owner: 'delivery',
    description:
      'what must hold the records of a log segment before the node may forget it: `ingested`, the counts; `backup`, a verified backup of the counts, so that a lost database can be rebuilt from backup and log (set it once backups are made and verified every day)',
  },
  logKeepMegabytes: {
    env: 'CUEPOINT_LOG_KEEP_MB',
    schema: z.coerce.number().int().min(64).max(1_048_576).default(2048),
    owner: 'delivery',
    description: 'size up to which the log of a node keeps even what it may forget',
  },
  logKeepDays: {
    env: 'CUEPOINT_LOG_KEEP_DAYS',
    schema: z.coerce.number().int().min(1).max(3650).default(35),
    owner: 'delivery',
    description:
      'days that the log of a node keeps what it may forget, whatever its size: by then the last trace of an erased viewer is gone, and frequency caps of longer windows begin anew when the node restarts',
  },
  logMinFreeMegabytes: {
    env: 'CUEPOINT_LOG_MIN_FREE_MB',
    schema: z.coerce.number().int().min(0).max(1_048_576).default(1024),
    owner: 'delivery',
    description:
      'with `CUEPOINT_LOG_PRUNE_AFTER=backup`: when the disk of the log has less free than this, counted segments are forgotten even if no verified backup holds them, so that new events can be kept; it is logged and counted. 0 never does',
  },
  trustedProxies: {
    env: 'CUEPOINT_TRUSTED_PROXIES',
    schema: z
      .string()
      .transform((text) =>
        text
          .split(',')
          .map((range) => range.trim())
          .filter(Boolean),
      )
      .optional(),
    owner: 'delivery',
    description: 'CIDR ranges, separated by commas, of proxies whose forwarding headers are believed',
    defaultText: 'none',
  },
  countryHeader: {
    env: 'CUEPOINT_COUNTRY_HEADER',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,60}$/, 'expected the name of a header')
      .optional(),
    owner: 'delivery',
    description: 'header in which a trusted proxy states the country of the viewer (ISO 3166 alpha-2)',
    defaultText: 'none: the country is unknown, and what is targeted to countries does not serve',
  },
  geoHeaders: {
    env: 'CUEPOINT_GEO_HEADERS',
    schema: z.enum(['none', 'cloudfront']).default('none'),
    owner: 'delivery',
    description:
      'headers in which a trusted proxy states country, region, city, postal code and market area of the viewer: those of Amazon CloudFront, or none; `CUEPOINT_COUNTRY_HEADER` replaces that of the country',
  },
  geoDatabase: {
    env: 'CUEPOINT_GEO_DATABASE',
    schema: z.string().min(1).optional(),
    owner: 'delivery',
    description:
      'file of a location database (MaxMind DB, City or Country schema) for the place of an address; a new one is taken into use by itself',
    defaultText: 'none: places come from requests and headers of trusted proxies alone',
  },
  trafficChecks: {
    env: 'CUEPOINT_TRAFFIC_CHECKS',
    schema: trafficChecks,
    owner: 'delivery',
    description: `which checks events are put to that may come from no viewer: all, none, or some of ${INVALID_TRAFFIC.join(', ')} with commas between`,
    defaultText: 'all',
  },
  dataCenterRanges: {
    env: 'CUEPOINT_DATA_CENTER_RANGES',
    schema: z.string().min(1).optional(),
    owner: 'delivery',
    description:
      'file of hosting ranges, one a line (192.0.2.0/24, or first and last address with a comma between): events from them are no viewers’; a new one is taken into use by itself',
    defaultText: 'none: no address is held to be a data centre’s',
  },
  planeKey: {
    env: 'CUEPOINT_PLANE_KEY',
    schema: z.string().min(32, 'expected at least 32 characters').optional(),
    owner: 'delivery',
    description: 'shared key between the planes when they run apart',
    defaultText: 'made on first start, kept in the data directory',
    secret: true,
  },
  metricsPort: {
    env: 'CUEPOINT_METRICS_PORT',
    schema: port.default(9464),
    owner: 'telemetry',
    description: 'Prometheus metrics of the control plane, on loopback; 0 takes a free one',
  },
  otlpEndpoint: {
    env: 'CUEPOINT_OTLP_ENDPOINT',
    schema: z
      .url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:4318' })
      .optional(),
    owner: 'telemetry',
    description:
      'collector that takes traces by OTLP over HTTP (OpenTelemetry); headers for it come from the standard variable `OTEL_EXPORTER_OTLP_HEADERS`',
    defaultText: 'none: nothing is traced, and no library for it is loaded',
    secret: true,
  },
  traceAdRate: {
    env: 'CUEPOINT_TRACE_AD_RATE',
    schema: z.coerce.number().min(0).max(1).default(0.001),
    owner: 'telemetry',
    description:
      'with `CUEPOINT_OTLP_ENDPOINT`: share of ad decisions, 0 to 1, that are traced with their events to where they are counted; the same on every node and control plane',
  },
  logLevel: {
    env: 'CUEPOINT_LOG_LEVEL',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    owner: 'telemetry',
    description: 'least level of structured log lines',
  },
  adminEmail: {
    env: 'CUEPOINT_ADMIN_EMAIL',
    schema: z.email().default('admin@cuepoint.local'),
    owner: 'accounts',
    description: 'e-mail of the administrator that the first start makes',
  },
  accountName: {
    env: 'CUEPOINT_ACCOUNT_NAME',
    schema: z.string().min(1).max(120).default('My account'),
    owner: 'accounts',
    description: 'name of the account that the first start makes',
  },
  demoData: {
    env: 'CUEPOINT_DEMO_DATA',
    schema: flag.default(true),
    owner: 'demo',
    description: 'load the demo data on the first start',
  },
  maxUploadMegabytes: {
    env: 'CUEPOINT_MAX_UPLOAD_MB',
    schema: z.coerce.number().int().min(1).max(10_240).default(100),
    owner: 'creatives',
    description: 'largest video file that is accepted',
  },
  maxVideoSeconds: {
    env: 'CUEPOINT_MAX_VIDEO_SECONDS',
    schema: z.coerce.number().int().min(1).max(3600).default(120),
    owner: 'creatives',
    description: 'longest video that is accepted',
  },
  decisionSampleRate: {
    env: 'CUEPOINT_DECISION_SAMPLE_RATE',
    schema: z.coerce.number().min(0).max(1).default(1),
    owner: 'delivery',
    description:
      'share of decisions, 0 to 1, whose counters are logged so that they can be replayed and explained',
  },
  tcfVendorId: {
    env: 'CUEPOINT_TCF_VENDOR_ID',
    schema: z.coerce.number('expected a vendor id').int().min(1).max(65_535).optional(),
    owner: 'delivery',
    description:
      'number of the publisher in the Global Vendor List of IAB Europe: a TC string must name it as well as the purposes, or ids and segments are withheld',
    defaultText: 'none: the purposes of a TC string are asked for, and no vendor',
  },
  eventArchive: {
    env: 'CUEPOINT_EVENT_ARCHIVE',
    schema: flag.default(false),
    owner: 'events',
    description:
      'keep every record of the logs as Parquet files by account, day and hour in the data directory; off unless wanted, since it outlives the logs and holds the same hashed identities',
  },
  eventArchiveDays: {
    env: 'CUEPOINT_EVENT_ARCHIVE_DAYS',
    schema: z.coerce.number().int().min(1).max(3650).default(400),
    owner: 'events',
    description: 'days that archived records are kept, by their own time',
  },
  identityDays: {
    env: 'CUEPOINT_IDENTITY_DAYS',
    schema: z.coerce.number().int().min(1).max(3650).default(90),
    owner: 'privacy',
    description:
      'days after which archived records lose the hashed identity of the viewer, segments and finer place with it; counts stay',
  },
  snapshotRetentionDays: {
    env: 'CUEPOINT_SNAPSHOT_RETENTION_DAYS',
    schema: z.coerce.number().int().min(1).max(3650).default(45),
    owner: 'delivery',
    description: 'days that a snapshot is kept after its last use, so that its decisions can be explained',
  },
  ffmpegPath: {
    env: 'CUEPOINT_FFMPEG_PATH',
    schema: z.string().min(1).optional(),
    owner: 'media',
    description: 'ffmpeg to use',
    defaultText: 'the one on PATH, else the one from npm',
  },
  ffprobePath: {
    env: 'CUEPOINT_FFPROBE_PATH',
    schema: z.string().min(1).optional(),
    owner: 'media',
    description: 'ffprobe to use',
    defaultText: 'the one on PATH, else the one from npm',
  },
  smtpUrl: {
    env: 'CUEPOINT_SMTP_URL',
    schema: z
      .url({ protocol: /^smtps?$/, error: 'expected smtp://user:password@host:587 or smtps://…:465' })
      .optional(),
    owner: 'reporting',
    description:
      'mail server for scheduled reports; `smtp` uses STARTTLS when it is offered and sends no password without, `smtps` begins with TLS',
    defaultText: 'none: reports cannot be scheduled by e-mail',
    secret: true,
  },
  mailFrom: {
    env: 'CUEPOINT_MAIL_FROM',
    schema: z
      .string()
      .regex(
        /^(?:[^<>\r\n]{1,120} <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
        'expected an address, or a name and <address>',
      )
      .optional(),
    owner: 'reporting',
    description: 'sender of e-mails; without it none are sent',
    defaultText: 'none',
  },
  webhookPrivateHosts: {
    env: 'CUEPOINT_WEBHOOK_PRIVATE_HOSTS',
    schema: z
      .string()
      .transform((text) =>
        text
          .split(',')
          .map((host) => host.trim().toLowerCase())
          .filter(Boolean),
      )
      .optional(),
    owner: 'reporting',
    description:
      'hosts of your own network, as name or name:port with commas between, that webhooks may be sent to, over http as well; every other private address is refused',
    defaultText: 'none',
  },
  reportFileDays: {
    env: 'CUEPOINT_REPORT_FILE_DAYS',
    schema: z.coerce.number().int().min(1).max(3650).default(90),
    owner: 'reporting',
    description: 'days that the files of scheduled reports are kept',
  },
  server: {
    env: 'CUEPOINT_SERVER',
    schema: z.url({ protocol: /^https?$/ }).optional(),
    owner: 'cli',
    description: 'server that commands speak to; default: the one that runs on this data directory',
    defaultText: 'the one of the data directory',
  },
  apiKey: {
    env: 'CUEPOINT_API_KEY',
    schema: z.string().min(20).optional(),
    owner: 'cli',
    description: 'API key for commands that speak to another server',
    secret: true,
  },
  sandboxOrigin: {
    env: 'CUEPOINT_SANDBOX_ORIGIN',
    schema: z.url({ protocol: /^https?$/ }).optional(),
    owner: 'sandbox',
    description: 'stand-in server for platforms without a key',
    defaultText: 'started beside the server',
  },
  sandboxClipLines: {
    env: 'CUEPOINT_SANDBOX_CLIP_LINES',
    schema: z.coerce.number().int().min(180).max(1080).optional(),
    owner: 'sandbox',
    description:
      'most lines of a clip that the stand-in generator draws; fewer are drawn faster, and the spot made of them is less sharp',
    defaultText: 'as many as were asked for',
  },
  lumaApiKey: {
    env: 'LUMAAI_API_KEY',
    schema: z.string().min(8).optional(),
    owner: 'studio',
    description: 'Luma Dream Machine key; without it generation is simulated',
    secret: true,
  },
  lumaBaseUrl: {
    env: 'LUMAAI_BASE_URL',
    schema: z.url({ protocol: /^https?$/ }).default('https://api.lumalabs.ai/dream-machine/v1'),
    owner: 'studio',
    description: 'Luma Dream Machine address, used with a key',
  },
  amazonClientId: {
    env: 'AMAZON_ADS_CLIENT_ID',
    schema: z.string().min(8).optional(),
    owner: 'trafficking',
    description: 'Amazon Ads client id; without all five Amazon settings the DSP is simulated',
  },
  amazonClientSecret: {
    env: 'AMAZON_ADS_CLIENT_SECRET',
    schema: z.string().min(8).optional(),
    owner: 'trafficking',
    description: 'Amazon Ads client secret',
    secret: true,
  },
  amazonRefreshToken: {
    env: 'AMAZON_ADS_REFRESH_TOKEN',
    schema: z.string().min(8).optional(),
    owner: 'trafficking',
    description: 'Amazon Ads refresh token',
    secret: true,
  },
  amazonAccountId: {
    env: 'AMAZON_ADS_ACCOUNT_ID',
    schema: z.string().min(3).optional(),
    owner: 'trafficking',
    description: 'Amazon DSP advertiser account',
  },
  amazonCurrency: {
    env: 'AMAZON_ADS_CURRENCY',
    schema: z
      .string()
      .regex(/^[A-Z]{3}$/, 'expected a three-letter ISO 4217 currency such as USD')
      .default('USD'),
    owner: 'trafficking',
    description: 'currency the Amazon DSP account is billed in; campaigns of another one are refused there',
  },
  amazonCategoryIds: {
    env: 'AMAZON_ADS_CATEGORY_IDS',
    schema: z
      .string()
      .transform((text) => text.split(',').map((id) => id.trim()))
      .pipe(z.array(z.string().min(1)).min(1))
      .optional(),
    owner: 'trafficking',
    description: 'product category ids of Amazon, separated by commas; an ad group needs at least one',
  },
  amazonRegion: {
    env: 'AMAZON_ADS_REGION',
    schema: z.enum(['na', 'eu', 'fe']).default('na'),
    owner: 'trafficking',
    description: 'Amazon Ads region',
  },
});
