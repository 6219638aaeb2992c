import { definePythonDialect, promptPythonTools } from './engine/python-dialect.ts'
import { toPythonList } from './engine/write-python.ts'

/**
 * `[get_weather(city='Tokyo')]` and nothing else: ToolACE, Gemma 3 and the small models of Llama 3.2. The latter were
 * taught both this and JSON; here both are read, while the JSON dialect of Llama reads JSON alone.
 */
export const pythonic = definePythonDialect({
  name: 'pythonic',
  families: 'ToolACE, Gemma 3, Llama 3.2 1B and 3B',
  models: [
    /toolace/,
    /(?<![a-z])gemma-?3(?!\d)/,
    /^(?!.*(?:hermes|toolace|functionary|guard)).*llama-?3\.2(?:-instruct)?[-:](?:1|3)b/,
  ],
  write: (calls) => toPythonList(calls, "'"),
  promptTools: (tools) => promptPythonTools(tools),
})
