// What a scenario of the fabric is made for: the good primitives, or a known-bad variant in which one piece is written wrongly.

import { CellAccess } from '../../primitives/fabric-sync/cell.js'
import type { Codec } from '../../primitives/fabric-sync/codec.js'
import type { FabricMemory } from '../../primitives/fabric-sync/fabric-memory.js'
import { LeaseTable } from '../../primitives/fabric-sync/lease-table.js'
import { MutexSteps } from '../../primitives/fabric-sync/mutex-steps.js'
import type { Block } from '../../primitives/fabric-sync/primitive-block.js'
import { type Fabric, MemBuilder, type MemLease } from '../../primitives/fabric-sync/public.js'
import type { Session } from '../../primitives/fabric-sync/session.js'
import type { Judged } from '../judged.js'

/** The pieces of a mutex on leases that a variant may replace. */
export interface Subject extends Judged {
  readonly leases: new (memory: FabricMemory) => LeaseTable
  readonly cells: new <T>(memory: FabricMemory, codec: Codec<T>) => CellAccess<T>
  readonly steps: new <T>(session: Session, block: Block, cell: CellAccess<T>) => MutexSteps<T>
  /** How parties look at their own leases. */
  readonly sessions?: typeof Session | undefined
  /** How a party takes part beside the owner of another lease. */
  readonly attach: (fabric: Fabric, owner: MemLease, holderId: number, leaseMs: number) => MemLease
}

export const good: Subject = { leases: LeaseTable, cells: CellAccess, steps: MutexSteps, attach: attachOnItsOwn }

function attachOnItsOwn(fabric: Fabric, owner: MemLease, holderId: number, leaseMs: number): MemLease {
  return new MemBuilder(fabric).holderId(holderId).leaseMs(leaseMs).attach(owner.id)
}
