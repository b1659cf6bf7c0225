// How a coordinator is set up.

import { requireInteger, requireObject } from '../argument-checks.js'
import { BadArgumentError } from '../errors.js'
import { CommitBoard } from './commit-board.js'
import type { OperatingMode } from './commit-types.js'
import type { LogState } from './log-state.js'

export interface CoordinatorOptions {
  /** Where other threads read `publishedSeq`. */
  readonly board?: CommitBoard
  /** How many published commits `outcomeOf` and the search for duplicates know: 0 to 8,388,608, default 65,536. */
  readonly retainedOutcomes?: number
}

/** Options of a coordinator that goes on with a log that was recovered. */
export class RecoveredOptions implements CoordinatorOptions {
  readonly board: CommitBoard | undefined
  readonly retainedOutcomes: number
  readonly log: LogState

  constructor(board: CommitBoard | undefined, retainedOutcomes: number, log: LogState) {
    this.board = board
    this.retainedOutcomes = retainedOutcomes
    this.log = log
  }
}

const RETAINED_OUTCOMES_MAX = 2 ** 23
const RETAINED_OUTCOMES_DEFAULT = 65_536
const GROUP_COMMIT_MAX = 4096

/** Throws BadArgumentError unless it is a mode. */
export function requireMode(mode: OperatingMode): void {
  if (mode !== 'solo' && mode !== 'grouped') throw new BadArgumentError('mode', mode, "'solo' or 'grouped'")
}

/** How many commits may be pending at a time. Throws BadArgumentError. */
export function pendingMaxOf(mode: OperatingMode, groupCommitMax: number): number {
  requireInteger('groupCommitMax', groupCommitMax, 1, GROUP_COMMIT_MAX)
  return mode === 'solo' ? 1 : groupCommitMax
}

/** Throws BadArgumentError unless it has the methods of a storage. */
export function requireStorage(storage: object): void {
  requireObject('storage', storage)
  for (const method of ['size', 'append', 'sync', 'read', 'truncate']) {
    if (typeof (storage as Record<string, unknown>)[method] !== 'function') throw new BadArgumentError('storage', storage, `an object with a method ${method}`)
  }
}

/** The options, checked, with their defaults. Throws BadArgumentError. */
export function checkedOptions(options: CoordinatorOptions | undefined): { readonly board: CommitBoard | undefined; readonly retainedOutcomes: number } {
  if (options === undefined) return { board: undefined, retainedOutcomes: RETAINED_OUTCOMES_DEFAULT }
  requireObject('options', options)
  const { board, retainedOutcomes = RETAINED_OUTCOMES_DEFAULT } = options
  if (board !== undefined && !(board instanceof CommitBoard)) throw new BadArgumentError('options.board', board, 'a CommitBoard')
  requireInteger('options.retainedOutcomes', retainedOutcomes, 0, RETAINED_OUTCOMES_MAX)
  return { board, retainedOutcomes }
}
