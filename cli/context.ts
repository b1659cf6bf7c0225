// All that the commands touch of the world around them. The tests hand in one of their own.

import type { Engine } from './engine.js'
import type { ExitCode } from './exit-code.js'
import type { ColorLevel } from './report/palette.js'

export interface Terminal {
  write(text: string): void
  readonly isTTY: boolean
  /** Width in characters, where it is known. */
  readonly columns: number | undefined
  /** How much colour to write; see `colorLevel`. */
  readonly colorLevel: ColorLevel
}

/** What is needed to read a command and to say what is wrong with it. */
export interface Surroundings {
  readonly version: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Terminal
  readonly stderr: Terminal
}

export interface Context extends Surroundings {
  readonly cwd: string
  loadEngine(): Promise<Engine>
  /** Runs `listener` at the first Ctrl-C; returns what stops that. */
  onInterrupt(listener: () => void): () => void
  /** Says what stdout is to be told if the command is ended from outside because code under test blocks its thread. */
  whenStopped(answer: (why: Stop) => string): void
  /** All of standard input, for a recording that is given as `-`. */
  readStandardInput(): Promise<string>
  /** A monotonic clock in ms, for budgets and rates only. */
  clockMs(): number
  /** A seed nobody has had before, as 8 hex digits. */
  freshSeed(): string
}

/** Why a command is ended from outside. */
export interface Stop {
  readonly exitCode: ExitCode
  readonly kind: 'stalled' | 'interrupted'
  /** One sentence. */
  readonly message: string
}

/** The width of reports: that of the terminal, within reason; 100 in a pipe. */
export function reportColumns(terminal: Terminal): number {
  // Some pseudo-terminals say 0.
  if (!terminal.isTTY || !terminal.columns) return COLUMNS_DEFAULT
  return Math.min(COLUMNS_MAX, Math.max(COLUMNS_MIN, terminal.columns))
}

const COLUMNS_DEFAULT = 100
const COLUMNS_MIN = 60
const COLUMNS_MAX = 160
