// The steps of a barrier on shared memory: B0 to B6, reset and leave. FabricBarrier is a face over this.
//
// A member has a seat, which names its session, and is counted once for each phase that it waits in. When the lease of a member ends, the
// phase breaks: every other member gets an error. A reset empties the seats of sessions that have ended and begins the phase anew: same phase,
// next break epoch. So a slow waiter can tell a phase that was completed (the phase moved) from one that broke (the epoch moved).
//
// Source: FabricBarrier of grafos_sync. Leases of members, seats, break epoch and withdrawal are ours. As published the count is a word of its
// own, so a dead party leaves the others waiting for ever, and one that timed out is counted twice.

import { BadArgumentError } from '../errors.js'
import { barrierWord, brokenWord, countOf, EMPTY_SEAT, epochOf, isBroken, phaseAfter, phaseOf, referenceInSeat, seatOf } from './barrier-word.js'
import { FabricError } from './fabric-error.js'
import { NOBODY } from './lease-word.js'
import type { Block } from './primitive-block.js'
import type { Session } from './session.js'

const NO_SEAT = -1

/** What came of an arrival: another was faster and the word must be looked at again, counted, or counted as the last one. */
export const MISSED = 0
export const COUNTED = 1
export const COMPLETED = 2
export type Arrival = typeof MISSED | typeof COUNTED | typeof COMPLETED

export class BarrierSteps {
  readonly session: Session
  readonly block: Block
  /** Members that a phase takes: 1 to 255. Also the number of seats. */
  readonly numParties: number
  /** The first seat: index in the fabric's 32-bit words. */
  protected readonly firstSeat: number
  /** Where the own seat was found last. */
  #seat = NO_SEAT
  /** Who sat where when it was last looked at: to name a member whose seat was emptied since. */
  readonly #lastSeen: Int32Array

  constructor(session: Session, block: Block, numParties: number) {
    this.session = session
    this.block = block
    this.numParties = numParties
    this.firstSeat = 2 * block.bodyIndex
    this.#lastSeen = new Int32Array(numParties)
  }

  /** B0: takes a seat, unless the session has one: its number. */
  join(): number {
    this.session.own()
    for (;;) {
      const seat = this.#findSeat()
      if (seat !== NO_SEAT) return seat
      const taken = this.#takeSeat()
      if (taken !== NO_SEAT) {
        const word = Atomics.load(this.session.memory.longs, this.block.mainIndex)
        const broken = isBroken(this.session.memory.pair.high(word))
        if (broken) this.tryReset()
        return taken
      }
      const emptied = this.tryReset()
      if (!emptied) throw new FabricError('CapacityExceeded', `expected an empty seat among the ${this.numParties} of ${at(this.block)}, got all of them taken`)
    }
  }

  /** Empties the own seat, if there is one. A member that is counted is inside `wait`, so nobody else takes the seat of one that is counted. */
  leave(): void {
    this.session.own()
    const seat = this.#findSeat()
    if (seat === NO_SEAT) return
    const { words } = this.session.memory
    const own = seatOf(this.session.reference)
    // If the lease has ended since, the seat is another's, or one that is not counted: nothing is lost either way.
    Atomics.compareExchange(words, this.firstSeat + seat, own, EMPTY_SEAT)
  }

  /** B0 to B6: the phase that begins when all members have arrived. */
  wait(maxPolls: number): number {
    const { longs, pair } = this.session.memory
    this.join()
    for (;;) {
      const word = this.loadOpen()
      const arrival = this.arrive(word)
      if (arrival === MISSED) continue
      const phase = phaseOf(pair.low(word))
      if (arrival === COMPLETED) {
        Atomics.notify(longs, this.block.mainIndex)
        return phaseAfter(phase)
      }
      return this.#awaitPhase(phase, epochOf(pair.high(word)), maxPolls)
    }
  }

  /** The phase that members are in. */
  phase(): number {
    this.session.own()
    const word = Atomics.load(this.session.memory.longs, this.block.mainIndex)
    return phaseOf(this.session.memory.pair.low(word))
  }

  /** Begins the phase anew, after a break or where a member's lease has ended: `true`. `false`, and nothing is changed, where there is no cause. */
  tryReset(): boolean {
    const { longs, pair } = this.session.memory
    let found = false
    for (;;) {
      const word = Atomics.load(this.session.memory.longs, this.block.mainIndex)
      this.session.own()
      const broken = isBroken(pair.high(word))
      if (!broken) {
        const ended = this.endedMember()
        if (ended === NOBODY) return found
        found = true
        this.#break(word)
        continue
      }
      const emptied = this.emptyEndedSeats()
      if (emptied) {
        const reopened = this.reopened(word)
        // A failure means that another has reset it: that is what the caller wanted.
        Atomics.compareExchange(longs, this.block.mainIndex, word, reopened)
        Atomics.notify(longs, this.block.mainIndex)
      }
      return true
    }
  }

  /**
   * B1, B2: the word of a phase that is open. The check of the lease comes after the load that the arrival is swapped against. Who passes it was
   * a member when the word was loaded, and the swap succeeds only if nobody has reset the barrier since.
   */
  protected loadOpen(): bigint {
    const word = Atomics.load(this.session.memory.longs, this.block.mainIndex) // B1
    this.requireOpen(word)
    this.session.own() // B2
    return word
  }

  /** B3: one compare-and-swap counts the caller, or completes the phase. */
  protected arrive(word: bigint): Arrival {
    const { longs, pair } = this.session.memory
    const { mainIndex } = this.block
    const phase = phaseOf(pair.low(word))
    const high = pair.high(word)
    const epoch = epochOf(high)
    const count = countOf(high) + 1
    const isLast = count === this.numParties
    const next = isLast ? barrierWord(pair, phaseAfter(phase), epoch, 0) : barrierWord(pair, phase, epoch, count)
    const seen = Atomics.compareExchange(longs, mainIndex, word, next)
    if (seen !== word) return MISSED
    return isLast ? COMPLETED : COUNTED
  }

  /** B4 to B6: the caller is counted in this phase and epoch. */
  #awaitPhase(phase: number, epoch: number, maxPolls: number): number {
    const { memory } = this.session
    const { pair } = memory
    let polls = 0
    for (;;) {
      this.session.own()
      const word = Atomics.load(this.session.memory.longs, this.block.mainIndex) // B4
      const moved = phaseOf(pair.low(word)) !== phase
      if (moved) {
        this.confirmMember()
        return phaseAfter(phase)
      }
      const same = epochOf(pair.high(word)) === epoch
      if (!same) throw this.#brokenError()
      this.requireOpen(word)
      const ended = this.endedMember() // B5
      if (ended !== NOBODY) {
        this.#break(word)
        continue
      }
      if (polls < maxPolls) {
        polls += 1
        memory.poll(this.block.mainIndex, word) // B6
        continue
      }
      const withdrawn = this.withdraw(word)
      if (withdrawn) throw timeout(this.block, maxPolls)
    }
  }

  /** The phase moved: it was completed by the caller too, if its lease has not ended. A party whose lease has ended may have been replaced in it. */
  protected confirmMember(): void {
    this.session.own()
  }

  /** Takes back the arrival of the caller, who is counted in `word`. False if the word has changed: the phase may be complete. */
  protected withdraw(word: bigint): boolean {
    const { longs, pair } = this.session.memory
    const high = pair.high(word)
    const without = barrierWord(pair, phaseOf(pair.low(word)), epochOf(high), countOf(high) - 1)
    const seen = Atomics.compareExchange(longs, this.block.mainIndex, word, without)
    return seen === word
  }

  /** The session of another member whose lease has ended, or NOBODY. */
  protected endedMember(): number {
    const { words } = this.session.memory
    const own = seatOf(this.session.reference)
    for (let seat = 0; seat < this.numParties; seat++) {
      const member = Atomics.load(words, this.firstSeat + seat)
      if (member === EMPTY_SEAT) continue
      this.#lastSeen[seat] = member
      const ended = member !== own && this.session.leases.ended(referenceInSeat(member))
      if (ended) return referenceInSeat(member)
    }
    return NOBODY
  }

  /**
   * Empties the seats of the members whose leases have ended. False if the barrier is not broken any more: another has reset it.
   *
   * Ordering: the lease is seen to have ended, then the word is seen to be broken, then the seat is emptied. Who had ended while the barrier
   * was broken is counted in no later epoch, so the seat may be emptied at any later moment. Without the load in between, a slow resetter could
   * empty the seat of a member that was counted after another's reset, and whoever takes that seat would be counted beside it.
   */
  protected emptyEndedSeats(): boolean {
    const { words, pair } = this.session.memory
    const own = seatOf(this.session.reference)
    for (let seat = 0; seat < this.numParties; seat++) {
      const member = Atomics.load(words, this.firstSeat + seat)
      if (member === EMPTY_SEAT) continue
      const ended = member !== own && this.session.leases.ended(referenceInSeat(member))
      if (!ended) continue
      const word = Atomics.load(this.session.memory.longs, this.block.mainIndex)
      const broken = isBroken(pair.high(word))
      if (!broken) return false
      Atomics.compareExchange(words, this.firstSeat + seat, member, EMPTY_SEAT)
    }
    return true
  }

  /** The word after the reset of a broken one: nobody is counted. */
  protected reopened(word: bigint): bigint {
    const { pair } = this.session.memory
    const phase = phaseOf(pair.low(word))
    return barrierWord(pair, phase, epochOf(pair.high(word)) + 1, 0)
  }

  /** Breaks the phase of `word`, unless the word has changed. */
  #break(word: bigint): void {
    const { longs, pair } = this.session.memory
    const broken = brokenWord(pair, word)
    const seen = Atomics.compareExchange(longs, this.block.mainIndex, word, broken)
    if (seen === word) Atomics.notify(longs, this.block.mainIndex)
  }

  /** The number of the own seat, or NO_SEAT. */
  #findSeat(): number {
    const { words } = this.session.memory
    const own = seatOf(this.session.reference)
    if (this.#seat !== NO_SEAT) {
      const member = Atomics.load(words, this.firstSeat + this.#seat)
      if (member === own) return this.#seat
    }
    this.#seat = NO_SEAT
    for (let seat = 0; seat < this.numParties; seat++) {
      const member = Atomics.load(words, this.firstSeat + seat)
      if (member !== own) continue
      this.#seat = seat
      return seat
    }
    return NO_SEAT
  }

  /** Takes the first empty seat: its number, or NO_SEAT. */
  #takeSeat(): number {
    const { words } = this.session.memory
    const own = seatOf(this.session.reference)
    for (let seat = 0; seat < this.numParties; seat++) {
      const member = Atomics.load(words, this.firstSeat + seat)
      if (member !== EMPTY_SEAT) continue
      this.session.own()
      const seen = Atomics.compareExchange(words, this.firstSeat + seat, EMPTY_SEAT, own)
      if (seen !== EMPTY_SEAT) continue
      this.#seat = seat
      return seat
    }
    return NO_SEAT
  }

  protected requireOpen(word: bigint): void {
    const broken = isBroken(this.session.memory.pair.high(word))
    if (broken) throw this.#brokenError()
  }

  /** Names the member whose lease ended, as far as it can be known: its seat may be empty by now, and another party's. */
  #brokenError(): FabricError {
    const { leases, reference } = this.session
    const own = seatOf(reference)
    let ended = this.endedMember()
    for (let seat = 0; ended === NOBODY && seat < this.numParties; seat++) {
      const member = this.#lastSeen[seat] as number
      if (member === EMPTY_SEAT) continue
      const over = member !== own && leases.ended(referenceInSeat(member))
      if (over) ended = referenceInSeat(member)
    }
    const expected = `expected the members of ${at(this.block)} to keep their leases until the phase is complete`
    if (ended === NOBODY) return new FabricError('LeaseExpired', `${expected}, got one that ended: reset the barrier, or wait for who does`)
    const leaseId = leases.idOf(ended)
    return new FabricError('LeaseExpired', `${expected}, got lease ${leaseId} ended: reset the barrier, or wait for who does`, { leaseId })
  }
}

/** The error of a reset without a cause. */
export function notBroken(block: Block): BadArgumentError {
  return new BadArgumentError('barrier', at(block), 'broken, or with a member whose lease has ended, when it is reset')
}

function at(block: Block): string {
  return `the barrier at offset ${block.baseOffset}`
}

function timeout(block: Block, maxPolls: number): FabricError {
  return new FabricError('Timeout', `expected all members of ${at(block)} to arrive within ${maxPolls} polls, got some missing: the arrival was withdrawn`)
}
