import { createMemoryRunStore } from '../../src/runs/memory/run-store.ts'
import { runs } from '../../../../test/scale.ts'
import { testRunStore } from './run-store-contract.ts'

testRunStore('memory', async () => ({ handles: [createMemoryRunStore()], close: () => Promise.resolve() }), runs(2000))
