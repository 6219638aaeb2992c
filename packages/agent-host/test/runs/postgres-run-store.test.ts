import { createPostgresRunStore } from '../../src/runs/postgres/run-store.ts'
import { runs } from '../../../../test/scale.ts'
import { withoutPostgres } from '../support/postgres-server.ts'
import { sharePostgres } from '../support/postgres-stores.ts'
import { describeWith } from '../support/describe-with.ts'
import { testRunStore } from './run-store-contract.ts'

const close = (): Promise<void> => Promise.resolve()

describeWith('with PostgreSQL', [withoutPostgres], () => {
  const { openTwo } = sharePostgres()
  const open = async () => ({ handles: (await openTwo()).map(createPostgresRunStore), close })
  testRunStore('PostgreSQL', open, runs(200))
})
