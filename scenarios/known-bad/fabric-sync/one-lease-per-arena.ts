// H2: the lease belongs to the arena, and who attaches takes part under it.
//
// Who attached locks and dies. The owner renews the arena's lease, under which the lock is held: it is never free again.

import { MemLease } from '../../../primitives/fabric-sync/mem-lease.js'
import type { Fabric } from '../../../primitives/fabric-sync/public.js'
import { Session } from '../../../primitives/fabric-sync/session.js'

/** Takes part under the owner's lease. */
export function attachToOwner(fabric: Fabric, owner: MemLease, holderId: number): MemLease {
  return new MemLease(new Session(fabric.memory, fabric.leases, owner.session.reference, holderId, owner.session.leaseMs))
}
