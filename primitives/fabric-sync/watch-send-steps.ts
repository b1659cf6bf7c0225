// What the sender of a watch does on shared memory: S1 to S5, and closing. WatchSender is a face over this.
//
// The sender writes a cell that is not the latest one, then publishes it by a compare-and-swap of the main word. There is one sender: nobody else
// writes cells, so plain atomic stores do. A receiver that finds the sender's lease ended closes the channel with a compare-and-swap of the same
// word: one of the two fails, and nothing is sent after the close.
//
// Source: `watch` of grafos_sync; cells, tags and the close are ours. As published there is one value, which a reader can see half written.

import { FabricError } from './fabric-error.js'
import { at, cellIndex, closedError, type WatchBlock } from './watch-block.js'
import { closedWord, isClosedWord, openWord, VERSION_MAX, versionOf } from './watch-word.js'

export class WatchSendSteps<T> {
  readonly watch: WatchBlock<T>

  constructor(watch: WatchBlock<T>) {
    this.watch = watch
  }

  /** S1 to S5: the version that was sent. */
  send(value: T): number {
    const { session, block, cell } = this.watch
    const { longs, pair } = session.memory
    cell.stage(value)
    session.own()
    const word = Atomics.load(longs, block.mainIndex) // S1
    const high = pair.high(word)
    if (isClosedWord(high)) throw closedError(block)
    const version = versionOf(pair.low(word), high) + 1
    if (version > VERSION_MAX)
      throw new FabricError('Unsupported', `expected a version of at most ${VERSION_MAX} of ${at(block)}, got all of them used up: make a new watch`)
    session.own() // S2
    cell.store(cellIndex(this.watch, version), version | 0) // S3
    session.own()
    this.publish(word, version)
    return version
  }

  /** S4, S5. The caller has checked its lease. */
  protected publish(word: bigint, version: number): void {
    const { session, block } = this.watch
    const { longs, pair } = session.memory
    const next = openWord(pair, session.reference, version)
    const seen = Atomics.compareExchange(longs, block.mainIndex, word, next) // S4
    if (seen !== word) throw closedError(block)
    Atomics.notify(longs, block.mainIndex) // S5
  }

  /** Closes the channel; nothing if it is closed. */
  close(): void {
    const { session, block } = this.watch
    const { longs, pair } = session.memory
    session.own()
    const word = Atomics.load(longs, block.mainIndex)
    if (isClosedWord(pair.high(word))) return
    session.own()
    const closed = closedWord(pair, word)
    // A failure means that a receiver has closed it.
    Atomics.compareExchange(longs, block.mainIndex, word, closed)
    Atomics.notify(longs, block.mainIndex)
  }
}
