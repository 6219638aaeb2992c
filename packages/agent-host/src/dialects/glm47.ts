import { glmOpener, glmTags } from './engine/glm-tags.ts'
import { keyValueWriting } from './engine/key-value-tags.ts'
import { defineTagDialect } from './engine/tag-dialect.ts'
import { thinking } from './engine/thinking.ts'

/** As `glm45` but without line breaks between the tags: GLM-4.7 and 5. */
export const glm47 = defineTagDialect({
  name: 'glm47',
  families: 'GLM-4.7, 4.7-Flash and 5',
  models: [/glm-?(?:4\.?7|5)/],
  openers: [glmOpener, ...thinking('<think>', '</think>')],
  write: keyValueWriting(glmTags, ''),
})
