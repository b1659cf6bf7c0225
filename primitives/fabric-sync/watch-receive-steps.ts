// What a receiver of a watch does on shared memory: R1 to R3, and waiting for a newer value. WatchReceiver is a face over this.
//
// Every version writes every word of its cell once, with the version as the tag: equal tags mean one value, not torn.

import { FabricError } from './fabric-error.js'
import { at, cellIndex, closedError, type WatchBlock } from './watch-block.js'
import { closedWord, isClosedWord, senderOf, versionOf } from './watch-word.js'

/** How often a read may be overtaken by the sender before it gives up. */
const READS_MAX = 64

export class WatchReceiveSteps<T> {
  readonly watch: WatchBlock<T>
  /** Version of the value that was read last; 0 at first. */
  lastSeen = 0

  constructor(watch: WatchBlock<T>) {
    this.watch = watch
  }

  /** The latest value. */
  borrow(): T {
    this.watch.session.own()
    return this.#read()
  }

  changed(): boolean {
    this.watch.session.own()
    const word = this.#load()
    return this.#version(word) !== this.lastSeen
  }

  isClosed(): boolean {
    this.watch.session.own()
    const word = this.#load()
    return isClosedWord(this.watch.session.memory.pair.high(word))
  }

  /** The latest value, once it is newer than what was read last. */
  recv(maxPolls: number): T {
    const { session, block } = this.watch
    const { memory } = session
    let polls = 0
    for (;;) {
      session.own()
      const word = this.#load()
      const newer = this.#version(word) !== this.lastSeen
      if (newer) return this.#read()
      const high = memory.pair.high(word)
      if (isClosedWord(high)) throw closedError(block)
      const sender = senderOf(high)
      const ended = sender !== session.reference && session.leases.ended(sender)
      if (ended) {
        this.#close(word)
        continue
      }
      if (polls === maxPolls) throw timeout(this.watch, maxPolls)
      polls += 1
      memory.poll(block.mainIndex, word)
    }
  }

  /** R1 to R3. */
  #read(): T {
    const { block, cell } = this.watch
    for (let reads = 0; reads < READS_MAX; reads++) {
      const word = this.#load() // R1
      const version = this.#version(word)
      const whole = this.loadCell(version) // R2
      if (!whole) continue // R3
      const value = cell.decode()
      this.lastSeen = version
      return value
    }
    throw new FabricError(
      'IoError',
      `expected to read ${at(block)} before its sender has gone round all cells, got overtaken ${READS_MAX} times: use more cells`,
    )
  }

  /** Loads the cell of a version; false where a word of it is of another version. */
  protected loadCell(version: number): boolean {
    return this.watch.cell.loadTagged(cellIndex(this.watch, version), version | 0)
  }

  /** The sender's lease has ended: nothing more is sent. */
  #close(word: bigint): void {
    const { session, block } = this.watch
    const { longs, pair } = session.memory
    const closed = closedWord(pair, word)
    const seen = Atomics.compareExchange(longs, block.mainIndex, word, closed)
    if (seen === word) Atomics.notify(longs, block.mainIndex)
  }

  #load(): bigint {
    const { session, block } = this.watch
    const word = Atomics.load(session.memory.longs, block.mainIndex)
    return word
  }

  #version(word: bigint): number {
    const { pair } = this.watch.session.memory
    return versionOf(pair.low(word), pair.high(word))
  }
}

function timeout({ block }: WatchBlock<unknown>, maxPolls: number): FabricError {
  return new FabricError('Timeout', `expected a newer value of ${at(block)} within ${maxPolls} polls, got none`)
}
