import type { builtInVariables } from '../../config/prompt-variables.ts'
import type { ToolSpec } from '../../core/tool.ts'
import { fittingPromptFiles } from './choose-file.ts'
import type { PromptEndpoint } from './endpoints.ts'
import type { PromptFolder } from './prompt-folder.ts'
import { fillTemplate } from './template.ts'

/** What a run's instructions may depend on. */
export interface PromptOccasion {
  endpoint?: PromptEndpoint | undefined
  model: string
  tools: readonly Pick<ToolSpec, 'name' | 'description'>[]
  sessionId?: string | undefined
}

/** The instructions for a run; empty for none. */
export type Prompts = (occasion: PromptOccasion) => Promise<string>

/** Instructions from a folder of templates, read anew for each run; `fallback` where none fits. */
export function createPrompts(
  folder: PromptFolder,
  variables: Readonly<Record<string, string>>,
  fallback: Prompts,
): Prompts {
  return async (occasion) => {
    const template = await folder.read((files) => fittingPromptFiles(files, occasion.endpoint, occasion.model))
    if (template === undefined) return await fallback(occasion)
    return fillTemplate(template, { ...builtIns(occasion), ...variables }).trim()
  }
}

function builtIns({ model, tools, sessionId }: PromptOccasion): Record<(typeof builtInVariables)[number], string> {
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
