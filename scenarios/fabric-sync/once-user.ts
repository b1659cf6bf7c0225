// One peer's use of the once: each call tells the invariants what it is about to do and how it ended.

import type { PeerHandle } from 'heddle'
import { OPERATION_DONE, OPERATION_REFUSED } from '../../invariants/fabric-sync/fabric-events.js'
import * as events from '../../invariants/fabric-sync/once-events.js'
import type { FabricOnce, MemLease } from '../../primitives/fabric-sync/public.js'
import { leaseAnew } from './fabric-world.js'
import { kindOf, requireKind } from './mutex-user.js'
import { wordsOfValue } from './mutex-world.js'
import { type OnceSubject, type OnceWorld, onceUnder } from './once-world.js'
import { begin, type Calls, insist } from './operate.js'

/** What an initialiser of the scenario throws. */
class InitialiserError extends Error {
  readonly kind = 'InitialiserError'
}

const nothing = (): bigint => 0n

export class OnceUser {
  static readonly #CALLS: Calls<OnceUser> = [
    ['getOrInit', (user) => user.#once.getOrInit(user.#lease.holderId, nothing, 0)],
    ['get', (user) => user.#once.get()],
    ['isDone', (user) => user.#once.isDone()],
  ]
  #lease: MemLease
  #once: FabricOnce<bigint>
  #calls = 0
  /** Made once: to make a function costs as much as a few steps. */
  readonly #initialiser = (): bigint => this.#initialise()
  readonly #subject: OnceSubject
  readonly #world: OnceWorld
  readonly #me: PeerHandle

  private constructor(subject: OnceSubject, world: OnceWorld, me: PeerHandle, lease: MemLease, once: FabricOnce<bigint>) {
    this.#subject = subject
    this.#world = world
    this.#me = me
    this.#lease = lease
    this.#once = once
  }

  /** Works under the lease that the world has for this peer. */
  static of(subject: OnceSubject, world: OnceWorld, me: PeerHandle): OnceUser {
    const lease = world.leases[me.id] as MemLease
    const once = onceUnder(subject, lease)
    return new OnceUser(subject, world, me, lease, once)
  }

  /** Undefined if it gave a value; else the kind of the error. */
  getOrInit(maxPolls: number): string | undefined {
    const leaseId = this.#lease.id
    this.#calls += 1
    this.#me.event(events.ASKING, { leaseId })
    const told = begin(this.#me, this.#lease, 'getOrInit')
    let value: bigint
    try {
      value = this.#once.getOrInit(this.#lease.holderId, this.#initialiser, maxPolls)
    } catch (error) {
      this.#me.event(OPERATION_REFUSED, told)
      const kind = kindOf(error)
      this.#me.event(events.NOT_GOT, { leaseId, timedOut: kind === 'Timeout' })
      return kind
    }
    this.#me.event(OPERATION_DONE, told)
    this.#me.event(events.GOT, { leaseId, words: wordsOfValue(value) })
    return undefined
  }

  /** Whether there was a value. */
  get(): boolean {
    const leaseId = this.#lease.id
    const told = begin(this.#me, this.#lease, 'get')
    let value: bigint | undefined
    try {
      value = this.#once.get()
    } catch (error) {
      this.#me.event(OPERATION_REFUSED, told)
      requireKind(error, 'LeaseExpired')
      return false
    }
    this.#me.event(OPERATION_DONE, told)
    if (value !== undefined) this.#me.event(events.GOT, { leaseId, words: wordsOfValue(value) })
    return value !== undefined
  }

  /** Calls everything once more, under a lease that is over. */
  insist(): void {
    insist(this.#me, this.#lease, OnceUser.#CALLS, this)
  }

  /** A fresh lease and a handle under it; false if there is no slot. */
  takeNewLease(leaseMs: number): boolean {
    try {
      this.#lease = leaseAnew(this.#world, this.#me.id, leaseMs)
    } catch (error) {
      requireKind(error, 'CapacityExceeded')
      return false
    }
    this.#once = onceUnder(this.#subject, this.#lease)
    return true
  }

  /** A value that no other call gives, in both words, so that a mixed value shows. Throws now and then. */
  #initialise(): bigint {
    const leaseId = this.#lease.id
    this.#me.event(events.INITIALISING, { leaseId })
    this.#me.step('initialises')
    if (this.#me.random(3) === 0) {
      this.#me.event(events.INITIALISER_THREW, { leaseId })
      throw new InitialiserError()
    }
    const value = 0x1_0000_0001n * BigInt(16 * (this.#me.id + 1) + this.#calls)
    this.#me.event(events.INITIALISED, { leaseId, words: wordsOfValue(value) })
    return value
  }
}
