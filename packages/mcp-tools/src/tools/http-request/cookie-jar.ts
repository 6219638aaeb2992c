import type { CookieJar } from 'tough-cookie'

/** The cookies of one profile. */
export interface ProfileCookies {
  /** The value of the Cookie header for `url`; empty where there is none. */
  headerFor(url: URL): Promise<string>
  /** Takes the Set-Cookie headers of an answer from `url`; those that are not its to set are left out. */
  learn(url: URL, setCookie: string | readonly string[] | undefined): Promise<void>
  /** What must not be seen of them. */
  values(url: URL): Promise<readonly string[]>
}

/** What RFC 6265 section 6.1 asks browsers to keep for a host at least; no API needs more. */
const maxCookies = 50

/** Makes an empty jar, kept in memory only. The library is loaded with the first use. */
export function createProfileCookies(): ProfileCookies {
  let loaded: Promise<CookieJar> | undefined
  const load = () => (loaded ??= import('tough-cookie').then(({ CookieJar: Jar }) => new Jar()))
  return {
    headerFor: async ({ href }) => (await load()).getCookieString(href),
    async learn({ href }, setCookie = []) {
      const given = [setCookie].flat()
      if (given.length === 0) return
      const jar = await load()
      for (const cookie of given) {
        const kept = await jar.getCookies(href)
        if (kept.length < maxCookies) await jar.setCookie(cookie, href, { ignoreError: true })
      }
    },
    async values({ href }) {
      const cookies = await (await load()).getCookies(href, { allPaths: true })
      return cookies.map(({ value }) => value)
    },
  }
}
