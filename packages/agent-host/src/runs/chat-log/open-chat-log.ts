import { isAbsolute, resolve } from 'node:path'
import type { LoadedSettings } from '../../config/load.ts'
import { options, type Settings } from '../../config/options.ts'
import { inMemory } from '../../config/store-options.ts'
import type { Logger } from '../../core/logger.ts'
import { createRedactor } from '../../core/redact.ts'
import { createRotatingFile } from '../../files/rotating-file.ts'
import { type ChatLog, createChatLog, noChatLog } from './chat-log.ts'

/** The chat log that the settings ask for. A relative path lies in the data folder; where nothing is kept, nor is it. */
export function openChatLog({ settings, env }: LoadedSettings, log: Logger): ChatLog {
  const { chatLog, dataDir, chatLogMaxSize: maxBytes, chatLogKeep: keep } = settings
  if (chatLog === 'off' || (dataDir === inMemory && !isAbsolute(chatLog))) return noChatLog
  const path = isAbsolute(chatLog) ? chatLog : resolve(dataDir, chatLog)
  return createChatLog(
    createRotatingFile(path, { maxBytes, keep, log }),
    createRedactor(knownSecrets(settings, env)),
    log,
  )
}

/** Variables that hold a secret by their name: what MCP servers are given is among them. */
const secretName = /(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIALS?)$/i

function knownSecrets(settings: Settings, env: LoadedSettings['env']): string[] {
  const secret = Object.entries(options).flatMap(([name, option]) =>
    option.secret === true ? [settings[name as keyof Settings]] : [],
  )
  const named = Object.entries(env).flatMap(([name, value]) => (secretName.test(name) ? [value] : []))
  const given = [...secret, ...Object.values(env)].filter((value) => typeof value === 'string')
  return [...secret, ...named, ...given.flatMap(passwordIn)].filter((value) => typeof value === 'string')
}

/** Of an address such as that of a database. */
function passwordIn(text: string): string[] {
  const password = URL.parse(text)?.password ?? ''
  return password === '' ? [] : [decodeURIComponent(password), password]
}
