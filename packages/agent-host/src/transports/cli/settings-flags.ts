import { type Command, Option } from 'commander'
import { type OptionName, options } from '../../config/options.ts'
import type { OpenOptions } from './context.ts'

const entries = Object.entries(options) as [OptionName, (typeof options)[OptionName]][]

/** Adds every setting that has a flag, and `--config`, under a heading of their own. */
export function addSettingsFlags(command: Command): Command {
  command.optionsGroup('Settings (flag, else environment, else .env, else config file):')
  command.option('--config <file>', 'config file (default: agent-host.config.json, where there is one)')
  for (const [, { flag, env, help, schema, unset }] of entries) {
    if (flag === undefined) continue
    const standard = unset ?? String(schema.safeParse(undefined).data)
    command.addOption(new Option(flag, `${help} [${env}] (default: ${standard})`))
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
