import { createModelServer } from '../../src/backend/model-server.ts'
import { type ExaminationOptions, examineServer } from '../../src/doctor/examine.ts'
import { createReportCollector, type ModelReport, type ServerReport } from '../../src/doctor/report.ts'
import {
  type FakeModelServer,
  type FakeModelServerOptions,
  startFakeModelServer,
} from '../support/fake-model-server.ts'

export interface Examined extends AsyncDisposable {
  fake: FakeModelServer
  report: ServerReport
  /** Of the first model. */
  model: ModelReport
  /** A finding of it. */
  of(name: string): ModelReport['findings'][number]
}

/** Examines a fake model server of this kind. */
export async function examine(
  server: FakeModelServerOptions,
  options: Partial<ExaminationOptions> = {},
): Promise<Examined> {
  const fake = await startFakeModelServer(server)
  const client = createModelServer({ url: fake.url, apiKey: server.apiKey, timeoutMs: 10_000 })
  const report = createReportCollector()
  const { signal } = new AbortController()
  for await (const event of examineServer(client, { allModels: false, timeoutMs: 10_000, signal, ...options })) {
    report.add(event)
  }
  await client.close()
  const [first] = report.servers()
  if (!first) throw new Error('no server was reported')
  const model = first.examined[0] ?? {
    model: '',
    rung: null,
    findings: [],
    requests: [],
    prompt_tokens: 0,
    completion_tokens: 0,
    ms: 0,
  }
  return {
    fake,
    report: first,
    model,
    of(name) {
      const found = model.findings.find((finding) => finding.name === name)
      if (!found) throw new Error(`there is no finding ${name}`)
      return found
    },
    [Symbol.asyncDispose]: () => fake.close(),
  }
}
