import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '../../core/errors.ts'
import type { ToolSpec } from '../../core/tool.ts'
import { choosePromptFile } from './choose-file.ts'
import type { PromptEndpoint } from './endpoints.ts'
import { fillTemplate } from './template.ts'

/** What a run's instructions may depend on. */
export interface PromptOccasion {
  endpoint?: PromptEndpoint | undefined
  model: string
  tools: readonly Pick<ToolSpec, 'name' | 'description'>[]
  sessionId?: string | undefined
}

/** The instructions for a run; empty for none. @throws HostError `invalid_config` */
export type Prompts = (occasion: PromptOccasion) => Promise<string>

/** Instructions from a folder of templates, read anew for each run; `fallback` where none fits. */
export function createPrompts(folder: string, variables: Readonly<Record<string, string>>, fallback: Prompts): Prompts {
  return async (occasion) => {
    const file = choosePromptFile(await read(() => readdir(folder), 'The folder'), occasion.endpoint, occasion.model)
    if (file === undefined) return await fallback(occasion)
    const template = await read(() => readFile(join(folder, file), 'utf8'), `The prompt file ${file} of the folder`)
    return fillTemplate(template, { ...builtIns(occasion), ...variables }, file).trim()
  }
}

async function read<Value>(work: () => Promise<Value>, what: string): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    const message = `${what} that PROMPTS_DIR names cannot be read (${code}).`
    throw new HostError('invalid_config', message, { cause: error })
  }
}

function builtIns({ model, tools, sessionId }: PromptOccasion): Record<string, string> {
  const now = new Date()
  return {
    date: `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`,
    time: `${two(now.getHours())}:${two(now.getMinutes())}`,
    timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    tools: tools.map(({ name, description = '' }) => `- ${name}: ${description.split('\n')[0] ?? ''}`).join('\n'),
    model,
    session_id: sessionId ?? '',
  }
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
