// How peers report what they call under a lease.

import type { PeerHandle } from 'heddle'
import { OPERATION, OPERATION_DONE, OPERATION_REFUSED, type OperationEvent, type Place } from '../../invariants/fabric-sync/fabric-events.js'
import type { MemLease } from '../../primitives/fabric-sync/public.js'
import { requireKind } from './mutex-user.js'

/** Calls something under a lease, and tells the invariants when it begins and how it ends. What it throws is thrown on. */
export function operate<T>(me: PeerHandle, lease: MemLease, operation: string, run: () => T, place?: Place): T {
  const told: OperationEvent = { leaseId: lease.id, aheadMs: me.clockAheadMs, operation, ...(place === undefined ? {} : { place }) }
  me.event(OPERATION, told)
  let result: T
  try {
    result = run()
  } catch (error) {
    me.event(OPERATION_REFUSED, told)
    throw error
  }
  me.event(OPERATION_DONE, told)
  return result
}

/** Makes each of these calls under a lease that is over, as a zombie does, which does not know that it is one. */
export function insist(me: PeerHandle, lease: MemLease, calls: Readonly<Record<string, () => unknown>>): void {
  for (const [operation, call] of Object.entries(calls)) {
    try {
      operate(me, lease, operation, call)
    } catch (error) {
      requireKind(error, 'LeaseExpired')
    }
  }
}
