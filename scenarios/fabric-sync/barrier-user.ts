// One peer's use of the barrier: each call tells the invariants what it is about to do and how it ended.

import type { PeerHandle } from 'heddle'
import { LEFT, NOT_LEFT, WAITING } from '../../invariants/fabric-sync/barrier-events.js'
import { BadArgumentError, type FabricBarrier, FabricError, type MemLease } from '../../primitives/fabric-sync/public.js'
import { type BarrierWorld, barrierUnder, type ReportingStepsClass } from './barrier-world.js'
import { kindOf } from './mutex-user.js'
import { insist, operate } from './operate.js'

/** What a call came to where it did not return: the kind of the error, or that a member's lease ended. */
export const BROKEN = 'broken'

export class BarrierUser {
  readonly #lease: MemLease
  readonly #barrier: FabricBarrier
  readonly #me: PeerHandle

  private constructor(lease: MemLease, barrier: FabricBarrier, me: PeerHandle) {
    this.#lease = lease
    this.#barrier = barrier
    this.#me = me
  }

  /** Works under the lease that the world has for this peer. */
  static of(world: BarrierWorld, steps: ReportingStepsClass, me: PeerHandle): BarrierUser {
    const lease = world.leases[me.id] as MemLease
    const barrier = barrierUnder(steps, lease, me)
    return new BarrierUser(lease, barrier, me)
  }

  /** The phase that begins, or what came of it. */
  wait(maxPolls: number): number | string {
    const leaseId = this.#lease.id
    this.#me.event(WAITING, { leaseId })
    let phase: number
    try {
      phase = operate(this.#me, this.#lease, 'wait', () => this.#barrier.wait(maxPolls))
    } catch (error) {
      this.#me.event(NOT_LEFT, { leaseId })
      return this.#refusal(error)
    }
    this.#me.event(LEFT, { leaseId, phase })
    return phase
  }

  /** The seat, or what came of it. */
  join(): number | string {
    try {
      return operate(this.#me, this.#lease, 'join', () => this.#barrier.join())
    } catch (error) {
      return this.#refusal(error)
    }
  }

  /** Undefined if it was reset, by whomever; else the kind of the error. */
  reset(): string | undefined {
    try {
      operate(this.#me, this.#lease, 'reset', () => this.#barrier.reset())
      return undefined
    } catch (error) {
      // Another was faster.
      if (error instanceof BadArgumentError) return undefined
      return this.#refusal(error)
    }
  }

  /** Calls everything once more, under a lease that is over. */
  insist(): void {
    const barrier = this.#barrier
    insist(this.#me, this.#lease, {
      join: () => barrier.join(),
      wait: () => barrier.wait(0),
      reset: () => barrier.reset(),
      leave: () => barrier.leave(),
      generation: () => barrier.generation(),
    })
  }

  #refusal(error: unknown): string {
    const isBroken = error instanceof FabricError && error.kind === 'LeaseExpired' && error.leaseId !== this.#lease.id
    return isBroken ? BROKEN : kindOf(error)
  }
}
