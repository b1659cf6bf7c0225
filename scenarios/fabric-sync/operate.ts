// How peers report what they call under a lease. Calls are no arguments here: a function that is made for each call costs as much as ten steps.

import type { PeerHandle } from 'heddle'
import { OPERATION, OPERATION_DONE, OPERATION_REFUSED, type OperationEvent, type Place } from '../../invariants/fabric-sync/fabric-events.js'
import type { MemLease } from '../../primitives/fabric-sync/public.js'
import { requireKind } from './mutex-user.js'

/** Tells the invariants that a call under a lease begins. What it returns is to be told when the call ends: OPERATION_DONE or OPERATION_REFUSED. */
export function begin(me: PeerHandle, lease: MemLease, operation: string, place?: Place): OperationEvent {
  const leaseId = lease.id
  const aheadMs = me.clockAheadMs
  const told = place === undefined ? { leaseId, aheadMs, operation } : { leaseId, aheadMs, operation, place }
  me.event(OPERATION, told)
  return told
}

/** What may be called on a handle, by name. Made once. */
export type Calls<Handle> = readonly (readonly [operation: string, call: (handle: Handle) => unknown])[]

/** Makes each of these calls under a lease that is over, as a zombie does, which does not know that it is one. */
export function insist<Handle>(me: PeerHandle, lease: MemLease, calls: Calls<Handle>, handle: Handle): void {
  for (const [operation, call] of calls) {
    const told = begin(me, lease, operation)
    try {
      call(handle)
    } catch (error) {
      me.event(OPERATION_REFUSED, told)
      requireKind(error, 'LeaseExpired')
      continue
    }
    me.event(OPERATION_DONE, told)
  }
}
