// What the thread of the terminal does: reads the arguments, and has the command done by another.

import { readFileSync } from 'node:fs'
import { supportsColor, supportsColorStderr } from 'chalk'
import { commandLine } from './command-line.js'
import type { Surroundings, Terminal } from './context.js'
import type { ExitCode } from './exit-code.js'
import { type ColorLevel, colorLevel } from './report/palette.js'
import { Supervisor } from './supervisor/supervisor.js'

/** @param supervisor one that was started already */
export async function main(argv: readonly string[], supervisor: Supervisor | undefined): Promise<ExitCode> {
  const surroundings: Surroundings = {
    version: (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version,
    env: process.env,
    stdout: terminal(process.stdout, supportsColor ? supportsColor.level : 0),
    stderr: terminal(process.stderr, supportsColorStderr ? supportsColorStderr.level : 0),
  }
  return commandLine(argv, surroundings, (task) => (supervisor ?? new Supervisor()).perform(task, { surroundings, readStandardInput, stallMs: stallMs() }))
}

function terminal(stream: NodeJS.WriteStream, detected: ColorLevel): Terminal {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns
    },
    colorLevel: colorLevel(process.env, stream.isTTY === true, detected),
  }
}

async function readStandardInput(): Promise<string> {
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const chunk of process.stdin) text += chunk
  return text
}

/** `HEDDLE_STALL_MS` is for tests, and for machines on which code may stand still for longer; 0 switches the watch off. */
function stallMs(): number {
  const given = process.env.HEDDLE_STALL_MS
  return given !== undefined && /^\d{1,9}$/.test(given) ? Number(given) : STALL_MS
}

/** An execution of a million steps takes a second. */
const STALL_MS = 10_000
