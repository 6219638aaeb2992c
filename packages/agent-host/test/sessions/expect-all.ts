import { expect } from 'vitest'

/** That each of them failed with the code. */
export async function expectAll(attempts: readonly Promise<unknown>[], code: string): Promise<void> {
  const outcomes = await Promise.allSettled(attempts)
  const codes = outcomes.map((each) => (each.status === 'rejected' ? (each.reason as { code: unknown }).code : 'none'))
  expect(codes).toEqual(attempts.map(() => code))
}
