import { createPostgresRecordStore } from '../../src/sessions/postgres/record-store.ts'
import { createPostgresSessionStore } from '../../src/sessions/postgres/session-store.ts'
import { runs } from '../../../../test/scale.ts'
import { withoutPostgres } from '../support/postgres-server.ts'
import { sharePostgres } from '../support/postgres-stores.ts'
import { describeWith } from '../support/describe-with.ts'
import { testRecordStore } from './record-contract.ts'
import { testSessionStore } from './store-contract.ts'

const close = (): Promise<void> => Promise.resolve()

describeWith('with PostgreSQL', [withoutPostgres], () => {
  const { openTwo } = sharePostgres()
  const open = async () => ({ handles: (await openTwo()).map(createPostgresSessionStore), close })
  testSessionStore('PostgreSQL', open, runs(300))
  testRecordStore('PostgreSQL', async (lifetimes) => ({
    handles: (await openTwo()).map((database) => createPostgresRecordStore(database, lifetimes)),
    close,
  }))
})
