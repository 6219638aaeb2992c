import fc from 'fast-check'
import { runs } from './scale.ts'

fc.configureGlobal({ seed: Number(process.env.FC_SEED), numRuns: runs(10_000) })
