// The steps of a once on shared memory: O1 to O5. FabricOnce is a face over this.
//
// Who initialises does so under its lease: the main word names its session and counts attempts. When the lease ends, another may begin the next
// attempt; the value is written with the attempt as its tag (cell.ts) and published by a compare-and-swap that names it, so a runner that was
// replaced can neither publish nor touch what its successor has written.
//
// Source: FabricOnce of grafos_sync. Runner, attempt and tags are ours: as published a state word alone says that somebody initialises, and when
// that party dies all others wait for ever.

import type { CellAccess } from './cell.js'
import { FabricError } from './fabric-error.js'
import { NOBODY, referenceOf } from './lease-word.js'
import { ATTEMPT_MAX, attemptOf, DONE, EMPTY, onceWord, RUNNING, stateOf } from './once-word.js'
import type { Block } from './primitive-block.js'
import type { Session } from './session.js'

/** Attempts begin with 1. */
const NOT_TAKEN = 0

export class OnceSteps<T> {
  readonly session: Session
  readonly block: Block
  protected readonly cell: CellAccess<T>

  constructor(session: Session, block: Block, cell: CellAccess<T>) {
    this.session = session
    this.block = block
    this.cell = cell
  }

  /** The published value, or undefined. */
  get(): T | undefined {
    const done = this.isDone()
    return done ? this.#read() : undefined
  }

  isDone(): boolean {
    this.session.own()
    const word = Atomics.load(this.session.memory.longs, this.block.mainIndex)
    return stateOf(this.session.memory.pair.high(word)) === DONE
  }

  /** O1 to O5. */
  getOrInit(f: () => T, maxPolls: number): T {
    const { memory } = this.session
    const { pair } = memory
    let polls = 0
    this.session.own()
    for (;;) {
      const word = Atomics.load(this.session.memory.longs, this.block.mainIndex) // O1
      const high = pair.high(word)
      if (stateOf(high) === DONE) return this.#read()
      const free = stateOf(high) === EMPTY || this.#isAbandoned(high)
      if (!free) {
        if (polls === maxPolls) throw timeout(this.block, maxPolls)
        polls += 1
        memory.poll(this.block.mainIndex, word)
        continue
      }
      this.session.own()
      const attempt = this.take(word) // O2
      if (attempt !== NOT_TAKEN) return this.#initialise(attempt, f)
    }
  }

  /** Whether the session that runs the initialiser has ended. */
  #isAbandoned(high: number): boolean {
    const runner = referenceOf(high)
    if (runner === this.session.reference)
      throw new FabricError('AlreadyHeld', `expected an initialiser that this session does not run, got that of ${at(this.block)}, which it runs`)
    // Only a party that is alive judges another.
    this.session.own()
    return this.hasEnded(runner)
  }

  protected hasEnded(runner: number): boolean {
    return this.session.leases.ended(runner)
  }

  /** O2: one compare-and-swap, for the first attempt and for a takeover. The attempt, or NOT_TAKEN if somebody else was faster. */
  protected take(word: bigint): number {
    const { longs, pair } = this.session.memory
    const attempt = attemptOf(pair.low(word)) + 1
    if (attempt > ATTEMPT_MAX) {
      throw new FabricError('Unsupported', `expected at most ${ATTEMPT_MAX} attempts of ${at(this.block)}, got all of them used up: make a new once`)
    }
    const running = onceWord(pair, RUNNING, this.session.reference, attempt)
    const seen = Atomics.compareExchange(longs, this.block.mainIndex, word, running)
    return seen === word ? attempt : NOT_TAKEN
  }

  /** O3: runs the initialiser; where it throws, or what it returns cannot be encoded, another may try. */
  #initialise(attempt: number, f: () => T): T {
    let value: T
    try {
      value = f()
      this.cell.stage(value)
    } catch (error) {
      this.#giveBack(attempt)
      throw error
    }
    this.#write(attempt)
    this.session.own()
    this.publish(attempt)
    return value
  }

  #giveBack(attempt: number): void {
    const { longs, pair } = this.session.memory
    const { mainIndex } = this.block
    const running = onceWord(pair, RUNNING, this.session.reference, attempt)
    const empty = onceWord(pair, EMPTY, NOBODY, attempt)
    // A failure means that another has taken over: then it is that one's.
    Atomics.compareExchange(longs, mainIndex, running, empty)
    Atomics.notify(longs, mainIndex)
  }

  /** O4: P1 to P3 (cell.ts), with the attempt as the tag. */
  #write(attempt: number): void {
    const { bodyIndex, mainIndex } = this.block
    const running = onceWord(this.session.memory.pair, RUNNING, this.session.reference, attempt)
    const written = this.cell.write(bodyIndex, attempt | 0, mainIndex, running)
    if (!written) throw fenced(this.block, attempt)
  }

  /** O5. The caller has checked its lease. */
  protected publish(attempt: number): void {
    const { longs, pair } = this.session.memory
    const { mainIndex } = this.block
    const running = onceWord(pair, RUNNING, this.session.reference, attempt)
    const done = onceWord(pair, DONE, this.session.reference, attempt)
    const seen = Atomics.compareExchange(longs, mainIndex, running, done)
    if (seen !== running) throw fenced(this.block, attempt)
    Atomics.notify(longs, mainIndex)
  }

  /** The value of a once that is DONE: nobody writes its cell any more. */
  #read(): T {
    this.cell.load(this.block.bodyIndex)
    return this.cell.decode()
  }
}

function at(block: Block): string {
  return `the once at offset ${block.baseOffset}`
}

function fenced(block: Block, attempt: number): FabricError {
  return new FabricError('Fenced', `expected attempt ${attempt} of ${at(block)} to be the last one, got it taken over: the value was not published`)
}

function timeout(block: Block, maxPolls: number): FabricError {
  return new FabricError('Timeout', `expected ${at(block)} to be initialised within ${maxPolls} polls, got it still running under a live session`)
}
