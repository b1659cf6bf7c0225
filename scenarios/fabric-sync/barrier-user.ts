// One peer's use of the barrier: each call tells the invariants what it is about to do and how it ended.

import type { PeerHandle } from 'heddle'
import { LEFT, NOT_LEFT, WAITING } from '../../invariants/fabric-sync/barrier-events.js'
import { OPERATION_DONE, OPERATION_REFUSED } from '../../invariants/fabric-sync/fabric-events.js'
import { BadArgumentError, type FabricBarrier, FabricError, type MemLease } from '../../primitives/fabric-sync/public.js'
import { type BarrierWorld, barrierUnder, type ReportingStepsClass } from './barrier-world.js'
import { kindOf } from './mutex-user.js'
import { begin, type Calls, insist } from './operate.js'

/** What a call came to where it did not return: the kind of the error, or that a member's lease ended. */
export const BROKEN = 'broken'

const CALLS: Calls<FabricBarrier> = [
  ['join', (barrier) => barrier.join()],
  ['wait', (barrier) => barrier.wait(0)],
  ['reset', (barrier) => barrier.reset()],
  ['leave', (barrier) => barrier.leave()],
  ['generation', (barrier) => barrier.generation()],
]

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
    const told = begin(this.#me, this.#lease, 'wait')
    let phase: number
    try {
      phase = this.#barrier.wait(maxPolls)
    } catch (error) {
      this.#me.event(OPERATION_REFUSED, told)
      this.#me.event(NOT_LEFT, { leaseId })
      return this.#refusal(error)
    }
    this.#me.event(OPERATION_DONE, told)
    this.#me.event(LEFT, { leaseId, phase })
    return phase
  }

  /** The seat, or what came of it. */
  join(): number | string {
    const told = begin(this.#me, this.#lease, 'join')
    let seat: number
    try {
      seat = this.#barrier.join()
    } catch (error) {
      this.#me.event(OPERATION_REFUSED, told)
      return this.#refusal(error)
    }
    this.#me.event(OPERATION_DONE, told)
    return seat
  }

  /** Undefined if it was reset, by whomever; else the kind of the error. */
  reset(): string | undefined {
    const told = begin(this.#me, this.#lease, 'reset')
    try {
      this.#barrier.reset()
    } catch (error) {
      this.#me.event(OPERATION_REFUSED, told)
      // Another was faster.
      if (error instanceof BadArgumentError) return undefined
      return this.#refusal(error)
    }
    this.#me.event(OPERATION_DONE, told)
    return undefined
  }

  /** Calls everything once more, under a lease that is over. */
  insist(): void {
    insist(this.#me, this.#lease, CALLS, this.#barrier)
  }

  #refusal(error: unknown): string {
    const isBroken = error instanceof FabricError && error.kind === 'LeaseExpired' && error.leaseId !== this.#lease.id
    return isBroken ? BROKEN : kindOf(error)
  }
}
