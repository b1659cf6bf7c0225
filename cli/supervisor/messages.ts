// What the two threads of a command say to each other: the supervisor, which has the terminal, and the worker, which runs code under test.

import { type Activity, HEARTBEAT_WORDS } from '../../sim/heartbeat.js'
import type { ExitCode } from '../exit-code.js'
import type { ColorLevel } from '../report/palette.js'
import type { Task } from '../task.js'

export type StreamName = 'stdout' | 'stderr'

export interface TerminalFacts {
  readonly isTTY: boolean
  readonly colorLevel: ColorLevel
}

/** To the worker. */
export type Order =
  | { readonly kind: 'task'; readonly task: Task; readonly version: string; readonly terminals: Readonly<Record<StreamName, TerminalFacts>> }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'standard input'; readonly text: string }

/** From the worker. */
export type Report =
  | { readonly kind: 'write'; readonly stream: StreamName; readonly text: string }
  | { readonly kind: 'activity'; readonly activity: Activity }
  /** The interrupt was seen: the thread is not blocked. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'read standard input' }
  | { readonly kind: 'done'; readonly code: ExitCode }

/** What the threads share: the heartbeat's words, then the widths of the terminals, 0 where not known. */
export interface Shared {
  readonly heartbeat: Int32Array<SharedArrayBuffer>
  readonly columns: Int32Array<SharedArrayBuffer>
}

export const STDOUT_COLUMNS = 0
export const STDERR_COLUMNS = 1

export function shared(buffer = new SharedArrayBuffer(4 * (HEARTBEAT_WORDS + 2))): Shared & { readonly buffer: SharedArrayBuffer } {
  return { buffer, heartbeat: new Int32Array(buffer, 0, HEARTBEAT_WORDS), columns: new Int32Array(buffer, 4 * HEARTBEAT_WORDS, 2) }
}

/** Under this symbol the worker keeps what the supervisor calls, through the debugger, while the worker's own code stands still. */
export const SUPERVISED = 'heddle.supervised'

/** A frame of the stack as the debugger gives it, innermost first. */
export interface RawFrame {
  readonly name: string
  readonly url: string
  /** 1-based. */
  readonly line: number
  readonly column: number
}

/** What the worker is in the middle of. */
export interface Look {
  /** Undefined while no execution runs. */
  readonly phase: 'setup' | 'peer' | 'check' | undefined
  /** The peer that runs. */
  readonly actor: string
  readonly steps: number
  /** Heddle itself is at work, which ends: it instruments files, or makes an outcome of an execution that is over. */
  readonly ownWork: boolean
  /** Nothing runs: something is awaited. */
  readonly waiting: boolean
  /** Innermost first, in the user's own files: `acquire at src/lock.ts:12`. */
  readonly places: readonly string[]
}
