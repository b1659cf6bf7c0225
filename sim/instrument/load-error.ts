// Why a scenario file could not be loaded. The message is one sentence that starts with the position in the user's own source.

import { isAbsolute, relative } from 'node:path'

export type LoadFailure =
  /** A file does not parse. */
  | 'parse'
  /** An import cannot be resolved, or a file cannot be read. */
  | 'resolve'
  /** A module threw, or could not be linked, while it was loaded. */
  | 'evaluate'

export interface LoadErrorDetails {
  failure: LoadFailure
  /** Absolute path of the user's file. */
  file: string
  /** 1-based; undefined if the fault has no position. */
  line?: number
  column?: number
  /** What happened, in one sentence, without the position. */
  reason: string
  /** The lines around the fault as the parser drew them. */
  codeFrame?: string
  cause?: unknown
}

/** The user's file cannot be loaded; `message` is one sentence: `file:line:column: what happened`. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
  readonly code = 'HEDDLE_LOAD'
  readonly failure: LoadFailure
  readonly file: string
  readonly line: number | undefined
  readonly column: number | undefined
  readonly reason: string
  readonly codeFrame: string | undefined

  constructor(details: LoadErrorDetails) {
    const { failure, file, line, column, reason, codeFrame, cause } = details
    super(`${formatPosition(file, line, column)}: ${reason}`, cause === undefined ? undefined : { cause })
    this.failure = failure
    this.file = file
    this.line = line
    this.column = column
    this.reason = reason
    this.codeFrame = codeFrame
  }
}

export function formatPosition(file: string, line?: number, column?: number): string {
  return [displayPath(file), line, column].filter((part) => part !== undefined).join(':')
}

/** `file` relative to the working directory if it lies inside, else as it is. */
export function displayPath(file: string): string {
  if (!isAbsolute(file)) return file
  const path = relative(process.cwd(), file)
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path
}
