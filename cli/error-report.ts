// From whatever was thrown to one sentence and an exit code.

import type { Surroundings } from './context.js'
import { isHarnessFault, isUserError } from './engine.js'
import { type ExitCode, exitCode } from './exit-code.js'
import { toJson } from './report/json.js'
import { palette } from './report/palette.js'

export function reportError(error: unknown, json: boolean, { version, stdout, stderr }: Surroundings): ExitCode {
  const kind = isUserError(error) ? 'usage' : isHarnessFault(error) ? 'fault' : 'internal'
  const code = kind === 'usage' ? exitCode.usage : exitCode.fault
  const message = messageOf(error)
  const paint = palette(stderr.colorLevel)
  if (json) stdout.write(`${toJson({ heddle: version, exitCode: code, error: { kind, message } })}\n`)
  if (kind === 'internal') {
    const prefix = message.startsWith('heddle internal:') ? '' : 'heddle internal: '
    stderr.write(`${paint.bad(prefix + message)}\n${paint.dim(callsOf(error))}`)
  } else {
    const frame = error instanceof Error && 'codeFrame' in error && typeof error.codeFrame === 'string' ? `\n${error.codeFrame.replace(/\n*$/, '\n')}` : ''
    stderr.write(`${paint.bad('heddle:')} ${message}\n${frame}`)
  }
  return code
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause, message } = error
  // A scenario that is not well formed is found while its file is loaded; the position and its own sentence say it all.
  if (cause instanceof Error && cause.name === 'ScenarioError')
    return message.replace(`threw ScenarioError: ${cause.message} while it was loaded`, cause.message)
  return message
}

/** The stack without the message, which was said already. */
function callsOf(error: unknown): string {
  const stack = (error instanceof Error && error.stack) || ''
  const start = stack.indexOf('\n    at ')
  return start < 0 ? '' : `${stack.slice(start + 1)}\n`
}
