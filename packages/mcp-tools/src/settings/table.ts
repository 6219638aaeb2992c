import * as z from 'zod/v4'
import { limitSettings } from './limit-settings.ts'
import { envName, exactOrigin, profilesSchema } from './profile-setting.ts'
import { closedObject, listSetting, numberSetting, ruleSetting, type Setting, zoneSetting } from './setting.ts'

const shortestToken = 16
const path = z.string().min(1)

const proxySchema = closedObject({
  url: exactOrigin,
  /** Whether the proxy itself decides where requests may go: it is asked for names, which are not looked up here. */
  egressGuard: z.boolean().default(false),
})

const certificatesSchema = z.array(
  closedObject({ origin: exactOrigin, cert: path, key: path, passphraseFrom: envName.optional() }),
)

/** The lengths that a prefix may have (RFC 6052 section 2.2). */
const nat64Prefix = z.cidrv6().regex(/\/(?:32|40|48|56|64|96)$/, 'expected a prefix of 32, 40, 48, 56, 64 or 96 bits')

const rootsSchema = closedObject({ upload: z.array(path).default([]), save: path.optional() })

/** Every setting, in the order they are shown. A new one is an entry here and a row in docs/tools.md. */
export const settingTable = {
  config: {
    env: 'MCP_TOOLS_CONFIG',
    type: 'path',
    default: 'none',
    description: 'the config file; --config wins',
    schema: path.optional(),
  },
  allow: ruleSetting({
    env: 'HTTP_ALLOW',
    key: 'allow',
    description: 'whom http_request may call beyond safe methods on public hosts',
  }),
  deny: ruleSetting({
    env: 'HTTP_DENY',
    key: 'deny',
    description: 'whom http_request may never call, whatever else allows it',
  }),
  maxTimeoutMs: numberSetting({
    env: 'HTTP_MAX_TIMEOUT_MS',
    key: 'maxTimeoutMs',
    unit: 'milliseconds',
    min: 1,
    max: 3_600_000,
    default: 120_000,
    description: 'longest timeout_ms that a call may ask for',
  }),
  maxBytes: numberSetting({
    env: 'HTTP_MAX_BYTES',
    key: 'maxBytes',
    unit: 'bytes',
    min: 1,
    max: 100_000_000,
    default: 2_000_000,
    description: 'most of a body that is read, as it comes and once unpacked',
  }),
  ...limitSettings,
  profiles: {
    key: 'profiles',
    type: 'list of profiles',
    default: 'none',
    description: 'secrets that http_request sends to one origin each, known to the model by name only',
    schema: profilesSchema.default([]),
  },
  clientCertificates: {
    key: 'clientCertificates',
    type: 'list of certificates',
    default: 'none',
    description: 'certificates that http_request shows to one origin each',
    schema: certificatesSchema.default([]),
  },
  ca: {
    key: 'ca',
    type: 'list of paths',
    default: 'none',
    description: 'PEM files of authorities to trust besides the public ones',
    schema: z.array(path).default([]),
  },
  proxy: {
    env: 'HTTP_PROXY_URL',
    key: 'proxy',
    type: 'URL, or in the file an object',
    default: 'none',
    description: 'the proxy that http_request goes through',
    schema: proxySchema.optional(),
    fromText: (url) => ({ url }),
  },
  proxyAuth: {
    env: 'HTTP_PROXY_AUTH',
    type: 'secret',
    default: 'none',
    description: 'user:password for that proxy',
    schema: z
      .string()
      .regex(/^[^:]+:/, 'must be user:password')
      .optional(),
  },
  nat64Prefixes: {
    key: 'nat64Prefixes',
    type: 'list of IPv6 prefixes',
    default: 'none',
    description: 'prefixes under which a translator on this network delivers to IPv4 addresses',
    schema: z.array(nat64Prefix).default([]),
  },
  roots: {
    key: 'roots',
    type: 'object of folders',
    default: 'none',
    description: 'folders that http_request may read uploads from (upload) and save answers in (save)',
    schema: rootsSchema.default({ upload: [] }),
  },
  timezone: zoneSetting({
    env: 'MCP_TOOLS_TIMEZONE',
    key: 'timezone',
    description: 'the zone of time_now where a call names none, in any form that a call may use',
  }),
  token: {
    env: 'MCP_TOOLS_TOKEN',
    type: 'secret',
    default: 'none',
    description: 'bearer token that --http then asks of every request; needed beyond loopback, and with profiles',
    // The value itself never shows in a message.
    schema: z.string().trim().min(shortestToken, `must have at least ${shortestToken} characters`).optional(),
  },
  hosts: listSetting({
    env: 'MCP_TOOLS_HOSTS',
    key: 'hosts',
    type: 'host names',
    description: 'Host and Origin names to accept besides the address it listens on',
  }),
} as const satisfies Record<string, Setting>

/** The settings, read and checked. */
export type Settings = { readonly [Name in keyof typeof settingTable]: z.output<(typeof settingTable)[Name]['schema']> }

/** The table as {@link Setting}s, for whoever treats them all alike. */
export const settingEntries = Object.entries(settingTable) as [keyof Settings, Setting][]
