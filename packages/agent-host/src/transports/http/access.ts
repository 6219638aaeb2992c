import { isIP } from 'node:net'
import type { ApiKey } from '../../config/api-key.ts'
import { readApiKeys } from '../../config/api-keys-file.ts'
import type { Settings } from '../../config/options.ts'
import { HostError } from '../../core/errors.ts'

/** Who may call a service. */
export interface Access {
  /** One of these is asked for; where there are none, whoever can connect may call. */
  keys: readonly ApiKey[]
  /** Whoever can connect may call, and more than this machine can connect. */
  open: boolean
}

/**
 * Reads the API keys, and makes sure that a service that listens on `host` does not by oversight let everyone on the
 * network use the model, the tools and their secrets.
 *
 * @throws HostError `invalid_config` where it would, unless ALLOW_ANONYMOUS is set.
 */
export function readAccess(
  settings: Pick<Settings, 'apiKeys' | 'apiKeysFile' | 'allowAnonymous'>,
  host: string,
): Access {
  const keys = readApiKeys(settings)
  const open = keys.length === 0 && !isLoopback(host)
  if (!open || settings.allowAnonymous) return { keys, open }
  throw new HostError(
    'invalid_config',
    [
      `Refused to listen on ${host}: without API keys, everyone who can reach this machine could use the model and the tools. Either`,
      '  make a key:      agent-host keys create NAME --api-keys-file keys.json, and set API_KEYS_FILE=keys.json',
      '  or stay local:   listen on 127.0.0.1',
      '  or allow it:     ALLOW_ANONYMOUS=true, where something else keeps strangers out',
    ].join('\n'),
  )
}

/** Any other name may come to mean an address of the network. */
function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (address === 'localhost' || address === '::1') return true
  return isIP(address) === 4 && address.startsWith('127.')
}

/** Who may call, in a few words for a banner. */
export function accessWords({ keys, open }: Access): string {
  if (keys.length > 0) return `asked for: ${keys.map(({ name }) => name).join(', ')}`
  return open
    ? 'none, and others can connect (ALLOW_ANONYMOUS): anyone may call'
    : 'none: only this machine can connect'
}
