// What keeping conversations costs: each part measures one thing on one store.
import { measureStores } from './agent/stores.ts'

await measureStores()
