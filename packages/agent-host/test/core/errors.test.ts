import { expect, test } from 'vitest'
import { errorCodes, HostError, toHostError } from '../../src/core/errors.ts'
import { createId } from '../../src/core/ids.ts'
import { textMessage, toText } from '../../src/core/message.ts'

test('every code has a status and an exit code of the documented ones', () => {
  expect(
    Object.fromEntries(Object.entries(errorCodes).map(([code, { status, exit }]) => [code, [status, exit]])),
  ).toEqual({
    context_length_exceeded: [400, 1],
    invalid_config: [500, 2],
    invalid_request: [400, 2],
    unknown_tool: [404, 2],
    not_found: [404, 1],
    session_exists: [409, 1],
    session_busy: [409, 1],
    stale_claim: [409, 1],
    call_started: [409, 1],
    not_supported: [501, 1],
    run_lost: [500, 1],
    already_answered: [409, 1],
    shutting_down: [503, 1],
    store_unavailable: [503, 1],
    store_failed: [503, 1],
    invalid_api_key: [401, 4],
    forbidden: [403, 4],
    payload_too_large: [413, 2],
    rate_limit_exceeded: [429, 4],
    too_many_runs: [429, 4],
    model_unreachable: [502, 3],
    model_failed: [502, 1],
    model_timeout: [504, 1],
    run_timeout: [504, 4],
    tool_server_failed: [500, 1],
    limit_reached: [422, 4],
    cancelled: [499, 130],
    internal: [500, 1],
  })
})

test('a body shows the code, the message and the details, never the cause', () => {
  const error = new HostError('model_failed', 'It failed.', { cause: new Error('secret'), details: { status: 500 } })
  expect(error.toBody()).toEqual({ code: 'model_failed', message: 'It failed.', details: { status: 500 } })
  expect(new HostError('cancelled', 'Stopped.').toBody()).toEqual({ code: 'cancelled', message: 'Stopped.' })
  expect(error).toMatchObject({ name: 'HostError', cause: { message: 'secret' } })
})

test('what nobody foresaw shows nothing of its inside', () => {
  const known = new HostError('forbidden', 'No.')
  expect(toHostError(known)).toBe(known)
  for (const thrown of [new Error('secret path'), 'secret text', undefined]) {
    const error = toHostError(thrown)
    expect(error).toMatchObject({ code: 'internal', cause: thrown })
    expect(JSON.stringify(error.toBody())).not.toContain('secret')
  }
})

test('ids say their kind and do not repeat', () => {
  const ids = Array.from({ length: 1000 }, () => createId('call'))
  expect(new Set(ids).size).toBe(1000)
  expect(ids.every((id) => /^call_[0-9a-f]{24}$/.test(id))).toBe(true)
})

test('the text of parts is what a reader sees', () => {
  const call = { id: 'a', name: 'f', arguments: '{}' }
  expect(
    toText([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'a' },
      { type: 'tool-call', call },
      { type: 'refusal', text: 'b' },
      { type: 'tool-result', callId: 'a', parts: [{ type: 'text', text: 'c' }], isError: false },
    ]),
  ).toBe('ab')
  expect(textMessage('msg_1', 'user', 'hi')).toEqual({
    id: 'msg_1',
    role: 'user',
    parts: [{ type: 'text', text: 'hi' }],
  })
})
