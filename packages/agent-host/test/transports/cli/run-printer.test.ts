import { PassThrough } from 'node:stream'
import type { WriteStream } from 'node:tty'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRunPrinter } from '../../../src/transports/cli/run-printer.ts'
import { runs } from '../../../../../test/scale.ts'

function openTerminal() {
  const written = new PassThrough()
  const terminal = Object.assign(written, { isTTY: true }) as unknown as WriteStream
  return { terminal, shown: () => String(written.read() ?? '') }
}

/** Without control characters, and without what stands for one. */
function readable(text: string): string {
  return text.replaceAll(/\p{Cc}|\\u\{[0-9a-f]+\}/gu, '')
}

test('what a model or a tool says is never a command to the terminal, however it comes in pieces', () => {
  const evil = fc.constantFrom(
    '\u001b]0;owned\u0007',
    '\u001b[2J',
    '\u009b31m',
    '\r',
    '\u0008',
    '한국어 👩‍👩‍👧',
    '\n',
    '\t',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(evil, fc.string({ unit: 'binary' }))), (texts) => {
      const [stdout, stderr] = [openTerminal(), openTerminal()]
      const printer = createRunPrinter({ stdout: stdout.terminal, stderr: stderr.terminal })
      for (const text of texts) printer.add({ type: 'text-delta', index: 0, text })
      const written = stdout.shown()
      expect(written).not.toMatch(/(?![\n\t])\p{Cc}/u)
      expect(readable(written)).toBe(readable(texts.join('')))
      printer.add({ type: 'error', error: { code: 'model_failed', message: texts.join('') } })
      const inRed = stderr.shown().slice('\u001b[31m'.length, -'\u001b[39m\n'.length)
      expect(inRed).not.toMatch(/(?![\n\t])\p{Cc}/u)
    }),
    { numRuns: runs(2000) },
  )
})
