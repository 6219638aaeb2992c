import * as z from 'zod/v4'
import { closedObject } from './setting.ts'

/** A name of an environment variable. */
export const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')

/** Scheme, host and port alone, as a URL's `origin` has them. */
export const exactOrigin = z
  .string()
  .refine(isOrigin, 'expected an origin without user or path, such as https://api.example.com')
  .transform(toOrigin)

/** `none` is what a call names that wants no profile. */
const profileName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'expected up to 64 letters, digits, "_", "-" and "."')
  .refine((name) => name !== 'none', '"none" is taken: it means no profile')

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** A secret and the one origin that may be sent it. */
export const profileSchema = closedObject({
  name: profileName,
  origin: exactOrigin,
  /** The header that carries the secret. */
  header: z.string().regex(token, 'expected a header name').toLowerCase().optional(),
  /** The query parameter that carries it. */
  query: z.string().min(1).optional(),
  /** The user name of Basic authentication; `true` where the variable holds `user:password`. */
  basic: z.union([z.string().regex(/^[^:\p{Cc}]+$/u, 'expected a user name without ":"'), z.literal(true)]).optional(),
  /** Whether it is sent as `Authorization: Bearer`. */
  bearer: z.literal(true).optional(),
  /** The environment variable that holds the secret. */
  from: envName.optional(),
  /** Whether cookies that the origin sets are kept and sent back to it. */
  cookies: z.boolean().default(false),
}).superRefine(({ header, query, basic, bearer, from, cookies }, context) => {
  const ways = [header, query, basic, bearer].filter((way) => way !== undefined)
  const isCookieJar = cookies && ways.length === 0 && from === undefined
  if (isCookieJar) return
  if (ways.length !== 1) context.addIssue('expected exactly one of header, query, basic, bearer')
  if (from === undefined) context.addIssue('expected from: the name of the environment variable with the secret')
})

/** A profile as the config file has it. */
export type ProfileSetting = z.output<typeof profileSchema>

export const profilesSchema = z.array(profileSchema).superRefine((profiles, context) => {
  for (const [index, { name }] of profiles.entries()) {
    if (profiles.findIndex((other) => other.name === name) === index) continue
    context.addIssue({ code: 'custom', path: [index, 'name'], message: `${JSON.stringify(name)} is there twice` })
  }
})

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return false
  return url.username === '' && url.password === '' && url.pathname === '/' && url.search === '' && url.hash === ''
}

function toOrigin(text: string): string {
  return new URL(text).origin
}
