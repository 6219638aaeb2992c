import { glmOpener, glmTags } from './engine/glm-tags.ts'
import { keyValueWriting } from './engine/key-value-tags.ts'
import { defineTagDialect } from './engine/tag-dialect.ts'
import { thinking } from './engine/thinking.ts'

/** The tags of `glm45`, written by Poolside's Laguna. */
export const poolsideV1 = defineTagDialect({
  name: 'poolside_v1',
  families: 'Poolside Laguna',
  models: [/laguna/],
  openers: [glmOpener, ...thinking('<think>', '</think>')],
  write: keyValueWriting(glmTags, '\n'),
})
