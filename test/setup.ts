import fc from 'fast-check'
import { runs } from './scale.ts'

// One seed for the whole run, so that a failure anywhere can be had again with FC_SEED.
const seed = Number(process.env.FC_SEED ?? Date.now() & 0x7fffffff)
fc.configureGlobal({ seed, numRuns: runs(10_000) })
