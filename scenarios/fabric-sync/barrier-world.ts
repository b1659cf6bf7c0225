// A fabric with one barrier, for the scenarios about it.

import type { PeerHandle } from 'heddle'
import { ARRIVED, WITHDRAWN } from '../../invariants/fabric-sync/barrier-events.js'
import { BarrierWords } from '../../invariants/fabric-sync/barrier-words.js'
import { type Arrival, BarrierSteps, MISSED } from '../../primitives/fabric-sync/barrier-steps.js'
import { epochOf, phaseOf } from '../../primitives/fabric-sync/barrier-word.js'
import { FabricBarrier, openBarrier } from '../../primitives/fabric-sync/fabric-barrier.js'
import type { Block } from '../../primitives/fabric-sync/primitive-block.js'
import type { MemLease } from '../../primitives/fabric-sync/public.js'
import type { Session } from '../../primitives/fabric-sync/session.js'
import type { Judged } from '../judged.js'
import { type FabricShape, FabricWorld, hostOf, locate } from './fabric-world.js'

/** The pieces of a barrier that a variant may replace. */
export interface BarrierSubject extends Judged {
  readonly steps: new (session: Session, block: Block, numParties: number) => BarrierSteps
  /** How parties look at their own leases. */
  readonly sessions?: typeof Session | undefined
}

export const goodBarrier: BarrierSubject = { steps: BarrierSteps }

/** The arena begins with the barrier. */
export const BARRIER_BASE = 0

/** A fabric with a barrier of `numParties`. The first `joined` peers have taken their seats. */
export class BarrierWorld extends FabricWorld {
  readonly barrierWords: BarrierWords

  constructor(numParties: number, shape: FabricShape, joined = 0) {
    const host = hostOf(shape)
    FabricBarrier.create(host, BARRIER_BASE, numParties)
    super(host, shape)
    for (let peer = 0; peer < joined; peer++) FabricBarrier.attach(this.leases[peer] as MemLease, BARRIER_BASE).join()
    this.barrierWords = new BarrierWords(this.words, BARRIER_BASE, numParties)
  }
}

/** Where the invariants find the barrier. */
export const barrierOf = (world: BarrierWorld): BarrierWords => world.barrierWords

/** The steps of a subject that also tell the invariants who is counted and who is withdrawn, in the step that did it. */
export interface ReportingSteps extends BarrierSteps {
  me: PeerHandle
}
export type ReportingStepsClass = new (session: Session, block: Block, numParties: number) => ReportingSteps

/** Made once for each scenario. */
export function reporting(subject: BarrierSubject): ReportingStepsClass {
  return class extends subject.steps implements ReportingSteps {
    me!: PeerHandle

    protected override arrive(word: bigint): Arrival {
      const arrival = super.arrive(word)
      if (arrival !== MISSED) this.#tell(ARRIVED, word)
      return arrival
    }

    protected override withdraw(word: bigint): boolean {
      const withdrawn = super.withdraw(word)
      if (withdrawn) this.#tell(WITHDRAWN, word)
      return withdrawn
    }

    #tell(name: string, word: bigint): void {
      const { pair } = this.session.memory
      const leaseId = this.session.leases.idOf(this.session.reference)
      this.me.event(name, { leaseId, phase: phaseOf(pair.low(word)), epoch: epochOf(pair.high(word)) })
    }
  }
}

/** A handle of the barrier under a lease. */
export function barrierUnder(steps: ReportingStepsClass, lease: MemLease, me: PeerHandle): FabricBarrier {
  const { session } = lease
  const { block, numParties } = openBarrier(session.memory, BARRIER_BASE)
  const made = new steps(session, block, numParties)
  made.me = me
  return new FabricBarrier(made)
}

/** The fields of a scenario that show the fabric and the barrier in reports. */
export const shownBarrier = {
  describe: (world: BarrierWorld) => ({ ...world.barrierWords.describe(), ...world.words.describeLeases() }),
  locate,
}
