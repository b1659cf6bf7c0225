// A watch's state as plain data, for invariants and reports.

import { generationOf, indexOf } from './lease-word.js'
import type { WatchBlock } from './watch-block.js'
import { isClosedWord, senderOf, versionOf } from './watch-word.js'

export interface WatchState {
  /** Values that were sent. The latest is in cell `version` mod `cells`. */
  readonly version: number
  readonly cells: number
  readonly closed: boolean
  /** The lease of the sender. */
  readonly sender: { readonly leaseIndex: number; readonly generation: number }
}

export function inspectWatch({ session, block, cells }: WatchBlock<unknown>): WatchState {
  const { longs, pair } = session.memory
  const word = Atomics.load(longs, block.mainIndex)
  const high = pair.high(word)
  const sender = senderOf(high)
  return {
    version: versionOf(pair.low(word), high),
    cells,
    closed: isClosedWord(high),
    sender: { leaseIndex: indexOf(sender), generation: generationOf(sender) },
  }
}
