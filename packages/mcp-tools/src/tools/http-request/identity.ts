import { ToolError } from '../../errors.ts'
import { createProfileCookies, type ProfileCookies } from './cookie-jar.ts'
import type { Grant } from './policy.ts'
import { noProfile, type Profile, toHiddenTexts, toSecretHeader, withSecretQuery } from './profile.ts'
import type { ProxyServer } from './proxy.ts'
import { createRedactor, type Redactor } from './redactor.ts'

/** A certificate of the operator, and the one origin that it is shown to. */
export interface ClientCertificate {
  /** Exactly scheme, host and port, as `URL.origin` has them. */
  readonly origin: string
  /** PEM. */
  readonly cert: string
  /** PEM. */
  readonly key: string
  readonly passphrase?: string | undefined
}

/** What of the operator's own goes along with a request, and only to one origin. */
export interface Identity {
  /** Connections and stored answers are shared only between requests of one key. */
  readonly key: string
  readonly origin: string
  readonly profile?: Profile
  readonly certificate?: ClientCertificate
}

export interface Identities {
  /**
   * The identity for a first request: the profile named `auth`, or the only one of its origin; only where a rule lists
   * the request. Throws `blocked_auth` for a profile that is not for it, `blocked_header` where the caller's own
   * `headers` collide with it.
   */
  choose(auth: string | undefined, grant: Grant, headers: Readonly<Record<string, string>>): Identity | undefined
  /** The Cookie header for `url`; empty where the profile keeps none. */
  cookieFor(identity: Identity | undefined, url: URL): Promise<string>
  /** Keeps the cookies of an answer, where the profile does. */
  learn(identity: Identity | undefined, url: URL, setCookie: string | string[] | undefined): Promise<void>
  /** Whether `text` holds a secret, in any case. */
  findsSecret(text: string): boolean
  /** Hides every secret, and the cookies of `identity`. */
  redactorFor(identity?: Identity): Promise<Redactor | undefined>
}

/** Shorter cookies are flags and the like, and in ordinary text too. */
const shortestCookie = 8

/** What the identities are made of; the proxy's credentials are only to be hidden. */
interface IdentityOptions {
  readonly profiles?: readonly Profile[]
  readonly clientCertificates?: readonly ClientCertificate[]
  readonly proxy?: ProxyServer
}

export function createIdentities(options: IdentityOptions): Identities {
  const { profiles = [], clientCertificates = [], proxy } = options
  const jars = new Map(profiles.filter(({ cookies }) => cookies === true).map((each) => [each, createProfileCookies()]))
  const secrets = [
    ...profiles.flatMap((profile) => toHiddenTexts(profile).map((text) => ({ name: profile.name, text }))),
    ...toHiddenTexts({ secret: proxy?.auth, basic: true }).map((text) => ({ name: 'proxy', text })),
  ]
  const redactor = createRedactor(secrets)
  const jarOf = (identity: Identity | undefined): ProfileCookies | undefined =>
    identity?.profile === undefined ? undefined : jars.get(identity.profile)
  return {
    choose(auth, grant, headers) {
      if (auth === noProfile) return undefined
      const { origin } = grant.url
      const profile = auth === undefined ? toOnly(profiles, origin) : toNamed(profiles, auth, grant)
      // Whoever is not listed gets nothing of the operator's.
      if (grant.rule === undefined) return undefined
      if (profile !== undefined) refuseCollision(profile, grant.url, headers)
      const certificate = clientCertificates.find((each) => each.origin === origin)
      if (profile === undefined && certificate === undefined) return undefined
      return {
        key: JSON.stringify([profile?.name ?? null, certificate !== undefined]),
        origin,
        ...(profile !== undefined && { profile }),
        ...(certificate !== undefined && { certificate }),
      }
    },
    cookieFor: async (identity, url) => (await jarOf(identity)?.headerFor(url)) ?? '',
    async learn(identity, url, setCookie) {
      await jarOf(identity)?.learn(url, setCookie)
    },
    findsSecret: (text) => redactor?.finds(text) === true,
    async redactorFor(identity) {
      const jar = jarOf(identity)
      if (jar === undefined || identity?.profile === undefined) return redactor
      const { name, origin } = identity.profile
      const values = (await jar.values(new URL(origin))).filter((value) => value.length >= shortestCookie)
      return createRedactor([...secrets, ...values.map((text) => ({ name, text }))])
    },
  }
}

/** What is left of `identity` after a redirect: it goes to its own origin only, and never comes back. */
export function keepIdentity(identity: Identity | undefined, { url, rule }: Grant): Identity | undefined {
  return identity?.origin === url.origin && rule !== undefined ? identity : undefined
}

/** The URL that is sent, which may hold a secret; it is made only there, so that nothing else sees it. */
export function toSentUrl({ url, identity }: Grant): URL {
  return identity?.profile === undefined ? url : withSecretQuery(url, identity.profile)
}

/** The headers that are sent besides the request's own. */
export function toSecretHeaders({ identity }: Grant): Readonly<Record<string, string>> {
  const header = identity?.profile === undefined ? undefined : toSecretHeader(identity.profile)
  return header === undefined ? {} : { [header[0]]: header[1] }
}

/** With several profiles for one origin, the caller has to say which. */
function toOnly(profiles: readonly Profile[], origin: string): Profile | undefined {
  const own = profiles.filter((profile) => profile.origin === origin)
  return own.length === 1 ? own[0] : undefined
}

function toNamed(profiles: readonly Profile[], name: string, { url, rule, method }: Grant): Profile {
  const profile = profiles.find((each) => each.name === name)
  if (profile === undefined) throw new ToolError('blocked_auth', `There is no profile ${JSON.stringify(name)}.`)
  if (profile.origin !== url.origin) {
    throw new ToolError('blocked_auth', `The profile ${name} is for ${profile.origin} only, not for ${url.origin}.`)
  }
  if (rule === undefined) {
    const message = `No rule lists ${method} ${url.origin}${url.pathname}, so the profile ${name} is not used there. The operator can list it in HTTP_ALLOW.`
    throw new ToolError('blocked_auth', message)
  }
  return profile
}

function refuseCollision(profile: Profile, url: URL, headers: Readonly<Record<string, string>>): void {
  const { name, query } = profile
  const owned = [toSecretHeader(profile)?.[0], profile.cookies === true ? 'cookie' : undefined]
  const header = owned.find((each) => each !== undefined && headers[each] !== undefined)
  if (header !== undefined) {
    const message = `The header ${header} belongs to the profile ${name}: leave it out, or give \`auth\` "none".`
    throw new ToolError('blocked_header', message)
  }
  if (query !== undefined && url.searchParams.has(query)) {
    const message = `The query parameter ${query} belongs to the profile ${name}: leave it out, or give \`auth\` "none".`
    throw new ToolError('blocked_auth', message)
  }
}
