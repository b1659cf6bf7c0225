// One peer's use of the mutex: each call tells the invariants what it is about to do and how it ended.

import type { PeerHandle } from 'heddle'
import * as events from '../../invariants/fabric-sync/fabric-events.js'
import type { FabricMutex, FabricMutexGuard, MemLease } from '../../primitives/fabric-sync/public.js'
import { leaseAnew } from './fabric-world.js'
import { amountOf, type MutexWorld, mutexUnder, wordsOfValue } from './mutex-world.js'

export class MutexUser {
  lease: MemLease
  #mutex: FabricMutex<bigint>
  readonly #world: MutexWorld
  readonly #me: PeerHandle

  private constructor(world: MutexWorld, me: PeerHandle, lease: MemLease, mutex: FabricMutex<bigint>) {
    this.#world = world
    this.#me = me
    this.lease = lease
    this.#mutex = mutex
    this.#tellSession()
  }

  /** Begins with the lease that the world has for this peer. */
  static of(world: MutexWorld, me: PeerHandle): MutexUser {
    const lease = world.leases[me.id] as MemLease
    return new MutexUser(world, me, lease, world.mutexes[me.id] as FabricMutex<bigint>)
  }

  /** Begins with a lease that the peer took itself. */
  static under(world: MutexWorld, me: PeerHandle, lease: MemLease): MutexUser {
    const mutex = mutexUnder(world.subject, lease)
    return new MutexUser(world, me, lease, mutex)
  }

  /** A fresh lease and a handle under it; false if there is no slot. */
  takeNewLease(leaseMs: number): boolean {
    try {
      this.lease = leaseAnew(this.#world, this.#me.id, leaseMs)
    } catch (error) {
      requireKind(error, 'CapacityExceeded')
      return false
    }
    this.#mutex = mutexUnder(this.#world.subject, this.lease)
    this.#tellSession()
    return true
  }

  /** The guard, or the kind of the error that `lock` threw. */
  lock(maxPolls: number): FabricMutexGuard<bigint> | string {
    this.#begin('lock')
    this.#me.event(events.LOCKING, { leaseId: this.lease.id, fence: 0, words: [] })
    let guard: FabricMutexGuard<bigint>
    try {
      guard = this.#mutex.lock(this.lease.holderId, maxPolls)
    } catch (error) {
      this.#me.event(events.NOT_LOCKED, { leaseId: this.lease.id, fence: 0, words: [] })
      return this.#refused('lock', error)
    }
    this.#me.event(events.LOCKED, { leaseId: this.lease.id, fence: guard.fence, words: wordsOfValue(guard.value) })
    this.#done('lock')
    return guard
  }

  /** Adds to the counter and publishes it; undefined if it worked, else the kind of the error. */
  addAndRelease(guard: FabricMutexGuard<bigint>): string | undefined {
    const release = this.add(guard)
    try {
      guard.release()
    } catch (error) {
      return this.notPublished(release, error)
    }
    this.published(release)
    return undefined
  }

  /** Sets the value that the end of the guard publishes, and says that this is about to happen. */
  add(guard: FabricMutexGuard<bigint>): events.ReleaseEvent {
    const { fence, value } = guard
    const sum = value + amountOf(this.#me.id)
    const release = { leaseId: this.lease.id, fence, from: wordsOfValue(value), to: wordsOfValue(sum) }
    guard.set(sum)
    this.#begin('release')
    this.#me.event(events.RELEASING, release)
    return release
  }

  /** The end of the guard returned. */
  published(release: events.ReleaseEvent): void {
    this.#me.event(events.PUBLISHED, release)
    this.#done('release')
  }

  /** The end of the guard threw: the kind of the error. */
  notPublished(release: events.ReleaseEvent, error: unknown): string {
    this.#me.event(events.NOT_PUBLISHED, release)
    return this.#refused('release', error)
  }

  /** Renews the lease; undefined if it worked, else the kind of the error. */
  renew(leaseMs: number): string | undefined {
    this.#begin('renew')
    try {
      this.lease.renew(leaseMs)
    } catch (error) {
      return this.#refused('renew', error)
    }
    this.#done('renew')
    return undefined
  }

  #begin(operation: string): void {
    this.#me.event(events.OPERATION, this.#operation(operation))
  }

  #done(operation: string): void {
    this.#me.event(events.OPERATION_DONE, this.#operation(operation))
  }

  #refused(operation: string, error: unknown): string {
    const kind = kindOf(error)
    this.#me.event(events.OPERATION_REFUSED, this.#operation(operation))
    return kind
  }

  #operation(operation: string): events.OperationEvent {
    return { leaseId: this.lease.id, aheadMs: this.#me.clockAheadMs, operation }
  }

  #tellSession(): void {
    this.#me.event(events.SESSION, { leaseId: this.lease.id, aheadMs: this.#me.clockAheadMs })
  }
}

/** The kind of a FabricError; any other error is thrown on. */
export function kindOf(error: unknown): string {
  if (error instanceof Error && 'kind' in error) return String(error.kind)
  throw error
}

/** Throws any error but the one that is expected here. */
export function requireKind(error: unknown, kind: string): void {
  if (kindOf(error) !== kind) throw error
}
