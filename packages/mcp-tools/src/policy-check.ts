import { explainPolicy, type PolicyReport } from './tools/http-request/explain-policy.ts'
import type { GuardedClientOptions } from './tools/http-request/guarded-client.ts'

/** What `mcp-tools policy check` is asked. */
export interface PolicyCheck {
  readonly url: URL
  readonly method: string
  /** Whether the answer is JSON. */
  readonly json: boolean
}

const exitCodes = { allowed: 0, unresolved: 1, denied: 4 } as const satisfies Record<PolicyReport['verdict'], number>

/** The answer to print, and the program's exit code. */
export async function checkPolicy(
  { url, method, json }: PolicyCheck,
  options: GuardedClientOptions,
): Promise<{ text: string; exitCode: number }> {
  const report = await explainPolicy(url, method, options)
  const text = json ? JSON.stringify(report, undefined, 2) : toText(report, options)
  return { text: `${text}\n`, exitCode: exitCodes[report.verdict] }
}

function toText(report: PolicyReport, { proxy }: GuardedClientOptions): string {
  const { url, method, verdict, code, reason, rule, profile, addresses } = report
  const isLeftToProxy = verdict === 'allowed' && addresses.length === 0 && proxy?.egressGuard === true
  const lines = [
    ['why', reason],
    ['rule', rule ?? (verdict === 'denied' ? 'none' : 'none: anyone may call public hosts with safe methods')],
    ...addresses.map((each) => ['address', toAddressText(each)]),
    [
      'address',
      addresses.length > 0 || verdict === 'unresolved'
        ? undefined
        : isLeftToProxy
          ? 'left to the proxy'
          : 'not looked up',
    ],
    ['profile', profile],
    ['consent', report.asksUser === true ? 'the user is asked, where the client can' : undefined],
  ]
  const shown = lines.flatMap(([name = '', value]) => (value === undefined ? [] : [`  ${name.padEnd(9)}${value}`]))
  return [`${verdict}: ${method} ${url}${code === undefined ? '' : ` (${code})`}`, ...shown].join('\n')
}

function toAddressText({ address, kind, allowed, rule }: PolicyReport['addresses'][number]): string {
  const by = rule === undefined ? '' : ` by the rule ${rule}`
  return `${address}, ${kind}: ${allowed ? 'allowed' : 'denied'}${by}`
}
