import { join } from 'node:path'

/** An MCP config without servers, for services whose tools are not tested: they start faster. */
export const noTools = join(import.meta.dirname, 'no-tools.json')
