// What the Responses API costs beside chat completions, and whether reading a stored Response stays as cheap.
import { measureRetrieval } from './responses/retrieval.ts'
import { measureStreams } from './responses/streams.ts'

await measureStreams()
await measureRetrieval()
process.exit(0)
