import type { Profile } from '../tools/http-request/profile.ts'
import type { ProfileSetting } from './profile-setting.ts'
import type { Settings } from './table.ts'

/** Hiding less would hit ordinary text. */
const shortestSecret = 4

/**
 * The profiles with their secrets, from `env`. Throws an `Error` naming the profile and the variable; a profile that
 * could never be used, since no rule lists its origin, is a mistake too.
 */
export async function readProfiles(settings: Settings, env: NodeJS.ProcessEnv): Promise<readonly Profile[]> {
  const { profiles, allow } = settings
  if (profiles.length === 0) return []
  const [{ parseRules }, { listsOrigin }, { toRequestHeaders }] = await Promise.all([
    import('../tools/http-request/parse-rules.ts'),
    import('../tools/http-request/rule.ts'),
    import('../tools/http-request/request-headers.ts'),
  ])
  const rules = parseRules(allow.join(' '))
  return profiles.map((setting) => {
    const { name, origin, from, header } = setting
    const at = `profile ${name}`
    if (!rules.some((rule) => listsOrigin(rule, new URL(origin)))) {
      throw new Error(`${at}: no rule in allow lists ${origin}, so its secret could never be sent; add GET=${origin}`)
    }
    try {
      // Throws for a header that is not a caller's to set; that it is the operator's makes it no better.
      if (header !== undefined) toRequestHeaders({ [header]: '' })
    } catch (error) {
      throw new Error(`${at}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
    return { ...setting, secret: from === undefined ? undefined : readSecret(setting, from, at, env) }
  })
}

function readSecret({ basic }: ProfileSetting, from: string, at: string, env: NodeJS.ProcessEnv): string {
  const secret = env[from]?.trim() ?? ''
  const wrong = (what: string) => new Error(`${at}: the environment variable ${from} ${what}`)
  if (secret === '') throw wrong('is not set')
  if (secret.length < shortestSecret) throw wrong(`has fewer than ${shortestSecret} characters`)
  if (/\p{Cc}/u.test(secret)) throw wrong('has a line break or another control character')
  if (basic === true && !/^[^:]+:.{4}/.test(secret)) throw wrong('must be user:password')
  return secret
}
