import { defineJsonDialect } from './engine/json-dialect.ts'
import { thinking } from './engine/thinking.ts'

/** `<TOOLCALL>[…]</TOOLCALL>`: NVIDIA Nemotron-Nano-v2. */
export const nemotronJson = defineJsonDialect({
  name: 'nemotron_json',
  aliases: ['nemotron_nano_v2'],
  families: 'NVIDIA Nemotron-Nano-v2',
  models: [/nemotron-nano.*v2/],
  open: ['<TOOLCALL>'],
  close: ['</TOOLCALL>'],
  several: 'array',
  others: thinking('<think>', '</think>'),
})
