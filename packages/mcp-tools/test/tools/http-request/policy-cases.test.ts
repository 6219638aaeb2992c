import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import type { Profile } from '../../../src/tools/http-request/profile.ts'
import { callHttpRequest, type Outcome } from '../../support/call-http-request.ts'
import { createFakeNetwork, type FakeNetwork, type FakeNetworkOptions } from '../../support/fake-network.ts'

interface PolicyCase {
  readonly id: string
  readonly url?: string
  readonly category: string
  readonly must_block: boolean
  readonly why: string
  readonly expect: 'allowed' | 'blocked' | 'clear_error'
  readonly request?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
  readonly redirect_chain?: readonly { url: string; status: number; location: string; resolved: string }[]
  readonly dns?: { host: string; answers: readonly (readonly string[])[]; redirect_to_self?: boolean }
}

const cases = JSON.parse(
  readFileSync(new URL('../../fixtures/policy-cases.json', import.meta.url), 'utf8'),
) as readonly PolicyCase[]

const publicAddress = '93.184.215.14'

/** Codes that say more than that it is blocked, by category. */
const codes: Readonly<Record<string, readonly string[]>> = {
  scheme: ['blocked_scheme'],
  'bad-port': ['blocked_port'],
  userinfo: ['blocked_userinfo'],
  unparseable: ['invalid_url'],
  delimiter: ['blocked_address', 'blocked_host', 'invalid_url'],
  'header-injection': ['invalid_header', 'invalid_arguments'],
  'host-override': ['blocked_header', 'invalid_header'],
  'hop-header': ['blocked_header'],
  'metadata-header': ['blocked_header'],
  method: ['blocked_method'],
  'secret-override': ['blocked_header'],
  'secret-scope': ['blocked_auth'],
  'unix-socket': ['invalid_arguments'],
  'localhost-name': ['blocked_host'],
  'internal-name': ['blocked_host', 'invalid_url'],
  redirect: ['blocked_address', 'blocked_scheme', 'blocked_userinfo', 'too_many_redirects'],
  dns: ['blocked_address', 'dns_failed'],
}
const addressCodes = ['blocked_address', 'blocked_host']

const apiProfile: Profile = { name: 'api', origin: 'https://api.example.com', bearer: true, secret: 'sk-live-123' }

let network: FakeNetwork

afterEach(async () => {
  vi.unstubAllEnvs()
  await network.close()
})

async function run(policyCase: PolicyCase): Promise<Outcome> {
  for (const [name, value] of Object.entries(policyCase.env ?? {})) vi.stubEnv(name, value)
  network = await createFakeNetwork(toNetwork(policyCase))
  const url = policyCase.url ?? policyCase.redirect_chain?.[0]?.url ?? `http://${policyCase.dns?.host}/`
  const { auth_profile: profile, body, ...request } = policyCase.request ?? {}
  if (profile === undefined) return callHttpRequest(network.options, { url, ...request })
  return callHttpRequest(
    { ...network.options, allow: 'api.example.com evil.example.net', profiles: [apiProfile] },
    // The cases name the profile's hosts after it.
    { url, auth: (profile as string).split(' ')[0], text: body, ...request },
  )
}

function having(list: readonly PolicyCase[], field: keyof PolicyCase): readonly PolicyCase[] {
  return list.filter((policyCase) => policyCase[field] !== undefined)
}

const blocked = cases.filter(({ must_block: mustBlock }) => mustBlock)

test.each(cases.filter(({ must_block: mustBlock }) => !mustBlock))('$id is reached: $why', async (policyCase) => {
  const { code, answer } = await run(policyCase)
  expect(code).toBeUndefined()
  expect(answer).toMatchObject({ status: 200, body: 'reached' })
})

test.each(blocked.filter(({ url }) => url !== undefined))(
  '$id is refused before any lookup: $why',
  async (policyCase) => {
    const { code } = await run(policyCase)
    expect(code).toBeOneOf([...(codes[policyCase.category] ?? addressCodes)])
    expect({ lookedUp: network.lookedUp, dialled: network.dialled, bytes: network.bytes() }).toEqual({
      lookedUp: [],
      dialled: [],
      bytes: 0,
    })
  },
)

const replayed = blocked.filter(({ category }) => category === 'redirect-secret')

test.each(replayed)('$id is returned, not followed: $why', async (policyCase) => {
  const { answer } = await run(policyCase)
  const [hop] = policyCase.redirect_chain ?? []
  expect(answer).toMatchObject({
    status: hop?.status,
    url: hop?.url,
    redirects: [],
    headers: { location: hop?.location },
  })
  expect(network.lookedUp).toEqual(['api.example.com'])
})

test.each(having(blocked, 'redirect_chain').filter((policyCase) => !replayed.includes(policyCase)))(
  '$id is refused after public hops only: $why',
  async (policyCase) => {
    const { code } = await run(policyCase)
    expect(code).toBeOneOf([...(codes[policyCase.category] ?? [])])
    expect(new Set(network.dialled)).toEqual(new Set([publicAddress]))
  },
)

test.each(having(blocked, 'dns'))('$id is refused without a byte to the denied address: $why', async (policyCase) => {
  const { code } = await run(policyCase)
  expect(code).toBeOneOf([...(codes[policyCase.category] ?? [])])
  expect(network.dialled.filter((address) => address !== publicAddress)).toEqual([])
  // Only the name that redirects to itself is public at its first hop.
  expect(network.bytes() > 0).toBe(policyCase.dns?.redirect_to_self === true)
})

/** Every name leads to a public address, except where the case says what it leads to. */
function toNetwork({ dns, redirect_chain: chain = [] }: PolicyCase): FakeNetworkOptions {
  const names: Record<string, readonly (readonly string[])[]> =
    dns === undefined ? anyName(publicAddress) : { [dns.host]: dns.answers }
  const [first, second] = dns?.answers ?? []
  // The second answer of a rebinding name is where its connection ends.
  const rebinds = dns?.redirect_to_self !== true && first?.[0] !== undefined && second?.[0] !== undefined
  return {
    names,
    ...(rebinds && { landsAt: { [String(first[0])]: String(second[0]) } }),
    respond(_request, response, url) {
      const hop = chain.find((each) => each.url === url)
      const location = dns?.redirect_to_self === true ? url : hop?.location
      if (location === undefined) response.end('reached')
      else response.writeHead(hop?.status ?? 302, { location }).end()
    },
  }
}

function anyName(address: string): Record<string, readonly (readonly string[])[]> {
  return new Proxy({}, { get: () => [[address]] })
}

const resolving = having(blocked, 'dns').filter(({ dns }) => dns?.redirect_to_self !== true)

test.each(resolving)('$id is refused without a byte of TLS to the denied address: $why', async (policyCase) => {
  const { code } = await run({ ...policyCase, url: `https://${policyCase.dns?.host}/` })
  expect(code).toBeOneOf([...(codes[policyCase.category] ?? [])])
  await network.closed()
  expect(network.bytes()).toBe(0)
})

test('every case is run', () => {
  expect(cases).toHaveLength(175)
  const untested = blocked.filter(
    ({ url, redirect_chain: chain, dns }) => url === undefined && chain === undefined && dns === undefined,
  )
  expect(untested).toEqual([])
})
