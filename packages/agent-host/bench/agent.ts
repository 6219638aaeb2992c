// What keeping conversations costs, and how many runs at once keep the pace of their model.
import { measureResume } from './agent/resume.ts'
import { measureStores } from './agent/stores.ts'
import { measureStreams } from './agent/streams.ts'

await measureStores()
await measureResume()
await measureStreams()
process.exit(0)
