import { type Command, Option } from 'commander'
import { type OptionName, options } from '../../config/options.ts'
import type { OpenOptions } from './context.ts'

const entries = Object.entries(options) as [OptionName, (typeof options)[OptionName]][]
const sharedByDefault = entries.map(([name]) => name)

/** Adds every setting of this command that has a flag, and `--config`, under a heading of their own. */
export function addSettingsFlags(command: Command, shared: readonly OptionName[] = sharedByDefault): Command {
  command.optionsGroup('Settings (flag, else environment, else .env, else config file):')
  command.option('--config <file>', 'config file (default: agent-host.config.json, where there is one)')
  for (const [name, { flag, env, help, schema, unset, commands }] of entries) {
    if (flag === undefined) continue
    if (!(commands ? commands.includes(command.name()) : shared.includes(name))) continue
    const standard: unknown = unset ?? schema.safeParse(undefined).data
    command.addOption(new Option(flag, `${help} [${env}] (default: ${String(standard)})`))
  }
  return command
}

/** The settings among a command's flags, still as text: they are validated with all the others. */
export function settingsOf(command: Command): OpenOptions {
  const values = command.opts<Record<string, unknown>>()
  const flags: OpenOptions['flags'] = {}
  for (const [name] of entries) if (values[name] !== undefined) flags[name] = values[name]
  return { flags, configFile: values.config as string | undefined }
}
