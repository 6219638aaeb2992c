import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Tells one process from all others, also from a later one with its number. */
export interface ProcessIdentity {
  /** Where its number means something: the machine since its start, and in it the container. */
  where: string
  pid: number
  /** When it started, in the system's own words; empty where the system does not say. */
  start: string
}

export interface Processes {
  readonly self: ProcessIdentity
  /** `true` where it cannot be known. */
  isAlive(process: ProcessIdentity): boolean
}

export function createProcesses(): Processes {
  const self = { where: placeOf(), pid: process.pid, start: startOf(process.pid) }
  return {
    self,
    isAlive({ where, pid, start }) {
      if (where !== self.where) return true
      try {
        process.kill(pid, 0)
      } catch (error) {
        return (error as NodeJS.ErrnoException).code !== 'ESRCH'
      }
      const now = startOf(pid)
      return now === start || now === '' || start === ''
    },
  }
}

function placeOf(): string {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
  const container = read(() => readlinkSync('/proc/self/ns/pid'))
  return [hostname(), boot, container].join(' ')
}

/** Field 22 of `/proc/PID/stat`; the name before it, in brackets, may hold anything. */
function startOf(pid: number): string {
  const text = read(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

/** Only Linux has these files. */
function read(file: () => string): string {
  try {
    return file()
  } catch {
    return ''
  }
}
