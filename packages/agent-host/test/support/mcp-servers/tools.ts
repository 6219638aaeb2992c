/** What a tool of the test servers is given, whichever SDK and era its server speaks. */
export interface ToolContext {
  signal: AbortSignal
  /** Does nothing where the client did not ask for progress. */
  progress(progress: number, total: number, message: string): Promise<void>
  /** Adds the tool `late` to the server, which says that its list changed. */
  addTool(): void
}

export interface TestTool {
  name: string
  description: string
  run(args: { text?: string | undefined }, context: ToolContext): Promise<string>
}

/** The tools of every test server; one set remembers what befell it, whichever of its servers was called. */
export function createTestTools(): TestTool[] {
  const cancelled = Promise.withResolvers<string>()
  const heard = Promise.withResolvers<string>()
  return [
    { name: 'echo', description: 'Gives the text back.', run: async ({ text }) => text ?? '' },
    { name: 'pid', description: 'The id of the process.', run: async () => String(process.pid) },
    {
      name: 'count',
      description: 'Counts to 3, telling its progress, then waits until it was heard.',
      async run(_, { progress }) {
        for (const at of [1, 2, 3]) await progress(at, 3, `number ${at}`)
        return heard.promise
      },
    },
    {
      name: 'heard',
      description: 'Ends the count.',
      async run() {
        heard.resolve('counted')
        return 'thanks'
      },
    },
    {
      name: 'wait',
      description: 'Says that it has begun, then waits until it is cancelled.',
      async run(_, { signal, progress }) {
        signal.addEventListener('abort', () => cancelled.resolve('a wait was cancelled'))
        await progress(0, 1, 'waiting')
        return cancelled.promise
      },
    },
    { name: 'cancelled', description: 'Waits until a wait was cancelled.', run: () => cancelled.promise },
    {
      name: 'noise',
      description: 'Fills stderr, then answers.',
      async run() {
        const noise = `${'x'.repeat(499)}\n`.repeat(2000)
        await new Promise((resolve) => process.stderr.write(noise, resolve))
        return 'still here'
      },
    },
    {
      name: 'grow',
      description: 'Adds another tool.',
      async run(_, { addTool }) {
        addTool()
        return 'grown'
      },
    },
  ]
}
