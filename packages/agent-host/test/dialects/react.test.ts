import { describe, expect, it } from 'vitest'
import { findDialect } from '../../src/dialects/registry.ts'
import { readTurn, summarise, toolSpec } from './read-turn.ts'

const react = findDialect('react')
if (!react) throw new Error('no react')
const call = 'Action: get_weather\nAction Input: {"city": "Tokyo"}\n'

describe('react', () => {
  it('needs nothing behind an Observation of the model', () => {
    const parser = react.createParser({ newId: () => 'call-0' })
    parser.push(call)
    expect(parser.done).toBe(false)
    parser.push('Observation:')
    expect(parser.done).toBe(true)
    expect([...parser.push(' sunny.\nFinal Answer: Sunny.'), ...parser.end('stop')]).toEqual([])
  })

  it('lets the server stop there', () => {
    expect(react.stop).toEqual(['\nObservation:'])
  })

  it('writes calls that follow one another', () => {
    const calls = [
      { id: 'call-0', name: 'get_weather', arguments: '{"city": "Tokyo"}' },
      { id: 'call-1', name: 'now', arguments: '' },
    ]
    expect(react.write(calls)).toBe(`${call}Action: now\nAction Input: {}`)
  })

  it('teaches each tool by name, purpose and schema', () => {
    const weather = { ...toolSpec('get_weather', { city: { type: 'string' } }), description: 'Says the weather.' }
    const prompt = react.promptTools?.([weather, toolSpec('now')]) ?? ''
    expect(prompt).toContain('- get_weather: Says the weather.\n')
    expect(prompt).toContain(JSON.stringify(weather.parameters))
    expect(prompt).toContain('(get_weather, now)')
  })

  it.each([
    [{ city: { type: 'string' } }, undefined, '{"city":"Tokyo"}'],
    [{ city: { type: 'string' }, days: { type: 'integer' } }, ['city'], '{"city":"Tokyo"}'],
    [{ city: { type: 'string' }, days: { type: 'integer' } }, undefined, undefined],
    [{ city: { type: 'string' }, country: { type: 'string' } }, ['city', 'country'], undefined],
    [{ days: { type: 'integer' } }, undefined, undefined],
  ])('gives a bare string to the one parameter that is needed, of %j with %j', (properties, required, json) => {
    const tool = { name: 'get_weather', parameters: { type: 'object', properties, ...(required && { required }) } }
    const text = 'Action: get_weather\nAction Input: Tokyo\n'
    const { calls, problems } = summarise(readTurn(react, [text], { tools: [tool] }))
    expect(calls.map((one) => one.arguments)).toEqual(json === undefined ? [] : [json])
    expect(problems.length).toBe(json === undefined ? 1 : 0)
  })
})
