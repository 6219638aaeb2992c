import { defineGemmaDialect } from './engine/gemma-dialect.ts'

/** `<start_function_call>call:get_weather{city:<escape>Tokyo<escape>}<end_function_call>`: FunctionGemma. */
export const functiongemma = defineGemmaDialect({
  name: 'functiongemma',
  families: 'Google FunctionGemma 270M',
  models: [/function-?gemma/],
  open: '<start_function_call>',
  close: '<end_function_call>',
  quote: '<escape>',
  response: '<start_function_response>',
})
